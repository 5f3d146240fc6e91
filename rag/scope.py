"""When and by whom a question's answer was published, by the question's own words: rules, and nothing guessed.

All of it is about when a document was published, which follows from few questions. "This week" asks for this week's
reports; but what happened "in March 2024" may be told by any later report, so a bare date limits nothing, and an event
whose date is not known ("before the summit") even less. What is put in quotation marks is never read as a limit.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rag import words
from rag.dates import DATE, Span, back, months_back, span
from rag.recent import Limit, asks_for_now, compiled, recent
from rag.sources import named, without_names
from rag.types import Filters, Part, Reason

OLDEST = 5  # years; what began earlier ("since 1990") is history, of which reports of any date tell


@dataclass(frozen=True, slots=True)
class Scope:
    """What a question limits its search to. ``reasons`` say why, at most one a part; ``newest_first`` is whether it
    asks for the present state, so that of two equal answers the newer one is wanted."""

    filters: Filters
    reasons: tuple[Reason, ...]
    newest_first: bool


def scope(question: str, today: date, outlets: Sequence[str]) -> Scope:
    """The dates and outlets that ``question`` asks for, relative dates counted from ``today``.

    ``outlets`` are those there are, as the library spells them; ``Filters.outlets`` holds some of them, sorted.
    ``since`` is never later than ``until``.
    """
    bare = _QUOTED.sub(lambda match: " " * len(match.group()), question.replace("’", "'"))
    source, timed = named(bare, outlets), without_names(bare, outlets)
    limit = _limit(timed, today)
    reasons = []
    if limit:
        said = question[limit.start : limit.end]
        reasons.append(Reason(Part.TIME, said, f"published {words.span(limit.since, limit.until)}"))
    if source:
        said = question[source.start : source.end]
        reasons.append(Reason(Part.OUTLET, said, f"from {' or '.join(source.outlets)}"))
    filters = Filters(
        since=limit.since if limit else None,
        until=limit.until if limit else None,
        outlets=source.outlets if source else (),
    )
    return Scope(filters, tuple(reasons), newest_first=asks_for_now(timed))


_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|«[^»]*»|‘[^']*'|(?<!\w)'[^']*'(?!\w)")
# A date is only taken where it ends there: not in "since the May offensive" nor in "since 2022's losses".
_END = (
    r"(?=\s*(?:$|[?.!,;:)]|(?:about|on|in|by|from|and|or|say|says|said|did|does|do|is|are|was|were|has|have|that|which|"
    r"who|what|how|regarding|concerning|to|mention|describe|claim)\b))"
)
_WRITINGS = (
    "reports|articles|documents|stories|briefings|papers|dispatches|updates|assessments|coverage|news|headlines|"
    "editorials|analyses"
)
_HOW = "from|in|of|on|during|since|after|before|until|till|dated|between"
_SPAN = rf"(?P<one>{DATE})(?: (?:to|and|until|till|through) (?P<two>{DATE}))?{_END}"
_PUBLISHED = (
    compiled(
        rf"\b(?:{_WRITINGS})(?: (?:that (?:were|was) )?(?:published|released|written|filed|issued|printed))? "
        rf"(?P<how>{_HOW}) {_SPAN}"
    ),
    compiled(
        r"\bwhat (?:was|were|is|has been|had been) (?:reported|written|published)\b[^?.!]{0,80}? "
        rf"(?P<how>{_HOW}) {_SPAN}"
    ),
)
_SINCE = compiled(rf"\b(?P<how>since|after) (?P<one>{DATE}){_END}")
_BEFORE = compiled(rf"\b(?P<how>before|until|till|up to|by the end of) (?P<one>{DATE}){_END}")
_ACCOUNT = compiled(
    r"\b(?:happen|chang|develop|evolv|announc|claim|respond|react|occur|unfold|progress|shift|warn)\w*\b|"
    r"\b(?:said|say|says|reported|told|written|new|news|updates?)\b"
)
_STATED = compiled(
    r"\b(?:say|says|said|report|reported|write|wrote|written|publish|published|claim|claimed|predict|predicted|warn|"
    r"warned|announce|announced|assess|assessed|known|think|thought)\b"
)
_DURATION = compiled(r"\b(?:how long|how old|how many (?:years|months|weeks|days)|when|ever)\b")
_LAST_YEARS = compiled(rf"\blast year's (?:{_WRITINGS}|report|article|assessment|briefing|review|survey)\b")


def _limit(text: str, today: date) -> Limit | None:
    for pattern in _PUBLISHED:
        for published in pattern.finditer(text):
            if found := _dated(published, today):
                return found
    if dated := _account(text, today):
        return dated
    if (match := _LAST_YEARS.search(text)) and today.year > 1:
        return Limit(match.start(), match.end(), date(today.year - 1, 1, 1), date(today.year - 1, 12, 31))
    return recent(text, today)


def _dated(match: re.Match[str], today: date) -> Limit | None:
    """The limit that a match's preposition ``how`` makes of its date ``one`` (and ``two``); None when it makes none."""
    how, groups = match["how"].lower(), match.groupdict()
    second = span(groups["two"], today) if groups.get("two") else None
    written = match["one"]
    if second and not re.search(r"\d{4}", written):
        written = f"{written} {second.last.year}"  # "from May to July 2024"
    first = span(written, today)
    if first is None or first.first > today:
        return None
    if second:
        days = Span(first.first, second.last)
        return Limit(match.start(), match.end(), days.first, days.last) if days.first <= days.last else None
    if how == "between" or (how in {"of", "on"} and first.first != first.last):
        return None  # "reports on 2023" are about that year
    if how in {"since", "after"}:
        since = first.first if how == "since" else min(first.last, today)
        return Limit(match.start(), match.end(), since, None)
    if how in {"before", "until", "till", "up to", "by the end of"}:
        until = back(first.first, 1) if how == "before" else first.last
        return Limit(match.start(), match.end(), None, until) if until < today else None
    return Limit(match.start(), match.end(), first.first, first.last)


def _account(text: str, today: date) -> Limit | None:
    """What happened or was said since a date, and what was said until one: no other report can tell it."""
    if _DURATION.search(text):
        return None
    opened, closed = _SINCE.search(text), _BEFORE.search(text)
    since = _dated(opened, today) if opened and _ACCOUNT.search(text) else None
    until = _dated(closed, today) if closed and _STATED.search(text) else None
    if since and since.since and since.since < months_back(today, 12 * OLDEST):
        since = None
    if since and until and since.since and until.until:
        start, end = min(since.start, until.start), max(since.end, until.end)
        return Limit(start, end, since.since, until.until) if since.since <= until.until else None
    return since or until
