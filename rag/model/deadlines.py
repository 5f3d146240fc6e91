"""How long each part of an exchange may take."""

import asyncio
from dataclasses import dataclass

from rag.model.trouble import EndpointError, Place, Trouble


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds: ``connect`` to a connection, ``first`` from the request to the first piece (text, or reasoning that is
    not shown), ``stall`` between two pieces, ``whole`` from the request to the end of the reply."""

    connect: float = 5.0
    first: float = 30.0
    stall: float = 15.0
    whole: float = 120.0


class Clock:
    """The deadlines of one request, on the running event loop."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._loop = asyncio.get_running_loop()
        self._end = self._loop.time() + limits.whole
        self._begun = False
        self._next = min(self._end, self._loop.time() + limits.first)
        self.timeout = asyncio.timeout_at(self._next)

    @property
    def left(self) -> float:
        """Seconds to the next deadline."""
        return self._next - self._loop.time()

    def alive(self) -> None:
        """A piece came."""
        self._begun = True
        self._next = min(self._end, self._loop.time() + self._limits.stall)
        self.timeout.reschedule(self._next)

    def stop(self) -> None:
        """No deadline any more."""
        self.timeout.reschedule(None)

    def error(self, place: Place) -> EndpointError:
        """The deadline that was missed."""
        if self._next == self._end and (self._begun or self._limits.whole < self._limits.first):
            return place.error(Trouble.TOO_SLOW, f"{self._limits.whole:g} s")
        if self._begun:
            return place.error(Trouble.STALLED, f"nothing for {self._limits.stall:g} s")
        return place.error(Trouble.SLOW_START, f"{self._limits.first:g} s")
