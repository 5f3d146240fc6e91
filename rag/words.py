"""Answers and documents in words, for the terminal and the page: dates, places, searches, confidence."""

from datetime import date

from rag.types import Answer, Citation, Filters, Passage


def day(published: date | None) -> str:
    """A date as people write it ("18 June 2024"), or that none is stated."""
    return f"{published.day} {published:%B %Y}" if published else "no date stated"


def place(citation: Citation) -> str:
    """Where in its document a citation stands: "¶ 3", with the page where there are pages."""
    return f"¶ {citation.paragraph}" + (f", page {citation.page}" if citation.page else "")


def source(citation: Citation) -> str:
    """Title, outlet, date and place of a citation in one line."""
    parts = [citation.title, citation.outlet or "", day(citation.published), place(citation)]
    return " · ".join(part for part in parts if part)


def related(passage: Passage) -> str:
    """Title, outlet and date of a passage in one line."""
    document = passage.document
    return " · ".join(part for part in (document.title, document.outlet or "", day(document.published)) if part)


def filters(given: Filters) -> str:
    """The filters in words; "" when there are none."""
    parts = []
    if given.since:
        parts.append(f"since {day(given.since)}")
    if given.until:
        parts.append(f"until {day(given.until)}")
    if given.outlets:
        parts.append("from " + ", ".join(given.outlets))
    if given.documents:
        parts.append(f"in {len(given.documents)} chosen document{'s' * (len(given.documents) > 1)}")
    return ", ".join(parts)


def searched(answer: Answer) -> str:
    """What was searched, in words: "Searched 16 documents since 1 May 2024"."""
    number = answer.searched.documents
    text = f"Searched {number} document{'' if number == 1 else 's'}"
    limits = filters(answer.searched.filters)
    return f"{text} {limits}" if limits else text


def confidence(probability: float) -> str:
    """A probability in words."""
    levels = ((0.85, "high"), (0.65, "fair"), (0.0, "low"))
    return next(word for level, word in levels if probability >= level)
