"""How a Document goes into the library's tables, comes out and is deleted; see ``index.schema``."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from index.embed import Vectors
from index.rights import Rights, narrowed, read_groups, write_groups
from index.types import Box, Chunk, Document, Filters, Paragraph, Precision

_TOGETHER = 1000  # vectors read at once
_BOXES = np.dtype([(name, "<u4") for name in ("start", "end", "page")] + [(side, "<f4") for side in "ltrb"])

DOCUMENT_COLUMNS = (
    "id, version, source, position, title, outlet, author, published, url, modified, groups, part, precision, "
    "language, encoding, text"
)
CHUNK_COLUMNS = "c.id, c.document_id, c.start, c.end, c.first_paragraph, c.last_paragraph, c.context, c.tokens"
LISTED = "(SELECT value FROM json_each(?))"  # any number of values for one mark: SQLite takes 32,766 marks


@dataclass(frozen=True, slots=True)
class Embedded:
    """A document ready to be stored: its chunks in order, their vectors, float32 of shape (len(chunks), d), and the
    packed ``signature`` of its text (see ``index.links.signature``), b"" where it is still to be made."""

    document: Document
    chunks: tuple[Chunk, ...]
    vectors: Vectors
    signature: bytes = b""


class Select(Protocol):
    """Runs one SELECT, with values for its marks, within a transaction; gives all rows as tuples."""

    def __call__(self, sql: str, values: Sequence[str | int | bytes], /) -> list[Any]:
        """Raises what SQLite raises."""
        ...


def selecting(connection: sqlite3.Connection) -> Select:
    """A Select on this connection, in whatever transaction it is in."""
    return lambda sql, values: connection.execute(sql, values).fetchall()


def listed(values: Iterable[str] | Iterable[int]) -> str:
    """The values for a mark in LISTED."""
    return json.dumps(list(values))


def day_number(day: date | None) -> int:
    """A date as an integer that sorts like it, 20240618 for 18 June 2024; 0 for None."""
    return 0 if day is None else day.year * 10000 + day.month * 100 + day.day


def last_day_number(first: date | None, precision: Precision) -> int:
    """Like ``day_number``, of a number that no day of the same month or year is above."""
    rest = {Precision.DAY: 0, Precision.MONTH: 30, Precision.YEAR: 1130}[precision]
    return day_number(first) + rest if first else 0


def where(filters: Filters, rights: Rights | None) -> tuple[str, list[str]]:
    """The SQL condition on ``documents d`` that ``filters`` mean, and its values. ``rights`` are the library's; without
    them, groups see only what is for everybody."""
    terms, values = ["1"], list[str]()
    if filters.since:
        # Of a month or a year, the first day is stored: it passes when any of its days would.
        terms.append("d.published >= CASE d.precision WHEN 'day' THEN ? WHEN 'month' THEN ? ELSE ? END")
        values += [day.isoformat() for day in (filters.since, filters.since.replace(day=1))]
        values.append(filters.since.replace(month=1, day=1).isoformat())
    if filters.until:
        terms.append("d.published <= ?")
        values.append(filters.until.isoformat())
    if filters.outlets:
        terms.append(f"d.outlet IN {LISTED}")
        values.append(listed(filters.outlets))
    if filters.documents:
        terms.append(f"d.id IN {LISTED}")
        values.append(listed(filters.documents))
    if filters.groups is not None:
        # The + keeps SQLite from looking up each document by way of the index on groups, which takes a hundred times
        # as long as to read them all in their order.
        terms.append(f"+d.groups IN {LISTED}")
        values.append(listed(rights.seen(filters.groups) if rights else [""]))
    return " AND ".join(terms), values


def to_date(text: str | None) -> date | None:
    """A stored date; None stays None."""
    return None if text is None else date.fromisoformat(text)


def read_document(select: Select, row: tuple[Any, ...]) -> Document:
    """The Document of one row (DOCUMENT_COLUMNS), with its paragraphs."""
    id_, version, source, position, title, outlet, author, published, url, modified, groups, *rest, text = row
    part, precision, language, encoding = rest
    paragraphs = select(
        "SELECT number, start, end, page, heading, slide, sheet, row FROM paragraphs WHERE document_id = ? "
        "ORDER BY number",
        (id_,),
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
            Paragraph(number, start, end, page, bool(heading), *anchor)
            for number, start, end, page, heading, *anchor in paragraphs
        ),
        groups=read_groups(groups),
        part=part,
        precision=Precision(precision),
        language=language,
        encoding=encoding,
    )


def read_vectors(select: Select, rows: npt.NDArray[np.int64]) -> Vectors:
    """The vectors in these rows of ``chunks``, all of which are there: float32 of shape (len(rows), d)."""
    matrix = np.zeros((0, 0), dtype=np.float32)
    order = np.argsort(rows)  # in the order of the file, which is several times faster
    for first in range(0, len(rows), _TOGETHER):
        places = order[first : first + _TOGETHER]
        marks = ",".join("?" * len(places))
        found = select(f"SELECT vector FROM chunks WHERE rowid IN ({marks}) ORDER BY rowid", rows[places].tolist())
        part = np.frombuffer(b"".join(vector for (vector,) in found), dtype=np.float32).reshape(len(places), -1)
        if not first:
            matrix = np.empty((len(rows), part.shape[1]), dtype=np.float32)
        matrix[places] = part
    return matrix


def insert(connection: sqlite3.Connection, item: Embedded) -> None:
    """Stores a document, its paragraphs, chunks, vectors and search text."""
    document = item.document
    published = document.published.isoformat() if document.published else None
    marks = ",".join("?" * (DOCUMENT_COLUMNS.count(",") + 1))
    connection.execute(
        f"INSERT INTO documents ({DOCUMENT_COLUMNS}) VALUES ({marks})",
        (
            *(document.id, document.version, document.source, document.position, document.title, document.outlet),
            *(document.author, published, document.url, document.modified.isoformat()),
            *(write_groups(document.groups), document.part, document.precision.value, document.language),
            *(document.encoding, document.text),
        ),
    )
    connection.executemany(
        "INSERT INTO paragraphs (document_id, number, start, end, page, heading, slide, sheet, row) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (document.id, p.number, p.start, p.end, p.page, p.heading, p.slide, p.sheet, p.row)
            for p in document.paragraphs
        ),
    )
    if document.boxes:
        connection.execute("INSERT INTO boxes VALUES (?, ?)", (document.id, write_boxes(document.boxes)))
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


def write_boxes(boxes: Sequence[Box]) -> bytes:
    """The boxes as ``read_boxes`` reads them: 32 bytes each."""
    return np.array([astuple(box) for box in boxes], dtype=_BOXES).tobytes()


def read_boxes(written: bytes) -> tuple[Box, ...]:
    """The boxes in their order; their sides are float32."""
    return tuple(Box(*row) for row in np.frombuffer(written, dtype=_BOXES).tolist())


def set_groups(connection: sqlite3.Connection, source: str, groups: frozenset[str]) -> bool:
    """Makes these the groups of a file's documents; whether that changed any. What a part of the file says of itself
    may be narrower, and then stays: no part is seen by others than may see the file."""
    changed = []
    for id_, part, before in connection.execute("SELECT id, part, groups FROM documents WHERE source = ?", (source,)):
        own = read_groups(before)
        wanted = groups if part is None else narrowed(own, groups)
        if wanted != own:
            changed.append((write_groups(wanted), id_))
    connection.executemany("UPDATE documents SET groups = ? WHERE id = ?", changed)
    return bool(changed)


def delete(connection: sqlite3.Connection, source: str, staying: Mapping[str, frozenset[str]] | None = None) -> None:
    """Deletes a file and all that came from it, but for the documents with the ids ``staying``: these are then for the
    groups given there, and without printed lines, as the pages that their part may still have are others."""
    staying = staying or {}
    named = [(write_groups(groups), id_) for id_, groups in staying.items()]
    connection.executemany("UPDATE documents SET groups = ? WHERE id = ?", named)
    connection.executemany("DELETE FROM boxes WHERE document_id = ?", ((id_,) for id_ in staying))
    values, mine = (source, listed(staying)), f"SELECT id FROM documents WHERE source = ? AND id NOT IN {LISTED}"
    connection.execute(
        f"DELETE FROM chunk_text WHERE rowid IN (SELECT rowid FROM chunks WHERE document_id IN ({mine}))", values
    )
    connection.execute(f"DELETE FROM chunks WHERE document_id IN ({mine})", values)
    for table in ("paragraphs", "boxes", "signatures", "links"):
        connection.execute(f"DELETE FROM {table} WHERE document_id IN ({mine})", values)
    connection.execute(f"DELETE FROM links WHERE other_id IN ({mine})", values)
    connection.execute(f"DELETE FROM documents WHERE id IN ({mine})", values)
    connection.execute("DELETE FROM files WHERE source = ?", (source,))


def move_last(connection: sqlite3.Connection, document_id: str) -> None:
    """Puts a document's chunks behind all others; in their order, those of a file say how its parts stood in it."""
    rows = connection.execute(
        "SELECT rowid FROM chunks WHERE document_id = ? ORDER BY rowid", (document_id,)
    ).fetchall()
    ((last,),) = connection.execute("SELECT max(rowid) FROM chunks")
    for number, (row,) in enumerate(rows, last + 1):
        connection.execute("UPDATE chunks SET rowid = ? WHERE rowid = ?", (number, row))
        connection.execute("UPDATE chunk_text SET rowid = ? WHERE rowid = ?", (number, row))


def advance(connection: sqlite3.Connection) -> None:
    """Marks that the content changed, so that the vector index knows it is behind."""
    connection.execute("UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'generation'")


def read_embedding(select: Select) -> str:
    """A name for the making of the vectors; see ``Library.embedding``."""
    rows = select("SELECT key, value FROM meta WHERE key IN ('model', 'dimension', 'vectors') ORDER BY key", ())
    return " ".join(f"{key}={value}" for key, value in rows)


def set_model(connection: sqlite3.Connection, name: str, dimension: int) -> None:
    """Notes which model the vectors are of."""
    connection.executemany("REPLACE INTO meta VALUES (?, ?)", [("model", name), ("dimension", str(dimension))])
