"""A backup put back: all of it is checked first, then every file of the home folder is exchanged at once."""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from index import snapshot
from index.backup import Advance, opened, read_all
from index.errors import LibraryError, UsageError
from index.manifest import LIBRARY, Manifest, read_manifest
from index.swap import discard, finish, in_the_way, stage, swap

_SPARE = 1.1  # times the bytes of the backup that must be free


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, and the folder that holds what was there before; None where nothing was."""

    manifest: Manifest
    aside: Path | None


def restore(file: Path, home: Path, *, force: bool = False, advance: Advance = lambda _: None) -> Restored:
    """Makes ``home`` hold what the backup ``file`` holds; nothing is touched before all of it was verified.

    What is in ``home`` already is refused, or, with ``force``, moved to a folder in it. A library of an older format
    is brought to the present one when it is opened. The vector index is made anew at the first question or ingest.
    Killed at any moment, ``home`` holds what it held before, or the rest is done when it is opened next. Raises
    UsageError when the backup is damaged or of a newer citedesk, or ``home`` is in use; LibraryError without room.
    """
    with opened(file) as archive:  # before the folder is made
        manifest = read_manifest(archive)
    with _owned(home):
        present = in_the_way(home)
        if present and not force:
            raise UsageError(
                f"{home} holds {', '.join(present)} already; restore into another folder with --into, or move what is "
                "there aside with --force"
            )
        try:
            _extract(file, home, manifest, advance)
            _refuse_in_use(home)
            return Restored(manifest, swap(home, _aside(home)))
        except OSError as error:
            raise LibraryError(f"{home} could not be written ({error.strerror or error})") from error
        finally:
            if not (home / ".restoring" / "ready").exists():
                discard(home)


def _extract(file: Path, home: Path, manifest: Manifest, advance: Advance) -> None:
    need, free = int(manifest.size * _SPARE), shutil.disk_usage(home).free
    if free < need:
        raise LibraryError(
            f"restoring needs {need // 1_000_000:,} MB in {home} and {free // 1_000_000:,} MB are free; make room first"
        )
    folder = stage(home)
    with opened(file) as archive:
        read_all(archive, manifest, "restoring", advance, folder)
    for path in folder.glob("*.sqlite"):
        if wrong := snapshot.damage(path):
            raise UsageError(f"{file} is not a whole backup ({path.name} in it is damaged: {wrong}); use another one")
    library = folder / LIBRARY
    found = snapshot.contents(library)
    if (found.format, found.documents, found.chunks) != (manifest.format, manifest.documents, manifest.chunks):
        raise UsageError(f"{file} is not a whole backup (its library holds {found}); use another one")
    snapshot.rename_library(library)


@contextmanager
def _owned(home: Path) -> Iterator[None]:
    """The home folder, in use by no other process."""
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        finish(home)
        with ExitStack() as held:
            for name in ("ingest.lock", "chroma.lock"):
                lock = FileLock(home / name)
                lock.acquire(timeout=0)
                held.callback(lock.release)
            _refuse_in_use(home)
            yield
    except Timeout as error:
        raise _in_use(home) from error
    except OSError as error:
        raise LibraryError(f"{home} could not be written ({error.strerror or error})") from error


def _refuse_in_use(home: Path) -> None:
    for name in in_the_way(home):
        if name.endswith(".sqlite") and snapshot.in_use(home / name):
            raise _in_use(home)


def _in_use(home: Path) -> UsageError:
    return UsageError(f"{home} is in use; stop `citedesk serve` and every other citedesk there, then run it again")


def _aside(home: Path) -> str:
    """A name that is free for the folder of what was there before."""
    name = f"before-{datetime.now(UTC):%Y-%m-%d}"
    number = 1
    while os.path.lexists(home / (aside := name if number == 1 else f"{name}-{number}")):
        number += 1
    return aside
