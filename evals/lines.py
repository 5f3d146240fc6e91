"""Files with a JSON object a line, read with errors that name file and line."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TypeVar

from index.errors import UsageError

T = TypeVar("T")
Values = Mapping[str, object]


def first(path: Path) -> Iterator[Values]:
    """The first row of a file, if it has one."""
    for row in each(path, lambda row: row):
        yield row
        return


def each(path: Path, made: Callable[[Values], T]) -> Iterator[T]:
    """What ``made`` makes of each line's JSON object."""
    try:
        whole = path.read_text(encoding="utf-8-sig")
    except ValueError as error:
        raise UsageError(f"{path} is not UTF-8 text: {error}") from error
    for number, line in enumerate(whole.split("\n"), 1):
        if line.strip():
            try:
                row = json.loads(line)
                if not isinstance(row, dict):
                    raise ValueError("not a JSON object")
                yield made(row)
            except KeyError as error:
                raise UsageError(f"{path}, line {number} has no {error}") from error
            except (ValueError, TypeError) as error:
                raise UsageError(f"{path}, line {number}: {error}") from error


def text(row: Values, name: str) -> str:
    """A field that must be there, a string or a whole number."""
    value = row[name]
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise ValueError(f"{name} must be a string")
    return _sound(str(value))


def flag(row: Values, name: str) -> bool:
    """A field that must be there, true or false."""
    value = row[name]
    if not isinstance(value, bool):
        raise ValueError(f"{name} must be true or false")
    return value


def day(row: Values, name: str) -> date | None:
    """A date of the form YYYY-MM-DD; None where the field is missing, null or empty."""
    written = str(row.get(name) or "").strip()
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        raise ValueError(f"{name} is {written!r}; a date has the form YYYY-MM-DD") from None


def strings(row: Values, name: str) -> list[str]:
    """A list of strings; empty where the field is missing or null."""
    value = row.get(name) or []
    if not isinstance(value, list):
        raise ValueError(f"{name} must be a list of strings")
    if not all(isinstance(each, str | int | float) and not isinstance(each, bool) for each in value):
        raise ValueError(f"{name} must hold strings only")
    return [_sound(str(each)) for each in value]


def objects(row: Values, name: str) -> list[Values]:
    """A list of objects; empty where the field is missing or null."""
    value = row.get(name) or []
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise ValueError(f"{name} must be a list of objects")
    return value


def unique(path: Path, items: Iterable[T], name: Callable[[T], str]) -> tuple[T, ...]:
    """The items in their order. Raises UsageError where two have the same name: one would hide the other."""
    found: dict[str, T] = {}
    for item in items:
        if found.setdefault(name(item), item) is not item:
            raise UsageError(f"{path} holds {name(item)!r} twice; ids must differ")
    return tuple(found.values())


def _sound(text: str) -> str:
    """Without halves of surrogate pairs, which JSON can hold and no file can."""
    return text.encode("utf-8", "replace").decode()
