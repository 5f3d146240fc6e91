"""The exact index: every vector compared with the question's.

A vector is held as bytes, a quarter of its size, with how far they are from it at most (Cauchy and Schwarz: the
product of two vectors is at most that of their lengths). So a first look at all of them leaves some tens that may be
among the nearest, and none that is can be missing. Those few are read from the library, and give the exact scores.
"""

import threading
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index import heap
from index.embed import Vectors
from index.errors import VectorIndexError
from index.labels import Labels
from index.library import ChunkVectors, Hit, Library
from index.types import Filters

_FEW = 0.5  # share of the vectors below which they are picked out first, which is faster than to compare all
_READ = 5000  # vectors read from the library at once
_BLOCK = 2048  # vectors compared at once: as floats they still lie in the processor's cache
_ROUNDING = 1e-5  # what the arithmetic may add to the distance of the bytes from a vector
_TRIES = 5  # questions that begin anew because the library was embedded again meanwhile


@dataclass(frozen=True, slots=True, eq=False)
class _Packed:
    """Vectors as bytes: row ``i`` is about ``codes[i] * scale[i]`` (int8 of shape (n, d), float32 of shape (n,)), and
    the length of the difference is ``error[i]``."""

    codes: npt.NDArray[np.int8]
    scale: Vectors
    error: Vectors


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    """The vectors of one state of the library, in the order of its labels."""

    labels: Labels
    embedding: str
    packed: _Packed


@dataclass(frozen=True, slots=True)
class Passing:
    """Those of some chunks that a filter leaves, in their order; the share in [0, 1] that it leaves of all ``total``
    chunks."""

    ids: tuple[str, ...]
    share: float
    total: int


class ExactIndex:
    """A VectorIndex that searches exhaustively: exact, read only, any number at once.

    It reads the vectors at the first query, and after the library changed those that are new; one that is never asked
    costs nothing. 100,000 vectors of 384 dimensions take 40 MB and about a second to read at first; while new ones
    are added, there are two copies of them.
    """

    def __init__(self) -> None:
        self._library: Library | None = None
        self._reading = threading.Lock()
        self._held: _Held | None = None

    def sync(self, library: Library, advance: Callable[[int], None] = lambda _: None) -> None:
        """Remembers the library; nothing is added anywhere, so ``advance`` is never called."""
        self._library = library.whole

    def query(self, vector: Vectors, filters: Filters, k: int) -> tuple[Hit, ...]:
        """See VectorIndex; ties are in the order of the ids. Raises VectorIndexError for another dimension."""
        for _ in range(_TRIES):
            held = self._read()
            if held is None or not held.labels.ids:
                return ()
            if len(vector) != held.packed.codes.shape[1]:
                raise VectorIndexError(
                    f"the question's vector has {len(vector)} dimensions, the library's have "
                    f"{held.packed.codes.shape[1]}; run `citedesk doctor`"
                )
            places = None if filters == Filters() else np.flatnonzero(held.labels.mask(filters))
            likely = _likely(held.packed, vector, places, k)
            rows = dict(zip(held.labels.rows[likely].tolist(), (held.labels.ids[at] for at in likely), strict=True))
            found = None if self._library is None else self._library.vectors_of_rows(rows, held.embedding)
            if found is not None and not found.ids:
                return ()
            if found is not None:
                scores = _cosines(found.matrix, vector)
                return tuple(Hit(found.ids[at], float(scores[at])) for at in _top(scores, k))
        raise VectorIndexError("the library is embedded again and again; ask once that is over")

    def passing(self, ids: Sequence[str], filters: Filters) -> Passing:
        """Which of ``ids`` the filters leave; one that is not in the library is not."""
        held = self._read()
        if held is None:
            return Passing((), 0.0, 0)
        mask, known = held.labels.mask(filters), held.labels.ids  # which are in order
        places = [bisect_left(known, id_) for id_ in ids]
        kept = [
            id_
            for id_, place in zip(ids, places, strict=True)
            if place < len(known) and known[place] == id_ and mask[place]
        ]
        return Passing(tuple(kept), float(mask.mean()) if len(mask) else 0.0, len(mask))

    def close(self) -> None:
        """Frees the memory; a later query reads the vectors again."""
        with self._reading:
            self._held = None

    def _read(self) -> _Held | None:
        library = self._library
        if library is None:
            return None
        with self._reading:
            held = self._held
            if held is None:
                self._held = _updated(None, library)
            elif held.labels.state != library.state():
                self._held = _updated(held, library)
            return self._held


