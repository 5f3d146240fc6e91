"""A home folder in one file: made while a server runs, verified, and what can be read of it.

A ZIP file of one state of each SQLite file (library, accounts, conversations) and the uploaded files, with a manifest
that says how long each is and its SHA-256. The vector index is left out, because it is made anew from the library.
"""

import hashlib
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial as bound
from pathlib import Path

from index import snapshot
from index.errors import LibraryError, UsageError
from index.manifest import LIBRARY, NAME, UPLOADS, Manifest, Member, belongs, read_manifest, written
from index.swap import sync

_BLOCK = 1 << 20
_LEVEL = 1  # of deflate: higher ones take several times as long for a tenth less
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)


@dataclass(frozen=True, slots=True)
class Step:
    """``done`` of ``total`` bytes are dealt with; ``name`` is what is being done."""

    done: int
    total: int
    name: str


Advance = Callable[[Step], None]


def backup(home: Path, file: Path, *, force: bool = False, advance: Advance = lambda _: None) -> Manifest:
    """Writes what is in ``home`` to ``file`` (mode 0600: it holds password hashes), and reads it back to be sure.

    It may be in use meanwhile; each SQLite file is taken in one state. There is either a whole ``file`` in the end or
    none (with ``force``, the one that was there before). Needs room for it and, while it is made, for the library once
    more. Raises UsageError when there is no library or ``file`` is there already, LibraryError when the library is
    damaged or there is no room.
    """
    if not (home / LIBRARY).is_file():
        raise UsageError(f"there is no library in {home}; set CITEDESK_HOME to the folder that is to be backed up")
    if file.exists() and not force:
        raise UsageError(f"{file} is there already; name another file, or write over it with --force")
    partial, taken = file.with_name(file.name + ".part"), file.with_name(file.name + ".part-copy")
    try:
        with _explained(file.parent):
            try:
                _clear(partial, taken)
                manifest = _write(home, partial, taken, advance)
                with opened(partial) as archive:
                    read_all(archive, manifest, "verifying", advance)
                sync(partial)
                partial.replace(file)
                sync(file.parent)
            finally:
                _clear(partial, taken)
    except UsageError as error:  # of the file just written: not what was asked for, but what came of it
        raise LibraryError(f"the backup was not written as it should be: {error}") from error
    return manifest


def verify(file: Path, advance: Advance = lambda _: None) -> Manifest:
    """Reads all of a backup: every file is as it was written. Raises UsageError when it is none, or damaged."""
    with opened(file) as archive:
        manifest = read_manifest(archive)
        read_all(archive, manifest, "verifying", advance)
    return manifest


@contextmanager
def opened(file: Path) -> Iterator[zipfile.ZipFile]:
    """The backup file, open; UsageError for what goes wrong while it is read."""
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except FileNotFoundError as error:
        raise UsageError(f"there is no file {error.filename or file}") from error
    except _UNREADABLE as error:
        raise UsageError(f"{file} is not a whole backup ({error}); use another one") from error


def read_all(
    archive: zipfile.ZipFile, manifest: Manifest, what: str, advance: Advance, into: Path | None = None
) -> None:
    """Reads every file, and writes it below the folder ``into`` where one is given; each must have its length and
    SHA-256, or what ``opened`` makes a UsageError is raised."""
    done = 0
    for member in manifest.members:
        with archive.open(member.name) as source, _target(None if into is None else into / member.name) as copy:
            sha256, length = hashlib.sha256(), 0
            while block := source.read(_BLOCK):
                length += len(block)
                if length > member.size:
                    break  # it says less than it is: nobody knows how much more would come
                sha256.update(block)
                copy(block)
                advance(Step(done + length, manifest.size, f"{what} {member.name}"))
        if (length, sha256.hexdigest()) != (member.size, member.sha256):
            raise zipfile.BadZipFile(f"{member.name} in it is damaged")
        done += member.size


def _write(home: Path, partial: Path, taken: Path, advance: Advance) -> Manifest:
    """Writes the backup to ``partial``, and gives the manifest that stands in it."""
    databases = sorted((path for path in home.glob("*.sqlite") if belongs(path.name)), key=lambda p: p.name != LIBRARY)
    uploads = sorted(path for path in (home / UPLOADS).rglob("*") if path.is_file() and not path.is_symlink())
    total, members = sum(path.stat().st_size for path in [*databases, *uploads]), list[Member]()
    found: snapshot.Contents | None = None
    done = 0

    def tell(name: str, size: int) -> None:
        advance(Step(min(done + size, total), total, name))

    partial.touch(0o600, exist_ok=False)
    with partial.open("r+b") as stream, zipfile.ZipFile(stream, "w", compresslevel=_LEVEL) as archive:
        for path in databases:
            name, size = path.name, path.stat().st_size
            taken.touch(0o600, exist_ok=False)
            snapshot.copy(path, taken, bound(tell, f"copying {name}", 0))
            if wrong := snapshot.damage(taken):
                raise LibraryError(f"{path} is damaged ({wrong}); restore an earlier backup")
            if name == LIBRARY:
                found = snapshot.contents(taken)
            members.append(_add(archive, taken, name, tell))
            taken.unlink()
            done += size
        for path in uploads:
            members.append(_add(archive, path, path.relative_to(home).as_posix(), tell))
            done += members[-1].size
        assert found is not None
        made = datetime.now(UTC)
        manifest = Manifest(made, found.format, found.documents, found.chunks, tuple(members))
        archive.writestr(_info(NAME), written(manifest), compresslevel=_LEVEL)
    return manifest


def _add(archive: zipfile.ZipFile, path: Path, name: str, tell: Callable[[str, int], None]) -> Member:
    sha256, length = hashlib.sha256(), 0
    with path.open("rb") as source, archive.open(_info(name), "w", force_zip64=True) as member:
        while block := source.read(_BLOCK):
            sha256.update(block)
            length += len(block)
            member.write(block)
            tell(f"writing {name}", length)
    return Member(name, length, sha256.hexdigest())


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)  # its time stamp is 1980, whenever it is made: the manifest has the true one
    info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
    return info


@contextmanager
def _target(path: Path | None) -> Iterator[Callable[[bytes], None]]:
    """What is given to the function goes into a new file, or nowhere. Raises LibraryError when it cannot be written."""
    if path is None:
        yield lambda _: None
        return
    with ExitStack() as held:
        with _explained(path.parent):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.touch(0o600, exist_ok=False)
            stream = held.enter_context(path.open("r+b", buffering=0))

        def write(block: bytes) -> None:
            left = memoryview(block)
            with _explained(path.parent):
                while left:  # on a disk that fills up, a part is written
                    left = left[stream.write(left) :]

        yield write


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        free = shutil.disk_usage(folder).free // 1_000_000 if folder.is_dir() else 0
        raise LibraryError(
            f"{folder} could not be written ({error.strerror or error}), {free:,} MB are free there; "
            "choose a folder that can be written, on a disk with room"
        ) from error


def _clear(*paths: Path) -> None:
    for path in paths:
        for one in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm", "-journal"))):
            one.unlink(missing_ok=True)
