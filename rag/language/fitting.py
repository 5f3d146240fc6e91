"""Whether one figure bears another out."""

from rag.language.figure import Bound, Figure, Fit
from rag.language.units import (
    CURRENCIES,
    ORDINAL,
    PERCENT,
    PLAIN,
    POINTS,
    TIMES,
    YEARS,
    Unit,
)


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
