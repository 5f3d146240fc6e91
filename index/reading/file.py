"""A file's content, read so that nothing hangs, nothing fills the memory, and nothing is half old and half new."""

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import sleep, time
from typing import BinaryIO

from index.errors import ParseError

_AT_ONCE = 2**20  # bytes
_TICK = 0.02  # seconds, longer than the steps of a file system's clock on Linux (up to 10 ms)


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of a file, their SHA-256, and the file's time stamp in UTC."""

    data: bytes
    sha256: str
    modified: datetime


def size_of(path: Path, most: int) -> int:
    """The bytes in a file. Raises ParseError when it is no plain file, or larger than ``most`` bytes, and OSError."""
    return _checked(path.stat(), most)


def sha256_of(path: Path, most: int) -> str:
    """The SHA-256 of a file of up to ``most`` bytes, in hexadecimal, without holding the file. Raises as ``load``; a
    file that changes meanwhile gives the hash of neither state."""
    digest = hashlib.sha256()
    with _open(path, most) as (file, _):
        while block := file.read(_AT_ONCE):
            digest.update(block)
    return digest.hexdigest()


def load(path: Path, most: int) -> Content:
    """The content of a file of up to ``most`` bytes, all of one moment. Raises ParseError when it is larger, when it is
    no plain file, or when somebody is writing to it; OSError when it cannot be opened or read."""
    previous = None
    for _ in range(3):
        with _open(path, most) as (file, before):
            data = file.read(before.st_size + 1)  # of a file that has grown, one byte tells that it has
        after = path.stat()
        if len(data) == before.st_size and _moment(before) == _moment(after):
            # Two writes within a tick of the clock leave the same time stamp: what is that young is read twice.
            if time() - after.st_mtime > _TICK or data == previous:
                return Content(data, hashlib.sha256(data).hexdigest(), datetime.fromtimestamp(after.st_mtime, UTC))
            previous = data
        sleep(_TICK)
    raise ParseError("is being written to; it stays as it was until the next run")


def reason(error: ParseError | OSError) -> str:
    """Why a file could not be read, without its name."""
    if isinstance(error, ParseError):
        return str(error)
    if isinstance(error, FileNotFoundError):
        return "was removed while its folder was being read; what is known of it stays until the next run"
    return error.strerror or type(error).__name__


def amount(size: int) -> str:
    """A number of bytes in words: ``512 MB``, ``2.1 GB``."""
    gigabytes = size / 2**30
    return f"{gigabytes:.1f} GB".replace(".0 ", " ") if gigabytes >= 1 else f"{max(1, size // 2**20)} MB"


@contextmanager
def _open(path: Path, most: int) -> Iterator[tuple[BinaryIO, os.stat_result]]:
    # Without O_NONBLOCK, to open a pipe is to wait for somebody to write into it.
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as file:
        before = os.fstat(handle)
        _checked(before, most)
        yield file, before


def _checked(found: os.stat_result, most: int) -> int:
    if not stat.S_ISREG(found.st_mode):
        raise ParseError("is a pipe, a socket or a device, not a file")
    if found.st_size > most:
        raise ParseError(f"is {amount(found.st_size)}, larger than {amount(most)}: split it")
    return found.st_size


def _moment(found: os.stat_result) -> tuple[int, int, int]:
    return (found.st_ino, found.st_size, found.st_mtime_ns)
