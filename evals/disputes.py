"""Measures which conflicts between reports are found: ``python -m evals.disputes [--show]``.

``evals/data/disputes.jsonl`` holds our own invented news, all put on one shelf: each line a question, a few short dated
reports, and what they disagree on, if on anything. Every third line is held out; rules and thresholds were chosen on
the others. A conflict that is found is right where its kind is the marked one and each marked side stands in a quote of
a side of its own. ``--show`` prints what went wrong among the lines that are not held out.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from pathlib import Path
from time import perf_counter

import numpy as np

from evals import lines
from evals.cases import Questions, Source
from evals.lines import Values
from evals.metrics import Estimate, estimate, mean
from evals.tasks.shelf import shelf
from rag import settings
from rag.answer import CANDIDATES
from rag.copies import collapse
from rag.desk import Desk
from rag.disputes.conflicts import Disagreement, disagreements
from rag.reader import read
from rag.retrieve import retrieve
from rag.types import Dispute, Filters

DISPUTES = Path(__file__).parent / "data" / "disputes.jsonl"


@dataclass(frozen=True, slots=True)
class Marked:
    """What a person marked: of which kind a conflict is, and words that stand in a quote of each side."""

    dispute: Dispute
    sides: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A question with its reports and what they disagree on; empty for nothing."""

    id: str
    question: str
    reports: tuple[Source, ...]
    marked: tuple[Marked, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found for a row: how many conflicts there are, how many were found, how many of those are right."""

    row: Row
    found: tuple[Disagreement, ...]
    right: int
    milliseconds: float


def rows(path: Path) -> tuple[Row, ...]:
    """The lines of the file in their order. Raises OSError, and UsageError for a line of another shape."""
    return lines.unique(path, lines.each(path, _row), lambda row: row.id)


def _row(values: Values) -> Row:
    id_ = lines.text(values, "id")
    reports = tuple(
        Source(
            *(f"{id_}-{number}", lines.text(each, "title"), lines.text(each, "text")),
            outlet=lines.text(each, "outlet"),
            published=lines.day(each, "date"),
        )
        for number, each in enumerate(lines.objects(values, "documents"), 1)
    )
    marked = tuple(
        Marked(Dispute(lines.text(each, "kind")), tuple(lines.strings(each, "sides")))
        for each in lines.objects(values, "disputes")
    )
    return Row(id_, lines.text(values, "question"), reports, marked)


def measure(desk: Desk, row: Row) -> Outcome:
    """What the product finds for one row over the whole shelf; the time is that of the search for conflicts alone."""
    material = retrieve(desk.library, desk.index, desk.model, row.question, Filters(), CANDIDATES)
    material = replace(material, passages=collapse(material.passages))
    reading = read(material, desk.model, row.question, desk.settings.read_tokens)
    started = perf_counter()
    answered = reading.confidence >= desk.settings.refuse_below
    found = disagreements(row.question, reading.answers) if answered else ()
    took = 1000 * (perf_counter() - started)
    return Outcome(row, found, sum(any(is_right(each, marked) for each in found) for marked in row.marked), took)


def is_right(found: Disagreement, marked: Marked) -> bool:
    """Whether the kind is the marked one, and each marked side stands in a quote of a side of its own."""
    told = [[quote.best.text for quote in stand.quotes] for stand in found.stands]
    pairings = permutations(told, len(marked.sides))  # none where fewer sides were found
    held = any(
        all(any(side in quote for quote in quotes) for side, quotes in zip(marked.sides, chosen, strict=True))
        for chosen in pairings
    )
    return found.dispute is marked.dispute and held


def precision(outcomes: Sequence[Outcome]) -> Estimate:
    """The share of conflicts found that are right; n is how many were found."""
    right = [place < each.right for each in outcomes for place in range(len(each.found))]
    return estimate(np.array([[float(one)] for one in right]).reshape(-1, 1), mean)


def recall(outcomes: Sequence[Outcome]) -> Estimate:
    """The share of marked conflicts that were found; n is how many are marked."""
    held = [place < each.right for each in outcomes for place in range(len(each.row.marked))]
    return estimate(np.array([[float(one)] for one in held]).reshape(-1, 1), mean)


def _told(outcome: Outcome) -> str:
    given = [f"{each.dispute.value}: {' | '.join(stand.value for stand in each.stands)}" for each in outcome.found]
    notes = [each.note for each in outcome.found]
    return f"{outcome.row.id}: {outcome.row.question}\n    found {given or 'nothing'} {notes or ''}"


def _line(name: str, outcomes: Sequence[Outcome]) -> str:
    without = [each for each in outcomes if not each.row.marked]
    alarms = sum(bool(each.found) for each in without)
    parts = [
        f"{label} {each.value:.2f} [{each.low:.2f}, {each.high:.2f}] n={each.n}"
        for label, each in (("precision", precision(outcomes)), ("recall", recall(outcomes)))
    ]
    return f"{name}: {'; '.join(parts)}; false alarms in {alarms} of {len(without)} without conflict"


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints precision and recall with 95 % bootstrap intervals, of the lines to develop on and of those held out."""
    parser = argparse.ArgumentParser(prog="python -m evals.disputes", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--show", action="store_true", help="print each line that went wrong, but for those held out")
    show = parser.parse_args(arguments).show
    every = rows(DISPUTES)
    sources = tuple(report for row in every for report in row.reports)
    with (
        tempfile.TemporaryDirectory() as home,
        shelf(Questions((), sources), "disputes", Path(home), settings.read({}), lambda *_: None) as desk,
    ):
        outcomes = [measure(desk, row) for row in every]
    held_out, ours = outcomes[2::3], [each for place, each in enumerate(outcomes, 1) if place % 3]
    told = [_line("developed on", ours), _line("held out", held_out)]
    if show:
        told += [_told(each) for each in ours if each.right < len(each.row.marked) or len(each.found) > each.right]
    took = [each.milliseconds for each in outcomes]
    told.append(f"milliseconds: median {np.median(took):.2f}, longest {max(took):.2f}")
    sys.stdout.write("\n".join(told) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
