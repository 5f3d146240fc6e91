"""Whose turn it is: so many answers at once, and one person's questions never keep the others waiting."""

import asyncio
import math
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum
from time import perf_counter, time_ns

from rag.types import Answer

LONGEST = 120
"""Seconds that anybody is asked to wait at most before asking again."""
_FIRST_GUESS = 2.0  # seconds an answer takes, as long as none has been timed
_RECENT = 50


class Busy(Exception):
    """There is no room for another question; ``retry_after`` is in how many seconds to ask again."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Kind(Enum):
    """What became of a turn. ``DONE`` is one whose holder did not tell its answer."""

    QUOTED = "quoted"
    WRITTEN = "written"
    REFUSED = "refused"
    FAILED = "failed"
    STOPPED = "stopped"
    DONE = "done"


class Turn:
    """A turn that is held. ``answer`` is the last state of what is being answered, where that was told."""

    def __init__(self) -> None:
        self.answer: Answer | None = None

    def answered(self, answer: Answer) -> None:
        """Tells what the answer is so far; metrics and traces read the last one when the turn ends."""
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Ended:
    """A turn that has ended: ``waited`` and ``seconds`` are how long it was waited for and held, ``begun_ns`` the
    nanoseconds since 1970 when it began; ``answer`` is the last that was told of it."""

    kind: Kind
    waited: float
    seconds: float
    begun_ns: int
    answer: Answer | None

    @property
    def model_failed(self) -> bool:
        """Whether a model was to write the answer and did not."""
        answer = self.answer
        told = answer is not None and answer.writing is None and bool(answer.notices)
        return told and self.kind in (Kind.QUOTED, Kind.REFUSED)


class Admission:
    """Lets ``at_once`` answers be worked out at a time, ``each`` of them for one person; ``waiting`` may wait.

    Turns go round the persons who wait, the oldest question of each first. When too many wait, the person with the
    most of them loses the newest, so that nobody can fill the queue for the others. To be used in one event loop.
    """

    def __init__(self, at_once: int, waiting: int, each: int) -> None:
        self._at_once, self._room, self._each = at_once, waiting, each
        self._held: dict[str, int] = {}  # owner -> turns held, never 0
        self._queues: dict[str, deque[asyncio.Future[None]]] = {}  # owner -> who waits, never empty; in order of turn
        self._seconds: deque[float] = deque(maxlen=_RECENT)
        self._closed = False
        self._watchers: list[Callable[[Ended], None]] = []

    def watch(self, watcher: Callable[[Ended], None]) -> None:
        """Has ``watcher`` called with every turn that ends, in the event loop and in the context of its request."""
        self._watchers.append(watcher)

    @property
    def running(self) -> int:
        """How many turns are held."""
        return sum(self._held.values())

    @property
    def waiting(self) -> int:
        """How many wait for one."""
        return sum(len(queue) for queue in self._queues.values())

    @property
    def closed(self) -> bool:
        """Whether the server is stopping."""
        return self._closed

    def close(self) -> None:
        """From now on nobody gets a turn who does not hold or wait for one already."""
        self._closed = True

    @asynccontextmanager
    async def turn(self, owner: str) -> AsyncIterator[Turn]:
        """Waits for a turn and holds it. Raises Busy at once when too many wait or the server is stopping, and later
        when this place in the queue is given to somebody who has fewer. A cancelled waiter leaves the queue."""
        came = perf_counter()
        await self._begin(owner)
        begun, begun_ns, turn, kind = perf_counter(), time_ns(), Turn(), Kind.FAILED
        try:
            yield turn
            kind = _kind(turn.answer)
        except (asyncio.CancelledError, GeneratorExit):
            kind = Kind.STOPPED
            raise
        finally:
            seconds = perf_counter() - begun
            self._seconds.append(seconds)
            self._end(owner)
            for watcher in self._watchers:
                watcher(Ended(kind, begun - came, seconds, begun_ns, turn.answer))

    def retry_after(self) -> int:
        """Estimated whole seconds until those who are here now are done, from 1 to ``LONGEST``: their number, by
        the mean time of the last answers, over how many are worked out at once."""
        mean = sum(self._seconds) / len(self._seconds) if self._seconds else _FIRST_GUESS
        rounds = (self.running + self.waiting) / self._at_once
        return max(1, min(LONGEST, math.ceil(rounds * mean)))

    async def _begin(self, owner: str) -> None:
        if self._closed:
            raise Busy("This server is stopping; ask again in a moment.", 5)
        if self._may(owner):
            self._held[owner] = self._held.get(owner, 0) + 1
            return
        if self.waiting >= self._room:
            self._make_room(owner)
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queues.setdefault(owner, deque()).append(place)
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled() and place.exception() is None:
                self._end(owner)  # the turn came together with the cancellation: it goes to the next
            elif owner in self._queues and place in self._queues[owner]:
                self._leave(owner, place)
            raise

    def _may(self, owner: str) -> bool:
        return self.running < self._at_once and self._held.get(owner, 0) < self._each

    def _make_room(self, owner: str) -> None:
        """Sends away the newest of whoever waits with most questions; Busy where that would be the one who comes."""
        own = len(self._queues.get(owner, ()))
        most = max(self._queues, key=lambda each: len(self._queues[each]), default=owner)
        if len(self._queues.get(most, ())) <= own + 1:
            raise self._busy()
        place = self._queues[most][-1]
        self._leave(most, place)
        place.set_exception(self._busy())

    def _busy(self) -> Busy:
        seconds = self.retry_after()
        return Busy(f"Too many questions are waiting; ask again in {seconds} s.", seconds)

    def _leave(self, owner: str, place: asyncio.Future[None]) -> None:
        self._queues[owner].remove(place)
        if not self._queues[owner]:
            del self._queues[owner]

    def _end(self, owner: str) -> None:
        self._held[owner] -= 1
        if not self._held[owner]:
            del self._held[owner]
        while (following := next((each for each in self._queues if self._may(each)), None)) is not None:
            queue = self._queues.pop(following)
            place = queue.popleft()
            if queue:
                self._queues[following] = queue  # at the end: the others come first
            if not place.done():  # cancelled, and about to leave by itself
                self._held[following] = self._held.get(following, 0) + 1
                place.set_result(None)


def _kind(answer: Answer | None) -> Kind:
    if answer is None:
        return Kind.DONE
    if answer.refused:
        return Kind.REFUSED
    return Kind.WRITTEN if answer.writing is not None else Kind.QUOTED
