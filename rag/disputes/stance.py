"""How a sentence stands to what it states: whether it affirms or denies it, whose word it is, how surely it is put, and
of which part of the whole it speaks."""

import re
from enum import IntEnum

from rag.language.cues import Sort, hedged, hedges, negators
from rag.language.opposites import alike, opposed
from rag.language.statement import Statement, Word, statement

_SAID = (
    r"(?:said|says|told|announced|announces|reported|reports|claimed|claims|called|calls|stated|insisted|insists|warned|"
    r"warns|wrote|writes|added|argued|argues|admitted|estimated|estimates|found|shows?|put|counted)"
)
_WHO = r"(?P<who>[^,;:.()“”\"]{2,70}?)"
_AFTER = re.compile(rf"[,”\"] ?{_WHO} (?:also |later |again |has |have |had )?{_SAID}\b[^,;“”\"]*$", re.IGNORECASE)
_AFTER_TURNED = re.compile(rf"[,”\"] ?(?:said|says) {_WHO}[.,]?$", re.IGNORECASE)
_FIRST = re.compile(
    rf"^(?:[^,]{{2,40}}, )?{_WHO} (?:also |later |again |has |have |had )?{_SAID}(?= )(?! (?:dead|missing)\b)",
    re.IGNORECASE,
)
_BY = re.compile(rf"\b(?:according to|in the words of) {_WHO}(?=[,;:.()]|$| (?:the|a|an) )", re.IGNORECASE)
_HEDGED = re.compile(
    r"\b(?:reportedly|allegedly|unconfirmed|rumou?r(?:s|ed)?|apparently|purportedly|supposedly|anonymous(?:ly)?|"
    r"(?:is|are|was|were) (?:believed|thought|said) to|on social media|cannot be (?:verified|confirmed)|unnamed)\b",
    re.IGNORECASE,
)
_OFFICIAL = re.compile(
    r"\b(?:ministry|police|court|office|officials?|coast guard|archives?|register|prosecutors?|authority|board|"
    r"auditors?|commission|council|spokes(?:man|woman|person)|hospital|agency|government|service|bank|laboratory|"
    r"clerk|red cross|united nations|palace|company|owner|union|organisers)\b",
    re.IGNORECASE,
)
_SHOWN = re.compile(
    r"\b(?:records?|papers|documents|pictures|photos|deed|register|census|study|tests?|figures)\b[^,;]{0,40}"
    r"\b(?:shows?|showed|found|confirm(?:s|ed)?|proves?)\b",
    re.IGNORECASE,
)
_CHANGED = re.compile(
    r"\b(?:no longer|replac(?:es|ed|ing)|succeed(?:s|ed)|took over|former(?:ly)?|previous(?:ly)?|instead|later than|"
    r"than planned|postponed|delayed|put off|brought forward|revised|corrected|recount|has since|followed|now|"
    r"disqualified|not .{2,40} but|earlier|initial(?:ly)?|at first|rose|risen|climbed|"
    r"(?:raised|lowered|cut|changed|moved|increased|reduced) (?:from|to))\b",
    re.IGNORECASE,
)
# Each line one choice: a sentence about one of them says nothing of the others. Commas between, spaces within one.
_CHOICES = """
killed kill died die dead deaths death perished, injured injury wounded hurt, missing, arrested, evacuated, homeless
adult adults, child children, student students, senior seniors pensioner pensioners
old former, new
men man male, women woman female, boys, girls
northern north, southern south, eastern east, western west
daily day, weekly week, monthly month, annual annually yearly year
first, second, third, fourth
gross, net
import imports imported, export exports exported
single, return
summer, winter, spring, autumn
civilians civilian, soldiers soldier troops
average, maximum, minimum, record
urban, rural
"""
_KINDS = {
    word: (line, kind)
    for line, choices in enumerate(_CHOICES.strip().split("\n"))
    for kind, words in enumerate(choices.split(","))
    for word in words.split()
}


REACH = 90  # characters that a word like "will" reaches forward in its clause
COVERED = 0.6  # of the plain words of a yes/no question that a sentence must have, or their opposites


class Standing(IntEnum):
    """How well attributed a statement is, higher for better."""

    UNCONFIRMED = 0
    PLAIN = 1
    SOURCED = 2


def standing(text: str) -> Standing:
    """How well attributed the sentence ``text`` is: to hearsay, to nobody, or to a named or official source."""
    if _HEDGED.search(text):
        return Standing.UNCONFIRMED
    who = speaker(text)
    named = bool(who) and any(name.sure or name.last - name.first > 1 for name in statement(who).names)
    return Standing.SOURCED if named or _OFFICIAL.search(who) or _SHOWN.search(text) else Standing.PLAIN


