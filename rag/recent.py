"""Times that are counted from today ("this week", "on Monday"), and whether a question asks for the present state."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from rag.dates import MONTH, back, months_back


@dataclass(frozen=True, slots=True)
class Limit:
    """The days that a question asks for, both inclusive, None where it is open; its words for them are
    ``question[start:end]``."""

    start: int
    end: int
    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class _Window:
    """Words for a time that reaches up to today; ``since`` is its first day, from today and the match."""

    pattern: re.Pattern[str]
    since: Callable[[date, re.Match[str]], date]


def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern that takes capitals and small letters for the same."""
    return re.compile(pattern, re.IGNORECASE)


_FUTURE = compiled(r"\b(?:will|shall|won't|going to|next|upcoming|scheduled|planned)\b|'ll\b")
_PAST = compiled(
    r"\b(?:did|was|were|had|has|have|(?!united|armed)[a-z]+[^e\W]ed|said|told|won|met|went|left|struck|hit|took|gave|made|came|fell|"
    r"rose|began|spoke|wrote|lost|led|held|sent|became)\b"
)
_STATE = compiled(r"\b(?:is|are|do|does|can|still)\b")
_EVENT = compiled(r"\b(?:\w+ing|news|headlines|say|says|said|reports?|happen\w*)\b")
_NEWEST = compiled(
    r"\b(?:latest|newest|most recent(?:ly)?|recently|currently|presently|as of (?:now|today)|at the moment|right now|"
    r"to date|these days|so far(?! (?:away|as|from|apart|behind|ahead))|"
    r"(?<!from )(?<!by )(?<!for )(?<!until )now(?!-| and then))\b"
)
_CURRENT = compiled(r"\bcurrent (?!account|affairs)\w")
_PRESENT = compiled(r"\b(?:is|are|who|does|do|has|have)\b|'s\b")

_LEAD = r"(?<!later )(?<!end of )(?<!rest of )(?<!half of )(?<!start of )(?<!than )\b"
_TAIL = rf"\b(?! (?:of|before last)\b)(?! in (?:{MONTH}|(?:19|20)\d\d)\b)"
_FEW = {"few": 5, "couple of": 3, "several": 6}
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def _number(written: str) -> int:
    written = written.lower().removeprefix("a ")
    if written in _FEW:
        return _FEW[written]
    return _NUMBERS.index(written) + 1 if written in _NUMBERS else int(written)


def _past(today: date, match: re.Match[str]) -> date:
    number, unit = _number(match["number"]), match["unit"].lower()
    if unit.startswith("month"):
        return months_back(today, number)
    days = {"h": (number + 23) // 24 + 1, "d": number, "w": 7 * number}[unit[0]]
    return back(today, days)


def _window(pattern: str, since: Callable[[date, re.Match[str]], date]) -> _Window:
    return _Window(compiled(_LEAD + pattern + _TAIL), since)


_TODAY = _window(
    r"(?<!until )(?<!up to )(?<!to )(?<!as of )(?:today(?!'s (?:world|society|youth|money|prices?|standards))|tonight|"
    r"this (?:morning|afternoon|evening))",
    lambda today, _: back(today, 1),
)
_WEEKDAY = compiled(
    r"(?:\b(?:on|since) (?:mon|tues|wednes|thurs|fri|satur|sun)day(?: (?:morning|afternoon|evening|night))?\b"
    r"|(?-i:(?<![A-Z][a-z] )(?<![A-Z][a-z]{2} )(?<![A-Z][a-z]{3} )(?<![A-Z][a-z]{4} )(?<![A-Z][a-z]{5} ))"
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day's\b)"
    rf"(?!,? (?:the )?\d|,? {MONTH})(?-i:(?! [A-Z]))"
)
# More than two digits are no number of days that anybody means by "the past few".
_COUNTED = rf"(?P<number>\d{{1,2}}|a few|few|a couple of|several|{'|'.join(_NUMBERS)})"
_WINDOWS = (
    _window("(?:yesterday|last night)", lambda today, _: back(today, 2)),
    _window("(?:this|past) week(?:end)?", lambda today, _: back(today, 7)),
    _window("(?:over|at|during) the weekend", lambda today, _: back(today, 7)),
    _window("last weekend", lambda today, _: back(today, 9)),
    _window("last week", lambda today, _: back(today, 14)),
    _window("this month", lambda today, _: min(today.replace(day=1), back(today, 7))),
    _window("past month", lambda today, _: months_back(today, 1)),
    _window("last month", lambda today, _: months_back(today.replace(day=1), 1)),
    _window("(?:recently|in recent (?:weeks|months))", lambda today, _: months_back(today, 3)),
    _window("in recent days", lambda today, _: back(today, 14)),
    _window("this year", lambda today, _: today.replace(month=1, day=1)),
    _window(rf"(?:past|last|previous) {_COUNTED} (?P<unit>hours?|days?|weeks?|months?)", _past),
)


def recent(text: str, today: date) -> Limit | None:
    """The longest of the times up to today that ``text`` names."""
    if _FUTURE.search(text) and not _PAST.search(text):
        return None
    found = []
    for window in _WINDOWS if _is_state(text) else (_TODAY, *_WINDOWS):
        for match in window.pattern.finditer(text):
            if not _is_title(text, match):
                found.append(Limit(match.start(), match.end(), window.since(today, match), today))
    if _PAST.search(text) and not _FUTURE.search(text):
        found += [Limit(match.start(), match.end(), back(today, 7), today) for match in _WEEKDAY.finditer(text)]
    return min(found, key=lambda limit: limit.since or today) if found else None


def _is_state(text: str) -> bool:
    """Whether "today" would mean nowadays: "How many members are there today?", but not "What is happening today?"."""
    return bool(_STATE.search(text)) and not (_EVENT.search(text) or _PAST.search(text))


def _is_title(text: str, match: re.Match[str]) -> bool:
    """Whether the match is capitalised within a sentence, as in the title of a programme."""
    before = text[: match.start()].rstrip()
    return match.group()[0].isupper() and bool(before) and before[-1] not in ".?!:" and not text.isupper()


# A figure or an office as it stands: "How many members are there?", "Who leads the party?", "What is the toll?"
_HOLDS = compiled(
    r"\bhow (?:many|much|high|large|big|strong)\b[^?.!]*\b(?:is|are|do|does|has|have)\b|"
    r"\bwho (?:leads|heads|runs|chairs|commands|governs|owns|is (?:the )?(?!\w+ing\b)\w+ (?:of|in|for|at)\b)|"
    r"\bwhat (?:is|are) (?:the )?(?:\w+ )?(?:price|rate|number|share|status|position|level|size|strength|population|"
    r"budget|cost|total|toll|stance|policy)s?\b"
)


_ONCE = compiled(r"\b(?:did|was|were|had|would)\b|\d")


def asks_for_now(text: str) -> bool:
    """Whether ``text`` asks for the present state, so that of two equal answers the newer one is wanted."""
    if any(not _is_title(text, match) for match in _NEWEST.finditer(text)):
        return True
    if _CURRENT.search(text) and _PRESENT.search(text):
        return True
    if _HOLDS.search(text) and not _ONCE.search(text):
        return True
    return _is_state(text) and _TODAY.pattern.search(text) is not None
