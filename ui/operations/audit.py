"""Who asked what: a line for each question and each look at a document."""

import json
import logging
import os
import threading
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path

from index.errors import SettingError
from ui.people import Person

log = logging.getLogger(__name__)


class Audit:
    """An audit log, or none where ``path`` is None. Its methods may be called from any thread.

    A JSON object a line, appended and flushed one by one, in a file that only the server's user may read. When the
    file was moved away (logrotate), the next line begins a new one. A line that cannot be written is logged as an
    error, with its act but not what was asked, and the answer is given all the same: a full disk should not silence
    the desk. Whoever needs the opposite watches for that error.
    """

    def __init__(self, path: Path | None) -> None:
        """Raises SettingError when the file cannot be written."""
        self._path = path
        self._lock = threading.Lock()
        self._file: FileIO | None = None
        if path is not None:
            try:
                self._file = _opened(path)
            except OSError as error:
                raise SettingError(f"CITEDESK_AUDIT: {path} cannot be written: {error.strerror}") from None

    def note(self, person: Person, act: str, what: str) -> None:
        """Adds a line: when (UTC), who, by which way recognised, ``act`` ("ask", "read", "export", "add", "sign in")
        and ``what`` (the question or the document's id)."""
        if self._path is None:
            return
        line = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "person": person.name,
            "via": person.via.value,
            "act": act,
            "what": what,
        }
        written = (json.dumps(line) + "\n").encode()
        with self._lock:
            try:
                self._write(self._path, written)
            except OSError as error:
                log.error("the audit log %s misses a line (%s): %s", self._path, act, error.strerror)

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            if self._file is not None:
                self._file.close()
                self._file = None
            self._path = None

    def _write(self, path: Path, line: bytes) -> None:
        if self._file is None or _moved(self._file, path):
            if self._file is not None:
                self._file.close()
                self._file = None
            self._file = _opened(path)
        self._file.write(line)


def _opened(path: Path) -> FileIO:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Unbuffered, and one write a line: lines of two processes do not mix, and none is lost when one is killed.
    return FileIO(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a")


def _moved(file: FileIO, path: Path) -> bool:
    try:
        return not os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return True
