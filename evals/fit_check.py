"""Fits the weights of the claim check, and writes ``rag/check.json``.

    python -m evals.fit_check [--out FILE]

The rows are ``evals/data/claims.jsonl``: sentences about our fictional news, each with the paragraphs it cites and
whether they support it. Made of them are: each supported one citing another paragraph of the same story instead, as a
model does that mixes up its sources; and two of them as one claim, citing the paragraphs of both or of one. Figures are
from five-fold cross-validation in which all rows about one paragraph are in one fold; intervals are from 2,000
resamples of paragraphs. Needs the development requirements.
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

from evals import lines
from evals.lines import Values
from evals.metrics import auroc, balanced_accuracy
from index.embed import MiniLM
from rag.check import FEATURES, Examined, examine
from rag.support import Features
from rag.types import Verdict

DATA = Path(__file__).parent / "data"
FOLDS = 5
RESAMPLES = 2000
JOINED = "two claims in one"
OTHER = "another paragraph"
PENALTY = 1e-2  # on the squared weights of standardised features: rows are few
DOUBT = 0.5  # below this share of the level from which a claim is supported it is not even partly
_SEED = 7


@dataclass(frozen=True, slots=True)
class Row:
    """A claim, the texts it cites with their context lines, and whether they support it. ``group`` is one number for
    all rows that share a paragraph."""

    claim: str
    evidence: tuple[str, ...]
    context: tuple[str, ...]
    supported: bool
    kind: str
    group: int


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
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent / "rag" / "check.json")
    arguments = parser.parse_args()
    rows = load(DATA / "claims.jsonl", DATA / "news.jsonl")
    model = MiniLM()
    found = [examine(row.claim, row.evidence, model, context=row.context) for row in rows]
    text = json.dumps(fitted(rows, found), indent=1) + "\n"
    arguments.out.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


def load(claims: Path, news: Path) -> tuple[Row, ...]:
    """The rows of ``claims``, whose evidence is ids into ``news`` or texts. Raises UsageError for another shape."""
    stories = {lines.text(row, "id"): row for row in lines.each(news, lambda row: row) if "id" in row and "text" in row}
    owners: dict[str, int] = {}

    def one(row: Values) -> Row:
        ids = lines.strings(row, "evidence")
        texts = lines.strings(row, "texts") or [lines.text(stories[id_], "text") for id_ in ids]
        context = [_context(stories[id_]) for id_ in ids] or [""] * len(texts)
        known = {owners[text] for text in texts if text in owners}
        group = min(known, default=len(owners))
        for text, owner in owners.items():  # a row about two paragraphs joins what was apart
            owners[text] = group if owner in known else owner
        owners.update(dict.fromkeys(texts, group))
        supported = {"supported": True, "unsupported": False}[lines.text(row, "label")]
        return Row(lines.text(row, "claim"), tuple(texts), tuple(context), supported, lines.text(row, "kind"), group)

    rows = list(lines.each(claims, one))
    rows = [replace(row, group=owners[row.evidence[0]]) for row in rows]
    moved = [other for row in rows if row.supported for other in _moved(row, list(stories.values()))]
    return (*rows, *moved, *_joined([row for row in rows if row.supported]))


def _joined(rows: Sequence[Row]) -> Iterator[Row]:
    """Two supported claims as one, citing the paragraphs of both, and citing those of the first only."""
    for one, other in zip(rows[::2], rows[1::2], strict=False):
        claim = f"{one.claim} {other.claim}"
        both, lines_ = (*one.evidence, *other.evidence), (*one.context, *other.context)
        yield replace(one, claim=claim, evidence=both, context=lines_, kind=JOINED)
        yield replace(one, claim=claim, supported=False, kind=JOINED)


def _moved(row: Row, stories: Sequence[Values]) -> Sequence[Row]:
    """``row`` with another paragraph of its story, the next one in the file that it does not cite; none where there is
    none."""
    at = next((n for n, story in enumerate(stories) if story["text"] == row.evidence[0]), None)
    if at is None:
        return ()
    order = [*stories[at + 1 :], *stories[:at]]
    mates = (
        story for story in order if story["cluster"] == stories[at]["cluster"] and story["text"] not in row.evidence
    )
    return [
        replace(row, evidence=(lines.text(story, "text"),), context=(_context(story),), supported=False, kind=OTHER)
        for story in mates
    ][:1]


def _context(story: Values) -> str:
    return f"{lines.text(story, 'title')}\n{lines.text(story, 'outlet')}, {lines.text(story, 'date')}"


def fitted(rows: Sequence[Row], found: Sequence[Examined]) -> dict[str, object]:
    """What ``rag/check.json`` holds."""
    features = np.array([each.features for each in found])
    labels = np.array([row.supported for row in rows])
    groups = np.array([row.group for row in rows])
    fold = _folds(groups)
    unseen = np.zeros(len(rows))
    for number in range(FOLDS):
        held = fold == number
        unseen[held] = fit(features[~held], labels[~held]).probability(features[held])
    clean = np.array([not each.findings for each in found])
    whole = fit(features, labels)
    level = threshold(unseen, clean, labels)
    some = np.array([all(f.verdict is Verdict.PARTIAL for f in each.findings) for each in found])
    partial = round(DOUBT * level, 2)
    told = (unseen >= level) & clean
    lenient = (unseen >= partial) & some
    own = np.array([row.kind not in (OTHER, JOINED) for row in rows])
    return {
        "weights": {name: round(float(weight), 4) for name, weight in zip(FEATURES, whole.weights, strict=True)},
        "bias": round(whole.bias, 4),
        "supported from": level,
        "partial from": partial,
        "figures, cross-validated": {
            "n": len(rows),
            "written by hand": int(own.sum()),
            "supported": int(labels.sum()),
            "AUROC": _interval(np.column_stack([unseen, labels]), groups, auroc),
            "AUROC, by hand": _interval(np.column_stack([unseen, labels])[own], groups[own], auroc),
            "balanced accuracy": _interval(np.column_stack([told, labels]), groups, balanced_accuracy),
            "balanced accuracy, partial counts": _interval(
                np.column_stack([lenient, labels]), groups, balanced_accuracy
            ),
            "balanced accuracy, rules alone": _interval(np.column_stack([clean, labels]), groups, balanced_accuracy),
            "balanced accuracy, by hand": _interval(
                np.column_stack([told, labels])[own], groups[own], balanced_accuracy
            ),
            "told rightly": _by_kind(rows, told == labels),
        },
    }


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


def threshold(probability: Features, clean: NDArray[np.bool_], labels: NDArray[np.bool_]) -> float:
    """The probability, to two digits, from which claims that break no rule are best called supported: the one with the
    highest balanced accuracy, the lowest of equals."""
    levels = np.arange(0.05, 0.96, 0.01)
    means = [balanced_accuracy(np.column_stack([(probability >= at) & clean, labels])) or 0.0 for at in levels]
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
