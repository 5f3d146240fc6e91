"""The weights by which the evidence for an answer is weighed.

``python -m evals.reader.fuse`` fitted them on training questions and wrote ``reader.json``, their one place. None is
negative, so more evidence never counts against a sentence.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from rag.evidence import FEATURES, OF_THE_PASSAGE, Features


@dataclass(frozen=True, slots=True)
class Fitted:
    """What ``python -m evals.reader.fuse`` fitted: the weights that rank passages, shape (OF_THE_PASSAGE,), and
    sentences, shape (len(FEATURES),); those of the confidence with their bias; and the confidence under which it was
    best to refuse on the training questions."""

    passages: Features
    sentences: Features
    confidence: Features
    bias: float
    refuse_below: float


@cache
def fitted(with_reader: bool = True) -> Fitted:
    """What ``python -m evals.reader.fuse`` fitted, with the reader's features or without them."""
    stored = json.loads(files("rag").joinpath("reader.json").read_text(encoding="utf-8"))
    if not with_reader:
        stored |= stored["without"]["reader"]
    return Fitted(
        _weights(stored["passages"], FEATURES[:OF_THE_PASSAGE]),
        _weights(stored["sentences"], FEATURES),
        _weights(stored["confidence"], FEATURES),
        float(stored["confidence"]["bias"]),
        float(stored["refuse below"]),
    )


def sigmoid(logits: Features) -> Features:
    """1 / (1 + exp(-x)), element by element, without overflow."""
    probabilities: Features = 0.5 * (1.0 + np.tanh(0.5 * logits))
    return probabilities


def _weights(stored: dict[str, float], names: Sequence[str]) -> Features:
    return np.array([stored[name] for name in names])
