"""The pages of a document as they were printed: images of them, with the lines of a quote boxed."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from index.types import Box, Document
from ui.render import plain

_ROOM = 0.004  # of the page's width


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page, from 1, its size in points (only the proportion matters), and the lines on it that are to be boxed."""

    number: int
    width: float
    height: float
    boxes: tuple[Box, ...] = ()


def image_address(document: Document, number: int, base: str = "") -> str:
    """The address of a page's image below ``base``; another version of the document has another one."""
    return f"{base}source/{quote(document.id, safe='')}/pages/{number}/image?version={quote(document.version, safe='')}"


def page_address(document: Document, number: int, place: tuple[int, int] = (0, 0), base: str = "") -> str:
    """The address of the page that shows page ``number`` below ``base``, with the quote at ``place`` boxed if it is not
    empty."""
    start, end = place
    asked = f"?quote={start}-{end}&version={quote(document.version, safe='')}" if start < end else ""
    return f"{base}source/{quote(document.id, safe='')}/pages/{number}{asked}"


def sheets(document: Document, pages: Sequence[Sheet], place: tuple[int, int]) -> str:
    """The pages as figures, each fetched when it comes into sight, and a link to itself at full width."""
    return "".join(sheet(document, one, link=page_address(document, one.number, place)) for one in pages)


def sheet(document: Document, one: Sheet, base: str = "", link: str = "") -> str:
    """One page as a figure, fetched at once unless it is a ``link``. The boxes lie over the image, so that it is the
    same for every quote."""
    marks = "".join(map(_rect, one.boxes))
    over = f'<svg viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">{marks}</svg>' if marks else ""
    said = f"Page {one.number} as printed" + (", with the quoted lines boxed" if marks else "")
    lazy = ' loading="lazy"' if link else ""
    image = (
        f'<img src="{plain(image_address(document, one.number, base))}" alt="{said}" width="{round(one.width)}" '
        f'height="{round(one.height)}"{lazy} decoding="async">{over}'
    )
    opened = f'<a href="{plain(link)}" target="_blank" rel="noopener">{image}</a>' if link else image
    return (
        f'<figure class="cd-sheet{" cd-boxed" if marks else ""}" data-page="{one.number}">'
        f'<div class="cd-paper">{opened}'
        f"</div><figcaption>Page {one.number}</figcaption></figure>"
    )


def _rect(box: Box) -> str:
    """A little larger than the line, so that the frame covers no letter."""
    left, top = max(0.0, box.left - _ROOM), max(0.0, box.top - _ROOM / 2)
    right, bottom = min(1.0, box.right + _ROOM), min(1.0, box.bottom + _ROOM / 2)
    return f'<rect x="{left:.4f}" y="{top:.4f}" width="{right - left:.4f}" height="{bottom - top:.4f}"/>'
