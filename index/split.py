"""Paragraphs become chunks: whole paragraphs packed to a token budget; a longer paragraph is cut between sentences."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from index.sentences import sentences
from index.tokens import count
from index.types import Chunk, Document


@dataclass(frozen=True, slots=True)
class _Piece:
    """A paragraph, or some sentences of a long one. ``heading`` is false for a heading that had to be cut."""

    start: int
    end: int
    paragraph: int
    heading: bool


def context(document: Document) -> str:
    """The line prefixed to a chunk for embedding and search: title, outlet and date, as far as they are known."""
    known = [document.title, document.outlet, document.published.isoformat() if document.published else None]
    return " | ".join(part for part in known if part)


def chunks(document: Document, budget: int) -> tuple[Chunk, ...]:
    """The chunks of a document in order, each of at most ``budget`` cl100k_base tokens with its context line.

    Together they cover every paragraph. A single sentence longer than the budget stays whole, so that a quote never
    breaks inside a sentence; embedding truncates it. A heading goes with the paragraph that follows it or its first
    sentences, unless these leave no room for it.
    """
    line = context(document)

    def size(start: int, end: int) -> int:
        return count(f"{line}\n{document.text[start:end]}")

    pieces = list(_pieces(document, size, budget))
    return tuple(
        Chunk(
            id=_chunk_id(document, group[0].start, group[-1].end),
            document_id=document.id,
            start=group[0].start,
            end=group[-1].end,
            first_paragraph=group[0].paragraph,
            last_paragraph=group[-1].paragraph,
            context=line,
            tokens=size(group[0].start, group[-1].end),
        )
        for group in _groups(pieces, size, budget)
    )


def _chunk_id(document: Document, start: int, end: int) -> str:
    # Not the chunk's number: with another budget, the same number stands for another text.
    digest = hashlib.sha256(f"{document.id} {document.version} {start} {end}".encode())
    return digest.hexdigest()[:24]


def _pieces(document: Document, size: Callable[[int, int], int], budget: int) -> Iterator[_Piece]:
    """Paragraphs that fit into a chunk whole, with the headings before them; of others, sentences that do."""
    lead: int | None = None  # where the headings begin that stand directly before this paragraph
    for paragraph in document.paragraphs:
        begin = paragraph.start if lead is None or paragraph.heading else lead
        if size(begin, paragraph.end) <= budget:
            yield _Piece(paragraph.start, paragraph.end, paragraph.number, paragraph.heading)
            # Headings may take half of a chunk; of a longer row of them (a table of contents), the last ones.
            if not paragraph.heading:
                lead = None
            elif lead is None or size(lead, paragraph.end) > budget // 2:
                lead = paragraph.start
            continue
        lead = None
        start = end = paragraph.start
        for span in sentences(document.text[paragraph.start : paragraph.end], paragraph.start):
            if end > start and size(begin, span.end) > budget:
                yield _Piece(start, end, paragraph.number, False)
                begin = start = span.start
            end = span.end
        yield _Piece(start, end, paragraph.number, False)


def _groups(pieces: list[_Piece], size: Callable[[int, int], int], budget: int) -> Iterator[list[_Piece]]:
    group: list[_Piece] = []
    for piece in pieces:
        if group and size(group[0].start, piece.end) > budget:
            # Headings at its end go with the piece; a long row of them is halved, not carried along for ever.
            limit = budget // 2 if piece.heading else budget
            last = next((at for at, each in _closing(group) if size(each.start, piece.end) <= limit), len(group))
            yield group[:last]
            group = group[last:]
        group.append(piece)
    if group:
        yield group


def _closing(group: list[_Piece]) -> list[tuple[int, _Piece]]:
    """The headings at the end of ``group``, with their places."""
    last = len(group)
    while last and group[last - 1].heading:
        last -= 1
    return list(enumerate(group))[last:]
