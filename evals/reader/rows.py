"""Training and test questions asked of real libraries: the evidence on every sentence, labelled right or not."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from evals.reader.data import CALIBRATION, Data, Paragraph, Question, rows
from evals.tasks.shelf import store
from index.embed import MiniLM
from index.exact import ExactIndex
from index.library import Library
from index.types import Document, Filters
from index.types import Paragraph as Place
from rag.answer import CANDIDATES
from rag.evidence import Features, evidence
from rag.retrieve import retrieve
from rag.settings import read

SEED = 7
BUDGET = 200  # tokens a chunk; the product's default
WITHOUT = 0.5  # how many of the questions are asked a second time with their own paragraph filtered out

Labels = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Row:
    """One asked question. ``features`` (n, m) of its candidate sentences, ``right`` (n,) where one holds an accepted
    answer in the right paragraph; ``passages`` (p, q) and ``relevant`` (p,) likewise of those read. ``domain`` is the
    kind of question, ``answerable`` tells whether anything in the library answers it."""

    domain: str
    question: str
    features: Features
    right: Labels
    passages: Features
    relevant: Labels
    answerable: bool


@dataclass(frozen=True, slots=True)
class Shelf:
    """An open library of paragraphs, one document each, and what searches it."""

    library: Library
    index: ExactIndex
    model: MiniLM


def shelf(folder: Path, paragraphs: Sequence[Paragraph]) -> Shelf:
    """The library of these paragraphs in ``folder``; one that is there is used again."""
    model = MiniLM()
    folder.mkdir(parents=True, exist_ok=True)
    library = Library(folder / "library.sqlite")
    if not library.count_documents():
        store(library, model, BUDGET, [_document(paragraph) for paragraph in paragraphs])
    return Shelf(library, ExactIndex(), model)


def asked(shelf: Shelf, data: Data, questions: Sequence[Question], name: str) -> Iterator[Row]:
    """The rows of ``questions``; some of those that have an answer a second time without their own paragraph."""
    chance = random.Random(SEED)
    others = tuple(entry.id for entry in shelf.library.entries())
    for question in track(questions, description=name):
        about = data.paragraphs[question.about].id
        yield _row(shelf, name, question.text, about, question.spans, Filters())
        if question.spans and chance.random() < WITHOUT:
            yield _row(shelf, name, question.text, "", (), Filters(documents=tuple(o for o in others if o != about)))


def calibration(shelf: Shelf, data: Data) -> Iterator[Row]:
    """The rows of our calibration questions; a third of them have no answer anywhere."""
    texts = {paragraph.id: paragraph.text for paragraph in data.paragraphs}
    for given in track(rows(CALIBRATION), description="calibration"):
        about = given["paragraph"] or ""
        spans = [(texts[about].find(answer), len(answer)) for answer in given["answers"]]
        held = tuple((start, start + size) for start, size in spans if start >= 0)
        yield _row(shelf, "calibration", given["question"], about, held, Filters())


def _row(
    shelf: Shelf, domain: str, question: str, about: str, spans: Sequence[tuple[int, int]], filters: Filters
) -> Row:
    found = retrieve(shelf.library, shelf.index, shelf.model, question, filters, CANDIDATES)
    material = evidence(found, question, read({}).read_tokens)
    right = [
        each.passage.document.id == about and any(start < each.end and end > each.start for start, end in spans)
        for each in material.candidates
    ]
    relevant = [passage.document.id == about and bool(spans) for passage in material.read]
    return Row(
        domain,
        question,
        material.features,
        np.array(right, dtype=np.bool_),
        material.passages,
        np.array(relevant, dtype=np.bool_),
        bool(spans),
    )


def _document(paragraph: Paragraph) -> Document:
    place = (Place(1, 0, len(paragraph.text)),)
    now = datetime.now(UTC)
    # Its whole context line as the title: the line comes out the same.
    id_ = paragraph.id
    return Document(id_, "1", id_, 0, paragraph.context, None, None, None, None, now, paragraph.text, place)
