"""XLSX -> a block a row of each sheet, with the names of its columns; the only file that knows openpyxl."""

import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import cast

from openpyxl import load_workbook
from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import CellCoordinatesException, InvalidFileException
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from index.errors import ParseError
from index.parse.draft import Block, Draft, Kind
from index.parse.office.column_names import Cell, Row, is_value
from index.parse.office.grid import column_title, lay
from index.parse.office.package import SHEETS, check_package, stated_author, stated_title, told
from index.parse.office.shown import Value, shown

MOST_ROWS = 200_000  # of all sheets, with any text
_LOWEST = 1_048_576  # the last row that a sheet has
_MOST_CELLS = 20_000_000  # empty ones too, as far as they stand before one that is not
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="(?P<range>[A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})"')
_MOST_MERGED = 50_000
_MERGED_COST = 20  # cells that one more row of merged cells counts for, as it takes more memory
_PIECE = 1 << 20
_UNNAMED = re.compile(r"(?:sheet|tabelle|feuil|hoja|foglio|blad|ark|list|planilha|лист|工作表)\s?\d*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Area:
    """Merged cells: from ``column`` and ``row``, ``width`` columns and ``height`` rows."""

    column: int
    row: int
    width: int
    height: int


def parse_sheets(data: bytes) -> Draft:
    """Return the rows of the visible sheets of an XLSX file in order, as they show, each with its sheet and number.

    A sheet with a name of its own has it as a heading. Hidden sheets, charts and comments are left out; hidden rows and
    columns, which a filter leaves behind, are read. Formulas count by the result stored with them and macros are never
    run, nor is any link followed. Dates in the properties are those of the file and are not used. Raises ParseError
    for an empty, truncated, password-protected or foreign file, one without text, and one with more than 200,000 rows.
    """
    check_package(data, SHEETS)
    blocks, columns = list[Block](), tuple[str, ...]()
    with told(SHEETS, InvalidFileException, CellCoordinatesException), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it tells of every style and extension that it does not keep
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        try:
            left = _Left()
            for sheet in book.worksheets:
                if isinstance(sheet, ReadOnlyWorksheet) and sheet.sheet_state == "visible":
                    laid = lay(_rows(sheet, _merged(data, vars(sheet)["_worksheet_path"]), left), sheet.title)
                    if laid.blocks and not _UNNAMED.fullmatch(sheet.title.strip()):
                        blocks.append(Block(sheet.title, Kind.HEADING, sheet=sheet.title))
                    blocks += laid.blocks
                    columns = columns or laid.columns
            title, author = book.properties.title, book.properties.creator
        finally:
            book.close()
    if not blocks:
        raise ParseError("holds no text: save it in a spreadsheet program, so that the results of formulas are stored")
    first = next((block.text for block in blocks if block.kind is Kind.HEADING), None)
    named = stated_title(title) or first
    return Draft(tuple(blocks), title=named, author=stated_author(author), columns=column_title(columns))


@dataclass(slots=True)
class _Left:
    """How much more of a workbook is read."""

    rows: int = MOST_ROWS
    cells: int = _MOST_CELLS

    def take(self, rows: int, cells: int) -> None:
        self.rows -= rows
        self.cells -= cells
        if self.rows < 0:
            raise ParseError(f"has more than {MOST_ROWS:,} rows: split it into several files")
        if self.cells < 0:
            raise ParseError(f"has more than {_MOST_CELLS:,} cells: split it into several files")


def _rows(sheet: ReadOnlyWorksheet, areas: Mapping[int, list[_Area]], left: _Left) -> Iterator[Row]:
    """The rows of a sheet with any text, with their own numbers; words merged over several rows stand in each."""
    sheet.reset_dimensions()  # what it says of its own size is often wrong
    below: dict[int, dict[int, Cell]] = {}  # by row and column, what cells merged with ones further up show
    for number, read in enumerate(sheet.rows, 1):
        if number > _LOWEST:
            raise ParseError(f"has a row below {_LOWEST:,}, the last one that a sheet has: save it anew")
        cells = cast(
            "tuple[ReadOnlyCell | EmptyCell, ...]", read
        )  # its types are those of a sheet that is not streamed
        left.take(0, len(cells))
        own = {cell.column: cell for cell in map(_cell, cells) if cell is not None}
        for area in areas.get(number, ()):
            if cell := own.get(area.column):
                own[area.column] = replace(cell, width=area.width)
                left.take(0, _MERGED_COST * area.height)
                for row in range(number + 1, number + area.height) if not cell.typed else ():
                    below.setdefault(row, {})[area.column] = cell
        found = below.pop(number, {}) | own
        if own:
            left.take(1, 0)
            yield Row(number, tuple(found[column] for column in sorted(found)))


def _cell(cell: ReadOnlyCell | EmptyCell) -> Cell | None:
    """What a cell shows; None for nothing, and for errors: "#REF!" tells nobody anything."""
    if isinstance(cell, EmptyCell) or cell.data_type == "e" or not isinstance(cell.value, Value):
        return None
    if isinstance(cell.value, str):
        text = cell.value.strip()
        return Cell(cell.column, text, is_value(text)) if text else None
    text = shown(cell.value, cell.number_format)
    return Cell(cell.column, text, True) if text else None


def _merged(data: bytes, path: str) -> Mapping[int, list[_Area]]:
    """The merged cells of the sheet at ``path`` in the package by their first row. openpyxl does not tell of them when
    it reads row by row; in the file they stand behind the rows."""
    areas: dict[int, list[_Area]] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(path) as part:
        tail, count = b"", 0
        while piece := part.read(_PIECE):
            text = tail + piece
            end = 0
            for found in _MERGED.finditer(text):
                count += 1
                if count > _MOST_MERGED:
                    raise ParseError(f"has more than {_MOST_MERGED:,} merged cells: take them apart, or save it as CSV")
                left, top, right, bottom = (edge or 0 for edge in range_boundaries(found["range"].decode()))
                areas.setdefault(top, []).append(_Area(left, top, right - left + 1, bottom - top + 1))
                end = found.end()
            tail = text[max(end, len(text) - 200) :]
    return areas
