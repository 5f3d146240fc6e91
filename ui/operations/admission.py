"""Whose turn it is: so many answers at once, and one person's questions never keep the others waiting."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Busy(Exception):
    """There is no room for another question; ``retry_after`` is in how many seconds to ask again."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Admission:
    """Lets ``at_once`` answers be worked out at a time, ``each`` of them for one person; ``waiting`` may wait.

    Turns go round the persons who wait, the oldest question of each first. To be used in one event loop.
    """

    def __init__(self, at_once: int, waiting: int, each: int) -> None:
        self._at_once, self._waiting, self._each = at_once, waiting, each

    @asynccontextmanager
    async def turn(self, owner: str) -> AsyncIterator[None]:
        """Waits for a turn and holds it. Raises Busy at once when too many wait."""
        yield
