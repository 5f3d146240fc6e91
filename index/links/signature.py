"""What is stored of a document's text to find others like it: MinHash values of its word shingles and of its names.

Two sets that share a fraction J of their union agree in a MinHash value with probability J (Broder, 1997).
"""

import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rensa import RMinHash

from index.links.damage import damage

Hashes = npt.NDArray[np.uint32]

SHINGLE = 4  # words
VALUES = 128  # of the shingles; a fraction is then estimated to within .04
NAMES = 64  # of the names and figures
_MOST_WORDS = 20_000  # of a text that are looked at: no document takes longer than that
_SEED = 1
_ODD = re.compile(r"[^\x00-\x7f\w]+")
_BLANKED = bytes(each if each == ord("_") or each > 127 or chr(each).isalnum() else ord(" ") for each in range(256))
# A name from its capital on, or a figure. What begins with a set of characters is found sooner than after a \b.
_NAME = re.compile(r"[^\W_a-z](?<!\w\w)(?:(?<=\D)[\w’'-]{2,}|(?<=\d)(?:[\d.,]*\d)?)")
KIND = b"rmi%c" % RMinHash.ALGORITHM_VERSION
"""What a packed signature begins with: only those of one kind can be compared. Where what a pair is told to be has
changed, so has this: then all relations of a library are looked for anew."""
_HEAD = np.dtype([("kind", "S4"), ("shingles", "<u4"), ("damage", "<f4")])


@dataclass(frozen=True, slots=True, eq=False)
class Signature:
    """``values`` are the MinHash values of the shingles, shape (VALUES,), ``names`` those of the names and figures,
    shape (NAMES,); ``shingles`` is how many different shingles there are, ``damage`` that of ``index.links.damage``."""

    shingles: int
    damage: float
    values: Hashes
    names: Hashes

    def pack(self) -> bytes:
        """As ``unpack`` reads it: 780 bytes."""
        head = np.array([(KIND, self.shingles, self.damage)], dtype=_HEAD)
        return head.tobytes() + self.values.astype("<u4").tobytes() + self.names.astype("<u4").tobytes()


SIZE = _HEAD.itemsize + 4 * (VALUES + NAMES)


@dataclass(frozen=True, slots=True, eq=False)
class Signatures:
    """Those of n documents, row by row: ``values`` (n, VALUES), ``names`` (n, NAMES), the other two (n,)."""

    shingles: npt.NDArray[np.uint32]
    damage: npt.NDArray[np.float32]
    values: Hashes
    names: Hashes


def unpack(packed: Sequence[bytes]) -> Signatures:
    """The signatures in their order."""
    rows = np.frombuffer(b"".join(packed), dtype=np.uint8).reshape(len(packed), SIZE)
    head = np.ascontiguousarray(rows[:, : _HEAD.itemsize]).view(_HEAD).reshape(-1)
    hashes = np.ascontiguousarray(rows[:, _HEAD.itemsize :]).view("<u4").reshape(-1, VALUES + NAMES)
    return Signatures(head["shingles"], head["damage"], hashes[:, :VALUES], hashes[:, VALUES:])


def sign(text: str, marks: float) -> Signature:
    """The signature of a document's text, whose damage is ``marks``. 0.15 ms for 320 words."""
    shingled = shingles(text)
    names = _hashed(" ".join(set(_NAME.findall(text[: 8 * _MOST_WORDS]))).casefold().encode().split())
    return Signature(len(shingled), marks, minhash(shingled, VALUES), minhash(names, NAMES))


def signed(text: str) -> bytes:
    """What is stored of a document's text: its packed signature, with its damage."""
    return sign(text, damage(text)).pack()


def shingles(text: str) -> Hashes:
    """The hashes of the different runs of SHINGLE words, sorted; capitals, marks and white space do not count."""
    # As \w+ finds them, but in a third of the time: text -> bytes in which only words are left -> words.
    spaced = _ODD.sub(" ", text[: 16 * _MOST_WORDS].casefold()).encode().translate(_BLANKED)
    words = _hashed(spaced.split()[:_MOST_WORDS])
    if len(words) < SHINGLE:
        return np.zeros(0, dtype=np.uint32)
    runs = np.zeros(len(words) - SHINGLE + 1, dtype=np.uint32)
    for place in range(SHINGLE):  # a polynomial in the words' hashes, modulo 2**32
        runs = runs * np.uint32(0x01000193) + words[place : place + len(runs)]
    runs ^= runs >> np.uint32(15)
    runs.sort()
    different: Hashes = runs[np.append(True, runs[1:] != runs[:-1])]
    return different


def _hashed(words: Iterable[bytes]) -> Hashes:
    return np.fromiter(map(zlib.crc32, words), dtype=np.uint32)


def minhash(hashes: Hashes, number: int) -> Hashes:
    """The ``number`` MinHash values of a set of hashes, shape (n,); all 2**32 - 1 of an empty one."""
    made = RMinHash.digest_matrix_from_flat_token_hashes(hashes.astype(np.uint64), [0, len(hashes)], number, _SEED)
    return np.array(made.to_rows()[0], dtype=np.uint32)
