"""What a question asks to be told, if it is one value, and which value a sentence states for it."""

import re
from dataclasses import dataclass, replace

from rag.disputes.stance import core, kinds, planned, polarity, speaker
from rag.disputes.values import Named, amounts, named, times
from rag.language.figure import Figure
from rag.language.moments import Moment, moments, resolved
from rag.language.opposites import base
from rag.language.statement import statement
from rag.language.units import PLAIN
from rag.question import Asked, asked
from rag.reader import Answered
from rag.types import Dispute

_YES_NO = re.compile(
    r"^(?:is|are|was|were|am|do|does|did|has|have|had|will|would|can|could|shall|should|may|might|must)\b(?!.*\bor\b)",
    re.IGNORECASE,
)
_ASCRIBED = re.compile(
    r"^who (?:first |has |had |have )?(?:said|says|told|claimed|claims|called|calls|accused|warned|announced|declared|"
    r"described|argued|promised|denied|suggested|stated)\b",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"\b(?:what time|at what hour|what hour)\b", re.IGNORECASE)
_DATE = re.compile(
    r"^(?:since |until |till |by )?(?:when\b|(?:in |on )?(?:what|which) (?:year|date|day|month)\b)", re.IGNORECASE
)
_FIGURE = re.compile(
    r"\bhow (?:many|much|long|far|large|big|tall|high|fast|deep|wide|heavy|thick|cold|hot|old|strong)\b|"
    r"\b(?:what|which) (?:(?:is|was|are|were|will be) )?(?:the |its |their |[\w-]+[’']s )?(?:\w+ ){0,3}"
    r"(?:number|percentage|share|proportion|amount|rate|price|cost|fee|fine|toll|population|budget|profit|loss|revenue|"
    r"turnover|length|height|depth|width|weight|speed|distance|size|area|age|salary|ransom|reward|debt|deficit|turnout|"
    r"temperature|magnitude|value|capacity|total|sum|sentence)\b",
    re.IGNORECASE,
)
# Of these there is one at a time; many may attend or criticise.
_ROLE = (
    r"(?:head|leader|president|premier|prime minister|minister|mayor|governor|director|chair\w*|chief|king|queen|"
    r"author|owner|founder|winner|captain|coach|commander|secretary|speaker|editor|manager|architect|inventor|ambassador|"
    r"chancellor|judge|pope|bishop|husband|wife|father|mother|successor|predecessor|champion|candidate)"
)
_NAME = re.compile(
    r"^who (?:is|was|became|will be|has become) (?:the |now |currently |[\w-]+[’']s )?(?:[\w-]+ ){0,4}?"
    + _ROLE
    + r"\b|"
    r"^who (?:now |currently )?(?:leads?|led|heads?|headed|chairs?|chaired|runs?|ran|rules?|owns?|owned|commands?|"
    r"commanded|won|wrote|founded|invented|discovered|designed|built|painted|composed|directed|succeeded|replaced|"
    r"succeeds|replaces|opened|killed|shot|scored|created|launched|bought|established|conducted|sculpted|murdered)\b|"
    r"^by whom (?:is|was)\b|^where (?:is|was|were|did|does|will)\b|"
    r"^(?:in |at |from |by )?(?:which|what) (?!are\b|were\b)(?:\w+ )?(?!\w+[^su]s )(?:city|town|village|country|state|"
    r"company|firm|person|body|team|club|port|place|island|party|ship|bank|university|agency|newspaper|artist|"
    r"minister|institute|shipyard|group|court|province|region|street|hospital|airport)\b|"
    r"^what (?:is|was) (?:the )?(?:name|capital|title)\b|^what (?:is|was) .{3,60} (?:called|named)\b",
    re.IGNORECASE,
)
_PART = re.compile(
    r"\b(?:including|among (?:them|whom)|(?:of (?:them|whom|those|these)|^of those \w+ [^,]*,)|compared (?:with|to)|"
    r"from|up from|down from|instead of|rather than|not|plus|another|(?:man|woman|boy|girl) of)"
    r"(?: the| about| some| at least)? [$€£]?$",
    re.IGNORECASE,
)
_PART_AFTER = re.compile(
    r"^ (?:of (?:them|whom|those|these)\b|\w+ of (?:them|whom)\b|among them\b|others\b|more\b(?! than))", re.IGNORECASE
)
_NOUN = re.compile(
    r"[ -](?!(?:and|or|but|in|on|at|when|who|that|were|was|are|is|had|have|by|as|of|to|for|from)\b)[a-z]+"
)
_DETAIL = 2  # words after a figure that may name what it counts

Value = Figure | Moment | Named | int


@dataclass(frozen=True, slots=True)
class Stated:
    """The ``value`` that a sentence states, which stands at ``text[start:end]`` of it; for yes/no it is 1 or -1.
    ``said`` is the sentence with blanks for the clause that says who said it, ``who`` that speaker, "" for none;
    ``shown`` the value in the sentence's own words."""

    answered: Answered
    dispute: Dispute
    value: Value
    start: int
    end: int
    said: str
    who: str
    shown: str

    @property
    def text(self) -> str:
        """The sentence, verbatim."""
        return self.answered.candidate.text


def wanted(question: str) -> Dispute | None:
    """Of what kind the one value is that ``question`` asks for; None where it asks for anything else."""
    question = question.strip()
    if _YES_NO.search(question):
        return Dispute.YES_NO
    if _ASCRIBED.search(question):
        return Dispute.ATTRIBUTION
    if _CLOCK.search(question) or _DATE.search(question):
        return Dispute.DATE
    if _FIGURE.search(question) or Asked.AGE in asked(question):
        return Dispute.FIGURE
    return Dispute.NAME if _NAME.search(question) else None


