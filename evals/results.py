"""What a run leaves behind: one row a case, from which every figure and report is computed."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from index.errors import UsageError

# system -> metric -> score. A metric that does not apply to the case is absent; None is one that could not be graded.
Scores = Mapping[str, Mapping[str, float | None]]

OURS = "citedesk"  # the system under test; the others are baselines in the same run


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A piece of a document: ``document.text[start:end] == text``, in the paragraphs first to last (from 1).

    ``supports`` says whether it stands in (a citation) or holds (a passage) a paragraph that supports the answer; None
    where that is not known.
    """

    document_id: str
    title: str
    outlet: str | None
    published: str | None
    first_paragraph: int
    last_paragraph: int
    start: int
    end: int
    text: str
    supports: bool | None


@dataclass(frozen=True, slots=True)
class Row:
    """One graded case. ``expected`` is what people gave as right, ``given`` what came out; ``timings`` are milliseconds
    by stage. ``understood`` is the question as it was searched, ``judged`` a judge model's verdict and its reason."""

    suite: str
    id: str
    type: str
    question: str
    expected: tuple[str, ...]
    given: str
    scores: Scores
    understood: str = ""
    refused: bool = False
    citations: tuple[Excerpt, ...] = ()
    passages: tuple[Excerpt, ...] = ()
    timings: Mapping[str, float] | None = None
    judged: str = ""


def encode(row: Row) -> str:
    """The row as one line of JSON, without its new line."""
    return json.dumps(asdict(row), ensure_ascii=False)


def decode(line: str) -> Row:
    """The row of one line. Raises ValueError or KeyError for a line of another shape."""
    given = json.loads(line)
    if not isinstance(given, dict):
        raise ValueError("not a JSON object")
    known = {name.name: given[name.name] for name in fields(Row) if name.name in given}
    known["expected"] = tuple(given["expected"])
    for name in ("citations", "passages"):
        known[name] = tuple(Excerpt(**each) for each in given[name])
    try:
        return Row(**known)
    except TypeError as error:
        raise ValueError(str(error)) from error


def read_rows(path: Path) -> Iterator[Row]:
    """The rows of a results file. A last line that was cut off by an interruption is left out; UsageError for any other
    line that is no row."""
    whole = path.read_bytes()
    kept = whole[: whole.rfind(b"\n") + 1]  # what follows the last new line was not finished
    for number, line in enumerate(kept.decode("utf-8", "replace").split("\n"), 1):
        if not line.strip():
            continue
        try:
            yield decode(line)
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(f"{path}, line {number} is not a result: {error}") from error


def by_suite(rows: Iterable[Row]) -> Mapping[str, tuple[Row, ...]]:
    """The rows of each suite, suites in the order of their first row."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.suite, []).append(row)
    return {suite: tuple(some) for suite, some in found.items()}


@dataclass(frozen=True, slots=True)
class Task:
    """The cases of one suite, ready to be graded one by one: ``grade(id)`` for each of ``ids``, in that order."""

    ids: tuple[str, ...]
    grade: Callable[[str], Row]
