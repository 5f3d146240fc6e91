"""What a format's parser hands over: blocks of text in reading order, and what the file says about itself."""

from dataclasses import dataclass, replace
from datetime import date
from enum import Enum

from index.types import Precision


class Kind(Enum):
    """What a block is in its format; only headings are treated differently later."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    ROW = "row"


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line of a block: ``block.text[start:end]``; for the rest see ``index.types.Box``."""

    start: int
    end: int
    page: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph as the format gives it, white space not folded; a block with ``lines`` has its folded already.

    ``page``, ``slide``, ``sheet`` and ``row`` are its anchor; see ``index.types.Paragraph``.
    """

    text: str
    kind: Kind = Kind.PARAGRAPH
    page: int | None = None
    slide: int | None = None
    sheet: str | None = None
    row: int | None = None
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """An article, or a file that may hold several, before it becomes Documents. None where the file says nothing;
    ``groups`` are those whose members may see it, none when everybody may. ``unread`` are those of its pages that could
    not be read, each without a draft; ``columns`` may title a table that has no title (``office.grid.entitled``)."""

    blocks: tuple[Block, ...]
    title: str | None = None
    outlet: str | None = None
    author: str | None = None
    published: date | None = None
    url: str | None = None
    groups: frozenset[str] = frozenset()
    precision: Precision = Precision.DAY
    language: str | None = None
    encoding: str | None = None
    unread: "tuple[Item, ...]" = ()
    columns: str | None = None


@dataclass(frozen=True, slots=True)
class Stated:
    """What is said of an article outside of its text: in its file's front matter, or in a metadata table. None where
    nothing is said; no ``groups`` at all mean that everybody may see it."""

    title: str | None = None
    outlet: str | None = None
    author: str | None = None
    published: date | None = None
    url: str | None = None
    groups: frozenset[str] | None = None
    precision: Precision = Precision.DAY
    language: str | None = None


def with_stated(draft: Draft, stated: Stated) -> Draft:
    """``draft`` with what is ``stated`` in the place of what it says itself."""
    return replace(
        draft,
        title=stated.title or draft.title,
        outlet=stated.outlet or draft.outlet,
        author=stated.author or draft.author,
        published=stated.published or draft.published,
        url=stated.url or draft.url,
        groups=draft.groups if stated.groups is None else stated.groups,
        precision=stated.precision if stated.published else draft.precision,
        language=stated.language or draft.language,
    )


@dataclass(frozen=True, slots=True)
class Trace:
    """What can still be told of an article that could not be read.

    ``names`` are those it may have had when it could be, likeliest first; ``sure`` says that it had no other. ``last``
    says that its file ends in the middle of it, and may have lost what stood below. ``groups`` are those outside of
    which nobody may see it, by its own words; none are everybody.
    """

    names: tuple[str, ...] = ()
    sure: bool = False
    last: bool = False
    groups: frozenset[str] = frozenset()


NO_TRACE = Trace()


@dataclass(frozen=True, slots=True)
class Item:
    """One article of a file that lists several, such as a feed: ``name`` is stable when others are added before it.
    ``draft`` is None where it could not be read: ``name`` then says where it stands, ``problem`` why, and ``trace``
    which one it was."""

    name: str
    draft: Draft | None
    problem: str = ""
    trace: Trace = NO_TRACE
