"""Where a table begins in the rows of a sheet, and what its columns are called."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.parse.canonical import first_words, fold
from index.parse.dates import find_date

_MOST_HEADER_ROWS = 3
_LONGEST_NAME = 80  # characters; a longer cell is text, not the name of a column
_PERIOD = re.compile(r"(?:19|20)[0-9]{2}(?:[-/][0-9]{2,4}){0,2}")  # a year, month or day, as columns are often called
_UNIT = re.compile(r"\(.{1,40}\)|\[.{1,40}\]|[%‰€$£¥]|(?:in )?(?:%|per ?cent|mn|bn|million|billion|thousand|km|kg|t)s?")
# Signed, with a currency or a percent sign, its thousands parted; or a mark that nothing is known.
_MONEY = r"(?:[€$£¥]|[A-Z]{3})"
_NUMBER = re.compile(
    rf"\(?[-+−]?\s?{_MONEY}?\s?[-+−]?[0-9][0-9.,'’\u00a0\u202f ]*(?:[eE][-+]?[0-9]+)?\s?(?:%|{_MONEY})?\)?"
    r"|(?i:n/?a|-+|–|—|\.{2,}|…|null|none|nan)"
)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that shows something: its ``column`` (from 1), its text as shown, whether that is a value (a number, a
    date) rather than words, and over how many columns it is merged."""

    column: int
    text: str
    typed: bool = False
    width: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """A row with its number as the spreadsheet counts it, and its cells by column, at least one."""

    number: int
    cells: tuple[Cell, ...]

    @property
    def is_wide(self) -> bool:
        """Whether it holds more than one cell."""
        return len(self.cells) > 1


@dataclass(frozen=True, slots=True)
class Header:
    """The names of columns by their column, in order, read from ``rows`` rows; ``spans`` are the columns, half open,
    of the tables that lie beside each other, the last without an end."""

    rows: int
    names: Mapping[int, str]
    spans: tuple[tuple[int, int | None], ...]

    def fits(self, row: Row) -> bool:
        """Whether all cells of ``row`` lie in columns from the first to the last named."""
        return min(self.names) <= row.cells[0].column and row.cells[-1].column <= max(self.names)


def is_value(text: str) -> bool:
    """Whether ``text`` is a number, a date, or a mark that nothing is known, rather than words."""
    return len(text) <= 40 and (_NUMBER.fullmatch(text) is not None or find_date(text) is not None)


def find_header(run: Sequence[Row], before: Header | None = None, words: int = 3) -> Header | None:
    """Return the header that ``run`` (rows without a gap between them) begins with; None when it begins with data.

    A header is a row of words, or of periods such as years, over rows that hold values in some column; up to two rows
    above it may group columns, and one below it may give units. Of a table of words only, the first row is a header
    when it has at least ``words`` short, different cells, and the table is not one that goes on from ``before``.
    """
    rows = _header_rows(run)
    body = run[rows:]
    if not rows or not body:
        return None
    lowest = run[rows - 1]
    by_words = _is_words(run[0], words) and _goes_with(run[0], body, before)
    if not by_words and not _has_values(lowest, body):
        return None
    return Header(rows, _names(run[:rows]), _spans(run[:rows], body))


def find_header_of_values(run: Sequence[Row]) -> Header | None:
    """Like ``find_header``, but only where values stand below some column other than the first: in a text, a table of
    words or a chronology reads well as it is."""
    rows = _header_rows(run)
    if not rows or not _has_values(Row(run[rows - 1].number, run[rows - 1].cells[1:]), run[rows:]):
        return None
    return Header(rows, _names(run[:rows]), _spans(run[:rows], run[rows:]))


