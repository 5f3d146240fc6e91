"""The files of a home folder exchanged for others: all of them or none, even where the process is killed.

The others lie in ``.restoring/new`` below the folder. Once they are complete, ``.restoring/ready`` says so, and from
then on the exchange is finished by whoever comes next: each step can be done again. It goes file by file, because the
folder itself may be a volume that cannot be renamed.
"""

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

_STAGE = ".restoring"
_CACHES = ("chroma", "chroma.unsettled")  # made anew from the library
_BESIDE = ("-wal", "-shm", "-journal")  # what SQLite keeps beside a file and belongs to it
_PATIENCE = 60.0  # seconds to wait for the process that is at it


@dataclass(frozen=True, slots=True)
class _Plan:
    """``names`` are put in place, what is there now goes to the folder ``aside``."""

    aside: str
    names: tuple[str, ...]


def stage(home: Path) -> Path:
    """The empty folder for the files that are to be put in place; what an earlier attempt left is gone."""
    discard(home)
    folder = home / _STAGE / "new"
    folder.mkdir(mode=0o700, parents=True)
    return folder


def discard(home: Path) -> None:
    """Forgets what was staged."""
    shutil.rmtree(home / _STAGE, ignore_errors=True)


def in_the_way(home: Path) -> tuple[str, ...]:
    """The names in ``home`` of what an exchange would move aside: its SQLite files and uploads."""
    found = [path.name for path in home.glob("*.sqlite")]
    return tuple(sorted([*found, *(["uploads"] if (home / "uploads").exists() else [])]))


def swap(home: Path, aside: str) -> Path | None:
    """Puts what is staged in its place; the folder ``aside`` in ``home`` that the earlier files are in, None without
    any. To be called by the owner of ``ingest.lock``. Raises OSError; a later ``finish`` then completes it."""
    folder = home / _STAGE / "new"
    names = sorted(path.name for path in folder.iterdir())
    for path in folder.rglob("*"):
        sync(path)
    sync(folder)
    marker = home / _STAGE / "ready"
    partial = marker.with_suffix(".part")
    partial.write_text(json.dumps([aside, names]), encoding="utf-8")
    sync(partial)
    partial.rename(marker)
    sync(marker.parent)
    _exchange(home)
    return home / aside if (home / aside).is_dir() else None


def finish(home: Path) -> None:
    """Completes an exchange that was interrupted; costs microseconds when there is none. Waits for a process that is at
    it. Raises OSError."""
    if not (home / _STAGE / "ready").exists():
        return
    with FileLock(home / "ingest.lock", timeout=_PATIENCE):
        if (home / _STAGE / "ready").exists():
            _exchange(home)


def sync(path: Path) -> None:
    """Has the system write a file or a folder to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _exchange(home: Path) -> None:
    marker, new = home / _STAGE / "ready", home / _STAGE / "new"
    aside, names = json.loads(marker.read_text(encoding="utf-8"))
    plan = _Plan(aside, tuple(names))
    if all((new / name).exists() for name in plan.names):
        # None is in its place yet, so what is there is of before. A side file goes before the one it belongs to: SQLite
        # would take it for one of the file that comes next.
        mine = [name for name in in_the_way(home) if name not in plan.names]
        beside = [name + end for name in in_the_way(home) for end in _BESIDE]
        _move(home, [*beside, *_CACHES, *mine], home / plan.aside)
    for name in plan.names:
        if (new / name).exists():
            _move(home, [name], home / plan.aside)
            (new / name).rename(home / name)
    sync(home)
    marker.unlink()
    sync(marker.parent)
    discard(home)


def _move(home: Path, names: list[str], into: Path) -> None:
    for name in names:
        if os.path.lexists(home / name):
            into.mkdir(mode=0o700, exist_ok=True)
            (home / name).rename(into / name)
    if into.is_dir():
        sync(into)
