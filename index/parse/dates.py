"""A line that is nothing but a date -> that date; anything that could mean two days is no date."""

import re
from dataclasses import dataclass
from datetime import date

from index.parse.months import is_weekday, month_number
from index.types import Precision

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>[0-9]{4})"
_PREFIX = (
    r"(?:(?:first |last |originally |date |article )?(?:published|updated|posted|modified|released|issued|created|date"
    r"|publication date|release date)(?: on| at)?\s*:?\s*)?"
)
_WEEKDAY = r"(?:(?:mon|tue(?:s)?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
_ZONE = r"(?:\s*(?:\(?[a-z]{1,5}\)?|(?:utc|gmt)?[+-][0-9]{1,2}(?::?[0-9]{2})?))?"
_CLOCK = (
    r"(?:[0-9]{1,2}[:.h][0-9]{2}(?:[:.][0-9]{2})?(?:[.,][0-9]+)?(?:\s*[ap]\.?m\.?)?|[0-9]{1,2}\s*[ap]\.?m\.?)" + _ZONE
)
_BEFORE = rf"(?:{_CLOCK}\s*[,|–-]?\s+)?"
_AFTER = rf"(?:(?:\s*(?:,|\||-|–|·|\bat\b)\s*|\s+|t){_CLOCK})?"


def _whole(day: str) -> re.Pattern[str]:
    return re.compile(_PREFIX + _BEFORE + _WEEKDAY + day + _AFTER, re.IGNORECASE)


_NAMED = (
    _whole(rf"{_MONTH}\s+{_DAY},?\s+{_YEAR}"),
    _whole(rf"{_DAY}(?:\s+of)?[\s-]+{_MONTH},?[\s-]+{_YEAR}"),
    _whole(rf"{_YEAR}[\s-]+{_MONTH}[\s-]+{_DAY}"),
)
_INSIDE = re.compile(
    rf"\b{_WEEKDAY}(?:{_MONTH}\s+{_DAY},?\s+{_YEAR}|[0-9]{{1,2}}(?:st|nd|rd|th)?\s+"
    + _MONTH.replace("(?P<month>", "(?:")
    + r",?\s+[0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2})\b",
    re.IGNORECASE,
)
_YEAR_FIRST = _whole(rf"{_YEAR}(?P<mark>[-/.])(?P<month>[0-9]{{1,2}})(?P=mark){_DAY}")
_YEAR_LAST = _whole(rf"(?P<first>[0-9]{{1,2}})(?P<mark>[-/.])(?P<second>[0-9]{{1,2}})(?P=mark){_YEAR}")

