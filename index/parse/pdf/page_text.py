"""The text of a page with its places, as pdfium tells them."""

import ctypes
import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from index.errors import ParseError
from index.parse.pdf.places import Frame, Words, pieces
from index.parse.pdf.strips import ASKEW, Strip

_MOST_MARKS = 400_000  # on one page; a densely printed newspaper page has 30,000
_MOST_OBJECTS = 5_000
_LITTLE = 100  # characters: what a stamp on a scanned page may have
_SAMPLES = 64  # characters of a page that are asked whether they can be read
# How pdfium marks a hyphen that it takes for one of word division at a line's end: in one character, in a text.
_DIVISIONS = "\x02\ufffe"
_LINE = re.compile(rf"[^\r\n{_DIVISIONS}]+")
_WORD = re.compile(r"\S+")
_READ_BOX = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)  # page, index, rectangle
_FAR = re.compile("[\ud800-\udfff\U00010000-\U0010ffff]")
_ASLANT = 5.0  # degrees; what is turned by more is neither level nor upright
_FINE = 1_000_000  # parts of a page that pdfium is asked to count places in
_FARTHEST = 1e6  # points; a page has 14,400 at most
_FAR_POINT = 1_000  # points from the origin, far enough that their parts do not matter


@dataclass(frozen=True, slots=True)
class Size:
    """Of a page as it is shown, in points (1/72 inch)."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class PageText:
    """The text of a page in the order of the file. ``unread`` is the share of its letters whose meaning the file does
    not tell; ``covered`` the share of the page under its largest picture, or drawing if it has no text; 0 where that
    is of no matter because there is much text."""

    strips: tuple[Strip, ...]
    unread: float
    covered: float


def size_of(page: pypdfium2.PdfPage) -> Size:
    """Return the size of ``page``."""
    width, height = page.get_size()
    return Size(max(width, 1.0), max(height, 1.0))


def read_text(page: pypdfium2.PdfPage, number: int) -> PageText:
    """Return what is printed on ``page``, which has ``number`` (from 1). Raises ParseError when it is absurdly full,
    and pypdfium2's own error when it is damaged."""
    textpage = page.get_textpage()
    try:
        count = textpage.count_chars()
        if count > _MOST_MARKS:
            raise ParseError(f"has {count:,} characters on page {number}; {_MOST_MARKS:,} are read at most")
        strips = tuple(_strips(page, textpage, number, count))
        little = sum(len(strip.text) for strip in strips) < _LITTLE
        return PageText(strips, _unread(textpage, count), _covered(page, not strips) if little else 0.0)
    finally:
        textpage.close()


@dataclass(frozen=True, slots=True)
class _Line:
    """One of pdfium's lines: how it is to be looked at, where it ends, and whether that is inside a word."""

    frame: Frame
    end: int
    divided: bool


