"""Which pieces of a page are its article: an extractor's choice, mended by what the page's own tree says."""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import and_, or_

from index.parse.draft import Kind
from index.parse.html.markup import Page, Piece
from index.parse.html.prose import LINKED, below, inherited, is_clean, is_text, sides, size
from index.parse.lines import ends_sentence

_MOST = 0.9  # of the chosen prose stands below the element that holds the article
_HOLDS = 0.3  # of the chosen prose: an element with that much of it is no side matter, whatever its class says
_LISTED = 0.15  # of the chosen text, where it is a list of links rather than prose with links between
_LEVELS = 3  # around the element that holds the article
_PART = 200  # characters of prose in a part of an article that stands on its own
_PURE = 0.6  # of the text in it
_LETTERS = re.compile(r"[^\W_]+")  # and digits
_START = 40  # letters by which a paragraph is known
_PARAGRAPHS = frozenset(["p", "li", "blockquote", "pre", "dt", "dd"])  # none of them is a whole article
_SEARCHES = 100  # over a whole page, for texts that are no piece of their own
_LEAST = 0.25  # of the prose of the page's main part; an article with less of it was not found


@dataclass(frozen=True, slots=True)
class _Tree:
    """For each element of a page: how much of the prose that was chosen stands below it, in characters, whether it is
    in the element that holds the article, and whether it is there beside the article."""

    prose: Sequence[int]
    inside: Sequence[bool]
    beside: Sequence[bool]


def article(page: Page, texts: Sequence[str]) -> tuple[int, ...]:
    """The places in ``page.pieces`` of those that are its article, in order, none when nothing of it was chosen.

    ``texts`` are the paragraphs that an extractor took for the article, in order; they need not be word for word as in
    the page. Added to them is the prose that stands among them, left out what stands beside: captions, menus, lines
    that are all link. Where the chosen texts are but a small part of the prose of the page, all its prose is chosen.
    """
    side = sides(page)
    main = _main(page, side)
    shown = tuple(n for n, piece in enumerate(page.pieces) if piece.seen and not side[piece.node])
    if not any(main):  # of a page of short lines all is kept that is not plainly beside them
        return shown
    keys = [_key(piece.block.text) for piece in page.pieces]
    chosen = _located(keys, texts)
    told = {key for key, is_in in zip(keys, chosen, strict=True) if is_in}
    if told.issuperset(keys[n] for n in shown):  # a mere fragment: its repeats are chosen too
        chosen = [piece.seen and not side[piece.node] for piece in page.pieces]
    if size(page, map(and_, chosen, main)) < _LEAST * size(page, main):
        chosen = list(map(or_, chosen, main))
    chosen = _with_parts(page, chosen, side)
    tree = _weigh(page, chosen)
    is_list = _is_list(page.pieces, chosen)
    hidden = size(page, (is_in and not piece.seen for piece, is_in in zip(page.pieces, chosen, strict=True)))
    whole = size(page, chosen)
    kept = [
        _belongs(piece, is_in, page, tree)
        and (is_list or not _leads_away(piece))
        and (piece.seen or 2 * hidden > whole)
        for piece, is_in in zip(page.pieces, chosen, strict=True)
    ]
    places = sorted({*_opening(page, kept, tree, side), *(number for number, is_in in enumerate(kept) if is_in)})
    while places and page.pieces[places[-1]].block.kind is Kind.HEADING:  # of something that was left out
        places.pop()
    return tuple(places)


def _opening(page: Page, kept: Sequence[bool], tree: _Tree, side: Sequence[bool]) -> Iterator[int]:
    """The places of paragraphs between the page's heading and the element that holds the article, next to it. What
    stands elsewhere there is a standfirst, which says what the article says."""
    around = page.parents[tree.inside.index(True)]
    first = next((n for n, is_in in enumerate(kept) if is_in and is_text(page.pieces[n])), 0)
    for number in range(first - 1, -1, -1):
        piece = page.pieces[number]
        if page.tags[piece.node] == "h1":
            break
        beside = page.tags[piece.node] == "p" and page.parents[piece.node] == around
        if beside and is_clean(piece) and not side[piece.node]:
            yield number


def _key(text: str) -> str:
    """What two ways of writing the same text share: its letters and digits; all of it where there are none."""
    return "".join(_LETTERS.findall(text)) or text


def _located(keys: Sequence[str], texts: Sequence[str]) -> list[bool]:
    """Which of the pieces with these ``keys`` the texts are."""
    places = [0, *accumulate(map(len, keys))]
    whole = "".join(keys)
    alike: dict[str, list[int]] = defaultdict(list)
    for number, each in enumerate(keys):
        alike[each].append(number)
    starts = {each[:_START]: number for number, each in reversed(list(enumerate(keys)))}
    chosen = [False] * len(keys)
    last = searches = 0
    for each in map(_key, texts):
        if each in alike:
            found = bisect_left(alike[each], last)
            first = alike[each][found if found < len(alike[each]) else 0]
            end = first + 1
        elif searches < _SEARCHES:
            searches += 1
            at = whole.find(each, places[last])
            first, end = _covered(whole.find(each) if at < 0 else at, len(each), places)
            if first == end and len(each) > _START and each[:_START] in starts:  # its end was lost
                first, end = starts[each[:_START]], starts[each[:_START]] + 1
        else:
            continue
        while first < end < len(keys) and keys[end] == keys[end - 1]:  # extractors drop what repeats its neighbour
            end += 1
        chosen[first:end] = [True] * (end - first)
        last = max(last, end)
    return chosen


