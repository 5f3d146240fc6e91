"""Answers and documents in words, for the terminal and the page alike: dates, places, searches, confidence."""

from datetime import date

from rag.types import Answer, Filters, Passage

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


def page_of(passage: Passage) -> int | None:
    """The page on which a passage begins, None where the format has no pages."""
    return passage.document.paragraphs[passage.chunk.first_paragraph - 1].page


def limits(filters: Filters) -> str:
    """The filters in words; empty when there are none."""
    parts = []
    if filters.since and filters.until:
        parts.append(f"{day(filters.since)} to {day(filters.until)}")
    elif filters.since:
        parts.append(f"since {day(filters.since)}")
    elif filters.until:
        parts.append(f"until {day(filters.until)}")
    if filters.outlets:
        parts.append(", ".join(filters.outlets))
    if filters.documents:
        parts.append(count(len(filters.documents), "chosen document"))
    return " · ".join(parts)


def sureness(confidence: float) -> str:
    """A probability in words with its number: ``High confidence (0.87)``."""
    word = "High" if confidence >= 0.85 else "Moderate" if confidence >= 0.7 else "Low"
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
