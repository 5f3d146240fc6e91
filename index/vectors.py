"""The vector index: Chroma, on disk or on a server, kept equal to the library and rebuilt from it when it is not.

A Chroma folder belongs to one process at a time: two lose vectors. The process that gets the lock uses Chroma; any
other (``citedesk ask`` while ``citedesk serve`` runs) searches the library's own vectors exactly, which needs no
ownership and gives the same answers.
"""

import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, cast
from urllib.parse import urlsplit

import chromadb
import httpx
import numpy as np
from chromadb.api.client import Client
from chromadb.api.models.Collection import Collection
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.api.types import Metadata, Where
from chromadb.config import Settings
from chromadb.errors import ChromaError, InternalError, NotFoundError
from filelock import FileLock, Timeout

from index.embed import Vectors
from index.errors import VectorIndexError
from index.library import ChunkVectors, Hit, Library
from index.tables import day_number
from index.types import Filters

BATCH = 5000  # Chroma refuses more than 5461 records in one call
_PROBES = 50  # stored vectors that look for themselves before the index is trusted; 30 ms at 100,000


class _DamagedError(Exception):
    """The index answers, but wrongly."""


class VectorIndex(Protocol):
    """Nearest chunks by cosine."""

    def sync(self, library: Library, advance: Callable[[int], None] = ...) -> None:
        """Brings the index to the library's present content; costs microseconds when it is there already.
        ``advance`` is called with the number of vectors added after each batch."""
        ...

    def query(self, vector: Vectors, filters: Filters, k: int) -> tuple[Hit, ...]:
        """The ``k`` nearest chunks that ``filters`` leave, highest cosine first. ``vector`` has shape (d,), norm 1."""
        ...

    def close(self) -> None:
        """Gives the index back, so that another process can own it."""
        ...


class ExactIndex:
    """All vectors of a library in memory, searched exhaustively: exact, read only, any number at once."""

    def __init__(self) -> None:
        self._state = ""
        self._vectors = ChunkVectors((), (), (), (), np.zeros((0, 0), dtype=np.float32))

    def sync(self, library: Library, advance: Callable[[int], None] = lambda _: None) -> None:
        """Reads the vectors again if the library changed."""
        state = library.state()
        if state != self._state:
            self._vectors, self._state = library.vectors(), state

    def query(self, vector: Vectors, filters: Filters, k: int) -> tuple[Hit, ...]:
        """See VectorIndex; ties are in the order of the ids."""
        vectors = self._vectors
        if not vectors.ids:
            return ()
        scores = vectors.matrix @ vector
        if filters != Filters():
            scores = np.where(_mask(vectors, filters), scores, -np.inf)
        best = np.argsort(-scores, kind="stable")[:k]
        return tuple(Hit(vectors.ids[row], float(scores[row])) for row in best if np.isfinite(scores[row]))

    def close(self) -> None:
        """Nothing to give back."""


class ChromaIndex:
    """A Chroma collection. Raises VectorIndexError when the server cannot be reached or the folder not be used."""

    def __init__(self, connect: Callable[[], Client], folder: Path | None, lock: FileLock | None) -> None:
        """``connect`` opens a client; ``folder`` and ``lock`` are None for a server."""
        self._connect, self._folder, self._lock = connect, folder, lock
        # It lies there while Chroma reads and writes its files: a process that died at it (a damaged graph can
        # crash it) may have left anything behind, and the next one starts from nothing.
        self._unsettled = None if folder is None else folder.with_name(folder.name + ".unsettled")
        self._syncing = threading.Lock()
        self._state = ""
        self._suspect = False  # a query failed inside Chroma: do not trust what is there
        self._client: Client | None = None
        self._collection: Collection | None = None

    def sync(self, library: Library, advance: Callable[[int], None] = lambda _: None) -> None:
        """See VectorIndex. While another thread is at it, returns at once: that thread is bringing it up to date."""
        state = library.state()
        if state == self._state or not self._syncing.acquire(blocking=self._collection is None):
            return
        try:
            if state != self._state:
                self._bring(library, state, advance)
                self._state = state
        finally:
            self._syncing.release()

    def query(self, vector: Vectors, filters: Filters, k: int) -> tuple[Hit, ...]:
        """See VectorIndex."""
        if self._collection is None:
            raise VectorIndexError("the vector index has not been opened yet")
        try:
            found = self._collection.query(
                query_embeddings=vector[None, :], n_results=k, where=_where(filters), include=["distances"]
            )
        except (ChromaError, httpx.HTTPError) as error:
            # The next sync repairs it: of a folder's files nothing is kept, a server may have lost the collection.
            self._suspect, self._state = isinstance(error, InternalError | NotFoundError), ""
            raise VectorIndexError(f"the vector index failed ({error}); run `citedesk doctor`") from error
        distances = (found["distances"] or [[]])[0]
        return tuple(
            Hit(chunk_id, 1.0 - distance) for chunk_id, distance in zip(found["ids"][0], distances, strict=True)
        )

    def close(self) -> None:
        """Closes the client and releases the folder."""
        with self._syncing:
            self._disconnect()
            self._state = ""
            if self._lock is not None:
                self._lock.release()

    def _bring(self, library: Library, state: str, advance: Callable[[int], None]) -> None:
        if self._lock is not None and not self._lock.is_locked:
            raise VectorIndexError("the vector index has been closed")
        try:
            if self._unsettled is not None:
                if self._unsettled.exists():
                    self._remove()
                self._unsettled.touch()
            try:
                if self._suspect:
                    self._discard(library)
                collection = self._open(library)
                self._equalise(collection, library, state, advance)
            except (ChromaError, _DamagedError, ValueError):
                self._discard(library)  # damaged, or of another dimension: the library has everything
                collection = self._open(library)
                self._equalise(collection, library, state, advance)
        except (ChromaError, _DamagedError, httpx.HTTPError, ValueError, OSError) as error:
            raise VectorIndexError(
                f"the vector index {self._folder or 'server'} cannot be used ({error}); "
                "check CHROMA_URL and that the server runs, or that the folder can be written"
            ) from error
        finally:
            if self._unsettled is not None:
                self._unsettled.unlink(missing_ok=True)
        self._collection, self._suspect = collection, False

    def _open(self, library: Library) -> Collection:
        if self._client is None:
            self._client = self._connect()
        # No embedding function, ever: Chroma's default one downloads a model.
        return self._client.get_or_create_collection(
            _name(library), embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )

    def _equalise(self, collection: Collection, library: Library, state: str, advance: Callable[[int], None]) -> None:
        want = library.chunk_ids()
        known = (collection.metadata or {}).get("state") == state and collection.count() == len(want)
        if not known:
            # An id names one text for ever, so equal ids mean equal content and nothing is ever overwritten.
            have = set(collection.get(include=[])["ids"])
            for batch in _batches(sorted(have - want)):
                collection.delete(ids=batch)
            for batch in _batches(sorted(want - have)):
                _add(collection, library.vectors(batch))
                advance(len(batch))
        # While another process writes, what is asked for may not have been there yet; the next sync asks again.
        if not _finds_itself(collection, library, want) and library.state() == state:
            raise _DamagedError("a stored vector is not found by a search for itself")
        if not known:
            collection.modify(metadata={"state": state})

    def _discard(self, library: Library) -> None:
        try:
            if self._client is None:
                self._client = self._connect()
            self._client.delete_collection(_name(library))
        except (ChromaError, ValueError) as error:
            if self._folder is not None:
                self._remove()  # not even the folder's own tables can be read
            elif not isinstance(error, NotFoundError):
                raise

    def _remove(self) -> None:
        self._disconnect()
        if self._folder is not None and self._folder.is_dir():
            shutil.rmtree(self._folder)
        elif self._folder is not None:
            self._folder.unlink(missing_ok=True)

    def _disconnect(self) -> None:
        if self._client is not None:
            self._client.close()
        self._client = self._collection = None


