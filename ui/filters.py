"""The filter bar's words as rag.types.Filters."""

import calendar
import re
from collections.abc import Sequence
from datetime import date

from index.errors import UsageError
from rag.types import Filters

_WRITTEN = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?", re.ASCII)


def read(since: str, until: str, outlets: Sequence[str]) -> Filters:
    """Filters from what was typed; empty fields mean no limit.

    A date is ``YYYY-MM-DD``; ``YYYY-MM`` and ``YYYY`` stand for the whole month or year. Raises UsageError for anything
    else and when ``since`` is later than ``until``.
    """
    first = _read_date("From", since, last=False)
    final = _read_date("To", until, last=True)
    if first and final and first > final:
        raise UsageError(f"From ({first}) is later than To ({final}); no date lies between them.")
    return Filters(since=first, until=final, outlets=tuple(outlets))


def _read_date(field: str, written: str, *, last: bool) -> date | None:
    written = written.strip()
    if not written:
        return None
    matched = _WRITTEN.fullmatch(written)
    if matched is None:
        raise UsageError(f"{field}: “{written}” is not a date. Write it as YYYY-MM-DD, for example 2024-05-31.")
    year, month, day = int(matched[1]), int(matched[2] or 0), int(matched[3] or 0)
    try:
        if matched[2] is None:
            month = 12 if last else 1
        if matched[3] is None:
            day = calendar.monthrange(year, month)[1] if last else 1
        return date(year, month, day)
    except ValueError:
        raise UsageError(f"{field}: {written} is not a day of the calendar.") from None
