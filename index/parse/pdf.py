"""PDF -> blocks with their pages; the only file that knows pypdfium2."""

import ctypes
import re
from collections.abc import Sequence
from statistics import median_low

import pypdfium2
import pypdfium2.raw as pdfium

from index.errors import ParseError
from index.parse.draft import Draft
from index.parse.layout import Line, layout_blocks

_NO_TITLE = re.compile(
    r"microsoft (?:word|powerpoint)\b.*|powerpoint presentation|(?:slide|document)\s?\d*|untitled.*|\(?anonymous\)?"
    r"|\(?unspecified\)?|.*\.(?:docx?|pptx?|pdf|indd|qxd|tex|dvi|rtf|html?)",
    re.IGNORECASE,
)
_NO_AUTHOR = re.compile(
    r"\(?anonymous\)?|\(?unspecified\)?|user\d*|admin\w*|.*microsoft.*|author|unknown|.*\d.*|.*@.*|\S+", re.IGNORECASE
)
# How pdfium marks a hyphen that it takes for one of word division at a line's end.
_DIVISION = "\x02"
_SAMPLES = 6  # characters of a line that are measured


def parse_pdf(data: bytes) -> Draft:
    """Return the paragraphs of a PDF with the page each begins on (from 1), and the title and author it states.

    Running headers, footers and page numbers are dropped and words divided at line ends joined. Pages are read in the
    order of their text, so several columns come out as the file stores them. Dates in the properties are those of
    the file, not of publication, and are not used. Raises ParseError for a file that is empty, damaged or
    password-protected, and for one without a text layer.
    """
    if not data:
        raise ParseError("is empty (0 bytes)")
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code == pdfium.FPDF_ERR_PASSWORD:
            raise ParseError("is password-protected: save it without a password") from error
        raise ParseError("is not a PDF file, or is damaged or cut short") from error
    try:
        pages = [_lines(document, number) for number in range(1, len(document) + 1)]
        stated = document.get_metadata_dict()
    except pypdfium2.PdfiumError as error:
        raise ParseError("has a damaged page") from error
    finally:
        document.close()
    blocks = layout_blocks(pages)
    if not blocks:
        raise ParseError("has no text layer (scanned pages?): run text recognition (OCR) on it first")
    title, author = str(stated.get("Title", "")).strip(), str(stated.get("Author", "")).strip()
    return Draft(
        blocks=blocks,
        title=title if title and not _NO_TITLE.fullmatch(title) else None,
        author=author if author and not _NO_AUTHOR.fullmatch(author) else None,
    )


def _lines(document: pypdfium2.PdfDocument, number: int) -> list[Line]:
    """Return the lines of page ``number`` in the order of the file, with their places in points."""
    page = document[number - 1]
    textpage = page.get_textpage()
    try:
        # One call a character, because only pdfium's own index of a character leads to its place.
        marks = [chr(pdfium.FPDFText_GetUnicode(textpage, index)) for index in range(textpage.count_chars())]
        lines: list[Line] = []
        start = 0
        for place, mark in enumerate([*marks, "\n"]):
            if mark in ("\r", "\n", _DIVISION):
                inked = [index for index in range(start, place) if not marks[index].isspace()]
                if inked:
                    lines.append(_line(textpage, number, "".join(marks[start:place]), inked, mark == _DIVISION))
                start = place + 1
        return lines
    finally:
        textpage.close()
        page.close()


def _line(textpage: pypdfium2.PdfTextPage, page: int, text: str, inked: Sequence[int], divided: bool) -> Line:
    # The middle of several: an initial, a note number or a word in another font must not set the size of the line.
    picked = [inked[len(inked) * part // _SAMPLES] for part in range(_SAMPLES)]
    boxes = [textpage.get_charbox(index, loose=True) for index in (*picked, inked[-1])]
    return Line(
        # pdfium hands over what lies beyond the first 65536 code points as two surrogates
        text=text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").strip(),
        page=page,
        left=boxes[0][0],
        right=boxes[-1][2],
        bottom=median_low(box[1] for box in boxes),
        height=median_low(box[3] - box[1] for box in boxes),
        bold="bold" in _font(textpage, inked[len(inked) // 2]).lower(),
        divided=divided,
    )


def _font(textpage: pypdfium2.PdfTextPage, index: int) -> str:
    buffer = ctypes.create_string_buffer(128)
    length = pdfium.FPDFText_GetFontInfo(textpage, index, buffer, len(buffer), ctypes.c_int())
    return buffer.value.decode("utf-8", "replace") if 0 < length <= len(buffer) else ""
