"""How far an ingest is, and how long it will still take."""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

WAITING = "waiting for another ingest to finish"
"""The name in a Progress while nothing else is done."""
_SETTLED = 3.0  # seconds before which a rate says nothing


@dataclass(frozen=True, slots=True)
class Progress:
    """Of ``total`` files ``done`` are dealt with: what changed in them is stored. ``name`` is the file at hand, or what
    else takes time.

    ``chunks`` were embedded so far, ``rate`` of them a second, 0 while that cannot be told; ``left`` are the seconds
    that the rest will take, None while that cannot be told.
    """

    done: int
    total: int
    name: str
    chunks: int = 0
    rate: float = 0.0
    left: float | None = None

    @property
    def words(self) -> str:
        """Chunks, rate and time left: ``1,480 chunks, 118 a second, 12 min left``; empty before the first chunk."""
        if not self.chunks:
            return ""
        parts = [f"{self.chunks:,} chunks", f"{self.rate:.0f} a second" if self.rate else ""]
        return ", ".join(filter(None, [*parts, "" if self.left is None else f"{duration(self.left)} left"]))


def duration(seconds: float) -> str:
    """``12 s``, ``3 min``, ``2 h 05 min``."""
    minutes = round(seconds / 60)
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"


class Meter:
    """Counts what was done, and tells ``advance``. Only for the thread that ingests."""

    def __init__(self, total: int, weight: int, advance: Callable[[Progress], None]) -> None:
        """``weight`` are the bytes of the files that have probably to be embedded."""
        self._total, self._weight, self._advance = total, weight, advance
        self._begun: float | None = None
        self._embedded, self._chunks, self._name, self._done = 0, 0, "", 0

    def at(self, name: str, done: int) -> None:
        """The file at hand, and the number of files that are dealt with."""
        self._name, self._done = name, done
        self._tell()

    def begin(self) -> None:
        """What follows is work: from here on, time counts."""
        if self._begun is None:
            self._begun = monotonic()

    def chunks(self, number: int) -> None:
        """So many more chunks are embedded."""
        self._chunks += number
        self._tell()

    def bytes(self, number: int) -> None:
        """So many more bytes of the ``weight`` are embedded, or found to need nothing."""
        self._embedded += number

    def _tell(self) -> None:
        elapsed = 0.0 if self._begun is None else monotonic() - self._begun
        rate, left = 0.0, None
        if elapsed >= _SETTLED:
            rate = self._chunks / elapsed
            if self._embedded:
                left = max(0, self._weight - self._embedded) / self._embedded * elapsed
        self._advance(Progress(self._done, self._total, self._name, self._chunks, rate, left))
