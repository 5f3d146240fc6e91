"""The sentences of the passages and what speaks for each of them, as plain numbers (FEATURES)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from numpy.typing import NDArray

from index.embed import Vectors, embed
from index.sentences import Span, sentences
from index.types import Paragraph
from rag.question import asked, fit
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
