"""Strips of a page -> columns and rows of tables, in the order of reading."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from statistics import median, median_low

from index.parse.pdf.bands import FULL, Band, bands
from index.parse.pdf.cells import TableRow, gaps, is_grid, table_rows
from index.parse.pdf.printed_lines import Row, line_of, rows, with_caps, with_markers
from index.parse.pdf.strips import ASKEW, Strip

_DEEPEST = 4  # columns in columns
_MOST_STRIPS = 6_000  # of a page that is put in order; a fuller one is a drawing, and read as the file has it


@dataclass(frozen=True, slots=True)
class Column:
    """Lines under each other, from top to bottom, between ``left`` and ``right`` (points). ``whole`` is true when
    there is nothing beside it, so that the margins of the document are its own."""

    lines: tuple[Strip, ...]
    left: float
    right: float
    whole: bool


def in_order(strips: Sequence[Strip], words: frozenset[str]) -> list[Column | TableRow]:
    """Return what is printed on one page in the order of reading: text that stands as most of it does first, what is
    turned otherwise after it, stamps across the page last. ``words`` (lower case) are those of the document.

    Two bands of columns are told apart where a line goes over the gutter. A band whose cells stand in rows and do not
    run like prose is a table.
    """
    found: list[Column | TableRow] = []
    turns = {strip.turn for strip in strips}
    for turn in sorted(turns, key=lambda turn: (turn == ASKEW, -sum(len(s.text) for s in strips if s.turn == turn))):
        group = [strip for strip in strips if strip.turn == turn]
        if turn == ASKEW or len(group) > _MOST_STRIPS:
            found += [Column((strip,), strip.left, strip.right, False) for strip in group]
            continue
        height = median_low(strip.height for strip in group for _ in range(1 + len(strip.text) // 10))
        found += _ordered(with_markers(with_caps(group, height, words), height), height, None)
    return found


def _ordered(
    strips: Sequence[Strip], height: float, within: tuple[float, float] | None, depth: int = 0
) -> list[Column | TableRow]:
    found: list[Column | TableRow] = []
    plain: list[Row] = []
    for band in bands(rows(strips), height if depth < _DEEPEST else float("inf")):
        kind = _kind(band, height)
        if kind is _Kind.PLAIN:
            plain += band.rows
            continue
        found += _column(plain, within)
        plain = []
        if kind is _Kind.TABLE:
            found += table_rows(band)
        else:
            for part in band.parts():
                sides = min(strip.left for strip in part), max(strip.right for strip in part)
                found += _ordered(part, height, sides, depth + 1)
    return [*found, *_column(plain, within)]


def _column(plain: Sequence[Row], within: tuple[float, float] | None) -> Iterator[Column]:
    if plain:
        lines = tuple(line for row in plain for line in line_of(row))
        left, right = within or (min(line.left for line in lines), max(line.right for line in lines))
        yield Column(lines, left, right, within is None)


class _Kind(Enum):
    PLAIN = "plain"
    COLUMNS = "columns"
    TABLE = "table"


def _kind(band: Band, height: float) -> _Kind:
    """Tell columns of text from the cells of a table by how full their lines are and how they stand in rows."""
    if not band.gutters:
        return _Kind.PLAIN
    parts = band.parts()
    prose = sum(_is_prose(part, height) for part in parts)
    if prose > 1:
        return _Kind.TABLE if is_grid(band) else _Kind.COLUMNS
    full = sum(sum(map(bool, band.cells(row))) >= 2 for row in band.rows)
    shortest = min(len(rows(part)) for part in parts)
    parted = bool(gaps(band)) and full >= 0.6 * shortest
    if full >= FULL and (parted or (not prose and full >= 0.6 * len(band.rows))):
        return _Kind.TABLE
    # A few short lines whose words happen to stand under each other are read line by line.
    return _Kind.PLAIN if not prose and full >= 0.4 * shortest else _Kind.COLUMNS


def _is_prose(part: Sequence[Strip], height: float) -> bool:
    """Whether the strips of a column are the lines of running text: mostly letters, and most as wide as the column."""
    left, right = min(strip.left for strip in part), max(strip.right for strip in part)
    full = [strip for strip in part if strip.right - strip.left > 0.75 * (right - left)]
    letters = sum(mark.isalpha() or mark.isspace() for strip in part for mark in strip.text)
    return (
        len(full) >= 0.5 * len(part)
        and median(len(strip.text) for strip in part) >= 12
        and right - left > 6 * height
        and letters > 0.7 * sum(len(strip.text) for strip in part)
    )
