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
class Sentence:
    """A sentence and the paragraph it stands in."""

    paragraph: Paragraph
    span: Span


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
    split = [_spans(passage) for passage in found.passages]
    embedded = _vectors(model, found.passages, split)
    for rank, (passage, spans, vectors) in enumerate(zip(found.passages, split, embedded, strict=True)):
        if not spans:
            continue
        cosines = vectors @ found.vector
        context = stems(passage.chunk.context)
        each = [stems(_slice(passage, one.span)) for one in spans]
        whole = context.union(*each)
        for row, one in enumerate(spans):
            near = [other for other in (row - 1, row + 1) if 0 <= other < len(spans)]
            candidates.append(Candidate(passage, one.paragraph, one.span.start, one.span.end, vectors[row]))
            rows.append(
                [
                    float(cosines[row]),
                    passage.cosine,
                    coverage(wanted, each[row]),
                    coverage(wanted, context.union(each[row], *(each[other] for other in near))),
                    coverage(wanted, whole),
                    fit(kinds, _slice(passage, one.span)),
                    1.0 / (1 + rank),
                ]
            )
    return Evidence(tuple(candidates), np.array(rows, dtype=np.float64).reshape(-1, len(FEATURES)))


def _slice(passage: Passage, span: Span) -> str:
    return passage.document.text[span.start : span.end]


def _spans(passage: Passage) -> list[Sentence]:
    """The sentences of the chunk, headings left out."""
    chunk, text = passage.chunk, passage.document.text
    inside = passage.document.paragraphs[chunk.first_paragraph - 1 : chunk.last_paragraph]
    found: list[Sentence] = []
    for paragraph in inside:
        if not paragraph.heading:
            start, end = max(paragraph.start, chunk.start), min(paragraph.end, chunk.end)
            found += [Sentence(paragraph, span) for span in sentences(text[start:end], start)]
    return found


_KNOWN: dict[tuple[str, str], Vectors] = {}  # a chunk's id names one text for ever, so nothing here goes stale
_MOST_KNOWN = 4096  # chunks; about 50 MB


def _vectors(model: BaseEmbedding, passages: Sequence[Passage], split: Sequence[Sequence[Sentence]]) -> list[Vectors]:
    """The sentence vectors of each passage, shape (its sentences, d); those not known yet are embedded in one go."""
    if len(_KNOWN) > _MOST_KNOWN:
        _KNOWN.clear()
    keys = [(model.model_name, passage.chunk.id) for passage in passages]
    known = {key: _KNOWN[key] for key in keys if key in _KNOWN}
    new = [place for place, key in enumerate(keys) if key not in known]
    matrix = embed(model, [_slice(passages[place], each.span) for place in new for each in split[place]])
    row = 0
    for place in new:
        known[keys[place]] = _KNOWN[keys[place]] = matrix[row : row + len(split[place])]
        row += len(split[place])
    return [known[key] for key in keys]
