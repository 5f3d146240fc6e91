"""Our own cases, and those of an evaluator.

Every loader reads a whole file and raises UsageError, naming file and line, for a row of another shape.
"""

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from evals import lines
from evals.cases import CORPUS, OWN, Case, Pair, Questions, Support
from evals.lines import Values
from evals.published import short
from index.errors import UsageError
from rag.types import Turn

COLUMNS = ("question", "answers", "document", "quote", "answerable", "asked")
_YES, _NO = {"", "yes", "true", "1"}, {"no", "false", "0"}


def own(path: Path = OWN, folder: Path = CORPUS) -> Questions:
    """Cases in our own shape: a JSON object a line with id, type, question, history, answers, support, answerable and,
    where there is something that must not be said, forbidden, and where the day matters, asked. Of the type superseded,
    the last support of several is the older statement."""
    return Questions(lines.unique(path, lines.each(path, _own_case), lambda case: case.id), folder=folder)


def evaluators(path: Path, folder: Path) -> Questions:
    """Questions of somebody's own over the documents in ``folder``: CSV with a heading line, or JSONL, of COLUMNS.

    Only ``question`` is needed. ``answers``: what a right answer says, several separated by ``|``; ``document`` and
    ``quote``: file name and words of the supporting paragraph; ``answerable``: yes (the default) or no; ``asked``: the
    day (YYYY-MM-DD) from which "this week" is counted. A question with several supporting paragraphs takes a row for
    each.
    """
    found: dict[str, Case] = {}
    rows = lines.each(path, lambda row: row) if path.suffix == ".jsonl" else _csv(path)
    for number, row in enumerate(rows, 1):
        unknown = sorted(set(row) - set(COLUMNS))
        if unknown or not str(row.get("question") or "").strip():
            wrong = f"does not know {', '.join(map(str, unknown))}" if unknown else "has no question"
            raise UsageError(f"{path}, row {number} {wrong}; the columns are {', '.join(COLUMNS)}")
        case = _evaluators_case(path, number, row)
        known = found.get(case.id)
        if known and known.answerable != case.answerable:
            raise UsageError(f"{path}, row {number}: the same question is answerable in one row and not in another")
        found[case.id] = _merged(known, case) if known else case
    if not found:
        raise UsageError(f"{path} holds no questions")
    return Questions(tuple(found.values()), folder=folder)


def is_own(path: Path) -> bool:
    """Whether a file of questions is in our own shape; otherwise it is an evaluator's."""
    return path.suffix == ".jsonl" and any("support" in row for row in lines.first(path))


def pairs(path: Path) -> tuple[Pair, ...]:
    """Minimal pairs: a JSON object a line with id, kind, source, true and false."""

    def one(row: Values) -> Pair:
        return Pair(*(lines.text(row, name) for name in ("id", "kind", "source", "true", "false")))

    return lines.unique(path, lines.each(path, one), lambda pair: pair.id)


def is_pairs(path: Path) -> bool:
    """Whether a file holds minimal pairs."""
    return path.suffix == ".jsonl" and any("true" in row and "false" in row for row in lines.first(path))


def _own_case(row: Values) -> Case:
    support = [Support(lines.text(item, "file"), lines.text(item, "quote")) for item in lines.objects(row, "support")]
    now = len(support) - 1 if row["type"] == "superseded" and len(support) > 1 else len(support)
    turns = [(lines.text(turn, "question"), lines.text(turn, "answer")) for turn in lines.objects(row, "history")]
    return Case(
        *(lines.text(row, "id"), lines.text(row, "type"), lines.text(row, "question"), lines.flag(row, "answerable")),
        history=tuple(Turn(*turn) for turn in turns),
        answers=tuple(lines.strings(row, "answers")),
        support=tuple(support[:now]),
        superseded=tuple(support[now:]),
        forbidden=tuple(lines.strings(row, "forbidden")),
        asked=lines.day(row, "asked"),
    )


def _merged(one: Case, other: Case) -> Case:
    answers, references = one.answers + other.answers, one.references + other.references
    return replace(one, answers=answers, references=references, support=one.support + other.support)


def _evaluators_case(path: Path, number: int, row: Values) -> Case:
    cells = {name: row[name] for name in COLUMNS if row.get(name) is not None}
    said = str(cells.get("answerable", "")).strip().lower()
    if said not in _YES | _NO:
        raise UsageError(f"{path}, row {number}: answerable is {said!r}; it must be yes or no")
    given = cells.get("answers", "")
    parts = [str(each) for each in given] if isinstance(given, list) else str(given).split("|")
    answers = tuple(part.strip() for part in parts if part.strip())
    document, quote = (str(cells.get(name, "")).strip() for name in ("document", "quote"))
    if quote and not document:
        raise UsageError(f"{path}, row {number} has a quote but no document; name the file it is from")
    question = " ".join(str(cells["question"]).encode("utf-8", "replace").decode().split())
    try:
        asked = lines.day(cells, "asked")
    except ValueError as error:
        raise UsageError(f"{path}, row {number}: {error}") from error
    return Case(
        # By its words: a question put in above must not give this one another name.
        *(hashlib.sha256(f"{question}{asked or ''}".encode()).hexdigest()[:8], "own", question, said in _YES),
        answers=short(answers),
        support=(Support(document, quote),) if document else (),
        references=answers,
        asked=asked,
    )


def _csv(path: Path) -> Iterator[Values]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, restkey="more cells than headings", strict=True)
        try:
            yield from reader
        except (csv.Error, UnicodeError) as error:
            raise UsageError(f"{path}, after line {reader.line_num}: {error}") from error
