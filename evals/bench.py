"""Prints what citedesk costs on this machine: ingest, cold and warm asking, start of the server, memory, size.

    python -m evals.bench [FOLDER]

FOLDER (default: the sample corpus) is ingested into a fresh library; the evaluation cases are asked as questions.
Every figure names what it was measured on. Run it on a quiet machine.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import urllib.request
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np

from evals.cases import CORPUS, load
from index.embed import embed
from rag.answer import answer, ingest_paths, open_desk
from rag.settings import environment, read

ROOT = Path(__file__).parent.parent
COLD = 7  # runs of each cold command
_CLI = [sys.executable, "-c", "from rag.cli import main; main()"]


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=CORPUS)
    folder = parser.parse_args().folder
    _say(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; {folder.name}/")
    _say("")
    _say("| what | figure |")
    _say("|---|---|")
    with TemporaryDirectory() as home:
        _cold(Path(home), folder)
    with TemporaryDirectory() as home:
        _warm(Path(home), folder)
    for room in ("index", "rag", "ui", "evals", "tests"):
        files = [path for kind in ("*.py", "*.js", "*.css") for path in (ROOT / room).rglob(kind)]
        _row(f"lines in {room}/", f"{sum(len(path.read_text().splitlines()) for path in files)} in {len(files)} files")


def _cold(home: Path, folder: Path) -> None:
    """Whole commands, each in a process of its own; every process after the first finds its files in the page cache."""
    child = environment(home)
    seconds, megabytes = _process(["ingest", str(folder)], child)
    _row("`citedesk ingest`, whole command, first run", f"{seconds:.2f} s, {megabytes:.0f} MB at most")
    for name, arguments in (
        ("ingest` with nothing new", ["ingest", str(folder)]),
        ("ask`", ["ask", load()[0].question]),
        ("--help`", ["--help"]),
    ):
        runs = [_process(arguments, child) for _ in range(COLD)]
        times, peak = [run[0] for run in runs], max(run[1] for run in runs)
        _row(
            f"`citedesk {name}, whole command",
            f"median {np.median(times):.2f} s, worst {max(times):.2f} s of n={COLD}, {peak:.0f} MB at most",
        )
    _row("`citedesk serve`, until the page answers", f"{_serving(child):.1f} s")


def _warm(home: Path, folder: Path) -> None:
    """Inside one process, with the questions of the cases; the first pass over them counts, caches still empty."""
    with closing(open_desk(replace(read(), home=home))) as desk:
        embed(desk.model, ["warm"])
        start = perf_counter()
        ingest_paths(desk, [folder])
        took = perf_counter() - start
        texts = list(desk.library.texts().values())
        start = perf_counter()
        embed(desk.model, texts)
        bare = perf_counter() - start
        _row(
            "ingest in a running process",
            f"{took:.2f} s for {desk.library.count_documents()} documents, {len(texts)} chunks; "
            f"embedding them alone {bare:.2f} s",
        )
        answers = [answer(desk, case.question, case.history) for case in load()]
        again = [answer(desk, case.question, case.history) for case in load()]
    for name, some in (("first time", answers), ("asked again", again)):
        _row(f"retrieval, {name}", _percentiles([each.timings.retrieve for each in some]))
        _row(f"whole extractive answer, {name}", _percentiles([each.timings.total for each in some]))
    size = sum(path.stat().st_size for path in home.rglob("*") if path.is_file())
    _row("library and vector index on disk", f"{size / 1e6:.1f} MB")


def _process(arguments: Sequence[str], variables: dict[str, str]) -> tuple[float, float]:
    """Seconds and peak resident megabytes of one command."""
    script = (
        "import json, resource, subprocess, sys, time\n"
        "start = time.perf_counter()\n"
        "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n"
        "took = time.perf_counter() - start\n"
        "print(json.dumps([took, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *_CLI, *arguments],
        cwd=ROOT,
        env=variables,
        check=True,
        capture_output=True,
        text=True,
    )
    seconds, peak = json.loads(done.stdout)
    return float(seconds), float(peak) / (1e6 if sys.platform == "darwin" else 1e3)


def _serving(variables: dict[str, str]) -> float:
    start = perf_counter()
    process = subprocess.Popen(
        [*_CLI, "serve", "--port", "0"], cwd=ROOT, env=variables, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    address = process.stdout.readline().split(" at ")[1].split()[0]
    with urllib.request.urlopen(address) as page:
        page.read()
    took = perf_counter() - start
    process.terminate()
    process.wait()
    return took


def _percentiles(milliseconds: Sequence[float]) -> str:
    p50, p95 = np.percentile(milliseconds, [50, 95])
    return f"p50 {p50:.0f} ms, p95 {p95:.0f} ms, n={len(milliseconds)}"


def _row(what: str, figure: str) -> None:
    _say(f"| {what} | {figure} |")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
