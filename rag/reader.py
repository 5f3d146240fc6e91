"""The passages give their best sentences and a confidence, without a language model.

Every sentence of every passage gets a few plain features (FEATURES). One logistic model ranks the sentences, a second
one turns the features of the best sentence into the probability that it answers the question: the confidence. No
weight is negative, so more evidence never counts against a sentence. ``python -m evals.fit_reader`` fitted both on
training questions and wrote ``reader.json``.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from numpy.typing import NDArray

from index.embed import Vectors, embed
from index.sentences import Span, sentences
from index.types import Paragraph
from rag.question import asked, fit, wants_several
from rag.retrieve import Found
from rag.terms import coverage, stems
from rag.types import Passage

FEATURES = (
    "cosine of question and sentence",
    "cosine of question and passage",
    "share of the question's weighted stems in the sentence",
    "in the sentence, its neighbours and the context line",
    "in the passage with its context line",
    "kind of answer asked for is there",
    "reciprocal rank of the passage",
)

Features = NDArray[np.float64]

# A further sentence must be this likely an answer, as a share of the best one's probability: where one fact is asked
# for, only an equal will do (another outlet's figure); an account or a list takes more.
WORTH_ONE = 0.8
WORTH_SEVERAL = 0.6
ALIKE = 0.85  # cosine from which two sentences say the same

_FIGURE = re.compile(r"\d[\d.,]*\d|\d")

# A sentence that starts so leans on the one before it.
LEANS = re.compile(
    r"^[“\"'‘]?(he|she|it|they|his|her|its|their|this|that|these|those|such|but|and|however|instead|the (latter|former|"
    r"move|pact|deal|agreement|figure|statement|document|decision|visit)|both|another|also|meanwhile|then)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that might answer: ``passage.document.text[start:end]``, in the paragraph numbered ``paragraph``.

    ``vector`` is its unit embedding, shape (d,).
    """

    passage: Passage
    paragraph: Paragraph
    start: int
    end: int
    vector: Vectors

    @property
    def text(self) -> str:
        """The sentence, verbatim."""
        return self.passage.document.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Chosen:
    """A sentence that answers, and the sentences of other documents that repeat it word for word."""

    best: Candidate
    copies: tuple[Candidate, ...]


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


@dataclass(frozen=True, slots=True)
class Evidence:
    """All candidate sentences of the passages and their features, float64 of shape (n, len(FEATURES))."""

    candidates: tuple[Candidate, ...]
    features: Features


def evidence(found: Found, model: BaseEmbedding, question: str) -> Evidence:
    """The sentences of the passages in passage order, headings left out, each with its features."""
    kinds, wanted = asked(question), found.weights
    candidates: list[Candidate] = []
    rows: list[list[float]] = []
    for rank, passage in enumerate(found.passages):
        spans = _spans(passage)
        if not spans:
            continue
        vectors = _sentence_vectors(model, passage.chunk.id, tuple(_slice(passage, span) for _, span in spans))
        cosines = vectors @ found.vector
        context = stems(passage.chunk.context)
        each = [stems(_slice(passage, span)) for _, span in spans]
        whole = context.union(*each)
        for row, (paragraph, span) in enumerate(spans):
            near = [other for other in (row - 1, row + 1) if 0 <= other < len(spans)]
            candidates.append(Candidate(passage, paragraph, span.start, span.end, vectors[row]))
            rows.append(
                [
                    float(cosines[row]),
                    passage.cosine,
                    coverage(wanted, each[row]),
                    coverage(wanted, context.union(each[row], *(each[other] for other in near))),
                    coverage(wanted, whole),
                    fit(kinds, _slice(passage, span)),
                    1.0 / (1 + rank),
                ]
            )
    return Evidence(tuple(candidates), np.array(rows, dtype=np.float64).reshape(-1, len(FEATURES)))


def read(found: Found, model: BaseEmbedding, question: str) -> Reading:
    """The sentences that answer ``question`` best and how sure that is; nothing and 0 when there are no sentences.

    One sentence, or up to four where the question asks for several things or other passages answer it about as
    well; never two that say the same.
    """
    material = evidence(found, model, question)
    if not material.candidates:
        return Reading((), 0.0)
    scores = fitted().ranker.logit(material.features)
    best = int(np.argmax(scores))
    confidence = float(sigmoid(fitted().judge.logit(material.features[best : best + 1]))[0])
    return Reading(_choose(material.candidates, scores, question), confidence)


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


def _choose(candidates: Sequence[Candidate], scores: Features, question: str) -> tuple[Chosen, ...]:
    several = wants_several(question)
    most, worth = (4, WORTH_SEVERAL) if several else (2, WORTH_ONE)
    odds = sigmoid(scores)
    order = np.argsort(-scores, kind="stable")
    chosen: list[Chosen] = []
    # "In 2023?" is not answered by a sentence about 2024 beside one about 2023.
    figures = _FIGURE.findall(question)
    bound = [figure for figure in figures if figure in candidates[order[0]].text]
    for row in order:
        if odds[row] < odds[order[0]] * worth:
            break
        candidate = candidates[row]
        if any(figure not in candidate.text for figure in bound):
            continue
        same = next((n for n, other in enumerate(chosen) if _same(other.best, candidate)), None)
        if same is not None:
            if _repeats(chosen[same], candidate):
                chosen[same] = Chosen(chosen[same].best, (*chosen[same].copies, candidate))
        elif len(chosen) < most:
            chosen.append(Chosen(candidate, ()))
    return tuple(chosen)


def _same(one: Candidate, other: Candidate) -> bool:
    here = (one.passage.document.id, one.start) == (other.passage.document.id, other.start)
    return here or float(one.vector @ other.vector) >= ALIKE


def _repeats(chosen: Chosen, other: Candidate) -> bool:
    """Whether ``other`` says word for word what was chosen, in a document that is not cited for it yet."""
    documents = {one.passage.document.id for one in (chosen.best, *chosen.copies)}
    return other.passage.document.id not in documents and stems(other.text) >= stems(chosen.best.text)


def _slice(passage: Passage, span: Span) -> str:
    return passage.document.text[span.start : span.end]


def _spans(passage: Passage) -> list[tuple[Paragraph, Span]]:
    """The sentences of the chunk with their paragraphs, headings left out."""
    chunk, text = passage.chunk, passage.document.text
    inside = passage.document.paragraphs[chunk.first_paragraph - 1 : chunk.last_paragraph]
    found: list[tuple[Paragraph, Span]] = []
    for paragraph in inside:
        if not paragraph.heading:
            start, end = max(paragraph.start, chunk.start), min(paragraph.end, chunk.end)
            found += [(paragraph, span) for span in sentences(text[start:end], start)]
    return found


_VECTORS: dict[tuple[str, str], Vectors] = {}  # a chunk's id names one text for ever, so nothing here goes stale
_MOST_VECTORS = 4096  # chunks; about 50 MB


def _sentence_vectors(model: BaseEmbedding, chunk_id: str, texts: Sequence[str]) -> Vectors:
    key = (model.model_name, chunk_id)
    known = _VECTORS.get(key)
    if known is None:
        if len(_VECTORS) >= _MOST_VECTORS:
            _VECTORS.clear()
        known = _VECTORS[key] = embed(model, texts)
    return known
