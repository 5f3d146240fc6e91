"""What became of a case in one word, and which cases are worth looking at first."""

from enum import Enum

from evals.results import OURS, Row


class Outcome(Enum):
    """Worst first."""

    SAID_FORBIDDEN = "says what it must not"
    GUESSED = "answers what cannot be answered"
    WRONG = "wrong"
    REFUSED = "refused though answerable"
    PARTLY = "partly right"
    UNSCORED = "unscored"
    RIGHT = "right"
    RIGHTLY_REFUSED = "rightly refused"


GOOD = (Outcome.RIGHT, Outcome.RIGHTLY_REFUSED)
_ORDER = tuple(Outcome)


def outcome(row: Row) -> Outcome:
    """What became of the case, by our own system's scores."""
    scores = row.scores.get(OURS, {})
    if scores.get("says what it must not"):
        return Outcome.SAID_FORBIDDEN
    if scores.get("answerable") == 0.0:
        return Outcome.RIGHTLY_REFUSED if row.refused else Outcome.GUESSED
    if row.refused:
        return Outcome.REFUSED
    right = quality(row)
    if right is None:
        return Outcome.UNSCORED
    if not right:
        return Outcome.WRONG
    whole = scores.get("conflict recall", scores.get("citation recall"))
    return Outcome.RIGHT if right >= 1 and whole in (None, 1.0) else Outcome.PARTLY


def quality(row: Row) -> float | None:
    """How good the case came out, 0 to 1; None where that is unscored."""
    scores = row.scores.get(OURS, {})
    if "shingle recall" in scores:
        recall, precision = scores["shingle recall"] or 0.0, scores.get("shingle precision") or 0.0
        return 2 * recall * precision / (recall + precision) if recall + precision else 0.0
    if "matched" in scores:
        both = (scores.get("given") or 0.0) + (scores.get("marked") or 0.0)
        return 2 * (scores["matched"] or 0.0) / both if both else 1.0
    if scores.get("verdict") is not None:
        return float(scores["verdict"] == scores.get("attributable"))
    for name in ("right when answered", "rewrite F1"):
        if scores.get(name) is not None:
            return scores[name]
    return None


def worst_first(row: Row) -> tuple[int, float, float]:
    """A sort key: the outcome, then the quality, then the most confident mistake."""
    confidence = row.scores.get(OURS, {}).get("confidence") or 0.0
    right = quality(row)
    return _ORDER.index(outcome(row)), 1.0 if right is None else right, -confidence
