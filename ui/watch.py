"""``citedesk serve --watch``: what changes in the given folders is read in again, while the server answers."""

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

from watchfiles import Change, watch

from index.errors import CitedeskError
from index.ingest import Failure, Progress, Summary
from rag.desk import Desk, ingest_paths

_QUIET = 2000  # milliseconds without a change before files are read: they are often written in pieces
_LONGEST = 30_000  # milliseconds after which they are read though changes go on
_LOOK = 5000  # milliseconds between looks at whether the folders themselves are still the same
_AGAIN = 60.0  # seconds before an ingest that could not be done is tried again
_TOLD = 20  # failures told of one ingest

log = logging.getLogger("citedesk.watch")


class _StoppedError(Exception):
    """The server is stopping."""


@contextmanager
def watching(desk: Desk, paths: Sequence[Path]) -> Iterator[None]:
    """Keeps the desk's library at what is under ``paths`` until the block ends, in a thread of its own. What happens is
    told in the log ``citedesk.watch``. A folder that vanishes empties nothing; when it is back, it is read again.

    An ingest that is under way when the block ends is given up; what it has stored stays.
    """
    log.setLevel(logging.INFO)
    watcher = _Watcher(desk, [path.resolve() for path in paths])
    # A daemon, because a wait for changes is not cut short.
    threading.Thread(target=watcher.run, name="watch", daemon=True).start()
    try:
        yield
    finally:
        watcher.stop()


class _Watcher:
    def __init__(self, desk: Desk, paths: list[Path]) -> None:
        self._desk, self._paths = desk, paths
        self._home = desk.settings.home.resolve()
        self._stopping, self._reading = threading.Event(), threading.Lock()
        self._seen = {path: _identity(path) for path in paths}
        self._due = set(paths)  # to be read: they were, but what has changed since then nobody has watched
        self._not_before = 0.0
        self._told: set[Failure] = set()

    def stop(self) -> None:
        """Returns when nothing is being read any more."""
        self._stopping.set()
        with self._reading:
            pass

    def run(self) -> None:
        """Until ``stop``."""
        while not self._stopping.is_set():
            there = [path for path in self._paths if self._seen[path]]
            try:
                for changes in self._changes(there):
                    self._due |= {path for path in self._paths for _, changed in changes if _within(changed, path)}
                    moved = [path for path in self._paths if _identity(path) != self._seen[path]]
                    self._due.update(moved)
                    self._read()
                    if moved:  # another folder has this name now, or none; what is watched is the old one
                        self._due.update(moved)  # once more, when the new one is watched
                        break
            except OSError as error:  # a folder went away between two looks, or the system watches no more of them
                log.warning("cannot watch: %s", error)
                self._stopping.wait(_AGAIN)
            self._seen = {path: _identity(path) for path in self._paths}

    def _changes(self, there: list[Path]) -> Iterator[set[tuple[Change, str]]]:
        """Changes below these paths, and nothing now and then."""
        if there:
            return watch(
                *there,
                watch_filter=self._counts,
                debounce=_LONGEST,
                step=_QUIET,
                stop_event=self._stopping,
                rust_timeout=_LOOK,
                yield_on_timeout=True,
                raise_interrupt=False,
                ignore_permission_denied=True,
            )
        return self._nothing()

    def _nothing(self) -> Iterator[set[tuple[Change, str]]]:
        while not self._stopping.wait(_LOOK / 1000):
            yield set()

    def _counts(self, change: Change, changed: str) -> bool:
        """Whether a change may be one of documents: not in hidden files, nor in the server's own."""
        path = Path(changed)
        if path.is_relative_to(self._home):
            return False
        names = next((path.relative_to(given).parts for given in self._paths if _within(changed, given)), ())
        return not any(name.startswith((".", "~$")) for name in names)

    def _read(self) -> None:
        """Ingests what is due, unless that has just failed."""
        with self._reading:
            if self._stopping.is_set() or not self._due or monotonic() < self._not_before:
                return
            try:
                self._tell(ingest_paths(self._desk, sorted(self._due), self._go_on))
                self._due.clear()
            except _StoppedError:
                return
            except (CitedeskError, OSError) as error:
                self._not_before = monotonic() + _AGAIN
                log.warning("%s (tried again in %.0f s)", error, _AGAIN)

    def _go_on(self, _: Progress) -> None:
        if self._stopping.is_set():
            raise _StoppedError

    def _tell(self, done: Summary) -> None:
        """What changed, and what could not be read, unless that was told the last time."""
        counts = {"added": done.added, "changed": done.changed, "removed": done.removed}
        if any(counts.values()):
            log.info("%s", ", ".join(f"{len(entries):,} {name}" for name, entries in counts.items() if entries))
        fresh = [failure for failure in done.failed if failure not in self._told]
        for failure in fresh[:_TOLD]:
            log.warning("%s: %s", failure.path, failure.reason)
        if len(fresh) > _TOLD:
            log.warning("and %d more like these", len(fresh) - _TOLD)
        self._told = set(done.failed)


def _within(changed: str, path: Path) -> bool:
    return Path(changed).is_relative_to(path)


def _identity(path: Path) -> tuple[int, int] | None:
    """What changes when something else gets this name; None where there is nothing."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino)
