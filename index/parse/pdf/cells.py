"""A band of a table -> its rows, each of one or more printed ones."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from index.parse.pdf.bands import Band
from index.parse.pdf.printed_lines import line_of, rows
from index.parse.pdf.strips import Strip

_PITCH = 1.5  # of the height of the type: lines further apart do not belong to one cell
_LARGER = 1.25  # times the distance of lines: a gap between two rows


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a table: the lines of each of its cells that has some, from left to right. One cell alone is a line
    between the rows."""

    cells: tuple[tuple[Strip, ...], ...]


def gaps(band: Band) -> frozenset[int]:
    """Return the places of the printed rows above which a gap is larger than between the lines of a cell; none when all
    are alike."""
    height = max(strip.height for strip in band.rows[0].strips)
    steps = [below.top - above.top for above, below in pairwise(band.rows)]
    # Smaller steps are those of cells that are not set on one line.
    near = min((step for step in steps if step > 0.8 * height), default=height)
    if max(steps) < _LARGER * near:
        return frozenset()
    usual = min(near, _PITCH * height)
    return frozenset(place for place, step in enumerate(steps, 1) if step > _LARGER * usual)


def is_grid(band: Band) -> bool:
    """Whether ``band`` falls into three or more rows whose cells begin beside each other and have no gap inside, though
    they run like prose. Columns of text have their gaps at different heights."""
    apart = gaps(band)
    if len(apart) < 2:
        return False
    segments = list(accumulate(int(place in apart) for place in range(len(band.rows))))
    if any(sum(map(bool, band.cells(band.rows[place]))) < 2 for place in (0, *apart)):
        return False
    usual = min(below.top - above.top for above, below in pairwise(band.rows))
    for column in range(len(band.gutters) + 1):
        filled = [place for place, row in enumerate(band.rows) if band.cells(row)[column]]
        for above, below in pairwise(filled):
            step = band.rows[below].top - band.rows[above].top
            if segments[above] == segments[below] and step > _LARGER * usual:
                return False
    return True


def table_rows(band: Band) -> Iterator[TableRow]:
    """Yield the rows of the table ``band`` from top to bottom: parted by gaps where these differ, else by what stands
    in the first column; and wherever a figure would come under a figure."""
    apart = gaps(band)
    held: list[list[Strip]] = []
    for place, row in enumerate(band.rows):
        cells = band.cells(row)
        if held and (_clash(held, cells) or not (_goes_on(held, cells) or _wrapped(place, cells, apart))):
            yield _row(held)
            held = []
        held = [[*above, *below] for above, below in zip(held, cells, strict=True)] if held else cells
    yield _row(held)


def _wrapped(place: int, cells: Sequence[Sequence[Strip]], apart: frozenset[int]) -> bool:
    if apart:
        return place not in apart
    return not cells[0] and sum(map(bool, cells)) <= len(cells) / 2


def _goes_on(held: Sequence[Sequence[Strip]], cells: Sequence[Sequence[Strip]]) -> bool:
    """Whether all that stands in the printed row ``cells`` goes on with a sentence of the cell above."""
    filled = [place for place, cell in enumerate(cells) if cell]
    return len(filled) < len(cells) and all(cells[place][0].text[0].islower() and held[place] for place in filled)


def _clash(held: Sequence[Sequence[Strip]], cells: Sequence[Sequence[Strip]]) -> bool:
    """Whether a cell that is a figure already would get another one, or a row that is full another full row of three
    or more cells."""
    figures = any(
        above and below and _is_figure(above) and _is_figure(below) for above, below in zip(held, cells, strict=True)
    )
    return figures or (len(cells) > 2 and all(held) and all(cells))


def _is_figure(cell: Sequence[Strip]) -> bool:
    text = cell[-1].text
    return any(mark.isdigit() for mark in text) and not any(mark.isalpha() for mark in text)


def _row(cells: Sequence[Sequence[Strip]]) -> TableRow:
    return TableRow(tuple(tuple(line for row in rows(cell) for line in line_of(row)) for cell in cells if cell))
