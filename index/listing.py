"""What is in the library, as one may see it: documents, their links, and how many. These are methods of ``Library``."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from index.errors import UsageError
from index.rights import read_groups
from index.sight import Shelf
from index.stored import Located
from index.tables import CHUNK_COLUMNS, DOCUMENT_COLUMNS, LISTED, listed, read_boxes, read_document, to_date
from index.types import Box, Chunk, Document, Entry, Filters, Link, Precision, Relation


def entries(library: Shelf, document_ids: Sequence[str] | None = None) -> tuple[Entry, ...]:
    """These documents (all when None), newest publication first, undated ones last, then by title and id; ids that are
    not in are left out. A tenth of what reading the documents costs: neither text nor paragraphs are read."""
    wanted = "" if document_ids is None else f"AND d.id IN {LISTED} "
    given = [] if document_ids is None else [listed(document_ids)]
    with library.seeing() as sight:
        rows = sight.select(
            "SELECT id, version, source, title, outlet, author, published, url, (SELECT coalesce(max(number), 0) "
            "FROM paragraphs WHERE document_id = d.id), groups, part, precision, language, modified "
            f"FROM documents d WHERE {sight.term} {wanted}"
            "ORDER BY published IS NULL, published DESC, title, id",
            (*sight.values, *given),
        )
    return tuple(
        Entry(
            *(id_, version, source, title, outlet, author, to_date(published), url, paragraphs),
            *(read_groups(groups), part, Precision(precision), language, datetime.fromisoformat(modified)),
        )
        for id_, version, source, title, outlet, author, published, url, paragraphs, groups, *rest in rows
        for part, precision, language, modified in [rest]
    )


def count_in_file(library: Shelf, source: str) -> int:
    """The number of documents that came from this file."""
    with library.seeing() as sight:
        ((number,),) = sight.select(
            f"SELECT count(*) FROM documents d WHERE d.source = ? AND {sight.term}", (source, *sight.values)
        )
        return int(number)


def outlets(library: Shelf) -> tuple[str, ...]:
    """The outlets that are in, each once, in alphabetical order."""
    with library.seeing() as sight:
        rows = sight.select(
            f"SELECT DISTINCT outlet FROM documents d WHERE outlet IS NOT NULL AND {sight.term} ORDER BY outlet",
            sight.values,
        )
    return tuple(outlet for (outlet,) in rows)


def document(library: Shelf, document_id: str) -> Document:
    """One document with its text and paragraphs; UsageError when there is none with this id."""
    with library.seeing() as sight:
        rows = sight.select(
            f"SELECT {DOCUMENT_COLUMNS} FROM documents d WHERE id = ? AND {sight.term}",
            (document_id, *sight.values),
        )
        if not rows:
            raise UsageError(f"no document has the id {document_id!r}; `citedesk documents` lists them")
        return read_document(sight.select, rows[0])


def boxes(library: Shelf, document_id: str) -> tuple[Box, ...]:
    """The printed lines of a document in the order of their starts; none without pages, or without that document.
    Their sides are float32."""
    with library.seeing() as sight:
        rows = sight.select(
            f"SELECT b.lines FROM boxes b JOIN documents d ON d.id = b.document_id WHERE d.id = ? AND {sight.term}",
            (document_id, *sight.values),
        )
    return read_boxes(rows[0][0]) if rows else ()


def links(library: Shelf, document_ids: Sequence[str] | None = None) -> tuple[Link, ...]:
    """What these documents (all when None) are to others, in the order of their ids; only links both of whose
    documents may be seen."""
    wanted = "" if document_ids is None else f"AND d.id IN {LISTED} "
    given = [] if document_ids is None else [listed(document_ids)]
    with library.seeing() as sight:
        other = sight.term.replace("d.", "o.")
        rows = sight.select(
            "SELECT d.id, l.relation, o.id FROM links l JOIN documents d ON d.id = l.document_id "
            f"JOIN documents o ON o.id = l.other_id WHERE {sight.term} AND {other} {wanted}ORDER BY d.id, o.id",
            (*sight.values, *sight.values, *given),
        )
    return tuple(Link(document, Relation(relation), other) for document, relation, other in rows)


def located(library: Shelf, chunk_ids: Sequence[str]) -> Mapping[str, Located]:
    """The chunks with these ids and their documents; ids that are no longer in are left out."""
    with library.seeing() as sight:
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


def count_chunks(library: Shelf) -> int:
    """The number of chunks."""
    with library.seeing() as sight:
        return sight.known.counts(sight.select, sight.filters.groups).total


def count_documents(library: Shelf, filters: Filters | None = None) -> int:
    """The number of documents that ``filters`` leave."""
    with library.seeing(filters or Filters()) as sight:
        ((number,),) = sight.select(f"SELECT count(*) FROM documents d WHERE {sight.term}", sight.values)
        return int(number)
