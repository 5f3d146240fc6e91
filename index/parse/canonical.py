"""Drafts -> Documents: white space folded, paragraphs joined, offsets by construction."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from index.parse.draft import Draft, Kind, Line
from index.parse.language import language_of
from index.types import Box, Document, Paragraph, Precision

_GAP = "\n\n"
_ODD = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff]")  # controls but white space, surrogates


def fold(text: str) -> str:
    """Return ``text`` with runs of white space (no-break ones and line breaks too) as one space, none at the ends.

    Control characters (category Cc) are removed and lone surrogates become U+FFFD; every other code point stays as
    it is, unnormalised: a quote must be found again in the file it came from.
    """
    kept = "".join(map(_kept, text)) if _ODD.search(text) else text
    return " ".join(kept.split())


def _kept(mark: str) -> str:
    category = unicodedata.category(mark)
    if category == "Cs":
        return "�"
    return "" if category == "Cc" and not mark.isspace() else mark


def visible(text: str) -> bool:
    """Whether folded ``text`` shows anything: not when it is empty or made of zero-width characters only."""
    return any(unicodedata.category(mark) not in ("Cf", "Zs") for mark in text)


def document(draft: Draft, source: Path, position: int, modified: datetime, part: str | None = None) -> Document | None:
    """Return ``draft`` as the Document at ``position`` (from 0) of the file ``source`` or of its ``part``; None
    without text."""
    blocks = [(text, block) for block in draft.blocks if visible(text := fold(block.text))]
    if not blocks:
        return None
    paragraphs: list[Paragraph] = []
    boxes: list[Box] = []
    start = 0
    for number, (text, block) in enumerate(blocks, 1):
        end = start + len(text)
        heading = block.kind is Kind.HEADING
        sheet = fold(block.sheet) if block.sheet else None
        paragraphs.append(Paragraph(number, start, end, block.page, heading, block.slide, sheet, block.row))
        boxes += _boxes(block.lines, start, end)
        start = end + len(_GAP)
    text = _GAP.join(text for text, _ in blocks)
    title, outlet, author, url = (_meta(value) for value in (draft.title, draft.outlet, draft.author, draft.url))
    outlet = _calm(outlet) if outlet else None
    # What a format does not have is left out, so that a version stays the same when citedesk learns of more anchors.
    table = [
        (p.number, p.start, p.end, p.page, p.heading, *filter(None, (p.slide, p.sheet, p.row))) for p in paragraphs
    ]
    published = draft.published.isoformat() if draft.published else None
    if published and draft.precision is not Precision.DAY:
        published = f"{published} {draft.precision.value}"
    return Document(
        id=_digest([f"{source.as_posix()}#{position}" if part is None else f"{source.as_posix()}\0{part}\0{position}"]),
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
        part=part,
        precision=draft.precision,
        language=draft.language or language_of(text),
        encoding=draft.encoding,
        boxes=tuple(boxes),
    )


def _boxes(lines: Sequence[Line], start: int, end: int) -> Iterator[Box]:
    """Yield the printed ``lines`` of the paragraph at ``[start, end)``."""
    if lines and lines[-1].end > end - start:
        # Only a part of what is printed was kept, as a subtitle of a title: it stands somewhere in these lines.
        page = lines[0].page
        lines = [line for line in lines if line.page == page]
        left, top = min(line.left for line in lines), min(line.top for line in lines)
        yield Box(start, end, page, left, top, max(line.right for line in lines), max(line.bottom for line in lines))
        return
    for line in lines:
        yield Box(start + line.start, start + line.end, line.page, line.left, line.top, line.right, line.bottom)


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
