"""Rules on what a claim's words do, in the sentences it is likely taken from: negation, direction, how sure it is."""

from collections.abc import Iterator, Sequence

from rag.checking.align import Finding, Source, bonded, closeness, counterparts, nearest, overlap, related, shown
from rag.checking.sureness import overstated
from rag.language.cues import Cue, negators, sign
from rag.language.opposites import base, opposed, sides
from rag.language.statement import Statement
from rag.types import Verdict

_REACH = 5  # words around a word of direction that tell what it is said of
_SMALL = frozenset(
    ["before", "after", "earlier", "later", "more", "less", "fewer", "above", "below", "against", "under", "over"]
)
_NEGATES = """
lose lack ban bar limit prevent stop end cancel refuse reject deny fail only except little few too miss forbid block
absent empty none without nothing nobody avoid drop scrap halt shortage short first
"""
_NEGATIVE = frozenset(map(base, _NEGATES.split()))
_NEAR = 3  # words under a negator that count as what it negates


def contrasts(claim: Statement, whole: Statement, evidence: Sequence[Source]) -> Iterator[Finding]:
    """What speaks against ``claim``, a part of the sentence ``whole`` or all of it, in the sentences that it is most
    likely taken from; nothing where one of them bears it out."""
    yield from _reversed(claim, [source.statement for source in evidence if overlap(claim, source.statement) >= 0.25])
    found: list[list[Finding]] = []
    for source in nearest(claim, evidence, of_best=0.9):
        said = source.statement
        reasons = [*_turned(claim, said), *overstated(claim, whole, said)]
        if not reasons:
            return
        found.append(reasons)
    if found:
        yield from found[0]


def _turned(claim: Statement, said: Statement) -> Iterator[Finding]:
    """Negated on one side only, or the opposite direction."""
    for one, other in ((claim, said), (said, claim)):
        for cue in negators(one):
            votes = [_vote(one, index, other, soft=not at) for at, index in enumerate(cue.covers[:_NEAR])]
            if votes and votes[0] < 0 and all(vote <= 0 for vote in votes):
                here = one is claim
                text = (
                    f"The sentence says “{cue.text.lower()}”; the cited paragraph does not."
                    if here
                    else (f"The paragraph says “{shown(_phrase(said, cue))}”; the sentence does not.")
                )
                yield Finding(Verdict.UNSUPPORTED, text)
                return


def _reversed(claim: Statement, said: Sequence[Statement]) -> Iterator[Finding]:
    """A word of direction whose surroundings the evidence has with the opposite word, and less with the word itself."""
    for index, word in enumerate(claim.words):
        if word.content and sides(word.base):
            agree, differ, told = 0.0, 0.0, ""
            for each in said:
                places = counterparts(word.base, each)
                for place in places:
                    near = closeness(claim, index, each, place, places, reach=_REACH)
                    if _agrees(claim, index, each, place):
                        agree = max(agree, near)
                    elif (
                        related(word.base, each.words[place].base) < 0
                        and near > differ
                        and bonded(claim, index, each, place)
                    ):
                        differ, told = near, each.words[place].text
            if differ > max(0.2, 1.2 * agree + 0.05):
                yield Finding(Verdict.UNSUPPORTED, f"The paragraph says “{told}”, not “{word.text}”.")
                return
        elif word.low in _SMALL and (told := _small_opposite(claim, index, said)):
            yield Finding(Verdict.UNSUPPORTED, f"The paragraph says “{told}”, not “{word.text}”.")
            return


def _small_opposite(claim: Statement, index: int, said: Sequence[Statement]) -> str:
    """The opposite of "after" or "more" that the evidence has beside the same word, where it never has the word itself
    there; "" for none."""
    beside = _beside(claim, index)
    found = ""
    for each in said:
        for place, other in enumerate(each.words):
            if beside & _beside(each, place):
                if other.low == claim.words[index].low:
                    return ""
                if other.low in _SMALL and opposed(claim.words[index].base, other.base):
                    found = other.text
    return found


def _beside(said: Statement, index: int) -> frozenset[str]:
    """The nearest meaningful words on both sides, within two words, marked by their side."""
    before = [word.base for word in said.words[max(0, index - 1) : index] if word.content]
    after = [
        word.base
        for word in said.words[index + 1 : index + 4]
        if word.content and word.clause == said.words[index].clause
    ]
    return frozenset([*(f"{each}<" for each in before[-1:]), *(f">{each}" for each in after[:1])])


def _phrase(said: Statement, cue: Cue) -> str:
    last = cue.covers[0] if cue.covers else said.at(cue.start)
    return said.text[cue.start : max(cue.end, said.words[last].end)]


def _agrees(claim: Statement, index: int, said: Statement, place: int) -> bool:
    return sign(claim, index) * sign(said, place) * related(claim.words[index].base, said.words[place].base) > 0


def _vote(one: Statement, index: int, other: Statement, *, soft: bool) -> int:
    """1 where the word has a counterpart in the other sentence that agrees with it, -1 where all disagree, 0 for no
    counterpart. ``soft``: a word of negative meaning beside it ("lost") makes up for a negator."""
    places = counterparts(one.words[index].base, other)
    if not places:
        return 0
    scored = {place: closeness(one, index, other, place, places) for place in places}
    best = max(scored.values())
    near = [place for place, value in scored.items() if value >= best - 0.08]
    negated = sign(one, index) < 0
    if soft and negated and any(_is_negative(other, place) for place in near):
        return 1
    if soft and not negated and _is_negative(one, index):
        return 1
    return 1 if any(_agrees(one, index, other, place) for place in near) else -1


def _is_negative(said: Statement, place: int) -> bool:
    """Does something in the clause around a word negate it without a negator: "lost", "banned", "only"?"""
    here = said.words[place].clause
    own = said.words[place].base
    return any(
        word.clause == here and word.base != own and (word.base in _NEGATIVE or word.low.startswith("un"))
        for word in said.words
    )
