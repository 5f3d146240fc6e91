"""A value of a spreadsheet -> the text a reader sees in its cell, by its number format; dates in ISO 8601.

Number formats are those of ECMA-376, part 1, 18.8.31: up to four sections parted by semicolons (positive; negative;
zero; text), each with digit marks ``0 # ?``, literals, a percent sign, and commas that group or divide by thousands.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

Value = str | int | float | bool | date | time | timedelta | None

_GENERAL = "General"
_DIGITS = 11  # what a spreadsheet shows of a number in a cell without a format
_LARGEST = 1e15  # from here on, digits of a fraction or of thousands say nothing
# A quoted literal, an escaped one, a space as wide as a character, a fill character, a [bracket], or one mark.
_TOKEN = re.compile(r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_.|\*.|\[(?P<bracket>[^\]]*)\]?|(?P<mark>.)', re.DOTALL)
_CURRENCY = re.compile(r"\$(?P<symbol>[^-]*)(?:-[0-9A-Fa-f]+)?")
_NUMBER = re.compile(r"[0#?][0#?,]*(?:\.[0#?]*)?|\.[0#?]+")
_BEYOND = "\ue000\ue001"  # literals are kept apart from marks by these two


@dataclass(frozen=True, slots=True)
class _Section:
    """What one section of a number format does; ``prefix`` and ``suffix`` are its literals."""

    prefix: str
    suffix: str
    digits: int  # before the point, at least
    decimals: int
    grouped: bool
    power: int  # the number is shown multiplied by ten to it
    zero: bool  # whether a nought is shown
    literal: bool = False  # whether the prefix is all that is shown


def shown(value: Value, number_format: str = _GENERAL) -> str:
    """Return ``value`` as its cell shows it with ``number_format``; "" for None.

    Numbers get the format's decimals, thousands, percent sign, currency and literals, with "." and "," whatever the
    reader's country; where a format is not followed (fractions, exponents, conditions), up to 11 significant digits.
    Dates are ISO 8601, as far as the format shows them: ``2024-06-19 14:30``, ``2024-06`` or ``2024``.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return value
    if isinstance(value, date | time | timedelta):
        return _moment(value, number_format)
    return _number(value, number_format)


def _moment(value: date | time | timedelta, number_format: str) -> str:
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")
    if isinstance(value, time):
        return value.isoformat("seconds" if value.second else "minutes")
    marks = _marks(number_format).lower()
    if isinstance(value, datetime):
        value = (value + timedelta(microseconds=500_000)).replace(microsecond=0)  # serial numbers are not exact
        if "h" in marks or (marks == _GENERAL.lower() and value.time() != time()):
            clock = value.time().isoformat("seconds" if value.second else "minutes")
            return f"{value.date().isoformat()} {clock}" if "y" in marks or "d" in marks else clock
        value = value.date()
    if "y" in marks and "d" not in marks:
        return value.isoformat()[: 7 if "m" in marks else 4]
    return value.isoformat()


def _marks(number_format: str) -> str:
    """The format without its literals."""
    return "".join(token["mark"] or "" for token in _TOKEN.finditer(number_format))


def _number(value: float, number_format: str) -> str:
    if value != value or abs(value) == float("inf"):
        return ""
    sections = _sections(number_format)
    place = 0
    if len(sections) > 1 and value < 0:
        place = 1
    elif len(sections) > 2 and value == 0:
        place = 2
    section = sections[place]
    if section is not None and section.literal:
        return section.prefix.strip()
    if section is None or abs(value) >= _LARGEST:
        return _general(value)
    # The shortest decimal that stands for the float, as people typed it; half a unit is rounded up, as they expect.
    exact = Decimal(repr(value)).scaleb(section.power)
    rounded = exact.quantize(Decimal(1).scaleb(-section.decimals), ROUND_HALF_UP)
    sign = "-" if rounded < 0 and place != 1 else ""  # a section for negative numbers brings its own sign
    width = section.digits + section.decimals + bool(section.decimals)
    mark = "," if section.grouped else f"0{width}" if section.digits > 1 else ""
    digits = f"{abs(rounded):{mark}f}" if rounded or section.zero else ""
    return f"{sign}{section.prefix}{digits}{section.suffix}".strip()


def _general(value: float) -> str:
    if isinstance(value, int) or (value.is_integer() and abs(value) < _LARGEST):
        return str(int(value))
    return f"{value:.{_DIGITS}g}"


@lru_cache(maxsize=512)
def _sections(number_format: str) -> tuple[_Section | None, ...]:
    """The sections of a format; None for one that is General or not followed."""
    if number_format in (_GENERAL, "@", ""):
        return (None,)
    parts, held = list[str](), list[str]()
    for token in _TOKEN.finditer(number_format):
        if token["mark"] == ";":
            parts.append("".join(held))
            held.clear()
            continue
        held.append(_kept(token))
    parts.append("".join(held))
    if len(parts) > 1:  # an empty section hides the value, as in ";;;"
        return tuple(
            _section(part) if part.strip() else _Section("", "", 0, 0, False, 0, False, literal=True) for part in parts
        )
    return (_section(parts[0]),)


def _kept(token: re.Match[str]) -> str:
    """What of a token is shown; digits and the like in literals are moved out of the way."""
    if token["mark"] is not None:
        return token["mark"]
    bracket = token["bracket"]
    if bracket is not None:
        money = _CURRENCY.fullmatch(bracket)
        # A condition such as [>100] would choose another section; colours and languages change no text.
        return _apart(money["symbol"]) if money else ("E+" if bracket[:1] in ("<", ">", "=") else "")
    literal = token["quoted"] if token["quoted"] is not None else token["escaped"]
    return _apart(literal) if literal is not None else " "


def _apart(literal: str) -> str:
    return f"{_BEYOND[0]}{literal}{_BEYOND[1]}" if literal else ""


def _section(text: str) -> _Section | None:
    bare = re.sub(f"{_BEYOND[0]}.*?{_BEYOND[1]}", lambda found: "\0" * len(found[0]), text, flags=re.DOTALL)
    numbers = list(_NUMBER.finditer(bare))
    if not numbers and text.strip() and _GENERAL not in bare and "@" not in bare:
        return _Section(_plain(text), "", 0, 0, False, 0, False, literal=True)  # a literal alone, as "–" for nought
    if len(numbers) != 1 or "E+" in bare or "E-" in bare or "/" in bare:
        return None
    number = numbers[0]
    whole, _, fraction = number[0].partition(".")
    digits = whole.rstrip(",")
    thousands = (len(whole) - len(digits)) if not fraction else len(fraction) - len(fraction.rstrip(","))
    after = bare[number.end() :]
    thousands += len(after) - len(after.lstrip(","))  # "0.0,," divides by a million
    power = 2 * bare.count("%") - 3 * thousands
    return _Section(
        prefix=_plain(text[: number.start()]).lstrip(),
        suffix=_plain(text[number.end() :].lstrip(",")).rstrip(),
        digits=digits.count("0"),
        decimals=len(fraction.rstrip(",")),
        grouped="," in digits,
        power=power,
        zero="0" in number[0],
    )


def _plain(text: str) -> str:
    return re.sub(f"[{_BEYOND}]", "", text)