def open_index(folder: Path, url: str | None) -> VectorIndex:
    """The index at ``folder``, or on the Chroma server at ``url`` (http://host:port) when one is given.

    Where another process owns the folder, an ExactIndex. Call ``sync`` before the first query.
    """
    settings = Settings(anonymized_telemetry=False)
    if url is not None:
        try:
            parts = urlsplit(url)
            host, ssl = parts.hostname, parts.scheme == "https"
            port = parts.port or (443 if ssl else 8000)
        except ValueError:  # a port that is no number, half a bracket
            host = None
        if not host or parts.scheme not in ("http", "https"):
            raise VectorIndexError(f"CHROMA_URL={url!r} is not a URL of the form http://host:port")
        return ChromaIndex(
            lambda: cast(Client, chromadb.HttpClient(host=host, port=port, ssl=ssl, settings=settings)), None, None
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Not bound to a thread: a server may close the index in another one than opened it.
    lock = FileLock(folder.with_name(folder.name + ".lock"), thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return ExactIndex()
    return ChromaIndex(lambda: _client(folder, settings), folder, lock)


def _client(folder: Path, settings: Settings) -> Client:
    try:
        return cast(Client, chromadb.PersistentClient(str(folder), settings=settings))
    except ChromaError:
        # Chroma keeps the half-made parts of a client that failed to open, and would hand them out the next time.
        SharedSystemClient._identifier_to_system.pop(str(folder), None)
        raise


def _name(library: Library) -> str:
    return f"citedesk-{library.identity()}"


def _add(collection: Collection, vectors: ChunkVectors) -> None:
    if not vectors.ids:  # another process removed them meanwhile, and Chroma refuses an empty batch
        return
    metadatas: list[Metadata] = [
        {"document": document, "outlet": outlet, "day": day}
        for document, outlet, day in zip(vectors.documents, vectors.outlets, vectors.days, strict=True)
    ]
    collection.add(ids=list(vectors.ids), embeddings=vectors.matrix, metadatas=metadatas)


def _finds_itself(collection: Collection, library: Library, ids: frozenset[str]) -> bool:
    """Whether stored vectors are found by a search for themselves: a damaged graph still counts right.

    One in twenty may be missed: Chroma's search is approximate, and about two in a million are not in its reach.
    """
    chosen = sorted(ids)[:: max(1, len(ids) // _PROBES)][:_PROBES]
    sample = library.vectors(chosen)
    if not sample.ids:
        return True
    found = collection.query(query_embeddings=sample.matrix, n_results=1, include=["distances"])
    missed = sum(not row or row[0] > 1e-3 for row in found["distances"] or [])
    return missed <= len(sample.ids) // 20


def _batches(ids: list[str]) -> list[list[str]]:
    return [ids[first : first + BATCH] for first in range(0, len(ids), BATCH)]


def _where(filters: Filters) -> Where | None:
    terms: list[dict[str, object]] = []
    if filters.since:
        terms.append({"day": {"$gte": day_number(filters.since)}})
    if filters.until:
        terms += [{"day": {"$lte": day_number(filters.until)}}, {"day": {"$gt": 0}}]
    if filters.outlets:
        terms.append({"outlet": {"$in": list(filters.outlets)}})
    if filters.documents:
        terms.append({"document": {"$in": list(filters.documents)}})
    if not terms:
        return None
    return cast(Where, terms[0] if len(terms) == 1 else {"$and": terms})


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
