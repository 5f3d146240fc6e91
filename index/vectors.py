"""The vector index: Chroma, on disk or on a server, kept equal to the library and rebuilt from it when it is not.

A Chroma folder belongs to one process at a time: two lose vectors. The process that gets the lock uses Chroma; any
other (``citedesk ask`` while ``citedesk serve`` runs) searches the library's own vectors exactly, which needs no
ownership and gives the same answers.
"""

import shutil
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from index import heap
from index.collection import BATCH as BATCH
from index.collection import DamagedError, equalise, name, opened
from index.embed import Vectors
from index.errors import VectorIndexError
from index.exact import ExactIndex
from index.library import Hit, Library
from index.types import Filters

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

_MANY, _WIDE = 50_000, 0.3  # chunks, and share of them that a filter leaves, from where on Chroma answers under it
_SPARE = 1.5  # times the hits that would do if the filter left the same share of the nearest as of all


class VectorIndex(Protocol):
    """Nearest chunks by cosine."""

    def sync(self, library: Library, advance: Callable[[int], None] = ...) -> None:
        """Brings the index to the library's present content, all of it when ``library`` is a view of one; costs
        microseconds when it is there already.
        ``advance`` is called with the number of vectors added after each batch."""
        ...

    def query(self, vector: Vectors, filters: Filters, k: int) -> tuple[Hit, ...]:
        """The ``k`` nearest chunks that ``filters`` leave, highest cosine first. ``vector`` has shape (d,), norm 1."""
        ...

    def close(self) -> None:
        """Gives the index back, so that another process can own it."""
        ...


