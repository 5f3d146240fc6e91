"""The pinned model file run as it is: its own graph, in float arithmetic, in padded batches."""

from collections.abc import Sequence

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from index.embed import Vectors
from index.onnx import MAX_TOKENS, WIDTH, model_file, tokenizer_file

BATCH = 32  # texts, of like length; more gain nothing


class Pinned:
    """The model as anybody would run it first, with the defaults of ONNX Runtime."""

    def __init__(self) -> None:
        """Reads the files. Raises EmbeddingError when one is missing or altered."""
        self._tokenizer = Tokenizer.from_str(tokenizer_file().decode("utf-8"))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.enable_padding()
        self._session = onnxruntime.InferenceSession(model_file(), providers=["CPUExecutionProvider"])

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Texts as float32 unit vectors, shape (len(texts), WIDTH), row i for text i."""
        rows = np.empty((len(texts), WIDTH), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        for first in range(0, len(order), BATCH):
            places = order[first : first + BATCH]
            encodings = self._tokenizer.encode_batch([texts[at] for at in places])
            ids = np.array([encoding.ids for encoding in encodings], dtype=np.int64)
            mask = np.array([encoding.attention_mask for encoding in encodings], dtype=np.int64)
            inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
            hidden = self._session.run(["last_hidden_state"], inputs)[0]
            rows[places] = (hidden * mask[:, :, None].astype(np.float32)).sum(axis=1)
        unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit
