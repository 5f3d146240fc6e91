"""The geometry of the plots in the HTML report; the template draws them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from evals.figures import column
from evals.metrics import Estimate, coverage_curve
from evals.report.sheets import Line
from evals.results import OURS, Row

WIDTH, HEIGHT = 380, 240  # of a plot, in SVG units
LEFT, RIGHT, TOP, BOTTOM = 44, 20, 12, 40  # its margins
BINS = 20
_MOST_CURVES = 4


@dataclass(frozen=True, slots=True)
class Curve:
    """One system's line through ``points``, an SVG points attribute."""

    system: str
    ours: bool
    points: str


@dataclass(frozen=True, slots=True)
class Point:
    """Where ``share`` (across) and ``value`` (up), both 0 to 1, stand in a plot."""

    share: float
    value: float

    @property
    def x(self) -> float:
        """Across, in SVG units."""
        return round(LEFT + self.share * (WIDTH - LEFT - RIGHT), 1)

    @property
    def y(self) -> float:
        """Down, in SVG units."""
        return round(HEIGHT - BOTTOM - self.value * (HEIGHT - TOP - BOTTOM), 1)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Accuracy among the most confident share of ``n`` cases, and where our system stands: what it answered."""

    n: int
    curves: tuple[Curve, ...]
    answered: Point | None


@dataclass(frozen=True, slots=True)
class Bin:
    """One bar of a histogram, from ``x``: its height up (answerable) and down (unanswerable)."""

    x: float
    width: float
    up: float
    down: float
    told: str


@dataclass(frozen=True, slots=True)
class Histogram:
    """Our confidence over ``answerable`` and ``unanswerable`` cases; the bars stand on and hang from ``middle``."""

    answerable: int
    unanswerable: int
    middle: float
    bins: tuple[Bin, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """An interval between 0 and 1, in hundredths."""

    system: str
    ours: bool
    low: float
    high: float
    value: float


def coverage(rows: Sequence[Row]) -> Coverage | None:
    """The plot of accuracy at coverage; None where no system has a confidence."""
    names = ("confidence", "right")
    systems = dict.fromkeys((OURS, *(system for row in rows for system in row.scores)))
    drawn = {system: coverage_curve(column(rows, system, names)) for system in systems}
    curves = [Curve(name, name == OURS, _points(pairs)) for name, pairs in drawn.items() if pairs]
    graded = [(row, column([row], OURS, names)) for row in rows]
    ours = [(row.refused, float(values[0, 1])) for row, values in graded if len(values)]
    right = [each for refused, each in ours if not refused]
    point = Point(len(right) / len(ours), sum(right) / len(right)) if right else None
    n = len(ours) or max((len(column(rows, system, names)) for system in drawn), default=0)
    return Coverage(n, tuple(curves[:_MOST_CURVES]), point) if curves else None


def histogram(rows: Sequence[Row]) -> Histogram | None:
    """Our confidence by whether the case can be answered; None unless there are both kinds."""
    values = column(rows, OURS, ("confidence", "answerable"))
    counts = {1.0: [0] * BINS, 0.0: [0] * BINS}
    for confidence, answerable in values:
        counts[float(answerable > 0.5)][min(BINS - 1, max(0, int(confidence * BINS)))] += 1
    up, down = counts[1.0], counts[0.0]
    if not sum(up) or not sum(down):
        return None
    shares = [(a / sum(up), b / sum(down)) for a, b in zip(up, down, strict=True)]
    scale = (HEIGHT - TOP - BOTTOM) / 2 / max(max(pair) for pair in shares)
    width = (WIDTH - LEFT - RIGHT) / BINS
    bins = tuple(
        Bin(
            *(round(LEFT + place * width, 1), round(width - 1, 1)),
            *(round(one * scale, 1), round(other * scale, 1)),
            f"{place / BINS:.2f} to {(place + 1) / BINS:.2f}: {up[place]} answerable, {down[place]} unanswerable",
        )
        for place, (one, other) in enumerate(shares)
    )
    return Histogram(sum(up), sum(down), (HEIGHT - BOTTOM + TOP) / 2, bins)


def bars(line: Line, systems: Sequence[str]) -> tuple[Bar, ...]:
    """The intervals of one figure, those that are defined, cut to what lies between 0 and 1."""
    found = ((system, line.estimates[system]) for system in systems if system in line.estimates)
    return tuple(_bar(system, each) for system, each in found if not math.isnan(each.value))


def _bar(system: str, estimate: Estimate) -> Bar:
    low, high = (estimate.value if math.isnan(each) else each for each in (estimate.low, estimate.high))
    at = [round(100 * min(1.0, max(0.0, each)), 1) for each in (low, high, estimate.value)]
    return Bar(system, system == OURS, *at)


def _points(pairs: Sequence[tuple[float, float]]) -> str:
    places = (Point(*pair) for pair in pairs)
    return " ".join(f"{place.x},{place.y}" for place in places)
