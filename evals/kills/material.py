"""The made folder that is ingested, its changes, and made vectors: no model, so that the time goes into storing."""

import hashlib
import random
from pathlib import Path

import numpy as np

PARAGRAPHS = 45  # a file; each becomes a chunk, at a budget of one token
BUDGET = 1
DIMENSION = 384
_SYLLABLES = ("ba", "de", "fi", "go", "ku", "la", "me", "ni", "po", "ru")  # three make a word


class Hashed:
    """A text's hash, and the model's name, as a unit vector of 384 dimensions."""

    def __init__(self, name: str) -> None:
        self.model_name, self.embed_batch_size = name, 32

    def get_text_embedding_batch(self, texts: list[str]) -> list[list[float]]:
        """See index.embed.Embedding."""
        return [self.get_query_embedding(text) for text in texts]

    def get_query_embedding(self, query: str) -> list[float]:
        """See index.embed.Embedding."""
        seed = hashlib.sha256(f"{self.model_name} {query}".encode()).digest()[:8]
        row = np.random.default_rng(int.from_bytes(seed)).standard_normal(DIMENSION)
        unit: list[float] = (row / np.linalg.norm(row)).tolist()
        return unit


def write(folder: Path, size: int) -> None:
    """Files with ``size`` chunks in all."""
    folder.mkdir(parents=True)
    for number in range(files(size)):
        _write(folder, number, "first", min(PARAGRAPHS, size - number * PARAGRAPHS))


def change(folder: Path, size: int) -> None:
    """Of every twenty files two are changed and one is removed; one is added."""
    last = files(size)
    for number in range(0, last, 20):
        for changed in (number + 3, number + 11):
            if changed < last:
                _write(folder, changed, "second", PARAGRAPHS)
        _path(folder, number + 7).unlink(missing_ok=True)
        _write(folder, last + number // 20, "new", PARAGRAPHS)


def files(size: int) -> int:
    """How many files ``write`` makes."""
    return -(-size // PARAGRAPHS)


def _write(folder: Path, number: int, version: str, paragraphs: int) -> None:
    """Every tenth file is a copy of the one before it, so that there are links between documents."""
    original = number - (number % 10 == 9)
    lines = []
    for each in range(paragraphs):
        chance = random.Random(f"{original} {version} {each}")
        words = ["".join(chance.choices(_SYLLABLES, k=3)) for _ in range(9)]
        lines.append(f"Paragraph {each} of the {version} version says {' '.join(words)}.")
    _path(folder, number).write_text("\n\n".join(lines), encoding="utf-8")


def _path(folder: Path, number: int) -> Path:
    return folder / f"{number:05}.txt"
