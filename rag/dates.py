"""Dates as a question writes them, as the first and last day that they stand for."""

import calendar
import re
from dataclasses import dataclass
from datetime import date

_NAMES = tuple(name.lower() for name in calendar.month_name[1:])
_SHORT = "jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec"
_YEAR = r"(?:19|20)\d\d"
_TH = "(?:st|nd|rd|th)?"
MONTH = f"(?:{'|'.join(_NAMES)}|(?:{_SHORT})\\b\\.?)"
DATE = (
    r"(?:\d{4}-\d\d-\d\d(?!\d)|"
    rf"(?:the )?\d{{1,2}}{_TH}(?: of)? {MONTH}(?:,? {_YEAR})?|"
    rf"{MONTH} \d{{1,2}}{_TH}(?!\d)(?:,? {_YEAR})?|"
    rf"(?:early |mid[- ]|late |the (?:start|beginning) of )?(?:{MONTH}(?:,? (?:of )?{_YEAR})?|{_YEAR})(?!\d))"
)
"""The pattern of a day, a month or a year, for use with re.IGNORECASE."""

_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_FULL_YEAR = re.compile(rf"\b{_YEAR}\b")
_NAMED = re.compile(MONTH, re.IGNORECASE)
_DAY = re.compile(rf"(?<!\d)(\d{{1,2}}){_TH}(?!\d)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Span:
    """From ``first`` to ``last``, both inclusive."""

    first: date
    last: date


def span(written: str, today: date) -> Span | None:
    """What a match of ``DATE`` stands for; None for a day that no calendar has.

    Without a year it is the latest such day or month that had begun by ``today``.
    """
    if iso := _ISO.search(written):
        return _day(int(iso[1]), int(iso[2]), int(iso[3]))
    named, year = _NAMED.search(written), _FULL_YEAR.search(written)
    if named is None:
        return Span(date(int(year[0]), 1, 1), date(int(year[0]), 12, 31)) if year else None
    month = next(number for number, name in enumerate(_NAMES, 1) if name.startswith(named[0].lower()[:3]))
    numbered = _DAY.search(written)

    def within(chosen: int) -> Span | None:
        if numbered:
            return _day(chosen, month, int(numbered[1]))
        return Span(date(chosen, month, 1), date(chosen, month, calendar.monthrange(chosen, month)[1]))

    if year:
        return within(int(year[0]))
    latest = (within(chosen) for chosen in range(today.year, max(0, today.year - 9), -1))  # 29 February is rare
    return next((found for found in latest if found and found.first <= today), None)


def back(day: date, days: int) -> date:
    """The date ``days`` before; the calendar's first where it has none so early."""
    return date.fromordinal(max(1, day.toordinal() - days))


def months_back(day: date, months: int) -> date:
    """The same day ``months`` earlier, or the last one of that month where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if year < 1:
        return date.min
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _day(year: int, month: int, day: int) -> Span | None:
    try:
        return Span(date(year, month, day), date(year, month, day))
    except ValueError:
        return None
