"""Metadata tables: a file metadata.csv says of the files in and below its folder what they do not say themselves.

Its first line names the columns: ``file`` and any of ``title``, ``outlet``, ``author``, ``published`` (2024-06-19, or
2024-06, or 2024), ``url``, ``groups`` and ``language`` (as "en"). ``file`` is a path relative to the table's folder, a
folder (for all that is in it), or a pattern: ``*`` and ``?`` stand for what is inside of one name, ``**`` for any
number of folders. An empty cell says nothing. ``groups`` are
names with commas or semicolons between them; ``-`` means everybody. A later row counts before an earlier one, a table
in a nearer folder before one further up, and a file of its own beside a document (``index.sidecars``) before all.

Because a table may be what keeps a document from being seen by everybody, one that cannot be understood is no table
without rows: nothing below it is read until it is put right.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from index.errors import ParseError
from index.parse.canonical import fold
from index.parse.dates import find_stated
from index.parse.draft import Stated
from index.parse.encoding import decode
from index.parse.lines import find_link
from index.rights import read_groups
from index.types import Precision

NAME = "metadata.csv"
# How far a date is stated is seen by the date.
COLUMNS = ("file", *(column.name for column in fields(Stated) if column.name != "precision"))
LANGUAGE = re.compile(r"[a-z]{2}")
_EVERYBODY = "-"
_WILD = re.compile(r"\*\*/|\*\*|\*|\?")
_MEANS = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def is_table(path: Path) -> bool:
    """Whether a file of that name is a metadata table."""
    return path.name.lower() == NAME


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as a spreadsheet counts it, the file, folder or pattern it is about, and what it says."""

    number: int
    file: str
    stated: Stated


@dataclass(frozen=True, slots=True)
class Table:
    """A table that was understood. ``problems`` are what is wrong with single cells, which then say nothing."""

    source: Path
    rows: tuple[Row, ...]
    problems: tuple[str, ...] = ()


@dataclass(slots=True)
class _Looked:
    """A table made ready to be looked up in, and the rows that were found to be about some file."""

    table: Table
    named: Mapping[str, list[Row]]  # by file or folder
    patterns: tuple[tuple[re.Pattern[str], Row], ...]
    used: set[int] = field(default_factory=set)

    def rows(self, path: Path) -> list[Row]:
        """The rows about ``path``, the one that counts last."""
        inside = PurePosixPath(_composed(path.relative_to(self.table.source.parent).as_posix()))
        found = [row for part in (inside, *inside.parents) for row in self.named.get(part.as_posix(), ())]
        found += [row for pattern, row in self.patterns if pattern.fullmatch(inside.as_posix())]
        self.used.update(row.number for row in found)
        return sorted(found, key=lambda row: row.number)


class Metadata:
    """The tables that count for the files of one ingest, and what is said beside single files."""

    def __init__(self, tables: Sequence[Table], beside: Mapping[Path, Stated] = MappingProxyType({})) -> None:
        self._tables = {each.source.parent: _looked(each) for each in tables}
        self._beside = beside

    def stated(self, path: Path) -> Stated:
        """What is said of the file ``path`` (absolute)."""
        found = Stated()
        for folder in reversed(path.parents):  # the nearest last
            if folder in self._tables:
                for row in self._tables[folder].rows(path):
                    found = _over(row.stated, found)
        return _over(self._beside[path], found) if path in self._beside else found

    def problems(self, table: Table) -> list[str]:
        """What is wrong with cells of ``table``, and which of its rows no file that was asked for is about."""
        used = self._tables[table.source.parent].used
        unused = (row for row in table.rows if row.number not in used)
        return [
            *table.problems,
            *(f"row {row.number}: no file that is read is named {row.file!r}; correct or remove it" for row in unused),
        ]


