"""Local users, their sessions and API keys, in one SQLite file beside the library."""

from pathlib import Path


class Accounts:
    """The users of this server; methods may be called from any thread."""

    def __init__(self, path: Path) -> None:
        """Opens or creates the file (mode 0600)."""
        self._path = path

    def close(self) -> None:
        """Closes the file."""