def speaker(text: str) -> str:
    """To whom the sentence ``text`` ascribes what it says, as it writes them; "" where it does not."""
    for pattern in (_BY, _AFTER, _AFTER_TURNED, _FIRST):
        if match := pattern.search(text):
            return re.sub(r"^(?:but|and|while|meanwhile) ", "", match["who"].strip(), flags=re.IGNORECASE)
    return ""


def core(text: str) -> str:
    """The sentence ``text`` with blanks for the clause that only says who said it, and when; offsets stay."""
    for pattern in (_BY, _AFTER, _AFTER_TURNED):
        if match := pattern.search(text):
            return text[: match.start()] + " " * len(match[0]) + text[match.end() :]
    if match := _FIRST.search(text):
        end = match.end() + (6 if text[match.end() :].startswith(" that ") else 0)
        dated = re.match(r" on \w+( that)?\b", text[match.end() :])
        end = match.end() + dated.end() if dated else end
        return " " * end + text[end:]
    return text


def changed(text: str) -> bool:
    """Whether the sentence ``text`` tells of a change: of what was otherwise before it."""
    return _CHANGED.search(text) is not None


def planned(text: str, start: int) -> bool:
    """Whether what stands at ``start`` in the sentence ``text`` is foreseen or only possible, not a fact."""
    said = statement(text)
    weak = (Sort.WILL, Sort.PLAN, Sort.MAY, Sort.ASKED, Sort.IF)
    before = [cue for cue in hedges(said) if cue.sort in weak and start - REACH < cue.start < start]
    return any(_clause(said, cue.start) == _clause(said, start) for cue in before)


def _clause(said: Statement, offset: int) -> int:
    return said.words[min(said.at(offset), len(said.words) - 1)].clause if said.words else 0


def kinds(text: str) -> dict[int, set[int]]:
    """Of which choices ``text`` names which part: the line of each choice with the kinds that are named."""
    found: dict[int, set[int]] = {}
    for word in re.findall(r"[a-z]+", text.lower()):
        if word in _KINDS:
            line, kind = _KINDS[word]
            found.setdefault(line, set()).add(kind)
    return found


def other_kind(one: str, other: str) -> bool:
    """Whether two stretches of text name different parts of one whole: adults and children, killed and injured."""
    mine, theirs = kinds(one), kinds(other)
    return any(mine[line].isdisjoint(theirs[line]) for line in mine.keys() & theirs.keys())


def polarity(question: str, text: str) -> int:
    """Whether the sentence ``text`` says yes (1) or no (-1) to a yes/no ``question``; 0 where it does neither, or both
    ("it raised its offer, but will not raise it again")."""
    asked, said = statement(question), statement(text)
    in_names = {index for name in asked.names if name.sure for index in range(name.first, name.last)}
    wanted = [word for index, word in enumerate(asked.words) if word.content and index not in in_names]
    found, turned = 0, 1
    predicates: list[int] = []
    for word in wanted:
        same = [index for index, each in enumerate(said.words) if each.content and alike(word.base, each.base)]
        against = [index for index, each in enumerate(said.words) if each.content and opposed(word.base, each.base)]
        found += bool(same or against)
        predicates += same or against[:1]
        if against and not same:
            turned = -turned
    if not wanted or found < COVERED * len(wanted) or _is_open(said, question, predicates):
        return 0
    # A negator that bears on something else ("not because of snow") says nothing of it.
    bearing = [cue for cue in negators(said) if set(cue.covers[:2]) & set(predicates) and not _of_reason(said, cue.end)]
    denied = {said.words[index].base for cue in bearing for index in cue.covers[:2]}
    covered_ = {index for cue in bearing for index in cue.covers}
    if any(said.words[index].base in denied and index not in covered_ for index in predicates):
        return 0
    return -turned if (len(bearing) + len(negators(asked))) % 2 else turned


def _is_open(said: Statement, question: str, predicates: list[int]) -> bool:
    """Whether the sentence only says that it may be so, or will be where the question asks whether it is."""
    ahead = re.match(r"(?:will|shall|would|is \w+ (?:going|planning) to)\b", question, re.IGNORECASE) is not None
    open_ = {Sort.MAY, Sort.IF, Sort.ASKED, Sort.PLAN} | (set() if ahead else {Sort.WILL})
    return any(cue.sort in open_ for index in predicates for cue in hedged(said, index))


def _of_reason(said: Statement, end: int) -> bool:
    return re.match(r" (?:because|for|only|due|just)\b", said.text[end:]) is not None


def covered(question: Statement, said: Statement) -> list[Word]:
    """The content words of ``question`` that ``said`` has, in the same form, another, or by its opposite."""
    return [
        word
        for word in question.words
        if word.content and any(alike(word.base, each.base) or opposed(word.base, each.base) for each in said.words)
    ]
