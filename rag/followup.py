"""A follow-up question becomes one that stands alone, by rule, without a language model.

Three kinds are rewritten, each with the words of the conversation alone: a fragment ("and in 2023?", "what about
Tokyo?") renews a part of the question before it; a pronoun ("what did he say?") takes what the talk is about; a
question of next to no content ("why?") is asked about the question before it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.terms import words
from rag.types import Turn

_LEAD = re.compile(r"^(and|but|so|or|also|then|ok|okay|yes|no)\b[,\s]*", re.IGNORECASE)
_ABOUT = re.compile(r"^(what|how) about\s+|^what of\s+", re.IGNORECASE)
_ASKS = re.compile(
    r"^(who|whom|whose|what|when|where|why|how|which|is|are|was|were|do|does|did|can|could|has|have|had|will|would|"
    r"should|list|name|tell|give|compare|explain|describe|show)\b",
    re.IGNORECASE,
)
_MONTH = "january|february|march|april|may|june|july|august|september|october|november|december"
_TIME = re.compile(
    r"\b((?P<preposition>in|on|by|since|before|after|during|until) )?((early|late|mid) )?"
    rf"(\d{{1,2}} ({_MONTH})( (19|20)\d\d)?|({_MONTH})( \d{{1,2}})?(,? (19|20)\d\d)?|(19|20)\d\d)\b",
    re.IGNORECASE,
)
_PERSON = re.compile(r"\b(he|she|him|his|her|hers)\b", re.IGNORECASE)
_THING = re.compile(r"\b(it|its|they|them|their|theirs)\b", re.IGNORECASE)
_POSSESSIVE = frozenset({"his", "hers", "its", "their", "theirs"})
_NAME = re.compile(r"[A-Z][\w’'.-]*\w(?: (?:of (?:the )?|for )?[A-Z][\w’'.-]*\w)*")
_DEFINITE = re.compile(r"\b(?:the|this|that) ((?!\b(?:in|on|of|to|at|by|for|with)\b)[a-z-]+)", re.IGNORECASE)
_PLACED = re.compile(r"^(in|at|to|from|with|against|by|on|for|of)\b", re.IGNORECASE)
_BEFORE_A_PLACE = re.compile(r"\b(in|to|of|from|at|on|with|against|between|the)\s+$", re.IGNORECASE)
_SAYING = re.compile(
    r"^[^.]{0,30}\b(said|says|told|warned|stated|announced|wrote|promised|argued|signed|met|visited)\b"
)
_CALENDAR = re.compile(rf"^({_MONTH}|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b", re.IGNORECASE)


def standalone(question: str, history: Sequence[Turn]) -> str:
    """``question`` as it can be understood without ``history`` (oldest first); unchanged when it can be already.

    Only a question that is a fragment, holds a pronoun that nothing in it explains, or has next to no content is
    changed, so a question that stands alone is never worsened.
    """
    if not history:
        return question
    body = _LEAD.sub("", question)
    if not body.strip(" ?.!"):
        return history[-1].question
    about = _ABOUT.match(body)
    rest = (body[about.end() :] if about else body).rstrip(" ?.!")
    if rest and (about or (body != question and not _ASKS.match(rest))):
        return _renewed(history[-1].question.rstrip(" ?.!"), rest)
    if match := _PERSON.search(body):
        return _put(body, match, _person(history)) if not _names(body[: match.start()]) else question
    if (match := _THING.search(body)) and not _names(body) and not _DEFINITE.search(body):
        return _put(body, match, _thing(history, match.group().lower().startswith("t")))
    if not _names(body) and len(words(body)) < 2 and not _DEFINITE.search(body):
        return f"{body.rstrip(' ?')}? {history[-1].question}"
    return question


def _renewed(previous: str, part: str) -> str:
    """The previous question with its part of the same kind replaced by ``part``, or with ``part`` added."""
    if moment := _TIME.search(part):
        old = _TIME.search(previous)
        if old is None:
            return f"{previous} {part}?"
        # "at the end of 2024" keeps its own preposition.
        new = (
            moment.group() if old["preposition"] else moment.group().removeprefix(moment["preposition"] or "").lstrip()
        )
        return f"{previous[: old.start()]}{new}{previous[old.end() :]}?"
    names, before = _names(part), _names(previous)
    if placed := _PLACED.match(part):  # "and in Oslo?" renews what stands after the same preposition
        before = [name for name in before if f"{placed.group(1).lower()} {name}" in previous]
    if not names or not before:
        return f"{previous}{'' if placed else ','} {part}?"
    shared = [name for name in before if set(name.split()) & set(names[0].split())]
    return previous.replace((shared or before)[0], names[0], 1) + "?"


def _put(question: str, pronoun: re.Match[str], entity: str) -> str:
    if not entity:
        return question
    word, after = pronoun.group().lower(), question[pronoun.end() :]
    owns = word in _POSSESSIVE or (word == "her" and re.match(r" [a-z]", after) is not None)
    whole = f"{question[: pronoun.start()]}{entity}{'’s' if owns else ''}{after}"
    return whole[0].upper() + whole[1:]


def _person(history: Sequence[Turn]) -> str:
    """The person last spoken of: a question's subject, or who says something in an answer; "" when there is none."""
    for turn in reversed(history):
        for name in _named(turn.question):
            if not name.text.isupper() and not _BEFORE_A_PLACE.search(turn.question[: name.start]):
                return name.text
        for name in _named(turn.answer):
            if _SAYING.match(turn.answer[name.end :]):
                return name.text
    return ""


def _thing(history: Sequence[Turn], several: bool) -> str:
    """What was last spoken of: "the treaty", a name, or for ``several`` two names that stand together."""
    for turn in reversed(history):
        names = _names(turn.question)
        if several:
            for one, other in pairwise(names):
                if f"{one} and {other}" in turn.question:
                    return f"{one} and {other}"
        elif match := _DEFINITE.search(turn.question):
            return f"the {match.group(1)}"
        person = _person([turn])
        if others := [name for name in names or _names(turn.answer) if several or name != person]:
            return others[0]
    return ""


@dataclass(frozen=True, slots=True)
class _Name:
    """A capitalised name, and where in a text it stands: there it may hold the 's of possession."""

    text: str
    start: int
    end: int


def _names(text: str) -> list[str]:
    return [name.text for name in _named(text)]


def _named(text: str) -> list[_Name]:
    """Capitalised names in order, without question words, months, and the 's of possession."""
    found = []
    for match in _NAME.finditer(text):
        start, kept = match.start(), match.group()
        while kept and (_ASKS.match(kept) or not words(re.sub(r"[’']s\b", "", kept.split()[0]))):
            rest = kept[len(kept.split()[0]) :].lstrip()
            start, kept = start + len(kept) - len(rest), rest
        name = " ".join(re.sub(r"[’']s\b", "", kept).split())
        if name and name[0].isupper() and not _CALENDAR.match(name):
            found.append(_Name(name, start, match.end()))
    return found
