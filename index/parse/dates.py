"""A line that is nothing but a date -> that date; anything that could mean two days is no date."""

import re
from datetime import date

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


def find_date(line: str) -> date | None:
    """Return the date that is all ``line`` says, or None.

    A weekday, a time of day with zone, and a prefix such as "Published:" may stand with it; the day is the one
    written, not converted to another zone. English month names, year-first numbers, and day/month numbers of which
    only one reading exists (18/06/2024) are read; 03/04/2024 is None, as is any year before 1900 or after the next.
    """
    text = " ".join(line.split()).strip("()[] ").rstrip(".,;:|–—- ")
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
    return None


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
