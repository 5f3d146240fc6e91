"""PDF: paragraphs, pages, margins, divided words; fixtures are drawn with reportlab."""

import io
from collections.abc import Sequence

import pytest
from reportlab.lib import pagesizes, pdfencrypt
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer

from index.errors import ParseError
from index.parse.draft import Kind
from index.parse.pdf import parse_pdf

ONE = "The two governments exchanged the instruments of ratification in Moscow in December, a year after the summit. "
TWO = "Nobody outside two defence ministries knows how many shells have travelled since the treaty was signed in June. "


def drawn(
    pages: Sequence[Sequence[tuple[int, int, str]]], encrypt: pdfencrypt.StandardEncryption | None = None
) -> bytes:
    """Lines at (x, y) in points on each page."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=pagesizes.A4, encrypt=encrypt)
    for lines in pages:
        for x, y, text in lines:
            canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def flowed(story: Sequence[Paragraph | Spacer | PageBreak], title: str = "", author: str = "") -> bytes:
    """Paragraphs set by reportlab, with a running head and a page number on every page."""

    def furniture(canvas: Canvas, document: SimpleDocTemplate) -> None:
        canvas.drawString(72, 810, "Institute for Harbour Studies  Report 2025/4")
        canvas.drawCentredString(297, 30, f"Page {document.page}")

    buffer = io.BytesIO()
    template = SimpleDocTemplate(buffer, pagesize=pagesizes.A4, title=title, author=author)
    template.build(list(story), onFirstPage=furniture, onLaterPages=furniture)
    return buffer.getvalue()


def blocks(data: bytes) -> list[tuple[str, Kind, int | None]]:
    return [(block.text, block.kind, block.page) for block in parse_pdf(data).blocks]


def column(*lines: str, top: int = 700, step: int = 14) -> list[tuple[int, int, str]]:
    return [(72, top - step * place, line) for place, line in enumerate(lines)]


def test_paragraphs_headings_items_and_pages() -> None:
    styles = getSampleStyleSheet()
    story = [
        Paragraph("A bridge over the river", styles["Title"]),
        Paragraph(ONE * 3, styles["BodyText"]),
        Paragraph(TWO * 3, styles["BodyText"]),
        Paragraph("The route", styles["Heading2"]),
        Paragraph(ONE, styles["BodyText"]),
        Paragraph(TWO, styles["Bullet"], bulletText="•"),
        PageBreak(),
        Paragraph(TWO * 2, styles["BodyText"]),
    ]
    assert blocks(flowed(story)) == [
        ("A bridge over the river", Kind.HEADING, 1),
        ((ONE * 3).strip(), Kind.PARAGRAPH, 1),
        ((TWO * 3).strip(), Kind.PARAGRAPH, 1),
        ("The route", Kind.HEADING, 1),
        (ONE.strip(), Kind.PARAGRAPH, 1),
        (TWO.strip(), Kind.ITEM, 1),
        ((TWO * 2).strip(), Kind.PARAGRAPH, 2),
    ]


def test_a_paragraph_over_a_page_break_is_one_on_the_page_where_it_begins() -> None:
    styles = getSampleStyleSheet()
    story = [Paragraph(ONE * 30, styles["BodyText"]), Paragraph(TWO * 30, styles["BodyText"])]
    story += [Paragraph(ONE * 2, styles["BodyText"])]
    assert blocks(flowed(story)) == [
        ((ONE * 30).strip(), Kind.PARAGRAPH, 1),
        ((TWO * 30).strip(), Kind.PARAGRAPH, 1),
        ((ONE * 2).strip(), Kind.PARAGRAPH, 2),
    ]


def test_stated_title_and_author() -> None:
    styles = getSampleStyleSheet()
    draft = parse_pdf(flowed([Paragraph(ONE, styles["BodyText"])], title="A bridge", author="Jane Doe"))
    assert (draft.title, draft.author, draft.published) == ("A bridge", "Jane Doe", None)
    draft = parse_pdf(flowed([Paragraph(ONE, styles["BodyText"])], title="Microsoft Word - a.docx", author="user1"))
    assert (draft.title, draft.author) == (None, None)


def test_divided_words_are_made_whole() -> None:
    data = drawn(
        [
            column(
                "The ministers spoke of the inter-",
                "national order, of Russian-",
                "Ukrainian talks, a well-",
                "known bridge, a cease-",
                "fire, the 12-",
                "hour cease-fire and the end.",
            )
        ]
    )
    assert [text for text, _, _ in blocks(data)] == [
        "The ministers spoke of the international order, of Russian-Ukrainian talks, a well-known bridge, a cease-fire,"
        " the 12-hour cease-fire and the end."
    ]


def test_gaps_and_indents_part_paragraphs() -> None:
    wide = "The ministers spoke of the order of the coast at some length in the evening"
    lines = column(wide, f"{wide}.", wide, f"{wide}.")
    indented = [lines[0], lines[1], (90, lines[2][1], wide), lines[3]]
    assert len(blocks(drawn([lines]))) == 1
    assert len(blocks(drawn([indented]))) == 2
    assert len(blocks(drawn([[*lines[:2], *[(x, y - 12, text) for x, y, text in lines[2:]]]]))) == 2


def test_bold_lines_set_like_the_text_are_headings() -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    wide = "The ministers spoke of the order of the coast at some length in the evening"
    for place, (font, text) in enumerate(
        [
            ("Helvetica-Bold", "The route"),
            ("Helvetica", wide),
            ("Helvetica", "and it rained at the bridge over the river there."),
        ]
        * 3
    ):
        canvas.setFont(font, 12)
        canvas.drawString(72, 700 - 14 * place, text)
    canvas.save()
    assert [kind for _, kind, _ in blocks(buffer.getvalue())] == [Kind.HEADING, Kind.PARAGRAPH] * 3


def test_bare_page_numbers_are_dropped_and_numbers_in_the_text_are_not() -> None:
    pages = [
        [*column(f"The number of page {word} is", "2024", f"and no other on page {word}."), (300, 30, f"- {number} -")]
        for number, word in enumerate(["one", "two", "three"], 1)
    ]
    assert [text for text, _, _ in blocks(drawn(pages))] == [
        f"The number of page {word} is 2024 and no other on page {word}." for word in ("one", "two", "three")
    ]


def test_the_same_words_elsewhere_on_the_page_are_no_header() -> None:
    pages = [[(72, 780 - 60 * number, "The same line on every page, at another height.")] for number in range(4)]
    assert len(blocks(drawn(pages))) == 4


def test_errors() -> None:
    locked = drawn([column(ONE)], pdfencrypt.StandardEncryption("secret", canPrint=0))
    whole = drawn([column(ONE)])
    for data, reason in [
        (b"", "empty"),
        (b"hello", "not a PDF"),
        (whole[:300], "not a PDF"),
        (locked, "password"),
        (drawn([[]]), "no text layer"),
    ]:
        with pytest.raises(ParseError, match=reason):
            parse_pdf(data)


def test_a_file_locked_against_printing_only_is_read() -> None:
    data = drawn([column(ONE)], pdfencrypt.StandardEncryption("", ownerPassword="owner", canPrint=0))
    assert blocks(data) == [(ONE.strip(), Kind.PARAGRAPH, 1)]
