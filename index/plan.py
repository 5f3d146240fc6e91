"""What an ingest is about to do: the files below the given paths, their metadata tables, and what is gone."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from index.following import follow_sidecars, follow_tables
from index.library import Library
from index.metadata import NAME, is_table
from index.parse import ADVICE, SUFFIXES
from index.planned import Failure as Failure
from index.planned import Found
from index.planned import Plan as Plan
from index.sidecars import is_sidecar, sidecar_of
from index.walk import below, unreadable
from index.walk import shown as shown


def make_plan(library: Library, paths: Sequence[Path], allow_empty: bool) -> Plan:
    """The plan for ``paths``; see ``index.ingest.ingest``. Remembers in the library which metadata tables there are:
    one that was there once is looked for again, from whichever path below it."""
    plan, found, known, out = Plan(), Found(), library.fingerprints(), library.excluded()
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
    beside = follow_sidecars(library, plan, found, allow_empty)
    follow_tables(library, plan, found, beside, allow_empty)
    return plan


def _walk(folder: Path, plan: Plan, found: Found) -> Iterator[Path]:
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