def stated(question: str, dispute: Dispute, answered: Answered) -> Stated | None:
    """The value of kind ``dispute`` that the sentence gives as answer to ``question``; None where it gives none."""
    text = answered.candidate.text
    said, who = core(text), speaker(text)
    made = Stated(answered, dispute, 0, 0, len(text), said, who, "")
    if dispute is Dispute.YES_NO:
        sign = polarity(question, text)
        return replace(made, value=sign, shown="yes" if sign > 0 else "no") if sign else None
    value: Figure | Moment | Named | None
    if dispute is Dispute.FIGURE:
        value = _figure(question, said, answered)
    elif dispute is Dispute.DATE:
        value = _moment(question, said, answered)
    else:
        value = _named(question, text, answered)
    if value is None:
        return None
    shown = _with_noun(text, value) if isinstance(value, Figure) else text[value.start : value.end]
    return replace(made, value=value, start=value.start, end=value.end, shown=shown)


def nouns(text: str, end: int) -> tuple[str, ...]:
    """The bases of the words of one phrase right after ``end``, at most _DETAIL: one of them is what a figure counts.
    Verbs of harm ("14 killed") and past forms are left out."""
    match = re.match(r"(?:[ -](?:of (?:the |its |their )?)?[a-z][a-z’'-]*){1,4}", text[end:])
    said = statement(match[0].strip(" -")) if match else None
    words = [word for word in said.words if word.content] if said else []
    return tuple(word.base for word in words if not kinds(word.low) and not word.low.endswith("ed"))[:_DETAIL]


def _figure(question: str, said: str, answered: Answered) -> Figure | None:
    found = [each for each in amounts(said) if not _is_part(said, each)]
    # Asked for the hurt, "38 were on board; eleven were hurt" says eleven.
    meant = [each for each in found if not kinds(question).keys().isdisjoint(kinds(_after(said, each)))]
    found = meant or found
    if not found:
        return None
    about = {word.base for word in statement(question).words if word.content}
    best = max(found, key=lambda each: _worth(each, said, question, answered))
    inside = _overlaps(best.start, best.end, answered)
    if not inside and not meant and not about & set(nouns(said, best.end)) and len(found) > 1:
        return None
    return best


def _after(said: str, figure: Figure) -> str:
    """What is said of a figure right after it, in its clause."""
    return re.split(r"[,;:]| and | when | while ", said[figure.end : figure.end + 40])[0]


def _worth(figure: Figure, said: str, question: str, answered: Answered) -> tuple[bool, bool, bool, int]:
    """What speaks for a figure as the answer, first things first: it is no old value; it counts what is asked for; the
    reader takes it; it stands first."""
    things = re.search(r"\bhow many (\w+)", question, re.IGNORECASE)
    counted = nouns(said, figure.end)[:1]
    asked_for = things is not None and base(things[1].lower()) in counted and things[1].lower() != "people"
    return figure.role != "from", asked_for, _overlaps(figure.start, figure.end, answered), -figure.start


def _is_part(said: str, figure: Figure) -> bool:
    before, after = said[: figure.start], said[figure.end :]
    of_the = figure.unit == PLAIN and figure.high > 0 and re.match(r" of (?:the|its|his|her|their) ", after)
    return bool(of_the or _PART.search(before) or _PART_AFTER.search(after))


def _moment(question: str, said: str, answered: Answered) -> Figure | Moment | None:
    clock = times(said)
    if _CLOCK.search(question):
        inside_ = [each for each in clock if _overlaps(each.start, each.end, answered)]
        return (inside_ or list(clock))[0] if len(inside_) == 1 or len(clock) == 1 else None
    found = moments(said)
    inside = [each for each in found if _overlaps(each.start, each.end, answered)]
    if len(inside) != 1 and len(found) != 1:
        return None
    chosen = (inside or list(found))[0]
    ahead = chosen.weekday is not None and planned(said, chosen.start)
    published = answered.candidate.passage.document.published
    return resolved(replace(chosen, ahead=True) if ahead else chosen, published)


def _named(question: str, text: str, answered: Answered) -> Named | None:
    """The one name in the words that answer; None for several, and for a description without a name."""
    known = {word.base for word in statement(question).words}
    said = statement(text)
    found = []
    for name in said.names:
        inside = said.words[name.first : name.last]
        value = named(text, inside[0].start, inside[-1].end)
        new = not {word.base for word in inside} <= known and any(word.content for word in inside)
        if new and value.words and _overlaps(value.start, value.end, answered):
            found.append(value)
    if len(found) == 2 and re.fullmatch(r",? (?:of|in|from|de) (?:the )?|, ", text[found[0].end : found[1].start]):
        return found[0]  # "Lusk, Arvo"
    return found[0] if len(found) == 1 else None


def _overlaps(start: int, end: int, answered: Answered) -> bool:
    shift = answered.candidate.start
    return answered.start - shift < end and start < answered.end - shift


def _with_noun(text: str, figure: Figure) -> str:
    """A figure with what it counts: "14 people"."""
    if figure.unit != PLAIN:
        return text[figure.start : figure.end]
    after = _NOUN.match(text[figure.end :])
    return text[figure.start : figure.end + (after.end() if after else 0)]
