"""The printed pages of a document: which there are, and which of their lines a quote covers."""

from dataclasses import dataclass

from index.errors import CitedeskError, UsageError
from index.pages import boxes_of, original, page_count, page_sizes
from index.types import Document
from rag.desk import Desk
from ui.render_sheets import Sheet

AROUND = 10
"""How many pages before and after the quoted one the reader pane shows."""


@dataclass(frozen=True, slots=True)
class Printed:
    """Some neighbouring pages of the ``total`` that there are; none, with a ``reason``, where the file cannot be shown
    as it was read, and none without one for a document without pages."""

    sheets: tuple[Sheet, ...] = ()
    total: int = 0
    reason: str = ""


def around(desk: Desk, document: Document, start: int, end: int) -> Printed:
    """The page on which ``[start, end)`` of the document's text begins, with the lines it covers, and its neighbours;
    the first pages where nothing is pointed at."""
    if not any(one.page for one in document.paragraphs):
        return Printed()
    boxes = boxes_of(desk.library.boxes(document.id), start, end)
    try:
        data = original(desk.library, document)
        total = page_count(data)
        middle = boxes[0].page if boxes else 1
        first, last = max(1, middle - AROUND), min(total, middle + AROUND)
        sizes = page_sizes(data, first, last)
    except CitedeskError as error:
        return Printed(reason=f"Its pages cannot be shown as printed: {error}.")
    sheets = (
        Sheet(number, size.width, size.height, tuple(box for box in boxes if box.page == number))
        for number, size in enumerate(sizes, first)
    )
    return Printed(tuple(sheets), total)


def only(desk: Desk, document: Document, number: int, start: int, end: int) -> Printed:
    """Page ``number`` alone. Raises UsageError when the document has no such page, or cannot be shown as printed."""
    data = original(desk.library, document)
    total = page_count(data)
    if not 1 <= number <= total:
        raise UsageError(f"the document has {total} pages, there is no page {number}")
    (size,) = page_sizes(data, number, number)
    covered = boxes_of(desk.library.boxes(document.id), start, end)
    return Printed((Sheet(number, size.width, size.height, tuple(b for b in covered if b.page == number)),), total)
