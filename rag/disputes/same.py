"""Whether two statements answer a question about the same thing: the same event, time, place and part of the whole."""

import re
from datetime import date
from functools import lru_cache

from rag.disputes.stance import changed, covered, other_kind, planned
from rag.disputes.stated import Stated, nouns
from rag.disputes.values import Named, amounts, figures_apart
from rag.evidence import Candidate
from rag.language.figure import Figure
from rag.language.moments import Moment
from rag.language.opposites import base
from rag.language.statement import Statement, statement
from rag.reader import stands_from
from rag.terms import sequence
from rag.types import Dispute

COVERED = 0.6  # of the question's words that the better sentence has, the other must have at least this share
LEAD, BEHIND = 12, 25  # characters: how early a place stands first, and how near one stands to a figure
FRESH = 14  # days between an event and a report that brings it as news
SEASON = 200  # days after which a prize, cup or election is another one
_YEARLY = re.compile(r"\b(?:won|wins|winner|scored|elected|champion|hosts?|hosted)\b", re.IGNORECASE)
_AGAIN = re.compile(r"\b(?:again|another|once more|for the second time)\b", re.IGNORECASE)
_PART_OF = re.compile(r"\b([a-z]+) of (?:the |its |their )?+(?:new |old )?+([a-z]+)")
# Not a part of a thing, but a measure of it.
_MEASURES = """
price cost number toll length height size age value rate share total sum amount count people kind
"""
_WHOLE = frozenset(map(base, _MEASURES.split()))
_QUARTER = re.compile(r"\b(first|second|third|fourth|last) (quarter|half|term|round|stage|phase|leg)\b", re.IGNORECASE)
_PERSONS = """
people dead killed victims casualties fatalities bodies residents inhabitants lives deaths survivors passengers workers
employees staff souls
"""
_PEOPLE = frozenset(map(base, _PERSONS.split()))
_CHANGES = re.compile(
    r"\b(?:rose|fell|grew|rise|fall|grow|increased?|decreased?|dropped?|climbed|shrank|raised|cut|up|down|jumped)"
    r"(?: \w+)?(?: by)?(?: about| almost| nearly| more than)? [$€£]?$|"
    r"\bby(?: about| almost| nearly| more than)? [$€£]?$",
    re.IGNORECASE,
)
_IN = re.compile(r"\bin (?:the )?(?:[a-z]+ )?(?:of )?$", re.IGNORECASE)
_WHICH_TIME = frozenset(
    ["first", "last", "latest", "next", "previous", "recently", "exactly", "again", "ever", "finally"]
)
_AGO = re.compile(r"\b(?:since|than(?: in)?|compared (?:with|to)(?: the)?|until) $")  # what it is only compared with
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")


def comparable(question: str, one: Stated, other: Stated) -> bool:
    """Whether the values of ``one`` and ``other`` are of one thing, as far as their words and documents tell."""
    if one.dispute is Dispute.YES_NO:
        return not _of_other_time(question, one, other)
    asked = statement(question)
    if not _covers_alike(asked, one, other) or _of_other_bearer(asked, one, other):
        return False
    if _is_ahead(one) != _is_ahead(other) or _of_other_part(question, one, other) or _of_other_run(one, other):
        return False
    if isinstance(one.value, Figure) and isinstance(other.value, Figure):
        return _of_one_amount(question, one, other)
    if isinstance(one.value, Named) and isinstance(other.value, Named):
        return _named_apart(one, other) and not _of_other_time(question, one, other)
    return isinstance(one.value, Moment) == isinstance(other.value, Moment)


def _covers_alike(asked: Statement, one: Stated, other: Stated) -> bool:
    """Whether both sentences have about as much of the question's words, among them those that say what happened."""
    mine, theirs = (_covered(asked, each.answered.candidate) for each in (one, other))
    more, less = sorted((mine, theirs), key=len, reverse=True)
    if len(less) < COVERED * len(more):
        return False
    names = {index for name in asked.names if name.sure for index in range(name.first, name.last)}
    plain = [word.start for index, word in enumerate(asked.words) if word.content and index not in names]
    if one.dispute in (Dispute.DATE, Dispute.NAME) and plain and plain[-1] in more - less:
        return asked.words[-1].start != plain[-1] and len(plain) > 1
    return True


def tells(question: str, best: Candidate) -> bool:
    """Whether a sentence, with the one it leans on, has one of the question's own words for what happened; True where
    the question has none but names. That it names whom the question names is not enough for a date."""
    asked = statement(question)
    names = {index for name in asked.names if name.sure for index in range(name.first, name.last)}
    plain = [
        word
        for index, word in enumerate(asked.words)
        if word.content and index not in names and word.low not in _WHICH_TIME
    ]
    said = {word.start for word in covered(asked, statement(best.passage.document.text[stands_from(best) : best.end]))}
    return not plain or any(word.start in said for word in plain)


