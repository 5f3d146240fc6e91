"""The library: one SQLite file that is the system of record for documents, chunks and vectors.

Everything about one file changes in one transaction. Many processes may read while one writes (WAL). The vector
index is rebuilt from here whenever it does not match, and can be deleted at any time.
"""

from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np

from index.database import Database
from index.embed import Vectors
from index.errors import LibraryError, ModelMismatch, UsageError
from index.lexical import Hit as Hit
from index.lexical import best, phrases
from index.links.relations import Article, Signed, read_articles, read_signatures, read_unsigned, write_relations
from index.memory import Known, Memory, read_state
from index.rights import read_groups
from index.stored import ChunkVectors as ChunkVectors
from index.stored import Difference as Difference
from index.stored import Located as Located
from index.stored import Model as Model
from index.tables import (
    CHUNK_COLUMNS,
    DOCUMENT_COLUMNS,
    LISTED,
    Embedded,
    Select,
    advance,
    delete,
    insert,
    listed,
    read_boxes,
    read_document,
    read_embedding,
    read_vectors,
    selecting,
    set_groups,
    set_model,
    to_date,
    where,
)
from index.types import Box, Chunk, Document, Entry, Filters, Link, Precision, Relation

_TOGETHER = 1000  # chunks looked up at once


@dataclass(frozen=True, slots=True)
class _Sight:
    """One state of the library, and the SQL condition on ``documents d`` that leaves what may be seen of it."""

    select: Select
    known: Known
    filters: Filters
    term: str
    values: list[str]


