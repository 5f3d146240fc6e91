"""Paragraphs become chunks: whole paragraphs packed to a token budget; a longer paragraph is cut between sentences."""

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from index.sentences import sentences
from index.tokens import count
from index.types import Chunk, Document, Precision

_WRITTEN = {Precision.DAY: 10, Precision.MONTH: 7, Precision.YEAR: 4}  # characters of an ISO date
_KEPT = 1024  # counts that are remembered, of the paragraphs at hand


@dataclass(frozen=True, slots=True)
class _Piece:
    """A paragraph, or some sentences of a long one. ``heading`` is false for a heading that had to be cut; ``row`` is
    that of a sheet, None elsewhere."""

    start: int
    end: int
    paragraph: int
    heading: bool
    row: int | None = None


def context(document: Document) -> str:
    """The line prefixed to a chunk for embedding and search: title, outlet and date, as far as they are known ("2024"
    where no more of it is)."""
    written = _WRITTEN[document.precision]
    known = [document.title, document.outlet, document.published.isoformat()[:written] if document.published else None]
    return " | ".join(part for part in known if part)


def chunks(document: Document, budget: int) -> tuple[Chunk, ...]:
    """The chunks of a document in order, each of at most ``budget`` cl100k_base tokens with its context line.

    Together they cover every paragraph. A single sentence longer than the budget stays whole, so that a quote never
    breaks inside a sentence; embedding truncates it. A heading goes with the paragraph that follows it or its first
    sentences, unless these leave no room for it. The rows of a sheet have a chunk each: they are alike, and only alone
    is the one found that was asked for.
    """
    line, size = context(document), _sizes(document)
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
        for group in _groups(_pieces(document, size, budget), size, budget)
    )


def _sizes(document: Document) -> Callable[[int, int], int]:
    """What tells the tokens of the context line and ``text[start:end]``, neither end of which is white space.

    No cl100k_base token reaches over the new line before a paragraph, which begins with no white space: so paragraphs
    are counted once, and added up. Nor does one reach over the beginning of a space: so sentences are, too.
    """
    text, paragraphs = document.text, document.paragraphs
    head = count(f"{context(document)}\n")
    starts = [paragraph.start for paragraph in paragraphs]
    before = [0]  # tokens of the paragraphs before each one, as far as they were asked for
    reached: dict[int, int] = {}  # how far the text that begins at a place was counted last

    @lru_cache(_KEPT)
    def part(start: int, end: int) -> int:
        done = reached.get(start, end)
        further = start < done < end and text[done] == " "
        tokens = part(start, done) + count(text[done:end]) if further else count(text[start:end])
        reached[start] = end
        return tokens

    def size(start: int, end: int) -> int:
        first, last = bisect_right(starts, start), bisect_right(starts, end - 1) - 1
        if first > last:  # all in one paragraph
            return head + part(start, end)
        while len(before) <= last:
            own, next_start = paragraphs[len(before) - 1], starts[len(before)]
            before.append(before[-1] + part(own.start, own.end) + _gap(text, own.start, own.end, next_start))
        # What begins within a paragraph goes on over the gap behind that.
        begun = paragraphs[first - 1]
        rest = 0 if start == begun.start else part(start, begun.end) - part(begun.start, begun.end)
        return head + rest + before[last] - before[first - 1] + part(starts[last], end)

    return size


def _gap(text: str, start: int, end: int, below: int) -> int:
    """The tokens that ``text[end:below]``, a gap, adds to those of the paragraph ``text[start:end]`` before it: marks
    at the end of that are cut off together with the gap, with a space before them; letters and digits are not."""
    tail = end
    while tail > start and not (text[tail - 1].isalnum() or text[tail - 1].isspace()):
        tail -= 1
    if tail > start and text[tail - 1] == " ":
        tail -= 1
    return _added(text[tail:end], text[end:below])


@lru_cache(_KEPT)
def _added(marks: str, gap: str) -> int:
    return count(marks + gap) - count(marks)


def _chunk_id(document: Document, start: int, end: int) -> str:
    # Not the chunk's number: with another budget, the same number stands for another text.
    digest = hashlib.sha256(f"{document.id} {document.version} {start} {end}".encode())
    return digest.hexdigest()[:24]


def _pieces(document: Document, size: Callable[[int, int], int], budget: int) -> Iterator[_Piece]:
    """Paragraphs that fit into a chunk whole, with the headings before them; of others, sentences that do."""
    lead: int | None = None  # where the headings begin that stand directly before this paragraph
    for paragraph in document.paragraphs:
        row = None if paragraph.table else paragraph.row  # the rows of a table in a text stay with the text
        begin = paragraph.start if lead is None or paragraph.heading else lead
        if size(begin, paragraph.end) <= budget:
            yield _Piece(paragraph.start, paragraph.end, paragraph.number, paragraph.heading, row)
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
                yield _Piece(start, end, paragraph.number, False, row)
                begin = start = span.start
            end = span.end
        yield _Piece(start, end, paragraph.number, False, row)


def _groups(pieces: Iterable[_Piece], size: Callable[[int, int], int], budget: int) -> Iterator[list[_Piece]]:
    group: list[_Piece] = []
    for piece in pieces:
        if group and piece.row != group[-1].row and not group[-1].heading:
            yield group
            group = []
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
