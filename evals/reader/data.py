"""The questions that the reader learns from, and which of them it never sees.

Crowd questions come from SQuAD-shaped files of a data folder; free questions, asked as people ask who have not seen the
paragraph, and fictional news paragraphs are our own (``evals/data``). Every paragraph belongs to one part: ``train``
(the reader's weights), ``fuse`` (the weights of the fusion and the threshold) or ``test`` (neither). A paragraph's part
comes from the hash of its text, a news item's from that of its cluster, so every run splits them alike.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

OWN = Path(__file__).parent.parent / "data"
CALIBRATION = OWN / "calibration.jsonl"
FREE = OWN / "free_questions.jsonl"
NEWS = OWN / "news.jsonl"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph to read. ``context`` is the line before it in the product (title, outlet, date), ``group`` its
    article or its cluster of near-topic news items, ``source`` the file it comes from."""

    id: str
    text: str
    context: str
    group: str
    source: str
    part: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question on the paragraph ``about`` (an index into the paragraphs).

    ``spans`` are the answer's ``[start, end)`` in its text; none when the paragraph does not answer. ``free`` tells our
    own questions from the crowd's.
    """

    text: str
    about: int
    spans: tuple[tuple[int, int], ...]
    free: bool


@dataclass(frozen=True, slots=True)
class Data:
    """All paragraphs and the questions on them."""

    paragraphs: tuple[Paragraph, ...]
    questions: tuple[Question, ...]

    def part(self, name: str) -> list[Question]:
        """The questions on the paragraphs of one part, in file order."""
        return [question for question in self.questions if self.paragraphs[question.about].part == name]


def load(folder: Path) -> Data:
    """Everything: ``folder``'s SQuAD-shaped ``*.json`` and our own files, without our questions on paragraphs that
    ``folder`` lacks. Raises OSError, ValueError."""
    reserved = {row["paragraph"] for row in rows(CALIBRATION)}
    paragraphs: list[Paragraph] = []
    questions: list[Question] = []
    for file in sorted(folder.glob("*.json")):
        for paragraph, asked in _crowd(file, reserved):
            questions += [Question(text, len(paragraphs), spans, False) for text, spans in asked]
            paragraphs.append(paragraph)
    paragraphs += [_news(row) for row in rows(NEWS) if "text" in row]
    place = {paragraph.id: at for at, paragraph in enumerate(paragraphs)}
    for row in [*rows(FREE), *rows(NEWS)]:
        if "question" in row and row["paragraph"] in place:
            about = place[row["paragraph"]]
            text = paragraphs[about].text
            spans = tuple((text.index(answer), text.index(answer) + len(answer)) for answer in row["answers"])
            questions.append(Question(row["question"], about, spans, True))
    return Data(tuple(paragraphs), tuple(questions))


def rows(file: Path) -> list[dict[str, str]]:
    """The objects of a JSONL file of ours."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def _twentieth(text: str) -> int:
    return int(hashlib.sha1(text.encode()).hexdigest(), 16) % 20


def _crowd(file: Path, reserved: set[str]) -> Iterator[tuple[Paragraph, list[tuple[str, tuple[tuple[int, int], ...]]]]]:
    """The paragraphs of a SQuAD-shaped file with their questions; white space is made single, offsets with it."""
    titled = "wiki" in file.stem  # elsewhere titles are numbered labels
    for article in json.loads(file.read_text(encoding="utf-8"))["data"]:
        title = article["title"].replace("_", " ")
        for number, raw in enumerate(article["paragraphs"]):
            text = " ".join(raw["context"].split())
            first = raw["qas"][0]["id"] if raw["qas"] else f"{file.stem}-{title}-{number}"
            if first in reserved:
                part = "fuse"
            elif titled:  # a fifth is for testing
                part = "test" if _twentieth(text) < 4 else "fuse" if _twentieth(text) < 6 else "train"
            else:
                part = "fuse" if _twentieth(text) < 2 else "train"
            paragraph = Paragraph(first, text, title if titled else "", title, file.stem, part)
            yield paragraph, [(each["question"], tuple(_spans(raw["context"], text, each))) for each in raw["qas"]]


def _spans(raw: str, text: str, question: Mapping[str, Sequence[Mapping[str, str]]]) -> Iterator[tuple[int, int]]:
    for answer in question["answers"]:
        wanted = " ".join(answer["text"].split())
        before = int(answer["answer_start"])
        start = text.find(wanted, max(0, len(" ".join(raw[:before].split())) - 1))
        if wanted and start >= 0:
            yield start, start + len(wanted)


def _news(row: Mapping[str, str]) -> Paragraph:
    part = "fuse" if _twentieth(row["cluster"]) < 4 else "train"
    context = " | ".join((row["title"], row["outlet"], row["date"]))
    return Paragraph(row["id"], row["text"], context, row["cluster"], "news", part)
