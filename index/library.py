"""The library: one SQLite file that is the system of record for documents, chunks and vectors.

Everything about one file changes in one transaction. Many processes may read while one writes (WAL). The vector
index is rebuilt from here whenever it does not match, and can be deleted at any time.
"""

import sqlite3
import threading
import uuid
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from index.embed import Vectors
from index.errors import LibraryError, ModelMismatch, UsageError
from index.labels import Labels, read_labels
from index.lexical import Hit as Hit
from index.lexical import best, count_postings, phrases
from index.tables import (
    CHUNK_COLUMNS,
    DOCUMENT_COLUMNS,
    FORMAT,
    SCHEMA,
    Embedded,
    advance,
    delete,
    insert,
    read_document,
    read_vectors,
    selecting,
    to_date,
    where,
)
from index.types import Chunk, Document, Entry, Filters

_COUNTS = 20_000  # words whose counts are remembered


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


@dataclass(frozen=True, slots=True)
class _Counted:
    """Numbers of chunks, all of them and those that contain something, remembered for one state of the library."""

    state: str
    total: int
    phrases: dict[str, int]
    stems: dict[str, int]


class Library:
    """An open library. Methods may be called from any thread; each thread gets a connection of its own."""

    def __init__(self, path: Path) -> None:
        """Opens or creates the library. Raises LibraryError when ``path`` cannot be used or has another format."""
        self.path = path
        self._local = threading.local()
        self._opened: dict[threading.Thread, sqlite3.Connection] = {}
        self._lock = threading.Lock()
        self._labelling = threading.Lock()
        self._labels: Labels | None = None
        self._counted = _Counted("", 0, {}, {})
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._check_format()
        except sqlite3.DatabaseError as error:
            raise LibraryError(
                f"{path} cannot be used as a library ({error}); move it away, or set CITEDESK_HOME to another folder"
            ) from error
        except OSError as error:
            raise LibraryError(
                f"{path.parent} cannot be written ({error.strerror}); set CITEDESK_HOME to a folder that can"
            ) from error

    def close(self) -> None:
        """Closes the connections of all threads and frees what is remembered."""
        with self._lock:
            for connection in self._opened.values():
                connection.close()
            self._opened.clear()
        self._local = threading.local()
        self._labels, self._counted = None, _Counted("", 0, {}, {})

    def restricted(self, groups: frozenset[str]) -> "Library":
        """This library as somebody of these groups may see it; see ``Document.groups``."""
        raise NotImplementedError

    # -- what is in -----------------------------------------------------------------------------------------------

    def entries(self) -> tuple[Entry, ...]:
        """All documents, newest publication first, undated ones last, then by title."""
        rows = self._rows(
            "SELECT id, version, source, title, outlet, author, published, url, (SELECT count(*) FROM paragraphs "
            "WHERE document_id = documents.id) FROM documents ORDER BY published IS NULL, published DESC, title, id"
        )
        return tuple(
            Entry(id_, version, source, title, outlet, author, to_date(published), url, paragraphs)
            for id_, version, source, title, outlet, author, published, url, paragraphs in rows
        )

    def outlets(self) -> tuple[str, ...]:
        """The outlets that are in, each once, in alphabetical order."""
        rows = self._rows("SELECT DISTINCT outlet FROM documents WHERE outlet IS NOT NULL ORDER BY outlet")
        return tuple(outlet for (outlet,) in rows)

    def document(self, document_id: str) -> Document:
        """One document with its text and paragraphs; UsageError when there is none with this id."""
        with self._snapshot() as connection:
            row = connection.execute(
                f"SELECT {DOCUMENT_COLUMNS} FROM documents WHERE id = ?", (document_id,)
            ).fetchone()
            if row is None:
                raise UsageError(f"no document has the id {document_id!r}; `citedesk documents` lists them")
            return read_document(connection, row)

    def located(self, chunk_ids: Sequence[str]) -> Mapping[str, Located]:
        """The chunks with these ids and their documents; ids that are no longer in are left out."""
        marks = ",".join("?" * len(chunk_ids))
        with self._snapshot() as connection:
            chunks = [
                Chunk(*row)
                for row in connection.execute(
                    f"SELECT {CHUNK_COLUMNS} FROM chunks c WHERE c.id IN ({marks})", chunk_ids
                )
            ]
            wanted = sorted({chunk.document_id for chunk in chunks})
            marks = ",".join("?" * len(wanted))
            rows = connection.execute(
                f"SELECT {DOCUMENT_COLUMNS} FROM documents WHERE id IN ({marks})", wanted
            ).fetchall()
            documents = {row[0]: read_document(connection, row) for row in rows}
        return {chunk.id: Located(chunk, documents[chunk.document_id]) for chunk in chunks}

    def count_chunks(self) -> int:
        """The number of chunks."""
        with self._snapshot() as connection:
            return self._counted_at(connection, _state(connection)).total

    def count_documents(self, filters: Filters | None = None) -> int:
        """The number of documents that ``filters`` leave."""
        terms, values = where(filters or Filters())
        ((number,),) = self._rows(f"SELECT count(*) FROM documents d WHERE {terms}", values)
        return int(number)

    # -- search ---------------------------------------------------------------------------------------------------

    def search(self, words: Sequence[str], filters: Filters, k: int) -> tuple[Hit, ...]:
        """Up to ``k`` chunks that contain any of ``words``, best BM25 first (Porter-stemmed, accents ignored).

        In a large library the commonest words are left out once rarer ones find enough: see ``index.lexical.best``.
        """
        if not words:
            return ()
        with self._snapshot() as connection:
            state = _state(connection)
            allowed = None if filters == Filters() else self._labels_at(connection, state).allowed(filters)
            if allowed is None and filters != Filters():
                return ()
            counted = self._counted_at(connection, state)

            def count(phrase: str) -> int:
                if phrase not in counted.phrases:
                    counted.phrases[phrase] = count_postings(selecting(connection), phrase)
                return counted.phrases[phrase]

            return best(selecting(connection), phrases(words), count, counted.total, allowed, k)

    def frequencies(self, stems: Sequence[str]) -> Mapping[str, int]:
        """How many chunks contain each Porter stem; a stem that occurs nowhere is left out."""
        with self._snapshot() as connection:
            known = self._counted_at(connection, _state(connection)).stems
            missing = [stem for stem in stems if stem not in known]
            marks = ",".join("?" * len(missing))
            found = dict(connection.execute(f"SELECT term, doc FROM chunk_terms WHERE term IN ({marks})", missing))
            known.update((stem, found.get(stem, 0)) for stem in missing)
            return {stem: known[stem] for stem in stems if known[stem]}

    def vectors(self, chunk_ids: Sequence[str] | None = None) -> ChunkVectors:
        """The stored vectors of these chunks (of all chunks when None), in the order of their ids."""
        sql = "SELECT id, vector FROM chunks"
        if chunk_ids is None:
            rows = self._rows(f"{sql} ORDER BY id")
        else:
            marks = ",".join("?" * len(chunk_ids))
            rows = self._rows(f"{sql} WHERE id IN ({marks}) ORDER BY id", chunk_ids)
        matrix = np.frombuffer(b"".join(row[1] for row in rows), dtype=np.float32)
        return ChunkVectors(
            ids=tuple(row[0] for row in rows),
            matrix=matrix.reshape(len(rows), -1) if rows else np.zeros((0, 0), dtype=np.float32),
        )

    def difference(self, known: Container[str], embedding: str) -> Difference:
        """What an index in memory lacks that knows the vectors of the chunks ``known``, made by ``embedding``."""
        with self._snapshot() as connection:
            labels, mine = self._labels_at(connection, _state(connection)), _embedding(connection)
            fresh = [place for place, id_ in enumerate(labels.ids) if mine != embedding or id_ not in known]
            vectors = ChunkVectors(
                tuple(labels.ids[place] for place in fresh), read_vectors(connection, labels.rows[fresh])
            )
        return Difference(labels, mine, vectors)

    def _labels_at(self, connection: sqlite3.Connection, state: str) -> Labels:
        """The labels in the state that the connection's transaction sees; read anew after the library changed."""
        with self._labelling:
            labels = self._labels
            if labels is None or labels.state != state:
                labels = self._labels = read_labels(selecting(connection), state)
            return labels

    def _counted_at(self, connection: sqlite3.Connection, state: str) -> _Counted:
        counted = self._counted
        if counted.state != state or max(len(counted.phrases), len(counted.stems)) > _COUNTS:
            ((total,),) = connection.execute("SELECT count(*) FROM chunks")
            counted = self._counted = _Counted(state, total, {}, {})
        return counted

    def chunk_ids(self) -> frozenset[str]:
        """The ids of all chunks."""
        return frozenset(id_ for (id_,) in self._rows("SELECT id FROM chunks"))

    # -- writing --------------------------------------------------------------------------------------------------

    def fingerprints(self) -> Mapping[str, str]:
        """Source path -> fingerprint of the file as it was ingested."""
        return dict(self._rows("SELECT source, fingerprint FROM files"))

    def replace(self, source: str, fingerprint: str, embedded: Sequence[Embedded], model: Model) -> None:
        """Makes these the documents of one file, in one transaction; whatever it held before is gone.

        Raises ModelMismatch, and changes nothing, when the library's other vectors are of another model.
        """
        with self._write() as connection:
            self.require(model.name, model.dimension)
            _set_model(connection, model)
            delete(connection, source)
            connection.execute("INSERT INTO files VALUES (?, ?)", (source, fingerprint))
            for item in embedded:
                insert(connection, item)
            advance(connection)

    def remove(self, sources: Sequence[str]) -> None:
        """Forgets these files and their documents, in one transaction."""
        with self._write() as connection:
            for source in sources:
                delete(connection, source)
            advance(connection)

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
        return dict(
            self._rows(
                "SELECT c.id, t.context || char(10) || t.body FROM chunks c JOIN chunk_text t ON t.rowid = c.rowid"
            )
        )

    def replace_vectors(self, model: Model, vectors: Mapping[str, Vectors]) -> None:
        """Stores new vectors for all chunks (chunk id -> shape (d,)) and the model they come from, in one transaction.

        Raises LibraryError, and changes nothing, when another process changed the chunks meanwhile.
        """
        with self._write() as connection:
            ids = {id_ for (id_,) in connection.execute("SELECT id FROM chunks")}
            if ids != set(vectors):
                raise LibraryError("the library changed while it was embedded again; run the command once more")
            connection.executemany(
                "UPDATE chunks SET vector = ? WHERE id = ?", ((row.tobytes(), id_) for id_, row in vectors.items())
            )
            _set_model(connection, model)
            connection.execute(
                "INSERT INTO meta VALUES ('vectors', '1') "
                "ON CONFLICT (key) DO UPDATE SET value = CAST(value AS INTEGER) + 1"
            )
            advance(connection)

    def model(self) -> Model | None:
        """The model that embedded what is in the library, None while nothing is in."""
        ((filled,),) = self._rows("SELECT EXISTS (SELECT 1 FROM chunks)")
        name, dimension = (self._meta("model"), self._meta("dimension")) if filled else (None, None)
        return None if name is None or dimension is None else Model(name, int(dimension))

    def embedding(self) -> str:
        """A name for the making of the vectors: it changes with the model, its dimension, and at every re-embedding.

        While it stays the same, the vector of a chunk id does too.
        """
        with self._explained():
            return _embedding(self._connection())

    def damage(self) -> str | None:
        """What SQLite's own check finds wrong with the file, None when it is sound."""
        try:
            (found,) = self._connection().execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.DatabaseError as error:
            return str(error)
        return None if found == "ok" else str(found)

    def identity(self) -> str:
        """A name for this library that no other has."""
        return str(self._meta("identity"))

    def state(self) -> str:
        """A name for the library's present content: it changes with every change, and no two libraries share one."""
        with self._explained():
            return _state(self._connection())

    # -- connections ----------------------------------------------------------------------------------------------

    def _meta(self, key: str) -> str | None:
        rows = self._rows("SELECT value FROM meta WHERE key = ?", (key,))
        return str(rows[0][0]) if rows else None

    def _rows(self, sql: str, values: Sequence[str | int] = ()) -> list[Any]:
        """All rows that one SELECT gives, as tuples."""
        with self._explained():
            return self._connection().execute(sql, values).fetchall()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Makes what SQLite raises (a damaged file, a lock held too long, a full disk) a LibraryError."""
        try:
            yield
        except sqlite3.Error as error:
            raise LibraryError(
                f"the library {self.path} could not be read or written ({error}); check the free space of its disk, "
                "then run `citedesk doctor`"
            ) from error

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self.path, isolation_level=None, timeout=30, check_same_thread=False)
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = FULL")  # what was reported as added survives a power cut
            except sqlite3.Error:
                connection.close()
                raise
            self._local.connection = connection
            with self._lock:
                for thread in [thread for thread in self._opened if not thread.is_alive()]:
                    self._opened.pop(thread).close()  # servers start and end threads all the time
                self._opened[threading.current_thread()] = connection
        return connection

    @contextmanager
    def _snapshot(self) -> Iterator[sqlite3.Connection]:
        yield from self._transaction("BEGIN")

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        yield from self._transaction("BEGIN IMMEDIATE")

    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        with self._explained():
            connection = self._connection()
            try:
                connection.execute(begin)
                yield connection
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:  # on a full disk SQLite has ended it already
                    connection.execute("ROLLBACK")

    def _check_format(self) -> None:
        connection = self._connection()
        if not self._has_tables(connection):
            with self._write():
                if not self._has_tables(connection):  # another process may have been faster
                    _create(connection)
        row = connection.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
        found = row[0] if row else None
        if found != str(FORMAT):
            raise LibraryError(
                f"{self.path} has library format {found}, this program reads {FORMAT}; "
                "use the program that wrote it, or set CITEDESK_HOME to a new folder and ingest again"
            )

    @staticmethod
    def _has_tables(connection: sqlite3.Connection) -> bool:
        return connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone() is not None


def _state(connection: sqlite3.Connection) -> str:
    rows = dict(connection.execute("SELECT key, value FROM meta WHERE key IN ('identity', 'generation')"))
    return f"{rows.get('identity')}:{rows.get('generation')}"


def _embedding(connection: sqlite3.Connection) -> str:
    rows = connection.execute("SELECT key, value FROM meta WHERE key IN ('model', 'dimension', 'vectors') ORDER BY key")
    return " ".join(f"{key}={value}" for key, value in rows)


def _set_model(connection: sqlite3.Connection, model: Model) -> None:
    values = [("model", model.name), ("dimension", str(model.dimension))]
    connection.executemany("REPLACE INTO meta VALUES (?, ?)", values)


def _create(connection: sqlite3.Connection) -> None:
    for statement in SCHEMA.split(";\n"):
        connection.execute(statement)
    values = [("format", str(FORMAT)), ("identity", uuid.uuid4().hex), ("generation", "0")]
    connection.executemany("INSERT INTO meta VALUES (?, ?)", values)
