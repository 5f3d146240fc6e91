"""What may be asked next: questions near an answer that the documents do answer, found without a model.

Candidates come from the sentences found with the answer, from its names in what other outlets say, and from what newer
documents add. Only those are kept that the product itself answers, with the very sentence or document that they were
drawn from.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

from index.sentences import sentences
from rag.answer import answer
from rag.desk import Desk
from rag.suggesting.asking import questions_of
from rag.suggesting.candidates import Candidate, candidates, has
from rag.terms import sequence, stems
from rag.types import Answer, Citation, Filters, Part, Turn

MOST = 3  # questions
_TRIES = 6  # each costs one answer
_SECONDS = 1.0  # for all of them; a person has read the answer by then
_SAME = 0.6  # share of the words of two questions from which they ask the same
_SURE = 0.4  # confidence from which an answer on a name is taken; below it the quote is often beside the point
_SURER = 0.45  # the same where only a further quote has the name
_OF_ONE = 2  # questions on one document


def following(desk: Desk, found: Answer, history: Sequence[Turn] = ()) -> tuple[str, ...]:
    """Up to three questions to ask after ``found``, surest first; fewer, or none, when the documents give no more.

    ``history`` are the turns before ``found``. Each question stands alone, is answered by the library under the user's
    own filters, with something that neither ``found`` nor ``history`` cited, and was not asked yet. After a refusal
    they are near what was asked. Takes up to a second: six answers at most, by quotation, without a chat model. Raises
    what ``rag.answer.answer`` raises.
    """
    until = perf_counter() + _SECONDS
    told = [*found.citations, *(citation for turn in history for citation in turn.citations)]
    asked = [found.question, found.standalone, *(turn.question for turn in history)]
    filters = _own(found)
    kept: list[_Kept] = []
    slowest = 0.0
    for candidate in _chosen(candidates(found, told), asked):
        started = perf_counter()
        if len(kept) == MOST or started + slowest > until:
            break
        if sum(candidate.documents == {each.cited.document_id} for each in kept) >= _OF_ONE:
            continue
        reply = answer(desk, candidate.question, (), filters, write=False)
        slowest = max(slowest, perf_counter() - started)
        if _fits(reply, candidate, told) and not any(_same_place(reply.citations[0], each.cited) for each in kept):
            kept.append(_Kept(candidate.question, reply.confidence, reply.citations[0]))
    kept.sort(key=lambda each: -each.confidence)
    return tuple(each.question for each in kept)


@dataclass(frozen=True, slots=True)
class _Kept:
    question: str
    confidence: float
    cited: Citation


def _own(found: Answer) -> Filters:
    """The user's own filters: those of the search without what the question's words set."""
    filters = found.searched.filters
    read = {reason.part for reason in found.searched.reasons}
    if Part.TIME in read:
        filters = replace(filters, since=None, until=None)
    return replace(filters, outlets=()) if Part.OUTLET in read else filters


def _fits(reply: Answer, candidate: Candidate, told: Sequence[Citation]) -> bool:
    """Is ``reply`` an answer, from where the candidate was drawn, that says something new?"""
    if reply.refused or not reply.citations:
        return False
    best = reply.citations[0]
    if candidate.start < 0 and (best.document_id not in candidate.documents or not _is_on(reply, candidate.name)):
        return False
    # Another sentence will do where it answers by its own shape.
    if candidate.start >= 0 and not (best.start < candidate.end and candidate.start < best.end):
        spans = sentences(best.quote)
        if not any(candidate.question in questions_of(best.quote[s.start : s.end], best.quote) for s in spans):
            return False
    return not any(_same_place(best, citation) for citation in told)


def _is_on(reply: Answer, name: str) -> bool:
    """Is ``reply`` surely on ``name``: has its best quote the name, or, where it is surer still, any of them?"""
    first, *others = reply.citations
    if reply.confidence < _SURE:
        return False
    return has(first.quote, name) or (reply.confidence >= _SURER and any(has(each.quote, name) for each in others))


def _same_place(one: Citation, other: Citation) -> bool:
    """Do two citations quote overlapping places, or the same words?"""
    overlap = one.document_id == other.document_id and one.start < other.end and other.start < one.end
    return overlap or sequence(one.quote) == sequence(other.quote)


def _chosen(drawn: Sequence[Candidate], asked: Sequence[str]) -> Iterator[Candidate]:
    """Up to six to try: the heaviest first, of different kinds and documents, none asked already."""
    waiting = [
        each for each in drawn if each.weight > -1.0 and not any(_same_question(each.question, one) for one in asked)
    ]
    taken: list[Candidate] = []
    while waiting and len(taken) < _TRIES:
        best = max(waiting, key=lambda each: each.weight - _repetition(each, taken))
        taken.append(best)
        waiting = [
            each
            for each in waiting
            if not _same_question(each.question, best.question)
            and not (each.start < 0 and best.start < 0 and each.documents & best.documents)
        ]
        yield best


def _repetition(candidate: Candidate, taken: Sequence[Candidate]) -> float:
    """How much a candidate is like those taken before it: 1 for each of its kind, 0.5 for each on its document."""
    kind = candidate.question.split()[:2]
    return sum((one.question.split()[:2] == kind) + 0.5 * bool(one.documents & candidate.documents) for one in taken)


def _same_question(one: str, other: str) -> bool:
    first, second = stems(one), stems(other)
    return bool(first) and len(first & second) >= _SAME * len(first | second)
