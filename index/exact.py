"""The exact index: the library's vectors in memory, every one compared with the question's."""

import threading
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.embed import Vectors
from index.errors import VectorIndexError
from index.labels import Labels
from index.library import Difference, Hit, Library
from index.types import Filters

_FEW = 0.2  # share of the vectors below which they are picked out first, which is faster than to compare all
_TOGETHER = 4096  # vectors copied at once


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    """The vectors of one state of the library, in the order of its labels: float32 of shape (len(labels.ids), d)."""

    labels: Labels
    embedding: str
    matrix: Vectors


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
    costs nothing. 100,000 vectors of 384 dimensions take 150 MB and about a second to read at first; while new ones
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
        held = self._read()
        if held is None or not held.labels.ids:
            return ()
        if len(vector) != held.matrix.shape[1]:
            raise VectorIndexError(
                f"the question's vector has {len(vector)} dimensions, the library's have {held.matrix.shape[1]}; "
                "run `citedesk doctor`"
            )
        if filters == Filters():
            places, scores = None, _cosines(held.matrix, vector)
        else:
            places = np.flatnonzero(held.labels.mask(filters))
            few = len(places) < _FEW * len(held.matrix)
            scores = _cosines(held.matrix[places], vector) if few else _cosines(held.matrix, vector)[places]
        return tuple(
            Hit(held.labels.ids[row if places is None else places[row]], float(scores[row])) for row in _top(scores, k)
        )

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
                self._held = _updated(None, library.difference((), ""))
            elif held.labels.state != library.state():
                self._held = _updated(held, library.difference(frozenset(held.labels.ids), held.embedding))
            return self._held


def _updated(held: _Held | None, change: Difference) -> _Held:
    """The vectors after a change: those that are still in, and the new ones."""
    labels, fresh = change.labels, change.vectors
    if held is None or held.embedding != change.embedding or len(fresh.ids) == len(labels.ids):
        return _Held(labels, change.embedding, fresh.matrix)
    before = {id_: place for place, id_ in enumerate(held.labels.ids)}
    source = np.array([before.get(id_, -1) for id_ in labels.ids], dtype=np.int64)
    kept, matrix = np.flatnonzero(source >= 0), np.empty((len(labels.ids), held.matrix.shape[1]), dtype=np.float32)
    for first in range(0, len(kept), _TOGETHER):  # in one go it would be a third copy
        rows = kept[first : first + _TOGETHER]
        matrix[rows] = held.matrix[source[rows]]
    if fresh.ids:
        matrix[source < 0] = fresh.matrix
    return _Held(labels, change.embedding, matrix)


def _cosines(matrix: Vectors, vector: Vectors) -> Vectors:
    """``matrix @ vector``, in one thread and row by row: it takes as long (both wait for the memory, 5 ms for 150 MB),
    leaves the other cores to other questions, and equal rows get equal scores wherever they lie, so that ties are."""
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
