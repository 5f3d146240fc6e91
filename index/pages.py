"""What a reader is shown of a paginated file: pages as pictures, and the printed lines that a quote covers."""

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PIL import Image

from index.errors import ParseError, UsageError
from index.library import Library
from index.parse.inside import member
from index.parse.pdf.pdfium import Pdf, Size
from index.reading.file import load
from index.types import Box, Document

_NARROWEST, _WIDEST = 16, 4_000  # dots
_LARGEST = 2**31  # bytes of a file that is opened for a reader


def page_count(data: bytes) -> int:
    """Return the number of pages of the PDF ``data``. Raises ParseError when it cannot be opened."""
    with Pdf(data) as pdf:
        return pdf.pages


def page_size(data: bytes, page: int) -> Size:
    """Return the size of ``page`` (from 1) in points. Raises ParseError when it is not there."""
    with Pdf(data) as pdf:
        return pdf.size(page)


def page_sizes(data: bytes, first: int, last: int) -> tuple[Size, ...]:
    """Return the sizes of the pages ``first`` to ``last`` (from 1, both included) in points, in their order. Raises
    ParseError when one is not there."""
    with Pdf(data) as pdf:
        return tuple(pdf.size(page) for page in range(first, last + 1))


def page_image(data: bytes, page: int, width: int) -> bytes:
    """Return ``page`` (from 1) of the PDF ``data`` as a PNG, ``width`` dots wide; wider or narrower ones than 16 to
    4,000 are not made, nor larger ones than 16 million dots. A box of the page is at its shares of the picture.

    May be called from any thread; pages are drawn one at a time. Raises ParseError when the file cannot be opened, the
    page is not there, or is not drawn within 10 seconds.
    """
    with Pdf(data) as pdf:
        picture = pdf.picture(page, min(max(width, _NARROWEST), _WIDEST))
    out = io.BytesIO()
    Image.frombytes("RGB", (picture.width, picture.height), picture.dots).save(out, "PNG", compress_level=3)
    return out.getvalue()


def boxes_of(boxes: Sequence[Box], start: int, end: int) -> tuple[Box, ...]:
    """Return what ``[start, end)`` of a document covers of its ``boxes``, in their order: whole lines, the first and
    last cut in proportion to their characters. A line that runs from right to left is cut from the wrong side."""
    found: list[Box] = []
    for box in boxes:
        first, last = max(start, box.start), min(end, box.end)
        if first < last:
            mark = (box.right - box.left) / (box.end - box.start)
            left, right = box.left + mark * (first - box.start), box.right - mark * (box.end - last)
            found.append(replace(box, start=first, end=last, left=left, right=right))
    return tuple(found)


def original(library: Library, document: Document) -> bytes:
    """Return the bytes that ``document`` was read from, taken out of its archive or message where it is a part of one.

    Raises UsageError with words for the reader when the file is gone, cannot be read, or was changed since it was
    ingested, and ParseError when the part cannot be taken out.
    """
    path = Path(document.source)
    try:
        content = load(path, _LARGEST)
    except ParseError as error:
        raise UsageError(f"{path.name} {error}") from error
    except OSError as error:
        raise UsageError(f"{path.name} cannot be read any more ({error.strerror}): was it moved or deleted?") from error
    known = library.whole.fingerprint(document.source)
    if not known.startswith(content.sha256):
        raise UsageError(f"{path.name} was changed since it was ingested: ingest it again")
    if document.part is None:
        return content.data
    if not library.boxes(document.id):  # the document stayed when this part could not be read any more
        why = "could not be read when it was ingested again; its text is that of before"
        raise UsageError(f"{document.part} in {path.name} {why}")
    return member(path, content.data, document.part)
