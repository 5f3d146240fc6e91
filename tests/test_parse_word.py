"""DOCX: the body in order; fixtures are written with python-docx."""

import io
import tracemalloc
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.oxml import serialize_part_xml
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls

from index.errors import ParseError
from index.parse import parse
from index.parse.draft import Kind
from index.parse.office.word import parse_word
from index.split import chunks
from tests.package_support import refusals, survives, with_laughs, with_part


def saved(document: Document) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def blocks(document: Document) -> list[tuple[str, Kind]]:
    return [(" ".join(block.text.split()), block.kind) for block in parse_word(saved(document)).blocks]


def test_the_body_in_order() -> None:
    document = docx.Document()
    document.core_properties.title = "A bridge"
    document.core_properties.author = "Jane Doe"
    document.add_heading("A bridge", 0)
    document.add_heading("The route", 1)
    document.add_paragraph("One ").add_run("bold").bold = True
    document.add_paragraph("First item", style="List Bullet")
    document.add_paragraph("Second item", style="List Number")
    table = document.add_table(rows=2, cols=3)
    for cell, text in zip([*table.rows[0].cells, *table.rows[1].cells], "abcdef", strict=True):
        cell.text = text
    table.cell(1, 0).merge(table.cell(1, 1))
    document.add_paragraph("The end.")
    assert blocks(document) == [
        ("A bridge", Kind.HEADING),
        ("The route", Kind.HEADING),
        ("One bold", Kind.PARAGRAPH),
        ("First item", Kind.ITEM),
        ("Second item", Kind.ITEM),
        ("a | b | c", Kind.ROW),
        ("d e | f", Kind.ROW),
        ("The end.", Kind.PARAGRAPH),
    ]
    draft = parse_word(saved(document))
    assert (draft.title, draft.author, draft.published) == ("A bridge", "Jane Doe", None)


def test_properties_of_the_program_are_not_those_of_the_text() -> None:
    document = docx.Document()
    document.core_properties.title = "Microsoft Word - draft.docx"
    document.add_paragraph("Text.")
    draft = parse_word(saved(document))
    assert (draft.title, draft.author) == (None, None)


def test_marked_insertions_stay_and_deletions_go() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("Kept ")
    mark = nsdecls("w")
    paragraph._p.append(parse_xml(f"<w:ins {mark}><w:r><w:t>inserted</w:t></w:r></w:ins>"))
    paragraph._p.append(parse_xml(f"<w:del {mark}><w:r><w:delText>deleted</w:delText></w:r></w:del>"))
    paragraph._p.append(parse_xml(f"<w:r {mark}><w:br/><w:t>line</w:t><w:tab/><w:t>tab</w:t></w:r>"))
    assert blocks(document) == [("Kept inserted line tab", Kind.PARAGRAPH)]


def test_content_controls_are_read_and_the_table_of_contents_is_not() -> None:
    document = docx.Document()
    style = document.styles.add_style("toc 1", WD_STYLE_TYPE.PARAGRAPH)
    document.add_paragraph("The route ........ 3", style=style)
    control = parse_xml(
        f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p><w:r><w:t>In a control.</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )
    document.element.body.insert(0, control)
    assert blocks(document) == [("In a control.", Kind.PARAGRAPH)]


def test_a_box_around_prose_is_prose() -> None:
    document = docx.Document()
    cell = document.add_table(rows=1, cols=1).cell(0, 0)
    cell.text = "First paragraph."
    cell.add_paragraph("Second paragraph.")
    assert blocks(document) == [("First paragraph.", Kind.PARAGRAPH), ("Second paragraph.", Kind.PARAGRAPH)]


