"""The question finds passages: dense and lexical search, fused by reciprocal rank, under visible filters.

Both halves are LlamaIndex retrievers and LlamaIndex's ``QueryFusionRetriever`` fuses them; see ``rag.llama``.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np

from index.embed import Embedding, Vectors, embed_query
from index.library import Hit, Library
from index.vectors import VectorIndex
from rag.copies import collapse
from rag.followup import TOPIC_WEIGHT
from rag.found import Found
from rag.standing import cautions, weighed
from rag.terms import stems
from rag.types import Filters, Passage

_WEIGHED = 30  # passages looked at for a search of fewer, so that copies and rewrites take no better one's place


def retrieve(
    library: Library, index: VectorIndex, model: Embedding, question: str, filters: Filters, k: int, about: str = ""
) -> Found:
    """The ``k`` best passages for ``question`` that ``filters`` leave. Raises ModelMismatch, EmbeddingError.

    ``about`` is what the conversation is about, where the question leans on it: the dense half then searches near it
    too. The vector and the weights that are returned are the question's own.
    """
    from rag.llama import DenseRetriever, LexicalRetriever, fused  # LlamaIndex takes a second to import

    library.require(model.model_name)  # before an endpoint is asked in vain
    index.sync(library)
    vector = embed_query(model, question)
    library.require(model.model_name, len(vector))
    # The index holds every document, whoever asks; the library narrows its own search itself.
    halves = [DenseRetriever(index, model, library.within(filters)), LexicalRetriever(library, filters)]
    searched = vector + TOPIC_WEIGHT * embed_query(model, about) if about else vector
    searched = searched / np.linalg.norm(searched)
    hits = fused(halves, question, searched, k)
    return Found(_passages(library, hits, vector), vector, weights(library, question))


def weights(library: Library, question: str) -> Mapping[str, float]:
    """The question's stems with their inverse document frequency over chunks, ln(1 + N / (n + 0.5))."""
    wanted = sorted(stems(question))
    frequencies, total = library.frequencies(wanted), library.count_chunks()
    return {word: math.log(1 + total / (frequencies.get(word, 0) + 0.5)) for word in wanted}


def _passages(library: Library, hits: Sequence[Hit], vector: Vectors) -> tuple[Passage, ...]:
    ids = [hit.chunk_id for hit in hits]
    located = library.located(ids)  # a chunk that a concurrent ingest replaced is left out
    stored = library.vectors(ids)
    cosines = dict(zip(stored.ids, (stored.matrix @ vector).tolist() if stored.ids else (), strict=True))
    return tuple(
        Passage(located[id_].document, located[id_].chunk, hit.score, cosines[id_])
        for id_, hit in zip(ids, hits, strict=True)
        if id_ in located and id_ in cosines
    )


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage for who reads for themselves. ``caution`` is what its document is to a better one, in words:
    "superseded by …", "reworded from …; prefer that source"; "" for most."""

    passage: Passage
    caution: str


def search(
    library: Library, index: VectorIndex, model: Embedding, question: str, filters: Filters, k: int
) -> tuple[Ranked, ...]:
    """The ``k`` best passages for ``question`` that ``filters`` leave, ranked as for an answer: copies collapsed into
    the one that lists them, later versions before earlier ones, garbled rewrites of what was found last. Their scores
    never rise on the way down, so that whoever sorts by them gets this order. Raises ModelMismatch, EmbeddingError.
    """
    found = weighed(library, retrieve(library, index, model, question, filters, max(k, _WEIGHED)), filters)
    passages = (*collapse(found.passages), *found.held)[:k]
    told = cautions(library, found.doubtful & {each.document.id for each in passages})
    lowest = accumulate((each.score for each in passages), min)
    ranked = (replace(each, score=score) for each, score in zip(passages, lowest, strict=True))
    return tuple(Ranked(each, told.get(each.document.id, "")) for each in ranked)
