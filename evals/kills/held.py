"""What a library file holds of each document, read with plain SQL: nothing of the library's own code is trusted."""

import hashlib
import sqlite3
from collections import defaultdict
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

_PARTS = ("paragraphs", "boxes")  # by document_id, those that the format has
# Worked out from documents, after them: table -> columns. The "+" of a signature says that links are still to be found.
_DERIVED = {"signatures": "document_id, ltrim(version, '+'), signature", "links": "*"}


@dataclass(frozen=True, slots=True)
class Held:
    """One state of a library: document id -> a digest of all that is stored of it, document id -> its source, a digest
    of each signature and link, and what does not fit together, "" for nothing."""

    digests: Mapping[str, str]
    sources: Mapping[str, str]
    derived: frozenset[str]
    wrong: str


NOTHING = Held({}, {}, frozenset(), "")


def held(path: Path) -> Held:
    """What the library at ``path`` holds; nothing where there is none yet. Raises what SQLite raises."""
    if not path.exists():
        return NOTHING
    with closing(sqlite3.connect(path, isolation_level=None, timeout=30)) as connection:
        connection.execute("BEGIN")
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not tables:
            return NOTHING
        parts = defaultdict[str, list[bytes]](list)
        sources = dict(connection.execute("SELECT id, source FROM documents"))
        prints = dict(connection.execute("SELECT source, fingerprint FROM files"))
        for row in connection.execute("SELECT * FROM documents ORDER BY id"):
            parts[row[0]].append(_digest((row, prints.get(sources[row[0]]))))
        for table in _PARTS:
            if table in tables:
                for row in connection.execute(f"SELECT * FROM {table} ORDER BY document_id, 2"):
                    parts[row[0]].append(_digest((table, row)))
        for row in connection.execute(
            "SELECT c.document_id, c.id, c.start, c.end, c.first_paragraph, c.last_paragraph, c.context, c.tokens, "
            "c.vector, t.context, t.body FROM chunks c LEFT JOIN chunk_text t ON t.rowid = c.rowid ORDER BY c.id"
        ):
            parts[row[0]].append(_digest(row))
        derived = frozenset(
            _digest((table, row)).hex()
            for table, columns in _DERIVED.items()
            if table in tables
            for row in connection.execute(f"SELECT {columns} FROM {table}")
        )
        wrong = _wrong(connection, set(parts) - set(sources), set(prints) - set(sources.values()))
        digests = {id_: hashlib.sha256(b"".join(some)).hexdigest() for id_, some in parts.items()}
        return Held(digests, sources, derived, wrong)


def _digest(row: object) -> bytes:
    return hashlib.sha256(repr(row).encode()).digest()


def _wrong(connection: sqlite3.Connection, strays: set[str], empty: set[str]) -> str:
    """The first thing that does not fit together."""
    (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        return str(found)
    if strays:
        return f"parts of no document: {sorted(strays)[:3]}"
    if empty:
        return f"files without a document: {sorted(empty)[:3]}"
    ((stray,),) = connection.execute(
        "SELECT count(*) FROM chunk_text_docsize WHERE id NOT IN (SELECT rowid FROM chunks)"
    ).fetchall()
    if stray:
        return f"search text of no chunk: {stray}"
    try:
        connection.execute("INSERT INTO chunk_text (chunk_text) VALUES ('integrity-check')")
    except sqlite3.DatabaseError as error:
        return f"the search index is damaged: {error}"
    return ""
