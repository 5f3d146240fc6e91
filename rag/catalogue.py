"""What is in the library, one document after the other: found by what is known of it, shown whole, taken out, read
again.

A file is one unit in all of this: its articles, attachments and members come and go together.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path, PurePosixPath

from index.errors import UsageError
from index.ingest import Progress, Summary
from index.types import Document, Entry, Precision
from rag.desk import Desk, ingest_paths
from rag.words import iso

UPLOADS = "uploads"
"""The folder in CITEDESK_HOME that holds the copies of uploaded files."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of documents is limited to; empty means no limit.

    Every one of the ``words`` occurs in title, outlet, author, date, file or part, whatever its case. ``since`` and
    ``until`` are inclusive; a document that states no date is left out as soon as either is set, and one that states a
    month or a year counts with all of its days. ``suffixes`` are those of the files, with their dot, in lower case.
    """

    words: tuple[str, ...] = ()
    outlets: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    suffixes: frozenset[str] = frozenset()
    since: date | None = None
    until: date | None = None


def words_of(typed: str) -> tuple[str, ...]:
    """The words of what somebody typed, as ``Wanted`` has them."""
    return tuple(typed.casefold().split())


def listed(entries: Sequence[Entry], wanted: Wanted) -> list[Entry]:
    """Those of the entries that are wanted, in their order."""
    return [one for one in entries if _is_wanted(one, wanted)]


def _is_wanted(one: Entry, wanted: Wanted) -> bool:
    if wanted.outlets and one.outlet not in wanted.outlets:
        return False
    if wanted.languages and one.language not in wanted.languages:
        return False
    if wanted.suffixes and suffix(one) not in wanted.suffixes:
        return False
    if wanted.since or wanted.until:
        last = last_day(one.published, one.precision) if one.published else None
        if one.published is None or last is None:
            return False
        if last < (wanted.since or date.min) or one.published > (wanted.until or date.max):
            return False
    fields = (one.title, one.outlet, one.author, iso(one.published, one.precision), file_name(one), one.part)
    text = " ".join(field for field in fields if field).casefold()
    return all(word.casefold() in text for word in wanted.words)


def last_day(published: date, precision: Precision) -> date:
    """The last day that a date of publication may mean."""
    if precision is Precision.DAY:
        return published
    if precision is Precision.YEAR:
        return date(published.year, 12, 31)
    return (published.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def file_name(one: Entry | Document) -> str:
    """The name of the file it came from, without its folder."""
    return PurePosixPath(one.source).name


def suffix(one: Entry | Document) -> str:
    """The suffix of the file, or of the part of it, that it came from: with its dot, in lower case."""
    return PurePosixPath(one.part or one.source).suffix.lower() or PurePosixPath(one.source).suffix.lower()


def sources(desk: Desk, named: Sequence[str]) -> tuple[str, ...]:
    """The files that are meant by document ids or paths, each once. A folder means all files below it. Raises
    UsageError for what is neither; nothing was done then."""
    entries = desk.library.entries()
    by_id = {one.id: one.source for one in entries}
    known = sorted({one.source for one in entries})
    found: dict[str, None] = {}
    for name in named:
        path = Path(name).expanduser().resolve().as_posix()
        below = [source for source in known if source == path or source.startswith(path.rstrip("/") + "/")]
        if name in by_id:
            below = [by_id[name]]
        if not below:
            raise UsageError(f"nothing in the library has the id or the path {name!r}; `citedesk documents` lists all")
        found |= dict.fromkeys(below)
    return tuple(found)


def remove(desk: Desk, chosen: Sequence[str]) -> None:
    """Takes these files out. They stay out when their folder is ingested again, and come back when one is named. The
    files themselves are left alone, but for copies of uploaded ones, which are deleted."""
    desk.library.exclude(chosen)
    desk.index.sync(desk.library)
    uploads = (desk.settings.home / UPLOADS).resolve()
    for source in map(Path, chosen):
        if source.parent == uploads:
            source.unlink(missing_ok=True)


def read_again(desk: Desk, chosen: Sequence[str], advance: Callable[[Progress], None] = lambda _: None) -> Summary:
    """Reads these files again, though they did not change; what cannot be read stays as it is and is told."""
    desk.library.forget_fingerprints(chosen)
    return ingest_paths(desk, [Path(source) for source in chosen], advance)
