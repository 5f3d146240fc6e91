"""Two runs, case by case: paired differences with intervals, and the cases whose outcome changed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evals.figures import FIGURES, Figure, column
from evals.metrics import Estimate, difference
from evals.outcome import Outcome, outcome
from evals.results import OURS, Row, by_suite

FEWEST = 5  # cases; the interval of fewer has no width to speak of
DIGITS = 4  # of a score, as the committed baseline keeps them; what differs further down is no change


@dataclass(frozen=True, slots=True)
class Change:
    """A figure of our system over the ``n`` cases that both runs graded: ``difference`` is after minus before."""

    suite: str
    figure: Figure
    before: float
    after: float
    difference: Estimate

    @property
    def worse(self) -> bool:
        """Whether the whole interval of the difference lies on the bad side of zero."""
        return self._beyond(-self.figure.better)

    @property
    def better(self) -> bool:
        """Whether the whole interval of the difference lies on the good side of zero."""
        return self._beyond(self.figure.better)

    def _beyond(self, sign: int) -> bool:
        low, high = self.difference.low, self.difference.high
        return self.difference.n >= FEWEST and ((sign > 0 and low > 0) or (sign < 0 and high < 0))


@dataclass(frozen=True, slots=True)
class Flip:
    """A case whose outcome changed."""

    before: Row
    after: Row

    @property
    def was(self) -> Outcome:
        """The outcome in the first run."""
        return outcome(self.before)

    @property
    def became(self) -> Outcome:
        """The outcome in the second run."""
        return outcome(self.after)


def pairs(before: Sequence[Row], after: Sequence[Row]) -> Mapping[str, tuple[tuple[Row, Row], ...]]:
    """Suite -> the rows that both runs have of it, by id, in the order of the second run."""
    known = {(row.suite, row.id): row for row in before}
    found = {}
    for suite, rows in by_suite(after).items():
        both = tuple((known[suite, row.id], row) for row in rows if (suite, row.id) in known)
        if both:
            found[suite] = both
    return found


def changes(before: Sequence[Row], after: Sequence[Row]) -> Iterator[Change]:
    """Every figure but the timings that both runs have, over the cases that both graded."""
    for suite, both in pairs(before, after).items():
        for figure in FIGURES:
            graded = [(old, new) for old, new in both if _has(old, figure) and _has(new, figure)]
            if figure.better and graded:
                old = np.round(column([pair[0] for pair in graded], OURS, figure.columns), DIGITS)
                new = np.round(column([pair[1] for pair in graded], OURS, figure.columns), DIGITS)
                was, now = figure.statistic(old), figure.statistic(new)
                if was is not None and now is not None:
                    yield Change(suite, figure, was, now, difference(old, new, figure.statistic))


def flips(before: Sequence[Row], after: Sequence[Row]) -> tuple[Flip, ...]:
    """The cases whose outcome changed, those that got worse first."""
    order = tuple(Outcome)
    found = [Flip(*pair) for both in pairs(before, after).values() for pair in both]
    changed = [flip for flip in found if flip.was is not flip.became]
    return tuple(sorted(changed, key=lambda flip: order.index(flip.became) - order.index(flip.was)))


def _has(row: Row, figure: Figure) -> bool:
    scores = row.scores.get(OURS, {})
    return all(scores.get(name) is not None for name in figure.columns)
