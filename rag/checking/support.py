"""How much of a claim the evidence says, in plain numbers: words and meaning, of its parts and the whole."""

import re
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.embed import Embedding, Vectors, embed
from rag.checking.align import Source, counterparts
from rag.language.statement import Statement, Word, statement

FEATURES = (
    "words in the evidence",
    "words in the best sentence",
    "words in the best three sentences",
    "word pairs in one sentence",
    "no long stretch without words in the evidence",
    "words in meaning",
    "least word in meaning",
    "cosine of the best sentence",
    "cosine of the best three sentences",
    "words of the worst part in one sentence",
    "meaning of the worst part's words",
    "cosine of the worst part",
)
_WINDOW = 3
_READ = 4  # sentences in whose words a word of like meaning is looked for
_KEPT = 60_000  # vectors of 384 float32 numbers: 90 MB at most
_CUT = re.compile(
    r"[;:—–]\s+|,\s+(?:and|but|while|which|who|where|whose|after|when|because|so|with|as)\s+|,\s+|\s+(?:while|but|because|although|whereas|and|which|who|after|where|before|when|since)\s+"
)
_PART = 3  # content words of the smallest part of a claim that is looked at alone

Features = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Support:
    """``features`` float64 (len(FEATURES),); ``sentences`` (n,) how much each sentence of the evidence says of the
    claim, in [0, 1]; ``held`` (n, content words of the claim), which of them each sentence has; ``missing`` the longest
    stretch of the claim without counterpart, "" where there is none."""

    features: Features
    sentences: Features
    held: NDArray[np.bool_]
    missing: str


