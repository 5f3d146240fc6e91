"""Who asked what: a line for each question and each look at a document."""

from pathlib import Path

from ui.people import Person


class Audit:
    """An audit log, or none where ``path`` is None. Its methods may be called from any thread."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def note(self, person: Person, act: str, what: str) -> None:
        """Adds a line: when (UTC), who, by which way recognised, ``act`` ("ask", "read", "export", "add", "sign in")
        and ``what`` (the question or the document's id)."""

    def close(self) -> None:
        """Closes the file."""
