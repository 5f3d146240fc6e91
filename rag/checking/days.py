"""Rule on dates: those of a claim must be those of the same thing in the evidence."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date

from rag.checking.align import Finding, Source, closeness, shown
from rag.checking.places import Place, found_at, owned
from rag.language.figure import Fit
from rag.language.moments import Moment, agree, resolved
from rag.language.statement import Statement, statement
from rag.types import Verdict


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
            yield from found_at(places, written, mild=True)


def _dates(
    claim: Statement, moment: Moment, at: int, said: Statement, published: date | None, years: Collection[int | None]
) -> Iterator[Place]:
    spots = [said.at(given.start) for given in said.moments]
    own = owned(claim, at, [claim.at(other.start) for other in claim.moments], said, spots)
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
        yield Place(fit, near, shown(said.text[given.start : given.end]), own[spot], said, spot)


def _way(said: Statement, moment: Moment) -> str:
    return (said.text[: moment.start].split() or [""])[-1].lower()


def _comparable(one: Moment, other: Moment) -> bool:
    """Do both state something of the same kind, so that they can contradict?"""
    if (one.day is None and one.weekday is None) != (other.day is None and other.weekday is None):
        return False  # "in May" and "on Tuesday" do not exclude one another
    pairs = ((one.year, other.year), (one.month, other.month), (one.day, other.day), (one.weekday, other.weekday))
    return any(mine is not None and yours is not None for mine, yours in pairs) or bool(one.relative and other.relative)
