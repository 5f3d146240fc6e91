"""What a conversation spoke of last: a person, a thing, a place, or what "the company" is called.

A history is in order, oldest turn first; what its last turns name is more in mind than what came before.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from rag.phrases import CALENDAR, NAME, Name, is_plural, name_spans, names_in, phrases_in
from rag.types import Turn

_BEFORE_A_PLACE = re.compile(r"\b(in|to|of|from|at|on|with|against|between|the|for)\s+$", re.IGNORECASE)
_SAYING = re.compile(
    r"^(, [^.]{0,50},)?[^.A-Z]{0,30}\b(said|says|told|warned|stated|announced|wrote|promised|argued|signed|met|visited|"
    r"won|contends)\b"
)
_TITLE = re.compile(
    r"(\b(mr|mrs|ms|dr|sir|lady|lord|king|queen|prince|princess|president|chancellor|senator|general|captain|judge|mayor|"
    r"minister|secretary|chief|chairman|chairwoman|leader|director|deputy|spokes(man|woman|person)|professor|author|"
    r"novelist|historian|linguist|critic|composer|officer|robber|pilot|executive|editor|founder|by|under)\.?,?\s+)$",
    re.IGNORECASE,
)
_NO_PERSON = re.compile(
    r"^(the|mount|lake|cape|port|river|gulf|upper|lower|old|new|north|south|east|west|saint|fort)\b|"
    r"\b(sea|lake|river|island|islands|university|court|centre|center|council|commission|union|party|prize|marathon|"
    r"company|group|ports|press|times|church|senate|house|tunnel|bridge|league|series|war|empire|states|bank|agency|"
    r"compact|semiconductor|ministry|army|district|valley|triangle|hotel|school|college|academy|museum|act|treaty)$",
    re.IGNORECASE,
)
_CLASS_WORDS = """
company firm group organisation organization party union country state city town island region newspaper paper team
club bank agency ship tanker university church band
"""
_CLASS = frozenset(_CLASS_WORDS.split())


def last_person(history: Sequence[Turn]) -> str:
    """The person last spoken of; "" when there is none.

    A name that a question has is more in mind than one of an answer, unless the question asks who.
    """
    for turn in reversed(history):
        asked = [name for name in name_spans(turn.question) if _may_be_person(turn.question, name)]
        said = [name for name in name_spans(turn.answer) if _is_person(turn.answer, name)]
        if said and (not asked or re.match(r"(and |so )?(who|which)\b", turn.question, re.IGNORECASE)):
            fresh = [name for name in said if name.text not in turn.question]
            return (fresh or said)[0].text
        if asked:
            return asked[0].text
    return ""


def _may_be_person(text: str, name: Name) -> bool:
    if re.search(r"\bthe\s+$", text[: name.start], re.IGNORECASE):
        return False
    placed = _BEFORE_A_PLACE.search(text[: name.start])
    return not name.text.isupper() and not _NO_PERSON.search(name.text) and (not placed or " " in name.text)


def _is_person(text: str, name: Name) -> bool:
    if not _may_be_person(text, name):
        return False
    before, after = text[: name.start], text[name.end :]
    if re.search(r"[’']s$", text[: name.end]) and re.match(r" [A-Z]", after):  # "Eritrea's Yonas Tesfagaber"
        return False
    titled = bool(_TITLE.search(before) or _TITLE.match(f"{name.text.split()[0]} "))
    tells = _SAYING.match(after) or re.match(r",? (\d\d,|who\b|aka\b)", after)
    return titled or tells is not None or " " in name.text


def last_thing(history: Sequence[Turn], several: bool) -> str:
    """What was last spoken of, a name or a phrase; "" when there is nothing.

    For ``several`` ("they") two names that stand together or a plural come first.
    """
    for turn in reversed(history):
        names = names_in(turn.question)
        phrases = phrases_in(turn.question)
        if re.match(r"(who|which)\b", turn.question, re.IGNORECASE) and not names and turn.answer:
            if several and (told := phrases_in(turn.answer)):
                return told[0]
            if person := last_person([turn]):
                return person
            if told := names_in(turn.answer):
                return told[0]
        if several:
            for one, other in pairwise(names):
                if f"{one} and {other}" in turn.question:
                    return f"{one} and {other}"
            if plural := [phrase for phrase in phrases if is_plural(phrase)]:
                return next((phrase for phrase in plural if phrase.startswith("the ")), plural[0])
        person = last_person([turn])
        things = [phrase for phrase in phrases if phrase != person]
        told = [name for name in names_in(turn.answer) if several or name != person]
        definite = [phrase for phrase in things if re.match(r"the |[A-Z]", phrase) or names_in(phrase)]
        if found := definite or things or told:
            return found[0]
    return ""


def last_place(history: Sequence[Turn]) -> str:
    """The place last spoken of, by the word before it; "" when there is none."""
    pattern = re.compile(rf"\b(?:in|at|to|from|near|on|of) ((?:the )?{NAME.pattern})")
    for turn in reversed(history):
        texts = (turn.question, turn.answer)
        for text in reversed(texts) if re.match(r"(where|which)\b", turn.question, re.IGNORECASE) else texts:
            for match in pattern.finditer(text):
                if not CALENDAR.match(match.group(1)):
                    return re.sub(r"[’']s\b.*", "", match.group(1))
        if names := [name for name in names_in(turn.question) if name != last_person([turn])]:
            return names[-1]
    return ""


def name_of(noun: str, alone: bool, history: Sequence[Turn]) -> str:
    """What "the ``noun``" (lower case) is called: a phrase of the conversation that ends in it; "" for none.

    When the noun stands ``alone`` ("the company", not "the steel company") and is of a class that has names, a name of
    the last question that has one will do.
    """
    for turn in reversed(history):
        for text in (turn.question, turn.answer):
            for phrase in phrases_in(text):
                if phrase.split()[-1].casefold() == noun and names_in(phrase):
                    lower = phrase[0].isupper() and phrase.split()[-1].islower()
                    return f"the {phrase}" if lower else phrase
        if noun in _CLASS and alone:
            person = last_person([turn])
            if names := [name for name in names_in(turn.question) if name != person]:
                return names[0]
    return ""
