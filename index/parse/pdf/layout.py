"""Strips on pages -> blocks: margins dropped, columns found, lines joined to paragraphs by gap, indent and size."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from index.parse.draft import Block, Kind
from index.parse.headings import is_heading_like, mark_headings
from index.parse.lines import bullet_end, ends_sentence, is_rule
from index.parse.pdf.cells import TableRow
from index.parse.pdf.columns import Column, in_order
from index.parse.pdf.margins import without_margins
from index.parse.pdf.strips import Strip
from index.parse.pdf.weave import WORD, beside, woven

_BULLETS = ("•", "‣", "◦", "▪", "●", "○", "■", "\uf0b7", "\uf0a7", "\uf0d8", "\uf0fc")
_CAPTION = re.compile(r"(?:fig(?:ure|\.)|table|chart|map|box|graph|photo(?:graph)?|image)\s?[0-9a-z]{0,4}\b", re.I)
_LOOK_BACK = 12  # paragraphs before a page's or column's end that may be notes and captions


@dataclass(frozen=True, slots=True)
class _Measure:
    """What is usual in a document, in points: height of its text, distance of its lines, its margins."""

    height: float
    pitch: float
    left: float
    right: float


@dataclass(slots=True)
class _Paragraph:
    """Lines that make a paragraph so far, with the sides of their column; or a row of a table."""

    lines: list[Strip]
    left: float
    right: float
    row: TableRow | None = None


def layout_blocks(pages: Sequence[Sequence[Strip]]) -> tuple[Block, ...]:
    """Return the paragraphs of ``pages`` in the order of reading, each with the page it begins on and its printed
    lines; none when there are no strips.

    A paragraph goes on over the end of a column or page. Notes in smaller type and captions that stand in between
    come after it.
    """
    bodies = without_margins(pages)
    if not any(bodies):  # furniture only: better shown than lost
        bodies = [list(page) for page in pages]
    written = {word for page in bodies for strip in page for word in WORD.findall(strip.text)}
    words = frozenset(map(str.lower, written))
    ordered = [in_order(page, words) for page in bodies]
    columns = [part for page in ordered for part in page if isinstance(part, Column)]
    if not any(ordered):
        return ()
    usual = _measure(
        columns or [Column(row.cells[0], 0, 0, True) for p in ordered for row in p if isinstance(row, TableRow)]
    )
    paragraphs: list[_Paragraph] = []
    for page in ordered:
        for place, part in enumerate(page):
            if isinstance(part, TableRow):
                paragraphs.append(_Paragraph([line for cell in part.cells for line in cell], 0, 0, part))
            else:
                paragraphs += _column(part, page[place - 1] if place else None, paragraphs, usual)
    return mark_headings([_block(paragraph, usual, words) for paragraph in paragraphs])


def _measure(columns: Sequence[Column]) -> _Measure:
    lines = [line for column in columns for line in column.lines]
    height = median(line.height for line in lines for _ in range(1 + len(line.text) // 10))
    # Only inside paragraphs: in a text of one-line paragraphs the other steps are gaps.
    steps = [
        below.bottom - above.bottom
        for column in columns
        for above, below in pairwise(column.lines)
        if 0.5 * height < below.bottom - above.bottom < 2.5 * height
        and max(abs(above.height - height), abs(below.height - height)) < 0.1 * height
        and not ends_sentence(above.text)
    ]
    # A low quantile, for headings that are set like the text add gaps too.
    pitch = sorted(steps)[len(steps) // 3] if steps else 1.2 * height
    whole = [line for column in columns if column.whole for line in column.lines] or lines
    return _Measure(height, pitch, min(line.left for line in whole), max(line.right for line in whole))


def _column(
    column: Column, before: Column | TableRow | None, paragraphs: Sequence[_Paragraph], usual: _Measure
) -> list[_Paragraph]:
    """Return the new paragraphs of ``column``; its first lines may go on with one of ``paragraphs``. ``before`` is what
    stands before it on its page."""
    left, right = (usual.left, usual.right) if column.whole else (column.left, column.right)
    new: list[_Paragraph] = []
    for line in column.lines:
        if new and not _begins(new[-1], line, usual):
            new[-1].lines.append(line)
        else:
            new.append(_Paragraph([line], left, right))
    if isinstance(before, Column) and column.lines[0].top > before.lines[-1].top:  # below it
        if not _begins(paragraphs[-1], column.lines[0], usual):
            paragraphs[-1].lines += new.pop(0).lines
        return new
    open_end = _open_end(paragraphs, new[0], usual)
    if open_end is not None:
        open_end.lines += new[0].lines
        open_end.left, open_end.right = left, right
        del new[0]
    return new


def _begins(held: _Paragraph, line: Strip, usual: _Measure) -> bool:
    """Whether ``line`` begins a paragraph after the one ``held``, in the same column."""
    above = held.lines[-1]
    step = line.bottom - above.bottom
    size = max(above.height, line.height)
    other_type = abs(above.height - line.height) > 0.08 * size
    if above.divided and not other_type:
        return False
    mid_sentence = line.text[0].islower() and not ends_sentence(above.text)
    if other_type and min(len(above.text), len(line.text)) > 2 and not mid_sentence:
        return True
    # Large type has wide lines: what counts is the gap left between them.
    if step < -0.5 * size or step > 1.22 * usual.pitch * max(1.0, size / usual.height):
        return True
    first = held.lines[0].text
    if _is_bullet(line.text) or (bullet_end(line.text) and (ends_sentence(above.text) or bullet_end(first))):
        return True
    if above.bold != line.bold:
        title = " ".join(each.text for each in held.lines) if above.bold else line.text
        if is_heading_like(title) and (ends_sentence(above.text) if line.bold else not line.text[0].islower()):
            return True
    width = held.right - held.left
    if not ends_sentence(above.text):
        # A line that ends early over one that does not: the next words had room on it, were they not a paragraph's.
        over = (
            len(held.lines) == 1 and held.right - above.right > 0.4 * width and held.right - line.right < 0.25 * width
        )
        return over and line.text[0].isupper() and is_heading_like(above.text)
    indented = line.left - above.left > 0.8 * usual.height and not bullet_end(first)
    short = held.right - above.right > 0.25 * width
    return indented or short


def _is_bullet(text: str) -> bool:
    return text.startswith(_BULLETS)


def _open_end(paragraphs: Sequence[_Paragraph], first: _Paragraph, usual: _Measure) -> _Paragraph | None:
    """Return the paragraph that ``first``, at the top of a page or column, goes on with; None when it begins one."""
    for back, paragraph in enumerate(reversed(paragraphs[-_LOOK_BACK:])):
        if paragraph.lines[-1].page != paragraphs[-1].lines[-1].page:
            return None
        note = paragraph.lines[-1].height <= 0.93 * usual.height and first.lines[0].height > 0.93 * usual.height
        turned = paragraph.lines[-1].turn != first.lines[0].turn
        if note or turned or paragraph.row is not None or _CAPTION.match(paragraph.lines[0].text):
            continue
        # Over a table, only a sentence that clearly goes on is joined.
        sure = first.lines[0].text[0].islower() or all(
            each.row is None for each in paragraphs[len(paragraphs) - back :]
        )
        return paragraph if sure and _runs_on(paragraph, first.lines[0], usual) else None
    return None


def _runs_on(above: _Paragraph, first: Strip, usual: _Measure) -> bool:
    """Whether the line ``first`` of a page or column goes on with the paragraph ``above``."""
    last = above.lines[-1]
    if abs(last.height - first.height) > 0.08 * usual.height:
        return False
    if last.divided:
        return True
    if ends_sentence(last.text) or last.bold != first.bold:
        return False
    if _is_bullet(first.text) or bullet_end(first.text):
        return False
    full = above.right - last.right < 0.2 * (above.right - above.left)
    return first.text[0].islower() or full


def _block(paragraph: _Paragraph, usual: _Measure, words: frozenset[str]) -> Block:
    lines = paragraph.lines
    page = lines[0].page
    if paragraph.row is not None and len(paragraph.row.cells) > 1:
        row = beside([woven(cell, words) for cell in paragraph.row.cells], " | ")
        return Block(row.text, Kind.ROW, page, lines=row.lines)
    whole = woven(lines, words)
    text = whole.text
    stands_out = lines[0].height > 1.15 * usual.height or all(line.bold for line in lines)
    # "1. Introduction" in large or bold type is a heading with its number.
    titled = stands_out and is_heading_like(text) and not _is_bullet(text)
    if (start := bullet_end(text)) and not titled:
        item = whole.after(start)
        return Block(item.text, Kind.ITEM, page, lines=item.lines)
    if stands_out and len(lines) <= 4 and len(text) <= 250 and not is_rule(text) and is_heading_like(text[:150]):
        return Block(text, Kind.HEADING, page, lines=whole.lines)
    return Block(text, Kind.PARAGRAPH, page, lines=whole.lines)
