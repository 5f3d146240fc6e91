"""The library's tables: their definition, and how a Document goes in, comes out and is deleted."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from index.embed import Vectors
from index.types import Chunk, Document, Filters, Paragraph

FORMAT = 1  # bump when the tables change
_TOGETHER = 1000  # vectors read at once

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE files (source TEXT PRIMARY KEY, fingerprint TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    id TEXT PRIMARY KEY, version TEXT NOT NULL, source TEXT NOT NULL, position INTEGER NOT NULL, title TEXT NOT NULL,
    outlet TEXT, author TEXT, published TEXT, url TEXT, modified TEXT NOT NULL, text TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX documents_source ON documents (source);
CREATE TABLE paragraphs (
    document_id TEXT NOT NULL, number INTEGER NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, page INTEGER,
    heading INTEGER NOT NULL, PRIMARY KEY (document_id, number)
) WITHOUT ROWID;
CREATE TABLE chunks (
    rowid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, document_id TEXT NOT NULL, start INTEGER NOT NULL,
    end INTEGER NOT NULL, first_paragraph INTEGER NOT NULL, last_paragraph INTEGER NOT NULL, context TEXT NOT NULL,
    tokens INTEGER NOT NULL, vector BLOB NOT NULL
);
CREATE INDEX chunks_document ON chunks (document_id);
CREATE VIRTUAL TABLE chunk_text USING fts5 (context, body, tokenize = "porter unicode61 remove_diacritics 2");
CREATE VIRTUAL TABLE chunk_terms USING fts5vocab (chunk_text, 'row');
"""

DOCUMENT_COLUMNS = "id, version, source, position, title, outlet, author, published, url, modified, text"
CHUNK_COLUMNS = "c.id, c.document_id, c.start, c.end, c.first_paragraph, c.last_paragraph, c.context, c.tokens"


@dataclass(frozen=True, slots=True)
class Embedded:
    """A document ready to be stored: its chunks in order and their vectors, float32 of shape (len(chunks), d)."""

    document: Document
    chunks: tuple[Chunk, ...]
    vectors: Vectors


class Select(Protocol):
    """Runs one SELECT, with values for its marks, within a transaction; gives all rows as tuples."""

    def __call__(self, sql: str, values: Sequence[str | int | bytes], /) -> list[Any]:
        """Raises what SQLite raises."""
        ...


def selecting(connection: sqlite3.Connection) -> Select:
    """A Select on this connection, in whatever transaction it is in."""
    return lambda sql, values: connection.execute(sql, values).fetchall()


def day_number(day: date | None) -> int:
    """A date as an integer that sorts like it, 20240618 for 18 June 2024; 0 for None."""
    return 0 if day is None else day.year * 10000 + day.month * 100 + day.day


def where(filters: Filters) -> tuple[str, list[str]]:
    """The SQL condition on ``documents d`` that ``filters`` mean, and its values."""
    terms, values = ["1"], list[str]()
    if filters.since:
        terms.append("d.published >= ?")
        values.append(filters.since.isoformat())
    if filters.until:
        terms.append("d.published <= ?")
        values.append(filters.until.isoformat())
    if filters.outlets:
        terms.append(f"d.outlet IN ({','.join('?' * len(filters.outlets))})")
        values.extend(filters.outlets)
    if filters.documents:
        terms.append(f"d.id IN ({','.join('?' * len(filters.documents))})")
        values.extend(filters.documents)
    return " AND ".join(terms), values


def to_date(text: str | None) -> date | None:
    """A stored date; None stays None."""
    return None if text is None else date.fromisoformat(text)


def read_document(connection: sqlite3.Connection, row: tuple[str, ...]) -> Document:
    """The Document of one row (DOCUMENT_COLUMNS), with its paragraphs."""
    id_, version, source, position, title, outlet, author, published, url, modified, text = row
    paragraphs = connection.execute(
        "SELECT number, start, end, page, heading FROM paragraphs WHERE document_id = ? ORDER BY number", (id_,)
    )
    return Document(
        id=id_,
        version=version,
        source=source,
        position=int(position),
        title=title,
        outlet=outlet,
        author=author,
        published=to_date(published),
        url=url,
        modified=datetime.fromisoformat(modified),
        text=text,
        paragraphs=tuple(
            Paragraph(number, start, end, page, bool(heading)) for number, start, end, page, heading in paragraphs
        ),
    )


def read_vectors(connection: sqlite3.Connection, rows: npt.NDArray[np.int64]) -> Vectors:
    """The vectors in these rows of ``chunks``, all of which are there: float32 of shape (len(rows), d)."""
    matrix = np.zeros((0, 0), dtype=np.float32)
    order = np.argsort(rows)  # in the order of the file, which is several times faster
    for first in range(0, len(rows), _TOGETHER):
        places = order[first : first + _TOGETHER]
        marks = ",".join("?" * len(places))
        found = connection.execute(
            f"SELECT vector FROM chunks WHERE rowid IN ({marks}) ORDER BY rowid", rows[places].tolist()
        )
        part = np.frombuffer(b"".join(vector for (vector,) in found), dtype=np.float32).reshape(len(places), -1)
        if not first:
            matrix = np.empty((len(rows), part.shape[1]), dtype=np.float32)
        matrix[places] = part
    return matrix


def insert(connection: sqlite3.Connection, item: Embedded) -> None:
    """Stores a document, its paragraphs, chunks, vectors and search text."""
    document = item.document
    published = document.published.isoformat() if document.published else None
    connection.execute(
        f"INSERT INTO documents ({DOCUMENT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(document.id, document.version, document.source, document.position, document.title, document.outlet),
            *(document.author, published, document.url, document.modified.isoformat(), document.text),
        ),
    )
    connection.executemany(
        "INSERT INTO paragraphs VALUES (?, ?, ?, ?, ?, ?)",
        ((document.id, p.number, p.start, p.end, p.page, p.heading) for p in document.paragraphs),
    )
    for chunk, vector in zip(item.chunks, item.vectors, strict=True):
        row = connection.execute(
            "INSERT INTO chunks (id, document_id, start, end, first_paragraph, last_paragraph, context, tokens, "
            "vector) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(chunk.id, chunk.document_id, chunk.start, chunk.end, chunk.first_paragraph, chunk.last_paragraph),
                *(chunk.context, chunk.tokens, vector.tobytes()),
            ),
        ).lastrowid
        connection.execute(
            "INSERT INTO chunk_text (rowid, context, body) VALUES (?, ?, ?)",
            (row, chunk.context, document.text[chunk.start : chunk.end]),
        )


def delete(connection: sqlite3.Connection, source: str) -> None:
    """Deletes a file and all that came from it."""
    mine = "SELECT id FROM documents WHERE source = ?"
    connection.execute(
        f"DELETE FROM chunk_text WHERE rowid IN (SELECT rowid FROM chunks WHERE document_id IN ({mine}))", (source,)
    )
    connection.execute(f"DELETE FROM chunks WHERE document_id IN ({mine})", (source,))
    connection.execute(f"DELETE FROM paragraphs WHERE document_id IN ({mine})", (source,))
    connection.execute("DELETE FROM documents WHERE source = ?", (source,))
    connection.execute("DELETE FROM files WHERE source = ?", (source,))


def advance(connection: sqlite3.Connection) -> None:
    """Marks that the content changed, so that the vector index knows it is behind."""
    connection.execute("UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'generation'")
