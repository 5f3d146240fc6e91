"""The values that answer a question: figures, times of day, dates and names, and which of them exclude each other.

What is said less exactly ("about 40", "May 2024", "Holm") agrees with what is said more exactly ("42", "3 May 2024",
"Anna Holm").
"""

import re
from dataclasses import dataclass
from math import floor, log10

from rag.language.figure import Bound, Figure
from rag.language.moments import Moment, moments
from rag.language.quantities import figures
from rag.language.units import ORDINAL, PLAIN, YEARS, Unit
from rag.terms import STOP, sequence, stem

NEAR = 0.05  # how far a round figure may be off what was rounded, as a share of it
ABOUT = 0.125  # the same for one that says itself that it is not exact
BOUND = 1.5  # as far as "at least" and "under" reach: a toll of "at least 11" is not one of 40
CLOCK = Unit("time of day")

_CLOCK = re.compile(
    r"\b(?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d))? ?(?P<half>[ap])\.?m\b\.?|\b(?P<day>[0-2]?\d):(?P<past>[0-5]\d)\b|"
    r"\b(?P<word>noon|midnight)\b",
    re.IGNORECASE,
)
_NONE = re.compile(r"\b(?:no one|nobody|none of|no (?=[a-z]+ (?:was|were|died|had|have)\b))", re.IGNORECASE)
_NO_AMOUNT = re.compile(
    r"(?:\b(?:article|no\.|number|page|chapter|section|type|highway|route|flight|channel|day|group of) |#|[A-Za-z]-)$",
    re.IGNORECASE,
)
# Countries, so that one is not taken to contradict a town in it.
_COUNTRIES = """
afghanistan albania algeria angola argentina armenia australia austria azerbaijan bahrain bangladesh belarus belgium
bolivia bosnia botswana brazil britain bulgaria cambodia cameroon canada chad chile china colombia congo croatia cuba
cyprus czechia denmark ecuador egypt england eritrea estonia ethiopia finland france gabon georgia germany ghana greece
guatemala guinea haiti honduras hungary iceland india indonesia iran iraq ireland israel italy jamaica japan jordan
kazakhstan kenya korea kosovo kuwait kyrgyzstan laos latvia lebanon liberia libya lithuania luxembourg madagascar malawi
malaysia mali malta mauritania mexico moldova mongolia montenegro morocco mozambique myanmar namibia nepal netherlands
nicaragua niger nigeria norway oman pakistan palestine panama paraguay peru philippines poland portugal qatar romania
russia rwanda scotland senegal serbia singapore slovakia slovenia somalia spain sudan sweden switzerland syria taiwan
tajikistan tanzania thailand togo tunisia turkey turkmenistan uganda ukraine uruguay usa uzbekistan venezuela vietnam
wales yemen zambia zimbabwe europe asia africa america
"""
_COUNTRY = frozenset(_COUNTRIES.split()) | {"united states", "united kingdom", "united arab emirates", "saudi arabia"}


@dataclass(frozen=True, slots=True)
class Named:
    """A name as ``text[start:end]`` writes it, its words folded; ``initials`` are those of its words, or itself where
    it is an acronym."""

    start: int
    end: int
    words: tuple[str, ...]
    initials: str

    @property
    def is_country(self) -> bool:
        """Whether it is a country or continent, by a short list of our own."""
        return " ".join(self.words) in _COUNTRY or any(word in _COUNTRY for word in self.words)


def amounts(text: str) -> tuple[Figure, ...]:
    """The figures of ``text`` in order that count or measure: no dates, times of day, ranks or numbers of things; "no
    one" is 0."""
    taken = [(each.start, each.end) for each in moments(text)] + [(each.start, each.end) for each in times(text)]
    found = [Figure(0.0, 0.0, PLAIN, Bound.EXACT, 1, "", *match.span()) for match in _NONE.finditer(text)]
    for each in figures(text):
        inside = any(start < each.end and each.start < end for start, end in taken)
        if not inside and each.unit != ORDINAL and not _NO_AMOUNT.search(text[: each.start]):
            found.append(each)
    return tuple(sorted(found, key=lambda each: each.start))