class ChromaIndex:
    """A Chroma collection. Raises VectorIndexError when the server cannot be reached or the folder not be used."""

    def __init__(self, connect: Callable[[], "Client"], folder: Path | None, lock: FileLock | None) -> None:
        """``connect`` opens a client; ``folder`` and ``lock`` are None for a server."""
        self._connect, self._folder, self._lock = connect, folder, lock
        # It lies there while Chroma reads and writes its files: a process that died at it (a damaged graph can
        # crash it) may have left anything behind, and the next one starts from nothing.
        self._unsettled = None if folder is None else folder.with_name(folder.name + ".unsettled")
        self._syncing = threading.Lock()
        self._state = ""
        self._client: Client | None = None
        self._collection: Collection | None = None  # None while it is built anew
        self._failed: Collection | None = None  # the last one that failed a query: no longer trusted
        self._exact: ExactIndex | None = None  # answers under a filter, and while Chroma cannot
        self._filtered = False  # whether a filter was asked for: then the exact index is kept in memory

    def sync(self, library: Library, advance: Callable[[int], None] = lambda _: None) -> None:
        """See VectorIndex. While another thread is at it, returns at once: that thread is bringing it up to date, and
        queries are answered with the present collection or, when that is being replaced, exactly from the library."""
        self._refuse_closed()
        library = library.whole
        exact = self._exact or ExactIndex()
        exact.sync(library)
        self._exact = exact
        state = library.state()
        if self._is_at(state) or not self._syncing.acquire(blocking=False):
            return
        try:
            if not self._is_at(state):
                self._bring(library, state, advance)
                self._state = state
        finally:
            self._syncing.release()

    def query(self, vector: Vectors, filters: Filters, k: int) -> tuple[Hit, ...]:
        """See VectorIndex. Under a filter, and for what Chroma cannot answer, the library is searched exactly: Chroma
        takes 130 ms for a filter at 100,000 chunks, an exact search a few. After the first filter its vectors stay in
        memory (40 MB). A wide filter over many chunks takes its hits from more of Chroma's unfiltered ones, if enough
        of them pass."""
        collection, exact = self._collection, self._exact
        if exact is None:
            raise VectorIndexError("the vector index has not been opened yet")
        if collection is None:
            return exact.query(vector, filters, k)
        if filters != Filters():
            self._filtered = True
            left = exact.passing((), filters)
            if left.total < _MANY or left.share < _WIDE:
                return exact.query(vector, filters, k)
            hits = self._nearest(collection, vector, int(k * _SPARE / left.share)) or ()
            passing = frozenset(exact.passing([hit.chunk_id for hit in hits], filters).ids)
            kept = tuple(hit for hit in hits if hit.chunk_id in passing)[:k]
            return kept if len(kept) == k else exact.query(vector, filters, k)
        found = self._nearest(collection, vector, k)
        if found is None:
            return exact.query(vector, filters, k)
        if not self._filtered:
            exact.close()  # Chroma is back
        return found

    def _nearest(self, collection: "Collection", vector: Vectors, k: int) -> tuple[Hit, ...] | None:
        """Chroma's ``k`` nearest chunks, without a filter; None where it cannot answer."""
        from index import chroma

        try:
            found = collection.query(query_embeddings=vector[None, :], n_results=k, include=["distances"])
        except chroma.InvalidArgumentError:  # the library has just been embedded with another dimension
            return None
        except (*chroma.FAILURES, AttributeError):  # AttributeError: the client was closed meanwhile
            self._failed = collection  # the next sync repairs it, unless it has been replaced by then
            return None
        distances = (found["distances"] or [[]])[0]
        return tuple(
            Hit(chunk_id, 1.0 - distance) for chunk_id, distance in zip(found["ids"][0], distances, strict=True)
        )

    def close(self) -> None:
        """Closes the client and releases the folder."""
        with self._syncing:
            self._disconnect()
            self._state, self._exact, self._filtered = "", None, False
            if self._lock is not None:
                self._lock.release()

    def _refuse_closed(self) -> None:
        if self._lock is not None and not self._lock.is_locked:
            raise VectorIndexError("the vector index has been closed")

    def _is_at(self, state: str) -> bool:
        return state == self._state and self._collection is not None and self._collection is not self._failed

    def _bring(self, library: Library, state: str, advance: Callable[[int], None]) -> None:
        from index import chroma

        self._refuse_closed()
        embedding = library.embedding()  # before any vector is read: one embedded later is then noticed next time
        try:
            if self._unsettled is not None:
                if self._unsettled.exists():
                    self._remove()
                self._unsettled.touch()
            try:
                if self._failed is not None and self._failed is self._collection and self._folder is not None:
                    self._discard(library)  # a server's is looked at first: another process may have replaced it
                collection = self._open(library, embedding)
                equalise(collection, library, state, embedding, advance)
            except (*chroma.FAILURES, DamagedError, ValueError) as error:
                if self._folder is None and not isinstance(error, (DamagedError, *chroma.NO_USE)):
                    raise
                self._discard(library)  # the library has everything
                collection = self._open(library, embedding)
                equalise(collection, library, state, embedding, advance)
        except (*chroma.FAILURES, DamagedError, ValueError, OSError) as error:
            raise VectorIndexError(
                f"the vector index {self._folder or 'server'} cannot be used ({error}); "
                "check CHROMA_URL and that the server runs, or that the folder can be written"
            ) from error
        finally:
            if self._unsettled is not None:
                self._unsettled.unlink(missing_ok=True)
        self._collection = collection
        heap.trim()  # what was read to get there

    def _open(self, library: Library, embedding: str) -> "Collection":
        if self._client is None:
            self._client = self._connect()
        return opened(self._client, library, embedding)

    def _discard(self, library: Library) -> None:
        from index import chroma

        self._collection = None
        try:
            if self._client is None:
                self._client = self._connect()
            self._client.delete_collection(name(library))
        except (chroma.ChromaError, ValueError) as error:
            if self._folder is not None:
                self._remove()  # not even the folder's own tables can be read
            elif not isinstance(error, chroma.NotFoundError):
                raise

    def _remove(self) -> None:
        self._disconnect()
        if self._folder is not None and self._folder.is_dir():
            shutil.rmtree(self._folder)
        elif self._folder is not None:
            self._folder.unlink(missing_ok=True)

    def _disconnect(self) -> None:
        client, self._client, self._collection = self._client, None, None
        if client is not None:
            client.close()


def open_index(folder: Path, url: str | None, patience: float = 0.0) -> VectorIndex:
    """The index at ``folder``, or on the Chroma server at ``url`` (http://host:port) when one is given.

    Where another process owns the folder for longer than ``patience`` seconds, an ExactIndex. Call ``sync`` before the
    first query.
    """
    if url is not None:
        try:
            parts = urlsplit(url)
            host, ssl = parts.hostname, parts.scheme == "https"
            port = parts.port or (443 if ssl else 8000)
        except ValueError:  # a port that is no number, half a bracket
            host = None
        if not host or parts.scheme not in ("http", "https"):
            raise VectorIndexError(f"CHROMA_URL={url!r} is not a URL of the form http://host:port")
        return ChromaIndex(partial(_server, host, port, ssl), None, None)
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Not bound to a thread: a server may close the index in another one than opened it.
    lock = FileLock(folder.with_name(folder.name + ".lock"), thread_local=False)
    try:
        lock.acquire(timeout=patience)
    except Timeout:
        return ExactIndex()
    return ChromaIndex(partial(_local, folder), folder, lock)


def _server(host: str, port: int, ssl: bool) -> "Client":
    from index import chroma  # half a second to import, which a page that is opened need not wait for

    return chroma.server(host, port, ssl)


def _local(folder: Path) -> "Client":
    from index import chroma

    return chroma.local(folder)
