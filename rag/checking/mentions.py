"""Rules on what a claim mentions: its figures and dates must be those of the same thing in the evidence."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from rag.checking.align import Finding, Source, closeness, related, same, shown
from rag.language.cues import hedges, negators
from rag.language.moments import Moment, agree, resolved
from rag.language.quantities import Bound, Figure, Fit, compare
from rag.language.statement import TITLES, Statement, statement
from rag.language.units import MULTIPLES, ORDINAL, PERCENT, PLAIN, TIMES, UNITS
from rag.types import Verdict

# By how much more another figure must own of the words around to be the one that is meant: at least so much, and this
# one at most so large a share of it.
_MARGIN, _LITTLE = 0.5, 0.45
_SMALL = 3.0  # "the two ministers" may be counted by who reads


@dataclass(frozen=True, slots=True)
class _Place:
    """A figure or date of the evidence: how far it bears the claimed one out, how well the words around both agree."""

    fit: Fit
    near: float
    text: str
    own: float
    said: Statement
    spot: int
    counts: bool = False


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
            yield from _judged(places, written, _is_added(claim, figure))


def _figures(claim: Statement, figure: Figure, at: int, said: Statement) -> Iterator[_Place]:
    spots = {given: said.at(given.start) for given in said.figures}
    alike = [
        spot
        for given, spot in spots.items()
        if given.unit.kind == figure.unit.kind or compare(figure, given) is not Fit.NONE
    ]
    mates = [claim.at(other.start) for other in claim.figures if other.unit.kind == figure.unit.kind]
    own = _own(claim, at, mates, said, alike)
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
        yield _Place(
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


def _judged(places: Sequence[_Place], written: str, mild: bool) -> Iterator[Finding]:
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


def _counts_same(claim: Statement, figure: Figure, said: Statement, given: Figure) -> bool:
    """Do both count the noun right after them? "1,500 of its 6,000 trees" counts trees."""
    at, place = claim.at(figure.end - 1) + 1, said.at(given.end - 1) + 1
    if figure.unit.kind or at >= len(claim.words) or place >= len(said.words):
        return False
    return said.words[place].low == "of" or related(claim.words[at].base, said.words[place].base) > 0


def _outdoes(rival: _Place, best: _Place, fitting: Sequence[_Place], own: float) -> bool:
    """Is ``rival`` what the claim speaks of? What a sentence says before its first figure holds for later ones as well,
    but what it says with a later one not for earlier ones. A figure of another sentence only where the one that fits
    has nothing to do with the claim."""
    if any(place.said is rival.said for place in fitting):
        if best.said is rival.said and rival.spot > best.spot and not best.counts:
            return rival.own >= 0.6 and rival.own > own
        return rival.own > own + _MARGIN and own < _LITTLE * rival.own
    return own == 0 and rival.own > 1


def _own(claim: Statement, at: int, mates: Sequence[int], said: Statement, spots: Sequence[int]) -> dict[int, float]:
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


def _is_added(claim: Statement, figure: Figure) -> bool:
    return figure.unit in (ORDINAL, TIMES) or figure.high <= _SMALL


def _told_otherwise(claim: Statement, figure: Figure, evidence: Sequence[Source], places: Sequence[_Place]) -> bool:
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


def misdates(
    claim: Statement, evidence: Sequence[Source], context: Sequence[str], published: Sequence[date | None]
) -> Iterator[Finding]:
    """The dates of ``claim`` that neither evidence nor context have, or have of something else. ``published`` is when
    each text of the evidence was."""
    years = [
        {each.year for source in evidence if source.index == at for each in source.statement.moments}
        for at in range(len(published))
    ]
    for moment in claim.moments:
        if moment.relative:
            continue  # it counts from the day of the answer, which nobody knows
        at = claim.at(moment.start)
        places = [
            place
            for source in evidence
            for place in _dates(claim, moment, at, source.statement, published[source.index], years[source.index])
        ]
        written = shown(claim.text[moment.start : moment.end])
        if any(agree(moment, each, None) is Fit.FULL for line in context for each in statement(line).moments):
            # The day of publication: of what is only reported, and of what the text gives no other date for.
            if any(place.fit is Fit.FULL for place in places) or not any(
                place.fit is Fit.NONE and place.own > 0.4 and place.near > 0.25 for place in places
            ):
                continue
            places = [place for place in places if place.fit is Fit.NONE]
        if not places:
            yield Finding(Verdict.PARTIAL, f"“{written}” is not in the cited paragraph.")
        else:
            yield from _judged(places, written, mild=True)


def _dates(
    claim: Statement, moment: Moment, at: int, said: Statement, published: date | None, years: Collection[int | None]
) -> Iterator[_Place]:
    spots = [said.at(given.start) for given in said.moments]
    own = _own(claim, at, [claim.at(other.start) for other in claim.moments], said, spots)
    for given, spot in zip(said.moments, spots, strict=True):
        told = given  # a text names the year once and goes on with days and months
        if given.month and given.year is None and moment.year in years:
            told = replace(given, year=moment.year)
        fit = agree(moment, told, published)
        if {_way(claim, moment), _way(said, given)} == {"from", "to"}:
            fit = Fit.NONE
        if fit is Fit.NONE and not _comparable(moment, resolved(given, published)):
            continue
        near = closeness(claim, at, said, spot, [other for other in spots if other != spot])
        yield _Place(fit, near, shown(said.text[given.start : given.end]), own[spot], said, spot)


def _way(said: Statement, moment: Moment) -> str:
    return (said.text[: moment.start].split() or [""])[-1].lower()


def _comparable(one: Moment, other: Moment) -> bool:
    """Do both state something of the same kind, so that they can contradict?"""
    if (one.day is None and one.weekday is None) != (other.day is None and other.weekday is None):
        return False  # "in May" and "on Tuesday" do not exclude one another
    pairs = ((one.year, other.year), (one.month, other.month), (one.day, other.day), (one.weekday, other.weekday))
    return any(mine is not None and yours is not None for mine, yours in pairs) or bool(one.relative and other.relative)
