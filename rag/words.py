"""Answers and documents in words, for the terminal and the page alike: dates, places, searches, confidence."""

from collections.abc import Sequence
from datetime import date

from index.types import Document
from rag.types import Answer, Claim, Conflict, Dispute, Filters, Part, Passage, Reason, Searched, Verdict

NO_DATE = "no date stated"
_SUBJECTS = {
    Dispute.FIGURE: "a figure",
    Dispute.DATE: "a date",
    Dispute.NAME: "a name",
    Dispute.YES_NO: "yes or no",
    Dispute.ATTRIBUTION: "who said it",
}


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
    """What stands below an answer: how it came about, how sure it is, what was searched under which filters, how long
    it took."""
    parts = [
        origin(found),
        "" if found.refused else sureness(found.confidence),
        f"Searched {count(found.searched.documents, 'document')}",
        limits(found.searched.filters) or "no filters",
        f"{found.timings.total:,.0f} ms",
    ]
    return " · ".join(part for part in parts if part)


def origin(found: Answer) -> str:
    """How the sentences came about: quoted, or written by which model with what the check took out; empty where there
    are none and nothing was taken out."""
    if found.writing is None:
        return "Quoted from the documents" if found.claims else ""
    corrected = found.writing.unknown + found.writing.moved + found.writing.removed
    parts = [
        f"Written by {found.writing.model}, every sentence checked against its paragraph" if found.claims else "",
        f"{count(found.writing.dropped, 'sentence')} without support left out" if found.writing.dropped else "",
        f"{count(corrected, 'citation')} corrected" if corrected else "",
    ]
    return " · ".join(part for part in parts if part)


def legend(claims: Sequence[Claim]) -> str:
    """How many sentences lack full support, in one sentence; empty where all have it."""
    partial = sum(claim.verdict is Verdict.PARTIAL for claim in claims)
    without = sum(claim.verdict is Verdict.UNSUPPORTED for claim in claims)
    of = f"of {count(len(claims), 'sentence')}"
    partly = f"{partial} {of} {_are(partial)} only partly supported" if partial else ""
    if not without:
        return f"{partly}; hover or focus for the reason." if partly else ""
    none = f"{without} {'' if partly else f'{of} '}{_are(without)} not supported"
    return "; ".join(part for part in (partly, none, "hover or focus for the reason.") if part)


def disagreement(conflict: Conflict) -> str:
    """What a conflict is about: ``The documents disagree on a figure``."""
    return f"The documents disagree on {_SUBJECTS[conflict.dispute]}"


def addressed(found: Answer) -> str:
    """That passages speak to an AI, and that it was of no effect; empty where none does."""
    number = len(found.flagged)
    if not number:
        return ""
    holds = "holds" if number == 1 else "hold"
    return f"{count(number, 'passage')} found {holds} text addressed to an AI assistant; it was not followed."


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


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
