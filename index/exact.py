"""The exact index: the library's vectors in memory, every one compared with the question's."""

import threading
from collections.abc import Callable

import numpy as np

from index.embed import Vectors
from index.errors import VectorIndexError
from index.library import ChunkVectors, Hit, Library
from index.tables import day_number
from index.types import Filters

_NONE = ChunkVectors((), (), (), (), np.zeros((0, 0), dtype=np.float32))


class ExactIndex:
    """A VectorIndex that searches exhaustively: exact, read only, any number at once.

    It reads the vectors at the first query after the library changed; one that is never asked costs nothing.
    """

    def __init__(self) -> None:
        self._library: Library | None = None
        self._reading = threading.Lock()
        self._state = ""
        self._vectors = _NONE

    def sync(self, library: Library, advance: Callable[[int], None] = lambda _: None) -> None:
        """Remembers the library; nothing is added anywhere, so ``advance`` is never called."""
        self._library = library

    def query(self, vector: Vectors, filters: Filters, k: int) -> tuple[Hit, ...]:
        """See VectorIndex; ties are in the order of the ids. Raises VectorIndexError for another dimension."""
        vectors = self._read()
        if not vectors.ids:
            return ()
        if len(vector) != vectors.matrix.shape[1]:
            raise VectorIndexError(
                f"the question's vector has {len(vector)} dimensions, the library's have {vectors.matrix.shape[1]}; "
                "run `citedesk doctor`"
            )
        scores = vectors.matrix @ vector
        if filters != Filters():
            scores = np.where(_mask(vectors, filters), scores, -np.inf)
        best = np.argsort(-scores, kind="stable")[:k]
        return tuple(Hit(vectors.ids[row], float(scores[row])) for row in best if np.isfinite(scores[row]))

    def close(self) -> None:
        """Frees the memory; a later query reads the vectors again."""
        with self._reading:
            self._vectors, self._state = _NONE, ""

    def _read(self) -> ChunkVectors:
        if self._library is None:
            return _NONE
        with self._reading:
            state = self._library.state()
            if state != self._state:
                self._vectors, self._state = self._library.vectors(), state
            return self._vectors


def _mask(vectors: ChunkVectors, filters: Filters) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    days = np.array(vectors.days)
    mask = np.ones(len(vectors.ids), dtype=np.bool_)
    if filters.since:
        mask &= days >= day_number(filters.since)
    if filters.until:
        mask &= (days <= day_number(filters.until)) & (days > 0)
    if filters.outlets:
        mask &= np.isin(vectors.outlets, filters.outlets)
    if filters.documents:
        mask &= np.isin(vectors.documents, filters.documents)
    return mask
