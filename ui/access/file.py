"""The SQLite file of the accounts: its tables, and how they are read and written."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from index.errors import LibraryError

FORMAT = 1  # bump when the tables change
_SCHEMA = """
CREATE TABLE secrets (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE people (
    via TEXT NOT NULL, name TEXT NOT NULL, shown TEXT NOT NULL, email TEXT, password TEXT, role TEXT NOT NULL,
    member_of TEXT NOT NULL, disabled INTEGER NOT NULL, seen REAL, PRIMARY KEY (via, name)
) WITHOUT ROWID;
CREATE TABLE sessions (
    hash TEXT PRIMARY KEY, via TEXT NOT NULL, name TEXT NOT NULL, begun REAL NOT NULL, used REAL NOT NULL, hint TEXT,
    FOREIGN KEY (via, name) REFERENCES people ON DELETE CASCADE
) WITHOUT ROWID;
CREATE TABLE keys (
    hash TEXT PRIMARY KEY, via TEXT NOT NULL, name TEXT NOT NULL, label TEXT NOT NULL, made REAL NOT NULL, used REAL,
    FOREIGN KEY (via, name) REFERENCES people ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX sessions_owner ON sessions (via, name);
CREATE INDEX keys_owner ON keys (via, name);
"""
Row = tuple[Any, ...]  # as SQLite has them, in the order of the SELECT


class File:
    """One connection reads and another writes, so that reading by primary key never waits. Used from any thread."""

    def __init__(self, path: Path) -> None:
        """Opens or creates the file (mode 0600). Raises LibraryError."""
        self._path = path
        self._reading, self._writing = threading.Lock(), threading.Lock()
        with self._explained():
            try:
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                path.touch(0o600)
                path.chmod(0o600)  # SQLite gives the files beside it the same mode
            except OSError as error:
                raise LibraryError(f"{path} cannot be written ({error.strerror}); see CITEDESK_HOME") from error
            self._writer = self._connected()
            try:
                self._create()
                self._reader = self._connected()
            except BaseException:
                self._writer.close()
                raise

    def close(self) -> None:
        """Closes both connections."""
        with self._reading, self._writing:
            self._reader.close()
            self._writer.close()

    def read(self, sql: str, *values: str | float) -> list[Row]:
        """All rows of a SELECT with values for its marks. Raises LibraryError."""
        with self._explained(), self._reading:
            return self._reader.execute(sql, values).fetchall()

    def write(self, sql: str, *values: str | float | None) -> int:
        """Runs one statement in a transaction of its own; how many rows it changed. Raises LibraryError."""
        with self._explained(), self._writing:
            return self._writer.execute(sql, values).rowcount

    def _connected(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None, timeout=10, check_same_thread=False)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _create(self) -> None:
        self._writer.execute("BEGIN IMMEDIATE")
        try:
            found = self._writer.execute("PRAGMA user_version").fetchone()[0]
            if found == 0:
                for statement in filter(str.strip, _SCHEMA.split(";")):
                    self._writer.execute(statement)
                self._writer.execute(f"PRAGMA user_version = {FORMAT}")
            elif found != FORMAT:
                raise LibraryError(
                    f"{self._path} has format {found}, this program reads {FORMAT}; use the program that wrote it"
                )
            self._writer.execute("COMMIT")
        finally:
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise LibraryError(f"{self._path} cannot be used ({error}); restore it, or move it away") from error
