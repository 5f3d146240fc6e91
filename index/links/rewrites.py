"""Whether one text is a garbled rewrite of another: it retells it sentence by sentence, and is damaged where that is
not.

Automatic rewriting ("spinning") puts other words for those of a source, but keeps what it cannot vary: names, figures,
and mostly the order. So the sentences of both are aligned by the words they share, each word weighted by how few of
the sentences have it. Two reports of one event also share names and figures, but in other sentences and another order;
and neither of them is damaged.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.links.agreement import BETWEEN

_MOST = 160  # sentences of a text that are looked at
_LEAST = 4  # sentences; less is a caption
_STEM = 5  # letters: enough to tell words apart, few enough to join their forms
_ALIGNED = 0.3  # weighted cosine from which two sentences tell the same
# On made-up stories, rewrites of a whole source had a share of .8 or more, and what was written independently about the
# same event .33 or less, a follow-up .44.
_RETOLD = 0.5  # of a rewrite's sentences
_PART = 0.3  # where it is one of several sources that were put together
_IN_ORDER = 0.7
_MARKS = 3.0  # of damage, in 1,000 words or beside the source
_WORD = re.compile(r"[^\W_]+(?:[.,’'-][^\W_]+)*")
_MISQUOTED = 0.35  # share of common words from which two quotations are the same one
_FUNCTION = """
the and for that with was were has have had his her its their they this from but not are been who which will would
could said says say also after before into than then there when what where about over more most other some such
one two out can may might been being because during while him she them you your our all any
"""
_SMALL = frozenset(_FUNCTION.split())
_QUOTED = re.compile(r"[“\"]([^“”\"]{20,400})[”\"]")
_CAPITAL = re.compile(r"(?<=[\w,] )[^\W\d_a-z][a-zà-ÿ]{3,}\b")
_LOWER = re.compile(r"\b[a-zà-ÿ]{4,}\b")


@dataclass(frozen=True, slots=True)
class Alignment:
    """How far ``rewrite`` retells ``source``, all in [0, 1]: the ``share`` of its sentences that have one there, the
    share of these in the same ``order``, and the share of the source's sentences that are ``covered``. ``lowered`` are
    names of the source that it writes in small letters, ``altered`` quotations that it changed or made its own
    words; these are counted only where enough is told by both."""

    share: float
    order: float
    covered: float
    lowered: int
    altered: int


def is_rewrite(text: str, damage: float, source: str, source_damage: float) -> bool:
    """Whether ``text`` is a garbled rewrite of ``source``, whose ``damage`` (see ``index.links.damage``) is given."""
    if source_damage * 2 > damage:
        return False
    found = align(text, source)
    marks = damage + 2.0 * found.lowered + 2.0 * found.altered
    if min(found.share, found.order) >= _RETOLD and found.covered >= _PART:
        return marks >= _MARKS
    return min(found.share, found.covered) >= _PART and found.order >= _IN_ORDER and marks >= 2 * _MARKS


def align(rewrite: str, source: str) -> Alignment:
    """The alignment of two texts, of their first 160 sentences each."""
    mine, theirs = _sentences(rewrite), _sentences(source)
    if min(len(mine), len(theirs)) < _LEAST:
        return Alignment(0.0, 0.0, 0.0, 0, 0)
    alike = _alike([_tokens(each) for each in mine], [_tokens(each) for each in theirs])
    best, likeness = alike.argmax(axis=1), alike.max(axis=1)
    aligned = np.flatnonzero(likeness >= _ALIGNED)
    places = best[aligned].tolist()
    share, covered = len(aligned) / len(mine), len(set(places)) / len(theirs)
    order = _longest_rise(places) / len(places) if places else 0.0
    if min(share, covered) < _PART:
        return Alignment(share, order, covered, 0, 0)
    names = set(_CAPITAL.findall(source)) - {each.capitalize() for each in _LOWER.findall(source)}
    lowered = names & {each.capitalize() for each in _LOWER.findall(rewrite)}
    return Alignment(share, order, covered, len(lowered), _altered(rewrite, source))


def _sentences(text: str) -> list[str]:
    return [each for each in BETWEEN.split(text) if each and each.count(" ") >= 4][:_MOST]


def _tokens(sentence: str) -> frozenset[str]:
    words = (word.casefold() for word in _WORD.findall(sentence))
    return frozenset(word[:_STEM] for word in words if word not in _SMALL and (len(word) > 2 or word.isdigit()))


def _alike(mine: Sequence[frozenset[str]], theirs: Sequence[frozenset[str]]) -> npt.NDArray[np.float64]:
    """The weighted cosines of all pairs, shape (len(mine), len(theirs)); weights are inverse sentence frequencies."""
    rows = [*mine, *theirs]
    vocabulary = {word: place for place, word in enumerate(sorted(frozenset[str]().union(*rows)))}
    matrix = np.zeros((len(rows), max(1, len(vocabulary))))
    for row, words in enumerate(rows):
        matrix[row, [vocabulary[word] for word in words]] = 1.0
    matrix *= np.log((len(rows) + 1.0) / (matrix.sum(axis=0) + 0.5))
    matrix /= np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-9)
    cosines: npt.NDArray[np.float64] = matrix[: len(mine)] @ matrix[len(mine) :].T
    return cosines


def _longest_rise(places: Sequence[int]) -> int:
    """The length of the longest run of ``places`` in rising order, others left out."""
    ends: list[int] = []
    for place in places:
        at = int(np.searchsorted(ends, place, side="right")) if ends else 0
        ends[at : at + 1] = [place]
    return len(ends)


def _altered(rewrite: str, source: str) -> int:
    """How many quotations of ``rewrite`` are near one of ``source`` but not in its words."""
    quotes = [each for each in (_words(found) for found in _QUOTED.findall(source)) if len(each) >= 5]
    whole = " ".join(_words(source))
    number = 0
    for found in _QUOTED.findall(rewrite)[:_MOST]:
        words = _words(found)
        if len(words) >= 5 and " ".join(words) not in whole:
            shares = [len(set(words) & set(each)) / len(set(words) | set(each)) for each in quotes]
            number += max(shares, default=0.0) >= _MISQUOTED
    return number


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]
