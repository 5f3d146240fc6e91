"""Made texts and vectors for ``citedesk bench``: the sentences of real documents, recombined; real vectors, with noise.

No two paragraphs hold the same sentences, so no two chunks have the same text, and the words are real ones.
"""

import hashlib
import random
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

import numpy as np

from evals.bench.tools import Plan, defaults
from index.embed import Vectors
from index.errors import UsageError
from index.sentences import sentences
from index.split import chunks
from index.types import Document, Paragraph
from rag.desk import ingest_paths, open_desk

SEED = 7  # of everything that is made
FIRST_DAY, DAYS = date(2022, 1, 1), 1000  # made documents are published on these days, evenly
NOISE = 0.8  # norm of the noise added to a real unit vector
FEWEST = 20  # sentences, without which there is not much to recombine
_SHORTEST, _LONGEST, _FULL = 40, 300, 350  # characters: of a sentence that is used; a made paragraph ends after _FULL


@dataclass(frozen=True, slots=True)
class Material:
    """What a folder of real documents offers: sentences, titles and outlets, each once and in order, and the unit
    vectors of its chunks, shape (number, d)."""

    sentences: tuple[str, ...]
    titles: tuple[str, ...]
    outlets: tuple[str, ...]
    vectors: Vectors


@dataclass(frozen=True, slots=True)
class Article:
    """A made article; ``number`` counts from 1 and stands in its title."""

    number: int
    title: str
    outlet: str
    published: date
    paragraphs: tuple[str, ...]


def material(folder: Path, home: Path) -> Material:
    """Ingests ``folder`` into a library in ``home`` and takes it apart. UsageError when it holds too little."""
    with closing(open_desk(defaults(home))) as desk:
        ingest_paths(desk, [folder])
        documents = [desk.library.document(entry.id) for entry in desk.library.entries()]
        vectors = desk.library.vectors().matrix
    found = {sentence for document in documents for sentence in _sentences(document)}
    if len(found) < FEWEST:
        raise UsageError(f"{folder} holds {len(found)} usable sentences; {FEWEST} or more are needed to recombine them")
    outlets = {document.outlet for document in documents if document.outlet} | {"First Outlet", "Second Outlet"}
    return Material(
        tuple(sorted(found)), tuple(sorted({document.title for document in documents})), tuple(sorted(outlets)), vectors
    )


def _sentences(document: Document) -> Iterator[str]:
    for paragraph in document.paragraphs:
        text = document.text[paragraph.start : paragraph.end]
        for span in () if paragraph.heading else sentences(text):
            sentence = text[span.start : span.end]
            if _SHORTEST <= len(sentence) <= _LONGEST and "|" not in sentence:  # no rows of tables
                yield sentence


def articles(given: Material, seed: int) -> Iterator[Article]:
    """Made articles without end, the same for the same seed; no paragraph comes twice. Half of them are from the
    first outlet, the others from any of the rest."""
    rng = random.Random(seed)
    seen: set[tuple[int, ...]] = set()
    for number in count(1):
        first = rng.random() < 0.5
        yield Article(
            number=number,
            title=f"{rng.choice(given.titles)} ({number})",
            outlet=given.outlets[0] if first else rng.choice(given.outlets[1:]),
            published=FIRST_DAY + timedelta(days=rng.randrange(DAYS)),
            paragraphs=tuple(_paragraph(given.sentences, seen, rng) for _ in range(rng.randint(3, 6))),
        )


def _paragraph(real: Sequence[str], seen: set[tuple[int, ...]], rng: random.Random) -> str:
    """Different sentences, drawn until they fill a paragraph, in a combination that is not among those ``seen``."""
    while True:
        drawn: list[int] = []
        while sum(len(real[row]) for row in drawn) < _FULL and len(drawn) < len(real):
            row = rng.randrange(len(real))
            drawn += [] if row in drawn else [row]
        combination = tuple(sorted(drawn))
        if combination not in seen:
            seen.add(combination)
            return " ".join(real[row] for row in drawn)


def as_text(article: Article) -> str:
    """The article as the .txt file that ingest reads."""
    day = f"{article.published.day} {article.published:%B %Y}"
    return "\n\n".join([f"{article.outlet}\n{day}", article.title, *article.paragraphs]) + "\n"


def as_document(article: Article, source: str, position: int) -> Document:
    """The article as ingest would have parsed it, at ``position`` of the file ``source``."""
    placed, start = [], 0
    for number, text in enumerate(article.paragraphs, 1):
        placed.append(Paragraph(number, start, start + len(text)))
        start += len(text) + 2
    name = f"{source} {position}"
    return Document(
        id=hashlib.sha256(name.encode()).hexdigest()[:16],
        version=hashlib.sha256(as_text(article).encode()).hexdigest()[:16],
        source=source,
        position=position,
        title=article.title,
        outlet=article.outlet,
        author=None,
        published=article.published,
        url=None,
        modified=datetime(2025, 1, 1, tzinfo=UTC),
        text="\n\n".join(article.paragraphs),
        paragraphs=tuple(placed),
    )


def noisy(real: Vectors, number: int, rng: np.random.Generator) -> Vectors:
    """``number`` unit vectors, float32 of shape (number, d): real ones drawn at random, each with noise of norm NOISE
    added."""
    noise = rng.standard_normal((number, real.shape[1])) * (NOISE / np.sqrt(real.shape[1]))
    rows = real[rng.integers(len(real), size=number)] + noise
    unit: Vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return unit


def write(folder: Path, given: Material, size: int, seed: int) -> None:
    """Writes made articles of ``size`` chunks or a few more into ``folder``, a .txt file each."""
    budget, left = defaults(folder).chunk_tokens, size
    for article in articles(given, seed):
        (folder / f"{article.number:05}.txt").write_text(as_text(article), encoding="utf-8")
        left -= len(chunks(as_document(article, "", 0), budget))
        if left <= 0:
            return


def made_folder(plan: Plan, given: Material) -> Path:
    """The made .txt files, written when they are first needed."""
    folder = plan.scratch / "texts"
    if not folder.exists():
        folder.mkdir()
        write(folder, given, plan.texts, SEED)
    return folder
