"""XLSX and CSV: each row with its number and the names of its columns; fixtures are written by openpyxl and csv."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import product
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from index.errors import ParseError
from index.parse import parse
from index.parse.draft import Block, Kind
from index.parse.office.separated import parse_separated
from index.parse.office.sheets import parse_sheets
from index.parse.office.shown import Value, shown
from index.split import chunks
from tests.package_support import refusals, survives, with_laughs, with_part

Grid = list[list[str | int | None]]


def saved(book: Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def sheet(book: Workbook, title: str = "Sheet1") -> Worksheet:
    if book.worksheets[0].max_row == 1 and book.worksheets[0]["A1"].value is None:
        book.remove(book.worksheets[0])
    made: Worksheet = book.create_sheet(title)
    return made


def fill(target: Worksheet, rows: list[list[Value]], top: int = 1, left: int = 1) -> None:
    for row, cells in enumerate(rows, top):
        for column, value in enumerate(cells, left):
            target.cell(row, column, value)


def read(rows: list[list[Value]], top: int = 1, left: int = 1) -> list[tuple[int | None, str]]:
    book = Workbook()
    fill(sheet(book), rows, top, left)
    return [(block.row, block.text) for block in parse_sheets(saved(book)).blocks]


def test_a_row_is_told_with_the_names_of_its_columns() -> None:
    book = Workbook()
    first = sheet(book, "Trade")
    first["B2"] = "Exports by country"
    fill(first, [["Country", "Exports", "Since"], ["Norway", 4.14, date(2023, 4, 1)], ["Sweden", None, None]], 4, 2)
    first["C5"].number_format = '0.0" bn"'
    first["B8"] = "Source: the ministry"
    first["H40"].number_format = "0%"  # formatted, yet empty
    fill(sheet(book, "Sheet2"), [["Region", "City", "Mayor"], ["North", "Aton", "Jane"], [None, "Beton", "John"]])
    hidden = sheet(book, "Lists")
    hidden["A1"], hidden.sheet_state = "not shown", "hidden"
    book.properties.creator = "openpyxl"
    draft = parse_sheets(saved(book))
    assert (draft.title, draft.author, draft.published) == ("Trade", None, None)
    assert draft.blocks == (
        Block("Trade", Kind.HEADING, sheet="Trade"),
        Block("Exports by country", Kind.HEADING, sheet="Trade", row=2),
        Block("Country: Norway | Exports: 4.1 bn | Since: 2023-04-01", Kind.ROW, sheet="Trade", row=5),
        Block("Sweden", Kind.PARAGRAPH, sheet="Trade", row=6),
        Block("Source: the ministry", Kind.PARAGRAPH, sheet="Trade", row=8),
        Block("Region: North | City: Aton | Mayor: Jane", Kind.ROW, sheet="Sheet2", row=2),
        Block("City: Beton | Mayor: John", Kind.ROW, sheet="Sheet2", row=3),
    )


def test_headers_of_several_rows_and_merged_cells() -> None:
    book = Workbook()
    target = sheet(book)
    fill(target, [["Country", "Exports", None, "Imports"], [None, 2022, 2023, 2022, 2023]])
    fill(target, [["Norway", 1, 2, 3, 4], ["Sweden", 5, 6, 7, 8], ["Denmark", 1, 1, 2, 2]], 3)
    for merged in ("A1:A2", "B1:C1", "D1:E1", "A4:A5"):
        target.merge_cells(merged)
    assert [(block.row, block.text) for block in parse_sheets(saved(book)).blocks] == [
        (3, "Country: Norway | Exports 2022: 1 | Exports 2023: 2 | Imports 2022: 3 | Imports 2023: 4"),
        (4, "Country: Sweden | Exports 2022: 5 | Exports 2023: 6 | Imports 2022: 7 | Imports 2023: 8"),
        # The name of a row that is merged with the row above counts for it too.
        (5, "Country: Sweden | Exports 2022: 1 | Exports 2023: 1 | Imports 2022: 2 | Imports 2023: 2"),
    ]
    assert read([[None, "Sold", None, "Bought"], ["Country", 2022, 2023, 2023], ["Norway", 1, 2, 3]]) == [
        (3, "Country: Norway | Sold 2022: 1 | Sold 2023: 2 | Bought 2023: 3")
    ]
    assert read([["Country", "Exports", "Share"], ["", "(bn)", "%"], ["Norway", 1, 2]]) == [
        (3, "Country: Norway | Exports (bn): 1 | Share %: 2")
    ]


def test_tables_below_and_beside_each_other() -> None:
    rows: list[list[Value]] = [["A", "N", None, "B", "M"], ["x", 1, None, "y", 2], [], ["C", "K"], ["z", 3]]
    assert read(rows, top=3) == [(4, "A: x | N: 1"), (4, "B: y | M: 2"), (7, "C: z | K: 3")]
    # A gap does not end a table, and labels may part its rows.
    rows = [["Country", "N"], ["Norway", 1], [], ["Asia"], ["Japan", 2]]
    assert read(rows) == [(2, "Country: Norway | N: 1"), (4, "Asia"), (5, "Country: Japan | N: 2")]


def test_without_a_header_cells_stand_alone() -> None:
    assert read([["Norway", 1], ["Sweden", 2]]) == [(1, "Norway | 1"), (2, "Sweden | 2")]
    assert read([["Name", "Norway"], ["Capital", "Oslo"]]) == [(1, "Name | Norway"), (2, "Capital | Oslo")]
    assert read([["Year", 2022, 2023], ["Norway", 1, 2]]) == [(2, "Year: Norway | 2022: 1 | 2023: 2")]
    prose = "This sheet tells what the others are about."
    assert read([["Read me"], [prose]]) == [(1, "Read me"), (2, prose)]


def test_long_rows_are_parted_and_long_cells_are_paragraphs() -> None:
    names: list[Value] = ["Country", *(f"Indicator {number}" for number in range(60))]
    found = read([names, ["Norway", *range(60)]])
    assert len(found) > 2 and all(len(text) <= 480 and text.startswith("Country: Norway | ") for _, text in found)
    assert " | ".join(text.removeprefix("Country: Norway | ") for _, text in found) == " | ".join(
        f"Indicator {number}: {number}" for number in range(60)
    )
    body = "A sentence of an article. " * 20
    assert read([["Title", "Body", "N"], ["Bridge", f"{body}\n\nIts end.", 1]]) == [
        *((2, "Title: Bridge"), (2, f"Body: {body}"), (2, "Its end."), (2, "Title: Bridge | N: 1"))
    ]


def test_each_row_is_found_alone() -> None:
    book = Workbook()
    fill(sheet(book, "Trade"), [["Exports by country"], ["Country", "N"], ["Norway", 1], ["Sweden", 2]])
    (found,) = parse(Path("/news/a.xlsx"), saved(book), datetime(2024, 6, 18, tzinfo=UTC))
    texts = [found.text[chunk.start : chunk.end] for chunk in chunks(found, 200)]
    assert texts == ["Exports by country\n\nCountry: Norway | N: 1", "Country: Sweden | N: 2"]
    assert [each.where for each in found.paragraphs][-1] == "sheet Trade, row 4"


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (0.1 + 0.2, "General", "0.3"),
        (0.0415, "0.0%", "4.2%"),
        (1234567.891, "#,##0.00", "1,234,567.89"),
        (-5.5, "$#,##0.00", "-$5.50"),
        (-5.5, "#,##0.0_);(#,##0.0)", "(5.5)"),
        (0, '_-* #,##0.00_-;-* #,##0.00_-;_-* "-"??_-;_-@_-', "-"),
        (4_100_000, '0.0,,"M"', "4.1M"),
        (1200, "[$€-407] #,##0", "€ 1,200"),
        (1200, "[Red]#,##0.00\\ [$kr-414]", "1,200.00 kr"),
        (7, "00000", "00007"),
        (0.5, "# ?/?", "0.5"),
        (1e300, "0.0%", "1e+300"),
        (3, ";;;", ""),
        (True, "General", "TRUE"),
        (datetime(2024, 6, 1), "mmm-yy", "2024-06"),
        (datetime(2024, 6, 1), "yyyy", "2024"),
        (datetime(2024, 6, 1, 14, 29, 59, 999_999), "d/m/yyyy h:mm", "2024-06-01 14:30"),
        (date(2024, 6, 1), "d mmmm yyyy", "2024-06-01"),
        (time(9, 5), "h:mm", "09:05"),
        (timedelta(hours=30), "[h]:mm", "30:00"),
    ],
)
def test_values_read_as_they_show(value: Value, number_format: str, text: str) -> None:
    assert shown(value, number_format) == text


@given(
    st.one_of(st.integers(), st.floats(), st.datetimes(), st.timedeltas()), st.text('0#?.,%;"[]$€-<>_*\\ahmsyEe+/@ ')
)
def test_no_number_format_breaks(value: Value, number_format: str) -> None:
    assert isinstance(shown(value, number_format), str)


def test_csv() -> None:
    def rows(text: str | bytes) -> list[tuple[int | None, str]]:
        found = parse_separated(text if isinstance(text, bytes) else text.encode()).blocks
        return [(block.row, block.text) for block in found]

    assert rows("Country;Exports\nNorway;4,1\n\nSweden;\n") == [
        (2, "Country: Norway | Exports: 4,1"),
        (4, "Country: Sweden"),
    ]
    assert rows("Name,Role\nJane,Editor\n") == [(2, "Name: Jane | Role: Editor")]
    assert rows("1,2\n3,4") == [(1, "1 | 2"), (2, "3 | 4")]
    assert rows("sep=|\r\na|b\r\n1|2") == [(2, "a: 1 | b: 2")]
    assert rows('Name\tSaid\nJane\t"a\nb"') == [(2, "Name: Jane | Said: a\nb")]
    draft = parse_separated("Land;Stadt\nNorwégen;Ålesund\n".encode("cp1252"))
    assert (draft.title, draft.columns, draft.encoding) == (None, "Land, Stadt", "cp1252")
    assert [block.text for block in draft.blocks] == ["Land: Norwégen | Stadt: Ålesund"]
    for data, reason in [(b"", "empty"), (b" ,\n,", "no text"), (bytes(range(256)) * 9, "binary")]:
        with pytest.raises(ParseError, match=reason):
            parse_separated(data)
    with pytest.raises(ParseError, match="more than 200,000 rows: split it"):
        parse_separated(b"\n" * 200_000 + b"a")


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("arms_transfers_2024.csv", "Arms transfers 2024"),
        ("Trade-balance-2023-06.tsv", "Trade balance 2023-06"),
        ("v1.2 long-term plan - Copy (2).csv", "V1.2 long-term plan"),
        ("GDP.csv", "GDP"),
        ("貿易.csv", "貿易"),
        *((name, "Country, Exports") for name in ("export (3).csv", "data.csv", "2024-06-18.csv", "3f2a9c1b7d.csv")),
    ],
)
def test_a_table_without_a_title_has_that_of_its_file_or_its_columns(name: str, title: str) -> None:
    data, buffer, now = b"Country,Exports\nNorway,4\n", io.BytesIO(), datetime(2024, 6, 18, tzinfo=UTC)
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(f"june/{name}", data)
    assert parse(Path("/news") / name, data, now)[0].title == title
    assert parse(Path("/news/a.zip"), buffer.getvalue(), now)[0].title == title


cells = st.one_of(
    st.none(), st.integers(-(10**6), 10**6), st.sampled_from(["abc", "North Sea", "é ß", "n/a", "2024", "Notes"])
)
grids = st.lists(st.lists(cells, max_size=5), min_size=1, max_size=8)


def check(blocks: tuple[Block, ...], plain: dict[int, list[str]]) -> None:
    """Each block's row holds its cells in their order, no cell is lost, and names are those of rows left out."""
    found: dict[int, list[str]] = {}
    for block in blocks:
        assert block.row is not None
        found.setdefault(block.row, []).extend(block.text.split(" | "))
    assert set(found) <= set(plain)
    above = {text for row, texts in plain.items() if row not in found for text in texts}
    for row, pieces in found.items():
        assert [piece.rpartition(": ")[2] for piece in pieces] == plain[row]
        for piece in pieces:
            name = piece.rpartition(": ")[0]
            assert not name or any(name.startswith(text) for text in above)


