"""Ingest of made files in a running process, beside the bare embedder on the same chunks."""

import resource
from contextlib import closing
from dataclasses import astuple, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from evals.bench.embedder import embedder
from evals.bench.files import KINDS, write_mixed
from evals.bench.texts import Material
from evals.bench.tools import Memory, Plan, apart, defaults, mb, memory, table
from index.embed import embed
from rag.desk import ingest_paths, open_desk, open_model


@dataclass(frozen=True, slots=True)
class Turn:
    """One ingest and then the bare embedder on the same chunks, in seconds; and the seconds of processor time that the
    ingest took, ``own`` in its process and ``readers`` in those that read the files, and ``bare_own`` the embedder."""

    ingest: float
    bare: float
    own: float
    readers: float
    bare_own: float

    @property
    def ratio(self) -> float:
        """The share of the bare embedder's speed that ingest reaches."""
        return self.bare / self.ingest


@dataclass(frozen=True, slots=True)
class Throughput:
    """Ingest into a fresh library, several times, in a process that is warm."""

    documents: int
    chunks: int
    turns: tuple[Turn, ...]
    memory: Memory

    @property
    def whole(self) -> Turn:
        """All turns together."""
        return Turn(*map(sum, zip(*map(astuple, self.turns), strict=True)))


def ingest(plan: Plan, given: Material) -> None:
    """Measures and prints the part “ingest”: the embedder, then ingest beside it."""
    embedder(plan, given)
    with plan.step("ingest beside the bare embedder"):
        mixed = plan.scratch / "mixed"
        write_mixed(mixed, given, plan.ingested)
        found = apart(throughput, mixed, plan.rounds)
    rows = [_row(str(at), turn, found.chunks) for at, turn in enumerate(found.turns, 1)]
    rows.append(_row("all", found.whole, found.chunks * len(found.turns)))
    kinds = ", ".join(ending for ending, _ in KINDS)
    table(
        "Ingest beside the bare embedder",
        f"n = {found.chunks} chunks in {found.documents} made files ({kinds} in turn), ingested each time into a fresh "
        "library by a warm process, and the chunks' texts then embedded alone, all at once from memory. The ratio is "
        f"the share of the bare embedder's speed that ingest reaches. Memory at most {mb(found.memory.peak)}, without "
        "the processes that read the files. In brackets the seconds of processor time: of the ingest's process and of "
        "those that read; of the embedder.",
        ["round", "ingest s", "chunks/s", "bare embedder s", "chunks/s", "ratio"],
        rows,
    )


def _row(name: str, turn: Turn, chunks: int) -> list[str]:
    ingest, bare = f"{turn.ingest:.2f} ({turn.own:.1f} + {turn.readers:.1f})", f"{turn.bare:.2f} ({turn.bare_own:.1f})"
    return [name, ingest, f"{chunks / turn.ingest:.1f}", bare, f"{chunks / turn.bare:.1f}", f"{turn.ratio:.2f}"]


def throughput(folder: Path, rounds: int) -> Throughput:
    """Ingests ``folder`` and embeds its chunks bare, in turns."""
    model = open_model(defaults(folder))
    embed(model, [f"Sentence number {number} warms the embedder." for number in range(64)])
    turns = []
    for _ in range(rounds):
        with TemporaryDirectory() as home, closing(open_desk(defaults(Path(home)))) as desk:
            start, own, readers = perf_counter(), _used(resource.RUSAGE_SELF), _used(resource.RUSAGE_CHILDREN)
            ingest_paths(desk, [folder])
            took = perf_counter() - start
            own, readers = _used(resource.RUSAGE_SELF) - own, _used(resource.RUSAGE_CHILDREN) - readers
            texts = list(desk.library.texts().values())
            documents = desk.library.count_documents()
        begin, before = perf_counter(), _used(resource.RUSAGE_SELF)
        embed(model, texts)
        turns.append(Turn(took, perf_counter() - begin, own, readers, _used(resource.RUSAGE_SELF) - before))
    return Throughput(documents, len(texts), tuple(turns), memory())


def _used(who: int) -> float:
    """Seconds of processor time that this process took, or those that it started and that have ended."""
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime
