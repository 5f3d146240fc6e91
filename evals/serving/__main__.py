"""``python -m evals.serving``: what a server bears on this machine, in Markdown tables."""

import argparse
import asyncio
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from evals.bench.tools import both, mb, say, table
from evals.cases import CORPUS
from evals.load import own
from evals.serving.parts import RESIDENT_EVERY, crowded, fair, held, streamed
from evals.serving.server import filled, running
from evals.serving.slow import Pace, slow_model
from index.errors import CitedeskError
from rag.settings import quiet_environment

PARTS = ("crowd", "streams", "memory")
PACE = Pace("The documents say so in several places, and nothing in them says otherwise. " * 3, first=2.0, delay=0.2)
_POLITE = 10


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns its exit code: 0 measured without an error, 1 with some, 2 not measured."""
    quiet_environment()
    asked = _parser().parse_args(arguments)
    questions = [case.question for case in own().cases if not case.history]
    errors = 0
    try:
        with TemporaryDirectory(prefix="citedesk-serving-") as folder:
            home = filled(Path(folder, "home"), CORPUS)
            if "crowd" in asked.only:
                errors += _crowd(home, questions, asked.people, asked.each)
            if "streams" in asked.only:
                errors += _streams(home, questions, asked.streams)
            if "memory" in asked.only:
                errors += _memory(home, questions, asked.questions)
    except (CitedeskError, subprocess.CalledProcessError, FileNotFoundError) as error:
        sys.stderr.write(f"evals.serving: {error}\n")
        return 2
    return 1 if errors else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m evals.serving",
        description="Measure a server over HTTP: a crowd, open streams, memory. Linux only; your library is not used.",
    )
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), help="only these parts")
    parser.add_argument("--people", type=int, default=50, help="who ask at the same time (default: 50)")
    parser.add_argument("--each", type=int, default=5, help="questions that each of them asks (default: 5)")
    parser.add_argument("--streams", type=int, default=200, help="streams that are open together (default: 200)")
    parser.add_argument("--questions", type=int, default=1000, help="questions while memory is watched (default: 1000)")
    return parser


def _crowd(home: Path, questions: Sequence[str], people: int, each: int) -> int:
    with running(home, {}) as server:
        asyncio.run(crowded(server, questions, 1, 5))  # models are read with the first question
        found = asyncio.run(crowded(server, questions, people, each))
        shared = asyncio.run(fair(server, questions, _POLITE, people, each))
    table(
        "A crowd",
        f"Quoted answers over the sample documents by POST /api/ask; {people} people ask {each} questions each, one "
        "after the other. Default settings (32 answers at once, 4 for one person); client on the same machine.",
        ["people", "n", "answers/s", "p50 ms", "p95 ms", "max ms", "errors"],
        [
            [
                str(people),
                str(found.answers.number),
                f"{found.rate:.1f}",
                f"{found.answers.p50:.0f}",
                f"{found.answers.p95:.0f}",
                f"{found.worst:.0f}",
                str(found.errors),
            ]
        ],
    )
    table(
        "Fairness",
        f"{_POLITE} polite people ask {each} questions each, one after the other: alone, and while another keeps "
        f"{people} questions under way.",
        ["who", "n", "p50 / p95 ms"],
        [
            ["polite, alone", str(shared.alone.number), both(shared.alone)],
            ["polite, beside the greedy one", str(shared.beside.number), both(shared.beside)],
            ["the greedy one", str(shared.greedy.number), both(shared.greedy)],
        ],
    )
    return found.errors + shared.errors


def _streams(home: Path, questions: Sequence[str], streams: int) -> int:
    settings = {"CITEDESK_AT_ONCE": str(streams)}
    with (
        slow_model(PACE) as model,
        running(home, {**settings, "OPENAI_BASE_URL": model, "CITEDESK_MODEL": "slow"}) as server,
    ):
        found = asyncio.run(streamed(server, questions, streams))
    table(
        "Open streams",
        f"{streams} people ask at the same time, CITEDESK_AT_ONCE={streams}; the model takes {PACE.seconds:.0f} s a "
        "reply. First event and end in milliseconds from the question; memory and threads are the server's.",
        ["streams", "complete", "first p50 / p95", "end p50 / p95", "memory before", "at most", "threads at most"],
        [
            [
                str(streams),
                str(found.complete),
                both(found.first),
                both(found.whole),
                mb(found.before),
                mb(found.most),
                str(found.threads),
            ]
        ],
    )
    return streams - found.complete


def _memory(home: Path, questions: Sequence[str], number: int) -> int:
    if number < RESIDENT_EVERY:
        say(f"\nmemory: at least {RESIDENT_EVERY} questions are needed")
        return 0
    with running(home, {}) as server:
        found = asyncio.run(held(server, questions, number))
    table(
        "Memory",
        f"Quoted answers to {number} questions by 4 people, after one round of all {len(questions)}; resident memory "
        f"of the server every {RESIDENT_EVERY}. The slope is of the second half, {found.rate:.1f} answers/s, errors: "
        f"{found.errors}.",
        ["questions", "memory"],
        [
            *([str(at * RESIDENT_EVERY), f"{each:.1f} MB"] for at, each in enumerate(found.megabytes)),
            ["slope", f"{found.slope:+.1f} MB per 1,000"],
        ],
    )
    return found.errors


if __name__ == "__main__":
    raise SystemExit(main())
