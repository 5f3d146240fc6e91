"""What is said of files outside of them, in metadata tables and beside single ones: read for a plan, and missed when it
is gone."""

from collections.abc import Mapping
from pathlib import Path

from index.errors import ParseError
from index.library import Library
from index.metadata import NAME, Metadata, Table, is_table, read_table
from index.parse.draft import Stated
from index.planned import Failure, Found, Plan
from index.sidecars import ENDING, is_sidecar, read_sidecar, sidecar_of
from index.walk import in_utf8, shown


def follow_sidecars(library: Library, plan: Plan, found: Found, allow_empty: bool) -> dict[Path, Stated]:
    """Reads what is said beside single files of the plan, and remembers where something is; like tables, what cannot be
    followed leaves its file as it was."""
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


def follow_tables(library: Library, plan: Plan, found: Found, beside: Mapping[Path, Stated], allow_empty: bool) -> None:
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
