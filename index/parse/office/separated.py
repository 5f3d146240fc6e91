"""CSV and TSV -> a block a row, with the names of its columns."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from statistics import median

from index.errors import ParseError
from index.parse.draft import Draft, Item
from index.parse.encoding import decoded
from index.parse.feeds.item_fields import read_item, text_field
from index.parse.member import Names
from index.parse.office.column_names import Cell, Row, is_value
from index.parse.office.grid import column_title, lay

MOST_ROWS = 200_000
_MOST_CELLS = 5_000_000
_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 40  # records that tell the delimiter
_ARTICLE = 240  # characters that half of the texts reach where each row is an article
_LARGEST_CELL = 10_000_000  # characters; Python's own limit is below the length of a long article
_SAID = re.compile(r"sep=(?P<mark>[,;\t|])\r?\n?", re.IGNORECASE)  # what one spreadsheet program writes first


def parse_separated(data: bytes) -> Draft:
    """Return the rows of a CSV or TSV file, each with the number a spreadsheet shows for it.

    The delimiter is the one of comma, semicolon, tab and bar that parts the first records most evenly. There is no
    title but the names of the columns. Raises ParseError for an empty or binary file, one without text, one with more
    than 200,000 rows, and one that lists articles, which ``parse_listed`` reads.
    """
    found = decoded(data)
    if _listed(found.text) is not None:
        raise ParseError("holds no text")
    laid = lay(_rows(found.text), records=True)
    if not laid.blocks:
        raise ParseError("holds no text")
    return Draft(laid.blocks, encoding=found.encoding, columns=column_title(laid.columns))


def parse_listed(data: bytes) -> tuple[Item, ...]:
    """Return the articles of a CSV file that has one a row, with their row as the anchor of each paragraph; none when
    it is a table.

    It lists articles when its first row names a column for their text, and one for titles, dates or addresses (see
    ``item_fields``), and the texts in its first rows are as long as an article's. Raises ParseError for a file that is
    empty or binary.
    """
    found = decoded(data)
    columns = _listed(found.text)
    if columns is None:
        return ()
    names = Names()
    return tuple(
        _anchored(read_item(f"row {row.number}", _named(row, columns), found.encoding, names), row.number)
        for row in islice(_rows(found.text), 1, None)
    )


def _listed(text: str) -> Mapping[int, str] | None:
    """The names of the columns of a file that lists articles; None for any other."""
    rows = list(islice(_rows(text), _SAMPLE))
    if not rows or any(cell.typed for cell in rows[0].cells):
        return None
    columns = {cell.column: cell.text for cell in rows[0].cells}
    field = text_field(columns.values())
    lengths = [len(str(_named(row, columns).get(field, ""))) for row in rows[1:]] if field else []
    return columns if lengths and median(lengths) >= _ARTICLE else None


def _named(row: Row, columns: Mapping[int, str]) -> Mapping[str, object]:
    return {columns[cell.column]: cell.text for cell in row.cells if cell.column in columns}


def _anchored(item: Item, row: int) -> Item:
    if item.draft is None:
        return item
    blocks = tuple(replace(block, sheet=None, row=row) for block in item.draft.blocks)
    return replace(item, draft=replace(item.draft, blocks=blocks))


def _rows(text: str) -> Iterator[Row]:
    said = _SAID.match(text)
    start = said.end() if said else 0
    mark = said["mark"] if said else _delimiter(text)
    cells = 0
    for number, record in enumerate(_records(text[start:], mark), 1):
        if number > MOST_ROWS:
            raise ParseError(f"has more than {MOST_ROWS:,} rows: split it into several files")
        cells += len(record)
        if cells > _MOST_CELLS:
            raise ParseError(f"has more than {_MOST_CELLS:,} cells: split it into several files")
        filled = [(column, cell.strip()) for column, cell in enumerate(record, 1) if cell.strip()]
        if filled:
            yield Row(number, tuple(Cell(column, cell, is_value(cell)) for column, cell in filled))


def _records(text: str, mark: str) -> Iterator[list[str]]:
    # A limit of the whole process, and the only one there is; nothing else in it reads CSV with a lower one in mind.
    csv.field_size_limit(_LARGEST_CELL)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    except csv.Error as error:
        raise ParseError(f"is no CSV file: {error}") from error


def _delimiter(text: str) -> str:
    """The delimiter that gives the first records the most columns, as evenly as may be."""
    best, score = ",", 0.0
    for mark in _DELIMITERS:
        widths = list[int]()
        for record in _records(text[:100_000], mark):
            if len(record) > 1 or any(map(str.strip, record)):
                widths.append(len(record))
            if len(widths) == _SAMPLE:
                break
        if not widths:
            continue
        usual = max(set(widths), key=lambda width: (widths.count(width), width))
        even = widths.count(usual) / len(widths)
        if usual > 1 and even * (1 + usual / 1000) > score:
            best, score = mark, even * (1 + usual / 1000)
    return best
