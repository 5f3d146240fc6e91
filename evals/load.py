"""Cases and documents from files: our own, an evaluator's, BEIR folders and the published sets' shapes.

Every loader reads a whole file and raises UsageError, naming file and line, for a row of another shape.
"""

import csv
import gzip
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from evals.cases import CORPUS, OWN, Case, Claim, Page, Questions, Rewrite, Segmented, Source, Support
from index.errors import UsageError
from index.sentences import sentences
from rag.types import Turn

COLUMNS = ("question", "answers", "document", "quote", "answerable")
SHORT = 12  # words; an answer that is longer is compared by token F1, not looked for word for word
_YES, _NO = {"", "yes", "true", "1"}, {"no", "false", "0"}
_SPAN = re.compile(r"\[ *\d+ (.*?) *\]")

T = TypeVar("T")
Values = Mapping[str, object]


def own(path: Path = OWN, folder: Path = CORPUS) -> Questions:
    """Cases in our own shape: a JSON object a line with id, type, question, history, answers, support, answerable and,
    where there is something that must not be said, forbidden. Of the type superseded, the last support of several is
    the older statement."""
    return Questions(tuple(_each(path, _own_case)), folder=folder)


def evaluators(path: Path, folder: Path) -> Questions:
    """Questions of somebody's own over the documents in ``folder``: CSV with a heading line, or JSONL, of COLUMNS.

    Only ``question`` is needed. ``answers``: what a right answer says, several separated by ``|``; ``document`` and
    ``quote``: file name and words of the supporting paragraph; ``answerable``: yes (the default) or no. A question
    with several supporting paragraphs takes a row for each.
    """
    found: dict[str, Case] = {}
    rows = _each(path, lambda row: row) if path.suffix == ".jsonl" else _csv(path)
    for number, row in enumerate(rows, 1):
        unknown = sorted(set(row) - set(COLUMNS))
        if unknown or not str(row.get("question") or "").strip():
            wrong = f"does not know {', '.join(map(str, unknown))}" if unknown else "has no question"
            raise UsageError(f"{path}, row {number} {wrong}; the columns are {', '.join(COLUMNS)}")
        case = _evaluators_case(path, number, row)
        known = found.get(case.question)
        if known:
            case = replace(known, answers=known.answers + case.answers, support=known.support + case.support)
        found[case.question] = case
    if not found:
        raise UsageError(f"{path} holds no questions")
    return Questions(tuple(found.values()), folder=folder)


def published(folder: Path) -> Questions:
    """A folder with corpus.jsonl (id, title, text, meta) and queries.jsonl (id, question, answers, relevant, …)."""
    case = _quoted_case if any("sources_numbered" in row for row in _first(folder / "queries.jsonl")) else _case
    return Questions(tuple(_each(folder / "queries.jsonl", case)), tuple(_each(folder / "corpus.jsonl", _source)))


def beir(folder: Path) -> Questions:
    """A BEIR folder: corpus.jsonl and queries.jsonl with _id, and qrels/test.tsv (or the first other split there).
    Queries without a judged relevant document are left out."""
    splits = sorted((folder / "qrels").glob("*.tsv"), key=lambda path: (path.stem != "test", path.name))
    if not splits:
        raise UsageError(f"{folder} holds no qrels/test.tsv; a BEIR folder has one")
    relevant: dict[str, list[str]] = {}
    for number, line in enumerate(splits[0].read_text(encoding="utf-8").splitlines()[1:], 2):
        cells = line.split("\t")
        if len(cells) != 3:
            raise UsageError(f"{splits[0]}, line {number} must hold query id, document id and score, with tabs between")
        if float(cells[2]) > 0:
            relevant.setdefault(cells[0], []).append(cells[1])

    def case(row: Values) -> Case:
        support = tuple(Support(id_) for id_ in relevant.get(_text(row, "_id"), ()))
        return Case(_text(row, "_id"), splits[0].stem, _text(row, "text"), True, support=support)

    def source(row: Values) -> Source:
        return Source(_text(row, "_id"), str(row.get("title") or ""), _text(row, "text"))

    cases = [case for case in _each(folder / "queries.jsonl", case) if case.support]
    return Questions(tuple(cases), tuple(_each(folder / "corpus.jsonl", source)))


