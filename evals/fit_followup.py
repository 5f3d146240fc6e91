"""Measures follow-up questions: how they are rewritten, and how well they find their paragraph.

    python -m evals.fit_followup FOLDER [--vectors FILE]

FOLDER holds ``new_wiki_train.json`` (format of SQuAD). Its paragraphs and our own news items are one library, on which
our own ``evals/data/conversations.jsonl`` is asked: each line a history, a follow-up, the question as a person would
put it to be understood alone, and the paragraph that answers it. Every third line is held out: weights are chosen on
the others. The history is given as the product keeps it, each earlier question rewritten by the rules.

Printed: token F1 to the person's question; how many of the questions that stand alone are left as they are; and Hit@1
and Hit@10 of the fused search (dense and BM25, 50 hits each, reciprocal ranks, k = 60) with the question as asked, as
rewritten, as the person put it, and as rewritten with the topic of the conversation at weights from 0 to 1, in three
ways: in the dense query, in both, or as a list of its own. ``--vectors`` keeps the library's vectors between runs.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import bm25s
import numpy as np

from evals.metrics import token_f1
from evals.reader.data import Paragraph, load
from index.embed import MiniLM, Vectors, embed
from rag.followup import standalone, topic
from rag.terms import stem, words
from rag.types import Turn

CONVERSATIONS = Path(__file__).parent / "data" / "conversations.jsonl"
DEPTH, K = 50, 60  # hits of each half, and the constant of reciprocal ranks; as in the product
WEIGHTS = tuple(step / 10 for step in range(11))
ALONE = ("standalone", "shift")


@dataclass(frozen=True, slots=True)
class Conversation:
    """A follow-up ``question`` after ``history``; ``rewrite`` is the person's, ``paragraph`` an id, ``asked_after`` the
    last question before it as it was asked."""

    id: str
    history: tuple[Turn, ...]
    asked_after: str
    question: str
    rewrite: str
    paragraph: str
    kind: str


def conversations(file: Path) -> tuple[list[Conversation], list[Conversation]]:
    """Those to develop on and every third line, held out. Raises OSError, ValueError, KeyError."""
    found = []
    for line in file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        history: list[Turn] = []
        for turn in row["history"]:
            history.append(Turn(standalone(turn["question"], history), turn["answer"]))
        last = row["history"][-1]["question"]
        fields = (row["question"], row["rewrite"], row["paragraph"], row["kind"])
        found.append(Conversation(row["id"], tuple(history), last, *fields))
    return [each for at, each in enumerate(found, 1) if at % 3], found[2::3]


@dataclass(frozen=True, slots=True)
class Query:
    """Scores of all paragraphs, each of shape (n,): cosines and BM25 of a question and of the topic it leans on, the
    latter of the words that the question lacks; a topic's are zero when there is none."""

    dense: Vectors
    lexical: Vectors
    topic_dense: Vectors
    topic_lexical: Vectors

    def dense_only(self, weight: float) -> list[int]:
        """Rows, best first: the question's vector leans on the topic's by ``weight``; BM25 knows no topic.

        The blend needs no length 1: its products with the paragraphs' vectors are in the same order.
        """
        return _fused([self.dense + weight * self.topic_dense, self.lexical], (1.0, 1.0))

    def both(self, weight: float) -> list[int]:
        """Rows, best first: as ``dense_only``, and the topic's words count ``weight`` of their BM25."""
        lexical = self.lexical + weight * self.topic_lexical
        return _fused([self.dense + weight * self.topic_dense, lexical], (1.0, 1.0))

    def third_list(self, weight: float) -> list[int]:
        """Rows, best first: the paragraphs nearest to the topic are a third list, whose ranks count ``weight``."""
        return _fused([self.dense, self.lexical, self.topic_dense], (1.0, 1.0, weight))


class Shelf:
    """Paragraphs that are searched by vector and by BM25."""

    def __init__(self, paragraphs: Sequence[Paragraph], model: MiniLM, matrix: Vectors) -> None:
        """``matrix`` (n, d): the unit vectors of ``paragraphs``, row i for paragraph i."""
        self._model, self._matrix = model, matrix
        self._lexical = bm25s.BM25()
        corpus = [[stem(word) for word in words(f"{each.context} {each.text}")] for each in paragraphs]
        self._lexical.index(corpus, show_progress=False)

    def queries(self, questions: Sequence[str], topics: Sequence[str]) -> list[Query]:
        """Each question with its topic ("" for none), searched; in the order of ``questions``."""
        found = []
        vectors, leanings = embed(self._model, questions), embed(self._model, [each or " " for each in topics])
        for question, about, vector, leaning in zip(questions, topics, vectors, leanings, strict=True):
            own = list(dict.fromkeys(stem(word) for word in words(question)))
            more = [each for each in dict.fromkeys(stem(word) for word in words(about)) if each not in own]
            topic_dense: Vectors = self._matrix @ leaning * bool(about)
            found.append(Query(self._matrix @ vector, self._scores(own), topic_dense, self._scores(more)))
        return found

    def _scores(self, stems: list[str]) -> Vectors:
        known = [each for each in stems if each in self._lexical.vocab_dict]
        scores: Vectors = self._lexical.get_scores(known) if known else np.zeros(len(self._matrix), np.float32)
        return scores


