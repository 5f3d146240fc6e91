"""What goes to a worker process and what comes back."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import Enum
from pathlib import Path

from index.parse import PARSER_VERSION, Parsed, Problem
from index.parse.draft import Stated
from index.types import Chunk, Document

Parser = Callable[[Path, bytes, datetime, Stated | None], Parsed]
"""``index.parse.read``, or another of its shape that a worker can import by its name."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost.

    ``size`` and ``memory`` are bytes, of the file and of address space that it may cost a worker. A parser may take
    ``seconds`` and ``seconds_a_megabyte`` of the file until it is done or says that it is getting on
    (``index.reading.pace``), and ``longest`` seconds in all. ``paragraphs`` are those of one document, ``characters``
    those of one paragraph: of a longer one nobody could say where a quote begins.
    """

    size: int = 512 * 2**20
    memory: int = 2 * 2**30
    seconds: float = 120.0
    seconds_a_megabyte: float = 1.0
    longest: float = 3600.0
    paragraphs: int = 100_000
    characters: int = 500_000


@dataclass(frozen=True, slots=True)
class Job:
    """One file to read. ``known`` is the fingerprint under which it was stored, ``budget`` a chunk's size in tokens;
    ``stated`` is what metadata tables say of it."""

    path: Path
    size: int
    known: str | None
    budget: int
    stated: Stated
    limits: Limits


@dataclass(frozen=True, slots=True)
class Piece:
    """A document, its chunks in order, and the packed ``signature`` of its text (see ``index.links.signature``)."""

    document: Document
    chunks: tuple[Chunk, ...]
    signature: bytes


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that was read: its documents, in order, and those of its parts that could not be read. There are no
    ``pieces`` where the library has them all already, under the same ``fingerprint``."""

    fingerprint: str
    pieces: tuple[Piece, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that could not be read, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Same:
    """A file whose content and metadata are those that the library has."""


Outcome = Taken | Unread | Same


def fingerprint(sha256: str, budget: int, stated: Stated) -> str:
    """What a file is known by: it changes with its content, and with whatever else changes what is stored of it."""
    said = {field.name: _plain(getattr(stated, field.name)) for field in fields(stated)}
    mark = "" if stated == Stated() else f" metadata={_digest(said)}"
    return f"{sha256}{settled(budget)}{mark}"


def settled(budget: int) -> str:
    """What is in the fingerprint of every file that was read by this program with this ``budget``."""
    return f" parser={PARSER_VERSION} budget={budget}"


def with_problems(whole: str, problems: tuple[Problem, ...]) -> str:
    """The fingerprint ``whole`` of a file with parts that cannot be read: it is read, and they are reported, each time,
    and written only when that gives something else."""
    return f"{whole} problems={_digest([[each.part, each.reason] for each in problems])}" if problems else whole


def _digest(said: object) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def _plain(value: object) -> object:
    """A value that JSON has."""
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Enum):
        return _plain(value.value)
    return value.isoformat() if isinstance(value, date) else value
