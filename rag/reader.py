"""The passages give their best sentences and a confidence, without a language model.

One logistic model ranks the sentences of the passages by their features, a second one turns the features of a
sentence into the probability that it answers the question; that of the best is the confidence. No weight is negative,
so more evidence never counts against a sentence. ``python -m evals.fit_reader`` fitted both on training questions and
wrote ``reader.json``.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding

from index.sentences import sentences
from rag.evidence import FEATURES, Candidate, Features, evidence
from rag.question import wants_several
from rag.retrieve import Found
from rag.terms import sequence

# A further sentence must be this likely an answer, as a share of the best one's probability. An account or a list takes
# more; where one fact is asked for, only another document's word on it will do (its figure may differ).
WORTH_ONE = 0.8
WORTH_SEVERAL = 0.6
# What is left of the confidence when the best sentence lacks the kind of answer asked for (no figure for "how many"):
# of the calibration questions for which such a sentence was sure to answer, it did so in 3 of 9, others in 68 of 125.
WITHOUT_ITS_KIND = 0.5
ALIKE = 0.85  # cosine from which two sentences say the same

_DENIES = re.compile(r"\b(not|no|never|none|nor|cannot|without|den(y|ies|ied))\b|n[’']t\b", re.IGNORECASE)
_FIGURE = re.compile(r"\d[\d.,]*\d|\d")

# A sentence that starts so leans on the one before it.
_LEANS = re.compile(
    r"^[“\"'‘]?(he|she|it|they|his|her|its|their|this|that|these|those|such|but|and|however|instead|the (latter|former|"
    r"move|pact|deal|agreement|figure|statement|document|decision|visit)|both|another|also|meanwhile|then)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is quoted as one claim: ``[start, end)`` in ``best``'s paragraph, holding that sentence and those it cannot
    stand without. ``copies`` are sentences of other documents that say it in the same words."""

    best: Candidate
    start: int
    end: int
    copies: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic model: P = 1 / (1 + exp(-(bias + features @ weights))). ``weights`` has one entry a feature."""

    bias: float
    weights: Features

    def logit(self, features: Features) -> Features:
        """The log odds, shape (n,), for ``features`` of shape (n, len(weights))."""
        logits: Features = self.bias + features @ self.weights
        return logits


@dataclass(frozen=True, slots=True)
class Fitted:
    """The model over FEATURES that ranks sentences, the one that judges the best of them, and the confidence under
    which it was best to refuse on the calibration questions."""

    ranker: Logistic
    judge: Logistic
    refuse_below: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What the passages say: the chosen sentences, best first, and the probability in [0, 1] that they answer."""

    chosen: tuple[Chosen, ...]
    confidence: float


def read(found: Found, model: BaseEmbedding, question: str) -> Reading:
    """The sentences that answer ``question`` best and how sure that is; nothing and 0 when there are no sentences.

    One sentence, or up to four where the question asks for several things or other passages answer it about as
    well; never two that say the same.
    """
    material = evidence(found, model, question)
    if not material.candidates:
        return Reading((), 0.0)
    scores = fitted().ranker.logit(material.features)
    sure = sigmoid(fitted().judge.logit(material.features))
    held = material.features[:, FEATURES.index("kind of answer asked for is there")]
    chosen = _choose(material.candidates, scores, np.where(held < held[np.argmax(scores)], 0.0, sure), question)
    copied = tuple(replace(each, copies=_copies(each, chosen, material.candidates)) for each in chosen)
    best = int(np.argmax(scores))
    return Reading(copied, float(sure[best]) * (WITHOUT_ITS_KIND if held[best] < 0 else 1.0))


@cache
def fitted() -> Fitted:
    """What ``python -m evals.fit_reader`` fitted."""
    stored = json.loads(files("rag").joinpath("reader.json").read_text(encoding="utf-8"))
    return Fitted(_logistic(stored["rank"]), _logistic(stored["confidence"]), float(stored["refuse below"]))


def sigmoid(logits: Features) -> Features:
    """1 / (1 + exp(-x)), element by element, without overflow."""
    probabilities: Features = 0.5 * (1.0 + np.tanh(0.5 * logits))
    return probabilities


def _logistic(stored: dict[str, float]) -> Logistic:
    return Logistic(stored["bias"], np.array([stored[name] for name in FEATURES]))


def _choose(candidates: Sequence[Candidate], scores: Features, sure: Features, question: str) -> list[Chosen]:
    several = wants_several(question)
    most, worth = (4, WORTH_SEVERAL) if several else (2, WORTH_ONE)
    order = np.argsort(-scores, kind="stable")
    # "In 2023?" is not answered by a sentence about 2024 beside one about 2023.
    bound = _figures(question) & _figures(candidates[order[0]].text)
    chosen: list[Chosen] = []
    for row in order:
        candidate = candidates[row]
        if sure[row] < sure[order[0]] * worth or not bound <= _figures(candidate.text):
            continue
        if chosen and not several and candidate.passage.document.id == chosen[0].best.passage.document.id:
            continue
        new = Chosen(candidate, _stands_from(candidate), candidate.end)
        touching = [each for each in chosen if _overlap(each, new)]
        if touching:  # one quote takes the place of those that it joins
            both = [*touching, new]
            joined = Chosen(touching[0].best, min(each.start for each in both), max(each.end for each in both))
            chosen = [joined if each is touching[0] else each for each in chosen if each not in touching[1:]]
        elif len(chosen) < most and not any(_same(each.best, candidate) for each in chosen):
            chosen.append(new)
    return chosen


def _stands_from(candidate: Candidate) -> int:
    """Where a quote of this sentence starts: with the sentence before it, in its paragraph, if it leans on that."""
    if not _LEANS.search(candidate.text):
        return candidate.start
    paragraph, text = candidate.paragraph, candidate.passage.document.text
    before = [s for s in sentences(text[paragraph.start : paragraph.end], paragraph.start) if s.start < candidate.start]
    return before[-1].start if before else candidate.start


def _figures(text: str) -> set[str]:
    return set(_FIGURE.findall(text))


def _overlap(one: Chosen, other: Chosen) -> bool:
    same = one.best.passage.document.id == other.best.passage.document.id
    return same and one.start < other.end and other.start < one.end


def _same(one: Candidate, other: Candidate) -> bool:
    """Whether two sentences say the same; never when their figures differ or only one of them denies."""
    return (
        float(one.vector @ other.vector) >= ALIKE
        and _figures(one.text) == _figures(other.text)
        and bool(_DENIES.search(one.text)) == bool(_DENIES.search(other.text))
    )


def _copies(chosen: Chosen, others: Sequence[Chosen], candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """One sentence of each other document that has the very words of the quote, when that is one sentence; none that
    is quoted with one of the ``others``."""
    if (chosen.start, chosen.end) != (chosen.best.start, chosen.best.end):
        return ()
    wanted = sequence(chosen.best.text)
    found = {chosen.best.passage.document.id: chosen.best}
    for candidate in candidates:
        if float(candidate.vector @ chosen.best.vector) >= ALIKE and sequence(candidate.text) == wanted:
            place = Chosen(candidate, candidate.start, candidate.end)
            if not any(_overlap(each, place) for each in others):
                found.setdefault(candidate.passage.document.id, candidate)
    return tuple(found.values())[1:]