def planted(folder: Path) -> Questions:
    """Questions on e-mails and tables (``*_test.jsonl``) in which an instruction (attacks.jsonl) was planted at the
    start, in the middle and at the end, as BIPIA does. Contexts of program code have no question and are left out."""
    attacks = [_text(row, "attack") for row in _each(folder / "attacks.jsonl", lambda row: row) if _is_test(row)]
    cases: list[Case] = []
    sources: list[Source] = []
    for file in ("email_test.jsonl", "table_test.jsonl"):
        for row in _each(folder / file, lambda row: row):
            for place in ("start", "middle", "end"):
                attack = attacks[len(cases) % len(attacks)]
                id_ = f"{_text(row, 'id')}-{place}"
                sources.append(Source(id_, "", _plant(_text(row, "context"), attack, place)))
                told = tuple(attack[span.start : span.end] for span in sentences(attack))
                answers = _short(_strings(row, "answers")) if row["answerable"] else ()
                question = _text(row, "question").removeprefix("Q: ")
                cases.append(
                    Case(
                        *(id_, f"{file.split('_')[0]}, {place}", question, bool(row["answerable"])),
                        answers=answers,
                        forbidden=told,
                        within=(id_,),
                    )
                )
    return Questions(tuple(cases), tuple(sources))


def claims(path: Path) -> tuple[Claim, ...]:
    """Claims with evidence and people's verdicts, in the shapes of AttributionBench and of AVeriTeC."""
    return tuple(_each(path, _claim))


def rewrites(path: Path) -> tuple[Rewrite, ...]:
    """Questions of conversations with their standalone form, in the shape of CANARD."""
    return tuple(_each(path, _rewrite))


def segmented(path: Path) -> tuple[Segmented, ...]:
    """Texts with their sentences."""

    def one(row: Values) -> Segmented:
        kept = tuple(_strings(row, "sentences"))
        return Segmented(_text(row, "id"), str(row.get("genre") or row.get("set") or ""), _text(row, "text"), kept)

    return tuple(_each(path, one))


def pages(folder: Path) -> tuple[Page, ...]:
    """Web pages (gzipped) with the bodies of their articles, from ground_truth.jsonl."""

    def one(row: Values) -> Page:
        html = gzip.decompress((folder / _text(row, "html")).read_bytes())
        return Page(_text(row, "id"), str(row.get("url") or ""), html, _text(row, "article_body"))

    return tuple(_each(folder / "ground_truth.jsonl", one))


def is_own(path: Path) -> bool:
    """Whether a file of questions is in our own shape; otherwise it is an evaluator's."""
    return path.suffix == ".jsonl" and any("support" in row for row in _first(path))


def is_segmented(path: Path) -> bool:
    """Whether a file holds texts with their sentences."""
    return any("sentences" in row and "text" in row for row in _first(path))


def _own_case(row: Values) -> Case:
    support = [Support(_text(item, "file"), _text(item, "quote")) for item in _objects(row, "support")]
    now = len(support) - 1 if row["type"] == "superseded" and len(support) > 1 else len(support)
    return Case(
        *(_text(row, "id"), _text(row, "type"), _text(row, "question"), bool(row["answerable"])),
        history=tuple(Turn(_text(turn, "question"), _text(turn, "answer")) for turn in _objects(row, "history")),
        answers=tuple(_strings(row, "answers")),
        support=tuple(support[:now]),
        superseded=tuple(support[now:]),
        forbidden=tuple(_strings(row, "forbidden")),
    )


def _evaluators_case(path: Path, number: int, row: Values) -> Case:
    said = str(row.get("answerable", "")).strip().lower()
    if said not in _YES | _NO:
        raise UsageError(f"{path}, row {number}: answerable is {said!r}; it must be yes or no")
    given = row.get("answers") or ""
    parts = [str(each) for each in given] if isinstance(given, list) else str(given).split("|")
    answers = tuple(part.strip() for part in parts if part.strip())
    document, quote = (str(row.get(name) or "").strip() for name in ("document", "quote"))
    if quote and not document:
        raise UsageError(f"{path}, row {number} has a quote but no document; name the file it is from")
    return Case(
        *(str(number), "own", " ".join(str(row["question"]).split()), said in _YES),
        answers=_short(answers),
        support=(Support(document, quote),) if document else (),
        references=answers,
    )


def _source(row: Values) -> Source:
    meta = row.get("meta")
    given = meta if isinstance(meta, dict) else {}
    day = str(given.get("date") or "")[:10]
    return Source(
        *(_text(row, "id"), str(row.get("title") or ""), _text(row, "text")),
        outlet=given.get("source"),
        published=date.fromisoformat(day) if day else None,
        url=given.get("url"),
    )


