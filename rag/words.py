"""Answers and documents in words, for the terminal and the page alike: dates, places, searches, confidence."""

from collections.abc import Sequence
from datetime import date

from index.types import Document, Entry, Paragraph, Precision
from rag.types import Answer, Citation, Claim, Conflict, Dispute, Filters, Part, Passage, Reason, Searched, Verdict

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


def stated(published: date | None, precision: Precision = Precision.DAY) -> str:
    """A date of publication as far as it is stated: ``18 June 2024``, ``June 2024``, ``2024``; see ``day`` for None."""
    if published is None or precision is Precision.DAY:
        return day(published)
    return f"{published:%B %Y}" if precision is Precision.MONTH else f"{published.year}"


def iso(published: date | None, precision: Precision = Precision.DAY) -> str | None:
    """The same for programs, as ISO 8601 has it: ``2024-06-18``, ``2024-06``, ``2024``; None for None."""
    lengths = {Precision.DAY: 10, Precision.MONTH: 7, Precision.YEAR: 4}
    return published.isoformat()[: lengths[precision]] if published else None


def stated_by(document: Document | Entry | Citation) -> str:
    """The date that a document states, as far as it does; see ``stated``."""
    return stated(document.published, document.precision)


def where(document: Document, paragraph: Paragraph) -> str:
    """Where in its file a paragraph stands: ``p. 4``, ``slide 3``, ``sheet Budget, row 12``, ``june.pdf, p. 2`` of an
    attachment or an archive; empty where its number is all there is."""
    return ", ".join(filter(None, (document.part, paragraph.where)))


def count(number: int, noun: str) -> str:
    """A number with its noun: ``1 document``, ``1,204 documents``."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def place(outlet: str | None, date_stated: str, paragraph: int, place_in_file: str) -> str:
    """Where a passage stands: outlet, date (of ``stated``), paragraph and the place in its file (of ``where``)."""
    return " · ".join(part for part in (outlet or "", date_stated, f"¶ {paragraph}", place_in_file) if part)


def place_of(citation: Citation) -> str:
    """Where a citation stands; see ``place``."""
    return place(citation.outlet, stated_by(citation), citation.paragraph, citation.where)


def source(document: Document | Entry) -> str:
    """A document by its outlet, or its title where it names none, and its date: ``Harbour Wire (20 June 2024)``."""
    return f"{document.outlet or document.title} ({stated_by(document)})"


def also(documents: Sequence[Document]) -> str:
    """Where else it stands: ``also in: Harbour Wire (20 June 2024), The Bay (no date stated)``; empty for none."""
    return f"also in: {', '.join(map(source, documents))}" if documents else ""


def page_of(passage: Passage) -> int | None:
    """The page on which a passage begins, None where the format has no pages."""
    return _first(passage).page


def passage_where(passage: Passage) -> str:
    """Where in its file a passage begins; see ``where``."""
    return where(passage.document, _first(passage))


def passage_place(passage: Passage) -> str:
    """Where a passage begins; see ``place``."""
    document = passage.document
    return place(document.outlet, stated_by(document), _first(passage).number, passage_where(passage))


def _first(passage: Passage) -> Paragraph:
    return passage.document.paragraphs[passage.chunk.first_paragraph - 1]


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
