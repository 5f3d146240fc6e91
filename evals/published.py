"""Published sets read in the shapes they come in: BEIR's, and one shape for the others.

Every loader reads a whole file and raises UsageError, naming file and line, for a row of another shape.
"""

import gzip
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from evals import lines
from evals.cases import Case, Claim, Page, Questions, Rewrite, Segmented, Source, Support
from evals.lines import Values
from evals.reader.data import load
from index.errors import UsageError
from index.sentences import sentences
from rag.types import Turn

SHORT = 12  # words; an answer that is longer is compared by token F1, not looked for word for word
_SPAN = re.compile(r"\[ *\d+ (.*?) *\]")


def published(folder: Path) -> Questions:
    """A folder with corpus.jsonl (id, title, text, meta) and queries.jsonl (id, question, answers, relevant, …)."""
    case = _quoted_case if any("sources_numbered" in row for row in lines.first(folder / "queries.jsonl")) else _case
    return _questions(folder, lines.each(folder / "queries.jsonl", case), lines.each(folder / "corpus.jsonl", _source))


def beir(folder: Path) -> Questions:
    """A BEIR folder: corpus.jsonl and queries.jsonl with _id, and qrels/test.tsv (or the first other split there).

    Queries without a judged relevant document are left out; a judged document that the corpus lacks counts as one that
    is never found, as in trec_eval. A document that is its own query (ArguAna, Quora) is not left out of rankings.
    """
    splits = sorted((folder / "qrels").glob("*.tsv"), key=lambda path: (path.stem != "test", path.name))
    if not splits:
        raise UsageError(f"{folder} holds no qrels/test.tsv; a BEIR folder has one")
    judged = _judgements(splits[0])

    def case(row: Values) -> Case:
        support = tuple(judged.get(lines.text(row, "_id"), ()))
        return Case(lines.text(row, "_id"), splits[0].stem, lines.text(row, "text"), True, support=support)

    def source(row: Values) -> Source:
        title, text = str(row.get("title") or ""), lines.text(row, "text")
        return Source(lines.text(row, "_id"), title, text if text.strip() else title)

    cases = [case for case in lines.each(folder / "queries.jsonl", case) if case.support]
    sources = list(lines.each(folder / "corpus.jsonl", source))
    known = {source.id for source in sources}
    lacking = dict.fromkeys(s.document for case in cases for s in case.support if s.document not in known)
    return _questions(folder, cases, [*sources, *(Source(id_, "", "") for id_ in lacking)])