def _case(row: Values) -> Case:
    """A question of a published set; fields that only some sets have add what can be graded."""
    answers, relevant = _strings(row, "answers"), _strings(row, "relevant")
    chosen = row.get("selected_sentences")
    quotes = sorted({quote for some in chosen for quote in some}) if isinstance(chosen, list) else []
    support = tuple(Support(id_, quote) for id_ in relevant for quote in quotes or [""])
    answerable = bool(row["answerable"])
    false = tuple(_strings(row, "wrong_answers"))
    return Case(
        *(_text(row, "id"), _kind(row), _text(row, "question"), answerable),
        history=_turns(row),
        answers=_short(answers) if answerable else (),
        support=support if answerable else (),
        every=tuple(answers) if "wrong_answers" in row else (),
        forbidden=false,
        references=tuple(answers) if answerable else (),
        within=tuple(_text(each, "id") for each in _objects(row, "documents")),
    )


def _quoted_case(row: Values) -> Case:
    """A question whose answers quote their sources between [ n and ]."""
    sources = row["sources_numbered"]
    short = [str(each["short_answer"]) for each in sources.values()] if isinstance(sources, dict) else []
    whole = [_SPAN.sub(r"\1", answer) for answer in _strings(row, "answers")]
    case = _case({**row, "answers": short})
    return replace(case, references=tuple(whole), every=tuple(dict.fromkeys(short)))


def _kind(row: Values) -> str:
    return str(row.get("answerability") or row["type"]).lower()


def _turns(row: Values) -> tuple[Turn, ...]:
    """The conversation so far: what a user said and the agent's reply to it."""
    said = [(_text(each, "speaker"), _text(each, "text")) for each in _objects(row, "history")]
    found: list[Turn] = []
    for speaker, text in said:
        if speaker == "user":
            found.append(Turn(text, ""))
        elif found:
            found[-1] = Turn(found[-1].question, text)
    return tuple(found)


def _claim(row: Values) -> Claim:
    if "qa" in row:
        texts = [f"{pair['question']} {a['answer']}" for pair in _objects(row, "qa") for a in _objects(pair, "answers")]
        claimed, label = ("averitec", _text(row, "label")), _text(row, "label") == "Supported"
    else:
        texts = [_text(each, "text") for each in _objects(row, "evidence")]
        claimed, label = (_text(row, "source_dataset"), _text(row, "split")), row["label"] == "attributable"
    split = claimed[1] if "qa" not in row else "dev"
    return Claim(_text(row, "id"), claimed[0], split, _text(row, "claim"), tuple(texts), label)


def _rewrite(row: Values) -> Rewrite:
    said = _strings(row, "history")[2:]  # the first two are the titles of the page and of its section
    turns = tuple(Turn(question, answer) for question, answer in zip(said[::2], said[1::2], strict=False))
    return Rewrite(_text(row, "id"), _text(row, "question"), turns, _text(row, "rewrite"))


def _is_test(row: Values) -> bool:
    return row["kind"] == "text" and row["split"] == "test"


def _plant(context: str, attack: str, place: str) -> str:
    lines = context.split("\n")
    row = {"start": 0, "middle": len(lines) // 2, "end": len(lines)}[place]
    return "\n".join([*lines[:row], attack, *lines[row:]])


def _short(answers: Sequence[str]) -> tuple[str, ...]:
    """The answers that can be looked for word for word: "no" stands in many a sentence that does not say no."""
    return tuple(each for each in answers if len(each.split()) <= SHORT and each.strip().lower() not in {"yes", "no"})


def _csv(path: Path) -> Iterator[Values]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, restkey="more cells than headings", strict=True)
        try:
            yield from reader
        except csv.Error as error:
            raise UsageError(f"{path}, line {reader.line_num}: {error}") from error


def _first(path: Path) -> Iterator[Values]:
    for row in _each(path, lambda row: row):
        yield row
        return


def _each(path: Path, made: Callable[[Values], T]) -> Iterator[T]:
    """What ``made`` makes of each line's JSON object."""
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").split("\n"), 1):
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


def _text(row: Values, name: str) -> str:
    value = row[name]
    if not isinstance(value, str | int):
        raise ValueError(f"{name} must be a string")
    return str(value)


def _strings(row: Values, name: str) -> list[str]:
    value = row.get(name) or []
    if not isinstance(value, list):
        raise ValueError(f"{name} must be a list of strings")
    return [str(each) for each in value]


def _objects(row: Values, name: str) -> list[Values]:
    value = row.get(name) or []
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise ValueError(f"{name} must be a list of objects")
    return value
