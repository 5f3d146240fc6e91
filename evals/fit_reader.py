"""Fits the reader's two logistic models and writes ``rag/reader.json``.

    python -m evals.fit_reader FOLDER [--questions N] [--calibration FILE] [--out FILE]

Both are fitted on FILE (default: our own ``evals/data/calibration.jsonl``): questions that people would ask freely on
the articles of FOLDER's ``new_wiki_train.json``, a third of them without an answer there. They are asked of the real
retrieval over the whole file. Their figures are from five-fold cross-validation.

The crowd questions of all *.json files of FOLDER (format of SQuAD) are only a test, N of each file: they were written
with the paragraph in view and share its words, and a reader fitted on them fails on people who ask freely. Half of
them are asked a second time with their own paragraph filtered out. Needs the development requirements.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from evals.metrics import auroc
from evals.squad import Row, calibration_rows, crowd_rows
from index.embed import MiniLM
from rag.evidence import FEATURES, Features
from rag.reader import Logistic, sigmoid

PENALTY = 1e-2  # on the squared weights of standardised features
FOLDS = 5
CALIBRATION = Path(__file__).parent / "data" / "calibration.jsonl"

Labels = NDArray[np.bool_]


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--questions", type=int, default=100, help="crowd questions a file (default 100)")
    parser.add_argument("--calibration", type=Path, default=CALIBRATION)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent / "rag" / "reader.json")
    arguments = parser.parse_args()
    files = sorted(arguments.folder.glob("*.json"))
    if not files:
        parser.error(f"{arguments.folder} holds no *.json file")
    model = MiniLM()
    free = calibration_rows(model, arguments.folder / "new_wiki_train.json", arguments.calibration)
    crowd = [row for file in files for row in crowd_rows(model, file, arguments.questions)]
    text = json.dumps(_fit(free, crowd), indent=1) + "\n"
    arguments.out.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


def fit_logistic(features: Features, labels: Labels) -> Logistic:
    """The logistic model without negative weights that fits best; ``features`` (n, m), ``labels`` (n,).

    Penalised likelihood on standardised features, by L-BFGS-B with bounds; returned for the features as they are.
    """
    mean, deviation = features.mean(axis=0), features.std(axis=0) + 1e-9
    scaled, target = (features - mean) / deviation, labels.astype(float)

    def loss(weights: Features) -> float:
        logits = weights[0] + scaled @ weights[1:]
        likelihood = np.logaddexp(0, logits) - target * logits
        return float(likelihood.mean() + PENALTY * (weights[1:] ** 2).sum())

    def slope(weights: Features) -> Features:
        error = sigmoid(weights[0] + scaled @ weights[1:]) - target
        return np.concatenate([[error.mean()], scaled.T @ error / len(error) + 2 * PENALTY * weights[1:]])

    bounds = [(None, None)] + [(0.0, None)] * features.shape[1]
    found = minimize(loss, np.zeros(features.shape[1] + 1), jac=slope, bounds=bounds, method="L-BFGS-B").x
    weights = found[1:] / deviation
    return Logistic(float(found[0] - weights @ mean), weights)


@dataclass(frozen=True, slots=True)
class _Models:
    ranker: Logistic
    judge: Logistic

    def best(self, row: Row) -> int:
        return int(np.argmax(self.ranker.logit(row.features)))

    def sure(self, row: Row) -> float:
        return float(self.judge.logit(row.features[self.best(row)][None, :])[0])


def _models(rows: Sequence[Row]) -> _Models:
    found = [row for row in rows if row.labels.any()]
    ranker = fit_logistic(np.vstack([row.features for row in found]), np.concatenate([row.labels for row in found]))
    best = np.array([row.features[int(np.argmax(ranker.logit(row.features)))] for row in rows])
    return _Models(ranker, fit_logistic(best, np.array([row.answerable for row in rows])))


def _fit(free: Sequence[Row], crowd: Sequence[Row]) -> dict[str, object]:
    models = _models(free)
    folds = [_models([row for place, row in enumerate(free) if place % FOLDS != fold]) for fold in range(FOLDS)]
    unseen = [_outcome(folds[place % FOLDS], row) for place, row in enumerate(free)]
    figures = {"calibration, cross-validated": _figures(unseen)}
    for domain in sorted({row.domain for row in crowd}):
        figures[domain] = _figures([_outcome(models, row) for row in crowd if row.domain == domain])
    sure = sigmoid(np.array([each.sure for each in unseen]))
    return {
        "rank": _named(models.ranker),
        "confidence": _named(models.judge),
        "refuse below": _threshold(sure, np.array([each.row.answerable for each in unseen])),
        "figures": figures,
    }


@dataclass(frozen=True, slots=True)
class _Outcome:
    """A question with what models that had not seen it made of it; ``sure`` in log odds."""

    row: Row
    right: bool
    sure: float


def _outcome(models: _Models, row: Row) -> _Outcome:
    return _Outcome(row, bool(row.labels[models.best(row)]), models.sure(row))


def _threshold(probability: Features, answerable: Labels) -> float:
    """The confidence with the best mean of: answerable questions answered, others refused; to two digits."""
    levels = np.arange(0.01, 1.0, 0.01)
    means = [((probability >= at)[answerable].mean() + (probability < at)[~answerable].mean()) / 2 for at in levels]
    return round(float(levels[int(np.argmax(means))]), 2)


def _figures(outcomes: Sequence[_Outcome]) -> dict[str, float]:
    asked = [each for each in outcomes if each.row.answerable]
    answerable, sure = [each.row.answerable for each in outcomes], [each.sure for each in outcomes]
    cosine = [bool(each.row.labels[int(np.argmax(each.row.features[:, 0]))]) for each in asked]
    figures = {
        "n": len(outcomes),
        "right sentence": float(np.mean([each.right for each in asked])),
        "right sentence by cosine": float(np.mean(cosine)),
        "AUROC right or not": _auroc(sure, [each.right for each in outcomes]),
        "AUROC answerable or not": _auroc(sure, answerable),
        "AUROC answerable or not by cosine": _auroc([float(e.row.features[:, 0].max()) for e in outcomes], answerable),
    }
    return {name: round(value, 3) for name, value in figures.items()}


def _auroc(scores: Sequence[float], positive: Sequence[bool]) -> float:
    return auroc(np.column_stack([scores, positive]).astype(np.float64)) or 0.0


def _named(model: Logistic) -> dict[str, float]:
    weights = {name: round(float(weight), 4) for name, weight in zip(FEATURES, model.weights, strict=True)}
    return {"bias": round(model.bias, 4)} | weights


if __name__ == "__main__":
    main()
