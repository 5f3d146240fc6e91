"""Where the sentences found for a question disagree: both sides, the newest first, and which is later or better
attributed.

It takes a question for one value (a figure, a date, a name, yes or no, who said it), two documents that answer it, and
values that exclude each other and are about the same thing. Rules only; where they are in doubt there is no conflict.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from rag.chosen import Chosen, stands_from
from rag.disputes.asked import closeness, tells
from rag.disputes.same import comparable
from rag.disputes.stance import Standing, changed, standing
from rag.disputes.stated import Stated, stated, wanted
from rag.disputes.values import Named, figures_apart, moments_apart, same_name
from rag.language.figure import Figure
from rag.language.moments import Moment
from rag.question import compared, is_long, over_time
from rag.reader import Answered
from rag.types import Citation, Conflict, Dispute, Side
from rag.words import stated_by

WORTH = 0.5  # a sentence on another side is at least this likely to answer, as a share of the best one's probability
CLOSE = 1.15  # what its probability and its closeness to the question must make together
MOST_SIDES = 4
MOST_QUOTES = 3  # a side


@dataclass(frozen=True, slots=True)
class Stand:
    """One side before it is cited: ``value`` in its own words, and its ``quotes``, at most one a document, the most
    probable answer first: that one is to be read in the answer."""

    value: str
    quotes: tuple[Chosen, ...]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A conflict before it is cited. ``stands`` are at least two, the newest first, undated ones last."""

    dispute: Dispute
    stands: tuple[Stand, ...]
    note: str


def disagreements(question: str, answers: Sequence[Answered]) -> tuple[Disagreement, ...]:
    """What ``answers`` (most probable first, as ``Reading.answers``) disagree on; at most one disagreement, as a
    question asks for one value. Empty where the question asks for several things."""
    dispute = wanted(question)
    if dispute is None or not answers or compared(question) or over_time(question) or is_long(question):
        return ()
    likely = [each for each in answers if each.probability >= WORTH * answers[0].probability]
    sides = _sides(question, list(_one_a_voice(question, dispute, likely)))
    if len(sides) < 2:
        return ()
    sides.sort(key=_date, reverse=True)
    return (Disagreement(dispute, tuple(map(_stand, sides)), _note(dispute, sides)),)


def with_sides(chosen: Sequence[Chosen], found: Sequence[Disagreement]) -> tuple[Chosen, ...]:
    """What is to be quoted where ``found`` disagree: one quote a side, the newest first, then what else was ``chosen``
    of other documents' words; ``chosen`` itself where nothing disagrees."""
    known = {(each.best.passage.document.id, each.start, each.end): each for each in chosen}  # with their copies
    firsts = [stand.quotes[0] for each in found for stand in each.stands]
    sides = [known.get((each.best.passage.document.id, each.start, each.end), each) for each in firsts]
    rest = [each for each in chosen if not any(_overlap(each, side) for side in sides)]
    told = {side.best.passage.document.id for side in sides}
    return (*sides, *(each for each in rest if not sides or each.best.passage.document.id not in told))


def further(found: Sequence[Disagreement]) -> tuple[Chosen, ...]:
    """The quotes that bear sides out beside the first ones: cited with their side, not read in the answer."""
    return tuple(quote for each in found for stand in each.stands for quote in stand.quotes[1:])


def conflicts(found: Sequence[Disagreement], citations: Sequence[Citation]) -> tuple[Conflict, ...]:
    """The disagreements with those of ``citations`` that stand where their quotes do. A side that none of them cites is
    left out, and so is a conflict with fewer than two sides."""
    made = []
    for each in found:
        cited = [Side(stand.value, tuple(_cited(stand, citations))) for stand in each.stands]
        sides = tuple(side for side in cited if side.citations)
        if len(sides) > 1:
            made.append(Conflict(each.dispute, sides, each.note))
    return tuple(made)


def _cited(stand: Stand, citations: Sequence[Citation]) -> Iterator[Citation]:
    places = {(quote.best.passage.document.id, quote.start, quote.end) for quote in stand.quotes}
    places |= {(copy.document.id, copy.start, copy.end) for quote in stand.quotes for copy in quote.copies}
    return (each for each in citations if (each.document_id, each.start, each.end) in places)


def _one_a_voice(question: str, dispute: Dispute, answers: Sequence[Answered]) -> Iterator[Stated]:
    """What is stated, once for each document, or for each speaker that a document quotes."""
    heard: dict[str, set[str]] = {}
    for answered in answers:
        found = stated(question, dispute, answered)
        if found is None or answered.probability + closeness(question, answered.candidate) < CLOSE:
            continue
        if dispute is Dispute.DATE and not tells(question, answered.candidate):
            continue
        voices = heard.setdefault(answered.candidate.passage.document.id, set())
        if not voices or (found.who and "" not in voices and found.who not in voices):
            voices.add(found.who)
            yield found


