"""BM25 as it would be if only some of the chunks were there.

SQLite scores a phrase in a chunk with its rarity among all chunks, and with the chunk's length beside the mean length
of all (Robertson and Zaragoza, 2009, with k1 = 1.2 and b = 0.75). Whoever may not see all chunks must not learn from a
score, or from an order, which words the others hold: so it is put right for those that are seen.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.labels import Allowed
from index.tables import Select

_K1, _B = 1.2, 0.75  # SQLite's own

Scores = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Lengths:
    """The words of each chunk, context line included: those of row ``r`` are ``words[r - first]``, 0 for no chunk."""

    first: int
    words: npt.NDArray[np.int64]

    def of(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The lengths of the chunks in these rows, in their order."""
        found: npt.NDArray[np.int64] = self.words[rows - self.first]
        return found

    def mean(self, among: Allowed | None) -> float:
        """The mean length of the chunks ``among`` (of all when None, of which there is one at least)."""
        if among is None:
            return float(self.words.sum()) / np.count_nonzero(self.words)
        inside = self.words[among.first - self.first : among.last - self.first + 1]
        return float(inside @ np.frombuffer(among.flags, dtype=np.uint8).astype(np.int64)) / among.number


@dataclass(frozen=True, slots=True)
class Rarity:
    """How rare a phrase is among all chunks, and among those that are seen."""

    everywhere: float
    seen: float


@dataclass(frozen=True, slots=True, eq=False)
class Weighing:
    """What SQLite's scores are put right with: the mean length of all chunks and of those that are seen, and how rare a
    phrase is."""

    lengths: Lengths
    mean: float
    seen_mean: float
    rarity: Callable[[str], Rarity]

    def corrected(self, phrase: str, rows: npt.NDArray[np.int64], scores: Scores) -> Scores:
        """``scores`` are SQLite's for the phrase in the chunks in ``rows``, higher for better; what they would be."""
        rarity, lengths = self.rarity(phrase), self.lengths.of(rows)
        norm = _K1 * (1 - _B + _B * lengths / self.mean)
        seen_norm = _K1 * (1 - _B + _B * lengths / self.seen_mean)
        share = scores / (rarity.everywhere * (_K1 + 1))  # f / (f + norm), where f is how often the phrase occurs
        often = share * norm / (1 - share)
        corrected: Scores = rarity.seen * (_K1 + 1) * often / (often + seen_norm)
        return corrected


def rarity(number: int, total: int) -> float:
    """The inverse document frequency that SQLite gives a phrase in ``number`` of ``total`` chunks."""
    return max(math.log((total - number + 0.5) / (number + 0.5)), 1e-6)


def read_lengths(select: Select) -> Lengths:
    """The lengths of all chunks; 100,000 are read in 0.1 s."""
    # FTS5 keeps a row's length as one variable-length integer a column, seven bits a byte, the last without bit 128.
    found = select("SELECT id, sz FROM chunk_text_docsize ORDER BY id", ())
    first = int(found[0][0]) if found else 0
    words = np.zeros(int(found[-1][0]) - first + 1 if found else 0, dtype=np.int64)
    for row, sizes in found:
        number = 0
        for byte in sizes:
            number = number << 7 | byte & 127
            if byte < 128:
                words[row - first] += number
                number = 0
    return Lengths(first, words)
