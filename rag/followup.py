"""A follow-up question becomes one that stands alone, by rule, without a language model.

Three kinds of follow-up are rewritten: a fragment ("and in 2023?", "what about Tokyo?") takes the previous question
and swaps the part it renews; a pronoun ("what did he say?") takes the entity the talk is about; a question that
names nothing ("why?", "how many were there?") takes the previous question's subject along.
"""

import re
from collections.abc import Sequence

from rag.terms import words
from rag.types import Turn

_OPENER = re.compile(
    r"^(and|but|so|ok(ay)?|or|then|also)?[,\s]*((what|how) about|and what of|what of|and)?\s+", re.IGNORECASE
)
_ABOUT = re.compile(r"^((and|but|so|ok(ay)?)[,\s]+)?((what|how) about|what of)\s+(?P<rest>.+)$", re.IGNORECASE)
_AND = re.compile(r"^(and|but|or|also)[,\s]+(?P<rest>.+)$", re.IGNORECASE)
_TIME = re.compile(
    r"\b(in|on|by|since|before|after|during|at)?\s*((early |late |mid-?)?(the )?(\d{1,2} )?((january|february|march|april|"
    r"may|june|july|august|september|october|november|december)( \d{1,2})?,? ?)?((19|20)\d\d)?)\b",
    re.IGNORECASE,
)
_PERSON_PRONOUN = re.compile(r"\b(he|she|him|his|her|hers)\b", re.IGNORECASE)
_THING_PRONOUN = re.compile(
    r"\b(it|its|they|them|their|theirs)\b|\b(this|that|these|those)\b(?=\s*(\?|$|[a-z]))", re.IGNORECASE
)
_POSSESSIVE = frozenset({"his", "hers", "its", "their", "theirs"})
_QUESTION_WORD = re.compile(
    r"^(who|whom|whose|what|when|where|why|how|which|is|are|was|were|do|does|did|can|could|has|have|had|will|would)\b",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"(?:[A-Z][\w’'-]*[\w](?:\.(?=\s[A-Z]))?|[A-Z]{2,})(?:[ -](?:of |the |for |and )?(?:[A-Z][\w’-]*\w|[A-Z]{2,}|Un|Il))*"
)
_PEOPLE_VERBS = re.compile(r"\b(said|says|told|warned|stated|visited|met|announced|wrote|promised|argued|signed)\b")


def standalone(question: str, history: Sequence[Turn]) -> str:
    """``question`` as it can be understood without the conversation; unchanged when it already can, or has none."""
    question = " ".join(question.split())
    if not history:
        return question
    previous = history[-1]
    about = _ABOUT.match(question)
    fragment = about or _AND.match(question)
    rest = (fragment.group("rest") if fragment else question).rstrip(" ?")
    if fragment and not _QUESTION_WORD.match(rest):
        return _renew(previous.question, rest)
    return _resolve(rest if fragment else question, history)


def _renew(previous: str, part: str) -> str:
    """The previous question with the part of the same kind replaced by ``part``."""
    body = previous.rstrip(" ?")
    moment = _moment(part)
    if moment:
        old = _moment(body)
        if old:
            return body.replace(old, moment, 1).strip() + "?"
        return f"{body} {moment}?"
    names = _names(part)
    old_names = _names(body)
    if names and len(names) == 1 and old_names:
        return body.replace(old_names[0], part.removeprefix("the ") if part[:4] == "the " else part, 1) + "?"
    return f"{body}, {part}?"


def _moment(text: str) -> str:
    """The longest time expression in ``text`` with its preposition; "" when it has none."""
    found = [match.group(0).strip() for match in _TIME.finditer(text)]
    dated = [
        piece
        for piece in found
        if re.search(
            r"\d{4}|january|february|march|april|june|july|august|september|"
            r"october|november|december|\bmay\b",
            piece,
            re.IGNORECASE,
        )
    ]
    return max(dated, key=len, default="")


def _resolve(question: str, history: Sequence[Turn]) -> str:
    person, thing = _PERSON_PRONOUN.search(question), _THING_PRONOUN.search(question)
    if person or thing:
        entity = _entity(history, bool(person))
        match = person or thing
        if entity and match:
            owned = match.group(0).lower() in _POSSESSIVE or (
                match.group(0).lower() == "her" and re.match(r"\s+\w", question[match.end() :]) is not None
            )
            put = entity + ("’s" if owned else "")
            return question[: match.start()] + put + question[match.end() :]
    if not _names(question) and len(words(question)) <= 2:
        subject = history[-1].question.rstrip(" ?")
        return f"{question.rstrip(' ?')}? ({subject})"
    return question


def _entity(history: Sequence[Turn], person: bool) -> str:
    """What the talk is about: the last question's names first, then those of its answer."""
    for turn in reversed(history):
        names = _names(turn.question)
        if person:
            names = [name for name in names if _is_person(name, turn)] or [
                name for name in _names(turn.answer) if _is_person(name, turn)
            ]
        else:
            names = names[::-1] or _names(turn.answer)
        if names:
            return names[0]
    return ""


def _is_person(name: str, turn: Turn) -> bool:
    text = f"{turn.question} {turn.answer}"
    near = rf"{re.escape(name)}\b[^.]{{0,40}}"
    return re.search(near, text) is not None and (
        re.search(near + _PEOPLE_VERBS.pattern, text) is not None
        or re.search(rf"\b(did|does|has|had|will) {re.escape(name)} \w+", turn.question) is not None
    )


def _names(text: str) -> list[str]:
    """Capitalised names in order; the capital of a sentence's first word does not count when it is a common word."""
    found = []
    for match in _NAME.finditer(text):
        name = match.group(0)
        first = name.split()[0]
        if _QUESTION_WORD.match(first) or not words(first):
            name = name[len(first) :].strip()
        if name and name[0].isupper():
            found.append(name)
    return found
