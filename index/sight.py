"""What the library's reading and writing (``index.listing``, ``index.finding``, ``index.changing``) are done on."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from index.database import Database
from index.memory import Known
from index.tables import Select
from index.types import Filters


@dataclass(frozen=True, slots=True)
class Sight:
    """One state of the library, and the SQL condition on ``documents d`` that leaves what may be seen of it."""

    select: Select
    known: Known
    filters: Filters
    term: str
    values: list[str]


class Shelf(Protocol):
    """``index.library.Library``, as its parts see it."""

    def seeing(self, filters: Filters | None = None) -> AbstractContextManager[Sight]:
        """One state of the library as this view sees it, under ``filters``."""
        ...

    @property
    def database(self) -> Database:
        """The file behind it; LibraryError when this is a view."""
        ...

    def require(self, model: str, dimension: int | None = None) -> None:
        """Raises ModelMismatch unless the library is empty or was embedded with this model (and dimension)."""
        ...