@settings(max_examples=40)
@given(grids, st.integers(1, 4), st.integers(1, 3))
@example([["abc", "Notes"], [1, None], [None, 2]], 1, 1)
def test_every_row_of_a_sheet_is_found_again(grid: Grid, top: int, left: int) -> None:
    book = Workbook()
    fill(sheet(book), [list(row) for row in grid], top, left)
    if not any(value is not None for row in grid for value in row):
        with pytest.raises(ParseError, match="no text"):
            parse_sheets(saved(book))
        return
    data = saved(book)
    plain = {
        number: texts
        for number, row in enumerate(load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(values_only=True), 1)
        if (texts := [str(value) for value in row if value is not None])
    }
    blocks = parse_sheets(data).blocks
    assert {block.sheet for block in blocks} <= {"Sheet1"}
    if blocks:
        check(blocks, plain)


@given(grids)
def test_every_row_of_a_csv_file_is_found_again(grid: Grid) -> None:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(grid)
    try:
        blocks = parse_separated(buffer.getvalue().encode()).blocks
    except ParseError:
        assert not buffer.getvalue().strip('",\r\n')
        return
    records = csv.reader(io.StringIO(buffer.getvalue()))
    check(blocks, {number: texts for number, row in enumerate(records, 1) if (texts := list(filter(None, row)))})


