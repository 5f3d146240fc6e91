"""What an ingest is about to do: the files below the given paths, their metadata tables, and what is gone."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from index.errors import ParseError
from index.library import Library
from index.metadata import NAME, Metadata, Table, is_table, read_table
from index.parse import SUFFIXES

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
    """

    files: list[Path] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    metadata: Metadata = field(default_factory=lambda: Metadata(()))
    complete: list[Table] = field(default_factory=list)

    def tell_of_tables(self) -> None:
        """Adds to ``failed`` what is wrong in the tables, once ``metadata`` was asked about every file."""
        for table in self.complete:
            found = self.metadata.problems(table)
            self.failed += [Failure(shown(table.source), problem) for problem in found[:_MOST]]
            if len(found) > _MOST:
                self.failed.append(Failure(shown(table.source), f"and {len(found) - _MOST} more like these"))


@dataclass(slots=True)
class _Found:
    """What was come across below the given paths: metadata tables, the folders walked, those that cannot be listed."""

    tables: set[Path] = field(default_factory=set)
    walked: list[Path] = field(default_factory=list)
    closed: list[OSError] = field(default_factory=list)


def make_plan(library: Library, paths: Sequence[Path], allow_empty: bool) -> Plan:
    """The plan for ``paths``; see ``index.ingest.ingest``. Remembers in the library which metadata tables there are:
    one that was there once is looked for again, from whichever path below it."""
    plan, found, known = Plan(), _Found(), library.fingerprints()
    seen: set[str] = set()
    for given in paths:
        path = given.resolve()
        mine = [source for source in known if source == path.as_posix() or source.startswith(path.as_posix() + "/")]
        before = len(found.closed)
        files = [path] if path.is_file() else list(_walk(path, plan.skipped, found))
        closed = found.closed[before:]
        plan.failed += [Failure(shown(Path(error.filename)), error.strerror or "not listed") for error in closed]
        wanted = [file for file in files if file.suffix.lower() in SUFFIXES]
        if path.is_file():
            found.tables |= set(filter(is_table, _listed(path.parent)))
        if path.is_file() and not wanted:
            kinds = " ".join(sorted(SUFFIXES))
            what = f"not a kind of file that is read ({kinds})"
            plan.failed.append(
                Failure(
                    shown(given), "says what the files beside it are; ingest its folder" if is_table(path) else what
                )
            )
        elif not wanted and mine and not allow_empty:
            what = "holds no documents any more" if path.is_dir() else "does not exist any more"
            plan.failed.append(
                Failure(shown(given), f"{what}, {len(mine)} known files kept; to forget them, add --allow-empty")
            )
            continue
        elif not path.exists() and not mine:
            plan.failed.append(Failure(shown(given), "does not exist"))
        plan.files += [file for file in wanted if file.as_posix() not in seen]
        seen |= {file.as_posix() for file in wanted}
        shut = tuple(f"{Path(error.filename).as_posix()}/" for error in closed)
        plan.gone += [source for source in mine if not source.startswith(shut)]
    plan.gone = [source for source in plan.gone if source not in seen]
    _follow_tables(library, plan, found, allow_empty)
    return plan


def _follow_tables(library: Library, plan: Plan, found: _Found, allow_empty: bool) -> None:
    """Reads the tables. Files below one that cannot be followed are left out of the plan: what is known of them stays,
    because without it they could be seen by people who must not see them."""
    remembered = {Path(source) for source in library.metadata_tables()}
    folders = {folder for file in plan.files for folder in file.parents}
    missing = {table for table in remembered - found.tables if table.parent in folders and not table.is_file()}
    lost = {table for table in missing if all(other.parent != table.parent for other in found.tables)}  # not renamed
    there = found.tables | {table for table in remembered if table.parent in folders} - missing
    tables, folders_left = list[Table](), dict[Path, str]()
    if not allow_empty:
        gone = "is gone; put it back, or add --allow-empty to ingest without what it said"
        folders_left |= dict.fromkeys((table.parent for table in lost), gone)
    for source in sorted(there):
        try:
            if any(other != source and other.parent == source.parent for other in there):
                raise ParseError("stands beside another one that differs in capital letters only; keep one")
            tables.append(read_table(source, source.read_bytes()))
        except ParseError as error:
            folders_left[source.parent] = str(error)
        except OSError as error:
            folders_left[source.parent] = error.strerror or type(error).__name__
    for folder, reason in folders_left.items():
        left = [file for file in plan.files if folder in file.parents]
        plan.failed.append(
            Failure(
                shown(folder / NAME), f"{reason} (the {_files(len(left))} in its folder and below stayed as before)"
            )
        )
    plan.files = [file for file in plan.files if folders_left.keys().isdisjoint(file.parents)]
    plan.metadata = Metadata(tables)
    whole = [folder for folder in found.walked if folders_left.keys().isdisjoint((folder, *folder.parents))]
    plan.complete = [table for table in tables if table.source.parent in whole]
    forgotten = (
        lost
        if allow_empty
        else {table for table in remembered - there - lost if table.parent in found.walked or not table.parent.exists()}
    )
    there = {table for table in there if shown(table) == str(table)}  # else its files are refused for their names
    if there - remembered or forgotten:
        library.note_metadata_tables([each.as_posix() for each in there], [each.as_posix() for each in forgotten])


def _files(number: int) -> str:
    return f"{number} file" if number == 1 else f"{number} files"


def _walk(folder: Path, skipped: list[str], found: _Found) -> Iterator[Path]:
    """Visible files below ``folder`` that are read, in the order of their paths; the names of others are noted.

    Links to folders are not followed.
    """
    if not folder.is_dir():
        return
    paths: list[Path] = []
    for parent, folders, names in os.walk(folder, onerror=found.closed.append):
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths += [Path(parent, name) for name in names if not name.startswith(".")]
        found.walked.append(Path(parent))
    for path in sorted(paths):
        if not path.is_file():
            continue
        if path.suffix.lower() in SUFFIXES:
            yield path
        elif is_table(path):
            found.tables.add(path)
        else:
            skipped.append(shown(path))


def _listed(folder: Path) -> Iterable[Path]:
    try:
        return [path for path in folder.iterdir() if path.is_file()]
    except OSError:  # the file was given by its name, and its folder cannot be listed
        return [path] if (path := folder / NAME).is_file() else []


def shown(path: Path) -> str:
    """The path for people; on Linux a name can be any bytes, and what is not UTF-8 cannot be printed."""
    return os.fsencode(path).decode("utf-8", "replace")
