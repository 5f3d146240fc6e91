"""Rules on how sure a claim is: what is only planned, said, alleged or possible must not be stated as a fact."""

import re
from collections.abc import Iterator

from rag.checking.align import Finding, closeness, overlap, same
from rag.language.cues import Cue, Sort, hedges
from rag.language.statement import Statement
from rag.types import Verdict

_SPEAKS = re.compile(
    r"\b(said|says|saying|told|tells|according to|stated|announced|reported|wrote|added|noted|testified|described|"
    r"called)\b",
    re.I,
)
_PAST = re.compile(r"(?:ed|en|t|ght|ld|nt|id)$")
_FORMS = """
rose fell cut won met began took gave grew went put hit shut ran came saw
"""
_PAST_FORMS = frozenset(_FORMS.split())
_DONE = frozenset(["has", "have", "had", "was", "were", "been", "being", "is", "are", "did"])
_WORDS = {
    Sort.WILL: "The paragraph says that it is to happen; the sentence says that it did.",
    Sort.PLAN: "The paragraph says that it is planned or expected; the sentence states it as a fact.",
    Sort.SAID: "The paragraph only reports that somebody claims it; the sentence states it as a fact.",
    Sort.ASKED: "The paragraph says that it was asked for or warned of; the sentence states it as a fact.",
    Sort.ALLEGED: "The paragraph reports it as an allegation; the sentence states it as a fact.",
    Sort.IF: "The paragraph says it under a condition; the sentence without one.",
    Sort.MAY: "The paragraph says that it may happen; the sentence says that it does.",
}


def overstated(claim: Statement, whole: Statement, said: Statement) -> Iterator[Finding]:
    """Where ``claim``, a part of the sentence ``whole`` or all of it, is stated as more certain than ``said`` has it:
    one finding at most."""
    if overlap(claim, said) < 0.4:
        return
    sure = max((cue.sort.level for cue in hedges(claim) if cue.sort), default=0)
    sorts = {cue.sort for cue in hedges(claim)}
    sorts |= {cue.sort for cue in hedges(whole) if cue.sort in (Sort.SAID, Sort.ALLEGED, Sort.ASKED, Sort.IF)}
    for cue in hedges(said):
        sort = cue.sort
        if sort is None or sort in sorts or sure >= (1 if sort is Sort.PLAN else sort.level) or not cue.covers:
            continue
        if sort is Sort.SAID and _SPEAKS.search(whole.text):
            continue
        shared = [index for index in cue.covers[:5] if same(said.words[index].base, claim)]
        if not shared or (shared[0] != cue.covers[0] and (len(shared) < 2 or 2 * len(shared) < len(cue.covers[:5]))):
            continue
        if _stated_elsewhere(claim, said, cue, shared[0]):
            continue
        if sort is Sort.WILL and not any(_is_past(claim, at) for at in same(said.words[shared[0]].base, claim)):
            continue
        yield Finding(Verdict.PARTIAL, _WORDS[sort])
        return


def _stated_elsewhere(claim: Statement, said: Statement, cue: Cue, index: int) -> bool:
    """Does the sentence say the same word outside the hedge, where the claim's words fit at least as well?"""
    word = said.words[index].base
    places = same(word, said)
    for at in same(word, claim):
        scored = {place: closeness(claim, at, said, place, places) for place in places}
        inside = max(value for place, value in scored.items() if place == index)
        free = [value for place, value in scored.items() if place not in cue.covers]
        if free and max(free) >= inside:
            return True
    return False


def _is_past(claim: Statement, at: int) -> bool:
    before = [word.low for word in claim.words[max(0, at - 2) : at]]
    own = claim.words[at].low
    return bool(_PAST.search(own)) or own in _PAST_FORMS or any(word in _DONE for word in before)