def times(text: str) -> tuple[Figure, ...]:
    """The times of day of ``text`` in order, in minutes from midnight."""
    found = []
    for match in _CLOCK.finditer(text):
        if match["word"]:
            minutes = 720 if match["word"].lower() == "noon" else 0
        elif match["half"]:
            minutes = int(match["hour"]) % 12 * 60 + int(match["minute"] or 0) + 720 * (match["half"] in "pP")
        else:
            minutes = int(match["day"]) * 60 + int(match["past"])
        found.append(Figure(minutes, minutes, CLOCK, Bound.EXACT, 4, "", *match.span()))
    return tuple(found)


def named(text: str, start: int, end: int) -> Named:
    """The name that is ``text[start:end]``."""
    written = re.sub(r"[’']s\b", "", text[start:end])
    words = tuple(word for word in sequence(written) if word not in STOP)
    capitals = "".join(word[0] for word in re.findall(r"\b[A-Z]\w*", written))
    return Named(start, end, words, written if re.fullmatch(r"[A-Z]{2,6}", written) else capitals)


def figures_apart(one: Figure, other: Figure) -> bool:
    """Whether two figures of one unit (a plain number may be one of years) cannot both be right."""
    if one.unit.kind != other.unit.kind and {one.unit, other.unit} != {PLAIN, YEARS}:
        return False
    plain = one.unit.kind != other.unit.kind
    low, high = _reach(one, plain)
    low_, high_ = _reach(other, plain)
    return high < low_ or high_ < low


def moments_apart(one: Moment, other: Moment) -> bool:
    """Whether two dates, resolved as far as may be, cannot both be right: a part that both state is different."""
    for first, second in ((one, other), (other, one)):
        if first.decade is not None and second.year is not None:
            return second.year // 10 * 10 != first.decade * (10 if first.decade < 1000 else 1)
    if one.year and other.year and one.year != other.year:
        return True
    if one.month is None or other.month is None:
        return False
    return one.month != other.month or bool(one.day and other.day and one.day != other.day)


def same_name(one: Named, other: Named) -> bool:
    """Whether two names may be one: the words of one are among the other's, or one is the other's initials."""
    if not one.words or not other.words:
        return True
    short, long = sorted((frozenset(map(stem, one.words)), frozenset(map(stem, other.words))), key=len)
    initials = one.initials == other.initials and len(one.initials) > 1 and 1 in (len(one.words), len(other.words))
    return short <= long or initials


def _reach(figure: Figure, plain: bool) -> tuple[float, float]:
    """The lowest and the highest value that the words allow, in the first unit of its kind."""
    value = abs(figure.high)
    step = 10.0 ** (floor(log10(value)) - figure.digits + 1) if value else 1.0
    if figure.bound in (Bound.ABOUT, Bound.NEARLY):
        off = min(max(step, 1.0) / 2, ABOUT * value)
    elif step < 1 and figure.digits > 1:
        off = 0.49 * step
    elif value >= 1000:
        off = min(0.49 * step, NEAR * value)
    else:  # plain whole numbers below a thousand are exact; measures are rounded to whole ones
        off = 0.0 if figure.unit == PLAIN else min(0.49, NEAR * value)
    low, high = figure.low - off, figure.high + off
    if figure.bound in (Bound.AT_LEAST, Bound.MORE):
        high *= BOUND
    elif figure.bound in (Bound.AT_MOST, Bound.LESS):
        low /= BOUND
    factor = 1.0 if plain else figure.unit.factor
    # A distance in miles is rounded when it is told in kilometres.
    slack = NEAR * high if factor != 1.0 and figure.unit.kind in ("length", "mass", "area") else 0.0
    return (low - slack / 2) * factor, (high + slack / 2) * factor
