"""Figures about answers, as pure functions. What cannot be graded is None and is counted apart, never as 0."""

import re
import string
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_ARTICLES = re.compile(r"\b(a|an|the)\b")


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean of ``n`` graded values with a 95 % bootstrap interval; ``unscored`` values could not be graded."""

    value: float
    low: float
    high: float
    n: int
    unscored: int


def normalise(text: str) -> str:
    """Lower case without punctuation, articles and extra white space (the official SQuAD script's normalisation)."""
    kept = "".join(mark for mark in text.lower() if mark not in string.punctuation + "“”‘’–—")
    return " ".join(_ARTICLES.sub(" ", kept).split())


def contains(text: str, answers: Sequence[str]) -> bool | None:
    """Whether ``text`` contains one of ``answers`` as whole words, both normalised; None without answers."""
    if not answers:
        return None
    padded = f" {normalise(text)} "
    return any(f" {normalise(answer)} " in padded for answer in answers)


def precision(cited: Sequence[bool]) -> float | None:
    """The share of citations that stand in a supporting paragraph; None where nothing is cited."""
    return sum(cited) / len(cited) if cited else None


def recall(found: Sequence[bool]) -> float | None:
    """The share of supporting paragraphs that are cited; None where there are none."""
    return sum(found) / len(found) if found else None


def mean(values: Sequence[float | bool | None], seed: int = 0, resamples: int = 2000) -> Mean:
    """The mean of the values that are not None; nan, nan, nan when there are none."""
    graded = np.array([float(value) for value in values if value is not None])
    if not len(graded):
        return Mean(float("nan"), float("nan"), float("nan"), 0, len(values))
    chance = np.random.default_rng(seed)
    means = graded[chance.integers(0, len(graded), (resamples, len(graded)))].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return Mean(float(graded.mean()), float(low), float(high), len(graded), len(values) - len(graded))


def auroc(scores: Sequence[float], positive: Sequence[bool]) -> float | None:
    """The probability that a positive's score is above a negative's, ties counting half; None without both kinds."""
    above = np.array([score for score, is_positive in zip(scores, positive, strict=True) if is_positive])
    below = np.array([score for score, is_positive in zip(scores, positive, strict=True) if not is_positive])
    if not len(above) or not len(below):
        return None
    wins = (above[:, None] > below).sum() + 0.5 * (above[:, None] == below).sum()
    return float(wins / (len(above) * len(below)))
