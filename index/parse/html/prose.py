"""Where the prose of a page stands in its tree, and what stands beside it."""

import re
from collections.abc import Iterable, Sequence

from index.parse.draft import Kind
from index.parse.html.markup import Page, Piece
from index.parse.lines import ends_sentence, is_prose

LINKED = 0.5  # the share of links in a piece above which it leads elsewhere
TEASES = 0.15  # and above which it may be the beginning of another article
_WRAPS = 0.6  # of the page's prose: what is around so much of it is no side matter
_WIDE_PROSE = 15  # characters of a sentence in Chinese, Japanese or Korean
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def is_text(piece: Piece) -> bool:
    """Whether a piece is a paragraph of running text, of which links are a half at most."""
    if piece.linked > LINKED or piece.block.kind is Kind.HEADING:
        return False
    text = piece.block.text
    return is_prose(text) or (len(text) > _WIDE_PROSE and ends_sentence(text) and _WIDE.search(text) is not None)


def is_clean(piece: Piece) -> bool:
    """Whether it is such a paragraph, is shown, and has few links: not a teaser."""
    return piece.seen and piece.linked < TEASES and is_text(piece)


def below(page: Page, pieces: Iterable[bool]) -> list[int]:
    """For each element, the characters of those pieces under it for which ``pieces``, in the order of the page's, is
    true."""
    amounts = [0] * len(page.parents)
    for piece, counts in zip(page.pieces, pieces, strict=True):
        amounts[piece.node] += len(piece.block.text) * counts
    for number in range(len(amounts) - 1, 0, -1):  # an element's number is higher than that of the one around it
        amounts[page.parents[number]] += amounts[number]
    return amounts


def sides(page: Page) -> list[bool]:
    """Which elements, by number, stand beside the article, whichever it is: not those around most of the page's prose,
    though their class be "with-sidebar"."""
    prose = below(page, map(is_text, page.pieces))
    most = _WRAPS * max(prose, default=0)
    return inherited(page, [aside and amount <= most for aside, amount in zip(page.aside, prose, strict=True)])


def inherited(page: Page, marks: Sequence[bool]) -> list[bool]:
    """Which elements, by number, are marked, or stand in one that is."""
    found: list[bool] = []
    for number, above in enumerate(page.parents):
        found.append(marks[number] or (above >= 0 and found[above]))
    return found


def size(page: Page, chosen: Iterable[bool]) -> int:
    """The characters of the pieces that are chosen."""
    return sum(len(piece.block.text) for piece, is_in in zip(page.pieces, chosen, strict=True) if is_in)
