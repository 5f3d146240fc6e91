"""The passages give their best sentences and a confidence, without a language model.

The evidence of a passage and of a sentence (``rag.evidence``) is fused by weighted sums that rank passages and
sentences; a logistic model turns the features of the best sentence into the probability that it is the right answer:
that is the confidence. No weight is negative, so more evidence never counts against a sentence. ``python -m
evals.reader.fuse`` fitted all on training questions and wrote ``reader.json``, the one place of these weights.
"""

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files

import numpy as np

from index.embed import Embedding, Vectors, embed
from index.sentences import sentences
from index.types import Document, Paragraph
from rag.copies import counterpart
from rag.evidence import FEATURES, KIND, OF_THE_PASSAGE, RANK, Candidate, Evidence, Features, evidence
from rag.found import Found
from rag.question import compared, is_long, over_time, wants_several
from rag.terms import sequence
from rag.types import Passage

# A further sentence must be this likely an answer, as a share of the best one's probability. An account or a list takes
# more; where one fact is asked for, only another document's word on it will do (its figure may differ).
WORTH_ONE = 0.8
WORTH_SEVERAL = 0.7
WORTH_WEIGHING = 0.2  # to be weighed against others, which it may contradict; the best MOST_WEIGHED of them
MOST_WEIGHED = 24
WORTH_SIDE = 0.3  # for the first sentence on the other side of a comparison, and for another step of a development
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
class Copy:
    """Where another document says a quote in the same words: ``document.text[start:end]`` in ``paragraph``."""

    document: Document
    paragraph: Paragraph
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is quoted as one claim: ``[start, end)`` in ``best``'s paragraph, holding that sentence and those it cannot
    stand without. ``copies`` is where other documents say it in the same words, at most one place each."""

    best: Candidate
    start: int
    end: int
    copies: tuple[Copy, ...] = ()


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
    chosen = _choose([material.candidates[row] for row in order], sure[order], model, question)
    old = found.superseded  # its words are no second voice beside those of the later version
    if over_time(question):  # told in the order of time; what has no date stays behind what has one
        chosen.sort(key=lambda each: each.best.passage.document.published or date.max)
    copied = tuple(
        replace(each, copies=tuple(c for c in _copies(each, chosen, material.candidates) if c.document.id not in old))
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


def _choose(candidates: Sequence[Candidate], sure: Features, model: Embedding, question: str) -> list[Chosen]:
    """What to quote of ``candidates``, which come best first; ``sure`` (n,) are their probabilities."""
    several = wants_several(question)
    most, worth = (4, WORTH_SEVERAL) if several else (2, WORTH_ONE)
    if over_time(question):
        worth = WORTH_SIDE
    # "In 2023?" is not answered by a sentence about 2024 beside one about 2023.
    bound = _figures(question) & _figures(candidates[0].text)
    vectors: dict[str, Vectors] = {}

    def same(one: Candidate, other: Candidate) -> bool:
        """Whether two sentences say the same; never when their figures differ or only one of them denies."""
        if _figures(one.text) != _figures(other.text) or bool(_DENIES.search(one.text)) != bool(
            _DENIES.search(other.text)
        ):
            return False
        for text in (one.text, other.text):
            if text not in vectors:
                vectors[text] = embed(model, [text])[0]
        return float(vectors[one.text] @ vectors[other.text]) >= ALIKE

    sides = compared(question)
    chosen: list[Chosen] = []
    for candidate, probability in zip(candidates, sure, strict=True):
        told = {name for each in chosen for name in sides if name in each.best.text}
        other_side = chosen and any(name in candidate.text for name in sides if name not in told)
        enough = sure[0] * (WORTH_SIDE if other_side else worth)
        if probability < enough or not bound <= _figures(candidate.text):
            continue
        if chosen and not several and candidate.passage.document.id == chosen[0].best.passage.document.id:
            continue
        new = Chosen(candidate, stands_from(candidate), candidate.end)
        touching = [each for each in chosen if _overlap(each, new)]
        if touching:  # one quote takes the place of those that it joins
            both = [*touching, new]
            joined = Chosen(touching[0].best, min(each.start for each in both), max(each.end for each in both))
            chosen = [joined if each is touching[0] else each for each in chosen if each not in touching[1:]]
        elif len(chosen) < most and not any(same(each.best, candidate) for each in chosen):
            chosen.append(new)
    return chosen


def stands_from(candidate: Candidate) -> int:
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


def _copies(chosen: Chosen, others: Sequence[Chosen], candidates: Sequence[Candidate]) -> tuple[Copy, ...]:
    """Where each other document that was found has the very words of the quote; none that is quoted with one of the
    ``others``."""
    best = chosen.best
    found: dict[str, Copy] = {}
    if (chosen.start, chosen.end) == (best.start, best.end):
        wanted = sequence(best.text)
        for candidate in candidates:
            if sequence(candidate.text) == wanted:
                place = Chosen(candidate, candidate.start, candidate.end)
                if not any(_overlap(each, place) for each in others):
                    document = candidate.passage.document
                    found.setdefault(document.id, Copy(document, candidate.paragraph, candidate.start, candidate.end))
    for document in best.passage.also:
        place_there = counterpart(document, best.passage.document.text[chosen.start : chosen.end])
        if place_there is not None:
            copy = Copy(document, place_there.paragraph, place_there.start, place_there.end)
            found.setdefault(document.id, copy)
    return tuple(copy for id_, copy in found.items() if id_ != best.passage.document.id)
