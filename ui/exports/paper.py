"""Kept exchanges -> a paper: headings, sentences with numbered notes, sources; what every format is written from.

Numbers are given anew, from 1 in the order of reading and through all questions: one for each place that is cited.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum

from rag.copies import also_in
from rag.desk import Desk
from rag.record import source_link
from rag.types import Answer, Citation, Claim, Conflict, Verdict
from rag.words import also, because, count, disagreement, nothing, origin, stated_by
from ui.keeping.kept import Kept
from ui.keeping.since import State, standing
from ui.render import web_address
from ui.render_claims import blocks


class Unsupported(Enum):
    """What becomes of a sentence without support: it is shown struck through, or left out and counted."""

    STRIKE = "strike"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Note:
    """What a number stands for: a place in a document, and the ``quote`` there as it was when it was cited.

    ``date`` is that of publication in words, ``address`` where the document was published, None where it names none;
    ``page`` is the address of the paragraph on this server, None where it is no longer there. ``since`` says what
    became of the source; ``also`` which other documents say the same; both may be empty.
    """

    number: int
    title: str
    outlet: str | None
    date: str
    place: str
    quote: str
    address: str | None
    page: str | None
    since: str
    also: str
    document_id: str

    @property
    def name(self) -> str:
        """The document in words: outlet, title and date."""
        return ", ".join(filter(None, (self.outlet, f"“{self.title}”", self.date)))


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence, or a few that only stand together. ``notes`` are numbers; ``remark`` says what is the matter with
    it, empty for nothing; what is ``struck`` has no support."""

    text: str
    notes: tuple[int, ...] = ()
    struck: bool = False
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Pieces that belong together; ``bullet`` makes them an item of a list."""

    pieces: tuple[Piece, ...]
    bullet: bool = False


@dataclass(frozen=True, slots=True)
class Dissent:
    """Sources that disagree: what on, a piece for each side, and which is later or better attributed."""

    heading: str
    sides: tuple[Piece, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Section:
    """A question with its answer. ``said`` stands before the answer (how the question was understood), ``remarks``
    after it; ``message`` is in place of an answer where there is none."""

    question: str
    asked: date
    said: tuple[str, ...]
    paragraphs: tuple[Paragraph, ...]
    message: str
    dissents: tuple[Dissent, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Work:
    """A document in the list of sources, and the numbers of the notes that are taken from it."""

    name: str
    address: str | None
    notes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole export. ``notes`` are in the order of their numbers, ``works`` in that of their first note."""

    title: str
    made: date
    sections: tuple[Section, ...]
    notes: tuple[Note, ...]
    works: tuple[Work, ...]

    def heading(self, section: Section) -> str:
        """The section's question as a heading; empty where the paper's title says it already."""
        return "" if len(self.sections) == 1 and section.question == self.title else section.question


def paper(
    title: str,
    kept: Sequence[Kept],
    desk: Desk,
    site: str,
    made: date,
    unsupported: Unsupported = Unsupported.STRIKE,
) -> Paper:
    """The exchanges as a paper, made on the day ``made``. ``desk`` is the person's own: what it does not show counts as
    removed. ``site`` is the server's absolute address without a slash at the end."""
    notes = _Notes(desk, site)
    sections = tuple(_section(each, notes, unsupported) for each in kept)
    return Paper(title, made, sections, tuple(notes.made), _works(notes.made))


class _Notes:
    """Hands out the numbers and writes the notes."""

    def __init__(self, desk: Desk, site: str) -> None:
        self._desk, self._site = desk, site
        self._known: dict[tuple[str, str, int, int], int] = {}  # document, version, start and end of the quote
        self.made: list[Note] = []

    def numbers(self, answer: Answer, citations: Iterable[Citation]) -> tuple[int, ...]:
        """The numbers of these citations, each once; new places are given the next ones."""
        return tuple(dict.fromkeys(self._number(answer, each) for each in citations))

    def _number(self, answer: Answer, one: Citation) -> int:
        key = (one.document_id, one.version, one.start, one.end)
        if key not in self._known:
            self._known[key] = len(self.made) + 1
            self.made.append(self._note(answer, one, len(self.made) + 1))
        return self._known[key]

    def _note(self, answer: Answer, one: Citation, number: int) -> Note:
        found = standing(one, self._desk)
        gone = found.state is State.GONE
        link = self._site + source_link(one.document_id, found.paragraph or one.paragraph)
        return Note(
            number=number,
            title=one.title,
            outlet=one.outlet,
            date=stated_by(one),
            place=f"¶ {one.paragraph}" + (f", {one.where}" if one.where else ""),
            quote=one.quote,
            address=web_address(one.url),
            page=None if gone else link,
            since=found.words,
            also=also(also_in(answer, one)),
            document_id=one.document_id,
        )


