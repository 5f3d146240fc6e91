"""A page of several whole articles, such as the front page of a blog -> the pieces of all of them."""

from collections.abc import Iterator

from index.parse.draft import Kind
from index.parse.html.markup import Page
from index.parse.html.prose import LINKED, below, is_clean, is_text, sides

_FULL = 400  # characters of prose, in an article rather than a teaser
_LINE = 100  # characters; who wrote an article and when is told in fewer
_MOST = 0.6  # of the prose of the page that its articles hold, where it is a page of articles


def articles(page: Page) -> tuple[int, ...]:
    """The places in ``page.pieces`` of those of its whole articles, in order; none where it has fewer than two.

    A whole article is an <article> with a heading of its own and some paragraphs. Of what stands beside its text the
    lines above it are kept: they say who wrote it and when, by which one article is told from the next.
    """
    side = sides(page)
    clean = below(page, (is_clean(piece) and not side[piece.node] for piece in page.pieces))
    owners = _owners(page)
    headed = {owners[p.node] for p in page.pieces if p.block.kind is Kind.HEADING}
    full = {
        number
        for number in set(owners)
        if number >= 0 and number in headed and clean[number] >= _FULL and not side[number]
    }
    if len(full) < 2 or sum(clean[number] for number in full) < _MOST * max(clean, default=0):
        return ()
    return tuple(_kept(page, owners, full, side))


def _owners(page: Page) -> list[int]:
    """For each element the outermost <article> that it is in, or is; -1 where there is none."""
    owners: list[int] = []
    for number, above in enumerate(page.parents):
        outer = owners[above] if above >= 0 else -1
        owners.append(outer if outer >= 0 or page.tags[number] != "article" else number)
    return owners


def _kept(page: Page, owners: list[int], full: set[int], side: list[bool]) -> Iterator[int]:
    begun = -1  # the article whose prose has begun
    for place, piece in enumerate(page.pieces):
        owner = owners[piece.node]
        if owner not in full or not piece.seen:
            continue
        if owner == begun:
            belongs = not side[piece.node] and piece.linked <= LINKED
        else:
            belongs = not side[piece.node] or piece.block.kind is Kind.HEADING or len(piece.block.text) < _LINE
        if belongs:
            yield place
        if is_text(piece) and not side[piece.node]:
            begun = owner
