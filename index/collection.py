"""A Chroma collection made equal to the library, and looked at whether it can be trusted."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from index.library import ChunkVectors, Library

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

BATCH = 5000  # Chroma refuses more than 5461 records in one call
_DEEP = 1000  # hits asked for where fewer do not find what is there: the search goes as far as it has to
_PROBES = 50  # stored vectors that look for themselves before the index is trusted; 30 ms at 100,000


class DamagedError(Exception):
    """A collection answers, but wrongly, or for other vectors than the library's; ``index.vectors`` builds it anew."""


def name(library: Library) -> str:
    """What the library's collection is called, on a server that may hold those of others."""
    return f"citedesk-{library.identity()}"


def opened(client: "Client", library: Library, embedding: str) -> "Collection":
    """The library's collection at this client; a new one, of vectors of ``embedding``, where there is none. Raises what
    Chroma raises."""
    # No embedding function, ever: Chroma's default one downloads a model.
    return client.get_or_create_collection(
        name(library),
        embedding_function=None,
        configuration={"hnsw": {"space": "cosine"}},
        metadata={"embedding": embedding},  # of a new one; one that is there keeps what it has
    )


def equalise(
    collection: "Collection", library: Library, state: str, embedding: str, advance: Callable[[int], None]
) -> None:
    """Adds what the library has more, deletes what it has not, and looks whether vectors are found; then notes in the
    collection that it is at ``state`` of the library. ``advance`` is called with the number of vectors added after each
    batch. Raises DamagedError for one that cannot be trusted or holds vectors of another embedding than the library's
    ``embedding``, and what Chroma raises."""
    metadata = collection.metadata or {}
    if metadata.get("embedding") != embedding:
        raise DamagedError("it holds the vectors of another embedding")
    known = metadata.get("state") == state and collection.count() == library.count_chunks()
    if not known:
        # An id names one text for ever, and within one embedding one vector: nothing is ever overwritten.
        have, want = set(collection.get(include=[])["ids"]), library.chunk_ids()
        for batch in _batches(sorted(have - want)):
            collection.delete(ids=batch)
        for batch in _batches(sorted(want - have)):
            _add(collection, library.vectors(batch))
            advance(len(batch))
    # While another process writes, what is asked for may not have been there yet; the next sync asks again.
    if not _finds_itself(collection, library) and library.state() == state:
        raise DamagedError("a stored vector is not found by a search for itself")
    if not known:
        collection.modify(metadata={"embedding": embedding, "state": state})


def _add(collection: "Collection", vectors: ChunkVectors) -> None:
    if not vectors.ids:  # another process removed them meanwhile, and Chroma refuses an empty batch
        return
    collection.add(ids=list(vectors.ids), embeddings=vectors.matrix)


def _finds_itself(collection: "Collection", library: Library) -> bool:
    """Whether stored vectors are found by a search for themselves: a damaged graph still counts right.

    One in twenty may be missed: Chroma's search is approximate, and about two in a million are not in its reach. Of
    vectors that lie in no clusters it misses more than that, which is no damage: then a search that goes further must
    find them.
    """
    sample = library.probes(_PROBES)
    if not sample.ids:
        return True
    return any(_missed(collection, sample, depth) <= len(sample.ids) // 20 for depth in (1, _DEEP))


def _missed(collection: "Collection", sample: ChunkVectors, depth: int) -> int:
    """How many of these vectors are not among the ``depth`` nearest to themselves; it also goes as far as that."""
    found = collection.query(query_embeddings=sample.matrix, n_results=depth, include=["distances"])
    return sum(not row or min(row) > 1e-3 for row in found["distances"] or [])


def _batches(ids: list[str]) -> list[list[str]]:
    return [ids[first : first + BATCH] for first in range(0, len(ids), BATCH)]
