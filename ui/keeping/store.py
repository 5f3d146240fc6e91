"""The file of conversations: SQLite, readable by its owner only, changed in transactions. Nothing else here knows
sqlite3.

One connection serves all threads in turn: what is asked of it takes well under a millisecond. Another process, such as
``citedesk feedback``, may read meanwhile (WAL).
"""

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from index.errors import LibraryError

FORMAT = 1
_PATIENCE = 30.0  # seconds to wait for another process that writes
_SCHEMA = """
CREATE TABLE conversations (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, title TEXT NOT NULL, begun TEXT NOT NULL, changed TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX conversations_of ON conversations (owner, changed);
CREATE INDEX conversations_used ON conversations (changed);
CREATE TABLE exchanges (
    id TEXT PRIMARY KEY, conversation TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE, number INTEGER NOT NULL,
    asked TEXT NOT NULL, question TEXT NOT NULL, answer TEXT NOT NULL, record TEXT NOT NULL,
    UNIQUE (conversation, number)
);
CREATE TABLE rests_on (
    exchange TEXT NOT NULL REFERENCES exchanges ON DELETE CASCADE, document TEXT NOT NULL, groups TEXT NOT NULL,
    PRIMARY KEY (exchange, document)
) WITHOUT ROWID;
CREATE TABLE opinions (
    exchange TEXT PRIMARY KEY REFERENCES exchanges ON DELETE CASCADE, given TEXT NOT NULL, vote TEXT NOT NULL,
    reason TEXT NOT NULL, comment TEXT NOT NULL, document TEXT NOT NULL, paragraph INTEGER NOT NULL
) WITHOUT ROWID
"""

Value = str | int


class Store:
    """An open file of conversations. Methods may be called from any thread."""

    def __init__(self, path: Path) -> None:
        """Opens or creates the file with mode 0600. Raises LibraryError when it cannot be used."""
        self.path = path
        self._lock = threading.RLock()
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            path.chmod(0o600)  # SQLite gives its side files the mode of this one
        except OSError as error:
            raise LibraryError(
                f"{path} cannot be written ({error.strerror}); set CITEDESK_HOME to a folder that can"
            ) from error
        with self._explained():
            self._connection = sqlite3.connect(path, isolation_level=None, timeout=_PATIENCE, check_same_thread=False)
            try:
                self._prepare()
            except (sqlite3.Error, LibraryError):
                self._connection.close()
                raise

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._connection.close()

    def rows(self, sql: str, values: Sequence[Value] = ()) -> list[Any]:
        """All rows that one SELECT gives, as tuples."""
        with self._lock, self._explained():
            return self._connection.execute(sql, values).fetchall()

    def change(self, sql: str, values: Sequence[Value] = ()) -> int:
        """Carries out one INSERT, UPDATE or DELETE; returns how many rows it touched."""
        with self._lock, self._explained():
            return self._connection.execute(sql, values).rowcount

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """What is done with this store within it happens wholly or not at all, and nobody else writes meanwhile."""
        with self._lock, self._explained():
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                yield
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    def _prepare(self) -> None:
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")  # survives a killed process; a power cut costs the last
        self._connection.execute("PRAGMA foreign_keys = ON")
        self._connection.execute("PRAGMA secure_delete = ON")  # what a person deletes is not left on the disk
        with self.transaction():
            found = self._connection.execute("PRAGMA user_version").fetchone()[0]
            if found == 0:
                for statement in _SCHEMA.split(";\n"):
                    self._connection.execute(statement)
                self._connection.execute(f"PRAGMA user_version = {FORMAT}")
            elif found != FORMAT:
                raise LibraryError(
                    f"{self.path} has format {found}, this program reads {FORMAT}; use the program that wrote it, or "
                    "move the file away to begin without earlier conversations"
                )

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise LibraryError(
                f"the conversations in {self.path} could not be read or written ({error}); check the free space of its "
                "disk, or move the file away to begin anew"
            ) from error
