"""Answers and documents in words, for the terminal and the page alike: dates, places, searches, confidence."""

from collections.abc import Sequence
from datetime import date

from index.types import Document
from rag.types import Answer, Filters, Part, Passage, Reason, Searched

NO_DATE = "no date stated"


def day(published: date | None) -> str:
    """A date as people write it, ``18 June 2024``; ``no date stated`` for None."""
    return f"{published.day} {published:%B %Y}" if published else NO_DATE


def count(number: int, noun: str) -> str:
    """A number with its noun: ``1 document``, ``1,204 documents``."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def place(outlet: str | None, published: date | None, paragraph: int, page: int | None) -> str:
    """Where a passage stands: outlet, date, paragraph and page, as far as there are any."""
    parts = [outlet or "", day(published), f"¶ {paragraph}", f"p. {page}" if page else ""]
    return " · ".join(part for part in parts if part)


def source(document: Document) -> str:
    """A document by its outlet, or its title where it names none, and its date: ``Harbour Wire (20 June 2024)``."""
    return f"{document.outlet or document.title} ({day(document.published)})"


def also(documents: Sequence[Document]) -> str:
    """Where else it stands: ``also in: Harbour Wire (20 June 2024), The Bay (no date stated)``; empty for none."""
    return f"also in: {', '.join(map(source, documents))}" if documents else ""


def page_of(passage: Passage) -> int | None:
    """The page on which a passage begins, None where the format has no pages."""
    return passage.document.paragraphs[passage.chunk.first_paragraph - 1].page


def span(since: date | None, until: date | None) -> str:
    """The days from ``since`` to ``until``: ``16 to 22 November 2026``, ``since 1 May 2024``, ``until 3 May 2024``;
    empty when both are None."""
    if since is None or until is None:
        return f"since {day(since)}" if since else f"until {day(until)}" if until else ""
    if since == until:
        return f"on {day(since)}"
    if (since.year, since.month) == (until.year, until.month):
        return f"{since.day} to {day(until)}"
    return f"{since.day} {since:%B} to {day(until)}" if since.year == until.year else f"{day(since)} to {day(until)}"


def limits(filters: Filters) -> str:
    """The filters in words; empty when there are none."""
    parts = [span(filters.since, filters.until)]
    if filters.outlets:
        parts.append(", ".join(filters.outlets))
    if filters.documents:
        parts.append(count(len(filters.documents), "chosen document"))
    return " · ".join(part for part in parts if part)


def sureness(confidence: float) -> str:
    """A probability in words with its number: ``High confidence (0.87)``."""
    word = "High" if confidence >= 0.75 else "Moderate" if confidence >= 0.5 else "Low"
    return f"{word} confidence ({confidence:.2f})"


def footing(found: Answer) -> str:
    """What stands below an answer: how sure it is, what was searched under which filters, how long it took."""
    parts = [
        "" if found.refused else sureness(found.confidence),
        f"Searched {count(found.searched.documents, 'document')}",
        limits(found.searched.filters) or "no filters",
        f"{found.timings.total:,.0f} ms",
    ]
    return " · ".join(part for part in parts if part)


def because(reason: Reason) -> str:
    """A limit with the question's words for it: ``Published 16 to 22 November 2026, because of “this week”``."""
    return f"{reason.says[0].upper()}{reason.says[1:]}, because of “{reason.words}”"


def nothing(reason: Reason) -> str:
    """A limit that was taken back: ``No document published 16 to 22 November 2026 (“this week”)``."""
    return f"No document {reason.says} (“{reason.words}”)"


def counted_from(searched: Searched) -> str:
    """The date that relative dates were counted from; empty where the question limits no dates."""
    found = searched.understood
    if found is None or all(reason.part is not Part.TIME for reason in (*found.reasons, *found.dropped)):
        return ""
    return f"dates counted from {day(found.today)}"
