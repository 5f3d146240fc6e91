"""``citedesk eval``: the evaluation suite over the sample corpus."""

import argparse
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from evals.cases import OWN, load
from evals.run import report, run, write


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="citedesk eval", description="Measure answers over the sample corpus.")
    parser.add_argument("--cases", type=Path, default=OWN, help="a JSONL file of cases (default: our own)")
    parser.add_argument("--out", type=Path, help="write one JSON object a case to this file")
    arguments = parser.parse_args()
    cases = load(arguments.cases)
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("cases", total=len(cases))
        results = run(cases, lambda _: progress.advance(task))
    if arguments.out:
        write(results, arguments.out)
    sys.stdout.write("\n".join(report(results)) + "\n")


if __name__ == "__main__":
    main()
