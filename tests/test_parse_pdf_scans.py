"""PDF: pages without a text layer, pages whose letters cannot be read, damaged pages, and hostile ones."""

import io
import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
import reportlab
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from index.errors import ParseError
from index.parse.pdf import parse_pdf
from index.parse.pdf.pdfium import Pdf
from index.parse.pdf.recognition import languages

LINES = [
    "The ministers signed a treaty in the",
    "harbour of Hanoi on a Tuesday evening,",
    "and five envoys were there.",
]
TEXT = " ".join(LINES)
SIZE = (420, 160)
needs_tesseract = pytest.mark.skipif(not languages(), reason="tesseract is not installed")


@pytest.fixture
def without_tesseract(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A computer where it is not installed: no program is found."""
    languages.cache_clear()
    monkeypatch.setenv("PATH", os.devnull)
    yield
    languages.cache_clear()


def page(canvas: Canvas, font: str = "Helvetica") -> None:
    canvas.setFont(font, 14)
    for number, line in enumerate(LINES):
        canvas.drawString(30, 120 - 20 * number, line)


def typed(font: str = "Helvetica") -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=SIZE, pageCompression=0)
    page(canvas, font)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def scanned(typed_too: bool = False) -> bytes:
    """The picture of a page; after a page with text if ``typed_too``."""
    with Pdf(typed()) as pdf:
        picture = pdf.picture(1, 1166, grey=True)
    shown = Image.frombytes("L", (picture.width, picture.height), picture.dots)
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=SIZE)
    if typed_too:
        page(canvas)
        canvas.showPage()
    canvas.drawImage(ImageReader(shown), 0, 0, *SIZE)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def unreadable() -> bytes:
    """Letters with numbers of their own, and no table that says what they stand for."""
    font = Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"
    pdfmetrics.registerFont(TTFont("Own", font, asciiReadable=False))
    data = typed("Own")
    assert b"/ToUnicode" in data
    return data.replace(b"/ToUnicode", b"/ToUnicodX")


@needs_tesseract
def test_a_scanned_page_is_read_and_marked() -> None:
    draft = parse_pdf(scanned(typed_too=True))
    assert [(block.text, block.page) for block in draft.blocks] == [(TEXT, 1), (TEXT, 2)]
    assert draft.encoding == "OCR by tesseract (p. 2)" and draft.unread == ()
    for here, there in zip(draft.blocks[0].lines, draft.blocks[1].lines, strict=True):
        assert (here.start, here.end) == (there.start, there.end)
        assert here.left == pytest.approx(there.left, abs=0.02) and here.right == pytest.approx(there.right, abs=0.02)
        assert here.top < there.bottom and there.top < here.bottom


@needs_tesseract
def test_letters_without_meaning_are_read_from_their_picture() -> None:
    draft = parse_pdf(unreadable())
    assert [block.text for block in draft.blocks] == [TEXT]
    assert draft.encoding == "OCR by tesseract"


@pytest.mark.usefixtures("without_tesseract")
def test_without_tesseract_such_pages_are_told() -> None:
    draft = parse_pdf(scanned(typed_too=True))
    assert [(block.text, block.page) for block in draft.blocks] == [(TEXT, 1)]
    advice = "install tesseract, or run text recognition (OCR) on it first"
    told = [(item.name, item.problem) for item in draft.unread]
    assert told == [("p. 2", f"has no text layer (scanned pages?): {advice}")] and draft.encoding is None
    for data, reason in ((scanned(), "no text layer"), (unreadable(), "letters cannot be read")):
        with pytest.raises(ParseError, match=reason):
            parse_pdf(data)


@pytest.mark.usefixtures("without_tesseract")
def test_letters_that_stand_for_others_are_not_taken_for_text() -> None:
    shifted = "".join(chr(ord(mark) + 3) if mark.isalpha() else mark for mark in TEXT) * 3
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    for number in range(0, len(shifted), 60):
        canvas.drawString(40, 700 - number / 4, shifted[number : number + 60])
    canvas.save()
    with pytest.raises(ParseError, match="letters cannot be read"):
        parse_pdf(buffer.getvalue())


def raw(content: bytes, box: bytes = b"0 0 600 800", pages: int = 1) -> bytes:
    """A PDF written by hand, as reportlab would not write it."""
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b"3 0 R " * pages, pages),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Contents 5 0 R /Resources << /Font << /F 4 0 R >> >> >>" % box,
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Length %d >> stream\n%s\nendstream" % (len(content), content),
    ]
    written = b"%PDF-1.4\n" + b"".join(b"%d 0 obj %s endobj\n" % item for item in enumerate(parts, 1))
    return written + b"trailer << /Size 6 /Root 1 0 R >>\n"


SEEN = b"BT /F 12 Tf 50 700 Td (Seen on the page.) Tj ET "


@pytest.mark.parametrize(
    "data",
    [
        raw(SEEN),
        raw(SEEN, b"0 0 14400 14400"),
        raw(SEEN + b"BT /F 12 Tf 1e30 0 0 1e30 1e30 1e30 Tm (Not seen.) Tj ET"),
        raw(SEEN + b"BT /F 0 Tf 50 600 Td (Not seen.) Tj ET BT /F 9 Tf 5000 600 Td (Not seen.) Tj ET"),
        raw(SEEN + b"q " * 20_000),
        raw(SEEN, pages=3),
    ],
    ids=["plain", "large", "far", "hidden", "nested", "alike"],
)
@pytest.mark.usefixtures("without_tesseract")
def test_only_what_is_seen_is_read(data: bytes) -> None:
    assert {block.text for block in parse_pdf(data).blocks} == {"Seen on the page."}


@pytest.mark.usefixtures("without_tesseract")
def test_bounds() -> None:
    with pytest.raises(ParseError, match="10,001 pages; 10,000 are read at most"):
        parse_pdf(raw(SEEN, pages=10_001))
    scattered = random.Random(1)
    at = [(scattered.randint(0, 600), scattered.randint(0, 800)) for _ in range(3_000)]
    words = (b"BT /F 7 Tf %d %d Td (an oar) Tj ET " % place for place in at)
    assert parse_pdf(raw(b"".join(words))).blocks


@pytest.mark.usefixtures("without_tesseract")
def test_broken_bytes_are_a_parse_error_or_a_document() -> None:
    dice = random.Random(7)
    whole = typed()
    for _ in range(80):
        broken = bytearray(whole)
        kind = dice.randrange(3)
        if kind == 0:
            del broken[dice.randrange(len(broken)) :]
        for _ in range(dice.choice([1, 10, 100]) if kind == 1 else 0):
            broken[dice.randrange(len(broken))] = dice.randrange(256)
        if kind == 2:
            start, other = dice.randrange(len(broken)), dice.randrange(len(whole))
            broken[start : start + 200] = whole[other : other + dice.randrange(400)]
        try:
            assert parse_pdf(bytes(broken)).blocks
        except ParseError as error:
            assert str(error)
