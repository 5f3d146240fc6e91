"""Rule on figures: those of a claim must be those of the same thing in the evidence."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from rag.checking.align import Finding, Source, closeness, related, shown
from rag.checking.places import Place, found_at, owned
from rag.language.cues import hedges, negators
from rag.language.figure import Bound, Figure, Fit
from rag.language.fitting import compare
from rag.language.statement import Statement
from rag.language.units import MULTIPLES, ORDINAL, PERCENT, PLAIN, TIMES
from rag.types import Verdict

_SMALL = 3.0  # "the two ministers" may be counted by who reads


def miscounts(claim: Statement, evidence: Sequence[Source]) -> Iterator[Finding]:
    """The figures of ``claim`` that the evidence does not have, or has of something else."""
    for figure in claim.figures:
        at = claim.at(figure.start)
        places = [place for source in evidence for place in _figures(claim, figure, at, source.statement)]
        written = shown(claim.text[figure.start : figure.end])
        if _told_otherwise(claim, figure, evidence, places):
            continue
        mild = [place for place in places if place.fit is Fit.LOOSE]
        if mild and hedges(claim):  # "a million could go hungry" of "up to a million"
            places = [replace(place, fit=Fit.FULL) if place in mild else place for place in places]
        if figure.bound is Bound.MORE and negators(claim):  # "nobody may hold more than 350"
            places = [replace(place, fit=Fit.FULL) if place.fit is Fit.LOOSE else place for place in places]
        other = _owner(claim, figure, evidence)
        top = max((place.own for place in places if place.fit is not Fit.NONE), default=0.0)
        if other and top <= max((place.own for place in places if place.fit is Fit.NONE), default=0.0):
            yield Finding(Verdict.UNSUPPORTED, f"The paragraph says {other}, not {written}.")
        else:
            yield from found_at(places, written, _is_added(figure))


def _figures(claim: Statement, figure: Figure, at: int, said: Statement) -> Iterator[Place]:
    spots = {given: said.at(given.start) for given in said.figures}
    alike = [
        spot
        for given, spot in spots.items()
        if given.unit.kind == figure.unit.kind or compare(figure, given) is not Fit.NONE
    ]
    mates = [claim.at(other.start) for other in claim.figures if other.unit.kind == figure.unit.kind]
    own = owned(claim, at, mates, said, alike)
    claimed = [other for other in claim.figures if other is not figure]
    for given, spot in spots.items():
        fit = _fit(figure, claimed, given)
        kind = figure.unit.kind == given.unit.kind or _money(figure, given)
        if fit is Fit.NONE and not kind:
            continue
        rivals = [other for mate, other in spots.items() if mate is not given and mate.unit.kind == given.unit.kind]
        near = closeness(claim, at, said, spot, rivals)
        if fit is Fit.NONE and any(compare(other, given) is Fit.FULL for other in claimed) and _has(figure, said):
            continue  # the claim has this one as well
        yield Place(
            fit, near, _told(said.text, given), own.get(spot, 0.0), said, spot, _counts_same(claim, figure, said, given)
        )


def _owner(claim: Statement, figure: Figure, evidence: Sequence[Source]) -> str:
    """What the evidence counts of the noun right after ``figure`` in the claim, where that is never the figure and the
    figure counts something else; "" otherwise."""
    at = claim.at(figure.end - 1) + 1
    noun = next((word for word in claim.words[at : at + 2] if word.content), None)
    if noun is None or figure.unit.kind not in ("", "%"):
        return ""
    found, elsewhere = "", False
    for source in evidence:
        said = source.statement
        for given in said.figures:
            if given.unit.kind not in ("", "%"):
                continue
            fits = compare(figure, given) is not Fit.NONE
            last = said.at(given.end - 1) + 1
            counted = [word for word in said.words[last : last + 3] if word.content]
            # "five of the 20 passengers": both count passengers; "5 in the second": may count them
            if counted and any(related(noun.base, word.base) > 0 for word in counted[:2]):
                if fits:
                    return ""
                found = found or _told(said.text, given)
            elif fits and (
                not counted
                or re.match(
                    r"\s*(?:of|in|from|were|was|have|had|others?|more|an?|per|each|every|to|by|on|at)\b|\W*$",
                    said.text[given.end :],
                )
            ):
                return ""
            elif fits:
                elsewhere = True
    return found if elsewhere else ""


def _fit(figure: Figure, claimed: Sequence[Figure], given: Figure) -> Fit:
    """A figure without a unit beside one with it may have the same: "22 euros instead of 18"."""
    fit = compare(figure, given)
    if fit is Fit.NONE and figure.unit == PLAIN and any(other.unit == given.unit for other in claimed):
        fit = compare(replace(figure, unit=given.unit), given)
    return fit


def _has(figure: Figure, said: Statement) -> bool:
    return any(compare(figure, given) is not Fit.NONE for given in said.figures)


def _money(one: Figure, other: Figure) -> bool:
    kinds = {one.unit.kind, other.unit.kind}
    return all(len(kind) == 3 for kind in kinds)


def _told(text: str, given: Figure) -> str:
    lead = f"{given.bound.value} " if given.bound in (Bound.AT_LEAST, Bound.MORE, Bound.AT_MOST, Bound.LESS) else ""
    return shown(lead + text[given.start : given.end])


def _counts_same(claim: Statement, figure: Figure, said: Statement, given: Figure) -> bool:
    """Do both count the noun right after them? "1,500 of its 6,000 trees" counts trees."""
    at, place = claim.at(figure.end - 1) + 1, said.at(given.end - 1) + 1
    if figure.unit.kind or at >= len(claim.words) or place >= len(said.words):
        return False
    return said.words[place].low == "of" or related(claim.words[at].base, said.words[place].base) > 0


def _is_added(figure: Figure) -> bool:
    return figure.unit in (ORDINAL, TIMES) or figure.high <= _SMALL


def _told_otherwise(claim: Statement, figure: Figure, evidence: Sequence[Source], places: Sequence[Place]) -> bool:
    """The evidence says the figure in another way: counted by names, or from 10 to 20 for doubled."""
    if any(place.fit is not Fit.NONE for place in places):
        return False
    written = claim.text[figure.start : figure.end].lower()
    before = claim.text[: figure.start].split()[-1:]
    if (
        figure.unit == PLAIN
        and figure.high <= _SMALL
        and before
        and before[0].lower() in ("the", "both", "these", "all", "between")
    ):
        return not any(place.near > 0.3 for place in places)
    if written == "one" or written.startswith("one "):  # "a day" is one day
        return True
    if figure.unit == PLAIN and any(figure.low in _rests(source.statement) for source in evidence):
        return True
    if figure.unit == ORDINAL:
        return not any(place.near > 0.35 for place in places)
    changes = [pair for source in evidence for pair in _changes(source.statement)]
    if figure.unit == TIMES or written in MULTIPLES:
        return any(start and abs(end / start - figure.low) <= 0.05 * figure.low for start, end in changes)
    if figure.unit == PERCENT:
        return any(
            abs(100 * part / whole - figure.low) <= 0.02 * figure.low
            for s in evidence
            for part, whole in _ratios(s.statement)
        )
    if figure.role == "by":
        return any(abs(abs(end - start) - figure.low) <= 0.02 * figure.low for start, end in changes)
    return False


def _rests(said: Statement) -> list[float]:
    """ "All but two of the nine villages": seven."""
    if not re.search(r"\ball but\b", said.text, re.IGNORECASE):
        return []
    return [whole.low - part.low for part, whole in pairwise(said.figures)]


def _ratios(said: Statement) -> Iterator[tuple[float, float]]:
    """ "1,500 of its 6,000 trees": part and whole."""
    for part, whole in pairwise(said.figures):
        if (
            part.unit.kind == whole.unit.kind == ""
            and part.low < whole.low
            and re.fullmatch(r"[^,;]{0,20}\bof\b[^,;]{0,12}", said.text[part.end : whole.start])
        ):
            yield part.low, whole.low


def _changes(said: Statement) -> Iterator[tuple[float, float]]:
    """Where something went from one figure to another: both."""
    for one in said.figures:
        for other in said.figures:
            if one is not other and one.unit.kind == other.unit.kind and other.role == "to" and one.role == "from":
                yield one.low, other.low
