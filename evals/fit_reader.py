"""Fits the reader's two logistic models and writes ``rag/reader.json``.

    python -m evals.fit_reader FOLDER [--questions N] [--calibration FILE] [--out FILE]

FOLDER holds *.json files in the format of SQuAD; their questions fit the weights. Paragraphs are put into libraries
of GROUP paragraphs, in the order of the file, so that the other paragraphs of an article stand beside the right one,
and the questions are asked of the real retrieval. Half of them are asked a second time with their own paragraph
filtered out: the reader must then be unsure although the topic is there. A third of the questions (by hash) is held
out, and the figures are of that third.

Those questions were written with the paragraph in view and share its words, so a confidence fitted on them is too
strict for people who ask freely. FILE (default: our own ``evals/data/calibration.jsonl``, questions on the articles
of ``new_wiki_train.json``) gives the confidence its scale and the threshold for refusing. Needs the development
requirements.
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
from rag.reader import FEATURES, Features, Logistic, sigmoid

PENALTY = 1e-3  # on the squared weights of standardised features
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
    train = [row for row in rows if not _held_out(row)]
    test = [row for row in rows if _held_out(row)]
    found = [row for row in train if row.labels.any()]
    ranker = fit_logistic(np.vstack([row.features for row in found]), np.concatenate([row.labels for row in found]))
    judge = fit_logistic(_best(ranker, train), _right(ranker, train))
    scale = fit_logistic(judge.logit(_best(ranker, free))[:, None], _right(ranker, free))
    judge = Logistic(scale.bias + scale.weights[0] * judge.bias, scale.weights[0] * judge.weights)
    figures = {domain: _figures(ranker, judge, [r for r in test if r.domain == domain]) for domain in _domains(test)}
    return {
        "rank": _named(ranker),
        "confidence": _named(judge),
        "refuse below": _threshold(sigmoid(judge.logit(_best(ranker, free))), _right(ranker, free)),
        "held out": figures | {"calibration (scale and threshold fitted on it)": _figures(ranker, judge, free)},
    }


def _best(ranker: Logistic, rows: Sequence[Row]) -> Features:
    """The features of the best sentence of each row, shape (len(rows), len(FEATURES))."""
    return np.array([row.features[int(np.argmax(ranker.logit(row.features)))] for row in rows])


def _right(ranker: Logistic, rows: Sequence[Row]) -> Labels:
    return np.array([row.labels[int(np.argmax(ranker.logit(row.features)))] for row in rows], dtype=np.bool_)


def _threshold(probability: Features, right: Labels) -> float:
    """The confidence with the best mean of: right answers given, wrong answers withheld; to two digits."""
    levels = np.arange(0.01, 1.0, 0.01)
    means = [((probability >= level)[right].mean() + (probability < level)[~right].mean()) / 2 for level in levels]
    return round(float(levels[int(np.argmax(means))]), 2)


def _figures(ranker: Logistic, judge: Logistic, rows: Sequence[Row]) -> dict[str, float]:
    sure, right = judge.logit(_best(ranker, rows)), _right(ranker, rows)
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


def _domains(rows: Sequence[Row]) -> list[str]:
    return sorted({row.domain for row in rows})


def _held_out(row: Row) -> bool:
    return hashlib.sha256(row.question.encode()).digest()[0] % 3 == 0


def _named(model: Logistic) -> dict[str, float]:
    weights = {name: round(float(weight), 4) for name, weight in zip(FEATURES, model.weights, strict=True)}
    return {"bias": round(model.bias, 4)} | weights


if __name__ == "__main__":
    main()