def _section(kept: Kept, notes: _Notes, unsupported: Unsupported) -> Section:
    answer = kept.answer
    claims, dropped = _left(answer.claims, unsupported)
    message = " ".join(answer.notices) if kept.withheld else answer.refusal if answer.refused else ""
    return Section(
        question=answer.question,
        asked=kept.asked.date(),
        said=() if kept.withheld else _said(answer),
        paragraphs=tuple(
            Paragraph(tuple(_piece(answer, claim, notes) for claim in item), block.bullets)
            for block in blocks(claims)
            for item in block.items
        ),
        message=message,
        dissents=tuple(_dissent(answer, each, notes) for each in answer.conflicts),
        remarks=() if kept.withheld else _remarks(answer, dropped),
    )


def _left(claims: Sequence[Claim], unsupported: Unsupported) -> tuple[tuple[Claim, ...], int]:
    """The claims that are written down, and how many are not. What begins a paragraph or a bullet still does when the
    sentence that began it is left out."""
    if unsupported is Unsupported.STRIKE:
        return tuple(claims), 0
    found: list[Claim] = []
    lead, breaks, dropped = "", False, 0
    for claim in claims:
        if claim.verdict is Verdict.UNSUPPORTED:
            lead, breaks, dropped = claim.lead or lead, claim.breaks or breaks, dropped + 1
            continue
        found.append(claim if claim.lead or claim.breaks else replace(claim, lead=lead, breaks=breaks))
        lead, breaks = "", False
    return tuple(found), dropped


def _piece(answer: Answer, claim: Claim, notes: _Notes) -> Piece:
    reason = f": {claim.reason.rstrip('.')}" if claim.reason else ""
    numbers = notes.numbers(answer, claim.citations)
    if claim.verdict is Verdict.SUPPORTED:
        return Piece(claim.text, numbers)
    if claim.verdict is Verdict.PARTIAL:
        return Piece(claim.text, numbers, remark=f"partly supported{reason}")
    return Piece(claim.text, numbers, struck=True, remark=f"not supported by the documents{reason}")


def _dissent(answer: Answer, conflict: Conflict, notes: _Notes) -> Dissent:
    sides = tuple(Piece(side.value, notes.numbers(answer, side.citations)) for side in conflict.sides)
    return Dissent(disagreement(conflict), sides, conflict.note)


def _said(answer: Answer) -> tuple[str, ...]:
    rewritten = answer.standalone.strip() != answer.question.strip()
    understood = answer.searched.understood
    return (
        *([f"Searched for: {answer.standalone}"] if rewritten else []),
        *map(because, answer.searched.reasons),
        *(f"{nothing(reason)}; searched without." for reason in (understood.dropped if understood else ())),
    )


def _remarks(answer: Answer, dropped: int) -> tuple[str, ...]:
    left = f"{count(dropped, 'sentence')} without support left out of this export." if dropped else ""
    came = "" if answer.refused else origin(answer)
    return tuple(filter(None, (*answer.notices, left, f"{came}." if came else "")))


def _works(notes: Iterable[Note]) -> tuple[Work, ...]:
    """The documents of the notes; a document that is cited under two titles is listed under its first."""
    found: dict[str, list[Note]] = {}
    for note in notes:
        found.setdefault(note.document_id, []).append(note)
    return tuple(Work(some[0].name, some[0].address, tuple(one.number for one in some)) for some in found.values())
