"""Questions on files in the format of SQuAD, asked of real libraries and labelled sentence by sentence."""

import json
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from evals.tasks.shelf import store
from index.embed import MiniLM
from index.exact import ExactIndex
from index.library import Library
from index.types import Document, Filters, Paragraph
from rag.evidence import Features, evidence
from rag.retrieve import retrieve

GROUP = 120  # paragraphs in a library of crowd questions; neighbours in the file stay together
SEED = 7
BUDGET = 200  # tokens a chunk; the product's default


@dataclass(frozen=True, slots=True)
class Row:
    """One asked question: its candidate sentences' ``features`` (n, m) and ``labels`` (n,), true where a sentence holds
    an accepted answer in the right paragraph. ``domain`` is the file it comes from."""

    domain: str
    question: str
    features: Features
    labels: NDArray[np.bool_]
    answerable: bool


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question, the id of the document that answers it ("" for none) and the accepted answer texts."""

    text: str
    document_id: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Shelf:
    """An open library and what searches it."""

    library: Library
    index: ExactIndex
    model: MiniLM


def crowd_rows(model: MiniLM, file: Path, wanted: int) -> Iterator[Row]:
    """About ``wanted`` questions of a SQuAD file, half of them a second time without their paragraph."""
    chance = random.Random(SEED)
    paragraphs = _paragraphs(file)
    groups = [paragraphs[first : first + GROUP] for first in range(0, len(paragraphs), GROUP)]
    for group in track(groups, description=file.stem):
        documents = [document for document, _ in group]
        questions = [question for _, some in group for question in some]
        with _shelf(model, documents) as shelf:
            for question in chance.sample(questions, min(-(-wanted // len(groups)), len(questions))):
                yield _row(shelf, question, file.stem, Filters())
                if chance.random() < 0.5:
                    others = tuple(document.id for document in documents if document.id != question.document_id)
                    yield _row(shelf, question, file.stem, Filters(documents=others))


def calibration_rows(model: MiniLM, file: Path, questions: Path) -> list[Row]:
    """The questions of a JSONL file (question, paragraph, answers, answerable), asked of all paragraphs of ``file``.

    ``paragraph`` is the id of the first question that the SQuAD file has on that paragraph.
    """
    paragraphs = _paragraphs(file)
    first = {
        paragraph["qas"][0]["id"]: document.id
        for (document, _), paragraph in zip(paragraphs, _raw(file), strict=True)
        if paragraph["qas"]
    }
    rows = []
    with _shelf(model, [document for document, _ in paragraphs]) as shelf:
        for line in questions.read_text(encoding="utf-8").splitlines():
            given = json.loads(line)
            asked = _Asked(given["question"], first.get(given["paragraph"], ""), tuple(given["answers"]))
            rows.append(_row(shelf, asked, "calibration", Filters()))
    return rows


def _raw(file: Path) -> list[dict[str, list[dict[str, str]]]]:
    data = json.loads(file.read_text(encoding="utf-8"))["data"]
    return [paragraph for article in data for paragraph in article["paragraphs"]]


def _paragraphs(file: Path) -> list[tuple[Document, list[_Asked]]]:
    """One document a paragraph, titled with its article where articles have real titles."""
    articles = json.loads(file.read_text(encoding="utf-8"))["data"]
    titled = "wiki" in file.stem  # elsewhere titles are numbered labels
    found: list[tuple[Document, list[_Asked]]] = []
    for article in articles:
        title = article["title"].replace("_", " ") if titled else ""
        for paragraph in article["paragraphs"]:
            id_ = f"{file.stem}-{len(found)}"
            text = " ".join(paragraph["context"].split())
            span = (Paragraph(1, 0, len(text)),)
            document = Document(id_, "1", id_, 0, title, None, None, None, None, datetime.now(UTC), text, span)
            asked = [
                _Asked(each["question"], id_, tuple(" ".join(answer["text"].split()) for answer in each["answers"]))
                for each in paragraph["qas"]
                if each["answers"]
            ]
            found.append((document, asked))
    return found


@contextmanager
def _shelf(model: MiniLM, documents: Sequence[Document]) -> Iterator[_Shelf]:
    with TemporaryDirectory() as folder:
        library = Library(Path(folder) / "library.sqlite")
        store(library, model, BUDGET, documents)
        yield _Shelf(library, ExactIndex(), model)
        library.close()


def _row(shelf: _Shelf, question: _Asked, domain: str, filters: Filters) -> Row:
    found = retrieve(shelf.library, shelf.index, shelf.model, question.text, filters, 10)
    material = evidence(found, shelf.model, question.text)
    labels = [
        candidate.passage.document.id == question.document_id
        and any(answer in candidate.text for answer in question.answers)
        for candidate in material.candidates
    ]
    answerable = bool(question.document_id) and filters == Filters()
    return Row(domain, question.text, material.features, np.array(labels, dtype=np.bool_), answerable)