def read_table(source: Path, data: bytes) -> Table:
    """The table in ``data``; ``source`` is its path. Raises ParseError when it cannot be understood."""
    lines = io.StringIO(decode(data), newline="")
    first = lines.readline()
    lines.seek(0)
    try:
        cells = list(csv.reader(lines, delimiter=max(",;\t", key=first.count), strict=True))
    except csv.Error as error:
        raise ParseError(f"is no CSV file: {error}") from error
    columns = [fold(name).lower() for name in cells[0]] if cells else []
    _check_columns(columns)
    rows, problems = list[Row](), list[str]()
    for number, line in enumerate(cells[1:], 2):
        if any(map(fold, line)):
            if len(line) != len(columns):
                raise ParseError(
                    f"row {number} has {len(line)} cells, the first row has {len(columns)}; "
                    "a cell with a comma in it needs quotation marks around it"
                )
            rows.append(_row(number, dict(zip(columns, line, strict=True)), problems))
    return Table(source, tuple(rows), tuple(problems))


def _check_columns(columns: Sequence[str]) -> None:
    unknown = [name for name in columns if name not in COLUMNS]
    twice = sorted({name for name in columns if columns.count(name) > 1})
    known = f"its first row names columns, of these: {', '.join(COLUMNS)}"
    if unknown:
        raise ParseError(f"has a column {unknown[0]!r} that is not known; {known}")
    if twice:
        raise ParseError(f"has two columns {twice[0]!r}; {known}")
    if "file" not in columns:
        raise ParseError(f"has no column 'file'; {known}")


def _row(number: int, cells: Mapping[str, str], problems: list[str]) -> Row:
    """One row; what is wrong with a cell is added to ``problems``."""
    said = {column: fold(cell) for column, cell in cells.items()}
    file = cells["file"].strip().replace("\\", "/")
    if not file:
        raise ParseError(f"row {number} names no file")
    dated, url = find_stated(said.get("published", "")), find_link(said.get("url", ""))
    if said.get("published") and dated is None:
        problems.append(f"row {number}: {said['published']!r} is not a date such as 2024-06-19; the cell is left out")
    if said.get("url") and url is None:
        problems.append(f"row {number}: {said['url']!r} is not a web address; the cell is left out")
    language = said.get("language", "").lower() or None
    if language and not LANGUAGE.fullmatch(language):
        problems.append(f"row {number}: {said['language']!r} is not a language such as en; the cell is left out")
        language = None
    groups = None if not said.get("groups") else read_groups(said["groups"])
    if said.get("groups") == _EVERYBODY:
        groups = frozenset()
    elif groups is not None and (not groups or _EVERYBODY in groups):
        raise ParseError(f"row {number}: {said['groups']!r} names no groups; {_EVERYBODY} alone means everybody")
    return Row(
        number,
        _composed(PurePosixPath(file).as_posix()),
        Stated(
            title=said.get("title") or None,
            outlet=said.get("outlet") or None,
            author=said.get("author") or None,
            published=dated.day if dated else None,
            url=url,
            groups=groups,
            precision=dated.precision if dated else Precision.DAY,
            language=language,
        ),
    )


def _over(stated: Stated, before: Stated) -> Stated:
    """``before`` with what is ``stated`` in the place of it."""
    dated = stated if stated.published else before
    return Stated(
        title=stated.title or before.title,
        outlet=stated.outlet or before.outlet,
        author=stated.author or before.author,
        published=dated.published,
        url=stated.url or before.url,
        groups=before.groups if stated.groups is None else stated.groups,
        precision=dated.precision,
        language=stated.language or before.language,
    )


def _looked(table: Table) -> _Looked:
    named = dict[str, list[Row]]()
    patterns = list[tuple[re.Pattern[str], Row]]()
    for row in table.rows:
        named.setdefault(row.file, []).append(row)  # a name on disk may hold a * as well
        if _WILD.search(row.file):
            patterns.append((re.compile(_pattern(row.file)), row))
    return _Looked(table, named, tuple(patterns))


def _pattern(file: str) -> str:
    """A regular expression for the pattern; square brackets, which names often hold, mean themselves."""
    parts, last = list[str](), 0
    for wild in _WILD.finditer(file):
        parts += [re.escape(file[last : wild.start()]), _MEANS[wild[0]]]
        last = wild.end()
    return "".join([*parts, re.escape(file[last:])])


def _composed(name: str) -> str:
    """Some systems write an accent as a character of its own."""
    return unicodedata.normalize("NFC", name)
