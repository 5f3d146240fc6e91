"""Fits the reader's two logistic models and writes ``rag/reader.json``.

    python -m evals.fit_reader FOLDER [--questions N] [--calibration FILE] [--out FILE]

FOLDER holds *.json files in the format of SQuAD; their questions fit the model that ranks sentences. Paragraphs are
put into libraries of GROUP paragraphs, in the order of the file, so that the other paragraphs of an article stand
beside the right one, and the questions are asked of the real retrieval. A third of the questions (by hash) is held
out, and the figures are of that third.

Those questions were written with the paragraph in view and share its words: a confidence fitted on them fails on
people who ask freely. So the confidence and the threshold for refusing are fitted on FILE (default: our own
``evals/data/calibration.jsonl``, questions on the articles of ``new_wiki_train.json``, a third of them without an
answer there); the figures for them are from five-fold cross-validation. Needs the development requirements.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from evals.metrics import auroc
from evals.squad import Row, calibration_rows, training_rows
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
    parser.add_argument("--questions", type=int, default=600, help="questions a file (default 600)")
    parser.add_argument("--calibration", type=Path, default=CALIBRATION)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent / "rag" / "reader.json")
    arguments = parser.parse_args()
    files = sorted(arguments.folder.glob("*.json"))
    if not files:
        parser.error(f"{arguments.folder} holds no *.json file")
    model = MiniLM()
    free = calibration_rows(model, arguments.folder / "new_wiki_train.json", arguments.calibration)
    rows = [row for file in files for row in training_rows(model, file, arguments.questions)]
    text = json.dumps(_fit(rows, free), indent=1) + "\n"
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


def _fit(rows: Sequence[Row], free: Sequence[Row]) -> dict[str, object]:
    train = [row for row in rows if not _held_out(row) and row.labels.any()]
    test = [row for row in rows if _held_out(row)]
    ranker = fit_logistic(np.vstack([row.features for row in train]), np.concatenate([row.labels for row in train]))
    best, answerable = _best(ranker, free), np.array([row.answerable for row in free])
    judge = fit_logistic(best, answerable)
    unseen = np.zeros(len(free))
    for fold in range(FOLDS):
        mine = np.arange(len(free)) % FOLDS == fold
        unseen[mine] = fit_logistic(best[~mine], answerable[~mine]).logit(best[mine])
    figures = {
        domain: _figures(ranker, some, judge.logit(_best(ranker, some)))
        for domain in sorted({row.domain for row in test})
        if (some := [row for row in test if row.domain == domain])
    }
    return {
        "rank": _named(ranker),
        "confidence": _named(judge),
        "refuse below": _threshold(sigmoid(unseen), answerable),
        "figures": figures | {"calibration": _figures(ranker, free, unseen)},
    }


def _best(ranker: Logistic, rows: Sequence[Row]) -> Features:
    """The features of the best sentence of each row, shape (len(rows), len(FEATURES))."""
    return np.array([row.features[int(np.argmax(ranker.logit(row.features)))] for row in rows])


def _threshold(probability: Features, answerable: Labels) -> float:
    """The confidence with the best mean of: answerable questions answered, others refused; to two digits."""
    levels = np.arange(0.01, 1.0, 0.01)
    means = [((probability >= at)[answerable].mean() + (probability < at)[~answerable].mean()) / 2 for at in levels]
    return round(float(levels[int(np.argmax(means))]), 2)


def _figures(ranker: Logistic, rows: Sequence[Row], sure: Features) -> dict[str, float]:
    right = np.array([row.labels[int(np.argmax(ranker.logit(row.features)))] for row in rows], dtype=np.bool_)
    asked = np.array([row.answerable for row in rows])
    cosine = np.array([row.labels[int(np.argmax(row.features[:, 0]))] for row in rows])
    highest = [float(row.features[:, 0].max()) for row in rows]
    figures = {
        "n": len(rows),
        "right sentence": right[asked].mean(),
        "right sentence by cosine": cosine[asked].mean(),
        "AUROC right or not": auroc(sure.tolist(), right.tolist()) or 0.0,
        "AUROC answerable or not": auroc(sure.tolist(), asked.tolist()) or 0.0,
        "AUROC answerable or not by cosine": auroc(highest, asked.tolist()) or 0.0,
    }
    return {name: round(float(value), 3) for name, value in figures.items()}


def _held_out(row: Row) -> bool:
    return hashlib.sha256(row.question.encode()).digest()[0] % 3 == 0


def _named(model: Logistic) -> dict[str, float]:
    weights = {name: round(float(weight), 4) for name, weight in zip(FEATURES, model.weights, strict=True)}
    return {"bias": round(model.bias, 4)} | weights


if __name__ == "__main__":
    main()
