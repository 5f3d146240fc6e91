"""The question finds passages: dense and lexical search, fused by reciprocal rank, under visible filters.

Both halves are LlamaIndex retrievers and LlamaIndex's ``QueryFusionRetriever`` fuses them (Cormack, Clarke and
Büttcher, 2009, k = 60), so that any LlamaIndex pipeline can use citedesk's retrieval.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.llms.mock import MockLLM
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.core.retrievers.fusion_retriever import FUSION_MODES
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from index.embed import Vectors, embed_query
from index.library import Hit, Library
from index.vectors import VectorIndex
from rag.followup import TOPIC_WEIGHT
from rag.terms import stems, words
from rag.types import Filters, Passage

DEPTH = 50  # hits taken from each half; fusion gains nothing from further down


class DenseRetriever(BaseRetriever):
    """Nearest chunks by cosine. Nodes carry the chunk's id; their text is empty until the chunk is read."""

    def __init__(self, index: VectorIndex, model: BaseEmbedding, filters: Filters, k: int = DEPTH) -> None:
        self._index, self._model, self._filters, self._k = index, model, filters, k
        super().__init__()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        vector = query_bundle.embedding
        unit = embed_query(self._model, query_bundle.query_str) if vector is None else np.array(vector, np.float32)
        return _nodes(self._index.query(unit, self._filters, self._k))


class LexicalRetriever(BaseRetriever):
    """Chunks that share words with the question, by BM25. Nodes as in DenseRetriever."""

    def __init__(self, library: Library, filters: Filters, k: int = DEPTH) -> None:
        self._library, self._filters, self._k = library, filters, k
        super().__init__()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return _nodes(self._library.search(words(query_bundle.query_str), self._filters, self._k))


@dataclass(frozen=True, slots=True)
class Found:
    """The passages for a question, best first; its unit vector, shape (d,); and its stems with their weights.

    ``held`` are those of garbled rewrites, to be read only when the others do not answer; ``superseded`` are documents
    of which a later version was found, ``doubtful`` those that are rewrites or earlier versions of any other. All by
    ``rag.standing``.
    """

    passages: tuple[Passage, ...]
    vector: Vectors
    weights: Mapping[str, float]
    held: tuple[Passage, ...] = ()
    superseded: frozenset[str] = frozenset()
    doubtful: frozenset[str] = frozenset()


def retrieve(
    library: Library, index: VectorIndex, model: BaseEmbedding, question: str, filters: Filters, k: int, about: str = ""
) -> Found:
    """The ``k`` best passages for ``question`` that ``filters`` leave. Raises ModelMismatch, EmbeddingError.

    ``about`` is what the conversation is about, where the question leans on it: the dense half then searches near it
    too. The vector and the weights that are returned are the question's own.
    """
    library.require(model.model_name)  # before an endpoint is asked in vain
    index.sync(library)
    vector = embed_query(model, question)
    library.require(model.model_name, len(vector))
    fusion = QueryFusionRetriever(
        # The index holds every document, whoever asks; the library narrows its own search itself.
        [DenseRetriever(index, model, library.within(filters)), LexicalRetriever(library, filters)],
        llm=MockLLM(),  # never called: with one query there is nothing to generate
        mode=FUSION_MODES.RECIPROCAL_RANK,
        similarity_top_k=k,
        num_queries=1,
        use_async=False,
    )
    searched = vector + TOPIC_WEIGHT * embed_query(model, about) if about else vector
    searched = searched / np.linalg.norm(searched)
    hits = fusion.retrieve(QueryBundle(question, embedding=searched.tolist()))
    return Found(_passages(library, hits, vector), vector, weights(library, question))


def weights(library: Library, question: str) -> Mapping[str, float]:
    """The question's stems with their inverse document frequency over chunks, ln(1 + N / (n + 0.5))."""
    wanted = sorted(stems(question))
    frequencies, total = library.frequencies(wanted), library.count_chunks()
    return {word: math.log(1 + total / (frequencies.get(word, 0) + 0.5)) for word in wanted}


def _nodes(hits: Sequence[Hit]) -> list[NodeWithScore]:
    # The id is the text as well: fusion tells nodes apart by the hash of their text.
    return [NodeWithScore(node=TextNode(id_=hit.chunk_id, text=hit.chunk_id), score=hit.score) for hit in hits]


def _passages(library: Library, hits: Sequence[NodeWithScore], vector: Vectors) -> tuple[Passage, ...]:
    ids = [hit.node.node_id for hit in hits]
    located = library.located(ids)  # a chunk that a concurrent ingest replaced is left out
    stored = library.vectors(ids)
    cosines = dict(zip(stored.ids, (stored.matrix @ vector).tolist() if stored.ids else (), strict=True))
    return tuple(
        Passage(located[id_].document, located[id_].chunk, hit.score or 0.0, cosines[id_])
        for id_, hit in zip(ids, hits, strict=True)
        if id_ in located and id_ in cosines
    )


class CitedRetriever(BaseRetriever):
    """citedesk's whole retrieval for any LlamaIndex pipeline: nodes with their text, source and offsets."""

    def __init__(
        self, library: Library, index: VectorIndex, model: BaseEmbedding, filters: Filters | None = None, k: int = 10
    ) -> None:
        self._library, self._index, self._model = library, index, model
        self._filters, self._k = filters or Filters(), k
        super().__init__()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        question = query_bundle.query_str
        found = retrieve(self._library, self._index, self._model, question, self._filters, self._k)
        return [NodeWithScore(node=_node(passage), score=passage.score) for passage in found.passages]


def _node(passage: Passage) -> TextNode:
    document, chunk = passage.document, passage.chunk
    return TextNode(
        id_=chunk.id,
        text=passage.text,
        metadata={
            "document_id": document.id,
            "title": document.title,
            "outlet": document.outlet,
            "published": document.published.isoformat() if document.published else None,
            "url": document.url,
            "first_paragraph": chunk.first_paragraph,
            "last_paragraph": chunk.last_paragraph,
        },
        start_char_idx=chunk.start,
        end_char_idx=chunk.end,
    )
