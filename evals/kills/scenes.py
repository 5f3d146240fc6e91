"""The scenes: a home folder before, what is done to it and killed, and what may be found afterwards."""

import shutil
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from evals.kills.acts import ACCOUNTS, LIBRARY, Notes, embed_again, follow, put_back, save, take_in, whole
from evals.kills.held import NOTHING, Held, held
from evals.kills.material import change, write
from evals.kills.older import as_format_2, mark
from evals.kills.process import fresh

Act = Callable[[Path, Notes], None]
NAMES = ("first ingest", "index anew", "reembed", "upgrade", "backup", "restore", "ingest of changes")


@dataclass(frozen=True, slots=True)
class Scene:
    """``act`` turns ``start``, which holds ``before``, into what holds ``after``, in ``seconds`` and with ``notes``
    lines noted when nothing stops it; after a kill it is done once more.

    ``at_once``: all documents change together, or none. ``raw``: it is judged by what lies there before the library is
    opened, because opening changes it. ``file`` is a backup that must be whole whatever happens.
    """

    name: str
    start: Path
    act: Act
    before: Held
    after: Held
    seconds: float
    notes: int
    at_once: bool = False
    raw: bool = False
    file: Path | None = None


def scenes(scratch: Path, size: int, wanted: Collection[str]) -> Iterator[Scene]:
    """Those of the scenes that are ``wanted``, over ``size`` chunks, in the order of NAMES; made in the empty folder
    ``scratch``, each when it is asked for. One scene's folders change with the next: it must be done with by then."""
    news, empty, base, other = (scratch / name for name in ("news", "empty", "base", "other"))
    write(news, size)
    empty.mkdir()
    ingest = partial(_ingest, news)
    first = _made("first ingest", empty, ingest, NOTHING, base)
    mark(base / ACCOUNTS, "before")
    if first.name in wanted:
        yield first
    filled = first.after
    if "index anew" in wanted:
        bare = scratch / "bare"
        shutil.copytree(base, bare, ignore=shutil.ignore_patterns("chroma"))
        yield _made("index anew", bare, follow, filled, other)
    if not {"reembed", "restore"}.isdisjoint(wanted):
        again = scratch / "again"
        embedded = replace(_made("reembed", base, embed_again, filled, again), at_once=True)
        if embedded.name in wanted:
            yield embedded
        mark(again / ACCOUNTS, "after")
    if "upgrade" in wanted:
        older = scratch / "older"
        shutil.copytree(base, older)
        as_format_2(older / LIBRARY)
        yield replace(_made("upgrade", older, follow, held(older / LIBRARY), other), at_once=True, raw=True)
    if not {"backup", "restore"}.isdisjoint(wanted):
        file = scratch / "home.backup"
        fresh(partial(save, file, base, Notes(scratch / "notes-whole")))
    if "backup" in wanted:
        yield replace(_made("backup", base, partial(save, file), filled, other), file=file)
    if "restore" in wanted:
        back = _made("restore", again, partial(put_back, file), embedded.after, other)
        yield replace(back, at_once=True, file=file)
    if "ingest of changes" in wanted:
        change(news, size)
        yield _made("ingest of changes", base, ingest, filled, other)


def _made(name: str, start: Path, act: Act, before: Held, result: Path) -> Scene:
    """The scene, with what ``act`` makes of ``start`` when nothing stops it; that is left in the folder ``result``."""
    shutil.rmtree(result, ignore_errors=True)
    shutil.copytree(start, result)
    notes = Notes(result.with_name("notes-whole"))
    notes.path.unlink(missing_ok=True)
    seconds = fresh(partial(act, result, notes)).seconds
    after = fresh(partial(held, result / LIBRARY)).result
    if after.wrong:
        raise AssertionError(f"{name}, not killed, leaves a library with a fault: {after.wrong}")
    return Scene(name, start, act, before, after, seconds, len(notes.lines()))


def _ingest(news: Path, home: Path, notes: Notes) -> None:
    take_in(home, news, notes)


def sound(file: Path | None) -> bool:
    """Whether the backup is there and whole."""
    return file is None or fresh(partial(whole, file)).result >= 0
