"""What documents are to each other: copies, earlier versions, and garbled rewrites of a better source.

Signatures (``index.links.signature``) find the few pairs that could be related; their texts decide. Of a pair, the link
of a superseded or garbled document goes to the one to be preferred; copies are linked both ways.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from urllib.parse import urlsplit

import numpy as np

from index.library import Library
from index.links.agreement import BETWEEN, agree
from index.links.pairs import LEAST, SAME, Pair, near, sources
from index.links.relations import Article, Signed
from index.links.rewrites import is_rewrite
from index.links.signature import Hashes, Signatures, shingles, signed, unpack
from index.types import Link, Precision, Relation

_TOGETHER = 500  # documents, or pairs of them, read at once
_HELD = 16_000_000  # shingles, of 4 bytes each, that are held so that nothing is cut into them twice
_VERBATIM = 0.9  # a text with that share of another one is a copy, however damaged
_FIGURES = 0.8  # of a copy's figures, the share that its original has: a bulletin of the next day has others
_NEARLY = 0.85  # above that share, no figure that matters can be another one in every sentence
_KEPT = 0.4  # of an earlier version's sentences, the share that its later one has word for word
_DAYS = 30  # between versions of an article, where neither title nor address is the same
_UPDATE = re.compile(
    r"\W*(?:(?P<number>update \d+|\d+(?:st|nd|rd|th) lead|write-?through \d*)|(?:updated?|corrected|correction|"
    r"clarified|revised|recast)\b(?! (?:to|by|the|of))|(?=.{0,80}\(updated?|corrected\)))\s*[:–—-]?\s*",
    re.IGNORECASE,
)
_TELLS = re.compile(
    r"(?:this (?:story|article|report|version)|an earlier version of this (?:story|article|report)|"
    r"(?:correction|clarification|editor[’']s note|update)\b\W).{0,200}\b(?:updat|correct|clarif|misstat|amend)",
    re.IGNORECASE,
)
_DATED = re.compile(
    r"\d+|\b(?:january|february|march|april|may|june|july|august|september|october|november|december|monday|tuesday|"
    r"wednesday|thursday|friday|saturday|sunday|spring|summer|autumn|winter)\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\d+(?:[.,:]\d+)*")
_WORD = re.compile(r"\w+")


def relate(library: Library, advance: Callable[[int, int], None] = lambda done, total: None) -> int:
    """Links what was stored since the last time to what it is a copy, an earlier version or a rewrite of; returns the
    number of documents that were looked at. One transaction. Documents come with their signatures; where they did not,
    these are made here, and ``advance`` is told how many are, and of how many."""
    fresh = frozenset(library.unrelated())
    if not fresh:
        return 0
    there = library.signatures()
    unsigned = sorted(fresh.difference(each.id for each in there))  # of a library that an earlier program filled
    every = sorted([*there, *_sign(library, unsigned, advance)], key=lambda each: each.id)
    advance(len(unsigned), len(unsigned))
    ids = [each.id for each in every]
    new = np.array([id_ in fresh for id_ in ids], dtype=np.bool_)
    signatures = unpack([each.signature for each in every])
    pairs = [*_alike(library, ids, near(signatures, new)), *sources(signatures, new)]
    links = _links(library, ids, signatures, pairs)
    library.note_relations([each for each in every if each.id in fresh], links)
    return len(fresh)


def _sign(library: Library, ids: Sequence[str], advance: Callable[[int, int], None]) -> Iterable[Signed]:
    for first in range(0, len(ids), _TOGETHER):
        advance(first, len(ids))
        for article in library.articles(ids[first : first + _TOGETHER]):
            yield Signed(article.id, article.version, signed(article.text))


def _links(library: Library, ids: Sequence[str], signatures: Signatures, pairs: Sequence[Pair]) -> list[Link]:
    """The links of those pairs that are related; a garbled rewrite is nothing else of the same document."""
    found = dict[tuple[int, int], list[Link]]()
    for first in range(0, len(pairs), _TOGETHER):
        some = pairs[first : first + _TOGETHER]
        rows = sorted({row for pair in some for row in (pair.one, pair.other)})
        articles = {each.id: each for each in library.articles([ids[row] for row in rows])}
        for pair in some:
            one, other = articles.get(ids[pair.one]), articles.get(ids[pair.other])
            if one is None or other is None:
                continue
            key = (min(pair.one, pair.other), max(pair.one, pair.other))
            if not pair.rewrite:
                found.setdefault(key, relation(one, other))
                continue
            marks, better = float(signatures.damage[pair.one]), float(signatures.damage[pair.other])
            contained = _contained(_shingles(one.text), _shingles(other.text))
            if contained < _VERBATIM and is_rewrite(one.text, marks, other.text, better):
                found[key] = [Link(one.id, Relation.REWORDED, other.id)]
    return [link for links in found.values() for link in links]


def _alike(library: Library, ids: Sequence[str], pairs: Sequence[Pair]) -> list[Pair]:
    """Of pairs that may be the same text those that share as much as such do."""
    found, held, size = list[Pair](), dict[str, Hashes](), 0
    for first in range(0, len(pairs), _TOGETHER):
        some = pairs[first : first + _TOGETHER]
        if size > _HELD:
            held, size = {}, 0
        wanted = {ids[row] for pair in some for row in (pair.one, pair.other)}
        for article in library.articles(sorted(wanted.difference(held))):
            held[article.id] = shingles(article.text)
            size += len(held[article.id])
        for pair in some:
            one, other = held.get(ids[pair.one]), held.get(ids[pair.other])
            if one is not None and other is not None and _contained(one, other) >= SAME:
                found.append(pair)
    return found


def relation(one: Article, other: Article) -> list[Link]:
    """What two documents whose texts may be the same are to each other: a link from the earlier version to the later
    one, two between copies that agree (see ``index.links.agreement``), none where they say different things."""
    mine, theirs = _shingles(one.text), _shingles(other.text)
    contained = _contained(mine, theirs)
    if min(len(mine), len(theirs)) < LEAST or contained < SAME:
        return []
    order = _order(one, other) if _one_article(one, other) else 0
    earlier, later = (one, other) if order <= 0 else (other, one)
    if order and max(_kept(earlier.text, later.text), _kept(later.text, earlier.text)) >= _KEPT:
        return [Link(earlier.id, Relation.EARLIER, later.id)]
    shorter, longer = (one, other) if len(mine) <= len(theirs) else (other, one)
    if contained < _NEARLY and not _same_figures(shorter.text, longer.text):
        return []
    if not agree(shorter.text, longer.text):  # nothing tells which of them is right, or the later one
        return []
    return [Link(one.id, Relation.COPY, other.id), Link(other.id, Relation.COPY, one.id)]


def _contained(mine: Hashes, theirs: Hashes) -> float:
    """The share of the shorter text's shingles that stand in the other one too; all are different and sorted."""
    both = np.concatenate((mine, theirs))
    both.sort()
    return int(np.count_nonzero(both[1:] == both[:-1])) / max(1, min(len(mine), len(theirs)))


