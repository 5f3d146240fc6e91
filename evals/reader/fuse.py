"""Fits how the reader's evidence is fused with retrieval's, and the confidence, and writes ``rag/reader.json``.

    python -m evals.reader.fuse FOLDER [--home DIR] [--crowd N] [--out FILE]

FOLDER holds the SQuAD-shaped *.json files. The questions are those whose paragraphs the reader was not trained on (see
``evals.reader.data``): our calibration questions, our questions on fictional news and N crowd questions of each file,
which count a quarter each because they copy their paragraph's words. They are asked of the real retrieval over all
paragraphs but the test ones, many a second time without their own paragraph. Figures are from five-fold
cross-validation; those of ``new_wiki test`` are over a library of the test paragraphs, which nothing was fitted on.
DIR keeps the libraries for the next time. Needs the development requirements.
"""

import argparse
import json
import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from evals.metrics import auroc
from evals.reader.data import Data, load
from evals.reader.rows import SEED, Labels, Row, asked, calibration, shelf
from rag.evidence import FEATURES, KIND, OF_THE_PASSAGE, Features
from rag.fitted import sigmoid

PENALTY = 1e-3  # on the squared weights of standardised features
FOLDS = 5
CROWD = 0.25  # how much a crowd question counts
# What an ablation leaves out; the weights without it are stored beside the others.
GROUPS = {
    "reader": [at for at, name in enumerate(FEATURES) if name.startswith("reader: ")],
    "cosine": [at for at, name in enumerate(FEATURES) if "cosine" in name],
    "shared words": [at for at, name in enumerate(FEATURES) if "share" in name or name.startswith("in the sentence")],
    "kind of answer": [KIND],
}


@dataclass(frozen=True, slots=True)
class Fit:
    """Fitted weights: of passages (OF_THE_PASSAGE,), of sentences and of the confidence (len(FEATURES),), its bias."""

    passages: Features
    sentences: Features
    confidence: Features
    bias: float

    def best(self, row: Row) -> int:
        """The candidate ranked first."""
        return int(np.argmax(row.features @ self.sentences))

    def sure(self, row: Row) -> float:
        """The log odds that it is right."""
        return float(self.bias + row.features[self.best(row)] @ self.confidence) if len(row.features) else -10.0


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--home", type=Path, default=Path("citedesk-eval"), help="folder of the libraries")
    parser.add_argument("--crowd", type=int, default=150, help="crowd questions a file (default 150)")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent.parent / "rag" / "reader.json")
    arguments = parser.parse_args()
    if not list(arguments.folder.glob("*.json")):
        parser.error(f"{arguments.folder} holds no *.json file")
    data = load(arguments.folder)
    text = json.dumps(fitted(*gathered(data, arguments.home, arguments.crowd)), indent=1) + "\n"
    arguments.out.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


def gathered(data: Data, home: Path, crowd: int) -> tuple[list[Row], list[Row]]:
    """The rows to fit on and the rows to test on."""
    chance = random.Random(SEED)
    seen = shelf(home / "reader-fuse", [each for each in data.paragraphs if each.part != "test"])
    fuse = data.part("fuse")
    train = [*calibration(seen, data)]
    train += asked(seen, data, [question for question in fuse if question.free], "news")
    for source in sorted({each.source for each in data.paragraphs} - {"news"}):
        some = [q for q in fuse if not q.free and q.spans and data.paragraphs[q.about].source == source]
        train += asked(seen, data, chance.sample(some, min(crowd, len(some))), source)
    unseen = shelf(home / "reader-test", [each for each in data.paragraphs if each.part == "test"])
    test = [question for question in data.part("test") if question.spans]
    return train, list(asked(unseen, data, chance.sample(test, min(4 * crowd, len(test))), "new_wiki test"))


def fitted(train: Sequence[Row], test: Sequence[Row]) -> dict[str, object]:
    """What ``rag/reader.json`` holds."""
    fit = fit_rows(train)
    folds = [fit_rows([row for at, row in enumerate(train) if at % FOLDS != fold]) for fold in range(FOLDS)]
    unseen = [(row, folds[at % FOLDS]) for at, row in enumerate(train)]
    figures = {
        domain: _figures([(row, model) for row, model in unseen if row.domain == domain])
        for domain in dict.fromkeys(row.domain for row in train)
    }
    figures["new_wiki test"] = _figures([(row, fit) for row in test])
    ours = [(row, model) for row, model in unseen if _weight(row) == 1.0]
    sure = sigmoid(np.array([model.sure(row) for row, model in ours]))
    right = np.array([_is_right(row, model) for row, model in ours])
    return {
        **_stored(fit),
        "refuse below": threshold(sure, right),
        "figures, cross-validated": figures,
        "without": {
            name: _stored(fit_rows([_blind(row, columns) for row in train])) for name, columns in GROUPS.items()
        },
    }


def _stored(fit: Fit) -> dict[str, dict[str, float]]:
    return {
        "passages": _named(fit.passages),
        "sentences": _named(fit.sentences),
        "confidence": {"bias": round(fit.bias, 4)} | _named(fit.confidence),
    }


def _blind(row: Row, columns: Sequence[int]) -> Row:
    """``row`` with these features 0, so that no weight is given to them."""
    features, passages = row.features.copy(), row.passages.copy()
    features[:, columns] = 0.0
    passages[:, [at for at in columns if at < OF_THE_PASSAGE]] = 0.0
    return replace(row, features=features, passages=passages)


