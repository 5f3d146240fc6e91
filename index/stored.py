"""What the library hands out beside documents: models, places, vectors."""

from dataclasses import dataclass

from index.embed import Vectors
from index.labels import Labels
from index.types import Chunk, Document


@dataclass(frozen=True, slots=True)
class Model:
    """An embedding model by name, and the dimension of its vectors."""

    name: str
    dimension: int


@dataclass(frozen=True, slots=True)
class Located:
    """A chunk and the document it belongs to, read in one transaction."""

    chunk: Chunk
    document: Document


@dataclass(frozen=True, slots=True)
class ChunkVectors:
    """Vectors row by row: ``matrix`` is float32 of shape (len(ids), d)."""

    ids: tuple[str, ...]
    matrix: Vectors


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """The labels of all chunks, and the vectors of those that were not known, in the order of the labels.

    While ``embedding`` is that of the known vectors, these still hold; else none was taken for known.
    """

    labels: Labels
    embedding: str
    vectors: ChunkVectors
