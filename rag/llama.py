"""The seam to LlamaIndex: both halves of retrieval as its retrievers, their fusion by it, and citedesk's whole
retrieval for any pipeline of it.

LlamaIndex takes a second to import. Only what searches needs this module, and imports it when it does.
"""

from collections.abc import Sequence

import numpy as np
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.llms.mock import MockLLM
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.core.retrievers.fusion_retriever import FUSION_MODES
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from index.embed import Embedding, Vectors, embed_query
from index.library import Hit, Library
from index.vectors import VectorIndex
from rag.copies import same_in
from rag.retrieve import Ranked, search
from rag.standing import named
from rag.terms import words
from rag.types import Filters

DEPTH = 50  # hits taken from each half; fusion gains nothing from further down


class DenseRetriever(BaseRetriever):
    """Nearest chunks by cosine. Nodes carry the chunk's id; their text is empty until the chunk is read."""

    def __init__(self, index: VectorIndex, model: Embedding, filters: Filters, k: int = DEPTH) -> None:
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


def fused(halves: Sequence[BaseRetriever], question: str, vector: Vectors, k: int) -> tuple[Hit, ...]:
    """The ``k`` best of what the retrievers find for ``question``, fused by reciprocal rank (Cormack, Clarke and
    Büttcher, 2009, k = 60), best first, with the fused scores. ``vector`` has shape (d,) and is searched near."""
    fusion = QueryFusionRetriever(
        list(halves),
        llm=MockLLM(),  # never called: with one query there is nothing to generate
        mode=FUSION_MODES.RECIPROCAL_RANK,
        similarity_top_k=k,
        num_queries=1,
        use_async=False,
    )
    found = fusion.retrieve(QueryBundle(question, embedding=vector.tolist()))
    return tuple(Hit(each.node.node_id, each.score or 0.0) for each in found)


class CitedRetriever(BaseRetriever):
    """citedesk's whole retrieval for any LlamaIndex pipeline: nodes with their text, source and offsets, ranked as for
    ``search``. The metadata says in ``caution`` what is better than the document, if anything is, and in ``also_in``
    who else has the passage."""

    def __init__(
        self, library: Library, index: VectorIndex, model: Embedding, filters: Filters | None = None, k: int = 10
    ) -> None:
        self._library, self._index, self._model = library, index, model
        self._filters, self._k = filters or Filters(), k
        super().__init__()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        question = query_bundle.query_str
        found = search(self._library, self._index, self._model, question, self._filters, self._k)
        return [NodeWithScore(node=_node(each), score=each.passage.score) for each in found]


def _node(found: Ranked) -> TextNode:
    passage, document, chunk = found.passage, found.passage.document, found.passage.chunk
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
            "caution": found.caution or None,
            "also_in": "; ".join(named(each) for each in same_in(passage)) or None,
        },
        start_char_idx=chunk.start,
        end_char_idx=chunk.end,
    )


def _nodes(hits: Sequence[Hit]) -> list[NodeWithScore]:
    # The id is the text as well: fusion tells nodes apart by the hash of their text.
    return [NodeWithScore(node=TextNode(id_=hit.chunk_id, text=hit.chunk_id), score=hit.score) for hit in hits]
