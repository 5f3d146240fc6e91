"""What an ingest is about to do: the files below the given paths, their metadata tables, and what is gone."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from index.errors import ParseError
from index.library import Library
from index.metadata import NAME, Metadata, Table, is_table, read_table
from index.parse import ADVICE, SUFFIXES
from index.parse.draft import Stated
from index.sidecars import ENDING, is_sidecar, read_sidecar, sidecar_of
from index.walk import below, in_utf8, unreadable
from index.walk import shown as shown

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
    that failed.
    """

    files: list[Path] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)
    metadata: Metadata = field(default_factory=lambda: Metadata(()))
    complete: list[Table] = field(default_factory=list)

    def fail(self, path: Path, reason: str) -> None:
        """Notes that a file could not be ingested."""
        self.failed.append(Failure(shown(path), reason))
        self.unread.add(path.as_posix())

    def tell_of_tables(self) -> None:
        """Adds to ``failed`` what is wrong in the tables, once ``metadata`` was asked about every file."""
        for table in self.complete:
            found = self.metadata.problems(table)
            self.failed += [Failure(shown(table.source), problem) for problem in found[:_MOST]]
            if len(found) > _MOST:
                self.failed.append(Failure(shown(table.source), f"and {len(found) - _MOST} more like these"))


@dataclass(slots=True)
class _Found:
    """What was come across below the given paths: metadata tables and files of metadata, the folders walked, those that
    cannot be listed."""

    tables: set[Path] = field(default_factory=set)
    sidecars: set[Path] = field(default_factory=set)
    walked: list[Path] = field(default_factory=list)
    closed: list[OSError] = field(default_factory=list)


def make_plan(library: Library, paths: Sequence[Path], allow_empty: bool) -> Plan:
    """The plan for ``paths``; see ``index.ingest.ingest``. Remembers in the library which metadata tables there are:
    one that was there once is looked for again, from whichever path below it."""
    plan, found, known, out = Plan(), _Found(), library.fingerprints(), library.excluded()
    seen: set[str] = set()
    for given in paths:
        path = given.resolve()
        mine = [source for source in known if source == path.as_posix() or source.startswith(path.as_posix() + "/")]
        before = len(found.closed)
        files = [path] if path.is_file() else list(_walk(path, plan, found))
        closed = found.closed[before:]
        plan.failed += [Failure(shown(Path(error.filename)), error.strerror or "not listed") for error in closed]
        wanted = [file for file in files if file.suffix.lower() in SUFFIXES and not is_table(file)]
        if path.is_file():
            found.tables |= set(filter(is_table, _listed(path.parent)))
            found.sidecars |= {beside for beside in [sidecar_of(path)] if beside.is_file()}
            library_out = out & {file.as_posix() for file in wanted}
            if library_out:
                library.include(sorted(library_out))  # it was given by its name: it is meant
        else:
            plan.excluded += [shown(file) for file in wanted if file.as_posix() in out]
            wanted = [file for file in wanted if file.as_posix() not in out]
        if path.is_file() and not wanted:
            plan.failed.append(Failure(shown(given), _not_read(path)))
        elif not wanted and mine and not allow_empty:
            what = "holds no documents any more" if path.is_dir() else "does not exist any more"
            plan.failed.append(
                Failure(shown(given), f"{what}, {len(mine)} known files kept; to forget them, add --allow-empty")
            )
            continue
        elif not mine and not (path.is_file() or path.is_dir()):
            plan.failed.append(Failure(shown(given), _absent(given)))
        plan.files += [file for file in wanted if file.as_posix() not in seen]
        seen |= {file.as_posix() for file in wanted}
        shut = tuple(f"{Path(error.filename).as_posix()}/" for error in closed)
        plan.gone += [source for source in mine if not source.startswith(shut)]
    plan.gone = [source for source in plan.gone if source not in seen]
    beside = _follow_sidecars(library, plan, found, allow_empty)
    _follow_tables(library, plan, found, beside, allow_empty)
    return plan


