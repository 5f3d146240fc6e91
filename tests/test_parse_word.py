"""DOCX: the body in order; fixtures are written with python-docx."""

import io
import zipfile

import docx
import pytest
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from index.errors import ParseError
from index.parse.draft import Kind
from index.parse.word import parse_word


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


def test_an_archive_that_unpacks_to_more_than_a_document_is_refused() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("word/document.xml", "w") as entry:
        for _ in range(60):
            entry.write(b"\x00" * 10_000_000)
    with pytest.raises(ParseError, match="unpacks to 600 MB"):
        parse_word(bomb.getvalue())
