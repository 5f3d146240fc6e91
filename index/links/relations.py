"""Signatures and links in the library's tables: what is read to find relations, and how they are stored."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from index.links.signature import KIND
from index.tables import Select, to_date
from index.types import Link, Precision


@dataclass(frozen=True, slots=True)
class Article:
    """Of a document what is looked at to find its relations; see ``index.types.Document``."""

    id: str
    version: str
    title: str
    outlet: str | None
    published: date | None
    precision: Precision
    url: str | None
    text: str


_PENDING = "+"
"""Stands before the version of a signature that came with its document, until the document's relations were looked for.
So a program that knows nothing of this takes the signature for one of another version, and makes it anew."""


@dataclass(frozen=True, slots=True)
class Signed:
    """The packed ``signature`` (see ``index.links.signature``) of a document in one version."""

    id: str
    version: str
    signature: bytes


def read_unrelated(select: Select) -> tuple[str, ...]:
    """The ids of the documents whose relations were not looked for in their present version, in order."""
    rows = select(
        "SELECT d.id FROM documents d LEFT JOIN signatures s ON s.document_id = d.id "
        "WHERE s.version IS NOT d.version OR substr(s.signature, 1, 4) IS NOT ? ORDER BY d.id",
        (KIND,),
    )
    return tuple(id_ for (id_,) in rows)


def read_signatures(select: Select) -> tuple[Signed, ...]:
    """The signatures of the documents' present versions, in the order of their ids; those of an older library may lack
    some."""
    rows = select(
        "SELECT d.id, d.version, s.signature FROM signatures s JOIN documents d ON d.id = s.document_id "
        "WHERE s.version IN (d.version, ? || d.version) AND substr(s.signature, 1, 4) = ? ORDER BY d.id",
        (_PENDING, KIND),
    )
    return tuple(Signed(*row) for row in rows)


def read_articles(select: Select, document_ids: Sequence[str]) -> tuple[Article, ...]:
    """These documents in the order of their ids; those that are not in are left out."""
    rows = select(
        "SELECT id, version, title, outlet, published, precision, url, text FROM documents "
        "WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps(list(document_ids)),),
    )
    return tuple(
        Article(id_, version, title, outlet, to_date(published), Precision(precision), url, text)
        for id_, version, title, outlet, published, precision, url, text in rows
    )


def write_signature(connection: sqlite3.Connection, signed: Signed) -> None:
    """Stores the signature of a document whose relations are still to be looked for."""
    connection.execute(
        "REPLACE INTO signatures (document_id, version, signature) VALUES (?, ?, ?)",
        (signed.id, _PENDING + signed.version, signed.signature),
    )


def write_relations(connection: sqlite3.Connection, signed: Sequence[Signed], links: Sequence[Link]) -> None:
    """Stores these signatures, of documents whose relations are ``links``, which take the place of all that they had.
    What is of a version or a document that is no longer in is left out."""
    connection.executemany("DELETE FROM links WHERE document_id = ?1 OR other_id = ?1", ((each.id,) for each in signed))
    connection.executemany(
        "REPLACE INTO signatures SELECT id, version, ? FROM documents WHERE id = ? AND version = ?",
        ((each.signature, each.id, each.version) for each in signed),
    )
    connection.executemany(
        "REPLACE INTO links (document_id, relation, other_id) "
        "SELECT d.id, ?, o.id FROM documents d, documents o WHERE d.id = ? AND o.id = ?",
        ((each.relation.value, each.document, each.other) for each in links),
    )