def _covered(at: int, length: int, places: Sequence[int]) -> tuple[int, int]:
    """The pieces, as a half open range, that lie between two places of the whole text by more than a half."""
    if at < 0:
        return 0, 0
    first, end = bisect_right(places, at) - 1, bisect_left(places, at + length)
    if 2 * (at - places[first]) > places[first + 1] - places[first]:
        first += 1
    if end > first and 2 * (places[end] - at - length) > places[end] - places[end - 1]:
        end -= 1
    return first, max(first, end)


def _main(page: Page, side: Sequence[bool]) -> list[bool]:
    """The prose below the element whose paragraphs, and those of its children, hold most of it."""
    fits = [is_clean(piece) and not side[piece.node] for piece in page.pieces]
    score = [0.0] * len(page.parents)
    for piece, fit in zip(page.pieces, fits, strict=True):
        if fit:
            above = page.parents[piece.node]
            score[piece.node] += len(piece.block.text) / 2
            if above >= 0:
                score[above] += len(piece.block.text)
    best = max(range(len(score)), key=score.__getitem__, default=-1)
    inside = inherited(page, [number == best for number in range(len(score))])
    return [fit and inside[piece.node] for piece, fit in zip(page.pieces, fits, strict=True)]


def _with_parts(page: Page, chosen: Sequence[bool], side: Sequence[bool]) -> list[bool]:
    """What was chosen with the other parts of an article that its page parts, as by advertisements: the neighbours,
    full of prose too, of the element that holds the chosen part and of the two around it. Where no <article> tells
    how far the article goes they are of the same tag and class; another <article> is another article."""
    tree = _weigh(page, chosen)
    if not any(tree.inside):
        return list(chosen)
    clean = below(page, (is_clean(piece) and not side[piece.node] for piece in page.pieces))
    full = below(page, (not side[piece.node] for piece in page.pieces))
    part = tree.inside.index(True)
    found = [False] * len(page.parents)
    for _ in range(_LEVELS):
        around = page.parents[part]
        if around < 0 or page.tags[part] in ("article", "main"):
            break
        within = "article" in _tags_from(page, around)
        for number in range(around + 1, len(page.parents)):
            alike = within or (page.tags[number], page.classes[number]) == (page.tags[part], page.classes[part])
            prose = clean[number] >= _PART and clean[number] > _PURE * full[number] and page.tags[number] != "article"
            found[number] = found[number] or (
                page.parents[number] == around and number != part and alike and prose and not page.aside[number]
            )
        part = around
    inside = inherited(page, found)
    return [
        is_in or (inside[piece.node] and not side[piece.node] and piece.linked <= LINKED)
        for piece, is_in in zip(page.pieces, chosen, strict=True)
    ]


def _tags_from(page: Page, number: int) -> Iterator[str]:
    """The tags of an element and of those around it."""
    while number >= 0:
        yield page.tags[number]
        number = page.parents[number]


def _weigh(page: Page, chosen: Sequence[bool]) -> _Tree:
    prose = below(page, (is_in and is_text(piece) for piece, is_in in zip(page.pieces, chosen, strict=True)))
    most = prose[0] if prose else 0
    holder = max((number for number, each in enumerate(prose) if each >= _MOST * most), default=0)
    while page.tags[holder] in _PARAGRAPHS and page.parents[holder] >= 0:
        holder = page.parents[holder]
    inside = inherited(page, [number == holder for number in range(len(prose))])
    side = [
        inside[number] and number != holder and page.aside[number] and prose[number] <= _HOLDS * most
        for number in range(len(prose))
    ]
    return _Tree(prose, inside, inherited(page, side))


def _belongs(piece: Piece, chosen: bool, page: Page, tree: _Tree) -> bool:
    """Whether a piece is of the article."""
    if tree.beside[piece.node]:
        return False
    if chosen:
        return tree.inside[piece.node]
    above = page.parents[piece.node]
    near = tree.prose[piece.node] or (above >= 0 and tree.inside[above] and tree.prose[above])
    return tree.inside[piece.node] and bool(near) and is_text(piece)


def _is_list(pieces: Sequence[Piece], chosen: Sequence[bool]) -> bool:
    """Whether much of what was chosen is links: then they are what the page is about."""
    sizes = [(len(piece.block.text), _leads_away(piece)) for piece, is_in in zip(pieces, chosen, strict=True) if is_in]
    return sum(size for size, away in sizes if away) > _LISTED * sum(size for size, _ in sizes)


def _leads_away(piece: Piece) -> bool:
    """Whether a piece is nothing but a link to something else; an address that is spelt out is a source."""
    text = piece.block.text
    return piece.block.kind is Kind.PARAGRAPH and piece.linked > 0.9 and not ends_sentence(text) and "://" not in text
