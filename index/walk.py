"""What lies below a folder, however deep, whatever it is."""

import errno
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(slots=True)
class Below:
    """Visible files in the order of their paths, the folders that were listed, and why others could not be."""

    files: list[Path] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)
    closed: list[OSError] = field(default_factory=list)


def below(folder: Path) -> Below:
    """What lies below ``folder``; nothing when it is none. Links to folders are not followed, so that none goes round;
    links to anything else are among the files, as are pipes and devices. What an office program leaves beside an open
    file (``~$june.docx``) is hidden like what begins with a dot."""
    found, waiting = Below(), [folder] if folder.is_dir() else []
    while waiting:
        here = waiting.pop()
        try:
            with os.scandir(here) as entries:
                for entry in entries:
                    if not entry.name.startswith((".", "~$")):
                        inside = waiting if entry.is_dir(follow_symlinks=False) else found.files
                        inside.append(here / entry.name)
        except OSError as error:
            found.closed.append(error)
        found.folders.append(here)
    found.files.sort()
    return found


def unreadable(path: Path) -> str | None:
    """Why a path that was listed is no file to be read; None when it is one, empty when it is a link to a folder."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return "is a link that leads nowhere: remove it, or put back what it leads to"
    except OSError as error:
        return "is a link that leads to itself: remove it" if error.errno == errno.ELOOP else str(error.strerror)
    if stat.S_ISDIR(mode):
        return ""
    return None if stat.S_ISREG(mode) else "is a pipe, a socket or a device, not a file"


def in_utf8(path: Path) -> bool:
    """Whether the name can be written down; on Linux it may be any bytes."""
    return str(path).isascii() or os.fsencode(path).decode("utf-8", "replace") == str(path)


def shown(path: Path) -> str:
    """The path for people, on one line: what is not UTF-8 or would move a terminal's cursor is replaced."""
    text = os.fsencode(path).decode("utf-8", "replace")
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)
