"""What the measurements of ``citedesk bench`` share: the plan, processes of their own, memory, percentiles, tables."""

import json
import math
import os
import pickle
import resource
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import ParamSpec, TypeVar

import numpy as np

from evals.cases import Case
from index.errors import CitedeskError
from rag.settings import SETTINGS, Settings, environment, read

ROOT = Path(__file__).parent.parent.parent
_CLI = [sys.executable, "-c", "from rag.cli import main; main()"]
_UNIT = 1e-6 if sys.platform == "darwin" else 1e-3  # megabytes in what getrusage counts
_PATIENCE = 5.0  # seconds a stopped process gets before it is killed

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be measured. ``scratch`` is a folder that is deleted afterwards; ``texts`` are the chunks of the made
    folder that all pipelines ingest, ``ingested`` those of the one beside which the embedder runs; ``cold`` are the
    runs of each cold command; ``rounds`` those of ingests and of questions whose caches are warm; ``step`` shows what
    is being done until it is."""

    folder: Path
    scratch: Path
    parts: tuple[str, ...]
    sizes: tuple[int, ...]
    cases: tuple[Case, ...]
    users: tuple[int, ...]
    texts: int
    ingested: int
    cold: int
    rounds: int
    step: Callable[[str], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class Run:
    """One whole command: seconds, and resident megabytes at most."""

    seconds: float
    megabytes: float


@dataclass(frozen=True, slots=True)
class Spread:
    """Median and 95th percentile of ``number`` durations, in milliseconds."""

    p50: float
    p95: float
    number: int


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident megabytes of a process: now (None where the system does not tell), and the most there ever was."""

    now: float | None
    peak: float


def flags() -> str:
    """What this processor has of the instructions that integer products gain from; “unknown” where it does not tell."""
    cpus = Path("/proc/cpuinfo")
    lines = cpus.read_text(encoding="utf-8").splitlines() if cpus.exists() else []
    has = {flag for line in lines if line.startswith(("flags", "Features")) for flag in line.split(":")[1].split()}
    wanted = ("avx2", "avx_vnni", "avx512f", "avx512_vnni", "amx_int8", "asimddp", "i8mm")
    return ", ".join(flag for flag in wanted if flag in has) or "unknown"


def spread(milliseconds: Sequence[float]) -> Spread:
    """The percentiles of some durations; of none, not a number."""
    if not milliseconds:
        return Spread(math.nan, math.nan, 0)
    p50, p95 = np.percentile(milliseconds, [50, 95])
    return Spread(float(p50), float(p95), len(milliseconds))


def memory() -> Memory:
    """The resident memory of this process."""
    if Path("/proc/self/status").exists():  # getrusage also counts what the parent held when it started this process
        return memory_of(os.getpid())
    return Memory(None, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT)


def memory_of(pid: int) -> Memory:
    """The resident memory of a process; nothing, and not a number, where that is gone or the system does not tell."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
        held = dict(line.split(":", 1) for line in status.splitlines())
        now, peak = (int(held[name].split()[0]) / 1e3 for name in ("VmRSS", "VmHWM"))
    except (OSError, KeyError):  # KeyError: it has ended, and only its exit code is left
        return Memory(None, math.nan)
    return Memory(now, peak)


def disk(folder: Path) -> float:
    """Megabytes of the files below ``folder``."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def defaults(home: Path) -> Settings:
    """The default settings over the library in ``home``; the environment's are not used."""
    return replace(read({}), home=home)


def variables(home: Path) -> dict[str, str]:
    """The environment of a child process with the default settings over the library in ``home``."""
    ours = {setting.name for setting in SETTINGS} - {"CITEDESK_HOME"}
    return {name: value for name, value in environment(home).items() if name not in ours}


@contextmanager
def child(arguments: Sequence[str], home: Path, stdin: int = subprocess.DEVNULL) -> Iterator[subprocess.Popen[bytes]]:
    """A process in a group of its own, its standard output a pipe; at the end, or when this process is interrupted,
    none of the group is left. Ctrl-C reaches this process alone, which stops the others; in the main thread only."""
    held: list[int] = []  # Ctrl-C while the process starts: it must be known before it can be stopped
    usual = signal.signal(signal.SIGINT, lambda number, _: held.append(number))
    process = subprocess.Popen(
        arguments, cwd=ROOT, env=variables(home), stdin=stdin, stdout=subprocess.PIPE, process_group=0
    )
    try:
        signal.signal(signal.SIGINT, usual)
        if held:
            raise KeyboardInterrupt
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):  # what it was not sent any more
                    pipe.close()


def command(home: Path, arguments: Sequence[str]) -> Run:
    """Runs one citedesk command to its end. Raises CalledProcessError when it fails."""
    script = (
        "import json, resource, subprocess, sys, time\n"
        "start = time.perf_counter()\n"
        "done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)\n"
        "took = time.perf_counter() - start\n"
        "sys.stderr.buffer.write(done.stdout if done.returncode else b'')\n"
        "print(json.dumps([took, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]))\n"
        "sys.exit(done.returncode)\n"
    )
    with child([sys.executable, "-c", script, *_CLI, *arguments], home) as process:
        output, _ = process.communicate()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, f"citedesk {arguments[0]}")
    seconds, peak = json.loads(output)
    return Run(float(seconds), float(peak) * _UNIT)


@dataclass(frozen=True, slots=True)
class Served:
    """Seconds from starting ``citedesk serve`` until its page has answered, and the resident memory of the server
    then."""

    seconds: float
    memory: Memory


def serving(home: Path) -> Served:
    """Starts ``citedesk serve``, gets its page and stops it."""
    start = perf_counter()
    with child([*_CLI, "serve", "--port", "0"], home) as process:
        assert process.stdout is not None
        line = process.stdout.readline().decode()
        if " at " not in line:
            raise subprocess.CalledProcessError(process.wait(), "citedesk serve")
        with urllib.request.urlopen(line.split(" at ")[1].split()[0]) as page:
            page.read()
        return Served(perf_counter() - start, memory_of(process.pid))


def apart(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """What ``function`` of some module gives in a fresh process, so that memory and caches are its own; what it leaves
    in the folder of temporary files is left where this process has its own."""
    script = "from rag.settings import quiet_environment as q; q(); from evals.bench.tools import _call; _call()"
    with child([sys.executable, "-c", script], Path(), subprocess.PIPE) as process:
        output, _ = process.communicate(pickle.dumps((tempfile.gettempdir(), function, args, kwargs)))
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, function.__name__)
    result: T | CitedeskError = pickle.loads(output)
    if isinstance(result, CitedeskError):
        raise result
    return result


def _call() -> None:
    """The other end of ``apart``."""
    output, sys.stdout = sys.stdout.buffer, sys.stderr
    tempfile.tempdir, function, args, kwargs = pickle.load(sys.stdin.buffer)
    try:
        result = function(*args, **kwargs)
    except CitedeskError as error:
        result = error
    output.write(pickle.dumps(result))
    output.flush()


def both(found: Spread) -> str:
    """Median and 95th percentile for a table, in milliseconds."""
    return f"{found.p50:.1f} / {found.p95:.1f}"


def mb(megabytes: float) -> str:
    """Megabytes for a table."""
    return f"{megabytes:.0f} MB"


def table(title: str, about: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Prints a Markdown table under its title, and ``about`` it, how it was measured."""
    lines = [header, ["---"] * len(header), *rows]
    say(f"\n### {title}\n\n{about}\n\n" + "\n".join(f"| {' | '.join(cells)} |" for cells in lines))


def say(text: str) -> None:
    """Prints at once, so that what is measured so far can be read."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
