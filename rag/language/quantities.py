"""Figures in a text, with unit, magnitude and precision."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from rag.language.figure import Bound, Figure
from rag.language.numerals import Number, Token, number_at, tokens_of
from rag.language.units import (
    MAGNITUDES,
    PLAIN,
    POINTS,
    SYMBOLS,
    TIMES,
    UNITS,
    Unit,
)

_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_BEFORE = {
    Bound.ABOUT: "about around roughly approximately some circa estimated approx",
    Bound.NEARLY: "nearly almost",
}
_BOUNDS = {word: bound for bound, words in _BEFORE.items() for word in words.split()}
_PAIRS = {
    ("at", "least"): Bound.AT_LEAST,
    ("no", "fewer", "than"): Bound.AT_LEAST,
    ("no", "less", "than"): Bound.AT_LEAST,
    ("a", "minimum", "of"): Bound.AT_LEAST,
    ("more", "than"): Bound.MORE,
    ("greater", "than"): Bound.MORE,
    ("higher", "than"): Bound.MORE,
    ("upwards", "of"): Bound.MORE,
    ("just", "over"): Bound.MORE,
    ("over",): Bound.MORE,
    ("above",): Bound.MORE,
    ("exceeding",): Bound.MORE,
    ("exceeded",): Bound.MORE,
    ("at", "most"): Bound.AT_MOST,
    ("up", "to"): Bound.AT_MOST,
    ("no", "more", "than"): Bound.AT_MOST,
    ("as", "many", "as"): Bound.AT_MOST,
    ("as", "much", "as"): Bound.AT_MOST,
    ("a", "maximum", "of"): Bound.AT_MOST,
    ("less", "than"): Bound.LESS,
    ("fewer", "than"): Bound.LESS,
    ("lower", "than"): Bound.LESS,
    ("under",): Bound.LESS,
    ("below",): Bound.LESS,
    ("just", "under"): Bound.NEARLY,
    ("close", "to"): Bound.NEARLY,
}
_WITH_OVER = frozenset(["handed", "hand", "handing", "turned", "turn", "took", "take", "taken", "signed", "carried"])
_AFTER = {("or", "more"): Bound.AT_LEAST, ("or", "less"): Bound.AT_MOST, ("or", "fewer"): Bound.AT_MOST}
_AFTER |= {("or", "so"): Bound.ABOUT, ("at", "least"): Bound.AT_LEAST, ("at", "most"): Bound.AT_MOST}


@lru_cache(maxsize=16_384)
def figures(text: str) -> tuple[Figure, ...]:
    """The figures of ``text`` in order, without calendar years and without "one" where it is no number."""
    tokens = tokens_of(text)
    found: list[Figure] = []
    at = 0
    while at < len(tokens):
        number = number_at(tokens, at)
        if number is None:
            at += 1
            continue
        figure, at = _figure(tokens, at, number)
        if figure is not None:
            if found and (found[-1].role, figure.role) == ("from", "to") and found[-1].unit == PLAIN:
                found[-1] = _as_written_after(found[-1], figure, text)
            found.append(figure)
    return tuple(found)


def _as_written_after(first: Figure, second: Figure, text: str) -> Figure:
    """ "from 3 to 5 percent", "from 21 to 16.5 million": the first has the unit and the magnitude of the second."""
    factor = next(
        (MAGNITUDES[word] for word in text[second.start : second.end].lower().split() if word in MAGNITUDES), 1.0
    )
    factor = factor if first.high < 1000 else 1.0
    return replace(first, low=first.low * factor, high=first.high * factor, unit=second.unit)


def _figure(tokens: Sequence[Token], at: int, number: Number) -> "tuple[Figure | None, int]":
    """The figure of ``number`` with what stands around it, and the token after it."""
    token, end = tokens[at], number.end
    symbol = at > 0 and tokens[at - 1].kind == "sign" and tokens[at - 1].text in SYMBOLS
    first = at - 1 if symbol else at
    low, high = number.low, number.high
    unit, after = (number.unit, end) if number.unit else _unit(tokens, end)
    if symbol:
        unit = Unit(SYMBOLS[tokens[at - 1].text])
    # A range: "3-5", "3 to 5", "between 3 and 5"; "from 3 to 5" is two figures.
    before = [each.text for each in tokens[max(0, first - 3) : first]]
    joins = tokens[after].text if after < len(tokens) else ""
    ranged = joins in ("-", "–", "—", "to") or (joins == "and" and before[-1:] == ["between"])
    if ranged and after + 1 < len(tokens) and before[-1:] != ["from"] and not number.unit:
        skip = after + 1 + (tokens[after + 1].text in SYMBOLS)
        other = number_at(tokens, skip) if skip < len(tokens) else None
        second = _unit(tokens, other.end)[0] if other else None
        if other and not other.unit and other.high > low and (unit is None or symbol or unit == second):
            unit, after = _unit(tokens, other.end) if not symbol else (unit, other.end)
            factor = other.low / float(tokens[skip].text.replace(",", "")) if tokens[skip].kind == "number" else 1.0
            low, high = (
                low * (factor if low < other.low / max(factor, 1.0) + 1e-9 and factor >= 100 else 1.0),
                other.high,
            )
    whole = tokens[at].text
    named = at > 1 and tokens[at - 1].kind == "dash" and tokens[at - 2].end == tokens[at - 1].start == token.start - 1
    if named and tokens[at - 2].kind == "word":
        return None, max(after, end)  # "Calder-2"
    plain_year = unit in (None, PLAIN) and end == at + 1 and _YEAR.fullmatch(whole) is not None
    if plain_year and token.kind == "number":
        return None, max(after, end)
    if whole == "one" and unit in (None, PLAIN) and joins in ("", ".", ",", "of", "is", "was", "who", "that"):
        return None, end
    bound = _bound(before)
    if before[-1:] == ["over"] and len(before) > 1 and before[-2] in _WITH_OVER:
        bound = Bound.EXACT
    if before[-1:] in (["over"], ["under"], ["above"], ["below"]) and unit and unit.kind in ("time", "area", "length"):
        bound = Bound.EXACT  # "spread over 12 hectares", "over 14 months"
    role = next((word for word in reversed(before[-2:]) if word in ("from", "to", "by")), "")
    if bound is Bound.AT_MOST and role == "to":
        role = ""
    following = tuple(each.text for each in tokens[max(after, end) : max(after, end) + 2])
    if bound is Bound.EXACT and following in _AFTER:
        bound = _AFTER[following]
    last = max(after, end) - 1
    span = tokens[first].start, tokens[last].end
    return Figure(low, high, unit or PLAIN, bound, number.digits, role, *span), last + 1


def _unit(tokens: Sequence[Token], at: int) -> "tuple[Unit | None, int]":
    """The unit written after a number, and the token after it."""
    words = [token.text for token in tokens[at : at + 3]]
    if words[:1] == ["-"]:  # "a 45-year-old", "a 10-day strike"
        unit = UNITS.get(words[1]) if len(words) > 1 else None
        return (unit, at + 2) if unit else (None, at)
    if words[:2] == ["per", "cent"]:
        words, at = ["percent", *words[2:]], at + 1
    if words[:1] == ["percentage"] or (words[:1] in (["percent"], ["%"]) and words[1:2] in (["point"], ["points"])):
        return POINTS, at + 2
    if words[:2] in (["basis", "points"], ["basis", "point"]):
        return Unit(POINTS.kind, 0.01), at + 2
    if words[:1] == ["square"] and len(words) > 1 and UNITS.get(words[1], PLAIN).kind == "length":
        return Unit("area", UNITS[words[1]].factor ** 2), at + 2
    if words[:1] in (["us"], ["metric"], ["nautical"]) and len(words) > 1 and words[1] in UNITS:
        return UNITS[words[1]], at + 2
    if words[:1] == ["times"]:
        return TIMES, at + 1
    unit = UNITS.get(words[0]) if words else None
    return (unit, at + 1) if unit else (None, at)


def _bound(before: Sequence[str]) -> Bound:
    """What the words before a figure say of its precision."""
    for size in (3, 2, 1):
        bound = _PAIRS.get(tuple(before[-size:]))
        if bound:
            return bound
    return _BOUNDS.get(before[-1], Bound.EXACT) if before else Bound.EXACT
