"""A figure of a text, how exactly it is meant, and how far one can bear another out."""

from dataclasses import dataclass
from enum import Enum

from rag.language.units import (
    Unit,
)


class Bound(Enum):
    """How exactly a figure is meant."""

    EXACT = ""
    ABOUT = "about"
    NEARLY = "nearly"
    AT_LEAST = "at least"
    MORE = "more than"
    AT_MOST = "at most"
    LESS = "less than"


class Fit(Enum):
    """How far one figure or date bears out another. LOOSE: the same, but said more exactly than it was."""

    FULL = 2
    LOOSE = 1
    NONE = 0


@dataclass(frozen=True, slots=True)
class Figure:
    """A number from ``low`` to ``high`` (mostly the same) in ``unit``, as ``text[start:end]`` writes it.

    ``digits`` is how many significant digits it has, ``role`` the preposition before it where that tells its part:
    "from", "to", "by" or "".
    """

    low: float
    high: float
    unit: Unit
    bound: Bound
    digits: int
    role: str
    start: int
    end: int
