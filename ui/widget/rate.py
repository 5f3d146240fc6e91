"""How many questions one person of the widget may ask a minute."""

from collections import deque
from collections.abc import Callable
from math import ceil
from time import monotonic

WINDOW = 60.0
"""Seconds over which questions are counted."""
_SWEEP = 1000  # names kept before those that asked nothing lately are forgotten


class Rate:
    """At most ``most`` questions of one name within any ``WINDOW``. To be used in one event loop.

    ``clock`` gives seconds that never go back.
    """

    def __init__(self, most: int, clock: Callable[[], float] = monotonic) -> None:
        self._most, self._clock = most, clock
        self._asked: dict[str, deque[float]] = {}

    def take(self, name: str) -> int:
        """Counts a question and returns 0; or counts nothing and returns in how many seconds the next may be asked."""
        now = self._clock()
        if len(self._asked) >= _SWEEP:
            self._asked = {who: times for who, times in self._asked.items() if now - times[-1] < WINDOW}
        times = self._asked.setdefault(name, deque())
        while times and now - times[0] >= WINDOW:
            times.popleft()
        if len(times) >= self._most:
            return max(1, ceil(times[0] + WINDOW - now))
        times.append(now)
        return 0
