"""How a parser that takes long says that it is getting on; its time limit then begins anew."""

from collections.abc import Callable

_told: list[Callable[[], None]] = []


def progressed() -> None:
    """To be called after each part of slow work, as a page that was recognised. Costs microseconds; outside of a worker
    process it does nothing."""
    for tell in _told:
        tell()


def tell(whom: Callable[[], None]) -> None:
    """Has ``whom`` called at each step from now on, and nobody else."""
    _told[:] = [whom]
