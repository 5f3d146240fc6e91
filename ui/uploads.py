"""Uploaded files -> the folder that is ingested."""

import re
import shutil
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from index.errors import UsageError

_UNSAFE = re.compile(r"[^\w.-]+")


def store(uploaded: Sequence[Path], folder: Path) -> tuple[Path, ...]:
    """Copies of ``uploaded`` in ``folder``, in the same order.

    A name is kept as far as it is safe (letters, digits, dot, hyphen, underscore) with its suffix. A file of that name
    with the same bytes is used again; one with other bytes is left alone and the copy is numbered.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return tuple(_place(path, folder) for path in uploaded)


def folder_at(written: str) -> Path:
    """The folder or file an operator named; UsageError when there is none."""
    path = Path(written.strip().strip("\"'")).expanduser()
    if not written.strip() or not path.exists():
        raise UsageError(f"There is no file or folder at “{written.strip()}” on this computer.")
    return path.resolve()


def safe_name(name: str) -> str:
    """A file name which cannot leave its folder, at most 120 characters, with the suffix in lower case."""
    bare = Path(name.replace("\\", "/")).name
    suffix = _UNSAFE.sub("", Path(bare).suffix.lower())[:12]
    stem = _UNSAFE.sub("-", Path(bare).stem).strip(".-_")[:100]
    return (stem or "document") + suffix


def _place(path: Path, folder: Path) -> Path:
    wanted = Path(safe_name(path.name))
    for number in count(1):
        name = wanted.name if number == 1 else f"{wanted.stem}-{number}{wanted.suffix}"
        target = folder / name
        try:
            with target.open("xb") as copy, path.open("rb") as original:
                shutil.copyfileobj(original, copy)
            return target
        except FileExistsError:
            if _same(path, target):
                return target
    raise AssertionError("count() never ends")


def _same(one: Path, other: Path) -> bool:
    return one.stat().st_size == other.stat().st_size and one.read_bytes() == other.read_bytes()
