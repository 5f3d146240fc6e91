"""Numbers as a text writes them, in digits and in words: "1,204.5", "twenty-four", "two-thirds", "one in four"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.language.units import (
    CLOCK,
    MAGNITUDES,
    MULTIPLES,
    NUMBERS,
    ORDINAL,
    PARTS,
    PERCENT,
    PLURALS,
    RANKS,
    TENS,
    TIMES,
    UNITS,
    Unit,
)

_TOKEN = re.compile(
    r"(?P<clock>\d{1,2}:\d\d(?::\d\d)?(?:\.\d+)?(?: ?[ap]\.?m\b)?|\d{1,2}(?:[.:]\d\d)? ?[ap]\.?m\b)|"
    r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?)|(?P<word>[^\W\d_]+)|(?P<sign>[$€£¥₹₩%])|"
    r"(?P<dash>[-–—])"
    r"|(?P<mark>[^\s\w])"
)
_SCALES = frozenset(["hundred", "thousand", "million", "billion", "trillion", "lakh", "crore", "dozen"])


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number, sign or mark at ``[start, end)`` of a text; ``kind`` says which."""

    text: str
    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Number:
    """A number of the tokens up to ``end``; ``unit`` where the number words say it ("a third")."""

    low: float
    high: float
    digits: int
    end: int
    unit: Unit | None = None


def tokens_of(text: str) -> list[Token]:
    """The tokens of ``text`` in order, in lower case."""
    return [
        Token(match.group().lower(), match.lastgroup or "", match.start(), match.end())
        for match in _TOKEN.finditer(text)
    ]


def number_at(tokens: Sequence[Token], at: int) -> Number | None:
    """The number that begins at ``at``, or None."""
    token = tokens[at]
    after = tokens[at + 1].text if at + 1 < len(tokens) else ""
    if token.kind == "clock":
        return _clock(token, at)
    if token.kind == "number":
        return _digits(tokens, at)
    if token.text in MULTIPLES:
        return Number(MULTIPLES[token.text], MULTIPLES[token.text], 1, at + 1, TIMES)
    if token.text in PLURALS:
        return _plural(tokens, at, PLURALS[token.text])
    if token.text in RANKS:
        value = RANKS[token.text]
        return None if token.text == "second" and after in ("", ",") else Number(value, value, 1, at + 1, ORDINAL)
    return _part(tokens, at) or _spelled(tokens, at)


def _digits(tokens: Sequence[Token], at: int) -> Number | None:
    token = tokens[at]
    raw = token.text.replace(",", "") if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", token.text) else token.text
    raw = raw.replace(",", ".")
    value, digits, end = float(raw), len(raw.replace(".", "").strip("0")) or 1, at + 1
    after = tokens[end] if end < len(tokens) else None
    if after and after.text in ("st", "nd", "rd", "th") and after.start == token.end:
        return Number(value, value, digits, end + 1, ORDINAL)
    if after and after.text == "in" and end + 1 < len(tokens) and tokens[end + 1].kind == "number" and value < 10:
        return _share(tokens, value, end + 1)
    while end < len(tokens) and tokens[end].text in MAGNITUDES:
        short = len(tokens[end].text) < 3
        if short and tokens[end].start != tokens[end - 1].end and tokens[end].text in ("m", "b", "k"):
            break  # "5 m" are metres
        value *= MAGNITUDES[tokens[end].text]
        end += 1
    return Number(value, value, digits, end)


def _clock(token: Token, at: int) -> Number:
    """A time of day, or one that a clock took, in seconds."""
    fields = [float(each) for each in re.findall(r"\d+(?:\.\d+)?(?=:|$| ?[ap])|\d+", token.text.replace(".", ":"))]
    late = re.search(r"p:?\.?m", token.text.replace(".", ":")) is not None and fields[0] < 12
    value = sum(field * size for field, size in zip(fields, (3600.0, 60.0, 1.0), strict=False)) + 43_200.0 * late
    return Number(value, value, 4, at + 1, CLOCK)


def _share(tokens: Sequence[Token], part: float, of: int) -> Number | None:
    """``part`` in as many as the number at ``of`` says, in percent; None where that is no greater."""
    whole = _spelled(tokens, of) or (_digits(tokens, of) if tokens[of].kind == "number" else None)
    if whole is None or whole.low <= part:
        return None
    return Number(100 * part / whole.low, 100 * part / whole.low, 2, whole.end, PERCENT)


def _plural(tokens: Sequence[Token], at: int, value: float) -> Number | None:
    """ "dozens", "hundreds of thousands", "tens of thousands"."""
    top = value * (8 if value == 12 else 10)
    if [each.text for each in tokens[at + 1 : at + 2]] == ["of"] and at + 2 < len(tokens):
        more = PLURALS.get(tokens[at + 2].text)
        if more and more > value:
            return Number(value * more, top * more, 1, at + 3)
    return Number(value, top, 1, at + 1)


def _part(tokens: Sequence[Token], at: int) -> Number | None:
    """A part of a whole in percent: "a quarter", "two-thirds", "half"; or "half a million", "half an hour"."""
    words = [token.text for token in tokens[at : at + 4]]
    if words[0] == "half" and words[1:2] in (["a"], ["an"]) and len(words) > 2:
        if words[2] in MAGNITUDES:
            return Number(MAGNITUDES[words[2]] / 2, MAGNITUDES[words[2]] / 2, 1, at + 3)
        return Number(0.5, 0.5, 1, at + 2) if words[2] in UNITS else None
    if words[0] == "half" and [each.text for each in tokens[max(0, at - 2) : at]] == ["and", "a"]:
        return None  # "a week and a half"
    if words[0] == "half" and (not at or tokens[at - 1].text not in ("first", "second", "other")):
        return Number(50.0, 50.0, 1, at + 1, PERCENT)
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
        return Number(many * PARTS[name] / 100, many * PARTS[name] / 100, 2, at + step + 3)
    if at and tokens[at - 1].text in ("by", "about", "nearly", "almost", "roughly", "than", "only"):
        return Number(many * PARTS[name], many * PARTS[name], 2, at + step + 1, PERCENT)
    if (
        many == 1
        and name != "quarter"
        and after not in ("of", "", ".", ",", "more", "less", "fewer", "higher", "lower")
    ):
        return None  # "a third man"
    return Number(many * PARTS[name], many * PARTS[name], 2, at + step + 1, PERCENT)


def _spelled(tokens: Sequence[Token], at: int) -> Number | None:
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
        if after != "of" and of < len(tokens) and (share := _share(tokens, value, of)):
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
    return Number(value, value, 1 if value < 10 else 2, end)