def note(document: Document, text: str, kind: str = "footnote") -> None:
    """Adds a note, and refers to it at the end of the last paragraph."""
    name, relations = f"/word/{kind}s.xml", document.part.rels
    found = [each.target_part for each in relations.values() if each.reltype.endswith(f"/{kind}s")]
    root = parse_xml(found[0].blob) if found else parse_xml(f"<w:{kind}s {nsdecls('w')}/>")
    number = len(root)
    root.append(
        parse_xml(f'<w:{kind} {nsdecls("w")} w:id="{number}"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:{kind}>')
    )
    if found:
        found[0]._blob = serialize_part_xml(root)
    else:
        content_type = f"application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}s+xml"
        part = Part(PackURI(name), content_type, serialize_part_xml(root), document.part.package)
        document.part.relate_to(part, f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}s")
    refer = f'<w:r {nsdecls("w")}><w:{kind}Reference w:id="{number}"/></w:r>'
    document.paragraphs[-1]._p.append(parse_xml(refer))


def test_notes_follow_the_paragraph_they_belong_to() -> None:
    document = docx.Document()
    document.add_paragraph("One claim.")
    note(document, "Its source, p. 12.")
    note(document, "An endnote.", "endnote")
    document.add_paragraph("Another claim.")
    note(document, "Ibid.")
    assert [text for text, _ in blocks(document)] == [
        *("One claim.", "Its source, p. 12.", "An endnote.", "Another claim.", "Ibid.")
    ]
    document = docx.Document()
    document.add_paragraph("A claim that was struck.")
    note(document, "Its source.")
    struck = document.paragraphs[-1]._p[-1]
    mark = parse_xml(f"<w:del {nsdecls('w')}/>")
    struck.addprevious(mark)
    mark.append(struck)
    assert [text for text, _ in blocks(document)] == ["A claim that was struck."]


def test_text_boxes_are_read_once_and_pull_quotes_are_not() -> None:
    document = docx.Document()
    document.add_paragraph("The minister spoke of a long and costly war.")
    names = (
        f'{nsdecls("w")} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:v="urn:schemas-microsoft-com:vml"'
    )
    for text in ("Key point: exports fell.", "a long and costly war"):
        box = f"<w:txbxContent><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:txbxContent>"
        choice = f'<mc:Choice Requires="wps"><w:drawing>{box}</w:drawing></mc:Choice>'
        fallback = f"<mc:Fallback><w:pict><v:shape><v:textbox>{box}</v:textbox></v:shape></w:pict></mc:Fallback>"
        run = f"<w:r {names}><mc:AlternateContent>{choice}{fallback}</mc:AlternateContent></w:r>"
        document.add_paragraph("Beside a box.")._p.append(parse_xml(run))
    assert [text for text, _ in blocks(document)] == [
        "The minister spoke of a long and costly war.",
        "Beside a box.",
        "Key point: exports fell.",
        "Beside a box.",
    ]


