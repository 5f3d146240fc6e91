"""Whether two statements speak of another time, another place or another occasion, so that both may be right."""

import re
from datetime import date

from rag.disputes.stance import planned
from rag.disputes.stated import Stated
from rag.language.moments import Moment
from rag.language.statement import statement
from rag.types import Dispute

LEAD, BEHIND = 12, 25  # characters: how early a place stands first, and how near one stands to a figure
FRESH = 14  # days between an event and a report that brings it as news
SEASON = 200  # days after which a prize, cup or election is another one
_YEARLY = re.compile(r"\b(?:won|wins|winner|scored|elected|champion|hosts?|hosted)\b", re.IGNORECASE)
_AGAIN = re.compile(r"\b(?:again|another|once more|for the second time)\b", re.IGNORECASE)
_QUARTER = re.compile(r"\b(first|second|third|fourth|last) (quarter|half|term|round|stage|phase|leg)\b", re.IGNORECASE)
_IN = re.compile(r"\bin (?:the )?(?:[a-z]+ )?(?:of )?$", re.IGNORECASE)
_AGO = re.compile(r"\b(?:since|than(?: in)?|compared (?:with|to)(?: the)?|until) $")  # what it is only compared with
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")


def of_other_time(question: str, one: Stated, other: Stated) -> bool:
    """Whether the sentences speak of different years, months or quarters, or one of them of another year than the
    question names."""
    quarters = [{match.group().lower() for match in _QUARTER.finditer(each.said)} for each in (one, other)]
    if quarters[0] != quarters[1] and all(quarters):
        return True
    months = [{moment.month for moment in _times(each) if moment.month} for each in (one, other)]
    if all(months) and months[0].isdisjoint(months[1]):
        return True
    years = [{str(moment.year) for moment in _times(each) if moment.year} for each in (one, other)]
    if all(years) and years[0].isdisjoint(years[1]):
        return True
    known = [_years(each) for each in (one, other)]
    wanted = set(_YEAR.findall(question))
    if any(not wanted <= each for each in known):
        return True
    return any(
        mine and mine.isdisjoint(theirs | wanted) for mine, theirs in ((years[0], known[1]), (years[1], known[0]))
    )


def _years(one: Stated) -> set[str]:
    """All years that a document names, with that of its publication."""
    document = one.answered.candidate.passage.document
    return set(_YEAR.findall(f"{document.title} {document.text} {document.published or ''}"))


def _times(one: Stated) -> list[Moment]:
    """The dates that a sentence names beside its value."""
    return [
        each
        for each in statement(one.said).moments
        if not (isinstance(one.value, Moment) and each.start < one.end and one.start < each.end)
        and not _AGO.search(one.said[: each.start])
    ]


def of_other_place(question: str, one: Stated, other: Stated) -> bool:
    """Whether the figures are said to be of places that neither the question nor the other document names; for one of
    them that is enough where the place stands first or right behind the figure."""
    mine, theirs = _places(question, one, other), _places(question, other, one)
    tied = any(
        at < LEAD or 0 <= at - each.end <= BEHIND for each, found in ((one, mine), (other, theirs)) for at in found
    )
    return tied or bool(mine and theirs)


def _places(question: str, one: Stated, other: Stated) -> list[int]:
    """Where ``one`` names a place with "in" that is known to neither the question nor the other document."""
    document = other.answered.candidate.passage.document
    known = f"{question} {document.title} {document.text}".casefold()
    said = statement(one.said)
    found = []
    for name in said.names:
        begin, end = said.words[name.first].start, said.words[name.last - 1].end
        if _IN.search(one.said[:begin]) and one.said[begin:end].casefold() not in known:
            found.append(begin)
    return found


def is_ahead(one: Stated) -> bool:
    """Whether what is stated lay ahead when it was published, or was only possible."""
    if one.dispute in (Dispute.ATTRIBUTION, Dispute.NAME):
        return False
    published = one.answered.candidate.passage.document.published
    if isinstance(one.value, Moment) and published and one.value.year and one.value.month:
        day = (one.value.year, one.value.month, one.value.day or 0)
        return day > (published.year, published.month, published.day if one.value.day else 0)
    return planned(one.said, one.start)


def of_other_run(one: Stated, other: Stated) -> bool:
    """Whether each report tells the news of its own day, so that a thing happened twice: two visits, two cups."""
    days = [each.answered.candidate.passage.document.published for each in (one, other)]
    if days[0] is None or days[1] is None or abs((days[0] - days[1]).days) < FRESH * 3:
        return False
    if any(_AGAIN.search(each.said) for each in (one, other)):
        return True
    if one.dispute is Dispute.NAME and abs((days[0] - days[1]).days) > SEASON:
        return any(_YEARLY.search(each.said) for each in (one, other))
    return _is_fresh(one, days[0]) and _is_fresh(other, days[1])


def _is_fresh(one: Stated, published: date) -> bool:
    """Whether the day that is stated is one shortly before or after the publication."""
    value = one.value
    if not isinstance(value, Moment) or not (value.year and value.month and value.day):
        return False
    ordinal = 372 * value.year + 31 * value.month + value.day  # "31 June" is no date, but may be written
    return abs(372 * published.year + 31 * published.month + published.day - ordinal) <= FRESH
