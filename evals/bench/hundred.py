"""A hundred thousand chunks from files, in one command: stopped half way by Ctrl-C, continued, then served."""

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from time import perf_counter

from rich.console import Console

from evals.bench.files import KINDS, write_mixed
from evals.bench.texts import Material
from evals.bench.tools import (
    Plan,
    Run,
    Served,
    apart,
    child,
    command,
    defaults,
    disk,
    memory,
    memory_of,
    serving,
    table,
)
from index.embed import MiniLM
from index.ingest import Progress
from rag.desk import ingest_paths, open_desk

_OFTEN = 0.5  # seconds between two looks at how far it is
_SCRIPT = (
    "import sys; from pathlib import Path; from rag.settings import quiet_environment as q; q(); "
    "from evals.bench.hundred import ingesting; ingesting(Path(sys.argv[1]), Path(sys.argv[2]))"
)


@dataclass(frozen=True, slots=True)
class Told:
    """What the process that ingests tells: chunks ``embedded`` by it so far and ``stored`` in the library, and the
    library's documents; at the ``end``, its memory at most, in megabytes. ``line`` is what ingest says of how far it
    is."""

    line: str
    embedded: int
    stored: int
    documents: int
    end: bool
    peak: float


@dataclass(frozen=True, slots=True)
class Part:
    """One run of ingest, from the start of its process to its end: what it told last, and at most of megabytes: of all
    processes that it started to read files, each counted whole."""

    seconds: float
    told: Told
    readers: float


class _Counting(MiniLM):
    """The built-in model, which counts what it is given."""

    def __init__(self) -> None:
        super().__init__()
        self._number = 0

    def get_text_embedding_batch(self, texts: list[str]) -> list[list[float]]:
        """See Embedding."""
        self._number += len(texts)
        return super().get_text_embedding_batch(texts)

    @property
    def number(self) -> int:
        """Texts embedded so far."""
        return self._number


def ingesting(home: Path, folder: Path) -> None:
    """Ingests ``folder`` as ``citedesk ingest`` does and tells of it on standard output, a Told a line, in JSON; to be
    stopped by SIGINT."""
    model, looked = _Counting(), perf_counter()
    with closing(open_desk(defaults(home))) as opened:
        desk = replace(opened, model=model)

        def tell(line: str, end: bool = False) -> None:
            stored, documents = desk.library.count_chunks(), desk.library.count_documents()
            told = Told(line, model.number, stored, documents, end, memory().peak)
            sys.stdout.write(json.dumps(asdict(told)) + "\n")
            sys.stdout.flush()

        def advance(progress: Progress) -> None:
            nonlocal looked
            if perf_counter() - looked > _OFTEN:
                looked = perf_counter()
                tell(f"{progress.name}: {progress.words}")

        try:
            ingest_paths(desk, [folder], advance)
        except KeyboardInterrupt:
            tell("stopped", True)
        else:
            tell("done", True)


def run_once(home: Path, folder: Path, stop_at: int | None) -> Part:
    """Ingests ``folder`` in a process of its own, stopped by Ctrl-C as soon as ``stop_at`` chunks are stored. Raises
    CalledProcessError."""
    start, readers, last = perf_counter(), 0.0, None
    console = Console(stderr=True)
    with child([sys.executable, "-c", _SCRIPT, str(home), str(folder)], home) as process:
        assert process.stdout is not None
        for line in process.stdout:
            last = Told(**json.loads(line))
            readers = max(readers, sum(memory_of(pid).now or 0.0 for pid in _started_by(process.pid)))
            if console.is_terminal:
                console.print(last.line, end="\r")
            if stop_at is not None and last.stored >= stop_at and not last.end:
                process.send_signal(signal.SIGINT)
                stop_at = None
        process.wait()
    if last is None or not last.end:
        raise subprocess.CalledProcessError(process.returncode, "ingest")
    return Part(perf_counter() - start, last, readers)


def _started_by(pid: int) -> Sequence[int]:
    """The processes that this one started, and those that they did; none where the system does not tell."""
    found: list[int] = []
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(number) for number in tasks.read_text().split()]
        except OSError:  # ended meanwhile
            continue
    return found + [below for each in found for below in _started_by(each)]


def hundred(plan: Plan, given: Material) -> None:
    """Measures and prints the part “hundred”."""
    size, home, folder = max(plan.sizes), plan.scratch / "hundred", plan.scratch / "files"
    with plan.step(f"writing files of {size:,} chunks"):
        apart(write_mixed, folder, given, size)
        files = sum(path.is_file() for path in folder.rglob("*"))
    first = run_once(home, folder, size // 2)
    second = run_once(home, folder, None)
    again = run_once(home, folder, None)
    with plan.step("serving it"):
        served = serving(home)
        asked = command(home, ["ask", plan.cases[0].question])
    _print(files, (first, second, again), home, served, asked)


def _print(files: int, runs: tuple[Part, Part, Part], home: Path, served: Served, asked: Run) -> None:
    first, second, again = runs
    total = second.told.stored
    fresh = total - first.told.stored  # what was left to do for the second run
    seconds = first.seconds + second.seconds
    chroma, library = disk(home / "chroma"), sum(path.stat().st_size for path in home.glob("library.sqlite*")) / 1e6
    kinds = ", ".join(ending for ending, _ in KINDS)
    rows = [
        ["ingest, both runs from the start of their processes", f"{seconds:,.0f} s, {total / seconds:.1f} chunks/s"],
        ["first run, until Ctrl-C had ended it", f"{first.seconds:,.1f} s, {first.told.stored:,} chunks stored"],
        ["second run, to the end", f"{second.seconds:,.1f} s, {second.told.embedded:,} chunks embedded"],
        ["stored chunks that were embedded again", f"{second.told.embedded - fresh:,}"],
        ["chunks embedded and not stored when it stopped", f"{first.told.embedded - first.told.stored:,}"],
        ["third run, with nothing new", f"{again.seconds:,.1f} s, {again.told.embedded:,} chunks embedded"],
        ["memory of the ingest process at most", f"{max(run.told.peak for run in runs):,.0f} MB"],
        ["memory of the processes that read files, together, at most", f"{max(run.readers for run in runs):,.0f} MB"],
        ["library on disk", f"{library:,.1f} MB"],
        ["vector index on disk", f"{chroma:,.1f} MB"],
        ["`citedesk serve`, from its start until the page answers", f"{served.seconds:.2f} s"],
        ["memory of the server then", f"{served.memory.peak:,.0f} MB at most"],
        ["`citedesk ask`, whole command", f"{asked.seconds:.2f} s, {asked.megabytes:,.0f} MB at most"],
    ]
    table(
        f"{total:,} chunks from files",
        f"{second.told.documents:,} documents in {files:,} made files ({kinds} in turn), ingested by processes of "
        "their own: one that Ctrl-C ends half way, one that goes on to the end, one that finds nothing new. n = 1.",
        ["what", "figure"],
        rows,
    )
