"""The flow: files are read, parsed, split, embedded and stored; what is gone is forgotten; the vector index follows.

A file counts as one unit: its articles are stored in one transaction, or, when anything about it fails, what was
stored of it before stays.
"""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout
from llama_index.core.base.embeddings.base import BaseEmbedding

from index.embed import embed
from index.errors import ParseError
from index.library import Library, Model
from index.parse import PARSER_VERSION, SUFFIXES, parse
from index.split import chunks
from index.tables import Embedded
from index.types import Chunk, Document, Entry
from index.vectors import VectorIndex

_TOGETHER = 256  # chunks embedded in one go, over several files: full batches without holding much


@dataclass(frozen=True, slots=True)
class Progress:
    """``done`` of ``total`` files are dealt with; ``name`` is the file at hand, or what else takes time."""

    done: int
    total: int
    name: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be ingested, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What an ingest did, by article; ``failed`` and ``skipped`` by file (skipped: not a kind of file that is read)."""

    added: tuple[Entry, ...]
    changed: tuple[Entry, ...]
    unchanged: tuple[Entry, ...]
    removed: tuple[Entry, ...]
    failed: tuple[Failure, ...]
    skipped: tuple[str, ...]


@dataclass(slots=True)
class _Ready:
    """A parsed file waiting to be embedded with others."""

    source: str
    fingerprint: str
    documents: list[tuple[Document, tuple[Chunk, ...]]] = field(default_factory=list)


@dataclass(slots=True)
class _Plan:
    """What the given paths hold, and what the library knows from there that is gone."""

    files: list[Path]
    gone: list[str]
    failed: list[Failure]
    skipped: list[str]


def ingest(
    library: Library,
    index: VectorIndex,
    model: BaseEmbedding,
    paths: Sequence[Path],
    *,
    budget: int,
    allow_empty: bool = False,
    advance: Callable[[Progress], None] = lambda _: None,
) -> Summary:
    """Makes the library hold what the files under ``paths`` hold now; ``budget`` is a chunk's size in tokens.

    Folders are read with all their sub-folders, hidden files left out. Documents whose file is gone from a given
    folder are removed; but when a folder is missing, or holds nothing any more, that is reported as a failure unless
    ``allow_empty``: an unplugged disk must not empty the library. Raises ModelMismatch or EmbeddingError; what was
    stored until then stays.
    """
    library.require(model.model_name)
    with _only_ingest(library, advance):
        before = {entry.id: entry for entry in library.entries()}
        plan = _plan(library, paths, allow_empty)
        known = library.fingerprints()
        total = len(plan.files)
        ready: list[_Ready] = []
        for done, path in enumerate(plan.files):
            advance(Progress(done, total, _shown(Path(path.name))))
            try:
                file = _read(path, budget, known.get(path.as_posix()))
            except ParseError as error:
                plan.failed.append(Failure(_shown(path), str(error)))
                continue
            except OSError as error:
                plan.failed.append(Failure(_shown(path), error.strerror or type(error).__name__))
                continue
            if file is not None:
                ready.append(file)
            if sum(len(part) for file in ready for _, part in file.documents) >= _TOGETHER:
                _store(library, model, ready)
                ready = []
        _store(library, model, ready)
        if plan.gone:
            library.remove(plan.gone)
        advance(Progress(total, total, "vector index"))
        index.sync(library)
        advance(Progress(total, total, ""))
        return _summary(before, library.entries(), plan)


def reembed(
    library: Library, index: VectorIndex, model: BaseEmbedding, advance: Callable[[Progress], None] = lambda _: None
) -> int:
    """Embeds every chunk again with ``model`` and rebuilds the vector index; returns the number of chunks.

    Until it is done, the library answers with the old vectors; stopped half way, nothing has changed.
    """
    with _only_ingest(library, advance):
        texts = library.texts()
        done = 0

        def count(number: int) -> None:
            nonlocal done
            done += number
            advance(Progress(done, len(texts), "embedding"))

        matrix = embed(model, list(texts.values()), count)
        library.replace_vectors(Model(model.model_name, matrix.shape[1]), dict(zip(texts, matrix, strict=True)))
        index.sync(library)
        return len(texts)


@contextmanager
def _only_ingest(library: Library, advance: Callable[[Progress], None]) -> Iterator[None]:
    lock = FileLock(library.path.with_name("ingest.lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        advance(Progress(0, 0, "waiting for another ingest to finish"))
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _plan(library: Library, paths: Sequence[Path], allow_empty: bool) -> _Plan:
    plan = _Plan([], [], [], [])
    seen: set[str] = set()
    for given in paths:
        path = given.resolve()
        mine = [s for s in library.fingerprints() if s == path.as_posix() or s.startswith(path.as_posix() + "/")]
        closed: list[OSError] = []
        files = [path] if path.is_file() else list(_walk(path, plan.skipped, closed.append))
        plan.failed += [Failure(_shown(Path(error.filename)), error.strerror or "not listed") for error in closed]
        wanted = [file for file in files if file.suffix.lower() in SUFFIXES]
        if path.is_file() and not wanted:
            kinds = " ".join(sorted(SUFFIXES))
            plan.failed.append(Failure(_shown(given), f"not a kind of file that is read ({kinds})"))
        elif not wanted and mine and not allow_empty:
            what = "holds no documents any more" if path.is_dir() else "does not exist any more"
            plan.failed.append(
                Failure(_shown(given), f"{what}, {len(mine)} known files kept; to forget them, add --allow-empty")
            )
            continue
        elif not path.exists() and not mine:
            plan.failed.append(Failure(_shown(given), "does not exist"))
        plan.files += [file for file in wanted if file.as_posix() not in seen]
        seen |= {file.as_posix() for file in wanted}
        shut = tuple(f"{Path(error.filename).as_posix()}/" for error in closed)
        plan.gone += [source for source in mine if not source.startswith(shut)]
    plan.gone = [source for source in plan.gone if source not in seen]
    return plan


def _walk(folder: Path, skipped: list[str], closed: Callable[[OSError], None]) -> Iterator[Path]:
    """Visible files below ``folder`` that are read, in the order of their paths; the names of others are noted.

    ``closed`` is told of sub-folders that cannot be listed. Links to folders are not followed.
    """
    if not folder.is_dir():
        return
    paths: list[Path] = []
    for parent, folders, names in os.walk(folder, onerror=closed):
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths += [Path(parent, name) for name in names if not name.startswith(".")]
    for path in sorted(paths):
        if not path.is_file():
            continue
        if path.suffix.lower() in SUFFIXES:
            yield path
        else:
            skipped.append(_shown(path))


def _shown(path: Path) -> str:
    """The path for people; on Linux a name can be any bytes, and what is not UTF-8 cannot be printed."""
    return os.fsencode(path).decode("utf-8", "replace")


def _read(path: Path, budget: int, known: str | None) -> _Ready | None:
    """The file parsed and split; None when its fingerprint is the ``known`` one."""
    if _shown(path) != str(path):
        raise ParseError("its name is not valid UTF-8; rename it")
    data = path.read_bytes()
    fingerprint = f"{hashlib.sha256(data).hexdigest()} parser={PARSER_VERSION} budget={budget}"
    if fingerprint == known:
        return None
    modified = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    ready = _Ready(path.as_posix(), fingerprint)
    for document in parse(path, data, modified):
        ready.documents.append((document, chunks(document, budget)))
    return ready


def _store(library: Library, model: BaseEmbedding, ready: list[_Ready]) -> None:
    parts = [(document, part) for file in ready for document, part in file.documents]
    texts = [f"{chunk.context}\n{d.text[chunk.start : chunk.end]}" for d, part in parts for chunk in part]
    matrix = embed(model, texts)
    row = 0
    for file in ready:
        embedded = []
        for document, part in file.documents:
            embedded.append(Embedded(document, part, matrix[row : row + len(part)]))
            row += len(part)
        library.replace(file.source, file.fingerprint, embedded, Model(model.model_name, matrix.shape[1]))


def _summary(before: dict[str, Entry], entries: Sequence[Entry], plan: _Plan) -> Summary:
    after = {entry.id: entry for entry in entries}
    sources = {path.as_posix() for path in plan.files} - {Path(failure.path).as_posix() for failure in plan.failed}
    return Summary(
        added=tuple(entry for entry in entries if entry.id not in before),
        changed=tuple(e for e in entries if e.id in before and e.version != before[e.id].version),
        unchanged=tuple(
            e for e in entries if e.source in sources and e.id in before and e.version == before[e.id].version
        ),
        removed=tuple(entry for entry in before.values() if entry.id not in after),
        failed=tuple(plan.failed),
        skipped=tuple(plan.skipped),
    )