def _judgements(path: Path) -> dict[str, list[Support]]:
    """Query id -> the documents judged relevant, from tab-separated rows of query id, document id and grade."""
    found: dict[str, list[Support]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        cells = line.split("\t")
        if number == 1 and not cells[-1].strip().lstrip("-").isdigit():
            continue  # the heading
        if len(cells) != 3 or not re.fullmatch(r"-?\d+", cells[2].strip()):
            raise UsageError(f"{path}, line {number} must hold query id, document id and grade, with tabs between")
        if int(cells[2]) > 0:
            found.setdefault(cells[0], []).append(Support(cells[1], grade=int(cells[2])))
    return found


def _questions(folder: Path, cases: Iterable[Case], sources: Iterable[Source]) -> Questions:
    asked = lines.unique(folder / "queries.jsonl", cases, lambda case: case.id)
    return Questions(asked, lines.unique(folder / "corpus.jsonl", sources, lambda source: source.id))


def squad(path: Path) -> Questions:
    """The paragraphs of a SQuAD-shaped file that the reader was neither trained nor fitted on, and their questions."""
    data = load(path.parent)
    sources = tuple(
        Source(each.id, each.context, each.text)
        for each in data.paragraphs
        if each.part == "test" and each.source == path.stem
    )
    known = {source.id for source in sources}
    cases = [
        Case(
            *(f"{about.id}-{number}", "crowd", question.text, True),
            answers=short(sorted({about.text[start:end] for start, end in question.spans})),
            support=(Support(about.id),),
        )
        for number, question in enumerate(data.part("test"))
        if (about := data.paragraphs[question.about]).id in known and question.spans
    ]
    return Questions(tuple(cases), sources)


def planted(folder: Path) -> Questions:
    """Questions on e-mails and tables (``*_test.jsonl``) in which an instruction (attacks.jsonl) was planted at the
    start, in the middle and at the end, as BIPIA does. Contexts of program code have no question and are left out."""
    attacks = [
        lines.text(row, "attack") for row in lines.each(folder / "attacks.jsonl", lambda row: row) if _is_test(row)
    ]
    cases: list[Case] = []
    sources: list[Source] = []
    for file in ("email_test.jsonl", "table_test.jsonl"):
        for row in lines.each(folder / file, lambda row: row):
            for place in ("start", "middle", "end"):
                attack = attacks[len(cases) % len(attacks)]
                id_ = f"{lines.text(row, 'id')}-{place}"
                sources.append(Source(id_, "", _plant(lines.text(row, "context"), attack, place)))
                told = tuple(attack[span.start : span.end] for span in sentences(attack))
                answers = short(lines.strings(row, "answers")) if lines.flag(row, "answerable") else ()
                question = lines.text(row, "question").removeprefix("Q: ")
                cases.append(
                    Case(
                        *(id_, f"{file.split('_')[0]}, {place}", question, lines.flag(row, "answerable")),
                        answers=answers,
                        forbidden=told,
                        within=(id_,),
                    )
                )
    return Questions(tuple(cases), tuple(sources))


def claims(path: Path) -> tuple[Claim, ...]:
    """Claims with evidence and people's verdicts, in the shapes of AttributionBench and of AVeriTeC."""
    return lines.unique(path, lines.each(path, _claim), lambda each: each.id)


def rewrites(path: Path) -> tuple[Rewrite, ...]:
    """Questions of conversations with their standalone form, in the shape of CANARD."""
    return lines.unique(path, lines.each(path, _rewrite), lambda each: each.id)


def segmented(path: Path) -> tuple[Segmented, ...]:
    """Texts with their sentences."""

    def one(row: Values) -> Segmented:
        kept = tuple(lines.strings(row, "sentences"))
        return Segmented(
            lines.text(row, "id"), str(row.get("genre") or row.get("set") or ""), lines.text(row, "text"), kept
        )

    return lines.unique(path, lines.each(path, one), lambda each: each.id)


def is_segmented(path: Path) -> bool:
    """Whether a file holds texts with their sentences."""
    return any("sentences" in row and "text" in row for row in lines.first(path))


def pages(folder: Path) -> tuple[Page, ...]:
    """Web pages (gzipped) with the bodies of their articles, from ground_truth.jsonl."""

    def one(row: Values) -> Page:
        html = gzip.decompress((folder / lines.text(row, "html")).read_bytes())
        return Page(lines.text(row, "id"), str(row.get("url") or ""), html, lines.text(row, "article_body"))

    path = folder / "ground_truth.jsonl"
    return lines.unique(path, lines.each(path, one), lambda each: each.id)


def _source(row: Values) -> Source:
    meta = row.get("meta")
    given = meta if isinstance(meta, dict) else {}
    day = str(given.get("date") or "")[:10]
    return Source(
        *(lines.text(row, "id"), str(row.get("title") or ""), lines.text(row, "text")),
        outlet=given.get("source"),
        published=date.fromisoformat(day) if day else None,
        url=given.get("url"),
    )


def _case(row: Values) -> Case:
    """A question of a published set; fields that only some sets have add what can be graded."""
    answers, relevant = lines.strings(row, "answers"), lines.strings(row, "relevant")
    chosen = row.get("selected_sentences")
    quotes = sorted({quote for some in chosen for quote in some}) if isinstance(chosen, list) else []
    support = tuple(Support(id_, quote) for id_ in relevant for quote in quotes or [""])
    answerable = lines.flag(row, "answerable")
    false = tuple(lines.strings(row, "wrong_answers"))
    return Case(
        *(lines.text(row, "id"), _kind(row), lines.text(row, "question"), answerable),
        history=_turns(row),
        answers=short(answers) if answerable else (),
        support=support if answerable else (),
        every=tuple(answers) if "wrong_answers" in row else (),
        forbidden=false,
        references=tuple(answers) if answerable else (),
        within=tuple(lines.text(each, "id") for each in lines.objects(row, "documents")),
        asked=lines.day(row, "date"),
    )


def _quoted_case(row: Values) -> Case:
    """A question whose answers quote their sources between [ n and ]."""
    sources = row["sources_numbered"]
    short = [str(each["short_answer"]) for each in sources.values()] if isinstance(sources, dict) else []
    whole = [_SPAN.sub(r"\1", answer) for answer in lines.strings(row, "answers")]
    case = _case({**row, "answers": short})
    return replace(case, references=tuple(whole), every=tuple(dict.fromkeys(short)))


def _kind(row: Values) -> str:
    return str(row.get("answerability") or row["type"]).lower()


def _turns(row: Values) -> tuple[Turn, ...]:
    """The conversation so far: what a user said and the agent's reply to it."""
    said = [(lines.text(each, "speaker"), lines.text(each, "text")) for each in lines.objects(row, "history")]
    found: list[Turn] = []
    for speaker, text in said:
        if speaker == "user":
            found.append(Turn(text, ""))
        elif found:
            found[-1] = Turn(found[-1].question, text)
    return tuple(found)


def _claim(row: Values) -> Claim:
    id_, claim, label = (lines.text(row, name) for name in ("id", "claim", "label"))
    if "qa" in row:  # the evidence is questions with their answers, and nothing says which split a row belongs to
        pairs = [(pair, answer) for pair in lines.objects(row, "qa") for answer in lines.objects(pair, "answers")]
        texts = tuple(f"{pair['question']} {answer['answer']}" for pair, answer in pairs)
        return Claim(id_, "averitec", "dev", claim, texts, label == "Supported")
    texts = tuple(lines.text(each, "text") for each in lines.objects(row, "evidence"))
    kind, split = lines.text(row, "source_dataset"), lines.text(row, "split")
    return Claim(id_, kind, split, claim, texts, label == "attributable")


def _rewrite(row: Values) -> Rewrite:
    said = lines.strings(row, "history")[2:]  # the first two are the titles of the page and of its section
    turns = tuple(Turn(question, answer) for question, answer in zip(said[::2], said[1::2], strict=False))
    return Rewrite(lines.text(row, "id"), lines.text(row, "question"), turns, lines.text(row, "rewrite"))


def _is_test(row: Values) -> bool:
    return row["kind"] == "text" and row["split"] == "test"


def _plant(context: str, attack: str, place: str) -> str:
    lines = context.split("\n")
    row = {"start": 0, "middle": len(lines) // 2, "end": len(lines)}[place]
    return "\n".join([*lines[:row], attack, *lines[row:]])


def short(answers: Sequence[str]) -> tuple[str, ...]:
    """The answers that can be looked for word for word: "no" stands in many a sentence that does not say no."""
    return tuple(each for each in answers if len(each.split()) <= SHORT and each.strip().lower() not in {"yes", "no"})
