"""Whole commands in processes of their own, and ingest in a running process."""

import os
import platform
from importlib.metadata import version
from pathlib import Path
from statistics import median

from evals.bench.scale import ask
from evals.bench.throughput import throughput
from evals.bench.tools import Plan, apart, command, disk, mb, serving, table


def machine(folder: Path) -> str:
    """One line: machine, versions, settings."""
    processor, cpus = platform.machine(), Path("/proc/cpuinfo")
    if cpus.exists():
        names = [line.split(":")[1].strip() for line in cpus.read_text().splitlines() if line.startswith("model name")]
        processor += f" ({names[0]})" if names else ""
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    packages = ("chromadb", "llama-index-core", "onnxruntime", "numpy")
    return (
        f"{processor}, {os.cpu_count()} cores, {gigabytes:.0f} GB, load {os.getloadavg()[0]:.1f} at the start; "
        f"{platform.system()}, Python {platform.python_version()}, "
        f"{', '.join(f'{name} {version(name)}' for name in packages)}; default settings; {folder.name}/"
    )


def commands(plan: Plan) -> None:
    """Measures and prints the part “commands”."""
    home = plan.scratch / "commands"
    with plan.step("whole commands"):
        rows = _whole(plan, home)
    with plan.step("a running process"):
        rows += _running(plan, home)
    rows.append(["library and vector index on disk", f"{disk(home):.1f} MB", "1", "–"])
    about = "Every process after the first finds its files in the page cache."
    table(f"Commands, over {plan.folder.name}/ as it is", about, ["what", "figure", "n", "memory at most"], rows)


def _whole(plan: Plan, home: Path) -> list[list[str]]:
    """Commands from start to end, and the start of the server."""
    first = command(home, ["ingest", str(plan.folder)])
    rows = [["`citedesk ingest`, whole command, first run", f"{first.seconds:.2f} s", "1", mb(first.megabytes)]]
    for name, arguments in (
        ("`citedesk ingest` with nothing new", ["ingest", str(plan.folder)]),
        ("`citedesk ask`", ["ask", plan.cases[0].question]),
        ("`citedesk --help`", ["--help"]),
    ):
        runs = [command(home, arguments) for _ in range(plan.cold)]
        seconds = [run.seconds for run in runs]
        figure = f"median {median(seconds):.2f} s, worst {max(seconds):.2f} s"
        rows.append([f"{name}, whole command", figure, str(len(runs)), mb(max(run.megabytes for run in runs))])
    starts = [serving(home).seconds for _ in range(min(plan.cold, 3))]
    figure = f"median {median(starts):.2f} s, worst {max(starts):.2f} s"
    return [*rows, ["`citedesk serve`, until the page answers", figure, str(len(starts)), "–"]]


def _running(plan: Plan, home: Path) -> list[list[str]]:
    """The same work in processes that have started already."""
    warm = apart(throughput, plan.folder, plan.rounds)
    figure = (
        f"median {median(turn.ingest for turn in warm.turns):.2f} s for {warm.documents} documents, {warm.chunks} "
        f"chunks; embedding them alone {median(turn.bare for turn in warm.turns):.2f} s"
    )
    rows = [["ingest in a running process", figure, str(len(warm.turns)), mb(warm.memory.peak)]]
    asked = apart(ask, home, plan.cases, False)
    (latency,) = asked.latencies
    for name, some in (
        ("retrieval, first time", latency.retrieval),
        ("whole extractive answer, first time", latency.answers),
        ("retrieval, asked again", latency.retrieval_again),
        ("whole extractive answer, asked again", latency.answers_again),
    ):
        rows.append([name, f"p50 {some.p50:.1f} ms, p95 {some.p95:.1f} ms", str(some.number), mb(asked.memory.peak)])
    return rows
