"""Whose reporting a question asks for: the outlets of the library that it names as its source.

An outlet that is merely what a question is about ("Who owns Reuters?") is none of them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_EDITIONS = frozenset({"english", "online", "international"})  # what a name may lose at its end
_WORDS = frozenset({"WHO", "US", "IT"})  # in small letters these are other words
_TOPIC = re.compile(r"\b(?:about|on|of|against|regarding|concerning|for|to|by) (?:the )?$", re.IGNORECASE)
_SAY = (
    "say|report|write|assess|think|claim|conclude|warn|believe|argue|describe|predict|estimate|state|suggest|note|"
    "mention|find|judge|view|characteri[sz]e|tell"
)
_SAID = (
    "said|reported|written|assessed|thought|claimed|concluded|warned|believed|argued|described|predicted|estimated|"
    "stated|suggested|noted|mentioned|found|judged|viewed|characteri[sz]ed"
)
_SAYING = "saying|reporting|writing|claiming|warning|predicting|arguing|describing|suggesting"
_TELLS = f"{_SAID}|wrote|told|(?:{_SAY})(?:e?s)?"
_PIECE = "assessments?|reports?|reporting|articles?|analys[ei]s|account|coverage|story|stories|briefings?|editorials?"
_OWN = f"{_PIECE}|views?|estimates?|opinion|take|verdict|conclusions?|predictions?|forecasts?|versions?"
_WHETHER = "(?:really|also|already|just|actually|recently|currently|now|then|first) "
_TELLING = re.compile(rf"\b(?:according to|published|covered|{_TELLS}|{_SAYING}|{_OWN})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Named:
    """The outlets that a question names as its source, in the library's spelling, and its words for that, half open."""

    outlets: tuple[str, ...]
    start: int
    end: int


def asks_source(text: str) -> bool:
    """Whether ``text`` has any of the words with which a source is named; a cheap test before ``named``."""
    return _TELLING.search(text) is not None


def named(text: str, outlets: Sequence[str]) -> Named | None:
    """The outlets among ``outlets`` that ``text`` asks the view of; None when there are none.

    An outlet goes by its name, with or without "The", by its initials (three or more, in capitals) where no other has
    them, and by its name without the edition at its end. When one is named as a source, so are the others in the text
    that it is not said to speak about: a comparison must not lose a side.
    """
    forms = _forms(text, outlets)
    if not forms:
        return None
    # Not before a capital: "Harbour Post" is not who is meant by "Harbour Post Holdings".
    names = "|".join(_pattern(form) for form in sorted(forms, key=lambda form: (-len(form), form)))
    name = rf"(?<![\w-])(?:the )?(?:{names})(?![\w-])(?-i:(?! [A-Z][a-z]))"
    some = rf"{name}(?:(?:, and|,| and| or| &) {name})*"
    matches = [match for asked in _asks(some) for match in re.finditer(asked, text, re.IGNORECASE)]
    if not matches:
        return None
    found: set[str] = set()
    for match in matches:
        for one in re.finditer(name, match.group(), re.IGNORECASE):
            found |= _known(one.group(), forms)
    for form, known in forms.items():
        if any(not _TOPIC.search(text[: one.start()]) for one in re.finditer(rf"(?<![\w-]){re.escape(form)}\b", text)):
            found |= known
    first = min(matches, key=lambda match: match.start())
    return Named(tuple(sorted(found)), first.start(), first.end())


def without_names(text: str, outlets: Sequence[str]) -> str:
    """``text`` with the outlets' names, as they spell them, blanked out; offsets stay."""
    for name in outlets:
        if name.strip() and name in text:
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", lambda match: " " * len(match.group()), text)
    return text


def _asks(some: str) -> Iterator[str]:
    """The patterns of asking for a source, around ``some``, the pattern of one outlet or several."""
    yield rf"\b(?:did|do|does) {some} {_maybe(_WHETHER)}(?:{_SAY})\b"
    yield rf"\b(?:has|have|had) {some} {_maybe(_WHETHER)}(?:{_SAID})\b"
    yield rf"\b(?:is|are|was|were) {some} {_maybe(_WHETHER)}(?:{_SAYING})\b"
    yield rf"\b(?:what|how|whether|that|as) {some} {_maybe(_WHETHER)}(?:{_TELLS})\b"
    yield rf"\baccording to {some}"
    yield rf"{some}(?:'s|')? (?:(?:own|latest|recent|current|new|last|most recent) )*(?:{_PIECE})\b"
    yield rf"{some}(?:'s|') (?:(?:own|latest|recent|current|new|last|most recent) )*(?:{_OWN})\b"
    about = r"(?: (?:about|on|of|regarding) [\w'-]+(?: [\w'-]+){0,5}?)?"
    yield rf"\b(?:{_SAID}|published|covered|{_PIECE}){about} (?:in|by|from) {some}"


def _maybe(pattern: str) -> str:
    return f"(?:{pattern})?"


def _pattern(form: str) -> str:
    """The pattern of a name; some are matched in capitals only: "according to who" names nobody."""
    pattern = r"\s+".join(re.escape(word) for word in form.split())
    return f"(?-i:{pattern})" if form in _WORDS else pattern


def _known(written: str, forms: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The outlets that go by what was written, with or without "the"."""
    bare = re.sub(r"^the\s+", "", written, flags=re.IGNORECASE)
    fits = (known for form, known in forms.items() if re.fullmatch(_pattern(form), bare, re.IGNORECASE))
    return frozenset().union(*fits)


def _forms(text: str, outlets: Sequence[str]) -> Mapping[str, frozenset[str]]:
    """What of ``text`` may stand for an outlet -> the outlets that it may stand for."""
    exact: dict[str, set[str]] = {}
    derived: dict[str, set[str]] = {}
    for outlet in outlets:
        words = outlet.replace("’", "'").split()
        bare = words[1:] if len(words) > 1 and words[0].lower() == "the" else words
        if bare:
            exact.setdefault(" ".join(bare), set()).add(outlet)
            for form in _shorter(bare):
                derived.setdefault(form, set()).add(outlet)
    folded = " ".join(text.split()).casefold()
    forms = {form: frozenset(known) for form, known in exact.items() if form.casefold() in folded}
    taken = {form.casefold() for form in exact}
    for form, known in derived.items():
        if form in text and len(known) == 1 and form.casefold() not in taken:
            forms[form] = frozenset(known)
    return forms


def _shorter(words: Sequence[str]) -> Iterator[str]:
    capitals = [word for word in words if word[0].isupper()]
    for initials in ({"".join(w[0] for w in capitals)}, {"".join(w[0] for w in words).upper()}):
        yield from (each for each in initials if len(each) >= 3 and each.isalpha())
    if len(words) > 1 and words[0].isupper() and len(words[0]) >= 3 and words[0].isalpha():
        yield words[0]  # BBC News
    if len(words) > 2 and words[-1].lower() in _EDITIONS:
        yield " ".join(words[:-1])
