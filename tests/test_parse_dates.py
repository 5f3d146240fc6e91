"""A date line is read to the day it states, and anything ambiguous is no date."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.parse.dates import StatedDate, find_date, find_date_inside, find_stated
from index.parse.months import month_number
from index.types import Precision

EIGHTEENTH = date(2024, 6, 18)


@pytest.mark.parametrize(
    "line",
    [
        "June 18, 2024",
        "  June 18th, 2024 ",
        "JUNE 18 2024",
        "Jun. 18, 2024",
        "18 June 2024",
        "18th of June 2024",
        "18-Jun-2024",
        "2024-06-18",
        "2024/06/18",
        "2024 June 18",
        "18/06/2024",
        "06/18/2024",
        "18.06.2024",
        "Tuesday, 18 June 2024 14:05 GMT",
        "Tue, 18 Jun 2024 14:05:00 +0000",
        "Tuesday June 18, 2024",
        "June 18, 2024 at 2:05 p.m. EDT",
        "June 18, 2024, 2:05 PM ET",
        "June 18, 2024 | 14.05",
        "2:05 PM EDT, Tue June 18, 2024",
        "2024-06-18T14:05:00Z",
        "2024-06-18T14:05:00.123+09:00",
        "2024-06-18 14:05",
        "Published: June 18, 2024",
        "Published on 18 June 2024",
        "Last updated June 18, 2024",
        "Date: 2024-06-18",
        "(June 18, 2024)",
        "18\u00a0June\u00a02024",
        "18. Juni 2024",
        "Dienstag, den 18. Juni 2024, 14:05 Uhr",
        "Stand: 18. Juni 2024",
        "Publié le 18 juin 2024 à 14h05",
        "martes, 18 de junio de 2024",
        "18 giugno 2024",
        "terça-feira, 18 de junho de 2024",
        "18 juni 2024 om 14:05 uur",
        "18 czerwca 2024 r.",
        "18 июня 2024 г.",
        "вівторок, 18 червня 2024 року",
    ],
)
def test_lines_that_are_a_date(line: str) -> None:
    assert find_date(line) == EIGHTEENTH


@pytest.mark.parametrize(
    "line",
    [
        "",
        "June",
        "June 2024",
        "2024",
        "03/04/2024",
        "3.4.2024",
        "18 June",
        "31 June 2024",
        "2024-13-01",
        "18/19/2024",
        "June 18, 24",
        "June 18, 1899",
        "June 18, 2999",
        "On June 18, 2024 the treaty was signed",
        "June 18, 2024: a day to remember",
        "Events of June 18, 2024",
        "The treaty of 18 June 2024.",
        "20240618",
        "٢٠٢٤-٠٦-١٨",
        "Geboren: 18. Juni 2024",
        "Versailles, 18 juin 2024",
        "18 monkeys 2024",
    ],
)
def test_lines_that_are_not(line: str) -> None:
    assert find_date(line) is None


def test_both_readings_being_the_same_day_is_not_ambiguous() -> None:
    assert find_date("05/05/2024") == date(2024, 5, 5)


def test_next_year_is_the_last_one_read() -> None:
    year = date.today().year
    assert find_date(f"January 1, {year + 1}") == date(year + 1, 1, 1)
    assert find_date(f"January 1, {year + 2}") is None


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2024, 12, 31)))
def test_every_day_written_out_is_read_back(day: date) -> None:
    assert find_date(day.isoformat()) == day
    assert find_date(f"{day:%B} {day.day}, {day.year}") == day
    assert find_date(f"{day:%A}, {day.day} {day:%b} {day.year}") == day


def test_a_date_inside_a_line() -> None:
    found = find_date_inside("Northsea Review, 13 June 2025. By Agnes Holm")
    assert found is not None
    assert found[0] == "13 June 2025"
    assert find_date_inside("Article 13 of June's treaty") is None


@pytest.mark.parametrize(
    ("line", "day", "precision"),
    [
        ("18 June 2024", EIGHTEENTH, Precision.DAY),
        ("June 2024", date(2024, 6, 1), Precision.MONTH),
        ("Published June, 2024", date(2024, 6, 1), Precision.MONTH),
        ("Juni 2024", date(2024, 6, 1), Precision.MONTH),
        ("junio de 2024", date(2024, 6, 1), Precision.MONTH),
        ("июнь 2024", date(2024, 6, 1), Precision.MONTH),
        ("2024-06", date(2024, 6, 1), Precision.MONTH),
        ("06/2024", date(2024, 6, 1), Precision.MONTH),
        ("June 2024 issue", date(2024, 6, 1), Precision.MONTH),
        ("2024", date(2024, 1, 1), Precision.YEAR),
        ("Published: 2024", date(2024, 1, 1), Precision.YEAR),
        ("Spring 2024", date(2024, 1, 1), Precision.YEAR),
        ("May/June 2024", date(2024, 1, 1), Precision.YEAR),
    ],
)
def test_dates_as_far_as_they_are_stated(line: str, day: date, precision: Precision) -> None:
    assert find_stated(line) == StatedDate(day, precision)


@pytest.mark.parametrize(
    "line",
    ["", "June", "Chapter 2024", "2024-13", "31 June 2024", "03/04/2024", "June 2999", "Q2 2024", "12 2024", "1234567"],
)
def test_what_states_no_date_at_all(line: str) -> None:
    assert find_stated(line) is None


def test_no_month_is_written_like_another() -> None:
    assert [month_number(name) for name in ("Mars", "maart", "marca", "марта", "May", "mei", "października", "x")] == (
        [3, 3, 3, 3, 5, 5, 10, 0]
    )
