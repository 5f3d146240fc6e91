"""When an endpoint that keeps failing is left alone, and when it is tried again."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

FAILURES = 3  # in a row; one may be chance, and each costs a person the wait for it
REST = 30.0  # seconds without a request after them
LONGEST_REST = 600.0  # seconds; an endpoint that asks for more is tried all the same


class Ticket:
    """The leave to make one request; each is only the same as itself."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Resting:
    """No leave: ``seconds`` until there is one (0.0 while another request is the trial), and ``why``."""

    seconds: float
    why: str


class Breaker:
    """Lets requests through until ``FAILURES`` in a row have failed; then none for ``REST`` seconds, then one alone as
    a trial: all again if it works, none for as long again if it fails. Used from any thread."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        """``clock`` tells seconds, from any zero, never going back."""
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._until = 0.0  # no rest, if 0
        self._why = ""
        self._trial: Ticket | None = None

    def admit(self) -> Ticket | Resting:
        """Leave for one request, to be handed to ``worked`` or ``failed``, and in any case to ``left`` at its end."""
        with self._lock:
            now = self._clock()
            if now < self._until:
                return Resting(self._until - now, self._why)
            if self._until and self._trial is not None:
                return Resting(0.0, self._why)
            ticket = Ticket()
            if self._until:
                self._trial = ticket
            return ticket

    def worked(self) -> None:
        """A request got its answer: whatever was wrong is over."""
        with self._lock:
            self._failures, self._until, self._trial = 0, 0.0, None

    def failed(self, ticket: Ticket, why: str) -> None:
        """A request failed; ``why`` is the message that is told while it rests for it."""
        with self._lock:
            self._failures += 1
            now = self._clock()
            # Requests from before the rest that fail during it do not make it longer.
            if self._trial is ticket or (self._failures >= FAILURES and self._until <= now and self._trial is None):
                self._until, self._why, self._trial = now + REST, why, None

    def rest(self, seconds: float, why: str) -> None:
        """No request for ``seconds`` from now (``LONGEST_REST`` at most), whatever came before."""
        with self._lock:
            until = self._clock() + min(seconds, LONGEST_REST)
            if until > self._until:
                self._until, self._why = until, why
            self._trial = None

    def left(self, ticket: Ticket) -> None:
        """A request is over; where it was the trial and nobody said how it went, the next one is the trial."""
        with self._lock:
            if self._trial is ticket:
                self._trial = None
