"""A parser with faults, to see what they cost; a worker process imports it by name."""

import os
import signal
import time
from datetime import datetime
from pathlib import Path

from index.parse import Parsed, read
from index.parse.draft import Stated


def faulty(path: Path, data: bytes, modified: datetime, stated: Stated | None = None) -> Parsed:
    """Reads a file as usual, unless its name says what to do instead."""
    match path.stem:
        case "hangs":
            time.sleep(3600)
        case "crashes":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "eats memory":
            held = [bytes(2**24) for _ in range(2**20)]
            assert held
        case "is wrong":
            raise ZeroDivisionError("a fault in the parser")
    return read(path, data, modified, stated)