class _Memory:
    """Vectors of texts, the least used forgotten first; used from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], Vectors] = OrderedDict()

    def vectors(self, model: Embedding, texts: Sequence[str]) -> Vectors:
        """Unit vectors (len(texts), d) in the order of ``texts``; those not known are embedded in one batch."""
        keys = [(model.model_name, text) for text in texts]
        with self._lock:
            known = {key: self._kept[key] for key in keys if key in self._kept}
        missing = [key for key in dict.fromkeys(keys) if key not in known]
        if missing:
            rows = embed(model, [text for _, text in missing])
            known |= dict(zip(missing, rows, strict=True))
        with self._lock:
            for key in dict.fromkeys(keys):
                self._kept[key] = known[key]
                self._kept.move_to_end(key)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return np.stack([known[key] for key in keys])


_MEMORY = _Memory()


def pieces(claim: Statement) -> tuple[Statement, ...]:
    """The parts of a claim that say something by themselves, in order; the whole where there is only one."""
    starts, ends, at = [], [], 0
    for match in _CUT.finditer(claim.text):
        if _content(claim, at, match.start()) >= _PART and _content(claim, match.end(), len(claim.text)) >= _PART:
            starts.append(at)
            ends.append(match.start())
            at = match.end()
    texts = [claim.text[start:end] for start, end in zip([*starts, at], [*ends, len(claim.text)], strict=True)]
    return tuple(statement(text) for text in texts) if len(texts) > 1 else (claim,)


def _content(said: Statement, start: int, end: int) -> int:
    return sum(word.content and start <= word.start and word.end <= end for word in said.words)


def support(claim: Statement, sources: Sequence[Source], context: Sequence[Statement], model: Embedding) -> Support:
    """What speaks for ``claim`` in ``sources``, all sentences of the evidence (at least one); names of ``context``
    count as names of the evidence. Raises EmbeddingError when the model cannot be used."""
    parts = pieces(claim)
    said = [source.statement for source in sources]
    mine = [word for word in claim.words if word.content]
    rows = _MEMORY.vectors(model, [claim.text, *(part.text for part in parts), *(each.text for each in said)])
    whole, of_parts, of_sentences = rows[0], rows[1 : len(parts) + 1], rows[len(parts) + 1 :]
    groups = _windows(sources)
    # A window's vector is that of its sentences together: nearly what embedding its text would give, and free.
    sums = np.stack([of_sentences[list(group)].sum(axis=0) for group in groups])
    of_windows = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
    held = np.array([[_holds(each, word) for word in mine] for each in said], dtype=np.float64).reshape(
        len(said), len(mine)
    )
    cosines = of_sentences @ whole
    per_sentence = held.mean(axis=1) if mine else np.zeros(len(said))
    per_window = np.array([held[list(group)].max(axis=0).mean() if mine else 0.0 for group in groups])
    found = held.max(axis=0) > 0
    for each in context:
        found |= np.array([word.text[0].isupper() and _holds(each, word) for word in mine], dtype=bool)
    best = np.argsort(-(per_sentence + cosines), kind="stable")[:_READ]
    soft = _meant(mine, found, [said[int(at)] for at in best], model)
    run, missing = _longest(claim, mine, found)
    worst = [_worst(part, claim, mine, held, soft) for part in parts]
    near = np.maximum((of_parts @ of_sentences.T).max(axis=1), (of_parts @ of_windows.T).max(axis=1))
    features = [
        float(found.mean()) if mine else 0.0,
        float(per_sentence.max()),
        float(per_window.max()),
        _pairs(mine, held),
        1 / (1 + run),
        float(soft.mean()) if mine else 0.0,
        float(soft.min()) if mine else 0.0,
        float(cosines.max()),
        float((of_windows @ whole).max()),
        min(one.share for one in worst),
        min(one.meaning for one in worst),
        float(near.min()),
    ]
    return Support(np.array(features), (per_sentence + np.clip(cosines, 0, 1)) / 2, held > 0, missing)


@dataclass(frozen=True, slots=True)
class _Piece:
    share: float
    meaning: float


def _worst(part: Statement, claim: Statement, mine: Sequence[Word], held: Features, soft: Features) -> _Piece:
    start = claim.text.find(part.text)
    inside = [at for at, word in enumerate(mine) if start <= word.start < start + len(part.text)]
    if not inside:
        return _Piece(1.0, 1.0)
    return _Piece(float(held[:, inside].mean(axis=1).max()), float(soft[inside].mean()))


def _meant(mine: Sequence[Word], found: NDArray[np.bool_], said: Sequence[Statement], model: Embedding) -> Features:
    """For each word of the claim 1 where it was ``found``, else the cosine to the nearest word of the sentences."""
    soft = np.ones(len(mine))
    missing = np.flatnonzero(~found)
    spelled = list(dict.fromkeys(word.low for each in said for word in each.words if word.content))
    if not len(missing):
        return soft
    rows = _MEMORY.vectors(model, [*(mine[int(at)].low for at in missing), *spelled])
    alone, given = rows[: len(missing)], rows[len(missing) :]
    soft[missing] = np.clip((alone @ given.T).max(axis=1), 0, 1) if spelled else 0.0
    return soft


def _windows(sources: Sequence[Source]) -> list[tuple[int, ...]]:
    """Up to _WINDOW sentences of one paragraph that follow one another, by their indices."""
    found = []
    for at, source in enumerate(sources):
        group = [other for other in range(at, min(at + _WINDOW, len(sources))) if sources[other].index == source.index]
        found.append(tuple(group))
    return found


def _holds(said: Statement, word: Word) -> bool:
    return bool(counterparts(word.base, said))


def _pairs(mine: Sequence[Word], held: Features) -> float:
    """The share of neighbouring content words of the claim that one sentence holds together."""
    if len(mine) < 2:
        return float(held.max()) if held.size else 0.0
    return float((held[:, :-1] * held[:, 1:]).max(axis=0).mean())


def _longest(claim: Statement, mine: Sequence[Word], found: NDArray[np.bool_]) -> tuple[int, str]:
    best, start, run = 0, 0, 0
    for at, each in enumerate(found):
        run = 0 if each else run + 1
        if run > best:
            best, start = run, at - run + 1
    return best, claim.text[mine[start].start : mine[start + best - 1].end] if best else ""
