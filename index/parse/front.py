"""The front matter of a text file ("key: value" lines between two lines of ---) -> what the file says of itself."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from index.parse.dates import find_stated
from index.parse.draft import Stated
from index.parse.lines import find_link
from index.rights import read_groups
from index.types import Precision

_FRONT = re.compile(r"\A---[ \t]*\n(?P<fields>.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_FIELD = re.compile(r"(?P<key>[A-Za-z][\w -]*?)\s*:(?:[ \t]+(?P<value>.*))?")
_OUTLETS = ("outlet", "publication", "publisher", "site", "sitename", "source")
_DATES = ("date", "published", "pubdate", "publish_date")
_LINKS = ("url", "link", "canonical", "canonical_url", "source_url", "source")
_LANGUAGES = ("language", "lang", "locale")
_CODE = re.compile(r"[a-z]{2}(?:[-_][a-z]{2,4})?")
_ENTRY = re.compile(r"\s*-\s+(?P<value>.*)")
_COMMENT = re.compile(r"\s*(?:#.*)?")


@dataclass(frozen=True, slots=True)
class Front:
    """What front matter states, and where the text goes on behind it. ``sure`` is false when something else stands in
    it as well, so that it could be text between two rules."""

    stated: Stated
    end: int
    sure: bool


def read_front(text: str) -> Front | None:
    """The front matter that ``text`` (line breaks "\\n") begins with; None when there is none, or no field in it."""
    front = _FRONT.match(text)
    fields = _read_fields(front["fields"]) if front else {}
    if front is None or not fields:
        return None
    dated = next(filter(None, map(find_stated, _all(fields, *_DATES))), None)
    language = next(_all(fields, *_LANGUAGES), "").lower()
    stated = Stated(
        title=next(_all(fields, "title"), None),
        outlet=next((name for name in _all(fields, *_OUTLETS) if find_link(name) is None), None),
        author=next(_all(fields, "author", "authors", "byline"), None),
        published=dated.day if dated else None,
        url=next(filter(None, map(find_link, _all(fields, *_LINKS))), None),
        groups=read_groups(fields["groups"]) if "groups" in fields else None,
        precision=dated.precision if dated else Precision.DAY,
        language=language[:2] if _CODE.fullmatch(language) else None,
    )
    lines = front["fields"].splitlines()
    sure = all(_FIELD.fullmatch(line) or _ENTRY.fullmatch(line) or _COMMENT.fullmatch(line) for line in lines)
    return Front(stated, front.end(), sure)


def _read_fields(source: str) -> Mapping[str, str]:
    """Read 'key: value' lines, keys in lower case, and of a list its entries joined by ", "."""
    fields: dict[str, str] = {}
    last = ""
    for line in source.splitlines():
        entry = _ENTRY.fullmatch(line)
        if entry and last:
            fields[last] = ", ".join(filter(None, (fields[last], _unquote(entry["value"]))))
        elif field := _FIELD.fullmatch(line):
            last = field["key"].lower().replace("-", "_").replace(" ", "_")
            fields[last] = _value(field["value"] or "")
    return fields


def _value(source: str) -> str:
    source = source.strip()
    if source.startswith("[") and source.endswith("]"):
        return ", ".join(_unquote(part) for part in source[1:-1].split(","))
    return _unquote(source)


def _unquote(source: str) -> str:
    source = source.strip()
    if len(source) >= 2 and source[0] == source[-1] and source[0] in "\"'":
        return source[1:-1]
    return source


def _all(fields: Mapping[str, str], *keys: str) -> Iterator[str]:
    return (fields[key] for key in keys if fields.get(key))
