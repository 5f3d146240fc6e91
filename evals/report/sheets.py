"""The figures of a run and its comparison with another, laid out as every report shows them."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evals.compare import Change, Flip, changes, flips, pairs
from evals.figures import Figure, column, measured
from evals.metrics import Estimate
from evals.outcome import Outcome, outcome
from evals.report.layout import NONE, number
from evals.results import OURS, Row, by_suite

TIME = "Time"  # the section whose figures are milliseconds

# The figures of the summary with their short names: those of whole questions, and those of single parts.
QUESTIONS = {
    "document hit@1": "hit@1",
    "document nDCG@10": "nDCG@10",
    "best sentence right": "sentence right",
    "AUROC answerable": "AUROC answerable",
    "citation precision": "cited right",
    "refusal recall": "refusal recall",
    "says what it must not": "says forbidden",
}
PARTS = ("rewrite F1", "boundary F1", "shingle F1", "balanced accuracy")
SHORT = {
    Outcome.SAID_FORBIDDEN: "says forbidden",
    Outcome.GUESSED: "guessed",
    Outcome.WRONG: "wrong",
    Outcome.REFUSED: "refused",
    Outcome.PARTLY: "partly",
    Outcome.UNSCORED: "unscored",
    Outcome.RIGHT: "right",
    Outcome.RIGHTLY_REFUSED: "rightly refused",
}
_BY_TYPE = ("best sentence right", "balanced accuracy", "boundary F1", "shingle F1", "rewrite F1", "document hit@1")


@dataclass(frozen=True, slots=True)
class Against:
    """An earlier run, or the committed baseline; its rows may lack passages and citations."""

    name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of one suite, by system."""

    figure: Figure
    estimates: Mapping[str, Estimate]

    @property
    def main(self) -> Estimate:
        """Our own estimate; the first system's where ours has none."""
        return self.estimates.get(OURS) or next(iter(self.estimates.values()))

    def best_plain(self) -> tuple[str, Estimate] | None:
        """The baseline that does best in this figure; None without any."""
        sign = self.figure.better or 1
        others = [
            (name, each)
            for name, each in self.estimates.items()
            if not name.startswith(OURS) and not math.isnan(each.value)
        ]
        return max(others, key=lambda pair: sign * pair[1].value, default=None)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One suite: its rows and its figures."""

    suite: str
    rows: tuple[Row, ...]
    lines: tuple[Line, ...]

    def sections(self) -> Mapping[str, tuple[Line, ...]]:
        """The figures by section, without the timings, and without paragraph rankings that repeat the documents'."""
        repeats = self._repeats()
        kept = [each for each in self.lines if each.figure.section != TIME and each.figure.name not in repeats]
        names = dict.fromkeys(line.figure.section for line in kept)
        return {name: tuple(line for line in kept if line.figure.section == name) for name in names}

    def times(self) -> tuple[tuple[str, Line, Line], ...]:
        """The stages, each with its median and its 95th percentile."""
        lines = [line for line in self.lines if line.figure.section == TIME]
        stages = [line.figure.columns[0].removesuffix(" ms") for line in lines[::2]]
        return tuple(zip(stages, lines[::2], lines[1::2], strict=True))

    def line(self, name: str) -> Line | None:
        """The figure of that name; None where the suite does not have it."""
        return next((line for line in self.lines if line.figure.name == name), None)

    def headline(self) -> tuple[Line, ...]:
        """The figures that the summary shows."""
        return tuple(found for name in (*QUESTIONS, *PARTS) if (found := self.line(name)) is not None)

    def types(self) -> tuple[str, ...]:
        """The types of case, in the order of their first case."""
        return tuple(dict.fromkeys(row.type for row in self.rows))

    def outcomes(self) -> Mapping[Outcome, int]:
        """How many cases came out how, best first; empty where no outcome is known."""
        counts = Counter(outcome(row) for row in self.rows)
        found = {each: counts[each] for each in reversed(Outcome) if counts[each]}
        return {} if set(found) == {Outcome.UNSCORED} else found

    def _repeats(self) -> frozenset[str]:
        """The names of the paragraph rankings, where each is the same as that of the documents."""
        known = {line.figure.name: str(line.estimates) for line in self.lines}
        names = frozenset(name for name in known if name.startswith("paragraph "))
        same = all(known[name] == known.get(name.replace("paragraph", "document", 1)) for name in names)
        return names if same else frozenset()


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed since another run, over the cases that both have; ``new`` cases are in this run only."""

    name: str
    compared: int
    new: int
    changes: tuple[Change, ...]
    flips: tuple[Flip, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """All that a report of a run is made of."""

    sheets: tuple[Sheet, ...]
    comparison: Comparison | None


def findings(rows: Sequence[Row], against: Against | None) -> Findings:
    """The figures of a run, and what changed since ``against``. Reports that share them need not compute them twice."""
    found = tuple(_sheet(suite, some) for suite, some in by_suite(rows).items())
    return Findings(found, None if against is None else comparison(against.rows, rows, against.name))


def systems(lines: Sequence[Line]) -> tuple[str, ...]:
    """The systems that have any of the figures, ours first."""
    found = dict.fromkeys(system for line in lines for system in line.estimates)
    return tuple(sorted(found, key=lambda system: system != OURS))


def comparison(before: Sequence[Row], after: Sequence[Row], name: str) -> Comparison:
    """What changed since the rows ``before``, which are called ``name``."""
    both = sum(len(some) for some in pairs(before, after).values())
    return Comparison(name, both, len(after) - both, tuple(changes(before, after)), flips(before, after))


def got_worse(flip: Flip) -> bool:
    """Whether the case's outcome is worse than it was."""
    order = tuple(Outcome)
    return order.index(flip.became) < order.index(flip.was)


def by_type(sheet: Sheet) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """A table's head and its rows, one for each type of case: how many, what became of them, and one figure."""
    seen = sheet.outcomes()
    line = next((found for name in _BY_TYPE if (found := sheet.line(name)) is not None), None)
    head = ("type", "n", *(SHORT[each] for each in seen), *((line.figure.name,) if line else ()))
    body = []
    for name in sheet.types():
        rows = [row for row in sheet.rows if row.type == name]
        counts = Counter(outcome(row) for row in rows)
        figures = (number(line.figure.statistic(column(rows, OURS, line.figure.columns))),) if line else ()
        body.append((name, str(len(rows)), *(str(counts[each] or NONE) for each in seen), *figures))
    return head, tuple(body)


def _sheet(suite: str, rows: tuple[Row, ...]) -> Sheet:
    lines: dict[str, dict[str, Estimate]] = {}
    figures = {}
    for each in measured(rows):
        figures[each.figure.name] = each.figure
        lines.setdefault(each.figure.name, {})[each.system] = each.estimate
    return Sheet(suite, rows, tuple(Line(figures[name], estimates) for name, estimates in lines.items()))
