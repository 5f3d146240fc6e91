"""Question and passage read together by a small cross-encoder: what each sentence of it says to the question.

``reader.onnx`` is all-MiniLM-L6-v2 fine-tuned by ``python -m evals.reader.train``; ``evals/reader/MODEL_CARD.md``
says on what, with which figures and limits. int8 weights and integer products, run by ONNX Runtime. Its file is read
at the first question, its hash checked.
"""

import hashlib
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
import onnxruntime
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from index.errors import EmbeddingError
from index.onnx import ask_exact, tokenizer_file
from index.sentences import Span

MAX_TOKENS = 320  # word pieces of question and passage; what is beyond them is not read
LONGEST_QUESTION = 400  # characters
BATCH_TOKENS = 1024  # word pieces a batch, padding included: larger batches gain nothing on a few cores
LONGEST_ANSWER = 12  # word pieces of the span that is taken for a sentence's answer


Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Body:
    """A passage as it is read: ``text`` with its context line before it, ``sentences`` as ``[start, end)`` in it."""

    text: str
    sentences: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Scan:
    """What the reader says of one passage, all in log odds or differences of them, higher for better.

    ``relevance``: does the passage answer; ``sentence`` (n,): does this sentence, relative to the others of the
    passage; ``span`` (n,): the best answer span in the sentence, above that of no answer. A sentence beyond MAX_TOKENS
    has the lowest values of the others. ``answers`` (n,) are the best spans of at most LONGEST_ANSWER word pieces, as
    ``[start, end)`` in ``Body.text``; an empty one at its start for a sentence that was not read.
    """

    relevance: float
    sentence: Scores
    span: Scores
    answers: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Weights:
    """A file of weights that this version was made with: ``name`` in the package ``room``, with its SHA-256."""

    room: str
    name: str
    sha256: str

    def read(self) -> bytes:
        """The file. Raises EmbeddingError when it is missing or altered."""
        path = f"{self.room.replace('.', '/')}/{self.name}"
        try:
            data = files(self.room).joinpath(self.name).read_bytes()
        except OSError as error:
            raise EmbeddingError(f"{path} cannot be read ({error}); install citedesk again") from error
        if hashlib.sha256(data).hexdigest() != self.sha256:
            raise EmbeddingError(f"{path} is not the one of this version of citedesk; install citedesk again")
        return data


class CrossEncoder:
    """A model and its tokenizer; used from any thread."""

    def __init__(self, weights: Weights, exact: bool | None = None) -> None:
        """Reads the files. Raises EmbeddingError when one is missing or altered. ``exact`` is as for
        ``index.onnx.ask_exact``."""
        data = weights.read()
        self._tokenizer = Tokenizer.from_str(tokenizer_file().decode("utf-8"))
        self._tokenizer.enable_truncation(MAX_TOKENS, strategy="only_second")
        self._tokenizer.no_padding()
        options = onnxruntime.SessionOptions()
        ask_exact(options, exact)
        self._session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])

    def scan(self, question: str, bodies: Sequence[Body]) -> list[Scan]:
        """One Scan for each of ``bodies``, in their order; they are batched by length."""
        if not bodies:
            return []
        encodings = self._tokenizer.encode_batch([(question[:LONGEST_QUESTION], body.text) for body in bodies])
        scans: dict[int, Scan] = {}
        for batch in _batches(encodings):
            tokens, relevance = self._run([encodings[at] for at in batch])
            for row, at in enumerate(batch):
                scans[at] = _scan(encodings[at], bodies[at], tokens[row], float(relevance[row]))
        return [scans[at] for at in range(len(bodies))]

    def relevance(self, first: str, texts: Sequence[str]) -> Scores:
        """What the head on the first token says of ``first`` beside each of ``texts``, log odds (n,) in their order."""
        scores = np.zeros(len(texts))
        encodings = self._tokenizer.encode_batch([(first, text) for text in texts])
        for batch in _batches(encodings):
            scores[batch] = self._run([encodings[at] for at in batch])[1]
        return scores

    def _run(self, batch: Sequence[Encoding]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        shape = (len(batch), max(len(encoding.ids) for encoding in batch))
        ids, mask, types = (np.zeros(shape, dtype=np.int64) for _ in range(3))
        for row, encoding in enumerate(batch):
            size = len(encoding.ids)
            ids[row, :size], mask[row, :size], types[row, :size] = encoding.ids, 1, encoding.type_ids
        inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}
        tokens, relevance = self._session.run(["tokens", "relevance"], inputs)
        return tokens, relevance


def _batches(encodings: Sequence[Encoding]) -> Iterator[list[int]]:
    """The places of the encodings, those of like length together, at most BATCH_TOKENS with their padding."""
    order = sorted(range(len(encodings)), key=lambda at: len(encodings[at].ids))
    while order:
        batch = [order.pop()]  # the longest left; as many more as fit beside it
        room = max(1, BATCH_TOKENS // len(encodings[batch[0]].ids)) - 1
        while order and room:
            batch.append(order.pop())
            room -= 1
        yield batch


def _scan(encoding: Encoding, body: Body, logits: NDArray[np.float32], relevance: float) -> Scan:
    offsets = np.array(encoding.offsets)
    in_body = np.array([part == 1 for part in encoding.sequence_ids])
    tokens = np.flatnonzero(in_body)
    starts = offsets[tokens, 0]
    none = float(logits[0, 0] + logits[0, 1])
    sentence, span = np.full(len(body.sentences), np.nan), np.full(len(body.sentences), np.nan)
    answers: list[Span] = []
    for at, each in enumerate(body.sentences):
        # A token belongs to the sentence it starts in, or reaches into from the white space before it.
        first, last = np.searchsorted(starts, [each.start, each.end])
        if last > first:
            inside = logits[tokens[first:last]]
            sentence[at] = inside[:, 2].mean()
            # The best span's start is the best one up to its end.
            span[at] = (np.maximum.accumulate(inside[:, 0]) + inside[:, 1]).max() - none
            best = best_span(inside)
            start, end = offsets[tokens[first + best.start], 0], offsets[tokens[first + best.end - 1], 1]
            answers.append(Span(max(int(start), each.start), min(int(end), each.end)))
        else:
            answers.append(Span(each.start, each.start))
    return Scan(relevance, _filled(sentence), _filled(span), tuple(answers))


def best_span(logits: NDArray[np.float32]) -> Span:
    """The tokens of the best span of at most LONGEST_ANSWER, as ``[start, end)`` in ``logits`` (tokens, 3)."""
    ends = np.full(len(logits) + LONGEST_ANSWER - 1, -np.inf)
    ends[: len(logits)] = logits[:, 1]
    scores = logits[:, :1] + sliding_window_view(ends, LONGEST_ANSWER)
    start, length = divmod(int(scores.argmax()), LONGEST_ANSWER)
    return Span(start, start + length + 1)


def _filled(values: Scores) -> Scores:
    """NaN replaced by the lowest value there is, or by 0 when there is none."""
    known = values[~np.isnan(values)]
    return np.where(np.isnan(values), known.min() if known.size else 0.0, values)


READER = Weights("rag", "reader.onnx", "b61a7ffe307d9a000f44167536894fb27e0ee8c1809358665fc5c3b7e6cedaef")
_loading = threading.Lock()
_loaded: list[CrossEncoder] = []


def crossencoder() -> CrossEncoder:
    """The one CrossEncoder of this process, read at the first call; a second thread waits. Raises EmbeddingError."""
    with _loading:
        if not _loaded:
            _loaded.append(CrossEncoder(READER))
        return _loaded[0]