def fit_rows(rows: Sequence[Row]) -> Fit:
    """All weights, fitted on ``rows``. Rankings by the likelihood that one of the right ones comes first."""
    found = [row for row in rows if row.right.any()]
    weights = [_weight(row) for row in found]
    passages = fit_ranking([row.passages for row in found], [row.relevant for row in found], weights)
    ranker = fit_ranking([row.features for row in found], [row.right for row in found], weights)
    kept = [row for row in rows if len(row.features)]
    best = [int(np.argmax(row.features @ ranker)) for row in kept]
    features = np.array([row.features[at] for row, at in zip(kept, best, strict=True)])
    right = np.array([row.right[at] for row, at in zip(kept, best, strict=True)])
    return Fit(passages, ranker, *fit_logistic(features, right, np.array([_weight(row) for row in kept])))


def fit_ranking(features: Sequence[Features], right: Sequence[Labels], weights: Sequence[float]) -> Features:
    """Weights, none negative, under which a softmax over each question's rows gives the right ones most."""
    stacked, wanted = np.vstack(features), np.concatenate(right)
    mean, deviation = stacked.mean(axis=0), stacked.std(axis=0) + 1e-9
    scaled = (stacked - mean) / deviation
    starts = np.cumsum([0, *(len(each) for each in features[:-1])])
    sizes = [len(each) for each in features]
    share = np.array(weights) / sum(weights)

    def loss(x: Features) -> tuple[float, Features]:
        scores = scaled @ x
        exp = np.exp(scores - np.repeat(np.maximum.reduceat(scores, starts), sizes))
        every, good = np.add.reduceat(exp, starts), np.add.reduceat(exp * wanted, starts) + 1e-12
        gap = exp / np.repeat(every, sizes) - exp * wanted / np.repeat(good, sizes)
        slope = scaled.T @ (gap * np.repeat(share, sizes))
        return float((share * np.log(every / good)).sum() + PENALTY * (x @ x)), slope + 2 * PENALTY * x

    fitted: Features = _minimum(loss, scaled.shape[1], 0) / deviation
    return fitted


def fit_logistic(features: Features, labels: Labels, weights: Features) -> tuple[Features, float]:
    """The logistic model without negative weights that fits best: (weights (m,), bias)."""
    mean, deviation = features.mean(axis=0), features.std(axis=0) + 1e-9
    scaled = np.column_stack([(features - mean) / deviation, np.ones(len(features))])
    share = weights / weights.sum()

    def loss(x: Features) -> tuple[float, Features]:
        logits = scaled @ x
        slope = scaled.T @ (share * (sigmoid(logits) - labels))
        value = float((share * (np.logaddexp(0, logits) - labels * logits)).sum() + PENALTY * (x[:-1] @ x[:-1]))
        return value, slope + 2 * PENALTY * np.append(x[:-1], 0.0)

    x = _minimum(loss, features.shape[1], 1)
    found: Features = x[:-1] / deviation
    return found, float(x[-1] - found @ mean)


def threshold(probability: Features, right: Labels) -> float:
    """The confidence with the best mean of: right answers given, others withheld; to two digits."""
    levels = np.arange(0.01, 1.0, 0.01)
    means = [((probability >= at)[right].mean() + (probability < at)[~right].mean()) / 2 for at in levels]
    return round(float(levels[int(np.argmax(means))]), 2)


def _minimum(loss: Callable[[Features], tuple[float, Features]], number: int, free: int) -> Features:
    bounds = [(0.0, None)] * number + [(None, None)] * free
    found: Features = minimize(loss, np.zeros(number + free), jac=True, bounds=bounds, method="L-BFGS-B").x
    return found


def _weight(row: Row) -> float:
    return 1.0 if row.domain in ("calibration", "news") else CROWD


def _is_right(row: Row, model: Fit) -> bool:
    return bool(len(row.features) and row.right[model.best(row)])


def _figures(asked: Sequence[tuple[Row, Fit]]) -> dict[str, float]:
    """``of`` RRF: the ranking before the reader. Questions without an answer count for the AUROCs only."""
    answerable = [(row, model) for row, model in asked if row.answerable]
    sure = [model.sure(row) for row, model in asked]
    first = [bool(len(row.relevant) and row.relevant[0]) for row, _ in answerable]
    best = [bool(row.relevant[int(np.argmax(row.passages @ m.passages))]) for row, m in answerable if len(row.relevant)]
    figures = {
        "n": len(asked),
        "answerable": len(answerable),
        "hit@1": sum(best) / len(answerable),
        "hit@1 of RRF": float(np.mean(first)),
        "read": float(np.mean([row.relevant.any() for row, _ in answerable])),
        "right sentence": float(np.mean([_is_right(row, model) for row, model in answerable])),
        "AUROC right": _auroc(sure, [_is_right(row, model) for row, model in asked]),
        "AUROC answerable": _auroc(sure, [row.answerable for row, _ in asked]),
        "AUROC answerable by cosine": _auroc(
            [float(row.passages[:, 2].max()) if len(row.passages) else -1.0 for row, _ in asked],
            [row.answerable for row, _ in asked],
        ),
    }
    return {name: round(value, 3) for name, value in figures.items()}


def _auroc(scores: Sequence[float], positive: Sequence[bool]) -> float:
    return auroc(np.column_stack([scores, positive]).astype(np.float64)) or 0.0


def _named(weights: Features) -> dict[str, float]:
    names = FEATURES[:OF_THE_PASSAGE] if len(weights) == OF_THE_PASSAGE else FEATURES
    return {name: round(float(weight), 4) for name, weight in zip(names, weights, strict=True)}


if __name__ == "__main__":
    main()
