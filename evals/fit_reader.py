"""Fits the reader's two logistic models on SQuAD-shaped training files and writes ``rag/reader.json``.

    python -m evals.fit_reader FOLDER [--questions N] [--out FILE]

FOLDER holds *.json files in the format of SQuAD. Paragraphs are put into small libraries of GROUP paragraphs from one
file, in the order of the file, so that the other paragraphs of an article stand beside the right one; questions are
asked of the real retrieval. Half of the questions are asked a second time with their own paragraph filtered out: the
reader must then be unsure although the topic is there. A third of the questions (by hash) is held out; the figures
that are printed and stored are of that third. Needs the development requirements (scikit-learn).
"""

import argparse
import hashlib
import json
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from rich.progress import track
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from index.embed import MiniLM, embed
from index.library import Library, Model
from index.split import chunks
from index.tables import Embedded
from index.types import Document, Filters, Paragraph
from index.vectors import ExactIndex
from rag.reader import FEATURES, OUTLOOK, Features, evidence, standing
from rag.retrieve import retrieve

GROUP = 120  # paragraphs in a library
SEED = 7


@dataclass(frozen=True, slots=True)
class Question:
    """A training question, the paragraph (0-based, in its group) that answers it and the accepted answer texts."""

    text: str
    paragraph: int
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One asked question: its candidates' ``features`` (n, len(FEATURES)) and ``labels`` (n,), true where a sentence
    holds an accepted answer in the right paragraph. ``domain`` is the file it comes from."""

    domain: str
    question: str
    features: Features
    labels: np.ndarray[tuple[int], np.dtype[np.bool_]]
    answerable: bool


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--questions", type=int, default=1200, help="questions a file (default 1200)")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent / "rag" / "reader.json")
    arguments = parser.parse_args()
    files = sorted(arguments.folder.glob("*.json"))
    if not files:
        parser.error(f"{arguments.folder} holds no *.json file")
    model = MiniLM()
    rows = [row for file in files for row in _rows(model, file, arguments.questions)]
    stored = _fit(rows)
    arguments.out.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(stored, indent=1) + "\n")


def _groups(file: Path) -> Iterator[tuple[list[Document], list[Question]]]:
    paragraphs = [
        (article.get("title", "").replace("_", " "), paragraph)
        for article in json.loads(file.read_text(encoding="utf-8"))["data"]
        for paragraph in article["paragraphs"]
    ]
    if len({title for title, _ in paragraphs}) < 2 or len({t for t, _ in paragraphs}) > len(paragraphs) / 10:
        paragraphs = [("", paragraph) for _, paragraph in paragraphs]  # titles that are only numbered labels
    for first in range(0, len(paragraphs), GROUP):
        documents, questions = [], []
        for place, (title, paragraph) in enumerate(paragraphs[first : first + GROUP]):
            text = " ".join(paragraph["context"].split())
            span = (Paragraph(1, 0, len(text)),)
            now = datetime.now(UTC)
            documents.append(
                Document(
                    f"{file.stem}-{first + place}", "1", str(place), 0, title, None, None, None, None, now, text, span
                )
            )
            for asked in paragraph["qas"]:
                texts = tuple(" ".join(answer["text"].split()) for answer in asked["answers"])
                if texts:
                    questions.append(Question(asked["question"], place, texts))
        yield documents, questions


def _rows(model: MiniLM, file: Path, wanted: int) -> Iterator[Row]:
    chance = random.Random(SEED)
    groups = list(_groups(file))
    each = -(-wanted // len(groups))
    for documents, questions in track(groups, description=file.stem):
        with tempfile.TemporaryDirectory() as folder:
            library, index = Library(Path(folder) / "library.sqlite"), ExactIndex()
            parts = [chunks(document, 200) for document in documents]
            texts = [
                f"{c.context}\n{d.text[c.start : c.end]}"
                for d, part in zip(documents, parts, strict=True)
                for c in part
            ]
            matrix, row = embed(model, texts), 0
            for document, part in zip(documents, parts, strict=True):
                embedded = Embedded(document, part, matrix[row : row + len(part)])
                library.replace(document.source, "1", [embedded], Model(model.model_name, matrix.shape[1]))
                row += len(part)
            for question in chance.sample(questions, min(each, len(questions))):
                yield _row(library, index, model, question, documents, file.stem, Filters())
                if chance.random() < 0.5:
                    others = tuple(d.id for d in documents if d.id != documents[question.paragraph].id)
                    yield _row(library, index, model, question, documents, file.stem, Filters(documents=others))
            library.close()


def _row(
    library: Library,
    index: ExactIndex,
    model: MiniLM,
    question: Question,
    documents: Sequence[Document],
    domain: str,
    filters: Filters,
) -> Row:
    found = retrieve(library, index, model, question.text, filters, 10)
    material = evidence(found, model, question.text)
    right = documents[question.paragraph].id
    labels = [
        candidate.passage.document.id == right and any(answer in candidate.text for answer in question.answers)
        for candidate in material.candidates
    ]
    return Row(domain, question.text, material.features, np.array(labels, dtype=np.bool_), filters == Filters())


def _held_out(row: Row) -> bool:
    return hashlib.sha256(row.question.encode()).digest()[0] % 3 == 0


def _fit(rows: Sequence[Row]) -> dict[str, object]:
    train = [row for row in rows if not _held_out(row)]
    test = [row for row in rows if _held_out(row)]
    found = [row for row in train if row.labels.any()]
    sentence = _logistic(np.vstack([row.features for row in found]), np.concatenate([row.labels for row in found]))

    def score(row: Row) -> Features:
        scores: Features = sentence.intercept_[0] + row.features @ sentence.coef_[0]
        return scores

    def right(row: Row) -> bool:
        return bool(row.labels[int(np.argmax(score(row)))])

    def outlook(some: Sequence[Row]) -> Features:
        return np.array([standing(row.features, score(row)) for row in some])

    confidence = _logistic(outlook(train), np.array([right(row) for row in train]))
    probability = confidence.predict_proba(outlook(train))[:, 1]
    threshold = _balanced(probability, np.array([right(row) for row in train]))
    figures: dict[str, object] = {"threshold": round(threshold, 3)}
    for domain in (*sorted({row.domain for row in test}), "all"):
        some = [row for row in test if domain in (row.domain, "all")]
        sure = confidence.predict_proba(outlook(some))[:, 1]
        correct = np.array([right(row) for row in some])
        asked = np.array([row.answerable for row in some])
        cosine = np.array([bool(row.labels[int(np.argmax(row.features[:, 0]))]) for row in some])
        figures[domain] = {
            "n": len(some),
            "right sentence": round(float(correct[asked].mean()), 3),
            "right sentence by cosine": round(float(cosine[asked].mean()), 3),
            "AUROC right or not": round(float(roc_auc_score(correct, sure)), 3),
            "AUROC answerable or not": round(float(roc_auc_score(asked, sure)), 3),
            "by cosine": round(float(roc_auc_score(asked, [row.features[:, 0].max() for row in some])), 3),
        }
    return {
        "sentence": _named(sentence, FEATURES),
        "confidence": _named(confidence, OUTLOOK),
        "held out": figures,
    }


def _logistic(features: Features, labels: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> LogisticRegression:
    """Fitted on standardised features, for an even penalty, then expressed for the features as they are."""
    mean, deviation = features.mean(axis=0), features.std(axis=0) + 1e-9
    fitted = LogisticRegression(C=1.0, max_iter=5000).fit((features - mean) / deviation, labels)
    fitted.intercept_ = fitted.intercept_ - fitted.coef_ @ (mean / deviation)
    fitted.coef_ = fitted.coef_ / deviation
    return fitted


def _balanced(probability: Features, right: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> float:
    """The threshold with the best mean of: right answers given, wrong answers withheld."""
    levels = np.unique(probability.round(3))
    means = [((probability >= level)[right].mean() + (probability < level)[~right].mean()) / 2 for level in levels]
    return float(levels[int(np.argmax(means))])


def _named(fitted: LogisticRegression, names: Sequence[str]) -> dict[str, float]:
    weights = {name: round(float(weight), 4) for name, weight in zip(names, fitted.coef_[0], strict=True)}
    return {"bias": round(float(fitted.intercept_[0]), 4)} | weights


if __name__ == "__main__":
    main()
