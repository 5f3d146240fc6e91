"""What a backup says that it holds: its manifest, how it is written and how it is believed."""

import json
import re
import zipfile
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import PurePosixPath

from index.errors import UsageError
from index.schema import FORMAT

LIBRARY, UPLOADS = "library.sqlite", "uploads"
"""What is in a home folder: the library, and the folder of the files that were uploaded."""
NAME = "manifest.json"
_KIND = 1  # raise it when an older program could not restore the file
_SQLITE = re.compile(r"[\w-]+\.sqlite")
_LONGEST = 64 << 20  # bytes of a manifest: half a million uploads


@dataclass(frozen=True, slots=True)
class Member:
    """One file: its path below the home folder, in POSIX form, its length in bytes and its SHA-256 in hex."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds: when it was made (UTC), the format of its library with the numbers of documents and chunks,
    and its files, the library first."""

    made: datetime
    format: int
    documents: int
    chunks: int
    members: tuple[Member, ...]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(member.size for member in self.members)


def written(manifest: Manifest) -> str:
    """The manifest as JSON."""
    return json.dumps({"kind": _KIND, **asdict(manifest), "made": manifest.made.isoformat()}, indent=1)


def read_manifest(archive: zipfile.ZipFile) -> Manifest:
    """What the backup says that it holds. Raises UsageError when this program cannot restore it, or no program should;
    and what ``index.backup.opened`` makes one."""
    listed = {info.filename: info for info in archive.infolist()}
    if NAME not in listed or listed[NAME].file_size > _LONGEST:
        raise zipfile.BadZipFile("it has no manifest")
    try:
        given = json.loads(archive.read(NAME))
        kind, format_ = int(given["kind"]), int(given["format"])
        members = tuple(Member(str(one["name"]), int(one["size"]), str(one["sha256"])) for one in given["members"])
        made = datetime.fromisoformat(given["made"])
        manifest = Manifest(made, format_, int(given["documents"]), int(given["chunks"]), members)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise zipfile.BadZipFile(f"its manifest cannot be read: {error}") from error
    if kind > _KIND or format_ > FORMAT:
        raise UsageError(
            f"the backup was made by a newer citedesk (library format {format_}, this program reads {FORMAT}); "
            "restore it with that one"
        )
    names = [member.name for member in members]
    if len(set(names)) < len(names) or LIBRARY not in names or not all(map(belongs, names)):
        raise zipfile.BadZipFile("it names files that are none of a home folder")
    if len(listed) != len(archive.infolist()) or set(listed) != {*names, NAME}:
        raise zipfile.BadZipFile("its files are not those that its manifest names")
    return manifest


def belongs(name: str) -> bool:
    """Whether a file of that name may be put into a home folder: a SQLite file, or a file below uploads."""
    if _SQLITE.fullmatch(name):
        return True
    parts = PurePosixPath(name).parts
    sound = not any(part in ("..", ".") or {"\\", "\0", ":"} & set(part) for part in parts)
    return len(parts) > 1 and parts[0] == UPLOADS and sound and PurePosixPath(*parts).as_posix() == name
