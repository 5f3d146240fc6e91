"""A memory for what was worked out last: bounded, for any thread, and freed with what it belongs to."""

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """The values of the ``size`` keys asked for last."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: dict[Key, Value] = {}  # the one asked for longest ago first
        self._lock = threading.Lock()

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        """The value of ``key``, made by ``make`` when it is not there; two threads at once may both make it."""
        with self._lock:
            if key in self._values:
                value = self._values[key] = self._values.pop(key)
                return value
        value = make()
        with self._lock:
            self._values[key] = value
            if len(self._values) > self._size:
                del self._values[next(iter(self._values))]
        return value