def replaced(old: bytes, new: bytes, xml: bytes) -> bytes:
    return xml.replace(old, new)


def test_limits() -> None:
    book = Workbook()
    target = sheet(book)
    target["A1"], target["XFD1048576"] = "top", "bottom"
    assert [(block.row, block.text) for block in parse_sheets(saved(book)).blocks] == [(1, "top"), (1048576, "bottom")]
    book = Workbook()
    fill(sheet(book), [["a", "b"], [1, 2]])
    path, whole = "xl/worksheets/sheet1.xml", saved(book)
    merged = b"".join(b'<mergeCell ref="%s%d:C1048576"/>' % each for each in product((b"A", b"B"), (1, 2)))
    for old, new, reason in [
        (b'<row r="2"', b'<row r="99999999"', "a row below 1,048,576"),
        (b"</sheetData>", b"</sheetData><mergeCells>" + merged + b"</mergeCells>", "more than 20,000,000 cells"),
    ]:
        with pytest.raises(ParseError, match=reason):
            parse_sheets(with_part(whole, path, partial(replaced, old, new)))


def test_errors() -> None:
    book = Workbook()
    whole = saved(book)
    refusals(parse_sheets, whole, "XLSX", "Workbook")
    with pytest.raises(ParseError, match="no text: save it in a spreadsheet program"):
        parse_sheets(whole)
    fill(sheet(book), [["a", "b"], ["=1+1", "=A1"], ["x", 5]])
    assert [block.text for block in parse_sheets(saved(book)).blocks] == ["a | b", "x | 5"]  # no result is stored
    path, whole = "xl/worksheets/sheet1.xml", saved(book)
    with pytest.raises(ParseError, match="is not an XLSX"):
        parse_sheets(with_part(whole, path, lambda xml: with_laughs(xml, b"<v>")))
    survives(parse_sheets, whole, [path, "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml"], 60)
