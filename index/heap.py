"""Memory that was freed, given back to the system.

The C library keeps what is freed for later: after a model or 100,000 vectors were read, that is a hundred megabytes.
"""

import ctypes
import sys
from contextlib import suppress


def trim() -> None:
    """Gives back what is free; takes some milliseconds. Does nothing where the C library is not GNU's."""
    if sys.platform != "linux":
        return
    with suppress(AttributeError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)
