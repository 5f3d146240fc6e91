"""SQLite files as a backup takes them: copied while others use them, checked, and made ready to be put in place."""

import sqlite3
import time
import uuid
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from index.errors import LibraryError

_TICK = 100_000  # steps of SQLite's machine between two looks at how far it is: about ten a second
_PATIENCE = 30.0  # seconds to wait for another process that writes


@dataclass(frozen=True, slots=True)
class Contents:
    """What a library file holds: its format, and how many documents and chunks."""

    format: int
    documents: int
    chunks: int


def copy(source: Path, into: Path, tick: Callable[[], None] = lambda: None) -> None:
    """Copies one state of the SQLite file ``source`` to ``into``, an empty file or none; others may write meanwhile.

    What was deleted is not in the copy. ``tick`` is called about ten times a second. Raises LibraryError when the
    source is damaged or there is no room.
    """

    def look() -> int:
        tick()
        return 0

    try:
        with closing(_open(source, "ro")) as connection:
            connection.set_progress_handler(look, _TICK)
            connection.execute("VACUUM INTO ?", (str(into),))
    except sqlite3.Error as error:
        raise LibraryError(f"{source} could not be copied to {into.parent} ({error}); check the free space") from error


def damage(path: Path) -> str | None:
    """What SQLite's own check finds wrong with a file, None when it is sound."""
    try:
        with closing(_open(path, "ro")) as connection:
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        return str(error)
    return None if found == "ok" else str(found)


def contents(path: Path) -> Contents:
    """What the library file ``path`` holds, of whatever format it is. Raises LibraryError when it is no library."""
    try:
        with closing(_open(path, "ro")) as connection:
            ((found,),) = connection.execute("SELECT value FROM meta WHERE key = 'format'").fetchall()
            ((documents,),) = connection.execute("SELECT count(*) FROM documents").fetchall()
            ((chunks,),) = connection.execute("SELECT count(*) FROM chunks").fetchall()
            return Contents(int(found), int(documents), int(chunks))
    except (sqlite3.Error, ValueError) as error:
        raise LibraryError(f"{path} is not a library ({error})") from error


def rename_library(path: Path) -> None:
    """Makes a library file one of its own, so that no vector index takes it for the one that it is a copy of.

    Its state and the making of its vectors get names that no state of the other had or will have. Raises LibraryError.
    """
    unique = str(time.time_ns() // 1000)
    try:
        with closing(_open(path, "rw")) as connection, connection:
            connection.execute("UPDATE meta SET value = ? WHERE key = 'identity'", (uuid.uuid4().hex,))
            connection.execute("UPDATE meta SET value = ? WHERE key IN ('generation', 'vectors')", (unique,))
    except sqlite3.Error as error:
        raise LibraryError(f"{path} could not be written ({error}); check the free space") from error


def in_use(path: Path) -> bool:
    """Whether another process, or another connection of this one, has the file open; a damaged one counts as free.

    Where nobody has, what stands in the files beside it (-wal) is written into it, and they are gone.
    """
    try:
        with closing(sqlite3.connect(path, isolation_level=None, timeout=0.2)) as connection:
            # Every connection in WAL mode holds a shared lock for as long as it is open, and this needs them all gone.
            (mode,) = connection.execute("PRAGMA journal_mode = DELETE").fetchone()
            return bool(mode != "delete")
    except sqlite3.OperationalError as error:
        return error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    except sqlite3.DatabaseError:
        return False


def _open(path: Path, mode: str) -> sqlite3.Connection:
    """By URI, so that a file that is not there is not made."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=_PATIENCE)
