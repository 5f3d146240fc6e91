"""What was found for a question, as it is handed from the search to the reader."""

from collections.abc import Mapping
from dataclasses import dataclass

from index.embed import Vectors
from rag.types import Passage


@dataclass(frozen=True, slots=True)
class Found:
    """The passages for a question, best first; its unit vector, shape (d,); and its stems with their weights.

    ``held`` are those of garbled rewrites, to be read only when the others do not answer; ``superseded`` are documents
    of which a later version was found, ``doubtful`` those that are rewrites or earlier versions of any other. All by
    ``rag.standing``.
    """

    passages: tuple[Passage, ...]
    vector: Vectors
    weights: Mapping[str, float]
    held: tuple[Passage, ...] = ()
    superseded: frozenset[str] = frozenset()
    doubtful: frozenset[str] = frozenset()