def _fused(lists: Sequence[Vectors], weights: Sequence[float]) -> list[int]:
    total: dict[int, float] = {}
    for scores, weight in zip(lists, weights, strict=True):
        for place, row in enumerate(np.argsort(-scores, kind="stable")[:DEPTH].tolist(), 1):
            if scores[row] > 0 and weight:
                total[row] = total.get(row, 0.0) + weight / (K + place)
    return sorted(total, key=lambda row: -total[row])


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--vectors", type=Path, help="a .npy file that is written when it does not exist")
    arguments = parser.parse_args()
    paragraphs = [each for each in load(arguments.folder).paragraphs if each.source in ("new_wiki_train", "news")]
    model = MiniLM()
    if arguments.vectors and arguments.vectors.exists():
        matrix: Vectors = np.load(arguments.vectors)
    else:
        matrix = embed(model, [f"{each.context}\n{each.text}" for each in paragraphs])
        if arguments.vectors:
            np.save(arguments.vectors, matrix)
    shelf = Shelf(paragraphs, model, matrix)
    row_of = {paragraph.id: row for row, paragraph in enumerate(paragraphs)}
    out = sys.stdout
    out.write(f"{len(paragraphs)} paragraphs\n")
    for name, part in zip(("development", "held out"), conversations(CONVERSATIONS), strict=True):
        out.write(f"\n{name}: {len(part)} conversations\n")
        out.write(_rewriting(part))
        for title, some in (
            ("follow-ups", [each for each in part if each.kind not in ALONE]),
            ("standing alone", [each for each in part if each.kind in ALONE]),
        ):
            out.write(f"{title}, n = {len(some)}: Hit@1 Hit@10\n")
            out.write(_finding(shelf, some, [row_of[each.paragraph] for each in some]))


def _rewriting(part: Sequence[Conversation]) -> str:
    needs = [each for each in part if each.kind not in ALONE]
    alone = [each for each in part if each.kind in ALONE]
    systems: dict[str, Callable[[Conversation], str]] = {
        "as asked": lambda each: each.question,
        "last question + question": lambda each: f"{each.asked_after} {each.question}",
        "rewritten": _rewritten,
    }
    lines = [f"token F1, follow-ups, n = {len(needs)}"]
    for name, system in systems.items():
        lines.append(f"  {name:<26} {np.mean([token_f1(system(each), (each.rewrite,)) for each in needs]):.3f}")
    kept = sum(_rewritten(each) == each.question for each in alone)
    return "\n".join([*lines, f"left as they are: {kept} of {len(alone)} that stand alone", ""])


def _rewritten(each: Conversation) -> str:
    return standalone(each.question, each.history)


def _finding(shelf: Shelf, part: Sequence[Conversation], wanted: Sequence[int]) -> str:
    def hits(ranked: Sequence[Sequence[int]]) -> str:
        first = np.mean([row in rows[:1] for row, rows in zip(wanted, ranked, strict=True)])
        tenth = np.mean([row in rows[:10] for row, rows in zip(wanted, ranked, strict=True)])
        return f"{first:.3f} {tenth:.3f}"

    rewritten, none = [_rewritten(each) for each in part], [""] * len(part)
    plain = {
        "as asked": [each.question for each in part],
        "last question + question": [f"{each.asked_after} {each.question}" for each in part],
        "rewritten": rewritten,
        "by a person": [each.rewrite for each in part],
    }
    lines = []
    for name, questions in plain.items():
        found = hits([query.both(0.0) for query in shelf.queries(questions, none)])
        lines.append(f"  {name:<26} {found}")
    leaning = shelf.queries(rewritten, [topic(each.question, each.history) for each in part])
    lines.append("  weight of the topic: dense only | dense and BM25 | third list")
    for weight in WEIGHTS:
        ways = (Query.dense_only, Query.both, Query.third_list)
        figures = [hits([way(query, weight) for query in leaning]) for way in ways]
        lines.append(f"  {weight:<26} {' | '.join(figures)}")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
