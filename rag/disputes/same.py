"""Whether two statements answer a question about the same thing: the same event, time, place and part of the whole."""

import re

from rag.disputes.asked import covers_alike
from rag.disputes.occasion import is_ahead, of_other_place, of_other_run, of_other_time
from rag.disputes.stance import changed, other_kind
from rag.disputes.stated import Stated, nouns
from rag.disputes.values import Named, amounts, figures_apart
from rag.language.figure import Figure
from rag.language.moments import Moment
from rag.language.opposites import base
from rag.language.statement import Statement, statement
from rag.types import Dispute

_PART_OF = re.compile(r"\b([a-z]+) of (?:the |its |their )?+(?:new |old )?+([a-z]+)")
# Not a part of a thing, but a measure of it.
_MEASURES = """
price cost number toll length height size age value rate share total sum amount count people kind
"""
_WHOLE = frozenset(map(base, _MEASURES.split()))
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


def comparable(question: str, one: Stated, other: Stated) -> bool:
    """Whether the values of ``one`` and ``other`` are of one thing, as far as their words and documents tell."""
    if one.dispute is Dispute.YES_NO:
        return not of_other_time(question, one, other)
    asked = statement(question)
    if not covers_alike(asked, one, other) or _of_other_bearer(asked, one, other):
        return False
    if is_ahead(one) != is_ahead(other) or _of_other_part(question, one, other) or of_other_run(one, other):
        return False
    if isinstance(one.value, Figure) and isinstance(other.value, Figure):
        return _of_one_amount(question, one, other)
    if isinstance(one.value, Named) and isinstance(other.value, Named):
        return _named_apart(one, other) and not of_other_time(question, one, other)
    return isinstance(one.value, Moment) == isinstance(other.value, Moment)


def _of_other_bearer(asked: Statement, one: Stated, other: Stated) -> bool:
    """Whether a name of the question has another description before it in one sentence: the skater, the poet Lien."""
    for name in asked.names:
        last = asked.words[name.last - 1].low
        told = [_before(statement(each.text), last) for each in (one, other)]
        wanted = _before(asked, last)
        if wanted and any(each and each != wanted for each in told):
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
    if of_other_time(question, one, other) or of_other_place(question, one, other):
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


def _of_other_part(question: str, one: Stated, other: Stated) -> bool:
    """Whether one sentence speaks of a part of what the other speaks of: "the roof of the school"."""
    known = {word.base for word in statement(question).words}
    parts = [
        {base(word) for word, whole in _PART_OF.findall(each.said) if base(whole) in known} - known - _WHOLE
        for each in (one, other)
    ]
    return parts[0] != parts[1]


def _named_apart(one: Stated, other: Stated) -> bool:
    """Whether neither sentence has the other's name beside its own, unless it tells that one took the other's place."""
    for first, second in ((one, other), (other, one)):
        assert isinstance(first.value, Named)
        if set(first.value.words) <= {word.low for word in statement(second.text).words} and not changed(second.text):
            return False
    return True
