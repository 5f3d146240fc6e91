"""Running headers, footers and page numbers: lines at the edges of pages that several pages share."""

import re
from collections import Counter
from collections.abc import Sequence

from index.parse.pdf.printed_lines import Row, rows
from index.parse.pdf.strips import ASKEW, Strip

_EDGE = 4  # rows at either edge of a page that may be its header or footer
_NEAR = 5  # points: how far apart the same line may stand on two pages
_NUMBER = re.compile(r"(?:page|p\.)?\s*[-–|(]?\s*(?:[0-9]{1,4}|[ivxl]{1,6})\s*[-–|)]?(?:\s*(?:of|/)\s*[0-9]+)?", re.I)


def without_margins(pages: Sequence[Sequence[Strip]]) -> list[list[Strip]]:
    """Return ``pages`` without page numbers, without lines at the edge of pages that several pages share but for their
    digits, and without stamps across the page that several share."""
    edges = [_edges(page) for page in pages]
    # Several: a head of its own for odd and for even pages, or for a chapter, needs as many pages that share it.
    often = 2 if len(pages) <= 5 else 3
    shared = Counter(key for top, bottom in edges for key in {_key(s) for row in [*top, *bottom] for s in row.strips})
    stamps = Counter(text for page in pages for text in {strip.text for strip in page if strip.turn == ASKEW})
    bodies: list[list[Strip]] = []
    for page, (top, bottom) in zip(pages, edges, strict=True):
        # By identity: the same words may stand at the edge and in the text.
        dropped = {id(strip) for edge in (top, bottom) for strip in _margin(edge, shared, often)}
        dropped |= {id(strip) for strip in page if strip.turn == ASKEW and stamps[strip.text] >= often}
        bodies.append([strip for strip in page if id(strip) not in dropped])
    return bodies


def _edges(page: Sequence[Strip]) -> tuple[list[Row], list[Row]]:
    """Return the first rows from the top, and the last ones from the bottom upwards."""
    turns = Counter[int]()
    for strip in page:
        turns[strip.turn] += len(strip.text)
    main = max(turns, key=lambda turn: turns[turn], default=0)
    every = rows([strip for strip in page if strip.turn == main])
    return every[:_EDGE], every[: -_EDGE - 1 : -1]


def _key(strip: Strip) -> tuple[str, int]:
    return re.sub(r"[0-9]+", "#", strip.text.casefold()), round(strip.bottom / _NEAR)


def _margin(edge: Sequence[Row], shared: Counter[tuple[str, int]], often: int) -> list[Strip]:
    found: list[Strip] = []
    for row in edge:
        repeated = [strip for strip in row.strips if shared[_key(strip)] >= often]
        numbers = [strip for strip in row.strips if _NUMBER.fullmatch(strip.text) and strip not in repeated]
        if numbers and (repeated or len(row.strips) == 1):
            repeated += numbers
        if not repeated:
            break
        found += repeated
        if len(repeated) < len(row.strips):
            break
    return found
