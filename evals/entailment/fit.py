"""Fits how the claim check weighs its evidence, and writes ``rag/checking/check.json``.

    python -m evals.entailment.fit FOLDER [--out FILE]

FOLDER holds SQuAD-shaped *.json files. The rows are the hand-written ones that the entailment model was not trained on
(``evals.entailment.hand.held_out``); each supported one beside another paragraph of the same article, as a model does
that mixes up its sources; and two of them as one claim, beside the paragraphs of both or of one. Figures are from
five-fold cross-validation in which all rows of a group are in one fold; intervals are from 2,000 resamples of groups.
Needs the development requirements.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from evals.entailment.hand import Row, by_hand, held_out
from evals.metrics import auroc, balanced_accuracy
from evals.reader.data import Data, load
from index.embed import MiniLM
from rag.checking.check import FEATURES, Examined, examine
from rag.checking.support import Features

FOLDS = 5
MOVED, JOINED = "another paragraph", "two claims in one"
RESAMPLES = 2000
PENALTY = 1e-2  # on the squared weights of standardised features: rows are few
DOUBT = 0.5  # below this share of the level from which a claim is supported it is not even partly
_SEED = 7
_OUT = Path(__file__).parent.parent.parent / "rag" / "checking" / "check.json"


@dataclass(frozen=True, slots=True)
class Fit:
    """Fitted weights (len(FEATURES),) and bias."""

    weights: Features
    bias: float

    def probability(self, features: Features) -> Features:
        """Of each row of ``features`` (n, len(FEATURES)), the probability (n,) that its claim is supported."""
        found: Features = 1 / (1 + np.exp(-(features @ self.weights + self.bias)))
        return found


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, default=_OUT)
    arguments = parser.parse_args()
    data = load(arguments.folder)
    rows = [row for row in by_hand(data) if held_out(row)]
    true = [row for row in rows if row.supported]
    rows += [*_moved(true, data), *_joined(true)]
    model = MiniLM()
    found = [examine(row.claim, row.evidence.split("\n"), model) for row in rows]
    text = json.dumps(fitted(rows, found), indent=1) + "\n"
    arguments.out.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


def _moved(rows: Sequence[Row], data: Data) -> Iterator[Row]:
    """Each row beside another paragraph of its group that it does not cite; where there is none, beside the evidence of
    the next row of another group."""
    mates: dict[str, list[str]] = {}
    for paragraph in data.paragraphs:
        mates.setdefault(paragraph.group, []).append(paragraph.text)
    for row, following in zip(rows, [*rows[1:], *rows[:1]], strict=True):
        others = [text for text in mates.get(row.group, []) if text not in row.evidence]
        other = others[len(row.claim) % len(others)] if others else following.evidence
        if other != row.evidence:
            yield replace(row, evidence=other, supported=False, kind=MOVED)


def _joined(rows: Sequence[Row]) -> Iterator[Row]:
    """Two supported claims as one, beside the evidence of both, and beside that of the first only."""
    for one, other in zip(rows[::2], rows[1::2], strict=False):
        claim = f"{one.claim} {other.claim}"
        yield replace(one, claim=claim, evidence=f"{one.evidence}\n{other.evidence}", kind=JOINED)
        yield replace(one, claim=claim, supported=False, kind=JOINED)


def fitted(rows: Sequence[Row], found: Sequence[Examined]) -> dict[str, object]:
    """What ``rag/checking/check.json`` holds."""
    features = np.array([each.features for each in found])
    labels = np.array([row.supported for row in rows])
    names = {group: at for at, group in enumerate(dict.fromkeys(row.group for row in rows))}
    groups = np.array([names[row.group] for row in rows])
    unseen = crossed(features, labels, groups)
    whole = fit(features, labels)
    wrong = np.array([bool(each.findings) for each in found])
    level = threshold(unseen, labels, wrong)
    told = (unseen >= level) & ~wrong
    own = np.array([row.kind not in (MOVED, JOINED) for row in rows])
    without = {
        "the entailment model": crossed(features[:, :-1], labels, groups),
        "rules and numbers": crossed(features[:, -1:], labels, groups),
    }
    return {
        "weights": {name: round(float(weight), 4) for name, weight in zip(FEATURES, whole.weights, strict=True)},
        "bias": round(whole.bias, 4),
        "supported from": level,
        "partial from": round(DOUBT * level, 2),
        "figures, cross-validated": {
            "n": len(rows),
            "supported": int(labels.sum()),
            "AUROC": _interval(np.column_stack([unseen, labels]), groups, auroc),
            "balanced accuracy": _interval(np.column_stack([told, labels]), groups, balanced_accuracy),
            "AUROC, by hand": _interval(np.column_stack([unseen, labels])[own], groups[own], auroc),
            "balanced accuracy, by hand": _interval(
                np.column_stack([told, labels])[own], groups[own], balanced_accuracy
            ),
            **{
                f"AUROC without {name}": round(auroc(np.column_stack([values, labels])) or 0.0, 3)
                for name, values in without.items()
            },
            "told rightly": _by_kind(rows, told == labels),
        },
    }


def crossed(features: Features, labels: NDArray[np.bool_], groups: NDArray[np.int64]) -> Features:
    """The probability (n,) of each row by the model fitted on the other folds."""
    fold, unseen = _folds(groups), np.zeros(len(labels))
    for number in range(FOLDS):
        held = fold == number
        unseen[held] = fit(features[~held], labels[~held]).probability(features[held])
    return unseen


def fit(features: Features, labels: NDArray[np.bool_]) -> Fit:
    """The logistic model without negative weights that fits best; supported and other rows weigh the same together."""
    mean, deviation = features.mean(axis=0), features.std(axis=0) + 1e-9
    scaled = np.column_stack([(features - mean) / deviation, np.ones(len(features))])
    share = np.where(labels, 0.5 / labels.sum(), 0.5 / (~labels).sum())

    def loss(x: Features) -> tuple[float, Features]:
        logits = scaled @ x
        slope = scaled.T @ (share * (1 / (1 + np.exp(-logits)) - labels))
        value = float((share * (np.logaddexp(0, logits) - labels * logits)).sum() + PENALTY * (x[:-1] @ x[:-1]))
        return value, slope + 2 * PENALTY * np.append(x[:-1], 0.0)

    bounds = [(0.0, None)] * features.shape[1] + [(None, None)]
    x = minimize(loss, np.zeros(len(bounds)), jac=True, bounds=bounds, method="L-BFGS-B").x
    weights: Features = x[:-1] / deviation
    return Fit(weights, float(x[-1] - weights @ mean))


def threshold(probability: Features, labels: NDArray[np.bool_], wrong: NDArray[np.bool_]) -> float:
    """The probability, to two digits, from which claims that no rule finds ``wrong`` are best called supported: the one
    with the highest balanced accuracy, the lowest of equals."""
    levels = np.arange(0.05, 0.96, 0.01)
    means = [balanced_accuracy(np.column_stack([(probability >= at) & ~wrong, labels])) or 0.0 for at in levels]
    return round(float(levels[int(np.argmax(means))]), 2)


def _folds(groups: NDArray[np.int64]) -> NDArray[np.int64]:
    """A fold for each row, the same for all of a group."""
    order = np.random.default_rng(_SEED).permutation(np.unique(groups))
    place = {int(group): at % FOLDS for at, group in enumerate(order)}
    return np.array([place[int(group)] for group in groups])


def _interval(
    pairs: NDArray[np.float64], groups: NDArray[np.int64], metric: Callable[[Features], float | None]
) -> list[float]:
    """A metric with its 95 % interval, by resampling groups: [value, low, high]."""
    chance = np.random.default_rng(_SEED)
    members: Mapping[int, NDArray[np.int64]] = {int(g): np.flatnonzero(groups == g) for g in np.unique(groups)}
    names = np.array(list(members))
    values = []
    for _ in range(RESAMPLES):
        rows = np.concatenate([members[int(g)] for g in chance.choice(names, len(names))])
        value = metric(pairs[rows].astype(np.float64))
        if value is not None:
            values.append(value)
    low, high = np.quantile(values, [0.025, 0.975])
    return [round(float(each), 3) for each in (metric(pairs.astype(np.float64)) or 0.0, low, high)]


def _by_kind(rows: Sequence[Row], right: NDArray[np.bool_]) -> dict[str, list[int]]:
    """Of each kind: how many were told rightly, and how many there are."""
    kinds = sorted({row.kind for row in rows})
    at = {kind: [n for n, row in enumerate(rows) if row.kind == kind] for kind in kinds}
    return {kind: [int(right[places].sum()), len(places)] for kind, places in at.items()}


if __name__ == "__main__":
    main()