@lru_cache(maxsize=512)
def _shingles(text: str) -> Hashes:
    return shingles(text)


def _one_article(one: Article, other: Article) -> bool:
    """Whether they are versions of one article: by one address, or of one outlet with the same title, or another
    within _DAYS days; never where their titles name other days."""
    if _dates(one.title) != _dates(other.title):
        return False
    if one.url and other.url and _address(one.url) == _address(other.url):
        return True
    outlets = {_plain(each.outlet or "") for each in (one, other)}
    if len(outlets) > 1:
        return False
    if _plain(_UPDATE.sub("", one.title)) == _plain(_UPDATE.sub("", other.title)):
        return True
    days = abs((one.published - other.published).days) if one.published and other.published else None
    return outlets != {""} and (days is None or days <= _DAYS)


def _order(one: Article, other: Article) -> int:
    """-1 where ``one`` is the earlier of two versions, 1 where it is the later, 0 where nothing tells."""
    if one.published and other.published and one.published != other.published:
        if Precision.DAY is one.precision is other.precision:
            return -1 if one.published < other.published else 1
        return 0
    updates = [_updates(each) for each in (one, other)]
    return (updates[0] > updates[1]) - (updates[0] < updates[1])


def _updates(article: Article) -> int:
    """How often an article says that it was updated: 2 for "UPDATE 2-…", 1 for "Corrected: …"."""
    marked = _UPDATE.match(article.title)
    number = _FIGURE.search(marked["number"]) if marked and marked["number"] else None
    if number:
        return int(number[0])
    ends = (article.text[:400], article.text[-400:])
    return int(marked is not None or any(_TELLS.search(end) for end in ends))


def _kept(text: str, other: str) -> float:
    """The share of the sentences of ``text`` that ``other`` has word for word."""
    sentences = [words for words in (_words(each) for each in BETWEEN.split(text)) if words.count(" ") >= 3]
    whole = f" {_words(other)} "
    return sum(f" {words} " in whole for words in sentences) / len(sentences) if sentences else 0.0


def _same_figures(text: str, other: str) -> bool:
    """Whether ``other`` has the figures of ``text`` but for a few, or one: a house may add a line of its own."""
    mine, theirs = set(_FIGURE.findall(text)), set(_FIGURE.findall(other))
    return len(mine - theirs) <= max(1, (1 - _FIGURES) * len(mine))


def _dates(title: str) -> frozenset[str]:
    bare = _UPDATE.sub("", title)
    return frozenset(found.casefold() for found in _DATED.findall(bare))


def _words(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


def _plain(name: str) -> str:
    return _words(name).removeprefix("the ")


def _address(url: str) -> str:
    """Host and path of a web address, without what names a session or a campaign."""
    parts = urlsplit(url)
    return f"{parts.netloc.lower().removeprefix('www.')}{parts.path.rstrip('/')}"
