"""Failed tries are told to wait, longer each time."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

FORGET = 900.0
"""Seconds without a failure after which somebody begins anew."""
_MOST = 10_000  # whoever is remembered; the longest quiet one is forgotten first


@dataclass(frozen=True, slots=True)
class _Tries:
    count: int
    last: float


class Throttle:
    """After ``free`` failures each further try waits 1, 2, 4 … seconds, ``longest`` at most.

    A try counts as a failure from its beginning, so that many at once are no way around. Used from any thread.
    """

    def __init__(self, free: int, longest: float, now: Callable[[], float] = time.monotonic) -> None:
        self._free, self._longest, self._now = free, longest, now
        self._tries: OrderedDict[str, _Tries] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, who: str) -> float:
        """Seconds until ``who`` may try; 0 for now."""
        with self._lock:
            tries = self._of(who)
            if tries.count < self._free:
                return 0.0
            pause: float = min(self._longest, 2.0 ** min(tries.count - self._free, 30))
            return max(0.0, tries.last + pause - self._now())

    def failed(self, who: str) -> None:
        """Counts a try as failed."""
        with self._lock:
            self._tries[who] = _Tries(self._of(who).count + 1, self._now())
            self._tries.move_to_end(who)
            if len(self._tries) > _MOST:
                self._tries.popitem(last=False)

    def take_back(self, who: str, *, all_of_them: bool) -> None:
        """The last try did not fail after all; ``all_of_them`` forgets those before as well."""
        with self._lock:
            tries = self._of(who)
            if all_of_them or tries.count <= 1:
                self._tries.pop(who, None)
            else:
                self._tries[who] = _Tries(tries.count - 1, tries.last)

    def _of(self, who: str) -> _Tries:
        tries = self._tries.get(who)
        return tries if tries and self._now() - tries.last < FORGET else _Tries(0, 0.0)
