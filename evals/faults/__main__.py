"""``python -m evals.faults``: each bad input is made in a folder beside two good files and ingested in a process of its
own, into a new library; what was said, what it cost, and whether the good files are in, as a Markdown table."""

import argparse
import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from evals.faults.child import Told
from evals.faults.inputs import FAULTS, Fault, good
from rag.settings import environment

_CHILD = "from evals.faults.child import main; import sys; main(*sys.argv[1:])"
_SHOWN = 3  # lines of what was said


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table; 1 when good files were lost to a bad one."""
    parser = argparse.ArgumentParser(prog="python -m evals.faults", description="What becomes of bad input.")
    parser.add_argument("--only", metavar="WORDS", default="", help="only inputs with these words in their names")
    asked = parser.parse_args(arguments)
    sys.stdout.write(
        "| input | what was said | others in | seconds | MB: ingest | MB: worker |\n|---|---|--:|--:|--:|--:|\n"
    )
    lost = False
    for fault in FAULTS:
        if asked.only in fault.name:
            told = ingested(fault)
            others = sum(title.startswith("Good ") for title in told.titles)
            lost = lost or (others < 2 and fault.trait not in ("full", "read-only"))
            sys.stdout.write(_row(fault, told, others))
            sys.stdout.flush()
    return int(lost)


def ingested(fault: Fault) -> Told:
    """What an ingest made of it. Raises CalledProcessError when the process itself died."""
    with tempfile.TemporaryDirectory(prefix="citedesk-faults-") as scratch:
        folder, home = Path(scratch, "documents"), Path(scratch, "home")
        folder.mkdir()
        home.mkdir()
        good(folder)
        fault.make(folder)
        with _meanwhile(fault, folder):
            done = subprocess.run(
                [sys.executable, "-c", _CHILD, str(home), str(folder), fault.trait],
                env=environment(home),
                stdout=subprocess.PIPE,
                check=True,
            )
        home.chmod(0o755)
        subprocess.run(["rm", "-rf", str(folder)], check=True)  # folders may be deeper than Python goes
    found = json.loads(done.stdout)
    return Told(tuple(found["said"]), tuple(found["titles"]), found["seconds"], found["own"], found["worker"])


@contextmanager
def _meanwhile(fault: Fault, folder: Path) -> Iterator[None]:
    done = threading.Event()
    act = fault.while_read

    def run() -> None:
        while act is not None and not done.wait(0.002):
            act(folder)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _row(fault: Fault, told: Told, others: int) -> str:
    said = [*told.said[:_SHOWN], *([f"and {len(told.said) - _SHOWN} more"] if len(told.said) > _SHOWN else [])]
    extra = [title for title in told.titles if not title.startswith("Good ")]
    if extra:
        said.append(f"(read: {', '.join(extra[:_SHOWN])})")
    text = "; ".join(said or ["nothing"]).replace("|", "\\|").replace("\n", " ")
    shown = text if len(text) <= 300 else f"{text[:299]}…"
    return f"| {fault.name} | {shown} | {others} of 2 | {told.seconds:.1f} | {told.own:.0f} | {told.worker:.0f} |\n"


if __name__ == "__main__":
    raise SystemExit(main())
