"""Drafts -> Documents: white space folded, paragraphs joined, offsets by construction."""

import hashlib
import json
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from index.parse.draft import Draft, Kind
from index.types import Document, Paragraph

_GAP = "\n\n"


def fold(text: str) -> str:
    """Return ``text`` with runs of white space (no-break ones and line breaks too) as one space, none at the ends.

    Control characters (category Cc) are removed and lone surrogates become U+FFFD; every other code point stays as
    it is, unnormalised: a quote must be found again in the file it came from.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    return " ".join("".join(map(_kept, text)).split())


def _kept(mark: str) -> str:
    category = unicodedata.category(mark)
    if category == "Cs":
        return "�"
    return "" if category == "Cc" and not mark.isspace() else mark


def visible(text: str) -> bool:
    """Whether folded ``text`` shows anything: not when it is empty or made of zero-width characters only."""
    return any(unicodedata.category(mark) not in ("Cf", "Zs") for mark in text)


def document(draft: Draft, source: Path, position: int, modified: datetime) -> Document | None:
    """Return ``draft`` as the Document at ``position`` (from 0) of the file ``source``; None when it holds no text."""
    blocks = [(text, block) for block in draft.blocks if visible(text := fold(block.text))]
    if not blocks:
        return None
    paragraphs: list[Paragraph] = []
    start = 0
    for number, (text, block) in enumerate(blocks, 1):
        end = start + len(text)
        paragraphs.append(Paragraph(number, start, end, block.page, block.kind is Kind.HEADING))
        start = end + len(_GAP)
    text = _GAP.join(text for text, _ in blocks)
    title, outlet, author, url = (_meta(value) for value in (draft.title, draft.outlet, draft.author, draft.url))
    outlet = _calm(outlet) if outlet else None
    table = [(p.number, p.start, p.end, p.page, p.heading) for p in paragraphs]
    published = draft.published.isoformat() if draft.published else None
    return Document(
        id=_digest([f"{source.as_posix()}#{position}"]),
        version=_digest([json.dumps([title, outlet, author, published, url, text, table], ensure_ascii=True)]),
        source=source.as_posix(),
        position=position,
        title=title or first_words(blocks[0][0]),
        outlet=outlet,
        author=author,
        published=draft.published,
        url=url,
        modified=modified,
        text=text,
        paragraphs=tuple(paragraphs),
        groups=draft.groups,
    )


def first_words(text: str, limit: int = 80) -> str:
    """Return folded ``text`` when it has at most ``limit`` characters, else its first words and "…"."""
    if len(text) <= limit:
        return text
    cut = text.rfind(" ", limit // 2, limit + 1)
    if cut < 0:  # a script without spaces: at least do not tear an accent off its letter
        cut = next((end for end in range(limit, 0, -1) if not unicodedata.combining(text[end])), limit)
    return text[:cut].rstrip(" ,;:–—-") + "…"


def _meta(value: str | None) -> str | None:
    folded = fold(value) if value else ""
    return first_words(folded, 300) if visible(folded) else None


def _calm(outlet: str) -> str:
    """A masthead in capitals as the outlet is written elsewhere, so that a filter lists it once; NATO stays NATO."""
    if not outlet.isupper() or len(outlet.split()) < 2:
        return outlet
    small = {"of", "for", "the", "and", "on", "in"}
    words = [word.lower() if word.lower() in small else word.capitalize() for word in outlet.split()]
    return " ".join([words[0].capitalize(), *words[1:]])


def _digest(parts: Iterable[str]) -> str:
    # surrogatepass: a file name on disk need not be valid UTF-8
    return hashlib.sha256("".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]
