"""Where in the tables of a page its rows stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from index.parse.draft import Block, Kind
from index.parse.html.markup import Page
from index.types import table_name

_CELLS = ("td", "th")


@dataclass(frozen=True, slots=True)
class _Place:
    """The number of a table's element, and which of its rows it is, from 1."""

    table: int
    row: int


def anchored(page: Page, kept: Sequence[int]) -> tuple[Block, ...]:
    """The blocks of the pieces at the places ``kept``, in order, rows with their number and that of their table.

    Tables count from 1 as far as something of them is kept; of their rows those that show something. A row has no
    number where that is not certain: in a table that lays out (a part of) the page or has but one column, and in one
    whose foot stands in the source above its body.
    """
    places = _places(page) if any(page.pieces[number].block.kind is Kind.ROW for number in kept) else {}
    names: dict[int, str] = {}
    blocks = list[Block]()
    for number in kept:
        block = page.pieces[number].block
        if number in places:
            place = places[number]
            name = names.setdefault(place.table, table_name(len(names) + 1))
            block = replace(block, sheet=name, row=place.row)
        blocks.append(block)
    return tuple(blocks)


def _places(page: Page) -> Mapping[int, _Place]:
    """Where the pieces stand that are rows, by their number, as far as it is certain."""
    tables = _tables(page)
    rows: dict[int, list[int]] = {}
    for number, piece in enumerate(page.pieces):
        if piece.block.kind is Kind.ROW and tables[piece.node] >= 0:
            rows.setdefault(tables[piece.node], []).append(number)
    laid_out = {tables[above] for above, tag in zip(page.parents, page.tags, strict=True) if tag in _CELLS}
    found: dict[int, _Place] = {}
    for table, numbers in rows.items():
        feet = [page.tags[page.parents[page.pieces[number].node]] == "tfoot" for number in numbers]
        wide = any(" | " in page.pieces[number].block.text for number in numbers)
        if table in laid_out or not wide or feet != sorted(feet):
            continue
        for seen in (True, False):
            alike = (number for number in numbers if page.pieces[number].seen is seen)
            found.update((number, _Place(table, row)) for row, number in enumerate(alike, 1))
    return found


def _tables(page: Page) -> Sequence[int]:
    """For each element the innermost table that it is in, or is; -1 where there is none."""
    tables: list[int] = []
    for number, above in enumerate(page.parents):
        tables.append(number if page.tags[number] == "table" else tables[above] if above >= 0 else -1)
    return tables
