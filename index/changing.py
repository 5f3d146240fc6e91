"""What is noted of the library's files, and all that changes it but links. These are methods of ``Library``; on what
some groups may see of one, they raise LibraryError."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from index import tables
from index.embed import Vectors
from index.errors import LibraryError
from index.links.relations import Signed, write_signature
from index.lists import Stays
from index.missing import Missing
from index.missing import staying as _staying
from index.sight import Shelf
from index.stored import Model
from index.tables import Embedded


def fingerprints(library: Shelf) -> Mapping[str, str]:
    """Source path -> fingerprint of the file as it was ingested."""
    return dict(library.database.rows("SELECT source, fingerprint FROM files"))


def fingerprint(library: Shelf, source: str) -> str:
    """The fingerprint of one file, "" where it is not known; each page that is drawn asks for it."""
    rows = library.database.rows("SELECT fingerprint FROM files WHERE source = ?", (source,))
    return str(rows[0][0]) if rows else ""


def replace(
    library: Shelf,
    source: str,
    fingerprint: str,
    embedded: Sequence[Embedded],
    model: Model,
    unread: Missing | None = None,
) -> None:
    """Makes these the documents of one file, in one transaction; whatever it held before is gone, but for the
    documents of parts that are ``unread`` now (see ``index.missing``).

    Raises ModelMismatch, and changes nothing, when the library's other vectors are of another model.
    """
    with library.database.writing() as connection:
        library.require(model.name, model.dimension)
        tables.set_model(connection, model.name, model.dimension)
        stays = _staying(tables.selecting(connection), source, unread or {})
        tables.delete(connection, source, {id_: one.groups for id_, one in stays.items()})
        behind = defaultdict[str | None, list[str]](list)
        for id_, one in stays.items():
            behind[one.after].append(id_)
        connection.execute("INSERT INTO files VALUES (?, ?)", (source, fingerprint))
        for item in embedded:
            tables.insert(connection, item)
            if item.signature:
                write_signature(connection, Signed(item.document.id, item.document.version, item.signature))
            for id_ in behind[item.document.id]:
                tables.move_last(connection, id_)
        tables.advance(connection)


def staying(library: Shelf, source: str, unread: Missing) -> Mapping[str, Stays]:
    """What stays of one file, by the ids of documents, when those of its parts that are ``unread`` cannot be read (see
    ``index.missing``)."""
    return _staying(library.database.rows, source, unread)


def set_groups(library: Shelf, source: str, groups: frozenset[str]) -> None:
    """Makes these the groups of all documents of a file, in one transaction; writes nothing where they are. A part
    of it that is for fewer stays so."""
    with library.database.writing() as connection:
        if tables.set_groups(connection, source, groups):
            # Else, once it can be read again and is what it was, it would be taken for unchanged.
            connection.execute("UPDATE files SET fingerprint = '' WHERE source = ?", (source,))
            tables.advance(connection)


def remove(library: Shelf, sources: Sequence[str]) -> None:
    """Forgets these files and their documents, in one transaction."""
    with library.database.writing() as connection:
        for source in sources:
            tables.delete(connection, source)
        tables.advance(connection)


def forget_fingerprints(library: Shelf, sources: Sequence[str]) -> None:
    """Makes the next ingest read these files again, though they did not change."""
    with library.database.writing() as connection:
        connection.executemany("UPDATE files SET fingerprint = '' WHERE source = ?", ((one,) for one in sources))


def excluded(library: Shelf) -> frozenset[str]:
    """The paths of files that were taken out and stay out, though a folder that is ingested may hold them."""
    return frozenset(source for (source,) in library.database.rows("SELECT source FROM excluded"))


def exclude(library: Shelf, sources: Sequence[str]) -> None:
    """Forgets these files and their documents, and keeps them out until ``include``; in one transaction."""
    with library.database.writing() as connection:
        for source in sources:
            tables.delete(connection, source)
        connection.executemany("INSERT OR IGNORE INTO excluded VALUES (?)", ((source,) for source in sources))
        tables.advance(connection)


def include(library: Shelf, sources: Sequence[str]) -> None:
    """Lets the next ingest take these files again."""
    with library.database.writing() as connection:
        connection.executemany("DELETE FROM excluded WHERE source = ?", ((source,) for source in sources))


def metadata_tables(library: Shelf) -> frozenset[str]:
    """The paths of the metadata tables (see ``index.metadata``) that documents were ingested with."""
    return frozenset(source for (source,) in library.database.rows("SELECT source FROM metadata_tables"))


def note_metadata_tables(library: Shelf, there: Collection[str], gone: Collection[str]) -> None:
    """Remembers that the metadata tables ``there`` are, and forgets those that are ``gone``."""
    with library.database.writing() as connection:
        connection.executemany("INSERT OR IGNORE INTO metadata_tables VALUES (?)", ((source,) for source in there))
        connection.executemany("DELETE FROM metadata_tables WHERE source = ?", ((source,) for source in gone))


def texts(library: Shelf) -> Mapping[str, str]:
    """Chunk id -> the text it is embedded as (context line, new line, body)."""
    return dict(
        library.database.rows(
            "SELECT c.id, t.context || char(10) || t.body FROM chunks c JOIN chunk_text t ON t.rowid = c.rowid"
        )
    )


def replace_vectors(library: Shelf, model: Model, vectors: Mapping[str, Vectors]) -> None:
    """Stores new vectors for all chunks (chunk id -> shape (d,)) and the model they come from, in one transaction.

    Raises LibraryError, and changes nothing, when another process changed the chunks meanwhile.
    """
    with library.database.writing() as connection:
        ids = {id_ for (id_,) in connection.execute("SELECT id FROM chunks")}
        if ids != set(vectors):
            raise LibraryError("the library changed while it was embedded again; run the command once more")
        connection.executemany(
            "UPDATE chunks SET vector = ? WHERE id = ?", ((row.tobytes(), id_) for id_, row in vectors.items())
        )
        tables.set_model(connection, model.name, model.dimension)
        connection.execute(
            "INSERT INTO meta VALUES ('vectors', '1') "
            "ON CONFLICT (key) DO UPDATE SET value = CAST(value AS INTEGER) + 1"
        )
        tables.advance(connection)