def _covered(asked: Statement, best: Candidate) -> set[int]:
    """Where the question's words stand that the sentence has with the one it leans on; names may stand anywhere in its
    document."""
    document = best.passage.document
    found = covered(asked, statement(document.text[stands_from(best) : best.end]))
    known = f"{document.title} {document.text}".casefold()
    names = (word for name in asked.names if name.sure for word in asked.words[name.first : name.last])
    found += [word for word in names if word.content and word.low in known]
    return {word.start for word in found}


def closeness(question: str, best: Candidate) -> float:
    """How near a sentence is to ``question``, in [0, 1]: the share of its words that the sentence has, where those that
    only its passage or title has count half; 1 for a question without words of its own."""
    asked = statement(question)
    words = [word for word in asked.words if word.content]
    said = _covered(asked, best)
    around = _bases(f"{best.passage.document.title} {best.passage.text}")
    near = {word.start for word in words if word.base in around} - said
    return (len(said) + 0.5 * len(near)) / len(words) if words else 1.0


@lru_cache(maxsize=1024)
def _bases(text: str) -> frozenset[str]:
    return frozenset(map(base, sequence(text)))


def _of_other_bearer(asked: Statement, one: Stated, other: Stated) -> bool:
    """Whether a name of the question has another description before it in one sentence: the skater, the poet Lien."""
    for name in asked.names:
        last = asked.words[name.last - 1].low
        told = [_before(statement(each.text), last) for each in (one, other)]
        wanted = _before(asked, last)
        if wanted and any(each and each != wanted for each in told) and wanted in (*told, wanted):
            return True
    return False


def _before(said: Statement, name: str) -> str:
    """The base of the plain noun right before the name that ends in ``name``; "" for none."""
    for each in said.names:
        if said.words[each.last - 1].low == name and each.first:
            word = said.words[each.first - 1]
            lead = said.words[each.first - 2].low if each.first > 1 else ""
            adjacent = said.text[word.end : said.words[each.first].start] == " "
            if adjacent and word.content and word.text.islower() and lead in ("the", "a", "an"):
                return word.base
    return ""


def _of_one_amount(question: str, one: Stated, other: Stated) -> bool:
    mine, theirs = one.value, other.value
    assert isinstance(mine, Figure) and isinstance(theirs, Figure)
    if _of_other_time(question, one, other) or _of_other_place(question, one, other):
        return False
    if any(_mentions(first, theirs_) for first, theirs_ in ((one, theirs), (other, mine))):
        return False
    near = [each.said[max(0, each.start - 45) : each.end + 45] for each in (one, other)]
    if other_kind(*near) or other_kind(question, near[0]) or other_kind(question, near[1]):
        return False
    if bool(_CHANGES.search(one.said[: mine.start])) != bool(_CHANGES.search(other.said[: theirs.start])):
        return "from" in (mine.role, theirs.role) or "to" in (mine.role, theirs.role)
    counted = [set(nouns(each.said, each.end)) for each in (one, other)]
    if mine.unit.kind or theirs.unit.kind or not all(counted) or counted[0] & counted[1]:
        return True
    about = {word.base for word in statement(question).words if word.content}
    return all(each & about or each & _PEOPLE for each in counted)


def _mentions(one: Stated, value: Figure) -> bool:
    """Whether a sentence gives the other one's figure too, for something else; not where it tells of a change."""
    beside = [each for each in amounts(one.said) if (each.start, each.end) != (one.start, one.end)]
    alike = [each for each in beside if each.unit.kind == value.unit.kind and not figures_apart(each, value)]
    return bool(alike) and not changed(one.text)


def _of_other_time(question: str, one: Stated, other: Stated) -> bool:
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


def _of_other_place(question: str, one: Stated, other: Stated) -> bool:
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


def _is_ahead(one: Stated) -> bool:
    """Whether what is stated lay ahead when it was published, or was only possible."""
    if one.dispute in (Dispute.ATTRIBUTION, Dispute.NAME):
        return False
    published = one.answered.candidate.passage.document.published
    if isinstance(one.value, Moment) and published and one.value.year and one.value.month:
        day = (one.value.year, one.value.month, one.value.day or 0)
        return day > (published.year, published.month, published.day if one.value.day else 0)
    return planned(one.said, one.start)


def _of_other_part(question: str, one: Stated, other: Stated) -> bool:
    """Whether one sentence speaks of a part of what the other speaks of: "the roof of the school"."""
    known = {word.base for word in statement(question).words}
    parts = [
        {base(word) for word, whole in _PART_OF.findall(each.said) if base(whole) in known} - known - _WHOLE
        for each in (one, other)
    ]
    return parts[0] != parts[1]


def _of_other_run(one: Stated, other: Stated) -> bool:
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


def _named_apart(one: Stated, other: Stated) -> bool:
    """Whether neither sentence has the other's name beside its own, unless it tells that one took the other's place."""
    for first, second in ((one, other), (other, one)):
        assert isinstance(first.value, Named)
        if set(first.value.words) <= {word.low for word in statement(second.text).words} and not changed(second.text):
            return False
    return True