class Library:
    """An open library, or what some groups may see of one. Methods may be called from any thread."""

    def __init__(self, path: Path) -> None:
        """Opens or creates the library. Raises LibraryError when ``path`` cannot be used or has another format."""
        self.path = path
        self._database = Database(path)
        self._memory = Memory()
        self._groups: frozenset[str] | None = None

    def close(self) -> None:
        """Closes the connections of all threads and frees what is remembered, of every view as well."""
        self._database.close()
        self._memory.forget()

    # -- who sees what --------------------------------------------------------------------------------------------

    def restricted(self, groups: frozenset[str]) -> "Library":
        """This library as members of ``groups`` may see it (see ``Document.groups``): whatever is read through it is as
        though the other documents had never been there. Costs nothing, shares all there is with this one, and needs no
        closing. Cannot be written to: that raises LibraryError. Restricted once more, both sets must allow a document.

        Only ``state`` still changes when a hidden document does.
        """
        view = copy(self)
        view._groups = groups if self._groups is None else self._groups & groups
        return view

    @property
    def whole(self) -> "Library":
        """The library that this one is a view of, for the vector index, which must know every vector."""
        if self._groups is None:
            return self
        library = copy(self)
        library._groups = None
        return library

    def within(self, filters: Filters) -> Filters:
        """``filters``, narrowed to what this view may see; for a search outside of the library. What they said of
        groups before counts for nothing here."""
        with self._seeing(filters) as sight:
            return sight.filters

    # -- what is in -----------------------------------------------------------------------------------------------

    def entries(self) -> tuple[Entry, ...]:
        """All documents, newest publication first, undated ones last, then by title."""
        with self._seeing() as sight:
            rows = sight.select(
                "SELECT id, version, source, title, outlet, author, published, url, (SELECT coalesce(max(number), 0) "
                "FROM paragraphs WHERE document_id = d.id), groups, part, precision, language, modified "
                f"FROM documents d WHERE {sight.term} "
                "ORDER BY published IS NULL, published DESC, title, id",
                sight.values,
            )
        return tuple(
            Entry(
                *(id_, version, source, title, outlet, author, to_date(published), url, paragraphs),
                *(read_groups(groups), part, Precision(precision), language, datetime.fromisoformat(modified)),
            )
            for id_, version, source, title, outlet, author, published, url, paragraphs, groups, *rest in rows
            for part, precision, language, modified in [rest]
        )

    def count_in_file(self, source: str) -> int:
        """The number of documents that came from this file."""
        with self._seeing() as sight:
            ((number,),) = sight.select(
                f"SELECT count(*) FROM documents d WHERE d.source = ? AND {sight.term}", (source, *sight.values)
            )
            return int(number)

    def outlets(self) -> tuple[str, ...]:
        """The outlets that are in, each once, in alphabetical order."""
        with self._seeing() as sight:
            rows = sight.select(
                f"SELECT DISTINCT outlet FROM documents d WHERE outlet IS NOT NULL AND {sight.term} ORDER BY outlet",
                sight.values,
            )
        return tuple(outlet for (outlet,) in rows)

    def document(self, document_id: str) -> Document:
        """One document with its text and paragraphs; UsageError when there is none with this id."""
        with self._seeing() as sight:
            rows = sight.select(
                f"SELECT {DOCUMENT_COLUMNS} FROM documents d WHERE id = ? AND {sight.term}",
                (document_id, *sight.values),
            )
            if not rows:
                raise UsageError(f"no document has the id {document_id!r}; `citedesk documents` lists them")
            return read_document(sight.select, rows[0])

    def boxes(self, document_id: str) -> tuple[Box, ...]:
        """The printed lines of a document in the order of their starts; none without pages, or without that document.
        Their sides are float32."""
        with self._seeing() as sight:
            rows = sight.select(
                f"SELECT b.lines FROM boxes b JOIN documents d ON d.id = b.document_id WHERE d.id = ? AND {sight.term}",
                (document_id, *sight.values),
            )
        return read_boxes(rows[0][0]) if rows else ()

    def links(self, document_ids: Sequence[str] | None = None) -> tuple[Link, ...]:
        """What these documents (all when None) are to others, in the order of their ids; only links both of whose
        documents may be seen."""
        wanted = "" if document_ids is None else f"AND d.id IN {LISTED} "
        given = [] if document_ids is None else [listed(document_ids)]
        with self._seeing() as sight:
            other = sight.term.replace("d.", "o.")
            rows = sight.select(
                "SELECT d.id, l.relation, o.id FROM links l JOIN documents d ON d.id = l.document_id "
                f"JOIN documents o ON o.id = l.other_id WHERE {sight.term} AND {other} {wanted}ORDER BY d.id, o.id",
                (*sight.values, *sight.values, *given),
            )
        return tuple(Link(document, Relation(relation), other) for document, relation, other in rows)

    def located(self, chunk_ids: Sequence[str]) -> Mapping[str, Located]:
        """The chunks with these ids and their documents; ids that are no longer in are left out."""
        with self._seeing() as sight:
            rows = sight.select(f"SELECT {CHUNK_COLUMNS} FROM chunks c WHERE c.id IN {LISTED}", (listed(chunk_ids),))
            chunks = [Chunk(*row) for row in rows]
            wanted = {chunk.document_id for chunk in chunks}
            rows = sight.select(
                f"SELECT {DOCUMENT_COLUMNS} FROM documents d WHERE id IN {LISTED} AND {sight.term}",
                (listed(sorted(wanted)), *sight.values),
            )
            documents = {row[0]: read_document(sight.select, row) for row in rows}
        return {
            chunk.id: Located(chunk, documents[chunk.document_id]) for chunk in chunks if chunk.document_id in documents
        }

    def count_chunks(self) -> int:
        """The number of chunks."""
        with self._seeing() as sight:
            return sight.known.counts(sight.select, sight.filters.groups).total

    def count_documents(self, filters: Filters | None = None) -> int:
        """The number of documents that ``filters`` leave."""
        with self._seeing(filters or Filters()) as sight:
            ((number,),) = sight.select(f"SELECT count(*) FROM documents d WHERE {sight.term}", sight.values)
            return int(number)

    # -- search ---------------------------------------------------------------------------------------------------

    def search(self, words: Sequence[str], filters: Filters, k: int) -> tuple[Hit, ...]:
        """Up to ``k`` chunks that contain any of ``words``, best BM25 first (Porter-stemmed, accents ignored).

        In a large library the commonest words are left out once rarer ones find enough: see ``index.lexical.best``.
        """
        if not words:
            return ()
        with self._seeing(filters) as sight:
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

    def frequencies(self, stems: Sequence[str]) -> Mapping[str, int]:
        """How many chunks contain each Porter stem; a stem that occurs nowhere is left out."""
        with self._seeing() as sight:
            counts = sight.known.counts(sight.select, sight.filters.groups)
            numbers = {stem: counts.stem(sight.select, stem) for stem in stems}
        return {stem: number for stem, number in numbers.items() if number}

    def vectors(self, chunk_ids: Sequence[str] | None = None) -> ChunkVectors:
        """The stored vectors of these chunks (of all chunks when None), in the order of their ids."""
        terms, values = ["1"], list[str]()
        if chunk_ids is not None:
            terms.append(f"id IN {LISTED}")
            values.append(listed(chunk_ids))
        with self._seeing() as sight:
            if sight.filters.groups is not None:
                terms.append(f"EXISTS (SELECT 1 FROM documents d WHERE d.id = document_id AND {sight.term})")
                values += sight.values
            rows = sight.select(f"SELECT id, vector FROM chunks WHERE {' AND '.join(terms)} ORDER BY id", values)
        matrix = np.frombuffer(b"".join(row[1] for row in rows), dtype=np.float32)
        return ChunkVectors(
            ids=tuple(row[0] for row in rows),
            matrix=matrix.reshape(len(rows), -1) if rows else np.zeros((0, 0), dtype=np.float32),
        )

    def chunk_ids(self) -> frozenset[str]:
        """The ids of all chunks."""
        with self._seeing() as sight:
            if sight.filters.groups is None:
                return frozenset(id_ for (id_,) in sight.select("SELECT id FROM chunks", ()))
            labels = sight.known.labels(sight.select)
            return frozenset(labels.ids[place] for place in np.flatnonzero(labels.mask(sight.filters)))

    def difference(self, known: Container[str], embedding: str, most: int | None = None) -> Difference:
        """What an index in memory lacks that knows the vectors of the chunks ``known``, made by ``embedding``: all of
        it, or the first ``most``. Like what is under "writing", only of the whole library."""
        self._refuse_view()
        with self._seeing() as sight:
            labels, mine = sight.known.labels(sight.select), read_embedding(sight.select)
            fresh = [place for place, id_ in enumerate(labels.ids) if mine != embedding or id_ not in known][:most]
            vectors = ChunkVectors(
                tuple(labels.ids[place] for place in fresh), read_vectors(sight.select, labels.rows[fresh])
            )
        return Difference(labels, mine, vectors)

    def vectors_of_rows(self, rows: Mapping[int, str], embedding: str) -> ChunkVectors | None:
        """The vectors of chunks by their rows (row -> chunk id) in the order of the ids, those that are no longer there
        left out; None when the library's vectors are no longer made by ``embedding``. Of the whole library."""
        self._refuse_view()
        with self._seeing() as sight:
            if read_embedding(sight.select) != embedding:
                return None
            found = sight.select(
                f"SELECT id, vector, rowid FROM chunks WHERE rowid IN {LISTED} ORDER BY id", (listed(rows),)
            )
        there = [(id_, vector) for id_, vector, row in found if rows[row] == id_]  # a row's number may be given again
        matrix = np.frombuffer(b"".join(vector for _, vector in there), dtype=np.float32)
        return ChunkVectors(tuple(id_ for id_, _ in there), matrix.reshape(len(there), -1 if there else 0))

    def probes(self, number: int) -> ChunkVectors:
        """The vectors of up to ``number`` chunks that are spread over the library, in the order of their ids; costs a
        millisecond."""
        with self._seeing() as sight:
            ((first, last),) = sight.select("SELECT min(rowid), max(rowid) FROM chunks", ())
            rows = np.linspace(first or 0, last or 0, number).astype(np.int64).tolist()
            found = [sight.select("SELECT id FROM chunks WHERE rowid >= ? LIMIT 1", (row,)) for row in rows]
        return self.vectors(sorted({id_ for ((id_,),) in found}) if last else [])

    @contextmanager
    def _seeing(self, filters: Filters | None = None) -> Iterator[_Sight]:
        """One state of the library as this view sees it, under ``filters``."""
        filters = filters or Filters()
        with self._database.snapshot() as connection:
            select = selecting(connection)
            known = self._memory.at(select)
            if self._groups is not None:
                filters = replace(filters, groups=known.rights(select).relevant(self._groups))
            term, values = where(filters, None if filters.groups is None else known.rights(select))
            yield _Sight(select, known, filters, term, values)

    # -- writing --------------------------------------------------------------------------------------------------

    def fingerprints(self) -> Mapping[str, str]:
        """Source path -> fingerprint of the file as it was ingested."""
        self._refuse_view()
        return dict(self._database.rows("SELECT source, fingerprint FROM files"))

    def fingerprint(self, source: str) -> str:
        """The fingerprint of one file, "" where it is not known; each page that is drawn asks for it."""
        self._refuse_view()
        rows = self._database.rows("SELECT fingerprint FROM files WHERE source = ?", (source,))
        return str(rows[0][0]) if rows else ""

    def replace(self, source: str, fingerprint: str, embedded: Sequence[Embedded], model: Model) -> None:
        """Makes these the documents of one file, in one transaction; whatever it held before is gone.

        Raises ModelMismatch, and changes nothing, when the library's other vectors are of another model.
        """
        self._refuse_view()
        with self._database.writing() as connection:
            self.require(model.name, model.dimension)
            set_model(connection, model.name, model.dimension)
            delete(connection, source)
            connection.execute("INSERT INTO files VALUES (?, ?)", (source, fingerprint))
            for item in embedded:
                insert(connection, item)
            advance(connection)

    def set_groups(self, source: str, groups: frozenset[str]) -> None:
        """Makes these the groups of all documents of a file, in one transaction; writes nothing where they are. A part
        of it that is for fewer stays so."""
        self._refuse_view()
        with self._database.writing() as connection:
            if set_groups(connection, source, groups):
                advance(connection)

    def remove(self, sources: Sequence[str]) -> None:
        """Forgets these files and their documents, in one transaction."""
        self._refuse_view()
        with self._database.writing() as connection:
            for source in sources:
                delete(connection, source)
            advance(connection)

    def forget_fingerprints(self, sources: Sequence[str]) -> None:
        """Makes the next ingest read these files again, though they did not change."""
        self._refuse_view()
        with self._database.writing() as connection:
            connection.executemany("UPDATE files SET fingerprint = '' WHERE source = ?", ((one,) for one in sources))

    def excluded(self) -> frozenset[str]:
        """The paths of files that were taken out and stay out, though a folder that is ingested may hold them."""
        self._refuse_view()
        return frozenset(source for (source,) in self._database.rows("SELECT source FROM excluded"))

    def exclude(self, sources: Sequence[str]) -> None:
        """Forgets these files and their documents, and keeps them out until ``include``; in one transaction."""
        self._refuse_view()
        with self._database.writing() as connection:
            for source in sources:
                delete(connection, source)
            connection.executemany("INSERT OR IGNORE INTO excluded VALUES (?)", ((source,) for source in sources))
            advance(connection)

    def include(self, sources: Sequence[str]) -> None:
        """Lets the next ingest take these files again."""
        self._refuse_view()
        with self._database.writing() as connection:
            connection.executemany("DELETE FROM excluded WHERE source = ?", ((source,) for source in sources))

    def metadata_tables(self) -> frozenset[str]:
        """The paths of the metadata tables (see ``index.metadata``) that documents were ingested with."""
        self._refuse_view()
        return frozenset(source for (source,) in self._database.rows("SELECT source FROM metadata_tables"))

    def note_metadata_tables(self, there: Collection[str], gone: Collection[str]) -> None:
        """Remembers that the metadata tables ``there`` are, and forgets those that are ``gone``."""
        self._refuse_view()
        with self._database.writing() as connection:
            connection.executemany("INSERT OR IGNORE INTO metadata_tables VALUES (?)", ((source,) for source in there))
            connection.executemany("DELETE FROM metadata_tables WHERE source = ?", ((source,) for source in gone))

    # -- relations ------------------------------------------------------------------------------------------------

    def unsigned(self) -> tuple[str, ...]:
        """The ids of the documents whose relations were not looked for since they were stored, in order."""
        self._refuse_view()
        return read_unsigned(self._database.rows)

    def signatures(self) -> tuple[Signed, ...]:
        """The signatures of all others, in the order of their ids."""
        self._refuse_view()
        return read_signatures(self._database.rows)

    def articles(self, document_ids: Sequence[str]) -> tuple[Article, ...]:
        """Of these documents what is compared, in the order of their ids; those that are not in are left out."""
        self._refuse_view()
        return read_articles(self._database.rows, document_ids)

    def note_relations(self, signed: Sequence[Signed], links: Sequence[Link]) -> None:
        """Stores signatures, and links in the place of others between the same documents, in one transaction."""
        self._refuse_view()
        with self._database.writing() as connection:
            write_relations(connection, signed, links)
            if links:
                advance(connection)

    # -- vectors --------------------------------------------------------------------------------------------------

    def vectors_of(self, chunks: Sequence[Chunk]) -> Mapping[str, Vectors]:
        """Chunk id -> vector, shape (d,), of those of the ``chunks`` that are in as they are, context line included."""
        wanted, found = {chunk.id: chunk for chunk in chunks}, dict[str, Vectors]()
        ids = list(wanted)
        for first in range(0, len(ids), _TOGETHER):
            some = ids[first : first + _TOGETHER]
            marks = ",".join("?" * len(some))
            rows = self._database.rows(f"SELECT {CHUNK_COLUMNS}, c.vector FROM chunks c WHERE c.id IN ({marks})", some)
            for id_, *rest, vector in rows:
                if Chunk(id_, *rest) == wanted[id_]:
                    found[id_] = np.frombuffer(vector, np.float32)
        return found

    def require(self, model: str, dimension: int | None = None) -> None:
        """Raises ModelMismatch unless the library is empty or was embedded with this model (and dimension)."""
        mine = self.model()
        if mine is None or (mine.name == model and dimension in (None, mine.dimension)):
            return
        asked = model if dimension is None else f"{model} ({dimension} dimensions)"
        raise ModelMismatch(
            f"the library was embedded with {mine.name} ({mine.dimension} dimensions), the settings ask for {asked}; "
            "embed it again with `citedesk ingest --reembed`, or set CITEDESK_EMBED_MODEL back"
        )

    def texts(self) -> Mapping[str, str]:
        """Chunk id -> the text it is embedded as (context line, new line, body)."""
        self._refuse_view()
        return dict(
            self._database.rows(
                "SELECT c.id, t.context || char(10) || t.body FROM chunks c JOIN chunk_text t ON t.rowid = c.rowid"
            )
        )

    def replace_vectors(self, model: Model, vectors: Mapping[str, Vectors]) -> None:
        """Stores new vectors for all chunks (chunk id -> shape (d,)) and the model they come from, in one transaction.

        Raises LibraryError, and changes nothing, when another process changed the chunks meanwhile.
        """
        self._refuse_view()
        with self._database.writing() as connection:
            ids = {id_ for (id_,) in connection.execute("SELECT id FROM chunks")}
            if ids != set(vectors):
                raise LibraryError("the library changed while it was embedded again; run the command once more")
            connection.executemany(
                "UPDATE chunks SET vector = ? WHERE id = ?", ((row.tobytes(), id_) for id_, row in vectors.items())
            )
            set_model(connection, model.name, model.dimension)
            connection.execute(
                "INSERT INTO meta VALUES ('vectors', '1') "
                "ON CONFLICT (key) DO UPDATE SET value = CAST(value AS INTEGER) + 1"
            )
            advance(connection)

    def _refuse_view(self) -> None:
        if self._groups is not None:
            raise LibraryError("documents cannot be changed through what some groups may see of the library")

    # -- the library itself ---------------------------------------------------------------------------------------

    def model(self) -> Model | None:
        """The model that embedded what is in the library, None while nothing is in."""
        ((filled,),) = self._database.rows("SELECT EXISTS (SELECT 1 FROM chunks)")
        name, dimension = (self._meta("model"), self._meta("dimension")) if filled else (None, None)
        return None if name is None or dimension is None else Model(name, int(dimension))

    def embedding(self) -> str:
        """A name for the making of the vectors: it changes with the model, its dimension, and at every re-embedding.

        While it stays the same, the vector of a chunk id does too.
        """
        return read_embedding(self._database.rows)

    def damage(self) -> str | None:
        """What SQLite's own check finds wrong with the file, None when it is sound."""
        return self._database.damage()

    def spare(self) -> int:
        """Bytes of the file that hold nothing any more, as after documents were removed; what is stored next is put
        there, and a restored backup is without them."""
        return self._database.spare()

    def identity(self) -> str:
        """A name for this library that no other has."""
        return str(self._meta("identity"))

    def state(self) -> str:
        """A name for the library's present content: it changes with every change, and no two libraries share one."""
        return read_state(self._database.rows)

    def _meta(self, key: str) -> str | None:
        rows = self._database.rows("SELECT value FROM meta WHERE key = ?", (key,))
        return str(rows[0][0]) if rows else None
