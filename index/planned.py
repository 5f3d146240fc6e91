"""What an ingest is about to do, and what could not be done of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from index.lists import Stays
from index.metadata import Metadata, Table
from index.parse import Problem
from index.types import Entry
from index.walk import shown

_MOST = 10  # problems told of one metadata table


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be ingested, or a metadata table that could not be followed, and why."""

    path: str
    reason: str


@dataclass(slots=True)
class Plan:
    """What the given paths hold, and what the library knows from there that is gone.

    ``metadata`` are the tables for ``files``; of these, those of ``complete`` are about files that are all among them.
    ``excluded`` are files that were taken out of the library and not given by name; ``unread`` the sources of files
    that failed, ``kept`` the ids of documents that stay though their part of a file could not be read.
    """

    files: list[Path] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    metadata: Metadata = field(default_factory=lambda: Metadata(()))
    complete: list[Table] = field(default_factory=list)

    def fail(self, path: Path, reason: str) -> None:
        """Notes that a file could not be ingested."""
        self.failed.append(Failure(shown(path), reason))
        self.unread.add(path.as_posix())

    def fail_parts(self, path: Path, problems: Sequence[Problem], stays: Mapping[str, Stays]) -> None:
        """Notes which parts of a file could not be read, and which stored documents stay for that, by their ids."""
        self.kept |= stays.keys()
        kept = Counter(one.problem.part for one in stays.values())
        for problem in problems:
            part = f"{shown(path)} → {shown(Path(problem.part))}"
            if problem.skipped:
                self.skipped.append(part)
            else:
                self.failed.append(Failure(part, f"{problem.reason}{_told(kept[problem.part])}"))

    def read(self, entry: Entry) -> bool:
        """Whether the document is of a part of a file that was not noted as one that could not be read."""
        return entry.source not in self.unread and entry.id not in self.kept

    def tell_of_tables(self) -> None:
        """Adds to ``failed`` what is wrong in the tables, once ``metadata`` was asked about every file."""
        for table in self.complete:
            found = self.metadata.problems(table)
            self.failed += [Failure(shown(table.source), problem) for problem in found[:_MOST]]
            if len(found) > _MOST:
                self.failed.append(Failure(shown(table.source), f"and {len(found) - _MOST} more like these"))


@dataclass(slots=True)
class Found:
    """What was come across below the given paths: metadata tables and files of metadata, the folders walked, those that
    cannot be listed."""

    tables: set[Path] = field(default_factory=set)
    sidecars: set[Path] = field(default_factory=set)
    walked: list[Path] = field(default_factory=list)
    closed: list[OSError] = field(default_factory=list)


def _told(kept: int) -> str:
    """What is said of the stored documents of a part that could not be read."""
    many = f"{kept:,} stored documents of it stay"
    return ("", "; its stored version stays")[kept] if kept < 2 else f"; {many}"
