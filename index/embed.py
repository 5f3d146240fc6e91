"""Texts become unit vectors: the pinned local MiniLM, or any OpenAI-compatible embeddings endpoint.

Both are an ``Embedding``, as every LlamaIndex embedding is, so any of those can take their place.
"""

import json
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import EmbeddingError
from index.onnx import Encoder, encoder

BATCH = 32  # texts in a request to an endpoint
TOGETHER = 128  # texts the built-in model is given at once; each core takes one at a time, and waits at their end
_NAME = "all-MiniLM-L6-v2-int8-integer"
_FORMER = ("all-MiniLM-L6-v2-int8",)  # what the built-in model was called while its vectors were slightly different

Vectors = NDArray[np.float32]


class Embedding(Protocol):
    """A model that embeds texts: the part of LlamaIndex's ``BaseEmbedding`` that is needed here, which takes a second
    to import and is not. A text of documents and a question may be embedded differently."""

    model_name: str
    embed_batch_size: int
    """Texts it is given at once."""

    def get_text_embedding_batch(self, texts: list[str]) -> list[list[float]]:
        """A vector for each text, in their order, of one length and any norm above 0."""
        ...

    def get_query_embedding(self, query: str) -> list[float]:
        """The vector of a question."""
        ...


class MiniLM:
    """all-MiniLM-L6-v2 (384 dimensions, int8 weights, integer products) run by ONNX Runtime from files that pip
    installed; see ``index.onnx``. A text has the same vector whatever it is embedded with. Raises EmbeddingError when a
    file is missing or is not the pinned one."""

    def __init__(self) -> None:
        self.model_name, self.embed_batch_size = _NAME, TOGETHER
        self._encoder: Encoder = encoder()

    def get_text_embedding_batch(self, texts: list[str]) -> list[list[float]]:
        """See Embedding."""
        rows: list[list[float]] = self._encoder.encode(texts).tolist()
        return rows

    def get_query_embedding(self, query: str) -> list[float]:
        """See Embedding; a question is embedded as a text is."""
        return self.get_text_embedding_batch([query])[0]


class Endpoint:
    """An OpenAI-compatible embeddings endpoint. Raises EmbeddingError, never with the key in its message."""

    def __init__(self, model: str, base_url: str | None, api_key: str | None, timeout: float) -> None:
        import openai  # 0.5 s, and only needed here

        self.model_name, self.embed_batch_size = model, BATCH
        # Local servers want no key, the client insists on one.
        self._client: openai.OpenAI = openai.OpenAI(
            base_url=base_url, api_key=api_key or "none", timeout=timeout, organization="", project=""
        )

    def get_text_embedding_batch(self, texts: list[str]) -> list[list[float]]:
        """See Embedding."""
        return self._ask(texts, retries=2)

    def get_query_embedding(self, query: str) -> list[float]:
        """See Embedding."""
        return self._ask([query], retries=1)[0]  # somebody is waiting

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


def outdated(stored: str, model: Embedding) -> bool:
    """Whether the model named ``stored`` is an earlier built-in one, and ``model`` the one of now: then a library is
    embedded again without being asked to."""
    return isinstance(model, MiniLM) and stored in _FORMER


def mismatch(stored: str, asked: str) -> str:
    """What is wrong with a library that the model named ``stored`` embedded, where the one named ``asked`` is to search
    it, and what to do."""
    if asked == _NAME and stored in _FORMER:
        return (
            "the library was embedded with an earlier version of the built-in model; embed it again with "
            "`citedesk ingest --reembed`, or ingest its folders again, which begins with that"
        )
    back = "unset CITEDESK_EMBED_MODEL" if stored in (_NAME, *_FORMER) else "set CITEDESK_EMBED_MODEL back"
    return (
        f"the library was embedded with {stored}, the settings ask for {asked}; embed it again with "
        f"`citedesk ingest --reembed`, or {back}"
    )


def embed(model: Embedding, texts: Sequence[str], advance: Callable[[int], None] = lambda _: None) -> Vectors:
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


def embed_query(model: Embedding, question: str) -> Vectors:
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


def _unit(model: Embedding, rows: list[list[float]]) -> Vectors:
    if len({len(row) for row in rows}) != 1 or not rows[0]:
        raise _ragged(model)
    matrix = np.array(rows, dtype=np.float32)
    norms = np.linalg.norm(matrix, axis=1, keepdims=True)
    if not np.isfinite(norms).all() or not norms.all():
        raise EmbeddingError(f"the embedding model {model.model_name!r} returned a vector that is zero or not finite")
    unit: Vectors = matrix / norms
    return unit


def _ragged(model: Embedding) -> EmbeddingError:
    return EmbeddingError(f"the embedding model {model.model_name!r} returned vectors of different or no length")
