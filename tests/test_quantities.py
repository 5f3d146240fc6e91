"""Figures and dates as texts write them, and which of them bear one another out."""

from datetime import date

import pytest

from rag.language.figure import Fit
from rag.language.fitting import compare
from rag.language.moments import agree, moments
from rag.language.quantities import figures


def values(text: str) -> list[tuple[float, float, str]]:
    return [(each.low * each.unit.factor, each.high * each.unit.factor, each.unit.kind) for each in figures(text)]


@pytest.mark.parametrize(
    ("text", "low", "kind"),
    [
        ("4 percent", 4, "%"),
        ("4%", 4, "%"),
        ("four per cent", 4, "%"),
        ("1,200 people", 1200, ""),
        ("1.2 thousand people", 1200, ""),
        ("2.5 million", 2.5e6, ""),
        ("two and a half million", 2.5e6, ""),
        ("a quarter of the voters", 25, "%"),
        ("three-quarters of them", 75, "%"),
        ("one in four voters", 25, "%"),
        ("half a million", 5e5, ""),
        ("twenty-four people", 24, ""),
        ("a hundred and two", 102, ""),
        ("$5bn", 5e9, "usd"),
        ("five billion dollars", 5e9, "usd"),
        ("€1.2 million", 1.2e6, "eur"),
        ("9 kilometres", 9000, "length"),
        ("a 36-hour wait", 36 * 3600, "time"),
        ("25 basis points", 0.25, "percentage points"),
        ("doubled", 2, "times"),
        ("the 3rd time", 3, "rank"),
    ],
)
def test_a_figure_has_a_value_in_a_unit(text: str, low: float, kind: str) -> None:
    [found] = values(text)
    assert found[0] == found[1] == pytest.approx(low)
    assert found[2] == kind


@pytest.mark.parametrize("text", ["in 2019", "one of them", "Calder-2", "a man", ""])
def test_what_is_no_figure(text: str) -> None:
    assert values(text) == []


def test_ranges_and_vague_numbers_have_two_ends() -> None:
    assert values("between 3 and 5 percent") == [(3, 5, "%")]
    assert values("3-5%") == [(3, 5, "%")]
    assert values("hundreds of people") == [(100, 1000, "")]
    assert values("from 3 to 5 percent") == [(3, 3, "%"), (5, 5, "%")]


@pytest.mark.parametrize(
    ("claimed", "given", "fit"),
    [
        ("4%", "four per cent", Fit.FULL),
        ("4%", "4 percentage points", Fit.NONE),
        ("about 30 people", "28 people", Fit.FULL),
        ("about 30 people", "45 people", Fit.NONE),
        ("nearly a third", "32 percent", Fit.FULL),
        ("nearly a third", "36 percent", Fit.NONE),
        ("4 million", "4.1 million", Fit.FULL),  # rounded as far as it is written
        ("4 million", "4.7 million", Fit.NONE),
        ("4 million", "4 billion", Fit.NONE),
        ("$4 million", "4 million euros", Fit.NONE),
        ("more than 300", "312", Fit.FULL),
        ("more than 300", "fewer than 300", Fit.NONE),
        ("at least 20", "no fewer than 20", Fit.FULL),
        ("12", "at least 12", Fit.LOOSE),
        ("300 jobs", "up to 300 jobs", Fit.LOOSE),
        ("hundreds", "340", Fit.FULL),
        ("2 weeks", "14 days", Fit.FULL),
        ("5.6 miles", "9 kilometres", Fit.FULL),
        ("by 3 percent", "to 3 percent", Fit.NONE),
        ("halved", "by half", Fit.FULL),
        ("45 years", "45", Fit.FULL),
    ],
)
def test_one_figure_bears_another_out(claimed: str, given: str, fit: Fit) -> None:
    assert compare(figures(claimed)[0], figures(given)[0]) is fit


@pytest.mark.parametrize(
    ("claimed", "given", "fit"),
    [
        ("on 4 June 2024", "on Tuesday, 4 June 2024", Fit.FULL),
        ("in June 2024", "on 4 June 2024", Fit.FULL),
        ("on 4 June 2024", "in June 2024", Fit.LOOSE),
        ("on 5 June 2024", "on 4 June 2024", Fit.NONE),
        ("in the 1990s", "in 1994", Fit.FULL),
        ("on Tuesday", "on 4 June 2024", Fit.FULL),
        ("on Friday", "on 4 June 2024", Fit.NONE),
        ("in 2024", "on 2024-06-04", Fit.FULL),
    ],
)
def test_one_date_bears_another_out(claimed: str, given: str, fit: Fit) -> None:
    assert agree(moments(claimed)[0], moments(given)[0], None) is fit


def test_a_date_is_completed_by_the_day_of_publication() -> None:
    published = date(2024, 6, 6)  # a Thursday
    for given in ("on Tuesday", "on 4 June"):
        assert agree(moments("on 4 June 2024")[0], moments(given)[0], published) is Fit.FULL
        assert agree(moments("on 5 June 2024")[0], moments(given)[0], published) is Fit.NONE
    assert agree(moments("on 5 June 2024")[0], moments("yesterday")[0], published) is Fit.FULL
    assert agree(moments("in May 2024")[0], moments("last month")[0], published) is Fit.FULL


def test_may_is_a_month_only_where_one_stands() -> None:
    assert moments("It may rain.") == ()
    assert [moment.month for moment in moments("It rained in May.")] == [5]
