"""Feedback as cases for ``citedesk eval``: what people said of answers becomes what a right answer rests on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from index.errors import UsageError
from index.library import Library
from rag.record import Json
from rag.types import Answer, Part
from ui.keeping.kept import Judged
from ui.keeping.opinions import Fault, Spot, Vote

TURNS = 20  # exchanges before it with which a question is understood


@dataclass(frozen=True, slots=True)
class Cases:
    """The cases, in the order of the feedback, and why the rest of it makes none: the reason, and how often."""

    rows: tuple[Json, ...]
    without: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Quote:
    """Words of a paragraph, and the name of the file they stand in."""

    file: str
    text: str


def cases(judged: Sequence[Judged], library: Library) -> Cases:
    """A case for each opinion that says what is right, in the shape that ``evals.load.own`` reads.

    A right paragraph is the support of an answerable case; so are the places that an answer cites whose asker liked it.
    A refusal that was liked, and an answer that should have been one, are unanswerable cases. The files must be the
    ones that are in the library now: what is no longer in them supports nothing.
    """
    rows: list[Json] = []
    without: list[str] = []
    for one in judged:
        try:
            rows.append(_case(one, library))
        except UsageError as error:
            without.append(str(error))
    return Cases(tuple(rows), tuple(without))


def _case(one: Judged, library: Library) -> Json:
    """The case of one opinion. Raises UsageError with the reason when it makes none."""
    answer, opinion = one.kept.answer, one.opinion
    if one.kept.withheld:
        raise UsageError("it rests on documents that may not be seen")
    if opinion.reason is Fault.SHOULD_HAVE_REFUSED or (opinion.vote is Vote.UP and answer.refused):
        if _narrowed(answer):
            raise UsageError("it was asked under filters, which cases do not have")
        return _row(one, [])
    if opinion.right is not None:
        return _row(one, [_paragraph(opinion.right, library)])
    if opinion.vote is Vote.DOWN:
        raise UsageError("it does not say which paragraph is right")
    quotes = list(dict.fromkeys(_cited(answer, library)))
    if not quotes:
        raise UsageError("its sources have changed or were removed since")
    return _row(one, quotes)


def _row(one: Judged, support: Sequence[_Quote]) -> Json:
    answer = one.kept.answer
    understood = answer.searched.understood
    asked: date = understood.today if understood else one.kept.asked.date()
    # A question that was asked as it stands needs nothing that was said before it.
    earlier = one.earlier[-TURNS:] if answer.standalone != answer.question else ()
    return {
        "id": f"feedback-{one.kept.id}",
        "type": "feedback",
        "question": answer.question,
        "history": [{"question": each.answer.standalone, "answer": each.answer.text} for each in earlier],
        "answers": [],
        "support": [{"file": each.file, "quote": each.text} for each in support],
        "answerable": bool(support),
        "asked": asked.isoformat(),
    }


def _paragraph(spot: Spot, library: Library) -> _Quote:
    try:
        document = library.document(spot.document_id)
    except UsageError:
        raise UsageError("the paragraph that is right was removed since") from None
    if spot.paragraph > len(document.paragraphs):
        raise UsageError("the paragraph that is right was removed since")
    place = document.paragraphs[spot.paragraph - 1]
    return _Quote(Path(document.source).name, document.text[place.start : place.end])


def _cited(answer: Answer, library: Library) -> Iterator[_Quote]:
    """What the answer's sentences cite, as far as it is still there."""
    for citation in (each for claim in answer.claims for each in claim.citations):
        try:
            document = library.document(citation.document_id)
        except UsageError:
            continue
        if citation.quote and citation.quote in document.text:
            yield _Quote(Path(document.source).name, citation.quote)


def _narrowed(answer: Answer) -> bool:
    """Whether the asker searched less than her question's own words say."""
    filters, parts = answer.searched.filters, {reason.part for reason in answer.searched.reasons}
    days = (filters.since or filters.until) and Part.TIME not in parts
    return bool(filters.documents or days or (filters.outlets and Part.OUTLET not in parts))
