"""What a format's parser hands over: blocks of text in reading order, and what the file says about itself."""

from dataclasses import dataclass, replace
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
    """An article, or a file that may hold several, before it becomes Documents. None where the file says nothing;
    ``groups`` are those whose members may see it, none when everybody may."""

    blocks: tuple[Block, ...]
    title: str | None = None
    outlet: str | None = None
    author: str | None = None
    published: date | None = None
    url: str | None = None
    groups: frozenset[str] = frozenset()


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
    )
