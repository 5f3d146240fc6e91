"""The bytes of one part of a file of files, taken out of it once more."""

from pathlib import Path

from index.errors import ParseError
from index.parse.formats import CONTAINERS, LISTS
from index.parse.limits import Allowance
from index.parse.parts import joined


def member(path: Path, data: bytes, part: str | None) -> bytes:
    """The content of ``part`` (see ``index.types.Document``) of the file ``path`` with content ``data``; ``data`` for
    None. An item of a list, such as an article of a feed, has no bytes of its own: it gives those of the list.

    Nothing but the containers around it is unpacked. Raises ParseError when it is not there, or cannot be taken out.
    """
    return data if part is None else _inside(path.suffix.lower(), data, None, part, Allowance())


def _inside(suffix: str, data: bytes, place: str | None, part: str, allowance: Allowance) -> bytes:
    """The content of ``part``, which is in the file at ``place``."""
    if suffix in LISTS and _lists(suffix, data, place, part):
        return data
    for member in CONTAINERS[suffix](data, allowance) if suffix in CONTAINERS else ():
        name = joined(place, member.name)
        if name == part:
            return member.load()
        if part.startswith(f"{name}/"):
            return _inside(member.suffix, member.load(), name, part, allowance)
    raise ParseError(f"holds no {part} any more: ingest it again")


def _lists(suffix: str, data: bytes, place: str | None, part: str) -> bool:
    try:
        return any(joined(place, item.name) == part for item in LISTS[suffix](data))
    except RecursionError as error:
        raise ParseError("is nested too deeply") from error
