"""Dates in a text: day, month, year, weekday, and whether one of them bears another out."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from rag.dates import DATE, MONTH, months_back
from rag.language.figure import Fit

_WEEKDAYS = tuple(name.lower() for name in calendar.day_name)
_MONTHS = tuple(name.lower()[:3] for name in calendar.month_name[1:])
_DATE = re.compile(rf"(?<![\w.,]){DATE}(?![\w%])", re.IGNORECASE)
_WEEKDAY = re.compile(rf"\b(?:(?P<next>next|coming) )?(?P<day>{'|'.join(_WEEKDAYS)})(?:s|[’']s)?\b", re.IGNORECASE)
_DECADE = re.compile(r"\b(?:the )?((?:1[5-9]|20)\d)0s\b")
_RELATIVE = re.compile(
    r"\b(yesterday|today|tonight|tomorrow|(?:this|last|next) (?:morning|night|week|month|year|evening))\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_OLD_YEAR = re.compile(r"(?<![\w.,$€£])1[5-8]\d\d\b(?![,.]?\d)")


@dataclass(frozen=True, slots=True)
class Moment:
    """A date as far as ``text[start:end]`` states it; ``month`` and ``weekday`` (Monday is 0), None for what it does
    not say. ``decade`` is the first year of one. ``relative`` is a word such as "yesterday"."""

    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    decade: int | None = None
    relative: str = ""
    ahead: bool = False


@lru_cache(maxsize=16_384)
def moments(text: str) -> tuple[Moment, ...]:
    """The dates of ``text`` in order; a weekday before a day is one with it ("Tuesday, 4 June")."""
    found = sorted(_found(text), key=lambda moment: (moment.start, -moment.end))
    kept: list[Moment] = []
    for moment in found:
        last = kept[-1] if kept else None
        if last and moment.start < last.end:
            continue
        if (
            last
            and last.weekday is not None
            and moment.day
            and re.fullmatch(r"[,\s(]*(?:the )?", text[last.end : moment.start])
        ):
            kept[-1] = replace(moment, start=last.start, weekday=last.weekday)
        else:
            kept.append(moment)
    return tuple(kept)


def _found(text: str) -> Iterator[Moment]:
    for match in _DATE.finditer(text):
        written = match.group()
        if written[:3] == "may" or (written.lower() == "may" and not _is_month(text, match.start())):
            continue
        if written.lower() in ("march", "mar", "sep", "dec", "jan", "oct") and not written[0].isupper():
            continue
        yield _stated(written, match.start(), match.end())
    for match in _OLD_YEAR.finditer(text):
        yield Moment(match.start(), match.end(), year=int(match.group()))
    for match in _DECADE.finditer(text):
        yield Moment(match.start(), match.end(), decade=10 * int(match[1]))
    for match in _WEEKDAY.finditer(text):
        weekday = _WEEKDAYS.index(match["day"].lower())
        yield Moment(match.start(), match.end(), weekday=weekday, ahead=bool(match["next"]))
    for match in _RELATIVE.finditer(text):
        yield Moment(match.start(), match.end(), relative=" ".join(match.group().lower().split()))


def _is_month(text: str, at: int) -> bool:
    """Is this "May" the month: not at the start, or after a word that a month stands after?"""
    return (
        text[at] == "M"
        and re.search(
            r"\b(in|of|since|until|by|last|next|this|and|from|to|early|late|mid|before|after)[\s-]+$", text[:at], re.I
        )
        is not None
    )


def _stated(written: str, start: int, end: int) -> Moment:
    if iso := re.match(r"(\d{4})-(\d\d)-(\d\d)", written):
        return Moment(start, end, int(iso[1]), int(iso[2]), int(iso[3]))
    year, named = _YEAR.search(written), re.search(MONTH, written, re.IGNORECASE)
    month = 1 + _MONTHS.index(named[0].lower()[:3]) if named else None
    day = re.search(r"(?<!\d)\d{1,2}(?!\d)", written) if named else None
    return Moment(start, end, int(year[0]) if year else None, month, int(day[0]) if day else None)


def resolved(moment: Moment, published: date | None) -> Moment:
    """``moment`` with what the date of publication tells of it: the day of "yesterday" or "Tuesday", a missing year.

    A weekday is the last one up to that date, as news have it, and the one after it for "next"; a day without a year
    is the one nearest to it.
    """
    if published is None:
        return moment
    if moment.relative:
        return _relative(moment, published)
    if moment.weekday is not None and moment.day is None:
        back = (published.weekday() - moment.weekday) % 7
        day = published + timedelta(days=(7 - back if moment.ahead else -back))
        return replace(moment, year=day.year, month=day.month, day=day.day)
    if moment.month and moment.year is None:
        far = (published.year * 12 + published.month) - (published.year * 12 + moment.month)
        return replace(moment, year=published.year + (1 if far > 6 else -1 if far < -6 else 0))
    return moment


def _relative(moment: Moment, published: date) -> Moment:
    word = moment.relative
    step = {"yesterday": -1, "today": 0, "tonight": 0, "tomorrow": 1, "last night": -1, "this morning": 0}.get(word)
    if step is not None or word == "this evening":
        day = published + timedelta(days=step or 0)
        return replace(moment, year=day.year, month=day.month, day=day.day)
    way = {"last": -1, "this": 0, "next": 1}[word.split()[0]]
    if word.endswith("year"):
        return replace(moment, year=published.year + way)
    if word.endswith("month"):
        month = months_back(published.replace(day=1), -way)
        return replace(moment, year=month.year, month=month.month)
    return moment


def agree(claimed: Moment, given: Moment, published: date | None) -> Fit:
    """How far ``given``, a date of evidence that was ``published`` then, bears ``claimed`` out: all that it states must
    be the same. LOOSE where the evidence states less (the month, not the day)."""
    known = resolved(given, published)
    if claimed.relative:
        return Fit.FULL if claimed.relative == given.relative else Fit.NONE
    if claimed.decade is not None:
        same = claimed.decade in (given.decade, known.year - known.year % 10 if known.year else None)
        return Fit.FULL if same else Fit.NONE
    pairs = ((claimed.year, known.year), (claimed.month, known.month), (claimed.day, known.day))
    if any(one is not None and other is not None and one != other for one, other in pairs):
        return Fit.NONE
    weekday = _weekday(known)
    if claimed.weekday is not None and weekday is not None and claimed.weekday != weekday:
        return Fit.NONE
    missing = [one for one, other in (*pairs, (claimed.weekday, weekday)) if one is not None and other is None]
    common = [one for one, other in (*pairs, (claimed.weekday, weekday)) if one is not None and other is not None]
    if not common:
        return Fit.NONE
    return Fit.LOOSE if missing else Fit.FULL


def _weekday(moment: Moment) -> int | None:
    if moment.weekday is not None:
        return moment.weekday
    if not (moment.year and moment.month and moment.day):
        return None
    try:
        return date(moment.year, moment.month, moment.day).weekday()
    except ValueError:
        return None


def first_date(text: str) -> date | None:
    """The first full date of a line such as "Harbour Wire, 14 June 2024"; None where there is none."""
    for moment in moments(text):
        if moment.year and moment.month and moment.day:
            try:
                return date(moment.year, moment.month, moment.day)
            except ValueError:
                continue
    return None
