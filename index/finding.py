"""Chunks and their vectors, as one may see them: searched, counted, handed out. These are methods of ``Library``."""

from collections.abc import Container, Mapping, Sequence

import numpy as np

from index.embed import Vectors
from index.lexical import Hit, best, phrases
from index.sight import Shelf
from index.stored import ChunkVectors, Difference
from index.tables import CHUNK_COLUMNS, LISTED, listed, read_embedding, read_vectors
from index.types import Chunk, Filters

_TOGETHER = 1000  # chunks looked up at once


def search(library: Shelf, words: Sequence[str], filters: Filters, k: int) -> tuple[Hit, ...]:
    """Up to ``k`` chunks that contain any of ``words``, best BM25 first (Porter-stemmed, accents ignored).

    In a large library the commonest words are left out once rarer ones find enough: see ``index.lexical.best``.
    """
    if not words:
        return ()
    with library.seeing(filters) as sight:
        select, filters = sight.select, sight.filters
        allowed = None if filters == Filters() else sight.known.labels(select).allowed(filters)
        if allowed is None and filters != Filters():
            return ()
        counts = sight.known.counts(select, filters.groups)
        return best(
            select,
            phrases(words),
            lambda phrase: counts.phrase(select, phrase),
            counts.total,
            allowed,
            k,
            None if filters.groups is None else sight.known.weighing(select, filters.groups),
        )


def frequencies(library: Shelf, stems: Sequence[str]) -> Mapping[str, int]:
    """How many chunks contain each Porter stem; a stem that occurs nowhere is left out."""
    with library.seeing() as sight:
        counts = sight.known.counts(sight.select, sight.filters.groups)
        numbers = {stem: counts.stem(sight.select, stem) for stem in stems}
    return {stem: number for stem, number in numbers.items() if number}


def vectors(library: Shelf, chunk_ids: Sequence[str] | None = None) -> ChunkVectors:
    """The stored vectors of these chunks (of all chunks when None), in the order of their ids."""
    terms, values = ["1"], list[str]()
    if chunk_ids is not None:
        terms.append(f"id IN {LISTED}")
        values.append(listed(chunk_ids))
    with library.seeing() as sight:
        if sight.filters.groups is not None:
            terms.append(f"EXISTS (SELECT 1 FROM documents d WHERE d.id = document_id AND {sight.term})")
            values += sight.values
        rows = sight.select(f"SELECT id, vector FROM chunks WHERE {' AND '.join(terms)} ORDER BY id", values)
    matrix = np.frombuffer(b"".join(row[1] for row in rows), dtype=np.float32)
    return ChunkVectors(
        ids=tuple(row[0] for row in rows),
        matrix=matrix.reshape(len(rows), -1) if rows else np.zeros((0, 0), dtype=np.float32),
    )


def chunk_ids(library: Shelf) -> frozenset[str]:
    """The ids of all chunks."""
    with library.seeing() as sight:
        if sight.filters.groups is None:
            return frozenset(id_ for (id_,) in sight.select("SELECT id FROM chunks", ()))
        labels = sight.known.labels(sight.select)
        return frozenset(labels.ids[place] for place in np.flatnonzero(labels.mask(sight.filters)))


def difference(library: Shelf, known: Container[str], embedding: str, most: int | None = None) -> Difference:
    """What an index in memory lacks that knows the vectors of the chunks ``known``, made by ``embedding``: all of
    it, or the first ``most``. Like what is under "writing", only of the whole library."""
    _ = library.database  # of no view
    with library.seeing() as sight:
        labels, mine = sight.known.labels(sight.select), read_embedding(sight.select)
        fresh = [place for place, id_ in enumerate(labels.ids) if mine != embedding or id_ not in known][:most]
        vectors = ChunkVectors(
            tuple(labels.ids[place] for place in fresh), read_vectors(sight.select, labels.rows[fresh])
        )
    return Difference(labels, mine, vectors)


def vectors_of_rows(library: Shelf, rows: Mapping[int, str], embedding: str) -> ChunkVectors | None:
    """The vectors of chunks by their rows (row -> chunk id) in the order of the ids, those that are no longer there
    left out; None when the library's vectors are no longer made by ``embedding``. Of the whole library."""
    _ = library.database  # of no view
    with library.seeing() as sight:
        if read_embedding(sight.select) != embedding:
            return None
        found = sight.select(
            f"SELECT id, vector, rowid FROM chunks WHERE rowid IN {LISTED} ORDER BY id", (listed(rows),)
        )
    there = [(id_, vector) for id_, vector, row in found if rows[row] == id_]  # a row's number may be given again
    matrix = np.frombuffer(b"".join(vector for _, vector in there), dtype=np.float32)
    return ChunkVectors(tuple(id_ for id_, _ in there), matrix.reshape(len(there), -1 if there else 0))


def probes(library: Shelf, number: int) -> ChunkVectors:
    """The vectors of up to ``number`` chunks that are spread over the library, in the order of their ids; costs a
    millisecond."""
    with library.seeing() as sight:
        ((first, last),) = sight.select("SELECT min(rowid), max(rowid) FROM chunks", ())
        rows = np.linspace(first or 0, last or 0, number).astype(np.int64).tolist()
        found = [sight.select("SELECT id FROM chunks WHERE rowid >= ? LIMIT 1", (row,)) for row in rows]
    return vectors(library, sorted({id_ for ((id_,),) in found}) if last else [])


def vectors_of(library: Shelf, chunks: Sequence[Chunk]) -> Mapping[str, Vectors]:
    """Chunk id -> vector, shape (d,), of those of the ``chunks`` that are in as they are, context line included."""
    wanted, found = {chunk.id: chunk for chunk in chunks}, dict[str, Vectors]()
    ids = list(wanted)
    for first in range(0, len(ids), _TOGETHER):
        some = ids[first : first + _TOGETHER]
        marks = ",".join("?" * len(some))
        rows = library.database.rows(f"SELECT {CHUNK_COLUMNS}, c.vector FROM chunks c WHERE c.id IN ({marks})", some)
        for id_, *rest, vector in rows:
            if Chunk(id_, *rest) == wanted[id_]:
                found[id_] = np.frombuffer(vector, np.float32)
    return found
