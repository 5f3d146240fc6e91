"""What is done to a home folder in a process that is killed, and what is looked at in a fresh one afterwards."""

import os
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evals.kills.held import Held, held
from evals.kills.material import BUDGET, Hashed
from evals.kills.older import marked
from index.backup import backup, verify
from index.embed import Vectors
from index.ingest import Progress, ingest, reembed
from index.library import Library, Model
from index.missing import Missing
from index.restore import restore
from index.tables import Embedded
from index.types import Filters
from index.vectors import ChromaIndex, VectorIndex, open_index

LIBRARY, ACCOUNTS = "library.sqlite", "accounts.sqlite"
_SAMPLE = 300  # vectors that look for themselves
_SAME = 0.9999  # the cosine from which on vectors are the same
_MISSED = 0.01  # share of them that an approximate search may miss
_DEEP = 1000  # hits; of vectors that lie in no clusters a near search misses one in thirty, damaged or not


@dataclass(frozen=True, slots=True)
class Notes:
    """A file that a process writes to before and after each step, so that it is known what it had done when it was
    killed: what was written to a file outlives the process."""

    path: Path

    def say(self, line: str) -> None:
        """Adds a line."""
        handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.write(handle, f"{line}\n".encode())
        os.close(handle)

    def lines(self) -> list[str]:
        """All lines."""
        return self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else []


class _Telling(Library):
    """A library that notes what it stored as soon as it has."""

    def __init__(self, path: Path, notes: Notes) -> None:
        notes.say("phase open")
        super().__init__(path)
        self._notes = notes
        notes.say("opened")

    def replace(
        self,
        source: str,
        fingerprint: str,
        embedded: Sequence[Embedded],
        model: Model,
        unread: Missing | None = None,
    ) -> None:
        self._notes.say("phase write")
        super().replace(source, fingerprint, embedded, model, unread)
        self._notes.say(f"stored {source}")
        self._notes.say("phase parse")

    def remove(self, sources: Sequence[str]) -> None:
        self._notes.say("phase write")
        super().remove(sources)
        for source in sources:
            self._notes.say(f"removed {source}")

    def replace_vectors(self, model: Model, vectors: "dict[str, Vectors]") -> None:  # type: ignore[override]
        self._notes.say("phase write")
        super().replace_vectors(model, vectors)
        self._notes.say("embedded")


class _Noting:
    """The vector index, its phase noted."""

    def __init__(self, index: VectorIndex, notes: Notes) -> None:
        self._index, self._notes = index, notes
        self.query, self.close = index.query, index.close

    def sync(self, library: Library, advance: object = None) -> None:
        """See VectorIndex."""
        self._notes.say("phase sync")
        self._index.sync(library)  # more than once in an ingest: it follows what is stored


def take_in(home: Path, folder: Path, notes: Notes, model: str = "first") -> None:
    """A whole ingest of ``folder``."""
    with closing(_Telling(home / LIBRARY, notes)) as library, closing(open_index(home / "chroma", None)) as index:
        notes.say("phase parse")
        ingest(library, _Noting(index, notes), Hashed(model), [folder], budget=BUDGET, advance=lambda _: None)
        notes.say("finished")


def embed_again(home: Path, notes: Notes) -> None:
    """``ingest --reembed`` with another model."""

    def told(progress: Progress) -> None:
        if not progress.done:
            notes.say("phase parse")

    with closing(_Telling(home / LIBRARY, notes)) as library, closing(open_index(home / "chroma", None)) as index:
        notes.say("phase parse")
        reembed(library, _Noting(index, notes), Hashed("second"), told)
        notes.say("finished")


def follow(home: Path, notes: Notes) -> None:
    """Opens the library, which brings one of an older format up to date, and makes the vector index follow it."""
    with closing(_Telling(home / LIBRARY, notes)) as library, closing(open_index(home / "chroma", None)) as index:
        _Noting(index, notes).sync(library)
        notes.say("finished")


def save(file: Path, home: Path, notes: Notes) -> None:
    """``citedesk backup --force``."""
    notes.say("phase backup")
    backup(home, file, force=True)
    notes.say("saved")


def put_back(file: Path, home: Path, notes: Notes) -> None:
    """``citedesk restore --force``."""
    notes.say("phase restore")
    restore(file, home, force=True)
    notes.say("restored")


@dataclass(frozen=True, slots=True)
class Looked:
    """What a fresh process found: ``raw`` before and ``held`` after the library was opened, ``accounts`` as ``mark``
    wrote them, whether the whole vector index had to be made anew, and what is wrong, "" for nothing."""

    raw: Held
    held: Held
    accounts: str
    rebuilt: bool
    wrong: str


def look(home: Path) -> Looked:
    """Opens everything as the product does, and checks that it fits together."""
    raw = held(home / LIBRARY)
    with closing(Library(home / LIBRARY)) as library:
        found = held(home / LIBRARY)
        accounts = marked(home / ACCOUNTS) if (home / ACCOUNTS).exists() else ""
        with closing(open_index(home / "chroma", None)) as index:
            if not isinstance(index, ChromaIndex):
                return Looked(raw, found, accounts, False, "the vector index is still locked")
            added: list[int] = []
            before = (home / "chroma").exists()
            index.sync(library, added.append)
            chunks = library.chunk_ids()
            rebuilt = before and bool(chunks) and sum(added) == len(chunks)
            wrong = library.damage() or found.wrong or _unsound(index, library, chunks)
            return Looked(raw, found, accounts, rebuilt, wrong)


def _found(index: VectorIndex, vector: Vectors, depth: int) -> bool:
    """Whether a stored vector of shape (d,) is found by a search for itself that goes as far as ``depth`` hits."""
    hits = index.query(vector, Filters(), depth)
    return bool(hits) and hits[0].score >= _SAME  # copies have the same vector


def _unsound(index: VectorIndex, library: Library, chunks: frozenset[str]) -> str:
    """What is wrong with the vector index, "" for nothing."""
    sample = library.vectors(sorted(chunks)[:: max(1, len(chunks) // _SAMPLE)][:_SAMPLE])
    if not sample.ids:
        return ""
    missed = sum(not any(_found(index, row, depth) for depth in (1, _DEEP)) for row in sample.matrix)
    if missed > max(1, _MISSED * len(sample.ids)):
        return f"{missed} of {len(sample.ids)} vectors are not found by a search for themselves"
    nearest = index.query(_centre(sample.matrix), Filters(), 1000)
    strays = sum(hit.chunk_id not in chunks for hit in nearest)
    if strays or len(nearest) < min(1000, len(chunks)) * 0.99:
        return f"a search for 1000 of {len(chunks)} chunks gave {len(nearest)}, {strays} of them not in the library"
    return ""


def whole(file: Path) -> int:
    """The number of documents in a backup that is there; -1 when there is none. Raises UsageError for a broken one."""
    return verify(file).documents if file.exists() else -1


def _centre(matrix: Vectors) -> Vectors:
    mean: Vectors = matrix.mean(axis=0)
    unit: Vectors = (mean / np.linalg.norm(mean)).astype(np.float32)
    return unit