_LETTER = r"[^\W\d_]"  # of any script
_SAYS = (
    r"(?:(?:stand|datum|veröffentlicht|erschienen|aktualisiert|date|publié|mis à jour|fecha|publicado|actualizado|data"
    r"|pubblicato|aggiornato|atualizado|gepubliceerd|opublikowano|дата|опубликовано|опубліковано)"
    r"(?: am| le| el| em| il| op)?\s*:?\s*)?"
)
_HOUR = rf"(?:,?\s*(?:(?:um|à|a las|alle|às|om|o|в|о)\s+)?{_CLOCK}(?:\s*(?:uhr|uur))?)?"
_ELSEWHERE = re.compile(
    rf"{_SAYS}(?:(?P<weekday>{_LETTER}{{2,}}(?:-feira)?)\.?,?\s+)?(?:den |le |el |il |lo )?"
    rf"(?P<day>[0-9]{{1,2}})(?:\.º|\.|er|º|°|ª)?\s+(?:de |di )?(?P<month>{_LETTER}{{3,}})\.?,?\s+(?:de |del |do )?"
    rf"(?P<year>[0-9]{{4}})(?:\s?(?:г\.?|года|р\.?|року|r\.?|roku))?{_HOUR}",
    re.IGNORECASE,
)
_ISSUE = r"(?:\s(?:issue|edition))?"
_OF_MONTH = re.compile(
    rf"{_PREFIX}(?P<month>{_LETTER}{{3,}})\.?,?\s+(?:de |del |do |of )?(?P<year>[0-9]{{4}}){_ISSUE}", re.IGNORECASE
)
_MONTH_NUMBER = re.compile(
    rf"{_PREFIX}(?:(?P<year>[0-9]{{4}})[-/](?P<month>[0-9]{{2}})|(?P<first>[0-9]{{2}})[-/.](?P<last>[0-9]{{4}}))",
    re.IGNORECASE,
)
# A season or a double issue lies somewhere in its year; when, depends on the side of the equator.
_OF_YEAR = re.compile(
    rf"{_PREFIX}(?:(?:early |late |mid-?)?(?:spring|summer|autumn|fall|winter) |(?P<one>{_LETTER}{{3,}})\s?[/–-]\s?"
    rf"(?P<other>{_LETTER}{{3,}}) )?(?P<year>[0-9]{{4}}){_ISSUE}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class StatedDate:
    """A date as far as it is stated: of a month or a year, ``day`` is the first."""

    day: date
    precision: Precision = Precision.DAY


def find_stated(line: str) -> StatedDate | None:
    """Return the day, month or year that is all ``line`` says, or None.

    Days are read as by ``find_date``; months as "June 2024", "Juni 2024", "2024-06" and "06/2024"; years as "2024",
    "Spring 2024" and "May/June 2024", which say no one month. Years as for ``find_date``.
    """
    if day := find_date(line):
        return StatedDate(day)
    text = _bare(line)
    if len(text) > 40 or not text[-1:].isalnum():
        return None
    if (found := _OF_MONTH.fullmatch(text)) and (month := month_number(found["month"])):
        return _stated(int(found["year"]), month, Precision.MONTH)
    if found := _MONTH_NUMBER.fullmatch(text):
        year, number = (found["year"], found["month"]) if found["year"] else (found["last"], found["first"])
        return _stated(int(year), int(number), Precision.MONTH)
    if found := _OF_YEAR.fullmatch(text):
        if found["one"] and not (month_number(found["one"]) and month_number(found["other"])):
            return None
        return _stated(int(found["year"]), 1, Precision.YEAR)
    return None


def _stated(year: int, month: int, precision: Precision) -> StatedDate | None:
    first = _valid(year, month, 1)
    return StatedDate(first, precision) if first else None


def find_date(line: str) -> date | None:
    """Return the date that is all ``line`` says, or None.

    A weekday, a time of day with zone, and a prefix such as "Published:" may stand with it; the day is the one
    written, not converted to another zone. Month names (English ones, and those of ``index.parse.months`` behind the
    day), year-first numbers, and day/month numbers of which only one reading exists (18/06/2024) are read; 03/04/2024
    is None, as is any year before 1900 or after the next.
    """
    text = _bare(line)
    if len(text) > 80 or not any(mark in text for mark in "0123456789"):
        return None
    for pattern in _NAMED:
        if named := pattern.fullmatch(text):
            month = _MONTHS.index(named["month"][:3].lower()) + 1
            return _valid(int(named["year"]), month, int(named["day"]))
    if numbers := _YEAR_FIRST.fullmatch(text):
        return _valid(int(numbers["year"]), int(numbers["month"]), int(numbers["day"]))
    if numbers := _YEAR_LAST.fullmatch(text):
        year, first, second = int(numbers["year"]), int(numbers["first"]), int(numbers["second"])
        readings = {_valid(year, first, second), _valid(year, second, first)} - {None}
        return readings.pop() if len(readings) == 1 else None
    found = _ELSEWHERE.fullmatch(text)
    if found and (number := month_number(found["month"])) and (not found["weekday"] or is_weekday(found["weekday"])):
        return _valid(int(found["year"]), number, int(found["day"]))
    return None


def _bare(line: str) -> str:
    return " ".join(line.split()).strip("()[] ").rstrip(".,;:|–—- ")


def find_date_inside(line: str) -> re.Match[str] | None:
    """Match the first date written with a month's name, or year first, anywhere in ``line``."""
    return _INSIDE.search(line)


def _valid(year: int, month: int, day: int) -> date | None:
    if not 1900 <= year <= date.today().year + 1:
        return None
    try:
        return date(year, month, day)
    except ValueError:  # 31 June: written like a date, yet no day
        return None
