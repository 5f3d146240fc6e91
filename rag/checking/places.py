"""Where the evidence has a figure or date of a claim, and whether it has it of the same thing there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.checking.align import Finding, same
from rag.language.figure import Fit
from rag.language.statement import TITLES, Statement
from rag.language.units import UNITS
from rag.types import Verdict

# By how much more another figure must own of the words around to be the one that is meant: at least so much, and this
# one at most so large a share of it.
_MARGIN, _LITTLE = 0.5, 0.45


@dataclass(frozen=True, slots=True)
class Place:
    """A figure or date of the evidence: how far it bears the claimed one out, how well the words around both agree."""

    fit: Fit
    near: float
    text: str
    own: float
    said: Statement
    spot: int
    counts: bool = False


def found_at(places: Sequence[Place], written: str, mild: bool) -> Iterator[Finding]:
    """What is wrong with a figure or date that the claim has as ``written``, given all ``places`` where the evidence
    has one of its kind; nothing where the best of them bears it out. ``mild`` is for what a reader may have added: then
    silence of the evidence makes the claim partly supported, and not unsupported."""
    fitting = [place for place in places if place.fit is not Fit.NONE]
    rival = max(
        (place for place in places if place.fit is Fit.NONE), key=lambda place: (place.own, place.near), default=None
    )
    best = max(fitting, key=lambda place: (place.fit is Fit.FULL, place.own), default=None)
    own = max((place.own for place in fitting), default=0.0)
    if rival and best and _outdoes(rival, best, fitting, own):
        reason = f"The paragraph has {written} for something else; here it says {rival.text}."
        yield Finding(Verdict.UNSUPPORTED, reason, sure=False)
    elif best and best.fit is Fit.LOOSE:
        yield Finding(Verdict.PARTIAL, f"The paragraph says {best.text}, not {written}.")
    elif best is None:
        worst = Verdict.PARTIAL if mild and rival is None else Verdict.UNSUPPORTED
        if rival and (rival.own > 0.3 or rival.near > 0.15):
            yield Finding(worst, f"The paragraph says {rival.text}, not {written}.")
        else:
            yield Finding(worst, f"“{written}” is not in the cited paragraph.")


def _outdoes(rival: Place, best: Place, fitting: Sequence[Place], own: float) -> bool:
    """Is ``rival`` what the claim speaks of? What a sentence says before its first figure holds for later ones as well,
    but what it says with a later one not for earlier ones. A figure of another sentence only where the one that fits
    has nothing to do with the claim."""
    if any(place.said is rival.said for place in fitting):
        if best.said is rival.said and rival.spot > best.spot and not best.counts:
            return rival.own >= 0.6 and rival.own > own
        return rival.own > own + _MARGIN and own < _LITTLE * rival.own
    return own == 0 and rival.own > 1


def owned(claim: Statement, at: int, mates: Sequence[int], said: Statement, spots: Sequence[int]) -> dict[int, float]:
    """How much of what belongs to ``at`` among its ``mates`` in the claim belongs to each of ``spots`` in the sentence:
    a word belongs to the spot beside it that no other spot, comma or "and" keeps it from."""
    found = dict.fromkeys(spots, 0.0)
    if not spots:
        return found
    here = claim.words[min(at, len(claim.words) - 1)].clause
    # "In 2015, the law took effect": what stands alone before a comma belongs to all that follows.
    alone = sum(word.content and word.clause == here and word.low not in TITLES for word in claim.words) < 2
    for index, word in enumerate(claim.words):
        if (
            index == at
            or (word.clause != here and not alone)
            or not word.content
            or word.low in TITLES
            or word.low in UNITS
            or (mates and _owning(claim, index, mates) != at)
        ):
            continue
        owners = {_owning(said, place, spots) for place in same(word.base, said)}
        for spot in owners:
            # A name is often the subject of all that follows, so it tells less.
            found[spot] += (0.5 if word.text[0].isupper() else 1.0) / (1 + abs(index - at) / 4)
    return found


def _owning(said: Statement, place: int, spots: Sequence[int]) -> int:
    before = max((spot for spot in spots if spot <= place), default=None)
    after = min((spot for spot in spots if spot > place), default=None)
    if before is None or after is None:
        return spots[0] if before is None and after is None else after if before is None else before  # type: ignore[return-value]
    words = said.words
    parted = words[before].clause != words[place].clause or any(w.low == "and" for w in words[before:place])
    joins = words[after].clause == words[place].clause and not any(w.low == "and" for w in words[place:after])
    if parted != joins:
        return before if place - before < after - place else after
    return after if parted else before
