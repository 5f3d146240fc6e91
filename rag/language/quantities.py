"""Figures in a text, with unit, magnitude and precision, and whether one of them bears another out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache

from rag.language.units import (
    CLOCK,
    CURRENCIES,
    MAGNITUDES,
    MULTIPLES,
    NUMBERS,
    ORDINAL,
    PARTS,
    PERCENT,
    PLAIN,
    PLURALS,
    POINTS,
    RANKS,
    SYMBOLS,
    TENS,
    TIMES,
    UNITS,
    YEARS,
    Unit,
)

_TOKEN = re.compile(
    r"(?P<clock>\d{1,2}:\d\d(?::\d\d)?(?:\.\d+)?(?: ?[ap]\.?m\b)?|\d{1,2}(?:[.:]\d\d)? ?[ap]\.?m\b)|"
    r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?)|(?P<word>[^\W\d_]+)|(?P<sign>[$€£¥₹₩%])|"
    r"(?P<dash>[-–—])"
    r"|(?P<mark>[^\s\w])"
)
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_SCALES = frozenset(["hundred", "thousand", "million", "billion", "trillion", "lakh", "crore", "dozen"])


class Bound(Enum):
    """How exactly a figure is meant."""

    EXACT = ""
    ABOUT = "about"
    NEARLY = "nearly"
    AT_LEAST = "at least"
    MORE = "more than"
    AT_MOST = "at most"
    LESS = "less than"


class Fit(Enum):
    """How far one figure or date bears out another. LOOSE: the same, but said more exactly than it was."""

    FULL = 2
    LOOSE = 1
    NONE = 0


@dataclass(frozen=True, slots=True)
class Figure:
    """A number from ``low`` to ``high`` (mostly the same) in ``unit``, as ``text[start:end]`` writes it.

    ``digits`` is how many significant digits it has, ``role`` the preposition before it where that tells its part:
    "from", "to", "by" or "".
    """

    low: float
    high: float
    unit: Unit
    bound: Bound
    digits: int
    role: str
    start: int
    end: int


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


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Number:
    """A number of the tokens up to ``end``; ``unit`` where the number words say it ("a third")."""

    low: float
    high: float
    digits: int
    end: int
    unit: Unit | None = None


@lru_cache(maxsize=16_384)
def figures(text: str) -> tuple[Figure, ...]:
    """The figures of ``text`` in order, without calendar years and without "one" where it is no number."""
    tokens = [
        _Token(match.group().lower(), match.lastgroup or "", match.start(), match.end())
        for match in _TOKEN.finditer(text)
    ]
    found: list[Figure] = []
    at = 0
    while at < len(tokens):
        number = _number(tokens, at)
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


def compare(claimed: Figure, given: Figure) -> Fit:
    """How far ``given``, a figure of the evidence, bears ``claimed`` out: unit, size, precision and part."""
    if {claimed.unit, given.unit} == {PERCENT, TIMES} and {claimed.low, given.low} == {50.0, 0.5}:
        return Fit.FULL  # halved, by half
    if claimed.unit.kind != given.unit.kind and not _may_lack_unit(claimed.unit, given.unit):
        return Fit.NONE
    if {claimed.role, given.role} in ({"from", "to"}, {"by", "to"}, {"by", "from"}):
        return Fit.NONE
    same = claimed.unit.factor == given.unit.factor or claimed.unit.kind != given.unit.kind
    scale = 1.0 if same else given.unit.factor / claimed.unit.factor
    low, high = given.low * scale, given.high * scale
    if claimed.bound in (Bound.EXACT, Bound.ABOUT, Bound.NEARLY):
        return _value(claimed, given, low, high, 1e-9 if same else 0.035)
    return _limit(claimed, given, low, high)


def _value(claimed: Figure, given: Figure, low: float, high: float, slack: float) -> Fit:
    wide = claimed.high > claimed.low
    equal = _near(claimed.low, low, slack) and _near(claimed.high, high, slack)
    if not equal and claimed.bound is Bound.ABOUT:
        equal = _near(claimed.low, low, 0.1) and _near(claimed.high, high, 0.1)
    if not equal and claimed.bound is Bound.NEARLY:
        equal = 0.88 * claimed.low <= low <= claimed.high * (1 + slack)
    if not equal and not wide and low == high and claimed.digits < given.digits and abs(low) > 0:
        # "4 million" for 4.1 million: rounded as far as it is written, and not far off.
        equal = _near(low, claimed.low, 0.025) and given.digits > 1
    if not equal and wide:
        return Fit.FULL if claimed.low <= low and high <= claimed.high else Fit.NONE
    if not equal:
        return Fit.LOOSE if low < high and low <= claimed.low <= claimed.high <= high else Fit.NONE
    loose = given.bound in (Bound.AT_LEAST, Bound.MORE, Bound.AT_MOST, Bound.LESS)
    return Fit.LOOSE if loose else Fit.FULL


def _limit(claimed: Figure, given: Figure, low: float, high: float) -> Fit:
    """``claimed`` is only a bound: the value must lie on its side, and not far away where it would say little."""
    up = claimed.bound in (Bound.AT_LEAST, Bound.MORE)
    towards = (Bound.AT_LEAST, Bound.MORE) if up else (Bound.AT_MOST, Bound.LESS, Bound.NEARLY)
    against = (Bound.AT_MOST, Bound.LESS, Bound.NEARLY) if up else (Bound.AT_LEAST, Bound.MORE)
    limit = claimed.low
    if given.bound in against:
        return Fit.NONE
    if _near(limit, low, 1e-9):
        inclusive = claimed.bound in (Bound.AT_LEAST, Bound.AT_MOST)
        return Fit.FULL if given.bound in towards or inclusive else Fit.LOOSE
    beyond = limit < low <= 2 * limit if up else limit / 2 <= high < limit
    return Fit.FULL if beyond else Fit.NONE


def _may_lack_unit(claimed: Unit, given: Unit) -> bool:
    """A table or "aged 45" has the unit elsewhere; a claim may leave it out."""
    if ORDINAL in (claimed, given) or TIMES in (claimed, given) or POINTS in (claimed, given):
        return False
    if given == PLAIN:
        return claimed == YEARS or claimed.kind in ("temperature", "barrels")
    return claimed == PLAIN and given.kind not in CURRENCIES and given != PERCENT


def _near(one: float, other: float, slack: float) -> bool:
    return abs(one - other) <= slack * max(abs(one), abs(other)) + 1e-12


def _number(tokens: Sequence[_Token], at: int) -> _Number | None:
    """The number that begins at ``at``, or None."""
    token = tokens[at]
    after = tokens[at + 1].text if at + 1 < len(tokens) else ""
    if token.kind == "clock":
        return _clock(token, at)
    if token.kind == "number":
        return _digits(tokens, at)
    if token.text in MULTIPLES:
        return _Number(MULTIPLES[token.text], MULTIPLES[token.text], 1, at + 1, TIMES)
    if token.text in PLURALS:
        return _plural(tokens, at, PLURALS[token.text])
    if token.text in RANKS:
        value = RANKS[token.text]
        return None if token.text == "second" and after in ("", ",") else _Number(value, value, 1, at + 1, ORDINAL)
    return _part(tokens, at) or _spelled(tokens, at)


def _digits(tokens: Sequence[_Token], at: int) -> _Number | None:
    token = tokens[at]
    raw = token.text.replace(",", "") if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", token.text) else token.text
    raw = raw.replace(",", ".")
    value, digits, end = float(raw), len(raw.replace(".", "").strip("0")) or 1, at + 1
    after = tokens[end] if end < len(tokens) else None
    if after and after.text in ("st", "nd", "rd", "th") and after.start == token.end:
        return _Number(value, value, digits, end + 1, ORDINAL)
    if after and after.text == "in" and end + 1 < len(tokens) and tokens[end + 1].kind == "number" and value < 10:
        return _share(tokens, at, value, end + 1)
    while end < len(tokens) and tokens[end].text in MAGNITUDES:
        short = len(tokens[end].text) < 3
        if short and tokens[end].start != tokens[end - 1].end and tokens[end].text in ("m", "b", "k"):
            break  # "5 m" are metres
        value *= MAGNITUDES[tokens[end].text]
        end += 1
    return _Number(value, value, digits, end)


def _clock(token: _Token, at: int) -> _Number:
    """A time of day, or one that a clock took, in seconds."""
    fields = [float(each) for each in re.findall(r"\d+(?:\.\d+)?(?=:|$| ?[ap])|\d+", token.text.replace(".", ":"))]
    late = re.search(r"p:?\.?m", token.text.replace(".", ":")) is not None and fields[0] < 12
    value = sum(field * size for field, size in zip(fields, (3600.0, 60.0, 1.0), strict=False)) + 43_200.0 * late
    return _Number(value, value, 4, at + 1, CLOCK)


def _share(tokens: Sequence[_Token], at: int, part: float, of: int) -> _Number | None:
    whole = _spelled(tokens, of) or (_digits(tokens, of) if tokens[of].kind == "number" else None)
    if whole is None or whole.low <= part:
        return None
    return _Number(100 * part / whole.low, 100 * part / whole.low, 2, whole.end, PERCENT)


def _plural(tokens: Sequence[_Token], at: int, value: float) -> _Number | None:
    """ "dozens", "hundreds of thousands", "tens of thousands"."""
    top = value * (8 if value == 12 else 10)
    if [each.text for each in tokens[at + 1 : at + 2]] == ["of"] and at + 2 < len(tokens):
        more = PLURALS.get(tokens[at + 2].text)
        if more and more > value:
            return _Number(value * more, top * more, 1, at + 3)
    return _Number(value, top, 1, at + 1)


def _part(tokens: Sequence[_Token], at: int) -> _Number | None:
    """A part of a whole in percent: "a quarter", "two-thirds", "half"; or "half a million", "half an hour"."""
    words = [token.text for token in tokens[at : at + 4]]
    if words[0] == "half" and words[1:2] in (["a"], ["an"]) and len(words) > 2:
        if words[2] in MAGNITUDES:
            return _Number(MAGNITUDES[words[2]] / 2, MAGNITUDES[words[2]] / 2, 1, at + 3)
        return _Number(0.5, 0.5, 1, at + 2) if words[2] in UNITS else None
    if words[0] == "half" and [each.text for each in tokens[max(0, at - 2) : at]] == ["and", "a"]:
        return None  # "a week and a half"
    if words[0] == "half" and (not at or tokens[at - 1].text not in ("first", "second", "other")):
        return _Number(50.0, 50.0, 1, at + 1, PERCENT)
    many = 1.0 if words[0] in ("a", "an", "one") else NUMBERS.get(words[0], 0.0)
    step = 2 if words[1:2] in (["-"], ["–"]) else 1
    name = words[step] if len(words) > step else ""
    if not many or name not in PARTS or name == "half" or (many > 1) != (name.endswith("s")):
        return None
    after = words[step + 1] if len(words) > step + 1 else ""
    if [token.text for token in tokens[at + step + 1 : at + step + 4]] in (
        ["of", "a", "percentage"],
        ["of", "a", "point"],
    ):
        return _Number(many * PARTS[name] / 100, many * PARTS[name] / 100, 2, at + step + 3)
    if at and tokens[at - 1].text in ("by", "about", "nearly", "almost", "roughly", "than", "only"):
        return _Number(many * PARTS[name], many * PARTS[name], 2, at + step + 1, PERCENT)
    if (
        many == 1
        and name != "quarter"
        and after not in ("of", "", ".", ",", "more", "less", "fewer", "higher", "lower")
    ):
        return None  # "a third man"
    return _Number(many * PARTS[name], many * PARTS[name], 2, at + step + 1, PERCENT)


def _spelled(tokens: Sequence[_Token], at: int) -> _Number | None:
    """A number in words: "twenty-four", "a hundred and two", "two and a half million", "one in four"."""
    first = tokens[at].text
    after = tokens[at + 1].text if at + 1 < len(tokens) else ""
    article = first in ("a", "an") and after in _SCALES
    if first not in NUMBERS and not article:
        return None
    total, current, end = 0.0, 1.0 if article else NUMBERS[first], at + 1
    while end < len(tokens):
        word, next_ = tokens[end].text, tokens[end + 1].text if end + 1 < len(tokens) else ""
        if (
            word in ("-", "and")
            and next_ in NUMBERS
            and NUMBERS[next_] < 100
            and (word == "-") == (current in TENS.values())
        ):
            if word == "and" and current < 100 and not total:
                break
            current, end = current + NUMBERS[next_], end + 2
        elif word in NUMBERS and current in TENS.values() and NUMBERS[word] < 10:
            current, end = current + NUMBERS[word], end + 1
        elif word == "and" and next_ == "a" and [each.text for each in tokens[end + 2 : end + 3]] == ["half"]:
            current, end = current + 0.5, end + 3
        elif word == "hundred" or word == "dozen":
            current, end = current * MAGNITUDES[word], end + 1
        elif word in _SCALES:
            total, current, end = total + current * MAGNITUDES[word], 0.0, end + 1
        elif word in NUMBERS and current == 0.0:
            current, end = NUMBERS[word], end + 1
        else:
            break
    value = total + current
    far = [each.text for each in tokens[end + 1 : end + 3]]
    if end == at + 1 and (
        after in ("in", "out", "of")
        or (far[:1] == ["in"] and far[1:] and far[1] in NUMBERS and value < NUMBERS[far[1]])
    ):
        of = end + 1 + (tokens[end + 1].text in ("of", "every") if end + 1 < len(tokens) else 0)
        if after not in ("in", "out", "of"):
            of = end + 2
        if after != "of" and of < len(tokens) and (share := _share(tokens, at, value, of)):
            return share
        if first == "one":
            return None  # "one of them"
    if (
        end == at + 1
        and first == "one"
        and at
        and tokens[at - 1].text in ["the", "this", "that", "no", "any", "every", "each", "some"]
    ):
        return None
    return _Number(value, value, 1 if value < 10 else 2, end)


def _figure(tokens: Sequence[_Token], at: int, number: _Number) -> "tuple[Figure | None, int]":
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
        other = _number(tokens, skip) if skip < len(tokens) else None
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


def _unit(tokens: Sequence[_Token], at: int) -> "tuple[Unit | None, int]":
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
