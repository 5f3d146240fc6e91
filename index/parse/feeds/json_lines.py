"""JSONL, one article an object, as archives and crawlers export them -> an article an object."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from index.errors import ParseError
from index.parse.draft import Item, Trace
from index.parse.encoding import decoded
from index.parse.feeds.item_fields import lost_groups, lost_item, read_item
from index.parse.member import Names
from index.rights import NOBODY, narrowed

_DECODER = json.JSONDecoder()
_BETWEEN = re.compile(r"[ \t\r\n,]*")
_COLON = re.compile(r"\s*:\s*")
_AFTER_VALUE = re.compile(r"\s*[,}]")
_GROUPS_FIELD = re.compile(r'(?<!\\)"[^a-z"]*groups[^a-z"]*"\s*:\s*', re.IGNORECASE)
_INSIDE = "_source"  # where search engines put the article when they dump it


@dataclass(frozen=True, slots=True)
class _Broken:
    """A line, or the rest of one, that is no JSON; the file ends in it where it is the ``last``."""

    problem: str
    text: str = ""
    last: bool = False


def parse_json_lines(data: bytes) -> tuple[Item, ...]:
    """Return the articles of a JSONL file in its order, each named after its identifier, address, title or first words.

    A field counts by any of the names that exporters give it, whatever its case and marks; dates may be ISO 8601 or
    seconds or milliseconds since 1970. Texts may be HTML. ``groups`` are those who may see the article. A line that is
    not a JSON object, or has no text, is an item with a problem, and a trace of the article that it was, by the fields
    before the damage; objects on one line are read as though each had its own. A file that is one JSON array is read as
    its objects. Raises ParseError for an empty or binary file, and for one without any line.
    """
    found = decoded(data)
    names = Names()
    items = tuple(_item(place, value, found.encoding, names) for place, value in _values(found.text))
    if not items:
        raise ParseError("holds no text")
    return items


def _values(text: str) -> Iterator[tuple[str, object]]:
    """Each line with its place, parsed; a _Broken in the place of a value that could not be."""
    if text.lstrip().startswith("["):
        whole = _parsed(text)
        if isinstance(whole, list):
            yield from ((f"item {number}", value) for number, value in enumerate(whole, 1))
            return
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        if line.strip():
            for value in _on_line(line):
                # A line that was written to its end has a new line after it.
                cut = isinstance(value, _Broken) and value.text.startswith("{") and number == len(lines)
                yield f"line {number}", replace(value, last=True) if cut and isinstance(value, _Broken) else value


def _on_line(line: str) -> Iterator[object]:
    """What stands on one line: one value, or several objects where the ends of lines were lost."""
    rest = line.strip()
    while rest.startswith("{"):
        try:
            value, end = _DECODER.raw_decode(rest)
        except (ValueError, RecursionError):
            break
        if not rest[end:].lstrip().startswith("{"):
            break
        yield value
        rest = rest[end:].lstrip()
    yield _parsed(line if rest == line.strip() else rest)


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        return _Broken(f"is not JSON: {error.msg} at character {error.pos + 1:,}", text.strip())
    except RecursionError:
        return _Broken("is nested too deeply")
    except ValueError:  # a number with more digits than Python converts
        return _Broken("is not JSON: it holds a number with thousands of digits", text.strip())


def _item(place: str, value: object, encoding: str, names: Names) -> Item:
    if isinstance(value, _Broken):
        fields = _whole_fields(value.text)
        # What a search engine says around an article is not of it.
        fields = {} if any(name.startswith("_") for name in fields) else fields
        item = lost_item(place, value.problem, fields, names)
        sure = any(name.lower() == "id" for name in fields)  # any other may be passed over for what was cut off
        return replace(item, trace=Trace(item.trace.names, sure, value.last, _groups_said(value.text)))
    if isinstance(value, Mapping) and isinstance(value.get(_INSIDE), Mapping):
        value = value[_INSIDE]
    if not isinstance(value, Mapping):
        return Item(names.another(place), None, "is not a JSON object with the fields of an article")
    return read_item(place, value, encoding, names)


def _whole_fields(text: str) -> Mapping[str, object]:
    """The fields of an object that stand whole before the place where it is broken."""
    found = dict[str, object]()
    at = 1 if text.startswith("{") else len(text)
    try:
        while True:
            name, after = _DECODER.raw_decode(text, _end(_BETWEEN, text, at))
            at = _end(_COLON, text, after)
            if not isinstance(name, str) or at == after:
                return found
            if name == _INSIDE:
                return _whole_fields(text[at:])
            value, at = _DECODER.raw_decode(text, at)
            if not _AFTER_VALUE.match(text, at):  # it may go on behind the cut, as a number does
                return found
            found.setdefault(name, value)
    except (ValueError, RecursionError):
        return found


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _groups_said(text: str) -> frozenset[str]:
    """The groups that a broken line still names, wherever they stand in it; nobody where they cannot be read."""
    groups = frozenset[str]()
    for field in _GROUPS_FIELD.finditer(text):
        try:
            value, end = _DECODER.raw_decode(text, field.end())
        except (ValueError, RecursionError):
            return frozenset([NOBODY])
        groups = narrowed(groups, lost_groups(value) if _AFTER_VALUE.match(text, end) else frozenset([NOBODY]))
    return groups