def _sides(question: str, found: Sequence[Stated]) -> list[list[Stated]]:
    """What is stated, those that agree together; each side excludes each other side. What agrees with two sides, or is
    of another time, place or part of the whole than any, is left out."""
    sides: list[list[Stated]] = []
    for one in found:
        if not all(comparable(question, one, other) for side in sides for other in side):
            continue
        agreeing = [side for side in sides if not any(apart(one, other) for other in side)]
        if len(agreeing) == 1:
            agreeing[0].append(one)
        elif not agreeing and len(sides) < MOST_SIDES and all(apart(one, other) for side in sides for other in side):
            sides.append([one])
    return sides


def apart(one: Stated, other: Stated) -> bool:
    """Whether the values of two statements exclude each other; False where they are of different kinds."""
    mine, theirs = one.value, other.value
    if isinstance(mine, Figure) and isinstance(theirs, Figure):
        return figures_apart(mine, theirs)
    if isinstance(mine, Moment) and isinstance(theirs, Moment):
        return moments_apart(mine, theirs)
    if isinstance(mine, Named) and isinstance(theirs, Named):
        return not same_name(mine, theirs) and mine.is_country == theirs.is_country
    return isinstance(mine, int) and isinstance(theirs, int) and mine != theirs


def _stand(side: Sequence[Stated]) -> Stand:
    quotes: dict[str, Chosen] = {}
    for each in side:
        best = each.answered.candidate
        quotes.setdefault(best.passage.document.id, Chosen(best, stands_from(best), best.end))
    return Stand(side[0].shown, tuple(quotes.values())[:MOST_QUOTES])


def _overlap(one: Chosen, other: Chosen) -> bool:
    same = one.best.passage.document.id == other.best.passage.document.id
    return same and one.start < other.end and other.start < one.end


def _published(one: Stated) -> date | None:
    return one.answered.candidate.passage.document.published


def _date(side: Sequence[Stated]) -> date:
    return max((published for each in side if (published := _published(each))), default=date.min)


def _newest(side: Sequence[Stated]) -> Stated:
    return max(side, key=lambda each: _published(each) or date.min)


def _places(sides: Sequence[Sequence[Stated]]) -> list[str]:
    """The newest report of each side by its outlet and date, with the speaker where all stand in one document."""
    documents = [_newest(side).answered.candidate.passage.document for side in sides]
    found = [f"{each.outlet or each.title}, {stated_by(each)}" for each in documents]
    if len({each.id for each in documents}) > 1:
        return found
    return [f"{_newest(side).who}, {place}" for side, place in zip(sides, found, strict=True)]


def _note(dispute: Dispute, sides: Sequence[Sequence[Stated]]) -> str:
    """One sentence on which of the sides, the newest first, is later or better attributed."""
    verb = "names" if dispute in (Dispute.NAME, Dispute.ATTRIBUTION) else "says"
    dates, places, values = list(map(_date, sides)), _places(sides), [side[0].shown for side in sides]
    better = _better(sides)
    if dates[0] == dates[1] or dates[-1] == date.min:
        told = "; ".join(f"{place} {verb} {value}" for place, value in zip(places, values, strict=True))
        if dates[0] == dates[-1] != date.min:
            return f"{told}; {'both' if len(sides) == 2 else 'all'} of the same day{better}."
        tied = "the newest are of the same day" if dates[-1] != date.min else "which is later is not known"
        return f"{told}; {tied}{better}."
    tells = " and tells of a change" if any(changed(each.text) for each in sides[0]) else ""
    if len(sides) == 2:
        later = f"The later report ({places[0]}) {verb} {values[0]}{tells}"
        return f"{later}; the earlier one ({places[1]}) {values[1]}{better}."
    older = " and ".join(f"{value} ({place})" for place, value in zip(places[1:], values[1:], strict=True))
    return f"The latest report ({places[0]}) {verb} {values[0]}{tells}; earlier ones {verb[:-1]} {older}{better}."


def _better(sides: Sequence[Sequence[Stated]]) -> str:
    """What one side's attribution is worth more than the others', as the end of a sentence; "" where it is not."""
    levels = [max(standing(each.text) for each in side) for side in sides]
    outlets = [place.rsplit(", ", 1)[0] for place in _places(sides)]
    if levels.count(Standing.SOURCED) == 1:
        return f", and only {outlets[levels.index(Standing.SOURCED)]} names a source for it"
    if levels.count(Standing.UNCONFIRMED) == 1:
        return f", and {outlets[levels.index(Standing.UNCONFIRMED)]} gives its own as unconfirmed"
    return ""
