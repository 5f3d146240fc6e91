"""Rows of a spreadsheet or a CSV file -> blocks that each can be cited alone: "Country: Norway | Exports: 4.1"."""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import PurePosixPath

from index.parse.canonical import first_words, fold
from index.parse.draft import Block, Draft, Kind
from index.parse.headings import mark_headings
from index.parse.office.column_names import Header, Row, find_header, find_header_of_values

_AHEAD = 12  # rows that are looked at to tell a header from a row of text
_WIDEST = 480  # characters of a block; a longer row is parted, and each part begins with the row's label
_LONG = 240  # characters of a cell that is a text of its own
_LABEL = 80
_NOTE = re.compile(
    r"(?:sources?|notes?|footnotes?|remarks?|legend|updated|last updated)\b|[*†‡]|\(?\d{1,2}\)", re.IGNORECASE
)
_COPY = re.compile(r"(?:[ _-]*(?:\(\d{1,3}\)|\bcopy))+$", re.IGNORECASE)
_CODE = re.compile(r"(?=.*\d)[0-9a-fA-F-]{8,}")
_SAYS = (
    "book copy csv data dataset download export exported file final list new output query results sheet spreadsheet "
    "table tables temp tmp untitled values workbook xls xlsx"
)
_SAYS_NOTHING = frozenset(_SAYS.split())


@dataclass(frozen=True, slots=True)
class Laid:
    """The blocks of a sheet in order, each with its row, and the names of the columns of its first table, if any."""

    blocks: tuple[Block, ...]
    columns: tuple[str, ...]


def lay(rows: Iterable[Row], sheet: str | None = None, records: bool = False) -> Laid:
    """Return the blocks of ``rows`` (those with any cell, in order): each row of a table with its column's names.

    A sheet may begin with titles, hold several tables below or beside each other, and headers of up to three rows
    (see ``column_names.find_header``). A lone text in a row is a paragraph, or a heading where a table follows. With
    ``records``, as in CSV, the first row names the columns whenever it can, and no row is a title.
    """
    names = list[str]()
    marked = mark_headings(tuple(_blocks(rows, sheet, records, names)))
    blocks = (_plain(block) if block.kind is Kind.HEADING and _NOTE.match(block.text) else block for block in marked)
    return Laid(tuple(blocks), tuple(names))


def named_rows(rows: Sequence[Row], table: str) -> tuple[Block, ...] | None:
    """The rows of a ``table`` in a text with the names of its columns, each with its own number; None where no row of
    values tells its header."""
    header = find_header_of_values(rows[:_AHEAD])
    if header is None:
        return None
    return tuple(block for row in rows[header.rows :] for block in _row(row, header, table))


def plain_row(row: Row, table: str) -> Block:
    """A row of a ``table`` in a text without the names of its columns; its text is empty where its cells are."""
    return Block(" | ".join(cell.text for cell in row.cells), Kind.ROW, sheet=table, row=row.number)


def _plain(block: Block) -> Block:
    return replace(block, kind=Kind.PARAGRAPH)


def _blocks(rows: Iterable[Row], sheet: str | None, records: bool, names: list[str]) -> Iterator[Block]:
    source = iter(rows)
    ahead = deque(islice(source, _AHEAD))
    header: Header | None = None
    last = 0
    begins = True  # a table may begin here: at the top, below a gap, or below a title
    while ahead:
        row = ahead[0]
        begins = begins or (row.number > last + 1 and not records)
        found = (
            find_header(_run(ahead), header, 2 if records and header is None else 3) if begins and row.is_wide else None
        )
        if found is not None:
            header = found
            if not names:
                names += found.names.values()
        elif begins and row.is_wide and header is not None and not header.fits(row):
            header = None
        for _ in range(found.rows if found is not None else 1):
            last = ahead.popleft().number
            ahead.extend(islice(source, 1))
        if found is None:
            lone = not row.is_wide and not (records and header) and _is_title(row, header)
            yield from _paragraph(row, sheet) if lone else _row(row, header, sheet)
            begins = lone
        else:
            begins = False


def _run(ahead: Iterable[Row]) -> list[Row]:
    """The first of these rows and those that follow it without a gap."""
    run = list[Row]()
    for row in ahead:
        if run and row.number != run[-1].number + 1:
            break
        run.append(row)
    return run


def _is_title(row: Row, header: Header | None) -> bool:
    """Whether the only cell of a row is a title, a label of the rows below or a note, and no value of a column."""
    cell = row.cells[0]
    return not cell.typed and (header is None or cell.column <= min(header.names))


def _paragraph(row: Row, sheet: str | None) -> Iterator[Block]:
    for line in row.cells[0].text.splitlines():
        yield Block(line, Kind.PARAGRAPH, sheet=sheet, row=row.number)


def _row(row: Row, header: Header | None, sheet: str | None) -> Iterator[Block]:
    return (Block(text, Kind.ROW, sheet=sheet, row=row.number) for text in _texts(row, header))


def _texts(row: Row, header: Header | None) -> Iterator[str]:
    """The texts of one row: one for each table that lies beside another, more where they would be very long."""
    for first, end in header.spans if header is not None else ((0, None),):
        cells = [cell for cell in row.cells if cell.column >= first and (end is None or cell.column < end)]
        names = [header.names.get(cell.column) if header is not None else None for cell in cells]
        pieces = [f"{name}: {cell.text}" if name else cell.text for name, cell in zip(names, cells, strict=True)]
        # A number without a name does not tell what a row is about.
        is_label = bool(cells) and (not cells[0].typed or names[0] is not None) and len(pieces[0]) <= _LABEL
        yield from _packed(pieces, pieces[0] if is_label else "")


def _packed(pieces: Sequence[str], label: str) -> Iterator[str]:
    """The cells of a row joined, in as few texts as their length allows, each with the ``label`` first; a long cell is
    parted at its line breaks."""
    held, own = list[str](), 0
    for place, piece in enumerate(pieces):
        is_long = len(piece) > _LONG
        if own and (is_long or sum(len(each) + 3 for each in held) + len(piece) > _WIDEST):
            yield " | ".join(held)
            held, own = [], 0
        if is_long:
            yield from filter(str.strip, piece.splitlines())
            continue
        if label and place and not held:
            held.append(label)
        held.append(piece)
        own += 1
    if own:
        yield " | ".join(held)


def column_title(columns: Sequence[str]) -> str | None:
    """A title for a table that has none: the names of its columns, shortened."""
    return first_words(fold(", ".join(columns))) if columns else None


def entitled(draft: Draft, file: str) -> Draft:
    """A table from the file called ``file`` with a title, where it has none: the name of its file in words, or those of
    its columns where that says nothing ("export (3).csv"). Any other draft stays as it is."""
    return replace(draft, title=_file_title(file) or draft.columns) if draft.columns and not draft.title else draft


def _file_title(file: str) -> str | None:
    stem = _COPY.sub("", PurePosixPath(file).stem)
    # Where nothing else parts the words, hyphens do; those between digits are of a date.
    parted = re.sub(r"[_+]+|(?<=[^\W\d_])\.(?=[^\W\d_])", " ", stem)
    if " " not in parted.strip():
        parted = re.sub(r"(?<!\d)-|-(?!\d)", " ", parted)
    title = fold(parted)
    words = [word for word in re.findall(r"[^\W\d_]+", title) if len(word) > 2 or not word.isascii()]
    if all(word.lower() in _SAYS_NOTHING for word in words) or _CODE.fullmatch(title):
        return None
    return title[0].upper() + title[1:] if title.islower() else title
