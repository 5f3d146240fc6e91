"""A small cross-encoder that reads a claim beside its evidence, and says whether that supports it.

``entailment.onnx`` is the reader's model trained on by ``python -m evals.entailment.train``; its card is
``evals/entailment/MODEL_CARD.md``. The evidence is read in a few views of at most 320 word pieces with the claim: the
paragraphs that share most with it, and the best sentences of all together.
"""

import threading
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from rag.checking.align import Source
from rag.checking.support import Features
from rag.crossencoder import CrossEncoder, Weights

CLAIMS = Weights("rag.checking", "entailment.onnx", "b10fc09d16e0ede259d9cd674a80757e5c8ac39f3fb45fd5eec6e8ad593007c9")
_PARAGRAPHS = 2  # read each by itself
_SENTENCES = 6  # read together, in their order
_LONGEST = 900  # characters of a view; more would be cut off

_loading = threading.Lock()
_loaded: list[CrossEncoder] = []


def entailed(
    claim: str, texts: Sequence[str], lines: Sequence[str], sources: Sequence[Source], shares: Features
) -> float:
    """The log odds that the evidence supports ``claim``, by the view that speaks most for it.

    ``texts`` are the paragraphs, ``lines`` the context line of each (or ""), ``sources`` their sentences and ``shares``
    (len(sources),) how much each of these has of the claim. Raises EmbeddingError where the model is missing.
    """
    return max(_scores(claim, tuple(views(texts, lines, sources, shares))))


def views(texts: Sequence[str], lines: Sequence[str], sources: Sequence[Source], shares: Features) -> list[str]:
    """What is read beside a claim, each once: the best paragraphs, the best also after its context line, and the best
    sentences of all."""
    best = [int(at) for at in np.argsort(-shares, kind="stable")]
    owners = list(dict.fromkeys(sources[at].index for at in best))[:_PARAGRAPHS]
    found = [_round(texts[owner], next(at for at in best if sources[at].index == owner), sources) for owner in owners]
    if lines[owners[0]].strip():
        found.append(f"{lines[owners[0]].strip()}\n{found[0]}")
    together = sorted(best[:_SENTENCES])
    found.append(" ".join(sources[at].part.statement.text for at in together)[:_LONGEST])
    return list(dict.fromkeys(found))


def _round(text: str, at: int, sources: Sequence[Source]) -> str:
    """The paragraph, or as much of a long one as fits round its best sentence, which begins a third into it."""
    if len(text) <= _LONGEST:
        return text
    begin = max(0, sources[at].part.start - _LONGEST // 3)
    starts = [one.part.start for one in sources if one.index == sources[at].index and one.part.start >= begin]
    return text[min(starts, default=begin) :][:_LONGEST]


@lru_cache(maxsize=4096)
def _scores(claim: str, texts: tuple[str, ...]) -> tuple[float, ...]:
    return tuple(float(value) for value in model().relevance(claim, texts))


def model() -> CrossEncoder:
    """The one model of this process, read at the first call; a second thread waits. Raises EmbeddingError."""
    with _loading:
        if not _loaded:
            _loaded.append(CrossEncoder(CLAIMS))
        return _loaded[0]
