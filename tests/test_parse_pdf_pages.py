"""What the reader pane shows of a PDF: its pages as pictures, the lines of a quote, the file as it was ingested."""

import hashlib
import io
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from index.errors import ParseError, UsageError
from index.library import Library, Model
from index.pages import boxes_of, original, page_count, page_image, page_size
from index.parse import parse, read
from index.split import chunks
from index.tables import Embedded
from index.types import Box


def letter(turn: int = 0) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(400, 300))
    for text in ("The ministers signed a treaty.", "It was never read aloud."):
        canvas.drawString(50, 200, text)
        canvas.setPageRotation(turn)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


@pytest.mark.parametrize("turn", [0, 90])
def test_a_page_is_drawn_with_its_ink_in_the_boxes(turn: int) -> None:
    data = letter(turn)
    assert page_count(data) == 2
    size = page_size(data, 1)
    assert {size.width, size.height} == {400, 300}
    drawn = Image.open(io.BytesIO(page_image(data, 1, 800)))
    assert (drawn.format, drawn.width, drawn.height) == ("PNG", 800, round(800 * size.height / size.width))
    ink = np.argwhere(np.asarray(drawn.convert("L")) < 128) / [drawn.height, drawn.width]
    (box,) = parse(Path("/a.pdf"), data, datetime.now(UTC))[0].boxes[:1]
    assert box.top < ink[:, 0].min() and ink[:, 0].max() < box.bottom
    assert box.left < ink[:, 1].min() + 0.005 and ink[:, 1].max() < box.right + 0.005


def test_sizes_are_bounded_and_missing_pages_told() -> None:
    data = letter()
    assert Image.open(io.BytesIO(page_image(data, 1, 10**9))).width == 4000
    assert Image.open(io.BytesIO(page_image(data, 1, -5))).width == 16
    for page in (0, 3):
        with pytest.raises(ParseError, match=f"has no page {page}; its pages are 1 to 2"):
            page_image(data, page, 100)
    with pytest.raises(ParseError, match="not a PDF"):
        page_image(b"hello", 1, 100)


def test_pages_are_drawn_from_many_threads() -> None:
    data = letter()
    with ThreadPoolExecutor(8) as pool:
        drawn = list(pool.map(lambda page: page_image(data, page % 2 + 1, 120), range(40)))
    assert len(set(drawn)) == 2


def test_a_quote_is_cut_out_of_its_lines() -> None:
    boxes = (Box(0, 8, 1, 0.0, 0.1, 1.0, 0.2), Box(11, 15, 1, 0.1, 0.2, 0.5, 0.3), Box(17, 25, 2, 0.0, 0.0, 1.0, 0.1))
    # from the 3rd of eight characters on: three quarters of the line from 0 to 1
    assert boxes_of(boxes, 2, 16) == (
        Box(2, 8, 1, 0.25, 0.1, 1.0, 0.2),
        Box(11, 15, 1, 0.1, 0.2, 0.5, 0.3),
    )
    assert boxes_of(boxes, 17, 19) == (Box(17, 19, 2, 0.0, 0.0, 0.25, 0.1),)
    assert boxes_of(boxes, 15, 17) == () == boxes_of((), 0, 5)


def test_the_original_is_given_only_as_it_was_ingested(tmp_path: Path) -> None:
    path = tmp_path / "june.pdf"
    path.write_bytes(letter())
    (document,) = parse(path, path.read_bytes(), datetime.now(UTC))
    parts = chunks(document, 200)
    library = Library(tmp_path / "library.sqlite")
    fingerprint = f"{hashlib.sha256(path.read_bytes()).hexdigest()} parser=3"
    embedded = Embedded(document, parts, np.ones((len(parts), 2), np.float32))
    library.replace(path.as_posix(), fingerprint, [embedded], Model("test", 2))
    assert original(library, document) == path.read_bytes()
    assert original(library.restricted(frozenset({"press"})), document) == path.read_bytes()
    path.write_bytes(letter() + b"\n")
    with pytest.raises(UsageError, match=r"june\.pdf was changed since it was ingested"):
        original(library, document)
    path.unlink()
    with pytest.raises(UsageError, match=r"june\.pdf cannot be read any more"):
        original(library, document)
    library.close()


def test_the_original_of_a_part_is_taken_out_of_its_archive(tmp_path: Path) -> None:
    path, data = tmp_path / "june.zip", letter()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("desk/june.pdf", data)
    (document,) = read(path, path.read_bytes(), datetime.now(UTC)).documents
    library = Library(tmp_path / "library.sqlite")
    parts = chunks(document, 200)
    embedded = Embedded(document, parts, np.ones((len(parts), 2), np.float32))
    library.replace(path.as_posix(), hashlib.sha256(path.read_bytes()).hexdigest(), [embedded], Model("test", 2))
    assert document.part == "desk/june.pdf" and original(library, document) == data
    shown = [box.page for box in library.boxes(document.id)]
    assert shown == [box.page for box in document.boxes] == [1, 2]
    library.close()
