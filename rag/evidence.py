"""The passages are read with the question, and what speaks for each of their sentences becomes plain numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from index.sentences import Span, sentences
from index.types import Paragraph
from rag.crossencoder import Body, Scan, crossencoder
from rag.found import Found
from rag.guarding.guard import instructions
from rag.question import asked, fit, is_long
from rag.terms import coverage, stems
from rag.types import Passage

# Of a sentence. The first five are those of its passage.
FEATURES = (
    "reader: the passage answers",
    "reader: the passage's best span",
    "cosine of question and passage",
    "share of the question's weighted stems in the passage with its context line",
    "reciprocal rank of the passage",
    "reader: the sentence answers",
    "reader: the sentence's best span",
    "share of the question's weighted stems in the sentence",
    "in the sentence, its neighbours and the context line",
    "kind of answer asked for is there",
)
OF_THE_PASSAGE = 5
RANK = FEATURES.index("reciprocal rank of the passage")
KIND = FEATURES.index("kind of answer asked for is there")

Features = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that might answer: ``passage.document.text[start:end]``, which stands in ``paragraph``."""

    passage: Passage
    paragraph: Paragraph
    start: int
    end: int

    @property
    def text(self) -> str:
        """The sentence, verbatim."""
        return self.passage.document.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and the paragraph it stands in."""

    paragraph: Paragraph
    span: Span


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was read: all candidate sentences of the passages, in passage order.

    ``features`` is float64 of shape (sentences, len(FEATURES)), ``passages`` of shape (passages, OF_THE_PASSAGE);
    ``read`` are the passages of its rows, ``owner`` (sentences,) the row of each sentence's passage. ``answers`` are
    the reader's best spans, one a candidate, as ``[start, end)`` in its document's text; empty where it read nothing.
    """

    candidates: tuple[Candidate, ...]
    features: Features
    read: tuple[Passage, ...]
    passages: Features
    owner: NDArray[np.int64]
    answers: tuple[Span, ...]


def evidence(found: Found, question: str, budget: int) -> Evidence:
    """The passages that fit into ``budget`` tokens (at least one), best first, their sentences without headings, and
    what speaks for them; the reader's features are 0 where ``question`` is longer than it was trained on."""
    read = _within(found.passages, budget)
    split = [passage_sentences(passage) for passage in read]
    kept = [place for place, spans in enumerate(split) if spans]
    read, split = [read[place] for place in kept], [split[place] for place in kept]
    bodies = tuple(_body(passage, spans) for passage, spans in zip(read, split, strict=True))
    scans = [_unread(body) for body in bodies] if is_long(question) else _scans(question, bodies)
    kinds, wanted = asked(question), found.weights
    candidates: list[Candidate] = []
    answers: list[Span] = []
    rows: list[list[float]] = []
    of_passages: list[list[float]] = []
    owner: list[int] = []
    for number, (place, passage, spans, scan) in enumerate(zip(kept, read, split, scans, strict=True)):
        context = stems(passage.chunk.context)
        each = [stems(_slice(passage, one.span)) for one in spans]
        whole = coverage(wanted, context.union(*each))
        of_passages.append([scan.relevance, float(scan.span.max()), passage.cosine, whole, 1.0 / (1 + place)])
        for row, one in enumerate(spans):
            near = [each[other] for other in (row - 1, row + 1) if 0 <= other < len(spans)]
            candidates.append(Candidate(passage, one.paragraph, one.span.start, one.span.end))
            answers.append(_placed(scan.answers[row], bodies[number], passage))
            owner.append(number)
            rows.append([*of_passages[-1], *_of_sentence(scan, row), coverage(wanted, each[row])])
            rows[-1] += [coverage(wanted, context.union(each[row], *near)), fit(kinds, _slice(passage, one.span))]
    return Evidence(
        tuple(candidates),
        np.array(rows, dtype=np.float64).reshape(-1, len(FEATURES)),
        tuple(read),
        np.array(of_passages, dtype=np.float64).reshape(-1, OF_THE_PASSAGE),
        np.array(owner, dtype=np.int64),
        tuple(answers),
    )


def _of_sentence(scan: Scan, row: int) -> list[float]:
    return [float(scan.sentence[row]), float(scan.span[row])]


def _within(passages: Sequence[Passage], budget: int) -> list[Passage]:
    """The first passages whose chunks together have at most ``budget`` tokens; the first one in any case."""
    kept: list[Passage] = []
    for passage in passages:
        budget -= passage.chunk.tokens
        if kept and budget < 0:
            break
        kept.append(passage)
    return kept


def _body(passage: Passage, spans: Sequence[Sentence]) -> Body:
    lead = f"{passage.chunk.context}\n" if passage.chunk.context else ""
    shift = len(lead) - passage.chunk.start
    moved = tuple(Span(one.span.start + shift, one.span.end + shift) for one in spans)
    return Body(lead + passage.text, moved)


def _placed(span: Span, body: Body, passage: Passage) -> Span:
    """A span of the body as one of the document's text."""
    shift = passage.chunk.end - len(body.text)
    return Span(span.start + shift, span.end + shift)


def _slice(passage: Passage, span: Span) -> str:
    return passage.document.text[span.start : span.end]


def passage_sentences(passage: Passage) -> list[Sentence]:
    """The sentences of a passage in order, without headings and without what is addressed to an AI."""
    chunk, text = passage.chunk, passage.document.text
    inside = passage.document.paragraphs[chunk.first_paragraph - 1 : chunk.last_paragraph]
    found: list[Sentence] = []
    for paragraph in inside:
        if not paragraph.heading:
            start, end = max(paragraph.start, chunk.start), min(paragraph.end, chunk.end)
            hidden = instructions(text[start:end])
            found += [
                Sentence(paragraph, Span(start + one.start, start + one.end))
                for one in _split(text[start:end])
                if not any(one.start < other.end and other.start < one.end for other in hidden)
            ]
    return found


def _unread(body: Body) -> Scan:
    none = np.zeros(len(body.sentences))
    return Scan(0.0, none, none, tuple(Span(each.start, each.start) for each in body.sentences))


@lru_cache(maxsize=512)  # a question that many ask is read once; about 5 MB
def _scans(question: str, bodies: tuple[Body, ...]) -> list[Scan]:
    return crossencoder().scan(question, bodies)


@lru_cache(maxsize=16_384)  # paragraphs; a few megabytes
def _split(paragraph: str) -> tuple[Span, ...]:
    return sentences(paragraph)
