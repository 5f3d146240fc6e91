"""What is asked of the package ``chromadb`` itself, and how it fails. Apart from ``index.vectors``, which imports it
with the first question: it takes half a second."""

from pathlib import Path
from typing import cast

import chromadb
import httpx
from chromadb.api.client import Client
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.config import Settings
from chromadb.errors import ChromaError as ChromaError
from chromadb.errors import InvalidArgumentError as InvalidArgumentError
from chromadb.errors import InvalidDimensionException
from chromadb.errors import NotFoundError as NotFoundError

FAILURES = (ChromaError, httpx.HTTPError)
"""What its calls raise."""
NO_USE = (InvalidArgumentError, InvalidDimensionException, NotFoundError)
"""What a server says of a collection that is no use; anything else it says (no access, overload) is no reason to delete
what others may share."""


def server(host: str, port: int, ssl: bool) -> Client:
    """A client of the Chroma server there. Raises one of FAILURES, or ValueError, when it cannot be reached."""
    return cast(Client, chromadb.HttpClient(host=host, port=port, ssl=ssl, settings=_settings()))


def local(folder: Path) -> Client:
    """A client with its files in ``folder``, which no other process may use meanwhile. Raises ChromaError."""
    try:
        return cast(Client, chromadb.PersistentClient(str(folder), settings=_settings()))
    except ChromaError:
        # Chroma keeps the half-made parts of a client that failed to open, and would hand them out the next time.
        SharedSystemClient._identifier_to_system.pop(str(folder), None)
        raise


def _settings() -> Settings:
    return Settings(anonymized_telemetry=False)
