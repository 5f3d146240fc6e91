"""Pages of a PDF: their text with its places, their size, their picture."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from types import TracebackType

import pypdfium2
import pypdfium2.raw as pdfium

from index.errors import ParseError
from index.parse.pdf.page_text import PageText as PageText
from index.parse.pdf.page_text import Size as Size
from index.parse.pdf.page_text import read_text, size_of

_ONE_AT_A_TIME = Lock()  # pdfium has global state: two threads in it crash
_MOST_PAGES = 10_000
_MOST_DOTS = 16_000_000  # of a picture: A3 at 300 dpi
_LONGEST_DRAWING = 10.0  # seconds
_NEED_TO_PAUSE = dict(pdfium.IFSDK_PAUSE._fields_)["NeedToPauseNow"]


@dataclass(frozen=True, slots=True)
class Picture:
    """Dots row by row from the top left: a byte each when ``grey``, else three (red, green, blue)."""

    width: int
    height: int
    grey: bool
    dots: bytes


class Pdf:
    """An open PDF; close it, or use it in a ``with``. Any thread may call it: one at a time is let in."""

    def __init__(self, data: bytes) -> None:
        """Raises ParseError for a file that is empty, damaged, password-protected, or has too many pages."""
        if not data:
            raise ParseError("is empty (0 bytes)")
        with _ONE_AT_A_TIME:
            try:
                self._document = pypdfium2.PdfDocument(data)
            except pypdfium2.PdfiumError as error:
                if error.err_code == pdfium.FPDF_ERR_PASSWORD:
                    raise ParseError("is password-protected: save it without a password") from error
                raise ParseError("is not a PDF file, or is damaged or cut short") from error
            self.pages = len(self._document)
        if not 0 < self.pages <= _MOST_PAGES:
            self.close()
            raise ParseError(
                f"has {self.pages:,} pages; {_MOST_PAGES:,} are read at most: split it" if self.pages else "has no page"
            )

    def __enter__(self) -> "Pdf":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Frees its memory."""
        with _ONE_AT_A_TIME:
            self._document.close()

    def stated(self, name: str) -> str:
        """What the properties of the file say under ``name`` ("Title", "Author"); empty when nothing."""
        with _ONE_AT_A_TIME:
            return str(self._document.get_metadata_value(name)).strip()

    def size(self, number: int) -> Size:
        """The size of page ``number`` (from 1). Raises ParseError when it is not there or damaged."""
        with self._page(number) as page:
            return size_of(page)

    def text(self, number: int) -> PageText:
        """What is printed on page ``number`` (from 1). Raises ParseError when it is damaged or absurdly full."""
        with self._page(number) as page:
            return read_text(page, number)

    def picture(self, number: int, width: int, grey: bool = False) -> Picture:
        """Page ``number`` (from 1) drawn ``width`` dots wide, less where that would make more than 16 million dots.

        Raises ParseError when the page is not there or damaged, or not drawn within 10 seconds.
        """
        with self._page(number) as page:
            size = size_of(page)
            scale = min(width / size.width, (_MOST_DOTS / (size.width * size.height)) ** 0.5, _MOST_DOTS / size.height)
            return _drawn(page, max(1, round(size.width * scale)), max(1, round(size.height * scale)), grey)

    @contextmanager
    def _page(self, number: int) -> Iterator[pypdfium2.PdfPage]:
        if not 1 <= number <= self.pages:
            raise ParseError(f"has no page {number}; its pages are 1 to {self.pages}")
        with _ONE_AT_A_TIME:
            try:
                page = self._document[number - 1]
                try:
                    yield page
                finally:
                    page.close()
            except pypdfium2.PdfiumError as error:
                raise ParseError("has a damaged page") from error


def _drawn(page: pypdfium2.PdfPage, width: int, height: int, grey: bool) -> Picture:
    kind = pdfium.FPDFBitmap_Gray if grey else pdfium.FPDFBitmap_BGR
    bitmap = pypdfium2.PdfBitmap.new_native(width, height, kind)
    try:
        bitmap.fill_rect((255, 255, 255, 255), 0, 0, width, height)
        end = time.monotonic() + _LONGEST_DRAWING
        late = pdfium.IFSDK_PAUSE(1, _NEED_TO_PAUSE(lambda _: time.monotonic() > end), None)
        flags = pdfium.FPDF_ANNOT | (pdfium.FPDF_GRAYSCALE if grey else pdfium.FPDF_REVERSE_BYTE_ORDER)
        state = pdfium.FPDF_RenderPageBitmap_Start(bitmap, page, 0, 0, width, height, 0, flags, late)
        pdfium.FPDF_RenderPage_Close(page)
        if state != pdfium.FPDF_RENDER_DONE:
            raise ParseError("has a page that takes too long to draw, or cannot be drawn")
        row = width * (1 if grey else 3)
        dots = bytes(bitmap.buffer)
        return Picture(
            *(width, height, grey),
            b"".join(dots[start : start + row] for start in range(0, height * bitmap.stride, bitmap.stride)),
        )
    finally:
        bitmap.close()
