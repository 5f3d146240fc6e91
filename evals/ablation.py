"""What each part of finding and reading is worth: suites measured with one part switched off at a time.

    python -m evals.ablation SUITE... [--data DIR] [--limit N] [--out FILE]

Each part is taken out of a copy of the program by editing the line that brings it in, and ``citedesk eval`` is run on
that copy; the weights of the fusion are then those that ``python -m evals.reader.fuse`` fitted without that part, where
it is a feature of the reader. Prints a table in Markdown: a row for each part, the figures with their difference to the
whole. SUITE and DIR are as for ``citedesk eval``.
"""

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.progress import track

from evals.figures import FIGURES, measure
from evals.results import OURS, Row
from evals.runs import read_run

ROOT = Path(__file__).parent.parent
SHOWN = ("paragraph hit@1", "document hit@1", "best sentence right", "AUROC answerable", "AUROC right")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the program, and the edit that takes it out: in ``file``, ``was`` becomes ``becomes``. ``fitted``
    names the weights in ``rag/reader.json`` that were fitted without it ("" for those of the whole)."""

    name: str
    file: str = ""
    was: str = ""
    becomes: str = ""
    fitted: str = ""


PARTS = (
    Part("the whole"),
    Part("without the reader", fitted="reader"),
    Part("without cosine", fitted="cosine"),
    Part("without shared words", fitted="shared words"),
    Part("without the kind of answer", fitted="kind of answer"),
    Part("without the lexical half", "rag/retrieve.py", ", LexicalRetriever(library, filters)]", "]"),
    Part("without the dense half", "rag/retrieve.py", "DenseRetriever(index, model, library.within(filters)), ", ""),
    Part("without limits read from the question", "rag/limits.py", "    if not infer:\n", "    if True:\n"),
    Part("without rewriting", "rag/answer.py", "understood = standalone(question, history)", "understood = question"),
    Part("without the topic", "rag/answer.py", "about = topic(question, history)", 'about = ""'),
    Part("without collapsing copies", "rag/answer.py", "passages=collapse(found.passages)", "passages=found.passages"),
)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("suites", nargs="+")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--out", type=Path, default=Path("citedesk-eval"), help="folder of libraries and runs")
    arguments = parser.parse_args()
    options = [*arguments.suites, *(["--data", str(arguments.data.absolute())] if arguments.data else [])]
    options += ["--limit", str(arguments.limit)] if arguments.limit else []
    found = {part.name: _run(part, options, arguments.out.absolute()) for part in track(PARTS, description="parts")}
    for suite in dict.fromkeys(row.suite for rows in found.values() for row in rows):
        sys.stdout.write(f"\n{_table(suite, found)}\n")


def _run(part: Part, options: list[str], out: Path) -> list[Row]:
    """The rows of a run of the program without ``part``."""
    with TemporaryDirectory() as folder:
        tree = Path(folder)
        for name in ("index", "rag", "evals", "corpus"):
            shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
        take_out(part, tree)
        out.mkdir(parents=True, exist_ok=True)
        (tree / "citedesk-eval").symlink_to(out)  # its libraries
        run = out / "ablation" / part.name.replace(" ", "-")
        command = [sys.executable, "-m", "evals", *options, "--out", str(run)]
        done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{part.name}: {done.stderr or done.stdout}")
    return read_run(run).rows


def take_out(part: Part, tree: Path) -> None:
    """Edits a copy of the program. Raises ValueError when the place to edit is not there once."""
    if part.fitted:
        path = tree / "rag" / "reader.json"
        stored = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(json.dumps(stored | stored["without"][part.fitted]), encoding="utf-8")
    if part.file:
        path = tree / part.file
        text = path.read_text(encoding="utf-8")
        if text.count(part.was) != 1:
            raise ValueError(f"{part.file} no longer has {part.was!r} once: say anew how to take out {part.name!r}")
        path.write_text(text.replace(part.was, part.becomes), encoding="utf-8")


def _table(suite: str, found: Mapping[str, list[Row]]) -> str:
    whole = [row for row in found[PARTS[0].name] if row.suite == suite]
    shown = [figure for figure in FIGURES if figure.name in SHOWN and measure(whole, OURS, figure).n]
    lines = [f"| {suite}, n={len(whole)} | " + " | ".join(figure.name for figure in shown) + " |"]
    lines.append("| --- |" + " ---: |" * len(shown))
    for name, rows in found.items():
        cells = []
        for figure in shown:
            base = measure(whole, OURS, figure).value
            value = measure([row for row in rows if row.suite == suite], OURS, figure).value
            cells.append(f"{value:.3f}" if rows is found[PARTS[0].name] else f"{value:.3f} ({value - base:+.3f})")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
