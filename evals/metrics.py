"""Figures about answers and rankings, as pure functions. What cannot be graded is None and is counted apart, never 0.

Rankings are graded by ir-measures (Hit@k is its Success@k).
"""

import re
import string
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import ir_measures
import numpy as np
from ir_measures import AP, RR, Qrel, R, ScoredDoc, Success, nDCG
from numpy.typing import NDArray
from scipy.stats import rankdata

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_MARKS = str.maketrans("", "", string.punctuation + "“”‘’–—")
_RANKED = {
    "hit@1": Success @ 1,
    "hit@5": Success @ 5,
    "hit@10": Success @ 10,
    "recall@10": R @ 10,
    "nDCG@10": nDCG @ 10,
    "MRR@10": RR @ 10,
    "MAP@5": AP @ 5,
}
RANKINGS = tuple(_RANKED)

Values = NDArray[np.float64]
Statistic = Callable[[Values], float | None]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure over ``n`` graded cases with a 95 % bootstrap interval; ``unscored`` cases could not be graded. Where it
    is not defined, as with n = 0, ``value``, ``low`` and ``high`` are nan."""

    value: float
    low: float
    high: float
    n: int
    unscored: int = 0


def normalise(text: str) -> str:
    """Lower case without punctuation, articles and extra white space (the official SQuAD script's normalisation)."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_MARKS)).split())


def contains(text: str, answers: Sequence[str]) -> bool | None:
    """Whether ``text`` contains one of ``answers`` as whole words, both normalised; None without answers."""
    wanted = [normalised for answer in answers if (normalised := normalise(answer))]
    if not wanted:
        return None
    padded = f" {normalise(text)} "
    return any(f" {answer} " in padded for answer in wanted)


def token_f1(text: str, references: Sequence[str]) -> float | None:
    """The best F1 of shared normalised words, each counted as often as it stands there (the official SQuAD script's);
    None without references."""
    return max((_f1(normalise(text).split(), normalise(each).split()) for each in references), default=None)


def _f1(given: Sequence[str], wanted: Sequence[str]) -> float:
    if not given or not wanted:
        return float(given == wanted)
    common = sum((Counter(given) & Counter(wanted)).values())
    return 2 * common / (len(given) + len(wanted))


def precision(cited: Sequence[bool]) -> float | None:
    """The share of citations that stand in a supporting paragraph; None where nothing is cited."""
    return sum(cited) / len(cited) if cited else None


def recall(found: Sequence[bool]) -> float | None:
    """The share of what was to be found that was; None where there is nothing to be found."""
    return sum(found) / len(found) if found else None


def ranking(ranked: Sequence[str], relevant: Mapping[str, int]) -> Mapping[str, float]:
    """The grade of one ranked list of ids, best first, by each of RANKINGS; ids after the first mention are ignored.
    ``relevant`` holds how relevant each relevant id is, from 1; only nDCG heeds that."""
    order = list(dict.fromkeys(ranked))
    run = [ScoredDoc("q", id_, float(-place)) for place, id_ in enumerate(order)]
    judged = [Qrel("q", id_, grade) for id_, grade in sorted(relevant.items())]
    graded = ir_measures.calc_aggregate(list(_RANKED.values()), judged, run)
    return {name: float(graded[measure]) for name, measure in _RANKED.items()}


def mean(values: Values) -> float | None:
    """The mean of the first column; None without rows."""
    return float(values[:, 0].mean()) if len(values) else None


def auroc(values: Values) -> float | None:
    """For rows (score, 1 or 0): the probability that a positive's score is above a negative's, ties counting half (the
    Mann-Whitney statistic); None without both kinds."""
    positive = values[:, 1] > 0.5
    above, below = int(positive.sum()), int((~positive).sum())
    if not above or not below:
        return None
    ranks = rankdata(values[:, 0])
    return float((ranks[positive].sum() - above * (above + 1) / 2) / (above * below))


def balanced_accuracy(values: Values) -> float | None:
    """For rows (verdict, truth) of 1 and 0: the mean of the shares found right among the positive and among the
    negative; None without both kinds."""
    right, positive = (values[:, 0] > 0.5) == (values[:, 1] > 0.5), values[:, 1] > 0.5
    if positive.all() or not positive.any():
        return None
    return float((right[positive].mean() + right[~positive].mean()) / 2)


def kappa(values: Values) -> float | None:
    """Cohen's kappa of rows (verdict, truth) of 1 and 0: the agreement beyond chance; None where chance is certain."""
    given, truth = values[:, 0] > 0.5, values[:, 1] > 0.5
    if not len(values):
        return None
    chance = float(given.mean() * truth.mean() + (1 - given.mean()) * (1 - truth.mean()))
    return None if chance == 1 else (float((given == truth).mean()) - chance) / (1 - chance)


def at_coverage(share: float) -> Statistic:
    """For rows (confidence, right): the accuracy over the ``share`` of rows with the highest confidence (at least one);
    rows that tie at the border count by their mean."""

    def accuracy(values: Values) -> float | None:
        if not len(values):
            return None
        keep = max(1, round(share * len(values)))
        edge = np.sort(values[:, 0])[::-1][keep - 1]
        above, level = values[:, 0] > edge, values[:, 0] == edge
        return float((values[above, 1].sum() + values[level, 1].mean() * (keep - above.sum())) / keep)

    return accuracy


def coverage_curve(values: Values, points: int = 50) -> tuple[tuple[float, float], ...]:
    """For rows (confidence, right): (coverage, accuracy) pairs, coverage rising to 1; empty without rows."""
    shares = [place / points for place in range(1, points + 1)]
    return tuple((share, accuracy) for share in shares if (accuracy := at_coverage(share)(values)) is not None)


def percentile(q: float) -> Statistic:
    """The ``q``-th percentile (0 to 100) of the first column, linear between neighbours; None without rows."""
    return lambda values: float(np.percentile(values[:, 0], q)) if len(values) else None


def estimate(values: Values, statistic: Statistic, unscored: int = 0, resamples: int = 1000) -> Estimate:
    """``statistic`` over rows of shape (n, m) with its percentile bootstrap interval (Efron, 1979), seed 0."""
    value = statistic(values) if len(values) else None
    if value is None:
        return Estimate(float("nan"), float("nan"), float("nan"), len(values), unscored)
    low, high = _interval([statistic(values[rows]) for rows in _resamples(len(values), resamples)])
    return Estimate(value, low, high, len(values), unscored)


def difference(before: Values, after: Values, statistic: Statistic, resamples: int = 2000) -> Estimate:
    """``statistic(after) - statistic(before)`` where row i of both, shape (n, m), is the same case: the cases are
    resampled in pairs. nan where it is not defined."""
    one, other = (statistic(before), statistic(after)) if len(before) else (None, None)
    if one is None or other is None:
        return Estimate(float("nan"), float("nan"), float("nan"), len(before))
    if np.array_equal(before, after):
        return Estimate(0.0, 0.0, 0.0, len(before))
    changes = []
    for rows in _resamples(len(before), resamples):
        first, second = statistic(before[rows]), statistic(after[rows])
        changes.append(None if first is None or second is None else second - first)
    low, high = _interval(changes)
    return Estimate(other - one, low, high, len(before))


@lru_cache(maxsize=4)
def _resamples(n: int, resamples: int) -> NDArray[np.int64]:
    return np.random.default_rng(0).integers(0, n, (resamples, n))


def _interval(values: Sequence[float | None]) -> tuple[float, float]:
    defined = [value for value in values if value is not None]
    low, high = np.percentile(defined, [2.5, 97.5]) if defined else (float("nan"), float("nan"))
    return float(low), float(high)
