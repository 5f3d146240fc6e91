"""What is stored of a document's text to find others like it: MinHash values of its word shingles and of its names.

Two sets that share a fraction J of their union agree in a MinHash value with probability J (Broder, 1997). Values are
put side by side in bands (Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, chapter 3): with bands of two of
128 values, a pair with J = 0.3 shares a band with probability .998, one with J = 0.01 with .006.
"""

import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint32]

SHINGLE = 4  # words
VALUES = 128  # of the shingles; a fraction is then estimated to within .04
NAMES = 64  # of the names and figures
_MOST_WORDS = 20_000  # of a text that are looked at: no document takes longer than that
_CROWD = 32  # documents in one band; of more, each is compared with the next few only
_NEXT = 8
_WORD = re.compile(r"\w+")
_NAME = re.compile(r"\b(?:[^\W\d_a-z][\w’'-]{2,}|\d[\d.,]*\d|\d)")
_HEAD = np.dtype([("shingles", "<u4"), ("damage", "<f4")])


@dataclass(frozen=True, slots=True, eq=False)
class Signature:
    """``values`` are the MinHash values of the shingles, shape (VALUES,), ``names`` those of the names and figures,
    shape (NAMES,); ``shingles`` is how many different shingles there are, ``damage`` that of ``index.links.damage``."""

    shingles: int
    damage: float
    values: Hashes
    names: Hashes

    def pack(self) -> bytes:
        """As ``unpack`` reads it: 776 bytes."""
        head = np.array([(self.shingles, self.damage)], dtype=_HEAD)
        return head.tobytes() + self.values.astype("<u4").tobytes() + self.names.astype("<u4").tobytes()


SIZE = _HEAD.itemsize + 4 * (VALUES + NAMES)


@dataclass(frozen=True, slots=True, eq=False)
class Signatures:
    """Those of n documents, row by row: ``values`` (n, VALUES), ``names`` (n, NAMES), the other two (n,)."""

    shingles: npt.NDArray[np.uint32]
    damage: npt.NDArray[np.float32]
    values: Hashes
    names: Hashes


def unpack(packed: Sequence[bytes]) -> Signatures:
    """The signatures in their order."""
    rows = np.frombuffer(b"".join(packed), dtype=np.uint8).reshape(len(packed), SIZE)
    head = np.ascontiguousarray(rows[:, : _HEAD.itemsize]).view(_HEAD).reshape(-1)
    hashes = np.ascontiguousarray(rows[:, _HEAD.itemsize :]).view("<u4").reshape(-1, VALUES + NAMES)
    return Signatures(head["shingles"], head["damage"], hashes[:, :VALUES], hashes[:, VALUES:])


def sign(text: str, damage: float) -> Signature:
    """The signature of a document's text. 0.5 ms for 600 words; datasketch takes up to a second to import once."""
    shingled = shingles(text)
    names = _hashed({each.casefold() for each in _NAME.findall(text[: 8 * _MOST_WORDS])})
    return Signature(len(shingled), damage, _minhash(shingled, VALUES), _minhash(names, NAMES))


def shingles(text: str) -> Hashes:
    """The hashes of the different runs of SHINGLE words, sorted; capitals, marks and white space do not count."""
    words = _hashed(_WORD.findall(text.casefold())[:_MOST_WORDS])
    if len(words) < SHINGLE:
        return np.zeros(0, dtype=np.uint32)
    runs = np.zeros(len(words) - SHINGLE + 1, dtype=np.uint32)
    for place in range(SHINGLE):  # a polynomial in the words' hashes, modulo 2**32
        runs = runs * np.uint32(0x01000193) + words[place : place + len(runs)]
    return np.unique(runs ^ (runs >> np.uint32(15)))


def _hashed(words: Iterable[str]) -> Hashes:
    # Nothing of Python runs for a single word; the library holds no lone surrogates, which could not be encoded.
    return np.fromiter(map(zlib.crc32, map(str.encode, words)), dtype=np.uint32)


def _minhash(hashes: Hashes, number: int) -> Hashes:
    from datasketch import MinHash

    sketch = MinHash(number, hashfunc=int, permutations=_permutations(number), scheme="affine32")
    sketch.update_batch(hashes.tolist())
    values: Hashes = sketch.hashvalues
    return values


@cache
def _permutations(number: int) -> npt.NDArray[np.uint64]:
    from datasketch import MinHash

    made: npt.NDArray[np.uint64] = MinHash(number, scheme="affine32").permutations
    return made


def agreement(one: Hashes, others: Hashes) -> npt.NDArray[np.float64]:
    """The estimated fraction that ``one``, shape (m,), shares with each row of ``others``, shape (n, m)."""
    share: npt.NDArray[np.float64] = (others == one).mean(axis=1)
    return share


def likely_pairs(values: Hashes, fresh: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Pairs of rows of ``values``, shape (n, VALUES), that share a band, at least one of each pair ``fresh``, shape
    (n,): int64 of shape (pairs, 2), the lower row first, each pair once. Of a band that more than 32 rows share, each
    row is paired with the next few only, so that the work grows with the number of rows."""
    found: list[npt.NDArray[np.int64]] = []
    for band in range(0, VALUES, 2):
        keys = values[:, band].astype(np.uint64) << np.uint64(32) | values[:, band + 1].astype(np.uint64)
        rows = np.flatnonzero(np.isin(keys, keys[fresh]))
        if not len(rows):
            continue
        rows = rows[np.argsort(keys[rows], kind="stable")]
        starts = np.flatnonzero(np.diff(keys[rows], prepend=keys[rows[:1]] + np.uint64(1)))
        for start, end in zip(starts, [*starts[1:], len(rows)], strict=True):
            if end - start > 1:
                found.append(_within(rows[start:end]))
    if not found:
        return np.zeros((0, 2), dtype=np.int64)
    pairs = np.unique(np.concatenate(found), axis=0)
    kept: npt.NDArray[np.int64] = pairs[fresh[pairs].any(axis=1)]
    return kept


def _within(rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The pairs of these rows, which are in order."""
    near = len(rows) if len(rows) <= _CROWD else _NEXT
    pairs = [np.stack([rows[:-step], rows[step:]], axis=1) for step in range(1, min(near + 1, len(rows)))]
    return np.concatenate(pairs)
