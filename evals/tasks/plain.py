"""Plain retrieval to compare with: windows of 180 words, BM25, nearest vectors, and both fused by reciprocal rank.

Nothing of the product's own retrieval is in here but the embedding model: BM25 is that of bm25s (Lù, 2024) with the
Snowball stemmer for English, fusion that of Cormack, Clarke and Büttcher (2009), k = 60.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import bm25s
import numpy as np
import Stemmer

from index.embed import Embedding, Vectors, embed, embed_query
from index.types import Document

WORDS = 180  # in a window
DEPTH = 100  # windows taken from each half
K = 60

_WORD = re.compile(r"\S+")
_STEMMER = Stemmer.Stemmer("english")


@dataclass(frozen=True, slots=True)
class Window:
    """A run of words of a document: ``document.text[start:end]``."""

    document_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Ranked:
    """The windows of one system for one question, best first, with their scores (higher is better)."""

    windows: tuple[Window, ...]
    scores: tuple[float, ...]


class Plain:
    """The plain systems over some documents."""

    def __init__(
        self, documents: Sequence[Document], model: Embedding, kept: Path, advance: Callable[[int], None]
    ) -> None:
        """Vectors are kept in the folder ``kept``, in a file named by what was embedded; ``advance`` is told of each
        window embedded anew."""
        self._model = model
        # A document without a title is called by its first words, which it need not hold twice.
        titles = {d.id: "" if d.text.startswith(d.title.rstrip("…")) else d.title for d in documents}
        self.windows = tuple(window for document in documents for window in _windows(document))
        texts = {document.id: document.text for document in documents}
        bodies = [texts[window.document_id][window.start : window.end] for window in self.windows]
        titled = [f"{titles[w.document_id]} {body}".lstrip() for w, body in zip(self.windows, bodies, strict=True)]
        self._matrix = _vectors(model, titled, kept, advance)
        self._lexical = bm25s.BM25()
        if titled:
            self._lexical.index(_tokens(titled), show_progress=False)

    def rank(self, question: str, within: Sequence[str]) -> Mapping[str, Ranked]:
        """BM25, dense and RRF for one question, over the documents ``within`` (all, where that is empty)."""
        if not self.windows:
            return {name: Ranked((), ()) for name in ("BM25", "dense", "RRF")}
        allowed = np.array([not within or window.document_id in within for window in self.windows])
        tokens = _tokens([question])[0]
        lexical = self._lexical.get_scores(tokens) if tokens else np.zeros(len(self.windows))
        dense = self._matrix @ embed_query(self._model, question)
        halves = {
            "BM25": self._best(np.where(allowed & (lexical > 0), lexical, -np.inf)),
            "dense": self._best(np.where(allowed, dense, -np.inf)),
        }
        return halves | {"RRF": _fused(tuple(halves.values()))}

    def _best(self, scores: Vectors) -> Ranked:
        order = [int(row) for row in np.argsort(-scores, kind="stable")[:DEPTH] if np.isfinite(scores[row])]
        return Ranked(tuple(self.windows[row] for row in order), tuple(float(scores[row]) for row in order))


def _windows(document: Document) -> Iterator[Window]:
    words = list(_WORD.finditer(document.text))
    for first in range(0, len(words), WORDS):
        last = words[min(first + WORDS, len(words)) - 1]
        yield Window(document.id, words[first].start(), last.end())


def _tokens(texts: Sequence[str]) -> list[list[str]]:
    found = bm25s.tokenize(list(texts), stopwords="en", stemmer=_STEMMER, return_ids=False, show_progress=False)
    return [list(each) for each in found]


def _vectors(model: Embedding, texts: Sequence[str], kept: Path, advance: Callable[[int], None]) -> Vectors:
    digest = hashlib.sha256("\0".join([model.model_name, *texts]).encode()).hexdigest()[:16]
    file = kept / f"plain-{digest}.npy"
    if file.exists():
        matrix: Vectors = np.load(file)
        return matrix
    matrix = embed(model, texts, advance)
    new = file.with_suffix(".new.npy")
    np.save(new, matrix)
    new.replace(file)
    return matrix


def _fused(halves: Sequence[Ranked]) -> Ranked:
    total: dict[Window, float] = {}
    for half in halves:
        for place, window in enumerate(half.windows, 1):
            total[window] = total.get(window, 0.0) + 1.0 / (K + place)
    order = sorted(total, key=lambda window: -total[window])
    return Ranked(tuple(order), tuple(total[window] for window in order))
