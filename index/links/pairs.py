"""Which documents could be related, by their signatures alone; ``index.links.relate`` then looks at their texts.

MinHash values are put side by side in bands (Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, chapter 3):
with bands of two of 128 values, a pair with J = 0.3 shares a band with probability .998, one with J = 0.01 with .006.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.links.signature import NAMES, VALUES, Hashes, Signatures

LEAST = 16
"""Shingles; a shorter text says too little to be known again."""
SAME = 0.6
"""Share of the shorter text that stands in the other one too, of copies and versions; of different stories about one
event it is below .1."""
DAMAGED = 2.0
"""Marks in 1,000 words from which a text may be a garbled rewrite."""
_LIKELY = 0.35  # that share as it is estimated
_DEVIATIONS = 3.0  # standard ones, by which the values of a pair with the share SAME may be too few
_CLOSEST = 24  # documents that one is compared with word for word, the likeliest
_SOURCES = 6  # and to see whether it is a rewrite of one
_SHARED = 0.08  # estimated share of names and figures that a rewrite has in common with its source
_CROWD = 32  # documents in one band; of more, each is compared with the next few only
_NEXT = 8
_HELD = 2_000_000  # pairs that are held before they are looked at
_AT_ONCE = 4_000  # of these, the pairs whose values are compared at a time: what is compared stays in the cache

Rows = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two rows of the signatures. ``rewrite`` says that ``one`` may be a garbled rewrite of ``other``; otherwise they
    may be the same text."""

    one: int
    other: int
    rewrite: bool = False


def near(signatures: Signatures, new: Flags) -> list[Pair]:
    """Pairs of texts that may have much in common, one of them ``new``, shape (n,); at most 24 for each new one, the
    likeliest, in the order of their rows."""
    whole = np.flatnonzero(signatures.shingles >= LEAST)
    sizes = signatures.shingles[whole].astype(np.float64)
    values = signatures.values[whole]
    ends = values.astype(np.uint8)  # the last byte of each value: where these differ, the values do

    def likely(agreed: Numbers, pairs: Rows) -> Flags:
        # The values of a pair that shares SAME of the shorter text agree with this probability, hence (binomial) at
        # least so often; what agrees less often need not be read.
        one, other = sizes[pairs[:, 0]], sizes[pairs[:, 1]]
        small, both = np.minimum(one, other), one + other
        share = SAME * small / (both - SAME * small)
        enough = agreed >= share - _DEVIATIONS * np.sqrt(share * (1.0 - share) / VALUES)
        found: Flags = enough & (_contained(agreed, sizes, pairs) >= _LIKELY)
        return found

    def possible(pairs: Rows) -> Flags:
        # Last bytes agree at least as often as the values do, and are compared four times as fast.
        found = likely(_agreed(ends, pairs), pairs)
        found[found] = likely(_agreed(values, pairs[found]), pairs[found])
        return found

    pairs = likely_pairs(values, new[whole], possible)
    likeliest = np.argsort(-_contained(_agreed(values, pairs), sizes, pairs), kind="stable")
    return _closest(whole[pairs[likeliest]], new)


def _closest(pairs: Rows, new: Flags) -> list[Pair]:
    """Of these pairs of rows, the likeliest first, those in which no ``new`` row has had its 24, in order."""
    left = np.where(new, _CLOSEST, len(pairs)).tolist()
    chosen = list[int]()
    for place, (one, other) in enumerate(pairs.tolist()):
        if left[one] and left[other]:
            left[one] -= 1
            left[other] -= 1
            chosen.append(place)
    taken = pairs[chosen]
    return [Pair(one, other) for one, other in taken[np.lexsort((taken[:, 1], taken[:, 0]))].tolist()]


def _agreed(values: Hashes | npt.NDArray[np.uint8], pairs: Rows) -> Numbers:
    """The share of their values in which these pairs agree."""
    agreed = np.empty(len(pairs))
    for first in range(0, len(pairs), _AT_ONCE):
        one, other = pairs[first : first + _AT_ONCE].T
        # Eight flags, of a byte each, are added at once, and none of the sums is more than a byte holds.
        flags = (values[one] == values[other]).view(np.uint64).sum(axis=1)
        agreed[first : first + _AT_ONCE] = flags.view(np.uint8).reshape(len(flags), 8).sum(axis=1)
    return agreed / VALUES


def _contained(agreed: Numbers, sizes: Numbers, pairs: Rows) -> Numbers:
    """The share of the smaller set that is in the other one too, of two that share ``agreed`` of their union."""
    one, other = sizes[pairs[:, 0]], sizes[pairs[:, 1]]
    share: Numbers = agreed * (one + other) / (1.0 + agreed) / np.minimum(one, other)
    return share


