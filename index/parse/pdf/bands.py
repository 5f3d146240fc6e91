"""Printed rows -> bands: those that spaces from top to bottom part into columns or cells, and those between."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.parse.pdf.printed_lines import Row
from index.parse.pdf.strips import Strip

FULL = 3  # rows that make columns or a table
_GUTTER = 0.8  # of the height of the type: the narrowest space between columns
_LEAD = 4  # rows on one side only that a band of columns may begin with


@dataclass(frozen=True, slots=True)
class Band:
    """Rows under each other, and the spaces (from, to) that part all of them, from left to right; none in plain
    text."""

    rows: tuple[Row, ...]
    gutters: tuple[tuple[float, float], ...] = ()

    def parts(self) -> list[list[Strip]]:
        """The strips between the gutters, from left to right."""
        parts: list[list[Strip]] = [[] for _ in range(len(self.gutters) + 1)]
        for row in self.rows:
            for place, cell in enumerate(self.cells(row)):
                parts[place] += cell
        return parts

    def cells(self, row: Row) -> list[list[Strip]]:
        """The strips of one row between the gutters."""
        cells: list[list[Strip]] = [[] for _ in range(len(self.gutters) + 1)]
        for strip in row.strips:
            cells[sum(strip.left >= end - 0.01 for _, end in self.gutters)].append(strip)
        return cells


def bands(every: Sequence[Row], height: float) -> Iterator[Band]:
    """Yield ``every`` row, at least one, in bands: those with columns as long as they can be, between them single rows
    or several. ``height`` is that of the type, in points."""
    start = 0
    if max(row.strips[-1].left for row in every) < min(row.strips[0].right for row in every):
        yield Band(tuple(every))  # there is a place that no row leaves free
        return
    edge = min(row.left for row in every)
    aside = edge + 0.25 * (max(row.right for row in every) - edge)
    while start < len(every):
        band = _columns_from(every, start, _GUTTER * height, aside)
        lead = _headlike(band) or _over(band, every, start, _GUTTER * height, aside)
        if lead:
            yield Band(tuple(every[start : start + lead]))
            start += lead
            continue
        yield band
        start += len(band.rows)


def _columns_from(every: Sequence[Row], start: int, narrowest: float, aside: float) -> Band:
    """Return the longest band of columns that begins with the row ``start``; a plain one of just that row if none.
    Its gutters are ``narrowest`` at least. What begins right of ``aside`` is in a column that is not the first."""
    left, right = every[start].left, every[start].right
    free = [(float("-inf"), left), *_gaps(every[start]), (right, float("inf"))]
    kept: list[tuple[float, float]] = []
    end = start + 1
    for place in range(start + 1, len(every)):
        row = every[place]
        still = [gap for gap in _without(free, row) if gap[1] - gap[0] >= narrowest]
        new_left, new_right = min(left, row.left), max(right, row.right)
        inner = [gap for gap in still if new_left < gap[0] and gap[1] < new_right]
        if not still or (kept and not inner):
            break
        # A line over some of the columns, under all of them, is the first one of what follows.
        if len(row.strips) == 1 and len(inner) < len(kept) and place - start >= FULL:
            break
        # The right column may begin above the left one by any number of rows, where a picture stands to its left.
        if not inner and place - start >= _LEAD and new_left < aside:
            break
        free, left, right, kept, end = still, new_left, new_right, inner, place + 1
    band = Band(tuple(every[start:end]), tuple(gap for gap in kept))
    return _checked(band) if kept else Band((every[start],))


def _gaps(row: Row) -> list[tuple[float, float]]:
    gaps: list[tuple[float, float]] = []
    edge = row.left
    for strip in row.strips:
        if strip.left > edge:
            gaps.append((edge, strip.left))
        edge = max(edge, strip.right)
    return gaps


def _without(free: Sequence[tuple[float, float]], row: Row) -> Iterator[tuple[float, float]]:
    """Yield what of the spaces ``free`` is left beside the strips of ``row``; both go from left to right."""
    spaces = [(float("-inf"), row.left), *_gaps(row), (row.right, float("inf"))]
    for start, end in free:
        for other_start, other_end in spaces:
            low, high = max(start, other_start), min(end, other_end)
            if low < high:
                yield low, high


def _checked(band: Band) -> Band:
    """Return ``band`` with those gutters that have text enough on both sides; its first row alone when none has."""
    good: list[tuple[float, float]] = []
    for gap in band.gutters:
        before = [row for row in band.rows if row.left < gap[0]]
        after = [row for row in band.rows if row.right > gap[1]]
        height = before[0].strips[0].height
        beside = min(before[-1].top, after[-1].top) - max(before[0].top, after[0].top)
        if min(len(before), len(after)) >= 2 and max(len(before), len(after)) >= FULL and beside > 0.5 * height:
            good.append(gap)
    return Band(band.rows, tuple(good)) if good else Band((band.rows[0],))


def _headlike(band: Band) -> int:
    """Return how many rows at the start of ``band`` stand over all of its columns: a date or a name at the right."""
    if not band.gutters:
        return 0
    first = next((place for place, row in enumerate(band.rows) if row.left < band.gutters[0][0]), 0)
    return first if first <= 2 else 0


def _over(band: Band, every: Sequence[Row], start: int, narrowest: float, aside: float) -> int:
    """Return 1 where the first row of ``band`` is a line over some of the columns that begin under it, else 0."""
    if not band.gutters or len(band.rows[0].strips) > 1:
        return 0
    return int(len(_columns_from(every, start + 1, narrowest, aside).gutters) > len(band.gutters))
