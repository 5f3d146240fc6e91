"""Which words and sentences of the evidence a claim's words belong to."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.language.opposites import alike, opposed, sides
from rag.language.statement import Part, Statement, Word
from rag.types import Verdict

_UN = re.compile(r"^(?:un|non|dis)(?=.{4})")
_NO_UN = frozenset(
    [
        "until",
        "unless",
        "under",
        "union",
        "unit",
        "unite",
        "univers",
        "discov",
        "disclos",
        "displac",
        "display",
        "disput",
        "discuss",
    ]
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What speaks against a claim: how much of it can stand, and why, as one short sentence. ``sure`` is false where it
    follows from which words stand near each other, which other evidence may outweigh."""

    verdict: Verdict
    reason: str
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Source:
    """A sentence of the evidence: ``part`` of ``evidence[index]``, and the paragraph's sentences before it."""

    index: int
    part: Part
    before: tuple[Part, ...]

    @property
    def statement(self) -> Statement:
        """The sentence taken apart."""
        return self.part.statement


@lru_cache(maxsize=200_000)
def related(one: str, other: str) -> int:
    """1 where two bases say the same or point in one direction, -1 where they are opposites, 0 for neither."""
    if alike(one, other):
        return 1
    if opposed(one, other):
        return -1
    short, long = sorted((one, other), key=len)
    turned = _UN.match(long) and long not in _NO_UN and _UN.sub("", long) == short
    return -1 if turned else 0


@lru_cache(maxsize=65_536)
def counterparts(base: str, said: Statement) -> tuple[int, ...]:
    """The indices of the words of a sentence that are related to ``base``."""
    if not sides(base) and not _UN.match(base):  # most words are only related to themselves
        wanted = said.content & {base, f"un{base}", f"non{base}", f"dis{base}"}
    else:
        wanted = frozenset(other for other in said.content if related(base, other))
    return (
        tuple(index for index, word in enumerate(said.words) if word.base in wanted and word.content) if wanted else ()
    )


def same(base: str, said: Statement) -> tuple[int, ...]:
    """The indices of the words of a sentence that say what ``base`` says."""
    return tuple(index for index in counterparts(base, said) if related(base, said.words[index].base) > 0)


@lru_cache(maxsize=65_536)
def overlap(claim: Statement, said: Statement) -> float:
    """The share of the claim's content words that have a counterpart in a sentence, in [0, 1]; 0 without any."""
    found = [bool(counterparts(base, said)) for base in claim.content]
    numbers = {word.low for word in said.words if word.low[0].isdigit()}
    found += [word.low in numbers for word in claim.words if word.low[0].isdigit()]
    return sum(found) / len(found) if found else 0.0


def nearest(claim: Statement, sources: Iterable[Source], of_best: float = 0.8, floor: float = 0.3) -> list[Source]:
    """The sentences that a claim is most likely taken from, best first: those whose overlap is at least ``floor`` and
    ``of_best`` times the best."""
    ranked = sorted(((overlap(claim, each.statement), each) for each in sources), key=lambda pair: -pair[0])
    return [each for share, each in ranked if share >= max(floor, of_best * ranked[0][0])]


def closeness(
    claim: Statement, at: int, said: Statement, place: int, rivals: Collection[int] = (), reach: int = 1000
) -> float:
    """How much of what stands around the word ``at`` of the claim stands around the word ``place`` of a sentence, in
    [0, 1]. Near words weigh more; what another clause or one of the ``rivals`` (word indices) keeps apart, less. With
    ``reach`` only words of the same clause count that are no farther away."""
    total = whole = 0.0
    for index, word in enumerate(claim.words):
        if index == at or abs(index - at) > reach or not (word.content or word.low[0].isdigit()):
            continue
        if reach < 1000 and word.clause != claim.words[at].clause:
            continue
        weight = (
            1
            / (1 + abs(index - at) / 4)
            * (0.6 if word.clause != claim.words[min(at, len(claim.words) - 1)].clause else 1.0)
        )
        whole += weight
        places = [other for other in _mates(word, said) if other != place]
        total += weight * max((_bond(said, place, other, rivals) for other in places), default=0.0)
    return total / whole if whole else 0.0


def bonded(claim: Statement, at: int, said: Statement, place: int) -> bool:
    """Has a content word close to ``at`` in the claim a counterpart close to ``place`` in the sentence?"""
    for index in range(max(0, at - 3), min(len(claim.words), at + 4)):
        word = claim.words[index]
        if index != at and word.content and word.clause == claim.words[at].clause:
            for other in counterparts(word.base, said):
                if (
                    other != place
                    and abs(other - place) <= 5
                    and abs(said.words[other].clause - said.words[place].clause) < 2
                ):
                    return True
    return False


def _mates(word: Word, said: Statement) -> Sequence[int]:
    """The counterparts of a word; of a number, where the same one stands."""
    if word.low[0].isdigit():
        return [index for index, other in enumerate(said.words) if other.low == word.low]
    return counterparts(word.base, said)


def _bond(said: Statement, place: int, other: int, rivals: Collection[int]) -> float:
    here = said.words[min(place, len(said.words) - 1)]
    apart = abs(here.clause - said.words[other].clause)
    low, high = sorted((place, other))
    between = sum(low < rival < high for rival in rivals)
    joined = sum(word.low == "and" for word in said.words[low + 1 : high])
    return float(1 / (1 + (high - low) / 8) * 0.7 ** min(apart, 3) * 0.55 ** min(between, 3) * 0.8 ** min(joined, 2))


def shown(text: str) -> str:
    """``text`` as a reason quotes it: on one line, and not longer than a tooltip bears."""
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:57].rsplit(" ", 1)[0] + "…"


def sources(evidence: Sequence[str], split: Sequence[Sequence[Part]]) -> list[Source]:
    """All sentences of ``evidence``, whose sentences are ``split``, in order."""
    return [
        Source(index, part, tuple(split[index][:at]))
        for index in range(len(evidence))
        for at, part in enumerate(split[index])
    ]
