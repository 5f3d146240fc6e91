"""Evaluation cases: questions with the paragraphs that answer them, named by quote."""

import json
from dataclasses import dataclass
from pathlib import Path

from rag.types import Turn

OWN = Path(__file__).parent / "data" / "cases.jsonl"
CORPUS = Path(__file__).parent.parent / "corpus"


@dataclass(frozen=True, slots=True)
class Support:
    """A quote, in one paragraph of the document that came from ``file`` (its name)."""

    file: str
    quote: str


@dataclass(frozen=True, slots=True)
class Case:
    """One question. ``answers`` are short strings of which a right answer contains at least one; ``support`` are the
    paragraphs that hold the answer, all of them for lists, comparisons and conflicts. Both are empty where the
    corpus does not answer."""

    id: str
    type: str
    question: str
    history: tuple[Turn, ...]
    answers: tuple[str, ...]
    support: tuple[Support, ...]
    answerable: bool


def load(path: Path = OWN) -> tuple[Case, ...]:
    """The cases of a JSONL file, in its order. Raises KeyError or ValueError for a line of another shape."""
    return tuple(_case(json.loads(line)) for line in path.read_text(encoding="utf-8").split("\n") if line.strip())


def _case(row: dict[str, object]) -> Case:
    history, answers, support = row["history"], row["answers"], row["support"]
    if not isinstance(history, list) or not isinstance(answers, list) or not isinstance(support, list):
        raise ValueError(f"case {row['id']}: history, answers and support must be lists")
    return Case(
        id=str(row["id"]),
        type=str(row["type"]),
        question=str(row["question"]),
        history=tuple(Turn(turn["question"], turn["answer"]) for turn in history),
        answers=tuple(answers),
        support=tuple(Support(item["file"], item["quote"]) for item in support),
        answerable=bool(row["answerable"]),
    )