def _updated(held: _Held | None, library: Library) -> _Held:
    """The vectors as the library has them now: those that are still in, and the new ones."""
    parts, embedding = ([], "") if held is None else ([held.packed], held.embedding)
    known = {} if held is None else {id_: place for place, id_ in enumerate(held.labels.ids)}
    while True:
        change = library.difference(known, embedding, _READ)
        if change.embedding != embedding:
            parts, known, embedding = [], {}, change.embedding
        if change.vectors.ids:
            for place, id_ in enumerate(change.vectors.ids, len(known)):
                known[id_] = place
            parts.append(_pack(change.vectors))
        if len(change.vectors.ids) < _READ:
            break
    order = np.array([known[id_] for id_ in change.labels.ids], dtype=np.int64)
    if not parts:
        empty = np.zeros(0, dtype=np.float32)
        return _Held(change.labels, embedding, _Packed(np.zeros((0, 0), dtype=np.int8), empty, empty))
    packed = _joined(parts, order)
    if len(parts) > 1:
        del parts, known
        heap.trim()  # what was read on the way
    return _Held(change.labels, embedding, packed)


def _joined(parts: Sequence[_Packed], order: npt.NDArray[np.int64]) -> _Packed:
    """The rows of all parts, one after another, in this order; without a copy of them all on the way."""
    number, dimension = len(order), parts[0].codes.shape[1]
    codes, scale = np.empty((number, dimension), dtype=np.int8), np.empty(number, dtype=np.float32)
    error, first = np.empty(number, dtype=np.float32), 0
    for part in parts:
        places = np.flatnonzero((order >= first) & (order < first + len(part.codes)))
        rows = order[places] - first
        codes[places], scale[places], error[places] = part.codes[rows], part.scale[rows], part.error[rows]
        first += len(part.codes)
    return _Packed(codes, scale, error)


def _pack(vectors: ChunkVectors) -> _Packed:
    scale = np.abs(vectors.matrix).max(axis=1) / 127 + np.float32(1e-30)  # of a vector of zeros as well
    codes = np.rint(vectors.matrix / scale[:, None]).astype(np.int8)
    error: Vectors = np.linalg.norm(vectors.matrix - codes * scale[:, None], axis=1).astype(np.float32)
    return _Packed(codes, scale.astype(np.float32), error)


def _likely(packed: _Packed, vector: Vectors, places: npt.NDArray[np.int64] | None, k: int) -> npt.NDArray[np.int64]:
    """Those of ``places`` (of all when None) that may be among the ``k`` nearest, in their order."""
    few = places is not None and len(places) < _FEW * len(packed.codes)
    cosines = _about(packed, vector, places if few else None)
    error = packed.error * np.linalg.norm(vector) + _ROUNDING
    if places is not None:
        error = error[places]
        if not few:
            cosines = cosines[places]
    if k < len(cosines):
        least = cosines - error
        kept = np.flatnonzero(cosines + error >= np.partition(least, len(least) - k)[len(least) - k])
    else:
        kept = np.arange(len(cosines))
    return kept if places is None else places[kept]


def _about(packed: _Packed, vector: Vectors, places: npt.NDArray[np.int64] | None) -> Vectors:
    """The products of the packed vectors in these places with ``vector``, block by block."""
    number = len(packed.codes) if places is None else len(places)
    cosines, floats = np.empty(number, dtype=np.float32), np.empty((_BLOCK, len(vector)), dtype=np.float32)
    for first in range(0, number, _BLOCK):
        last = min(first + _BLOCK, number)
        some = slice(first, last) if places is None else places[first:last]
        np.copyto(floats[: last - first], packed.codes[some])
        cosines[first:last] = _cosines(floats[: last - first], vector)
    cosines *= packed.scale if places is None else packed.scale[places]
    return cosines


def _cosines(matrix: Vectors, vector: Vectors) -> Vectors:
    """``matrix @ vector``, in one thread and row by row: it takes as long (both wait for the memory), leaves the other
    cores to other questions, and equal rows get equal scores wherever they lie, so that ties are."""
    cosines: Vectors = np.einsum("ij,j->i", matrix, vector)
    return cosines


def _top(scores: Vectors, k: int) -> npt.NDArray[np.int64]:
    """The places of the ``k`` highest scores, highest first, equal ones in their order."""
    if k < len(scores):
        last = np.partition(scores, len(scores) - k)[len(scores) - k]
        places = np.flatnonzero(scores >= last)  # ties with the last included
    else:
        places = np.arange(len(scores))
    chosen: npt.NDArray[np.int64] = places[np.argsort(-scores[places], kind="stable")[:k]]
    return chosen
