"""What a format's parser hands over: blocks of text in reading order, and what the file says about itself."""

from dataclasses import dataclass
from datetime import date
from enum import Enum


class Kind(Enum):
    """What a block is in its format; only headings are treated differently later."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    ROW = "row"


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph as the format gives it, white space not folded; ``page`` counts from 1, None without pages."""

    text: str
    kind: Kind = Kind.PARAGRAPH
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """An article, or a file that may hold several, before it becomes Documents. None where the file says nothing."""

    blocks: tuple[Block, ...]
    title: str | None = None
    outlet: str | None = None
    author: str | None = None
    published: date | None = None
    url: str | None = None
