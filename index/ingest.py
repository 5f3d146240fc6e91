"""The flow: files are read, parsed, split, embedded and stored; what is gone is forgotten; the vector index follows.

A file counts as one unit: its articles are stored in one transaction, or, when anything about it fails, what was
stored of it before stays.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout
from llama_index.core.base.embeddings.base import BaseEmbedding

from index.embed import embed
from index.errors import ParseError
from index.library import Library, Model
from index.parse import PARSER_VERSION, parse
from index.parse.draft import Stated
from index.plan import Failure as Failure
from index.plan import Plan, make_plan, shown
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
    ``allow_empty``: an unplugged disk must not empty the library. What a metadata.csv says of the files below it is
    followed (see ``index.metadata``); where it cannot be, or is gone without ``allow_empty``, these files stay as they
    were. Raises ModelMismatch or EmbeddingError; what was stored until then stays.
    """
    library.require(model.model_name)
    with _only_ingest(library, advance):
        before = {entry.id: entry for entry in library.entries()}
        plan = make_plan(library, paths, allow_empty)
        known = library.fingerprints()
        total = len(plan.files)
        ready: list[_Ready] = []
        for done, path in enumerate(plan.files):
            advance(Progress(done, total, shown(Path(path.name))))
            stated = plan.metadata.stated(path)
            try:
                file = _read(path, budget, known.get(path.as_posix()), stated)
            except (ParseError, OSError) as error:
                plan.failed.append(Failure(shown(path), _reason(error)))
                if stated.groups is not None and path.as_posix() in known:
                    library.set_groups(path.as_posix(), stated.groups)  # what stays is seen by no others either
                continue
            if file is not None:
                ready.append(file)
            if sum(len(part) for file in ready for _, part in file.documents) >= _TOGETHER:
                _store(library, model, ready)
                ready = []
        _store(library, model, ready)
        plan.tell_of_tables()
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


def _reason(error: ParseError | OSError) -> str:
    return str(error) if isinstance(error, ParseError) else error.strerror or type(error).__name__


def _read(path: Path, budget: int, known: str | None, stated: Stated) -> _Ready | None:
    """The file parsed and split; None when its fingerprint is the ``known`` one. ``stated`` is what metadata tables say
    of it."""
    if shown(path) != str(path):
        raise ParseError("its name is not valid UTF-8; rename it")
    data = path.read_bytes()
    fingerprint = f"{hashlib.sha256(data).hexdigest()} parser={PARSER_VERSION} budget={budget}{_mark(stated)}"
    if fingerprint == known:
        return None
    modified = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    ready = _Ready(path.as_posix(), fingerprint)
    for document in parse(path, data, modified, stated):
        ready.documents.append((document, chunks(document, budget)))
    return ready


def _mark(stated: Stated) -> str:
    """What of a fingerprint changes with what metadata tables say; nothing where they say nothing."""
    if stated == Stated():
        return ""
    groups = None if stated.groups is None else sorted(stated.groups)
    said = [stated.title, stated.outlet, stated.author, str(stated.published), stated.url, groups]
    return f" metadata={hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]}"


def _store(library: Library, model: BaseEmbedding, ready: list[_Ready]) -> None:
    every = [(document, chunk) for file in ready for document, part in file.documents for chunk in part]
    vectors = dict(library.vectors_of([chunk for _, chunk in every]))  # where only groups changed, that is all of them
    fresh = [(document, chunk) for document, chunk in every if chunk.id not in vectors]
    matrix = embed(model, [f"{chunk.context}\n{each.text[chunk.start : chunk.end]}" for each, chunk in fresh])
    if fresh:
        library.require(model.model_name, matrix.shape[1])
    vectors |= {chunk.id: vector for (_, chunk), vector in zip(fresh, matrix, strict=True)}
    for file in ready:
        embedded = [
            Embedded(document, part, np.stack([vectors[chunk.id] for chunk in part]))
            for document, part in file.documents
        ]
        library.replace(file.source, file.fingerprint, embedded, Model(model.model_name, embedded[0].vectors.shape[1]))


def _summary(before: dict[str, Entry], entries: Sequence[Entry], plan: Plan) -> Summary:
    after = {entry.id: entry for entry in entries}
    sources = {path.as_posix() for path in plan.files} - {Path(failure.path).as_posix() for failure in plan.failed}
    return Summary(
        added=tuple(entry for entry in entries if entry.id not in before),
        changed=tuple(e for e in entries if e.id in before and not _same(e, before[e.id])),
        unchanged=tuple(e for e in entries if e.source in sources and e.id in before and _same(e, before[e.id])),
        removed=tuple(entry for entry in before.values() if entry.id not in after),
        failed=tuple(plan.failed),
        skipped=tuple(plan.skipped),
    )


def _same(entry: Entry, before: Entry) -> bool:
    return entry.version == before.version and entry.groups == before.groups
