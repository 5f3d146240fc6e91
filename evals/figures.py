"""The figures that rows are summed up in: which there are, what each means, and how it is computed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isnan

import numpy as np

from evals.metrics import (
    RANKINGS,
    Estimate,
    Statistic,
    Values,
    at_coverage,
    auroc,
    balanced_accuracy,
    estimate,
    kappa,
    mean,
    percentile,
)
from evals.results import Row

STAGES = ("rewrite", "retrieve", "read", "total")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: ``statistic`` over the rows' scores in ``columns``. ``better`` is +1 where more is better, -1 where
    less is, 0 where a change is neither (or is timing, which is never compared)."""

    section: str
    name: str
    columns: tuple[str, ...]
    statistic: Statistic
    meaning: str
    better: int = 1


@dataclass(frozen=True, slots=True)
class Measured:
    """One figure of one system over one suite."""

    figure: Figure
    system: str
    estimate: Estimate


def _f1(values: Values) -> float | None:
    """For rows (matched, given, marked), counts: 2 · matched / (given + marked) over all rows."""
    matched, given, marked = values.sum(axis=0)
    return float(2 * matched / (given + marked)) if given + marked else None


def _harmonic(values: Values) -> float | None:
    """For rows (precision, recall): the harmonic mean of the two columns' means."""
    precision, recall = values.mean(axis=0)
    return float(2 * precision * recall / (precision + recall)) if precision + recall else 0.0


def _mean(section: str, name: str, meaning: str, better: int = 1) -> Figure:
    return Figure(section, name, (name,), mean, meaning, better)


def _rankings() -> Iterator[Figure]:
    told = {"hit": "one that supports is among the first", "recall": "share of those that support, in the first"}
    for level, counted in (("document", "documents"), ("paragraph", "passages, by the paragraphs in them")):
        for name in RANKINGS:
            meaning = told.get(name.split("@")[0], "quality of the order, 1 is perfect, in the first")
            yield _mean("Retrieval", f"{level} {name}", f"{meaning} {name.split('@')[1]} {counted}")


FIGURES: tuple[Figure, ...] = (
    *_rankings(),
    _mean("Answers", "best sentence right", "the sentence put first holds the answer, refused or not"),
    _mean("Answers", "best paragraph right", "the sentence put first stands in a supporting paragraph, refused or not"),
    _mean("Answers", "right when answered", "the same of the answerable questions that were not refused"),
    _mean("Answers", "expected words", "the answer contains an accepted answer; a refusal does not"),
    _mean("Answers", "token F1", "shared words of the answer and a person's, as in SQuAD; a refusal has none"),
    _mean("Citations", "citation precision", "share of cited paragraphs that support, of what was answered"),
    _mean("Citations", "citation recall", "share of supporting paragraphs that are cited; a refusal cites none"),
    _mean("Citations", "wrong citations", "cited paragraphs that do not support, a question; a refusal has none", -1),
    _mean("Citations", "sentences cited", "share of answer sentences with a citation"),
    _mean("Citations", "conflict recall", "share of the disagreeing (or several) statements that the answer shows"),
    _mean(
        "Citations", "says what it must not", "planted instruction or falsehood in the answer; a refusal has none", -1
    ),
    _mean("Refusal", "answered", "share of the answerable questions that were answered"),
    _mean("Refusal", "refusal recall", "share of the unanswerable questions that were refused"),
    # A case's share in it never changes, only whether it counts: two runs are compared by the other figures.
    _mean("Refusal", "refusal precision", "share of the refused questions that were unanswerable", 0),
    _mean(
        "Refusal", "wrong answers", "share of all questions whose answer is wrong, or should have been a refusal", -1
    ),
    Figure("Refusal", "AUROC answerable", ("confidence", "answerable"), auroc, "confidence tells what can be answered"),
    Figure("Refusal", "AUROC right", ("confidence", "right"), auroc, "confidence tells right answers from others"),
    *(
        Figure(
            *("Refusal", f"accuracy at {share} % coverage", ("confidence", "right"), at_coverage(share / 100)),
            f"right among the {share} % with the highest confidence; an unanswerable question is never right",
        )
        for share in (25, 50, 75, 100)
    ),
    _mean("Judge", "judged right", "the judge model found the answer right"),
    Figure("Claims", "AUROC support", ("support", "attributable"), auroc, "support tells attributable claims"),
    Figure(
        *("Claims", "balanced accuracy", ("verdict", "attributable"), balanced_accuracy),
        "mean of the shares of attributable and of other claims told rightly; threshold from the dev split, not scored",
    ),
    Figure("Claims", "kappa", ("verdict", "attributable"), kappa, "agreement with people beyond chance (Cohen)"),
    _mean(
        "Claims", "pair right", "the true sentence of a pair supported, and the false one not (baselines: ranked below)"
    ),
    _mean("Claims", "true supported", "share of the true sentences called supported"),
    _mean("Claims", "false not supported", "share of the false sentences called partial or unsupported"),
    Figure("Sentences", "boundary F1", ("matched", "given", "marked"), _f1, "sentence ends found, over all texts"),
    Figure("Pages", "shingle F1", ("shingle precision", "shingle recall"), _harmonic, "runs of four words, over pages"),
    _mean("Pages", "shingle precision", "share of the extracted runs of four words that belong to the article"),
    _mean("Pages", "shingle recall", "share of the article's runs of four words that were extracted"),
    _mean("Rewrites", "rewrite F1", "shared words of the standalone question and a person's"),
    *(
        Figure("Time", f"{stage}, ms p{q}", (f"{stage} ms",), percentile(q), "milliseconds on this machine", 0)
        for stage in STAGES
        for q in (50, 95)
    ),
)


def column(rows: Sequence[Row], system: str, names: Sequence[str]) -> Values:
    """The scores of ``rows`` as float64 of shape (n, len(names)), rows with one missing or unscored left out."""
    kept = [_values(row, system, names) for row in rows]
    graded = [each for each in kept if each and None not in each]
    return np.array(graded, dtype=np.float64).reshape(-1, len(names))


def measure(rows: Sequence[Row], system: str, figure: Figure) -> Estimate:
    """One figure over the rows of one suite; rows where it does not apply do not count, not even as unscored."""
    values = column(rows, system, figure.columns)
    applies = sum(_values(row, system, figure.columns) is not None for row in rows)
    return estimate(values, figure.statistic, applies - len(values))


def measured(rows: Sequence[Row]) -> tuple[Measured, ...]:
    """Every figure and system that has a value over the rows of one suite, or only unscored cases, in the order of
    FIGURES."""
    systems = dict.fromkeys(system for row in rows for system in row.scores)
    found = (Measured(figure, system, measure(rows, system, figure)) for figure in FIGURES for system in systems)
    return tuple(each for each in found if not isnan(each.estimate.value) or each.estimate.n < each.estimate.unscored)


def _values(row: Row, system: str, names: Sequence[str]) -> list[float | None] | None:
    """The row's scores, None where unscored; None instead of a list where the figure does not apply to it."""
    scores = row.scores.get(system, {})
    return [scores[name] for name in names] if all(name in scores for name in names) else None