def test_rows_of_numbers_are_told_with_the_names_of_their_columns() -> None:
    document = docx.Document()
    table = document.add_table(rows=3, cols=3)
    texts = ["Country", "2022", "2023", "Norway", "4.1", "4.2", "Sweden", "5", "6"]
    for cell, text in zip((cell for row in table.rows for cell in row.cells), texts, strict=True):
        cell.text = text
    assert blocks(document) == [
        ("Country: Norway | 2022: 4.1 | 2023: 4.2", Kind.ROW),
        ("Country: Sweden | 2022: 5 | 2023: 6", Kind.ROW),
    ]
    table.cell(0, 0).text, table.cell(1, 0).text, table.cell(2, 0).text = "Date", "1 May 2024", "2 May 2024"
    for place, text in enumerate(["Event", "Note", "A vote", "lost", "A veto", "13 for"]):
        table.cell(place // 2, place % 2 + 1).text = text
    assert [text for text, _ in blocks(document)] == [
        *("Date | Event | Note", "1 May 2024 | A vote | lost", "2 May 2024 | A veto | 13 for")
    ]


def test_rows_say_where_they_stand() -> None:
    document = docx.Document()
    trade = ["Country|2022|2023", "Norway|4.1|4.2", "||", "Sweden|5|6"]
    for rows in (trade, ["In a box"], ["a|b", "gone|gone", "c|d", "e|f"]):
        document.add_paragraph("A table:")
        table = document.add_table(rows=len(rows), cols=rows[0].count("|") + 1)
        for row, text in zip(table.rows, rows, strict=True):
            for cell, said in zip(row.cells, text.split("|"), strict=True):
                cell.text = said
    table.rows[1]._tr.get_or_add_trPr().append(OxmlElement("w:del"))  # a row that a marked change takes out
    found = parse(Path("/a.docx"), saved(document), datetime(2024, 6, 18, tzinfo=UTC))[0]
    assert [(found.text[each.start : each.end], each.where) for each in found.paragraphs if each.row] == [
        ("Country: Norway | 2022: 4.1 | 2023: 4.2", "table 1, row 2"),
        ("Country: Sweden | 2022: 5 | 2023: 6", "table 1, row 4"),
        *(("a | b", "table 2, row 1"), ("c | d", "table 2, row 2"), ("e | f", "table 2, row 3")),
    ]
    assert not any(each.leaf for each in found.paragraphs) and len(chunks(found, 400)) == 1  # a table is no sheet


def test_hostile_text_stays_text() -> None:
    document = docx.Document()
    text = "<script>alert(1)</script> <img src=x onerror=alert(1)> ${x} {{x}}"
    document.add_paragraph(text)
    assert blocks(document) == [(text, Kind.PARAGRAPH)]


def test_errors() -> None:
    whole = saved(docx.Document())
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as other:
        other.writestr("a.txt", "text")
    for data, reason in [
        (b"", "empty"),
        (b"hello", "not a DOCX"),
        (whole[: len(whole) // 2], "not a DOCX"),
        (archive.getvalue(), "not a DOCX"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "password-protected"),
        (whole, "no text"),
    ]:
        with pytest.raises(ParseError, match=reason):
            parse_word(data)


@pytest.mark.parametrize("part", ["word/document.xml", "[Content_Types].xml", "word/styles.xml", "_rels/.rels"])
@pytest.mark.parametrize("content", [b"", b"<a/>", b"<a>"])
def test_damaged_parts(part: str, content: bytes) -> None:
    document = docx.Document()
    document.add_paragraph("Text.")
    damaged = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(document))) as source, zipfile.ZipFile(damaged, "w") as target:
        for name in source.namelist():
            target.writestr(name, content if name == part else source.read(name))
    with pytest.raises(ParseError, match="not a DOCX"):
        parse_word(damaged.getvalue())


def test_damaged_files_and_packages_of_other_kinds() -> None:
    document = docx.Document()
    document.add_paragraph("Text.")
    note(document, "A note.")
    whole = saved(document)
    refusals(parse_word, whole, "DOCX", "WordDocument")
    workbook = with_part(whole, "[Content_Types].xml", lambda xml: xml.replace(b"wordprocessingml", b"spreadsheetml"))
    with pytest.raises(ParseError, match="is not a DOCX file but an XLSX: give it the suffix"):
        parse_word(workbook)
    with pytest.raises(ParseError, match="is not a DOCX"):
        parse_word(with_part(whole, "word/document.xml", lambda xml: with_laughs(xml, b"<w:t>")))
    survives(parse_word, whole, ["word/document.xml", "word/footnotes.xml", "word/_rels/document.xml.rels"], 40)


def claiming(size: int, data: bytes) -> bytes:
    """The package of one part, which holds ``data`` and claims to unpack to ``size`` bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", data)
    whole = bytearray(target.getvalue())
    for place, mark in ((22, b"PK\x03\x04"), (24, b"PK\x01\x02")):
        start = whole.index(mark) + place
        whole[start : start + 4] = size.to_bytes(4, "little")
    return bytes(whole)


def test_an_archive_that_says_less_than_it_holds_is_refused() -> None:
    data = claiming(10, bytes(80_000_000))
    tracemalloc.start()
    with pytest.raises(ParseError, match="is not a DOCX"):
        parse_word(data)
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_an_archive_that_unpacks_to_more_than_a_document_is_refused() -> None:
    with pytest.raises(ParseError, match="unpacks to 600 MB"):
        parse_word(claiming(600_000_000, b"x"))
