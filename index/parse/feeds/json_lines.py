"""JSONL, one article an object, as archives and crawlers export them -> an article an object."""

import json
from collections.abc import Iterator, Mapping

from index.errors import ParseError
from index.parse.draft import Item
from index.parse.encoding import decoded
from index.parse.feeds.item_fields import read_item
from index.parse.member import Names


def parse_json_lines(data: bytes) -> tuple[Item, ...]:
    """Return the articles of a JSONL file in its order, each named after its identifier, address, title or first words.

    A field counts by any of the names that exporters give it, whatever its case and marks; dates may be ISO 8601 or
    seconds or milliseconds since 1970. Texts may be HTML. ``groups`` are those who may see the article. A line that is
    not a JSON object, or has no text, is an item with a problem. A file that is one JSON array is read as its objects.
    Raises ParseError for an empty or binary file, and for one without any line.
    """
    found = decoded(data)
    names = Names()
    items = tuple(_item(place, value, found.encoding, names) for place, value in _values(found.text))
    if not items:
        raise ParseError("holds no text")
    return items


def _values(text: str) -> Iterator[tuple[str, object]]:
    """Each line with its place, parsed; a ParseError in the place of a value that could not be."""
    if text.lstrip().startswith("["):
        whole = _parsed(text)
        if isinstance(whole, list):
            yield from ((f"item {number}", value) for number, value in enumerate(whole, 1))
            return
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield f"line {number}", _parsed(line)


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        return ParseError(f"is not JSON: {error.msg} at character {error.pos + 1:,}")
    except RecursionError:
        return ParseError("is nested too deeply")
    except ValueError:  # a number with more digits than Python converts
        return ParseError("is not JSON: it holds a number with thousands of digits")


def _item(place: str, value: object, encoding: str, names: Names) -> Item:
    if isinstance(value, ParseError):
        return Item(names.another(place), None, str(value))
    if isinstance(value, Mapping) and isinstance(value.get("_source"), Mapping):  # as a search engine dumps them
        value = value["_source"]
    if not isinstance(value, Mapping):
        return Item(names.another(place), None, "is not a JSON object with the fields of an article")
    return read_item(place, value, encoding, names)
