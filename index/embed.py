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

BATCH = 32  # texts in a request to an endpoint
TOGETHER = 128  # texts the built-in model is given at once; each core takes one at a time, and waits at their end
_FORMER = ("all-MiniLM-L6-v2-int8",)  # what the built-in model was called while its vectors were slightly different

Vectors = NDArray[np.float32]


class MiniLM(BaseEmbedding):
    """all-MiniLM-L6-v2 (384 dimensions, int8 weights, integer products) run by ONNX Runtime from files that pip
    installed; see ``index.onnx``. A text has the same vector whatever it is embedded with. Raises EmbeddingError when a
    file is missing or is not the pinned one."""

    _encoder: Encoder = PrivateAttr()

    def __init__(self) -> None:
        super().__init__(model_name="all-MiniLM-L6-v2-int8-integer", embed_batch_size=TOGETHER)
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


def outdated(stored: str, model: BaseEmbedding) -> bool:
    """Whether the model named ``stored`` is an earlier built-in one, and ``model`` the one of now: then a library is
    embedded again without being asked to."""
    return isinstance(model, MiniLM) and stored in _FORMER


def embed(model: BaseEmbedding, texts: Sequence[str], advance: Callable[[int], None] = lambda _: None) -> Vectors:
    """``texts`` as float32 unit vectors, shape (len(texts), d), row i for text i; d is 0 when there are no texts.

    Texts are batched by length, so that an endpoint spends little on padding. ``advance`` is called with the number of
    texts done after each batch. Raises EmbeddingError when the model returns vectors of different or no length.
    """
    if not texts:
        return np.zeros((0, 0), dtype=np.float32)
    order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
    matrix = np.zeros((0, 0), dtype=np.float32)
    for first in range(0, len(order), model.embed_batch_size):
        batch = order[first : first + model.embed_batch_size]
        rows = _unit(model, model.get_text_embedding_batch([texts[index] for index in batch]))
        if not first:  # only now is d known; numbers in lists, for all texts, would take ten times the memory
            matrix = np.empty((len(texts), rows.shape[1]), dtype=np.float32)
        if rows.shape != (len(batch), matrix.shape[1]):
            raise _ragged(model)
        matrix[batch] = rows
        advance(len(batch))
    return matrix


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
        raise _ragged(model)
    matrix = np.array(rows, dtype=np.float32)
    norms = np.linalg.norm(matrix, axis=1, keepdims=True)
    if not np.isfinite(norms).all() or not norms.all():
        raise EmbeddingError(f"the embedding model {model.model_name!r} returned a vector that is zero or not finite")
    unit: Vectors = matrix / norms
    return unit


def _ragged(model: BaseEmbedding) -> EmbeddingError:
    return EmbeddingError(f"the embedding model {model.model_name!r} returned vectors of different or no length")
