"""Metadata of a single file beside it: ``june.pdf.meta.json`` says of ``june.pdf`` what a row of a table would.

It is a JSON object with any of the columns of a metadata table as keys (``index.metadata``, all but ``file``), their
values as texts; ``groups`` may also be a list of texts. One that cannot be understood, or that is gone, is treated as a
table is: its file stays as it was, because it may be what keeps the file from being seen by everybody.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from index.errors import ParseError
from index.metadata import COLUMNS, LANGUAGE
from index.parse.canonical import fold
from index.parse.dates import find_stated
from index.parse.draft import Stated
from index.parse.encoding import decode
from index.parse.lines import find_link
from index.rights import read_groups
from index.types import Precision

ENDING = ".meta.json"
_KEYS = tuple(name for name in COLUMNS if name != "file")
_EVERYBODY = "-"
_MOST = 100_000  # bytes


def is_sidecar(path: Path) -> bool:
    """Whether a file of that name says what the one beside it is."""
    return path.name.lower().endswith(ENDING) and len(path.name) > len(ENDING)


def sidecar_of(path: Path) -> Path:
    """Where what is said of the file ``path`` stands."""
    return path.with_name(path.name + ENDING)


def read_sidecar(data: bytes) -> Stated:
    """What is said. Raises ParseError when that cannot be understood, in any part."""
    if len(data) > _MOST:
        raise ParseError(f"has {len(data):,} bytes; metadata of one file have at most {_MOST:,}")
    try:
        found = json.loads(decode(data))
    except (ValueError, RecursionError) as error:
        raise ParseError("is not valid JSON: correct it") from error
    if not isinstance(found, dict):
        raise ParseError('is no JSON object such as {"outlet": "The Outlet"}')
    said = {fold(str(key)).lower(): _text(str(key), value) for key, value in found.items()}
    unknown = next((key for key in said if key not in _KEYS), None)
    if unknown is not None:
        raise ParseError(f"has a key {unknown!r} that is not known; these are: {', '.join(_KEYS)}")
    return _stated(said)


def _text(key: str, value: object) -> str:
    """A value as text; the entries of a list with commas between them."""
    if isinstance(value, list) and value and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    if value is None or (isinstance(value, str | int) and not isinstance(value, bool)):
        return fold(str(value)) if value is not None else ""
    raise ParseError(f"says for {key!r} what is no text; put one in quotation marks")


def _stated(said: Mapping[str, str]) -> Stated:
    dated, url = find_stated(said.get("published", "")), find_link(said.get("url", ""))
    if said.get("published") and dated is None:
        raise ParseError(f"says {said['published']!r}, which is not a date such as 2024-06-19, 2024-06 or 2024")
    if said.get("url") and url is None:
        raise ParseError(f"says {said['url']!r}, which is not a web address")
    language = said.get("language", "").lower()
    if language and not LANGUAGE.fullmatch(language):
        raise ParseError(f"says {said['language']!r}, which is not a language such as en")
    groups = read_groups(said["groups"]) if said.get("groups") else None
    if groups is not None and (not groups or (_EVERYBODY in groups and len(groups) > 1)):
        raise ParseError(f"says {said['groups']!r}, which names no groups; {_EVERYBODY} alone means everybody")
    return Stated(
        title=said.get("title") or None,
        outlet=said.get("outlet") or None,
        author=said.get("author") or None,
        published=dated.day if dated else None,
        url=url,
        groups=groups - {_EVERYBODY} if groups is not None else None,
        precision=dated.precision if dated else Precision.DAY,
        language=language or None,
    )
