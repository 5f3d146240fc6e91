"""Paragraphs become chunks: whole paragraphs packed to a token budget; a longer paragraph is cut between sentences."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from index.sentences import sentences
from index.tokens import count
from index.types import Chunk, Document


@dataclass(frozen=True, slots=True)
class _Piece:
    """A paragraph, or some sentences of a long one."""

    start: int
    end: int
    paragraph: int
    tokens: int
    heading: bool


def context(document: Document) -> str:
    """The line prefixed to a chunk for embedding and search: title, outlet and date, as far as they are known."""
    known = [document.title, document.outlet, document.published.isoformat() if document.published else None]
    return " | ".join(part for part in known if part)


def chunks(document: Document, budget: int) -> tuple[Chunk, ...]:
    """The chunks of a document in order, each of at most ``budget`` cl100k_base tokens with its context line.

    Together they cover every paragraph. A single sentence longer than the budget stays whole, so that a quote never
    breaks inside a sentence; embedding truncates it. A heading goes with the paragraph that follows it.
    """
    line = context(document)
    room = max(1, budget - count(line))
    return tuple(
        Chunk(
            id=_chunk_id(document, number),
            document_id=document.id,
            start=group[0].start,
            end=group[-1].end,
            first_paragraph=group[0].paragraph,
            last_paragraph=group[-1].paragraph,
            context=line,
            tokens=count(line) + sum(piece.tokens for piece in group),
        )
        for number, group in enumerate(_groups(list(_pieces(document, room)), room))
    )


def _chunk_id(document: Document, number: int) -> str:
    digest = hashlib.sha256(f"{document.id} {document.version} {number}".encode())
    return digest.hexdigest()[:24]


def _pieces(document: Document, room: int) -> Iterator[_Piece]:
    for paragraph in document.paragraphs:
        text = document.text[paragraph.start : paragraph.end]
        tokens = count(text)
        if tokens <= room:
            yield _Piece(paragraph.start, paragraph.end, paragraph.number, tokens, paragraph.heading)
            continue
        start, end, total = paragraph.start, paragraph.start, 0
        for span in sentences(text, paragraph.start):
            tokens = count(document.text[span.start : span.end])
            if total and total + tokens > room:
                yield _Piece(start, end, paragraph.number, total, False)
                start, total = span.start, 0
            end, total = span.end, total + tokens
        yield _Piece(start, end, paragraph.number, total, False)


def _groups(pieces: list[_Piece], room: int) -> Iterator[list[_Piece]]:
    group: list[_Piece] = []
    for piece in pieces:
        full = group and sum(member.tokens for member in group) + piece.tokens > room
        if full:
            moved: list[_Piece] = []
            while len(group) > 1 and group[-1].heading:
                moved.insert(0, group.pop())
            yield group
            group = moved
        group.append(piece)
    if group:
        yield group
