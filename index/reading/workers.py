"""Many files read by worker processes at once, and given back in their order."""

import io
import pickle
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType

from index.errors import ReadingError
from index.parse import read
from index.reading.job import Job, Limits, Outcome, Parser, Unread
from index.reading.process import Process

_HELD = 64 * 2**20  # bytes of replies that wait for their turn
_STARTS, _PAUSE = 5, 0.2  # processes in a row that do not come to read, seconds after the first, doubled after each
_JOBS = 2000  # files after which a worker is replaced: what leaks, leaks little
_VALUES = {"index.types", "index.reading.job", "index.parse.parts", "index.parse.draft", "datetime"}

Look = Callable[[Path], Job | Outcome]
"""What is to be done with a file: its outcome, or what a worker is to read."""


class Workers:
    """Reads files in up to ``number`` processes, which are started when there is something to read. For a ``with``: at
    its end they are gone, whatever they were doing."""

    def __init__(self, number: int, limits: Limits, parser: Parser = read) -> None:
        self._workers = [_Worker(limits, parser) for _ in range(number)]
        self._threads = ThreadPoolExecutor(number, "reading")
        self._change = threading.Condition()
        self._results: dict[int, Outcome | bytes] = {}
        self._held = 0  # bytes in _results
        self._next = 0  # to be read
        self._due = 0  # to be given back
        self._stillborn = 0  # processes that did not come to read, since one did
        self._ended = False

    def __enter__(self) -> "Workers":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._change:
            self._ended = True
            self._change.notify_all()
        for worker in self._workers:
            worker.stop()
        self._threads.shutdown()

    def outcomes(self, paths: Sequence[Path], look: Look) -> Iterator[Outcome]:
        """What became of each file, in their order; to be called once. ``look`` is asked by other threads, one file
        after the other or several at once. Reads ahead, as far as 64 MB of documents go. Raises ReadingError when no
        process can be started, however often it is tried."""
        loops = [self._threads.submit(self._loop, worker, paths, look) for worker in self._workers[: len(paths)]]
        for place in range(len(paths)):
            found = self._wait(place, loops)
            yield _load(found) if isinstance(found, bytes) else found

    def _wait(self, place: int, loops: list[Future[None]]) -> Outcome | bytes:
        with self._change:
            self._due = place
            self._change.notify_all()
            while place not in self._results:
                for loop in loops:
                    if loop.done():
                        loop.result()  # raises what ended it
                self._change.wait(1.0)
            found = self._results.pop(place)
            self._held -= len(found) if isinstance(found, bytes) else 0
            return found

    def _loop(self, worker: "_Worker", paths: Sequence[Path], look: Look) -> None:
        """One thread's work, with a worker of its own: the next file, until there is none."""
        try:
            while True:
                with self._change:
                    place, self._next = self._next, self._next + 1
                    if place >= len(paths) or self._ended:
                        return
                job = look(paths[place])
                found = self._ask(worker, job) if isinstance(job, Job) else job
                with self._change:
                    while place != self._due and self._held > _HELD and not self._ended:
                        self._change.wait()
                    self._results[place] = found
                    self._held += len(found) if isinstance(found, bytes) else 0
                    self._change.notify_all()
        finally:
            worker.close()

    def _ask(self, worker: "_Worker", job: Job) -> bytes | Unread:
        """See _Worker. Memory that is short is often short for a moment: then it is tried again."""
        while True:
            try:
                found = worker.ask(job)
            except ReadingError as error:
                with self._change:
                    self._stillborn += 1
                    if self._stillborn >= _STARTS:
                        raise ReadingError(
                            f"no process could be started that reads files ({error}); make memory free, or install "
                            "citedesk anew if a part of it is missing, then ingest again: it goes on where it was"
                        ) from error
                    self._change.wait_for(lambda: self._ended, _PAUSE * 2 ** (self._stillborn - 1))
                continue
            with self._change:
                self._stillborn = 0
            return found


class _Worker:
    """A process, and the next one when it is spent. All but ``stop`` is for one thread."""

    def __init__(self, limits: Limits, parser: Parser) -> None:
        self._limits, self._parser = limits, parser
        self._process: Process | None = None
        self._starting = threading.Lock()
        self._stopped = False

    def ask(self, job: Job) -> bytes | Unread:
        """See Process. Raises ReadingError. One that died may have been weakened by earlier files, so its last file
        gets a fresh one."""
        while (process := self._ready()) is not None:
            weakened = process.jobs > 0
            found = process.ask(job)
            if not (weakened and process.died):
                return found
        return Unread("was not read: the program is stopping")

    def stop(self) -> None:
        """Ends the process, from any thread; there is no other after it."""
        with self._starting:
            self._stopped = True
            if self._process is not None:
                self._process.kill()

    def close(self) -> None:
        """Ends the process and gives all back."""
        with self._starting:
            self._stopped = True
            if self._process is not None:
                self._process.close()
                self._process = None

    def _ready(self) -> Process | None:
        with self._starting:
            if self._process is not None and (self._process.spent or self._process.jobs >= _JOBS):
                self._process.close()
                self._process = None
            if self._process is None and not self._stopped:
                self._process = Process(self._limits, self._parser)
            return None if self._stopped else self._process


def _load(message: bytes) -> Outcome:
    outcome: Outcome = _Reading(io.BytesIO(message)).load()
    return outcome


class _Reading(pickle.Unpickler):
    """Reads a reply: nothing but values, whatever a file may have made of the process that sent it."""

    def find_class(self, module: str, name: str) -> type:
        """The class of that name, if it is one that replies have. Raises UnpicklingError."""
        if module in _VALUES or name == "frozenset":
            found: type = super().find_class(module, name)
            return found
        raise pickle.UnpicklingError(f"{module}.{name} is no part of a reply")
