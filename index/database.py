"""The library's SQLite file: connections for all threads, transactions, and tables of the present format."""

import sqlite3
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from index.errors import LibraryError
from index.schema import FORMAT, SCHEMA, UPGRADES, statements
from index.swap import finish

_LOG = 64 << 20  # bytes that SQLite's log (-wal) keeps on the disk after it had to grow


class Database:
    """An open library file. Methods may be called from any thread; each thread gets a connection of its own."""

    def __init__(self, path: Path) -> None:
        """Opens or creates it; one of an older format is brought to the present one, in one transaction. Raises
        LibraryError when ``path`` cannot be used or has a format that this program does not know."""
        self.path = path
        self._local = threading.local()
        self._opened: dict[threading.Thread, sqlite3.Connection] = {}
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            finish(path.parent)
            self._settle_format()
        except sqlite3.DatabaseError as error:
            raise LibraryError(
                f"{path} cannot be used as a library ({error}); move it away, or set CITEDESK_HOME to another folder"
            ) from error
        except OSError as error:
            raise LibraryError(
                f"{path.parent} cannot be written ({error.strerror}); set CITEDESK_HOME to a folder that can"
            ) from error

    def close(self) -> None:
        """Closes the connections of all threads."""
        with self._lock:
            for connection in self._opened.values():
                connection.close()
            self._opened.clear()
        self._local = threading.local()

    def rows(self, sql: str, values: Sequence[str | int | bytes] = (), /) -> list[Any]:
        """All rows that one SELECT gives, as tuples. (An ``index.tables.Select``.)"""
        with self._explained():
            return self._connection().execute(sql, values).fetchall()

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees one state of the library until the block ends."""
        yield from self._transaction("BEGIN")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection that alone may write; all of it is kept when the block ends, nothing when it fails."""
        yield from self._transaction("BEGIN IMMEDIATE")

    def damage(self) -> str | None:
        """What SQLite's own check finds wrong with the file, None when it is sound."""
        try:
            (found,) = self._connection().execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.DatabaseError as error:
            return str(error)
        return None if found == "ok" else str(found)

    def spare(self) -> int:
        """Bytes of the file that hold nothing any more; what is stored next is put there."""
        ((pages,),) = self.rows("PRAGMA freelist_count")
        ((size,),) = self.rows("PRAGMA page_size")
        return int(pages) * int(size)

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
                connection.execute(f"PRAGMA journal_size_limit = {_LOG}")
            except sqlite3.Error:
                connection.close()
                raise
            self._local.connection = connection
            with self._lock:
                for thread in [thread for thread in self._opened if not thread.is_alive()]:
                    self._opened.pop(thread).close()  # servers start and end threads all the time
                self._opened[threading.current_thread()] = connection
        return connection

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

    def _settle_format(self) -> None:
        connection = self._connection()
        if not _has_tables(connection):
            with self.writing():
                if not _has_tables(connection):  # another process may have been faster
                    _create(connection)
        if _format(connection) in UPGRADES:
            with self.writing():
                while (found := _format(connection)) in UPGRADES:
                    _upgrade(connection, found)
        found = _format(connection)
        if found != FORMAT:
            raise LibraryError(
                f"{self.path} has library format {found}, this program reads {FORMAT}; "
                "use the program that wrote it, or set CITEDESK_HOME to a new folder and ingest again"
            )


def _has_tables(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone() is not None


def _format(connection: sqlite3.Connection) -> int:
    row = connection.execute("SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'format'").fetchone()
    return 0 if row is None else int(row[0])


def _create(connection: sqlite3.Connection) -> None:
    for statement in statements(SCHEMA):
        connection.execute(statement)
    values = [("format", str(FORMAT)), ("identity", uuid.uuid4().hex), ("generation", "0")]
    connection.executemany("INSERT INTO meta VALUES (?, ?)", values)


def _upgrade(connection: sqlite3.Connection, found: int) -> None:
    for statement in statements(UPGRADES[found]):
        connection.execute(statement)
    connection.execute("UPDATE meta SET value = ? WHERE key = 'format'", (str(found + 1),))
