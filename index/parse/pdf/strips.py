"""What is printed on a page before it is put in order: strips of text with their places."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

ASKEW = -1  # the turn of a strip that is neither level nor upright, as a stamp across a page


@dataclass(frozen=True, slots=True)
class Sides:
    """A rectangle in shares of the page as it is shown, from its top left."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Strip:
    """A printed line, or the piece of one on one side of a wide gap; ``text`` is folded and not empty.

    ``left``, ``top``, ``right``, ``bottom`` and ``height`` are those of its type in points, from the top left of the
    page as it is turned for reading: by ``turn`` degrees against the clock. ``box`` is all of its ink on the page as
    it is shown. ``page`` counts from 1. ``divided`` is true when it ends inside a word whose hyphen is no longer in
    ``text``.
    """

    text: str
    page: int
    left: float
    top: float
    right: float
    bottom: float
    height: float
    bold: bool
    divided: bool
    box: Sides
    turn: int = 0


def around(boxes: Sequence[Sides]) -> Sides:
    """Return the smallest rectangle around ``boxes``, at least one."""
    return Sides(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )


def overlap(one: Strip, other: Strip) -> float:
    """Return how much of the lower strip's height both share, in [0, 1]; ascenders and descenders do not count, which
    reach into the next line where a font says that it is taller than it is."""
    low, high = one.top + 0.2 * one.height, one.bottom - 0.2 * one.height
    lower, higher = other.top + 0.2 * other.height, other.bottom - 0.2 * other.height
    smaller = min(high - low, higher - lower)
    return max(0.0, min(high, higher) - max(low, lower)) / smaller if smaller > 0 else 0.0


def joined(one: Strip, other: Strip, gap: str = " ") -> Strip:
    """Return one line of two strips, ``one`` before ``other``; the larger type is that of the line."""
    main = one if one.height * len(one.text) >= other.height * len(other.text) else other
    return replace(
        main,
        text=f"{one.text}{gap}{other.text}",
        left=min(one.left, other.left),
        right=max(one.right, other.right),
        bold=one.bold and other.bold,
        divided=other.divided,
        box=around([one.box, other.box]),
    )
