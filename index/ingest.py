"""The flow: files are read, parsed, split, embedded and stored; what is gone is forgotten; the vector index follows.

A file counts as one unit: its articles are stored in one transaction, or, when anything about it fails, what was
stored of it before stays. Reading, embedding and storing go on at the same time: worker processes read ahead
(``index.reading``), this thread embeds, another one writes (``index.writer``).
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from index.embed import Embedding, embed, outdated
from index.errors import LibraryError, ParseError
from index.filling import Filling
from index.library import Library, Model
from index.links.relate import relate
from index.missing import missing
from index.parse import read
from index.plan import Failure as Failure
from index.plan import Plan, make_plan
from index.progress import WAITING, Meter
from index.progress import Progress as Progress
from index.reading.file import reason, sha256_of, size_of
from index.reading.job import Job, Limits, Outcome, Parser, Same, Taken, Unread, fingerprint, settled
from index.reading.workers import Workers
from index.types import Entry
from index.vectors import VectorIndex
from index.walk import in_utf8, shown
from index.writer import Writer

_MOST_WORKERS = 4


@dataclass(frozen=True, slots=True)
class Summary:
    """What an ingest did, by article; ``failed`` by file or part of one, ``skipped`` (not a kind of file that is read)
    and ``excluded`` (taken out before, and not given by name) by file."""

    added: tuple[Entry, ...]
    changed: tuple[Entry, ...]
    unchanged: tuple[Entry, ...]
    removed: tuple[Entry, ...]
    failed: tuple[Failure, ...]
    skipped: tuple[str, ...]
    excluded: tuple[str, ...] = ()


def ingest(
    library: Library,
    index: VectorIndex,
    model: Embedding,
    paths: Sequence[Path],
    *,
    budget: int,
    allow_empty: bool = False,
    advance: Callable[[Progress], None] = lambda _: None,
    limits: Limits | None = None,
    parser: Parser = read,
) -> Summary:
    """Makes the library hold what the files under ``paths`` hold now; ``budget`` is a chunk's size in tokens.

    Folders are read with all their sub-folders, hidden files left out, as are those that were taken out of the library
    (``Library.exclude``) unless they are given by their own path. Documents whose file is gone from a given folder are
    removed; but when a folder is missing, or holds nothing any more, that is reported as a failure unless
    ``allow_empty``: an unplugged disk must not empty the library. What a metadata.csv says of the files below it is
    followed (see ``index.metadata``); where it cannot be, or is gone without ``allow_empty``, these files stay as they
    were. A library that an earlier version of the built-in model embedded is embedded again first. ``limits`` are what
    a file may cost; ``advance`` is called by this thread alone, and may raise to end it all. Waits while another
    process ingests into this library.

    Raises ModelMismatch, EmbeddingError, LibraryError or VectorIndexError; what was stored until then stays, and the
    next run goes on from there.
    """
    with _only_ingest(library, advance):
        stored = library.model()
        if stored is not None and outdated(stored.name, model):
            _reembed(library, index, model, advance)
        library.require(model.model_name)
        before = {entry.id: entry for entry in library.entries()}
        plan = make_plan(library, paths, allow_empty)
        _fill(library, index, model, plan, budget, advance, limits or Limits(), parser)
        plan.tell_of_tables()
        if plan.gone:
            library.remove(plan.gone)
        total = len(plan.files)
        relate(library, lambda done, number: advance(Progress(total, total, "copies and versions")))
        advance(Progress(total, total, "vector index"))
        index.sync(library)
        advance(Progress(total, total, ""))
        return _summary(before, library.entries(), plan)


def _fill(
    library: Library,
    index: VectorIndex,
    model: Embedding,
    plan: Plan,
    budget: int,
    advance: Callable[[Progress], None],
    limits: Limits,
    parser: Parser,
) -> None:
    """Stores what the files of the plan hold."""
    known = library.fingerprints()

    def look(path: Path) -> Job | Outcome:
        stated, stored = plan.metadata.stated(path), known.get(path.as_posix())
        try:
            if not in_utf8(path):
                raise ParseError("its name is not valid UTF-8; rename it")
            size = size_of(path, limits.size)
            settled_before = stored is not None and settled(budget) in stored  # else there is no need to look
            if settled_before and fingerprint(sha256_of(path, limits.size), budget, stated) == stored:
                return Same()
        except (ParseError, OSError) as error:
            return Unread(reason(error))
        return Job(path, size, stored, budget, stated, limits)

    weights = [_weight(path, known.get(path.as_posix()), budget) for path in plan.files]
    meter = Meter(len(plan.files), sum(weights), advance)
    number = max(1, min(_MOST_WORKERS, (os.cpu_count() or 2) // 2))  # embedding wants the other half
    with Workers(number, limits, parser) as workers, Writer(library, index) as writer:
        filling = Filling(library, model, writer, meter)
        outcomes = workers.outcomes(plan.files, look)
        for place, (path, weight) in enumerate(zip(plan.files, weights, strict=True)):
            meter.at(shown(Path(path.name)), writer.stored)
            outcome = next(outcomes)
            if isinstance(outcome, Unread):
                plan.fail(path, outcome.reason)
                _hide(library, plan, path, path.as_posix() in known)
            if isinstance(outcome, Taken) and outcome.problems:
                stays = library.staying(path.as_posix(), missing(outcome.problems))
                plan.fail_parts(path, outcome.problems, stays)
            filling.take(place, path, outcome, weight)
        filling.finish(len(plan.files))


def _hide(library: Library, plan: Plan, path: Path, known: bool) -> None:
    """What stays of a file that could not be read is seen by no others than may see the file now."""
    groups = plan.metadata.stated(path).groups
    if groups is not None and known:
        library.set_groups(path.as_posix(), groups)


def _weight(path: Path, stored: str | None, budget: int) -> int:
    """The bytes of a file that has probably to be embedded; 0 of one that is probably unchanged."""
    try:
        return 0 if stored is not None and settled(budget) in stored else path.stat().st_size
    except OSError:  # reported when it is read
        return 0


def reembed(
    library: Library, index: VectorIndex, model: Embedding, advance: Callable[[Progress], None] = lambda _: None
) -> int:
    """Embeds every chunk again with ``model`` and rebuilds the vector index; returns the number of chunks.

    Until it is done, the library answers with the old vectors; stopped half way, nothing has changed.
    """
    with _only_ingest(library, advance):
        return _reembed(library, index, model, advance)


def _reembed(library: Library, index: VectorIndex, model: Embedding, advance: Callable[[Progress], None]) -> int:
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
        _wait(lock, advance)
    except OSError as error:
        raise LibraryError(
            f"{library.path.parent} cannot be written ({error.strerror}); set CITEDESK_HOME to a folder that can"
        ) from error
    try:
        yield
    finally:
        lock.release()


def _wait(lock: FileLock, advance: Callable[[Progress], None]) -> None:
    while not lock.is_locked:
        advance(Progress(0, 0, WAITING))
        try:
            lock.acquire(timeout=1.0)
        except Timeout:
            continue


def _summary(before: dict[str, Entry], entries: Sequence[Entry], plan: Plan) -> Summary:
    after = {entry.id: entry for entry in entries}
    sources = {path.as_posix() for path in plan.files}
    return Summary(
        added=tuple(entry for entry in entries if entry.id not in before),
        changed=tuple(e for e in entries if e.id in before and not _same(e, before[e.id])),
        unchanged=tuple(
            e for e in entries if e.id in before and _same(e, before[e.id]) and e.source in sources and plan.read(e)
        ),
        removed=tuple(entry for entry in before.values() if entry.id not in after),
        failed=tuple(plan.failed),
        skipped=tuple(plan.skipped),
        excluded=tuple(plan.excluded),
    )


def _same(entry: Entry, before: Entry) -> bool:
    return entry.version == before.version and entry.groups == before.groups
