"""The passages give their best sentences and a confidence, without a language model.

The evidence of a passage and of a sentence (``rag.evidence``) is fused by weighted sums (``rag.fitted``) that rank
passages and sentences; a logistic model turns the features of the best sentence into the probability that it is the
right answer: that is the confidence. What is quoted of the sentences so ranked, ``rag.chosen`` decides.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from index.embed import Embedding
from rag.chosen import WORTH_ONE, Chosen, choose, copies_of
from rag.evidence import KIND, RANK, Candidate, Evidence, Features, evidence
from rag.fitted import Fitted, fitted, sigmoid
from rag.found import Found
from rag.question import is_long, over_time
from rag.types import Passage

WORTH_WEIGHING = 0.2  # to be weighed against others, which it may contradict; the best MOST_WEIGHED of them
MOST_WEIGHED = 24


@dataclass(frozen=True, slots=True)
class Answered:
    """A sentence that may answer, and the words in it that do: ``[start, end)`` of its document's text, empty where
    nothing was read. ``probability`` in [0, 1] is that of a right answer if its passage had been found first, so that
    the words of two documents are weighed alike."""

    candidate: Candidate
    probability: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What the passages say: the chosen sentences, best first; the probability in [0, 1] that the first is a right
    answer; all passages found, those that were read first, in the order of how well they answer; and the sentences of
    these that answer at least somewhat, the most probable first."""

    chosen: tuple[Chosen, ...]
    confidence: float
    passages: tuple[Passage, ...]
    answers: tuple[Answered, ...] = ()


def read(found: Found, model: Embedding, question: str, budget: int, newest_first: bool = False) -> Reading:
    """The sentences that answer ``question`` best and how sure that is; nothing and 0 when there are no sentences.

    ``budget`` is the number of tokens of passages that are read. One sentence, or up to four where the question asks
    for several things or other passages answer it about as well; never two that say the same. Of sentences that answer
    about equally well, those of superseded documents come last, and with ``newest_first`` the date decides.
    """
    material = evidence(found, question, budget)
    if not material.candidates:
        return Reading((), 0.0, found.passages)
    weights = fitted(with_reader=not is_long(question))
    scores = material.features @ weights.sentences
    sure = sigmoid(weights.bias + material.features @ weights.confidence)
    held = material.features[:, KIND]
    sure = np.where(held < held[np.argmax(scores)], 0.0, sure)
    order = _order(material, scores, sure, newest_first, found.superseded)
    chosen = choose([material.candidates[row] for row in order], sure[order], model, question)
    old = found.superseded  # its words are no second voice beside those of the later version
    if over_time(question):  # told in the order of time; what has no date stays behind what has one
        chosen.sort(key=lambda each: each.best.passage.document.published or date.max)
    copied = tuple(
        replace(each, copies=tuple(c for c in copies_of(each, chosen, material.candidates) if c.document.id not in old))
        for each in chosen
    )
    ranked = _ranked(found.passages, material, weights)
    return Reading(copied, float(sure[order[0]]), ranked, _answers(material, weights))


def _answers(material: Evidence, weights: Fitted) -> tuple[Answered, ...]:
    features = material.features.copy()
    features[:, RANK] = 1.0
    sure = sigmoid(weights.bias + features @ weights.confidence)
    best = [int(row) for row in np.argsort(-sure, kind="stable")[:MOST_WEIGHED]]
    return tuple(
        Answered(material.candidates[row], float(sure[row]), material.answers[row].start, material.answers[row].end)
        for row in best
        if sure[row] >= WORTH_WEIGHING * sure[best[0]]
    )


def _ranked(passages: Sequence[Passage], material: Evidence, weights: Fitted) -> tuple[Passage, ...]:
    scores = material.passages @ weights.passages
    best = [material.read[row] for row in np.argsort(-scores, kind="stable")]
    known = {passage.chunk.id for passage in best}
    return (*best, *(passage for passage in passages if passage.chunk.id not in known))


def _order(
    material: Evidence, scores: Features, sure: Features, newest_first: bool, superseded: Collection[str]
) -> list[int]:
    """The rows of the candidates, best first; of those that are about as sure as the best, the newest, if wanted, and
    not those of superseded documents."""
    order = [int(row) for row in np.argsort(-scores, kind="stable")]
    if not (newest_first or superseded):
        return order
    tied = [row for row in order if sure[row] >= sure[order[0]] * WORTH_ONE]
    documents = {row: material.candidates[row].passage.document for row in tied}
    if newest_first:
        tied.sort(key=lambda row: documents[row].published or date.min, reverse=True)
    tied.sort(key=lambda row: documents[row].id in superseded)
    return [*tied, *(row for row in order if row not in documents)]
