"""The lexical search: BM25 over the library's FTS5 table, at a bounded cost.

Measured at 100,000 chunks: FTS5 counts and walks over a posting (a chunk that contains a word) in 0.1 µs and scores
it in 0.6 µs.
A few words that are everywhere would cost 100 ms; BM25 weighs them least, and they are left out.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from index.labels import Allowed
from index.tables import Select
from index.weighing import Scores, Weighing

# Of a word in the context line (title, outlet, date). On 700 training questions 0, 0.5, 1 and 2 were about alike.
CONTEXT_WEIGHT = 1.0
BODY_WEIGHT = 1.0  # of a word in the chunk's own text
BUDGET = 10_000.0  # postings that are scored for one question
_WALK = 0.2  # what a posting costs that the filter drops before it is scored, in postings scored
_LEAST = 2  # words that are searched when each is dearer than the budget
_MORE = 8  # times the budget when it found too little
_DIGITS = 10  # of a score that is put together, behind the point
_TOGETHER = 1000  # ids looked up at once


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk found by a search, with its score (higher is better)."""

    chunk_id: str
    score: float


def phrases(words: Sequence[str]) -> list[str]:
    """The words as FTS5 strings, so that none of them is an operator."""
    # What is left out here, SQLite could not be given: NUL ends its string, a lone surrogate is no UTF-8.
    sound = (word.replace("\0", " ").encode("utf-8", "replace").decode() for word in words)
    return ['"' + word.replace('"', '""') + '"' for word in sound]


def count_postings(select: Select, phrase: str, among: Allowed | None = None) -> int:
    """How many chunks contain the phrase, of those in the rows ``among`` (of all when None)."""
    limits, values = _limits(among)
    ((number,),) = select(f"SELECT count(*) FROM chunk_text WHERE chunk_text MATCH ? {limits}", (phrase, *values))
    return int(number)


def affordable(postings: Mapping[str, int], share: float, budget: float) -> frozenset[str]:
    """The rarest phrases that together cost no more than ``budget``; the two rarest when each costs more.

    ``postings`` gives the number of chunks with each phrase, ``share`` is that of the chunks that the filter leaves.
    """
    ranked = sorted((phrase for phrase, number in postings.items() if number), key=lambda each: (postings[each], each))
    kept, cost = list[str](), 0.0
    for phrase in ranked:
        cost += postings[phrase] * (_WALK + (1 - _WALK) * share)
        if cost > budget:
            break
        kept.append(phrase)
    return frozenset(kept or ranked[:_LEAST])


def best(
    select: Select,
    wanted: Sequence[str],
    count: Callable[[str], int],
    total: int,
    allowed: Allowed | None,
    k: int,
    weighing: Weighing | None = None,
) -> tuple[Hit, ...]:
    """Up to ``k`` chunks with any of the phrases ``wanted``, best BM25 first, ties in the order of their ids.

    ``count`` gives the postings of a phrase, ``total`` is the number of chunks, ``allowed`` what a filter leaves of
    them (None: there is no filter). When the phrases cost more than BUDGET, ``affordable`` says which are searched.
    While that finds fewer than ``k`` chunks, the budget grows until it does or nothing is left out: so ``k`` are found
    wherever there are that many with any of the phrases, and all of them where there are fewer.

    With ``weighing``, the scores and their order are as it puts them right; then ``count`` and ``total`` are of the
    chunks that are seen.
    """
    ranked = _ranked if weighing is None else partial(_corrected, weighing=weighing)
    share = 1.0 if allowed is None else allowed.number / total
    everything, budget = frozenset(wanted), BUDGET
    if total * len(everything) <= BUDGET or (allowed is not None and allowed.number <= k):
        return ranked(select, wanted, allowed, k)
    postings = {phrase: count(phrase) for phrase in everything}
    present = frozenset(phrase for phrase, number in postings.items() if number)
    while present:
        kept = affordable(postings, share, budget)
        hits = ranked(select, [phrase for phrase in wanted if phrase in kept], allowed, k)
        if len(hits) >= k or kept == present:
            return hits
        budget *= _MORE
    return ()


def _limits(among: Allowed | None) -> tuple[str, tuple[int | bytes, ...]]:
    """The SQL condition on the row, and its values. A byte string indexed by the row is the fastest filter there is in
    SQL, and what it drops is never scored."""
    if among is None:
        return "", ()
    return "AND rowid BETWEEN ? AND ? AND substr(?, rowid - ? + 1, 1) = x'01'", (
        *(among.first, among.last, among.flags, among.first),
    )


def _ranked(select: Select, wanted: Sequence[str], allowed: Allowed | None, k: int) -> tuple[Hit, ...]:
    limits, values = _limits(allowed)
    # Ids are looked up for the best alone. Where the last of them ties with the first that is not read, more are.
    limit = 2 * k
    while True:
        rows = select(
            f"SELECT c.id, f.rank FROM (SELECT rowid, bm25(chunk_text, {CONTEXT_WEIGHT}, {BODY_WEIGHT}) AS rank "
            f"FROM chunk_text WHERE chunk_text MATCH ? {limits} ORDER BY rank LIMIT ?) f "
            "JOIN chunks c ON c.rowid = f.rowid ORDER BY f.rank, c.id",
            (" OR ".join(wanted), *values, limit),
        )
        if len(rows) < limit or rows[k - 1][1] < rows[-1][1]:
            return tuple(Hit(id_, -rank) for id_, rank in rows[:k])  # SQLite's bm25 is lower for better
        limit *= _MORE


def _corrected(
    select: Select, wanted: Sequence[str], allowed: Allowed | None, k: int, weighing: Weighing
) -> tuple[Hit, ...]:
    """As ``_ranked``, each phrase scored by itself: BM25 is the sum over the phrases."""
    limits, values = _limits(allowed)
    rows, scores = list[npt.NDArray[np.int64]](), list[Scores]()
    for phrase, times in Counter(wanted).items():
        found = select(
            f"SELECT rowid, -bm25(chunk_text, {CONTEXT_WEIGHT}, {BODY_WEIGHT}) FROM chunk_text "
            f"WHERE chunk_text MATCH ? {limits}",
            (phrase, *values),
        )
        if found:
            rows.append(np.array([row for row, _ in found], dtype=np.int64))
            scores.append(times * weighing.corrected(phrase, rows[-1], np.array([score for _, score in found])))
    if not rows:
        return ()
    places, which = np.unique(np.concatenate(rows), return_inverse=True)
    # What SQLite would score the same must tie here too, however the sum was put together.
    sums = np.round(np.bincount(which, np.concatenate(scores)), _DIGITS)
    if len(sums) > k:
        best_of = np.flatnonzero(sums >= np.partition(sums, len(sums) - k)[len(sums) - k])  # ties with the last as well
        places, sums = places[best_of], sums[best_of]
    ids: dict[int, str] = {}
    for first in range(0, len(places), _TOGETHER):
        some = places[first : first + _TOGETHER].tolist()
        ids.update(select(f"SELECT rowid, id FROM chunks WHERE rowid IN ({','.join('?' * len(some))})", some))
    hits = (Hit(ids[row], score) for row, score in zip(places.tolist(), sums.tolist(), strict=True))
    return tuple(sorted(hits, key=lambda hit: (-hit.score, hit.chunk_id))[:k])
