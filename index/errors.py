"""What can go wrong, as a tree; every message says what was wrong and what to do.

CitedeskError
├── ParseError            one file cannot be read (the others still are)
├── ReadingError          no process can be started that reads files
├── LibraryError          the library cannot be opened, or holds what this program cannot use
│   └── ModelMismatch     the library was embedded with another model
├── VectorIndexError      the vector index cannot be opened or reached
├── EmbeddingError        the embedding model is missing, altered, or its endpoint fails
├── SettingError          an environment variable has a value that cannot be used
└── UsageError            a path, question or filter given by the user cannot be used
"""


class CitedeskError(Exception):
    """Base of all errors a user can be shown as they are."""


class ParseError(CitedeskError):
    """One file cannot be read; the message is the reason, without the file's name."""


class ReadingError(CitedeskError):
    """No process can be started that reads files, for none of them."""


class LibraryError(CitedeskError):
    """The library cannot be opened, or holds what this program cannot use."""


class ModelMismatch(LibraryError):
    """The library was embedded with another model or dimension than the one configured."""


class VectorIndexError(CitedeskError):
    """The vector index cannot be opened or reached."""


class EmbeddingError(CitedeskError):
    """The embedding model is missing or altered, or its endpoint fails."""


class SettingError(CitedeskError):
    """An environment variable has a value that cannot be used."""


class UsageError(CitedeskError):
    """A path, question or filter given by the user cannot be used."""
