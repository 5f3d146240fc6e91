"""``citedesk bench``: what citedesk costs on this machine, in Markdown tables."""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from evals.bench.tools import Plan, apart, say
from evals.cases import CORPUS
from evals.load import own
from index.errors import CitedeskError
from rag.settings import quiet_environment

USUAL = ("commands", "ingest", "scale", "users", "rivals")
PARTS = (*USUAL, "hundred")
SIZES, QUICK_SIZES = (1000, 10_000, 100_000), (1000,)
USERS, QUICK_USERS = (1, 4, 16, 50), (1, 4)
QUICK_CASES = 10
_EXPLAINED = """\
parts, for --only:
  commands  whole commands in a process each, the start of the server, FOLDER in a running process
  ingest    the embedder beside the pinned model file as it is; ingest of text, web pages and PDF beside the embedder
  scale     retrieval and whole answers at growing sizes, without and with filters; start, memory, disk
  users     1 to 50 threads that ask at once
  rivals    LlamaIndex's and Chroma's default pipelines on the same texts with the same model
  hundred   a hundred thousand chunks (the largest of --sizes) ingested from files, stopped half way and continued;
            only where it is named, for it takes twenty minutes by itself

All but `commands` use made texts, which recombine the sentences of FOLDER. The default settings are measured, not
those of the environment, and no library of yours is touched. Nothing is downloaded. The usual parts take about
twenty minutes on two cores, --quick one or two. Run it on a quiet machine. Ctrl-C stops it.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns its exit code."""
    quiet_environment()
    asked = _parser().parse_args(arguments)
    try:
        with TemporaryDirectory(prefix="citedesk-bench-") as scratch:
            tempfile.tempdir = scratch  # also for the processes that are started: a stopped one leaves nothing behind
            _measure(_plan(asked, Path(scratch)))
    except KeyboardInterrupt:
        sys.stderr.write("\nstopped\n")
        return 130
    except CitedeskError as error:
        sys.stderr.write(f"citedesk bench: {error}\n")
        return 2
    except subprocess.CalledProcessError as error:
        sys.stderr.write(f"citedesk bench: {str(error).rstrip('.')}; what it said stands above\n")
        return 1
    finally:
        tempfile.tempdir = None
    return 0


@contextmanager
def _spinning(what: str) -> Iterator[None]:
    """Shows on standard error what takes its time; nothing where that is no terminal."""
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        progress.add_task(what, total=None)
        yield


def _measure(plan: Plan) -> None:
    """Measures and prints the parts of the plan, in the order of PARTS. Raises CitedeskError, CalledProcessError."""
    # Importing these takes two seconds, and --help does not need them.
    from evals.bench.commands import commands, machine
    from evals.bench.hundred import hundred
    from evals.bench.rivals import rivals
    from evals.bench.scale import scale
    from evals.bench.texts import SEED, material
    from evals.bench.throughput import ingest
    from evals.bench.users import users

    say(machine(plan.folder))
    if "commands" in plan.parts:
        commands(plan)
    if plan.parts == ("commands",):
        return
    with plan.step("reading the folder"):
        given = apart(material, plan.folder, plan.scratch / "real")
    say(
        f"\nThe other tables are of made texts: {len(given.sentences)} sentences of {plan.folder.name}/ recombined "
        f"(seed {SEED}): no two chunks have the same text, and the words are real ones. But every word is about as "
        "frequent in them as in the folder, so the rare words of a question have more hits than in a real library of "
        f"that size. The questions are {len(plan.cases)} evaluation cases, with their histories."
    )
    for name, part in (
        ("ingest", ingest),
        ("scale", scale),
        ("users", users),
        ("rivals", rivals),
        ("hundred", hundred),
    ):
        if name in plan.parts:
            part(plan, given)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="citedesk bench",
        description="Measure time, throughput and memory on this machine; prints Markdown tables.",
        epilog=_EXPLAINED,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "folder",
        nargs="?",
        type=_folder,
        default=CORPUS,
        metavar="FOLDER",
        help="documents to measure with (default: the sample corpus, which the questions are about)",
    )
    parser.add_argument(
        "--sizes",
        type=_sizes,
        metavar="N,N…",
        help="library sizes in chunks, from 100 to 1000000 (default: 1000,10000,100000; with --quick 1000)",
    )
    parser.add_argument("--quick", action="store_true", help="a first look: small, and with few repetitions")
    parser.add_argument(
        "--only",
        nargs="+",
        choices=PARTS,
        default=USUAL,
        metavar="NAME",
        help="only these parts; FOLDER goes before it",
    )
    return parser


def _folder(written: str) -> Path:
    path = Path(written)
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"{written!r} is not a folder")
    return path.resolve()


def _sizes(written: str) -> tuple[int, ...]:
    sizes = [int(part) if part.strip().isdecimal() else 0 for part in written.split(",")]
    if not all(100 <= size <= 1_000_000 for size in sizes):
        raise argparse.ArgumentTypeError(f"{written!r} must be whole numbers from 100 to 1000000, with commas between")
    return tuple(sorted(set(sizes)))


def _plan(asked: argparse.Namespace, scratch: Path) -> Plan:
    quick: bool = asked.quick
    cases = own().cases
    return Plan(
        folder=asked.folder,
        scratch=scratch,
        parts=tuple(part for part in PARTS if part in asked.only),
        sizes=asked.sizes or (QUICK_SIZES if quick else SIZES),
        cases=cases[:: len(cases) // QUICK_CASES][:QUICK_CASES] if quick else cases,
        users=QUICK_USERS if quick else USERS,
        texts=40 if quick else 1000,
        ingested=60 if quick else 3000,
        cold=1 if quick else 7,
        rounds=1 if quick else 3,
        step=_spinning,
    )


if __name__ == "__main__":
    sys.exit(main())
