"""What was embedded goes into the library and the vector index in a thread of its own, while more is embedded."""

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType

from index.errors import VectorIndexError
from index.library import Library, Model
from index.missing import Missing
from index.tables import Embedded
from index.vectors import VectorIndex

_WAITING = 2  # batches that wait to be written, before whoever brings more has to
_SYNC, _SHARE = 1000, 0.1  # chunks after which the index follows, and their share of the library


@dataclass(frozen=True, slots=True)
class Filled:
    """A file ready to be stored; ``place`` is its number among the files of the ingest, from 0, ``unread`` are its
    parts that could not be read."""

    place: int
    source: str
    fingerprint: str
    embedded: tuple[Embedded, ...]
    model: Model
    unread: Missing


class Writer:
    """Stores files in the order in which they come, each in one transaction. For a ``with``: at its end all of them are
    stored; or, when the block failed, those that were begun."""

    def __init__(self, library: Library, index: VectorIndex) -> None:
        self._library, self._index = library, index
        self._thread = ThreadPoolExecutor(1, "writing")
        self._batches: deque[Future[None]] = deque()
        self._fresh = 0  # chunks that the index was not told of
        self.stored = 0
        """Files dealt with: those before it are stored, and what became of them is not lost any more."""

    def __enter__(self) -> "Writer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            while error is None and self._batches:
                self._batches.popleft().result()
        finally:
            self._thread.shutdown(cancel_futures=True)

    def put(self, files: Sequence[Filled], done: int) -> None:
        """Stores these next; the first ``done`` files of the ingest are then dealt with. Waits while much is still to
        be written. Raises what went wrong with that: LibraryError, ModelMismatch."""
        self._batches.append(self._thread.submit(self._write, files, done))
        while len(self._batches) > _WAITING or (self._batches and self._batches[0].done()):
            self._batches.popleft().result()

    def _write(self, files: Sequence[Filled], done: int) -> None:
        for file in files:
            self._library.replace(file.source, file.fingerprint, file.embedded, file.model, file.unread)
            self._fresh += sum(len(each.chunks) for each in file.embedded)
            self.stored = file.place + 1
        self.stored = done
        if self._fresh >= max(_SYNC, _SHARE * self._library.count_chunks()):
            self._fresh = 0
            try:
                self._index.sync(self._library)
            except VectorIndexError:  # told at the end, when all is stored and it is tried again
                return
