"""Parsers that break in the ways in which parsers break; a worker process imports them by name."""

import os
import re
import signal
import subprocess
import time
from datetime import datetime
from pathlib import Path

from index.parse import Parsed
from index.parse.canonical import document
from index.parse.draft import Block, Draft, Stated
from index.reading.pace import progressed


def nasty(path: Path, data: bytes, modified: datetime, stated: Stated | None = None) -> Parsed:
    """A document with a paragraph a line, unless the file's content is one of these words."""
    match data.split():
        case [b"hang"]:
            time.sleep(60)
        case [b"spin"]:
            re.fullmatch("(a*)*b", "a" * 40)  # holds the interpreter's lock
        case [b"child"]:
            subprocess.run(["sleep", "60"])
        case [b"crash"]:
            os.kill(os.getpid(), signal.SIGSEGV)
        case [b"eat"]:
            held = [bytes(2**24) for _ in range(1000)]
            assert held
        case [b"blunder"]:
            raise ZeroDivisionError("a fault of the parser")
        case [b"print"]:
            os.write(1, b"noise " * 1000)
        case [b"nest"]:
            return nasty(path, data, modified, stated)
        case [b"slow"]:
            for _ in range(12):
                time.sleep(0.1)
                progressed()
        case [b"weak", *_]:
            _weaken()
    lines = tuple(map(Block, data.decode().splitlines()))
    made = document(Draft(lines, title="A title", language="en"), path, 0, modified)
    return Parsed((made,) if made else ())


_weakened: list[int] = []


def _weaken() -> None:
    """The second of such files in one process is too much for it."""
    _weakened.append(1)
    if len(_weakened) == 2:
        os.kill(os.getpid(), signal.SIGABRT)