def likely_pairs(values: Hashes, fresh: Flags, possible: Callable[[Rows], Flags]) -> Rows:
    """Pairs of rows of ``values``, shape (n, VALUES), that share a band, at least one of each pair ``fresh``, shape
    (n,), and that are ``possible``: a function of pairs, shape (m, 2), which may be asked twice of one. Returns int64
    of shape (pairs, 2), the lower row first, each pair once, in order. Of a band that more than 32 rows share, each row
    is paired with the next few only, so that the work grows with the number of rows."""
    kept, held = [np.zeros(0, dtype=np.int64)], list[Rows]()
    last = VALUES - 2
    for band in range(0, VALUES if fresh.any() else 0, 2):
        held += _banded(values[:, band].astype(np.uint64) << np.uint64(32) | values[:, band + 1], fresh)
        if held and (band == last or sum(map(len, held)) > _HELD):
            codes = _different(held)
            held.clear()
            for first in range(0, len(codes), _AT_ONCE):
                some = codes[first : first + _AT_ONCE]
                some = some[fresh[_decoded(some)].any(axis=1)]
                kept.append(some[possible(_decoded(some))])
    return _decoded(_different(kept))


def _decoded(codes: Rows) -> Rows:
    """The pairs of rows, shape (n, 2), whose codes these are, shape (n,): the lower row times 2**32 plus the other."""
    return np.stack((codes >> 32, codes & 0xFFFFFFFF), axis=1)


def _different(some: Sequence[Rows]) -> Rows:
    """The different numbers in these arrays, of which there is at least one, sorted."""
    every = np.concatenate(some)
    every.sort()  # of so many, np.unique makes a table, which takes ten times as long
    different: Rows = every[np.append(True, every[1:] != every[:-1])[: len(every)]]
    return different


def _banded(keys: npt.NDArray[np.uint64], fresh: Flags) -> list[Rows]:
    """The pairs of rows with the same key, as codes (see ``_decoded``)."""
    rows = np.arange(len(keys)) if fresh.all() else np.flatnonzero(_among(keys, keys[fresh]))
    rows = rows[np.argsort(keys[rows], kind="stable")]
    keys = keys[rows]
    starts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
    sizes = np.diff(starts, append=len(keys))
    left = np.repeat(starts + sizes, sizes) - np.arange(len(keys))  # rows with the same key, from each one on
    reach = np.minimum(left, np.repeat(np.where(sizes <= _CROWD, sizes, _NEXT + 1), sizes))
    found = list[Rows]()
    ones = np.flatnonzero(reach > 1)
    for step in range(1, _CROWD):
        if not len(ones):
            break
        found.append(rows[ones] << 32 | rows[ones + step])
        ones = ones[reach[ones] > step + 1]
    return found


def _among(keys: npt.NDArray[np.uint64], some: npt.NDArray[np.uint64]) -> Flags:
    """Which of ``keys`` are among ``some``, of which there is at least one."""
    ordered = np.unique(some)
    places = np.minimum(np.searchsorted(ordered, keys), len(ordered) - 1)
    among: Flags = ordered[places] == keys
    return among


def sources(signatures: Signatures, new: Flags) -> list[Pair]:
    """Pairs of a damaged text and one with the same names that is not, one of them ``new``, shape (n,); at most 6 for
    each damaged one, the likeliest first."""
    found = list[Pair]()
    whole, fresh = _columns(signatures, np.arange(len(new))), _columns(signatures, np.flatnonzero(new))
    for row in np.flatnonzero(signatures.damage >= DAMAGED).tolist():
        some = whole if new[row] else fresh
        alike = agreement(signatures.names[row], some.names)
        likely = np.flatnonzero((alike >= _SHARED * NAMES) & (some.damage * 2 <= signatures.damage[row]))
        best = likely[np.argsort(-alike[likely].astype(np.int64), kind="stable")[:_SOURCES]]
        found += [Pair(row, int(other), rewrite=True) for other in some.rows[best]]
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Columns:
    """Of n rows of the signatures their numbers, the values of their names, shape (NAMES, n), and their damage."""

    rows: Rows
    names: Hashes
    damage: npt.NDArray[np.float32]


def _columns(signatures: Signatures, rows: Rows) -> _Columns:
    return _Columns(rows, np.ascontiguousarray(signatures.names[rows].T), signatures.damage[rows])


def agreement(one: Hashes, others: Hashes) -> npt.NDArray[np.uint8]:
    """In how many of its values ``one``, shape (m,) with m < 256, agrees with each column of ``others``, shape (m, n):
    uint8 of shape (n,). Divided by m, it estimates the fraction that the two sets share."""
    agreed = np.zeros(others.shape[1], dtype=np.uint8)
    for value, row in zip(one, others, strict=True):
        agreed += row == value
    return agreed
