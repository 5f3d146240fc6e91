"""PDF: what is printed inside of each box is the text it stands for, as pdfium itself reads it there."""

import ctypes
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from index.parse.canonical import document, fold
from index.parse.pdf import parse_pdf
from index.types import Box

WORDS = st.text("abdefgnoprstuxyz", min_size=1, max_size=11) | st.sampled_from(
    ["Hanoi", "2,024", "“peace”", "Zürich", "well-known", "(June)", "§", "–", "naïve"]
)
WIDE, HIGH = 500, 640


@dataclass(frozen=True)
class Sheet:
    """A page as it is drawn: paragraphs of words in columns."""

    paragraphs: list[list[str]]
    font: str
    size: int
    columns: int
    turn: int  # the page's own rotation
    slant: int  # degrees by which the text is turned on the page, against the clock
    crop: int  # points at each side of the page that are not shown
    backwards: bool  # the last line is stored first


SHEETS = st.builds(
    Sheet,
    st.lists(st.lists(WORDS, min_size=1, max_size=60), min_size=1, max_size=5),
    st.sampled_from(["Helvetica", "Times-Roman", "Courier", "Times-BoldItalic"]),
    st.integers(7, 14),
    st.integers(1, 2),
    st.sampled_from([0, 90, 180, 270]),
    st.sampled_from([0, 0, 90, 180, 270]),
    st.sampled_from([0, 0, 13]),
    st.booleans(),
)


def drawn(sheets: Sequence[Sheet]) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(HIGH, HIGH))
    for sheet in sheets:
        canvas.saveState()
        canvas.translate(HIGH / 2, HIGH / 2)
        canvas.rotate(sheet.slant)
        canvas.translate(-HIGH / 2, -HIGH / 2)
        canvas.setFont(sheet.font, sheet.size)
        lines = set_lines(sheet)
        for x, y, line in reversed(lines) if sheet.backwards else lines:
            canvas.drawString(x, y, line)
        canvas.restoreState()
        canvas.setPageRotation(sheet.turn)
        canvas.setCropBox((sheet.crop, sheet.crop, HIGH - sheet.crop, HIGH - sheet.crop))
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def set_lines(sheet: Sheet) -> list[tuple[float, float, str]]:
    """Words set to lines, long ones divided at line ends, lines to columns, until the page is full."""
    width = (WIDE - 40 * (sheet.columns - 1)) / sheet.columns
    lines: list[tuple[float, float, str]] = []
    x, y = 60.0, 580.0
    for paragraph in sheet.paragraphs:
        line = ""
        for word in [*paragraph, ""]:
            wider = f"{line} {word}".strip()
            if word and stringWidth(wider, sheet.font, sheet.size) < width:
                line = wider
                continue
            rest = word
            if len(word) > 7 and word.isalpha():
                line, rest = f"{line} {word[:4]}-".strip(), word[4:]
            lines.append((x, y, line))
            line, y = rest, y - 1.3 * sheet.size
            if y < 60:
                x, y = x + width + 40, 580.0
                if x > 560:
                    return lines
        y -= sheet.size
    return lines


def printed(page: pypdfium2.PdfPage, textpage: pypdfium2.PdfTextPage, box: Box, upright: bool) -> str:
    """What pdfium reads in the box but for its outermost tenths, which the next line may reach into."""
    tenth = (box.right - box.left) / 10 if upright else (box.bottom - box.top) / 10
    left, right = (box.left + tenth, box.right - tenth) if upright else (box.left, box.right)
    top, bottom = (box.top, box.bottom) if upright else (box.top + tenth, box.bottom - tenth)
    x1, y1, x2, y2 = (ctypes.c_double() for _ in range(4))
    fine = 100_000
    pdfium.FPDF_DeviceToPage(page, 0, 0, fine, fine, 0, round(left * fine), round(top * fine), x1, y1)
    pdfium.FPDF_DeviceToPage(page, 0, 0, fine, fine, 0, round(right * fine), round(bottom * fine), x2, y2)
    sides = sorted((x1.value, x2.value)), sorted((y1.value, y2.value))
    return str(textpage.get_text_bounded(sides[0][0], sides[1][0], sides[0][1], sides[1][1]))


def bare(text: str) -> str:
    return "".join(mark for mark in text if not mark.isspace() and mark not in "-–\ufffe\x02")


@given(st.lists(SHEETS, min_size=1, max_size=2))
@settings(max_examples=25, deadline=None)
def test_a_box_holds_its_text(sheets: list[Sheet]) -> None:
    data = drawn(sheets)
    draft = parse_pdf(data)
    for block in draft.blocks:
        assert fold(block.text) == block.text
        covered = " ".join(block.text[line.start : line.end] for line in block.lines)
        assert bare(covered) == bare(block.text)
        assert all(above.end <= below.start for above, below in zip(block.lines, block.lines[1:], strict=False))
    whole = document(draft, Path("/a.pdf"), 0, datetime.now(UTC))
    assert whole is not None
    for box in whole.boxes:
        paragraph = next(p for p in whole.paragraphs if p.start <= box.start < p.end)
        assert box.end <= paragraph.end
        assert 0 <= box.left < box.right <= 1 and 0 <= box.top < box.bottom <= 1
    pdf = pypdfium2.PdfDocument(data)
    for number, sheet in enumerate(sheets):
        page = pdf[number]
        textpage = page.get_textpage()
        for box in whole.boxes:
            if box.page == number + 1:
                inside = printed(page, textpage, box, (sheet.slant + sheet.turn) % 180 == 90)
                assert bare(inside) == bare(whole.text[box.start : box.end]), (sheets, box)
        textpage.close()
        page.close()
    pdf.close()
