"""The library: one SQLite file that is the system of record for documents, chunks and vectors.

Everything about one file changes in one transaction. Many processes may read while one writes (WAL). The vector
index is rebuilt from here whenever it does not match, and can be deleted at any time.
"""

import dataclasses
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from pathlib import Path

from index import changing, finding, listing
from index.database import Database
from index.embed import mismatch
from index.errors import LibraryError, ModelMismatch
from index.lexical import Hit as Hit
from index.links.relations import Article, Signed, read_articles, read_signatures, read_unrelated, write_relations
from index.memory import Memory, read_state
from index.sight import Sight
from index.stored import ChunkVectors as ChunkVectors
from index.stored import Difference as Difference
from index.stored import Located as Located
from index.stored import Model as Model
from index.tables import advance, read_embedding, selecting, where
from index.types import Filters, Link


class Library:
    """An open library, or what some groups may see of one. Methods may be called from any thread.

    Most of them are functions of ``index.listing``, ``index.finding`` and ``index.changing``, which document them.
    """

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

    # -- who sees what -------------------------------------------------------------------------------------------------

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
        with self.seeing(filters) as sight:
            return sight.filters

    @contextmanager
    def seeing(self, filters: Filters | None = None) -> Iterator[Sight]:
        """One state of the library as this view sees it, under ``filters``."""
        filters = filters or Filters()
        with self._database.snapshot() as connection:
            select = selecting(connection)
            known = self._memory.at(select)
            if self._groups is not None:
                filters = dataclasses.replace(filters, groups=known.rights(select).relevant(self._groups))
            term, values = where(filters, None if filters.groups is None else known.rights(select))
            yield Sight(select, known, filters, term, values)

    @property
    def database(self) -> Database:
        """The file itself, for what changes it and what groups have no part in; LibraryError when this is a view."""
        if self._groups is not None:
            raise LibraryError("documents cannot be changed through what some groups may see of the library")
        return self._database

    # -- what is in ----------------------------------------------------------------------------------------------------

    entries = listing.entries
    count_in_file = listing.count_in_file
    outlets = listing.outlets
    document = listing.document
    boxes = listing.boxes
    links = listing.links
    located = listing.located
    count_chunks = listing.count_chunks
    count_documents = listing.count_documents

    # -- search --------------------------------------------------------------------------------------------------------

    search = finding.search
    frequencies = finding.frequencies
    vectors = finding.vectors
    chunk_ids = finding.chunk_ids
    difference = finding.difference
    vectors_of_rows = finding.vectors_of_rows
    probes = finding.probes
    vectors_of = finding.vectors_of

    # -- writing -------------------------------------------------------------------------------------------------------

    fingerprints = changing.fingerprints
    fingerprint = changing.fingerprint
    replace = changing.replace
    staying = changing.staying
    set_groups = changing.set_groups
    remove = changing.remove
    forget_fingerprints = changing.forget_fingerprints
    excluded = changing.excluded
    exclude = changing.exclude
    include = changing.include
    metadata_tables = changing.metadata_tables
    note_metadata_tables = changing.note_metadata_tables
    texts = changing.texts
    replace_vectors = changing.replace_vectors

    # -- relations -----------------------------------------------------------------------------------------------------

    def unrelated(self) -> tuple[str, ...]:
        """The ids of the documents whose relations were not looked for since they were stored, in order."""
        return read_unrelated(self.database.rows)

    def signatures(self) -> tuple[Signed, ...]:
        """The signatures of all documents that have one, in the order of their ids."""
        return read_signatures(self.database.rows)

    def articles(self, document_ids: Sequence[str]) -> tuple[Article, ...]:
        """Of these documents what is compared, in the order of their ids; those that are not in are left out."""
        return read_articles(self.database.rows, document_ids)

    def note_relations(self, signed: Sequence[Signed], links: Sequence[Link]) -> None:
        """Notes that the relations of ``signed`` were looked for, and stores ``links`` in the place of others between
        the same documents; in one transaction."""
        with self.database.writing() as connection:
            write_relations(connection, signed, links)
            if links:
                advance(connection)

    # -- the library itself --------------------------------------------------------------------------------------------

    def model(self) -> Model | None:
        """The model that embedded what is in the library, None while nothing is in."""
        ((filled,),) = self._database.rows("SELECT EXISTS (SELECT 1 FROM chunks)")
        name, dimension = (self._meta("model"), self._meta("dimension")) if filled else (None, None)
        return None if name is None or dimension is None else Model(name, int(dimension))

    def require(self, model: str, dimension: int | None = None) -> None:
        """Raises ModelMismatch unless the library is empty or was embedded with this model (and dimension)."""
        mine = self.model()
        if mine is None or (mine.name == model and dimension in (None, mine.dimension)):
            return
        if mine.name != model:
            raise ModelMismatch(mismatch(mine.name, model))
        raise ModelMismatch(
            f"the library was embedded with {mine.name} of {mine.dimension} dimensions, which has {dimension} now; "
            "embed it again with `citedesk ingest --reembed`, or have the endpoint serve the same model as before"
        )

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
