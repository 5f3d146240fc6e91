"""A date that states no day passes a filter when one of its days would, whichever way the filter is looked up."""

import calendar
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.types import Filters, Precision
from tests.conftest import document, open_library, store

NEAR = st.dates(date(2023, 11, 1), date(2025, 2, 28))
STATED = [
    (date(2024, 6, 19), Precision.DAY),
    (date(2024, 6, 1), Precision.DAY),
    (date(2024, 6, 1), Precision.MONTH),
    (date(2024, 2, 1), Precision.MONTH),
    (date(2024, 12, 1), Precision.MONTH),
    (date(2024, 1, 1), Precision.YEAR),
    (date(2024, 1, 1), Precision.DAY),
    (None, Precision.DAY),
]


def last(first: date, precision: Precision) -> date:
    if precision is Precision.DAY:
        return first
    month = 12 if precision is Precision.YEAR else first.month
    return first.replace(month=month, day=calendar.monthrange(first.year, month)[1])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(since=st.none() | NEAR, days=st.none() | st.integers(0, 400))
def test_filters_leave_what_may_have_been_published_then(tmp_path: Path, since: date | None, days: int | None) -> None:
    until = None if days is None else (since or date(2024, 1, 1)) + timedelta(days)
    with closing(open_library(tmp_path / "home")) as library:
        if not library.entries():
            for number, (first, precision) in enumerate(STATED):
                made = document(f"d{number}", ["A word."], published=first)
                store(library, replace(made, precision=precision))
        expected = {
            f"d{number}"
            for number, (first, precision) in enumerate(STATED)
            if (since is None or (first and last(first, precision) >= since))
            and (until is None or (first and first <= until))
        }
        filters = Filters(since=since, until=until)
        hits = library.search(["word"], filters, 50)
        assert {each.document.id for each in library.located([hit.chunk_id for hit in hits]).values()} == expected
        assert library.count_documents(filters) == len(expected)
