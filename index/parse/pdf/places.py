"""Words with their places -> strips: coordinates of a file turned to those of reading, words gathered by their gaps."""

import unicodedata
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median_low

import numpy as np
from numpy.typing import NDArray

from index.parse.canonical import fold
from index.parse.pdf.strips import Sides, Strip

_WIDE = 0.9  # a gap of so many heights of the type parts two strips
_LEVEL = 0.7  # and so does a shift up or down; a raised note number is shifted less
_LARGE = 2.0  # times as high as its neighbour: an initial


@dataclass(frozen=True, slots=True)
class Frame:
    """A way to look at a page, of ``width`` and ``height`` points as it is shown: turned by ``turn`` degrees against
    the clock, so that text that is ``turn`` degrees off with the clock can be read. A point (x, y) of the file is seen
    at (``xx`` x + ``xy`` y + ``x0``, ``yx`` x + ``yy`` y + ``y0``), in points from the top left.
    """

    turn: int
    width: float
    height: float
    xx: float
    xy: float
    x0: float
    yx: float
    yy: float
    y0: float

    def turned(self, turn: int) -> "Frame":
        """The same page, which is not turned yet, for text that is ``turn`` degrees off: 0, 90, 180, 270 or ASKEW."""
        xs, ys = (self.xx, self.xy, self.x0), (self.yx, self.yy, self.y0)
        back_x = (-self.xx, -self.xy, self.width - self.x0)
        back_y = (-self.yx, -self.yy, self.height - self.y0)
        x, y = {90: (ys, back_x), 180: (back_x, back_y), 270: (back_y, xs)}.get(turn, (xs, ys))
        return Frame(turn, self.width, self.height, *x, *y)

    def seen(self, corners: NDArray[np.float64]) -> NDArray[np.float64]:
        """Rectangles, (n, 4), given by two opposite corners x, y, x, y in the file: as left, top, right, bottom."""
        x = self.xx * corners[:, 0::2] + self.xy * corners[:, 1::2] + self.x0
        y = self.yx * corners[:, 0::2] + self.yy * corners[:, 1::2] + self.y0
        return np.column_stack((x.min(axis=1), y.min(axis=1), x.max(axis=1), y.max(axis=1)))

    @property
    def level(self) -> bool:
        """Whether its lines run along the file's x axis."""
        return abs(self.xx) > abs(self.xy)

    def shares(self, left: float, top: float, right: float, bottom: float) -> Sides:
        """A rectangle as it is seen in this frame, as shares of the page as it is shown; cut off at its sides."""
        wide, high = self.width, self.height
        match self.turn:
            case 90:
                left, top, right, bottom = wide - bottom, left, wide - top, right
            case 180:
                left, top, right, bottom = wide - right, high - bottom, wide - left, high - top
            case 270:
                left, top, right, bottom = top, high - right, bottom, high - left
        return Sides(_share(left, wide), _share(top, high), _share(right, wide), _share(bottom, high))


def _share(value: float, whole: float) -> float:
    return min(1.0, max(0.0, value / whole))


@dataclass(frozen=True, slots=True)
class Words:
    """Words in the order of a file: the one at ``place`` is ``marks[start:end]`` of ``spans[place]``, on the printed
    line ``lines[place]`` (rising), seen between ``sides[place]`` (left, top, right, bottom) in that line's frame.
    """

    marks: str
    spans: Sequence[tuple[int, int]]
    lines: Sequence[int]
    sides: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of one printed ``line`` without a wide gap between them, folded and not empty: ``marks[start:end]``.
    ``height`` and ``base`` (the lower end) are those of most of its words; the sides are around all of them."""

    text: str
    start: int
    end: int
    line: int
    left: float
    top: float
    right: float
    bottom: float
    height: float
    base: float

    def strip(self, frame: Frame, page: int, bold: bool, divided: bool) -> Strip:
        """The strip on ``page`` (from 1), as it is seen in ``frame``."""
        box = frame.shares(self.left, self.top, self.right, self.bottom)
        top, height = self.base - self.height, max(self.height, 0.1)
        return Strip(*(self.text, page, self.left, top, self.right, self.base, height, bold, divided, box, frame.turn))


def pieces(words: Words, askew: Container[int] = ()) -> Iterator[Piece]:
    """Yield ``words`` in pieces, in their order: a new one begins with each line, and after a wide gap or a shift up or
    down; not in the lines ``askew``, where no such thing can be told."""
    if not len(words.spans):
        return
    left, top, right, bottom = words.sides.T
    high = bottom - top
    size = np.maximum(high[1:], high[:-1])
    # In scripts that run from right to left, the next word stands before this one.
    gap = np.maximum(left[1:] - right[:-1], left[:-1] - right[1:])
    apart = (gap > _WIDE * size) | (np.abs(np.diff(bottom)) > _LEVEL * size)
    apart |= size > _LARGE * np.minimum(high[1:], high[:-1])
    straight = np.array([line not in askew for line in words.lines])
    starts = [0, *(np.nonzero((np.diff(words.lines) != 0) | (apart & straight[1:]))[0] + 1).tolist()]
    lefts, tops = np.minimum.reduceat(left, starts).tolist(), np.minimum.reduceat(top, starts).tolist()
    rights, bottoms = np.maximum.reduceat(right, starts).tolist(), np.maximum.reduceat(bottom, starts).tolist()
    heights, bases = high.tolist(), bottom.tolist()
    for place, (first, last) in enumerate(pairwise([*starts, len(words.spans)])):
        start, end = words.spans[first][0], words.spans[last - 1][1]
        text = _readable(words.marks[start:end])
        if text:
            yield Piece(
                *(text, start, end, words.lines[first], lefts[place], tops[place], rights[place], bottoms[place]),
                # The middle of several: an initial, a note number or a word in another font must not set it.
                median_low(heights[first:last]),
                median_low(bases[first:last]),
            )


def _readable(text: str) -> str:
    if text.isascii():
        return fold(text)
    # pdfium hands over what lies beyond the first 65536 code points as two surrogates; a soft hyphen inside a line
    # is one that was not needed. What is left must show something.
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").replace("\u00ad", "")
    folded = fold(whole)
    return folded if any(unicodedata.category(mark) not in ("Cf", "Zs") for mark in folded) else ""
