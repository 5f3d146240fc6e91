"""Which sentences are quoted as claims, with those they cannot stand without and with the places of their copies."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.embed import Embedding, Vectors, embed
from index.sentences import sentences
from index.types import Document, Paragraph
from rag.copies import counterpart
from rag.evidence import Candidate, Features
from rag.question import compared, over_time, wants_several
from rag.terms import sequence

# A further sentence must be this likely an answer, as a share of the best one's probability. An account or a list takes
# more; where one fact is asked for, only another document's word on it will do (its figure may differ).
WORTH_ONE = 0.8
WORTH_SEVERAL = 0.7
WORTH_SIDE = 0.3  # for the first sentence on the other side of a comparison, and for another step of a development
ALIKE = 0.85  # cosine from which two sentences say the same

_DENIES = re.compile(r"\b(not|no|never|none|nor|cannot|without|den(y|ies|ied))\b|n[’']t\b", re.IGNORECASE)
_FIGURE = re.compile(r"\d[\d.,]*\d|\d")

# A sentence that starts so leans on the one before it.
_LEANS = re.compile(
    r"^[“\"'‘]?(he|she|it|they|his|her|its|their|this|that|these|those|such|but|and|however|instead|the (latter|former|"
    r"move|pact|deal|agreement|figure|statement|document|decision|visit)|both|another|also|meanwhile|then)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Copy:
    """Where another document says a quote in the same words: ``document.text[start:end]`` in ``paragraph``."""

    document: Document
    paragraph: Paragraph
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is quoted as one claim: ``[start, end)`` in ``best``'s paragraph, holding that sentence and those it cannot
    stand without. ``copies`` is where other documents say it in the same words, at most one place each."""

    best: Candidate
    start: int
    end: int
    copies: tuple[Copy, ...] = ()


def choose(candidates: Sequence[Candidate], sure: Features, model: Embedding, question: str) -> list[Chosen]:
    """What to quote of ``candidates``, which are not empty and come best first; ``sure`` (n,) are their probabilities.

    At most four, in the order of their best sentences; no two overlap, and none says what one before it says (that is
    what ``model`` is asked).
    """
    several = wants_several(question)
    most, worth = (4, WORTH_SEVERAL) if several else (2, WORTH_ONE)
    if over_time(question):
        worth = WORTH_SIDE
    # "In 2023?" is not answered by a sentence about 2024 beside one about 2023.
    bound = _figures(question) & _figures(candidates[0].text)
    vectors: dict[str, Vectors] = {}

    def same(one: Candidate, other: Candidate) -> bool:
        """Whether two sentences say the same; never when their figures differ or only one of them denies."""
        if _figures(one.text) != _figures(other.text) or bool(_DENIES.search(one.text)) != bool(
            _DENIES.search(other.text)
        ):
            return False
        for text in (one.text, other.text):
            if text not in vectors:
                vectors[text] = embed(model, [text])[0]
        return float(vectors[one.text] @ vectors[other.text]) >= ALIKE

    sides = compared(question)
    chosen: list[Chosen] = []
    for candidate, probability in zip(candidates, sure, strict=True):
        told = {name for each in chosen for name in sides if name in each.best.text}
        other_side = chosen and any(name in candidate.text for name in sides if name not in told)
        enough = sure[0] * (WORTH_SIDE if other_side else worth)
        if probability < enough or not bound <= _figures(candidate.text):
            continue
        if chosen and not several and candidate.passage.document.id == chosen[0].best.passage.document.id:
            continue
        new = Chosen(candidate, stands_from(candidate), candidate.end)
        touching = [each for each in chosen if _overlap(each, new)]
        if touching:  # one quote takes the place of those that it joins
            both = [*touching, new]
            joined = Chosen(touching[0].best, min(each.start for each in both), max(each.end for each in both))
            chosen = [joined if each is touching[0] else each for each in chosen if each not in touching[1:]]
        elif len(chosen) < most and not any(same(each.best, candidate) for each in chosen):
            chosen.append(new)
    return chosen


def stands_from(candidate: Candidate) -> int:
    """Where a quote of this sentence starts: with the sentence before it, in its paragraph, if it leans on that."""
    if not _LEANS.search(candidate.text):
        return candidate.start
    paragraph, text = candidate.paragraph, candidate.passage.document.text
    before = [s for s in sentences(text[paragraph.start : paragraph.end], paragraph.start) if s.start < candidate.start]
    return before[-1].start if before else candidate.start


def _figures(text: str) -> set[str]:
    return set(_FIGURE.findall(text))


def _overlap(one: Chosen, other: Chosen) -> bool:
    same = one.best.passage.document.id == other.best.passage.document.id
    return same and one.start < other.end and other.start < one.end


def copies_of(chosen: Chosen, others: Sequence[Chosen], candidates: Sequence[Candidate]) -> tuple[Copy, ...]:
    """Where each other document that was found has the very words of the quote; none that is quoted with one of the
    ``others``. Places of ``candidates`` come first, in their order, then those in documents left out as copies."""
    best = chosen.best
    found: dict[str, Copy] = {}
    if (chosen.start, chosen.end) == (best.start, best.end):
        wanted = sequence(best.text)
        for candidate in candidates:
            if sequence(candidate.text) == wanted:
                place = Chosen(candidate, candidate.start, candidate.end)
                if not any(_overlap(each, place) for each in others):
                    document = candidate.passage.document
                    found.setdefault(document.id, Copy(document, candidate.paragraph, candidate.start, candidate.end))
    for document in best.passage.also:
        place_there = counterpart(document, best.passage.document.text[chosen.start : chosen.end])
        if place_there is not None:
            copy = Copy(document, place_there.paragraph, place_there.start, place_there.end)
            found.setdefault(document.id, copy)
    return tuple(copy for id_, copy in found.items() if id_ != best.passage.document.id)