def _follow_sidecars(library: Library, plan: Plan, found: _Found, allow_empty: bool) -> dict[Path, Stated]:
    """What is said beside single files; like tables, those that cannot be followed leave their file as it was."""
    remembered = {path for path in map(Path, library.metadata_tables()) if is_sidecar(path)}
    files = {sidecar_of(file): file for file in plan.files}
    beside, left = dict[Path, Stated](), set[Path]()
    gone = {each for each in remembered - found.sidecars if each in files and not each.is_file()}
    for sidecar in sorted((found.sidecars | remembered) & files.keys()):
        file = files[sidecar]
        try:
            if sidecar in gone and not allow_empty:
                raise ParseError("is gone; put it back, or add --allow-empty to ingest without what it said")
            if sidecar not in gone:
                beside[file] = read_sidecar(sidecar.read_bytes())
        except (ParseError, OSError) as error:
            reason = str(error) if isinstance(error, ParseError) else error.strerror or type(error).__name__
            plan.failed.append(Failure(shown(sidecar), f"{reason} ({shown(Path(file.name))} stayed as before)"))
            left.add(file)
    for sidecar in sorted(found.sidecars - files.keys()):
        if not (named := sidecar.with_name(sidecar.name[: -len(ENDING)])).exists():
            reason = f"no file that is read is named {shown(Path(named.name))!r}; correct or remove it"
            plan.failed.append(Failure(shown(sidecar), reason))
    plan.files = [file for file in plan.files if file not in left]
    there = {each for each in found.sidecars & files.keys() if in_utf8(each)}
    forgotten = (gone if allow_empty else set()) | {
        each for each in remembered - found.sidecars - gone if not each.exists() and each.parent in found.walked
    }
    if there - remembered or forgotten:
        library.note_metadata_tables([each.as_posix() for each in there], [each.as_posix() for each in forgotten])
    return beside


def _follow_tables(
    library: Library, plan: Plan, found: _Found, beside: Mapping[Path, Stated], allow_empty: bool
) -> None:
    """Reads the tables. Files below one that cannot be followed are left out of the plan: what is known of them stays,
    because without it they could be seen by people who must not see them."""
    remembered = set(filter(is_table, map(Path, library.metadata_tables())))
    nearest = {file.parent for file in plan.files}
    folders = nearest.union(*(folder.parents for folder in nearest))
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
    if folders_left:
        plan.files = [file for file in plan.files if folders_left.keys().isdisjoint(file.parents)]
    plan.metadata = Metadata(tables, beside)
    walked = set(found.walked)
    whole = [table for table in tables if folders_left.keys().isdisjoint(table.source.parents)]
    plan.complete = [table for table in whole if table.source.parent in walked]
    forgotten = (
        lost
        if allow_empty
        else {table for table in remembered - there - lost if table.parent in walked or not table.parent.exists()}
    )
    there = {table for table in there if in_utf8(table)}  # else its files are refused for their names
    if there - remembered or forgotten:
        library.note_metadata_tables([each.as_posix() for each in there], [each.as_posix() for each in forgotten])


def _files(number: int) -> str:
    return f"{number} file" if number == 1 else f"{number} files"


def _walk(folder: Path, plan: Plan, found: _Found) -> Iterator[Path]:
    """Visible files below ``folder`` that are read, in the order of their paths; the names of others are noted, and why
    what looks like one of them is none."""
    inside = below(folder)
    found.walked += inside.folders
    found.closed += inside.closed
    for path in inside.files:
        problem = unreadable(path)
        if problem is not None:
            if problem and path.suffix.lower() in SUFFIXES:
                plan.failed.append(Failure(shown(path), problem))
        elif is_table(path):
            found.tables.add(path)
        elif is_sidecar(path):
            found.sidecars.add(path)
        elif path.suffix.lower() in SUFFIXES:
            yield path
        else:
            plan.skipped.append(shown(path))


def _not_read(path: Path) -> str:
    """Why a file that was given by its name is not one that is read."""
    if is_table(path):
        return "says what the files beside it are; ingest its folder"
    advice = ADVICE.get(path.suffix.lower())
    return f"cannot be read: {advice}" if advice else f"not a kind of file that is read ({' '.join(sorted(SUFFIXES))})"


def _absent(path: Path) -> str:
    """Why there is nothing at a path that was given by its name."""
    if path.is_symlink() or path.exists():
        return unreadable(path) or "does not exist"
    return "does not exist"


def _listed(folder: Path) -> Iterable[Path]:
    try:
        return [path for path in folder.iterdir() if path.is_file()]
    except OSError:  # the file was given by its name, and its folder cannot be listed
        return [path] if (path := folder / NAME).is_file() else []