def _header_rows(run: Sequence[Row]) -> int:
    """How many rows at the beginning of ``run`` could be a header."""
    if not run or not run[0].is_wide or not _names_columns(run[0]):
        return 0
    rows = 1
    while rows < min(_MOST_HEADER_ROWS, len(run) - 1):
        above, row = run[rows - 1], run[rows]
        groups = len(above.cells) < len(row.cells) and _names_columns(row, True) and _has_values(row, run[rows + 1 :])
        units = row.is_wide and all(_UNIT.fullmatch(cell.text.strip()) for cell in row.cells[-len(above.cells) + 1 :])
        if not groups and not (units and _has_values(row, run[rows + 1 :])):
            break
        rows += 1
    return rows


def _names_columns(row: Row, below_groups: bool = False) -> bool:
    """Whether each cell is short words or a period; periods are at least two, and different unless groups are above."""
    periods = [cell.text for cell in row.cells if _PERIOD.fullmatch(cell.text.strip())]
    if any(cell.typed and not _PERIOD.fullmatch(cell.text.strip()) for cell in row.cells):
        return False
    if any(len(cell.text) > _LONGEST_NAME for cell in row.cells):
        return False
    different = below_groups or len(set(periods)) == len(periods)
    return not periods or (len(periods) > 1 and different)


def _has_values(header: Row, body: Sequence[Row]) -> bool:
    """Whether some column of ``header`` holds values in most rows of ``body``; below a period, not just periods."""
    for cell in header.cells:
        below = [each for row in body for each in row.cells if each.column == cell.column]
        values = [each for each in below if each.typed]
        if 2 * len(values) > len(below):
            period = _PERIOD.fullmatch(cell.text.strip()) is not None
            if not period or not all(_PERIOD.fullmatch(each.text.strip()) for each in values):
                return True
    return False


def _is_words(row: Row, least: int) -> bool:
    texts = [cell.text.strip().casefold() for cell in row.cells]
    short = all(len(text) <= _LONGEST_NAME and not text.endswith((".", "!", "?", ";")) for text in texts)
    return len(texts) >= least and len(set(texts)) == len(texts) and short and not any(cell.typed for cell in row.cells)


def _goes_with(row: Row, body: Sequence[Row], before: Header | None) -> bool:
    """Whether most rows below have no other columns than a first ``row`` of words, and it is not one of a table that
    goes on."""
    columns = {cell.column for cell in row.cells}
    if before is not None and before.fits(row):
        return False
    fitting = [each for each in body if all(cell.column in columns for cell in each.cells)]
    return any(each.is_wide for each in fitting) and 2 * len(fitting) > len(body)


def _names(rows: Sequence[Row]) -> Mapping[int, str]:
    """The names of the columns of the lowest row, each with those of the groups above it before it."""
    columns = sorted({cell.column for row in rows for cell in row.cells})
    parts: dict[int, list[str]] = {column: [] for column in columns}
    for place, row in enumerate(rows):
        lowest = place == len(rows) - 1
        merged = any(cell.width > 1 for cell in row.cells)
        for cell, following in zip(row.cells, (*row.cells[1:], None), strict=True):
            # Without merged cells, a group reaches to the next one; the lowest row groups nothing.
            reach = following.column if following is not None else columns[-1] + 1
            end = cell.column + 1 if lowest else cell.column + cell.width if merged else reach
            for column in columns:
                name = fold(cell.text)
                if cell.column <= column < end and name not in parts[column]:
                    parts[column].append(name)
    return {column: first_words(" ".join(parts[column]), _LONGEST_NAME) for column in columns}


def _spans(rows: Sequence[Row], body: Sequence[Row]) -> tuple[tuple[int, int | None], ...]:
    """The tables beside each other: parted by an empty column, each with words in its first column."""
    named = sorted({cell.column for row in rows for cell in row.cells})
    used = {cell.column for row in body for cell in row.cells}.union(named)
    starts = [0]
    for left, column in pairwise(named):
        words = [not cell.typed for row in body for cell in row.cells if cell.column == column]
        if not used.intersection(range(left + 1, column)) and column > left + 1 and words and all(words):
            starts.append(column)
    return tuple(zip(starts, (*starts[1:], None), strict=True))