def _strips(page: pypdfium2.PdfPage, textpage: pypdfium2.PdfTextPage, number: int, count: int) -> Iterator[Strip]:
    """Yield the strips of page ``number``, which has ``count`` characters."""
    marks = _marks(textpage, count)
    level, rotation = _frame(page), page.get_rotation()
    frames = {turn: level.turned(turn) for turn in (0, 90, 180, 270, ASKEW)}
    lines: list[_Line] = []
    spans: list[tuple[int, int]] = []
    of: list[int] = []
    for line in _LINE.finditer(marks):
        words = [word.span() for word in _WORD.finditer(marks, *line.span())]
        if words:
            spans += words
            of += [len(lines)] * len(words)
            divided = line.end() < count and marks[line.end()] in _DIVISIONS
            lines.append(_Line(frames[_turn(textpage, words[0][0], rotation)], words[-1][1], divided))
    if not lines:
        return
    found = _words(textpage, marks, spans, of, lines)
    name = ctypes.create_string_buffer(128)
    askew = {place for place, line in enumerate(lines) if line.frame.turn == ASKEW}
    for piece in pieces(found, askew):
        own = lines[piece.line]
        divided = own.divided and piece.end == own.end
        strip = piece.strip(own.frame, number, _bold(textpage, (piece.start + piece.end) // 2, name), divided)
        if strip.box.left < strip.box.right and strip.box.top < strip.box.bottom:  # else nobody sees it on the page
            yield strip


def _marks(textpage: pypdfium2.PdfTextPage, count: int) -> str:
    """Return the characters of a page, each at pdfium's own index, which leads to its place."""
    # One call for all of them, where that keeps the index. It does not where characters are left out or lie beyond the
    # first 65536 code points, which take two.
    marks: str = textpage.get_text_range() if count else ""
    if len(marks) == count and (marks.isascii() or not _FAR.search(marks)):
        return marks
    return "".join(chr(pdfium.FPDFText_GetUnicode(textpage, index)) for index in range(count))


def _words(
    textpage: pypdfium2.PdfTextPage, marks: str, spans: list[tuple[int, int]], of: list[int], lines: list[_Line]
) -> Words:
    """Return the words at ``spans``, each of the line ``lines[of[place]]``, with their places."""
    # The hyphen at the end of a line is printed too.
    lasts = [
        end if lines[line].divided and end == lines[line].end else end - 1
        for (_, end), line in zip(spans, of, strict=True)
    ]
    corners = np.hstack((_boxes(textpage, [start for start, _ in spans]), _boxes(textpage, lasts)))
    turns = np.array([line.frame.turn for line in lines], dtype=np.int64)[of]
    level = np.array([line.frame.level for line in lines], dtype=bool)[of]
    # pdfium takes single letters under each other for one word.
    shared = np.where(
        level,
        np.minimum(corners[:, 3], corners[:, 7]) - np.maximum(corners[:, 1], corners[:, 5]),
        np.minimum(corners[:, 2], corners[:, 6]) - np.maximum(corners[:, 0], corners[:, 4]),
    )
    if any(torn := ((shared <= 0) & (turns != ASKEW)).tolist()):
        letters = [
            (part, line)
            for (start, end), line, apart in zip(spans, of, torn, strict=True)
            for part in ([(place, place + 1) for place in range(start, end)] if apart else [(start, end)])
        ]
        if len(letters) > len(spans):
            return _words(textpage, marks, [span for span, _ in letters], [line for _, line in letters], lines)
    around = np.column_stack(
        (
            np.minimum(corners[:, 0:2], corners[:, 4:6]),
            np.maximum(corners[:, 2:4], corners[:, 6:8]),
        )
    )
    sides = np.empty_like(around)
    for turn, frame in {line.frame.turn: line.frame for line in lines}.items():
        sides[turns == turn] = frame.seen(around[turns == turn])
    return Words(marks, spans, of, sides)


def _boxes(textpage: pypdfium2.PdfTextPage, indices: list[int]) -> NDArray[np.float64]:
    """Return the boxes of characters, (n, 4): left, bottom, right, top in the file's coordinates."""
    boxes = np.zeros((len(indices), 4), np.float32)  # as FS_RECTF has them: left, top, right, bottom
    # With addresses as plain numbers a call takes a third of the time, and there are two for each word.
    read = _READ_BOX(ctypes.cast(pdfium.FPDFText_GetLooseCharBox, ctypes.c_void_p).value or 0)
    page, first = ctypes.cast(textpage.raw, ctypes.c_void_p).value, boxes.ctypes.data
    for index, into in zip(indices, range(first, first + boxes.nbytes, boxes.itemsize * 4), strict=True):
        read(page, index, into)
    found = boxes[:, [0, 3, 2, 1]].astype(np.float64)
    return np.clip(np.nan_to_num(found, nan=-_FARTHEST), -_FARTHEST, _FARTHEST)


def _frame(page: pypdfium2.PdfPage) -> Frame:
    """Return how the page is shown, with its own rotation and crop box, and not turned otherwise."""
    size = size_of(page)
    x, y = ctypes.c_int(), ctypes.c_int()
    out = ctypes.byref(x), ctypes.byref(y)
    shares: list[tuple[float, float]] = []
    for point in ((0, 0), (_FAR_POINT, 0), (0, _FAR_POINT)):
        pdfium.FPDF_PageToDevice(page, 0, 0, _FINE, _FINE, 0, *point, *out)
        shares.append((x.value / _FINE * size.width, y.value / _FINE * size.height))
    (x0, y0), (x1, y1), (x2, y2) = shares
    return Frame(
        *(0, size.width, size.height),
        *((x1 - x0) / _FAR_POINT, (x2 - x0) / _FAR_POINT, x0),
        *((y1 - y0) / _FAR_POINT, (y2 - y0) / _FAR_POINT, y0),
    )


def _turn(textpage: pypdfium2.PdfTextPage, index: int, rotation: int) -> int:
    """Return by how many degrees the character is off with the clock on the page as it is shown, which is turned by
    ``rotation`` degrees; or ASKEW."""
    angle = pdfium.FPDFText_GetCharAngle(textpage, index)
    degrees = (math.degrees(angle) + rotation) % 360 if angle >= 0 else 0.0
    nearest = round(degrees / 90) * 90
    return nearest % 360 if abs(degrees - nearest) < _ASLANT else ASKEW


def _bold(textpage: pypdfium2.PdfTextPage, index: int, name: ctypes.Array[ctypes.c_char]) -> bool:
    """Whether the font of a character calls itself bold; ``name`` is room for what it calls itself."""
    length = pdfium.FPDFText_GetFontInfo(textpage, index, name, len(name), None)
    return 0 < length <= len(name) and b"bold" in name.value.lower()


def _unread(textpage: pypdfium2.PdfTextPage, count: int) -> float:
    """Return the share of the letters, among some of the page, of which the file does not say what they are."""
    picked = [count * part // _SAMPLES for part in range(min(_SAMPLES, count))]
    marks = [(index, chr(pdfium.FPDFText_GetUnicode(textpage, index))) for index in picked]
    inked = [(index, mark) for index, mark in marks if not mark.isspace()]
    return sum(_is_unread(textpage, index, mark) for index, mark in inked) / len(inked) if inked else 0.0


def _is_unread(textpage: pypdfium2.PdfTextPage, index: int, mark: str) -> bool:
    # Private characters are those of symbol fonts: bullets, and whole texts whose font has no Unicode table.
    return (
        pdfium.FPDFText_HasUnicodeMapError(textpage, index) == 1
        or (unicodedata.category(mark) in ("Co", "Cn", "Cc") and mark not in _DIVISIONS)
        or mark == "\ufffd"
    )


def _covered(page: pypdfium2.PdfPage, drawings: bool) -> float:
    """Return the share of the page under its largest picture; a drawing counts too where ``drawings`` says so."""
    size = size_of(page)
    largest = 0.0
    sides = [ctypes.c_float() for _ in range(4)]
    for place in range(min(pdfium.FPDFPage_CountObjects(page), _MOST_OBJECTS)):
        part = pdfium.FPDFPage_GetObject(page, place)
        kind = pdfium.FPDFPageObj_GetType(part)
        shown = kind == pdfium.FPDF_PAGEOBJ_IMAGE or (drawings and kind != pdfium.FPDF_PAGEOBJ_TEXT)
        if shown and pdfium.FPDFPageObj_GetBounds(part, *map(ctypes.byref, sides)):
            left, bottom, right, top = (side.value for side in sides)
            largest = max(largest, (right - left) * (top - bottom) / (size.width * size.height))
    return min(largest, 1.0)
