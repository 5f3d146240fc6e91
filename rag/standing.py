"""What links between documents (``index.links``) do to an answer: a garbled rewrite waits until its source has nothing
to say, a later version goes before an earlier one, and copies that were not found are listed with what was.
"""

from collections.abc import Collection, Generator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date

from index.errors import UsageError
from index.library import Library
from index.tables import day_number, last_day_number
from index.types import Document, Entry, Filters, Link, Relation
from rag.retrieve import Found
from rag.types import Answer, Passage
from rag.words import stated_by

_MOST_COPIES = 12  # documents that were not found, listed with those that were: each has to be read


def weighed(library: Library, found: Found, filters: Filters) -> Found:
    """``found`` under ``filters`` with the passages of rewrites whose source was found too in ``held``, those of later
    versions before those of the earlier ones, which are named in ``superseded``, and ``also`` with the copies that the
    library links.

    One look-up of a millisecond where nothing is linked; up to twelve documents are read where copies are.
    """
    there = {passage.document.id for passage in found.passages}
    links = library.links(sorted(there))
    if not links:
        return found
    to = [link for link in links if link.other in there]
    rewrites = {link.document for link in to if link.relation is Relation.REWORDED}
    superseded = {link.document for link in to if link.relation is Relation.EARLIER} - rewrites
    kept = [passage for passage in found.passages if passage.document.id not in rewrites]
    return replace(
        found,
        passages=tuple(_with_copies(library, _later_first(kept, to), links, filters)),
        held=tuple(passage for passage in found.passages if passage.document.id in rewrites),
        superseded=frozenset(superseded),
        doubtful=frozenset(link.document for link in links if link.relation is not Relation.COPY),
    )


def _later_first(passages: Sequence[Passage], links: Sequence[Link]) -> list[Passage]:
    """Each passage of an earlier version right behind the last one of its later versions, if those come after it."""
    later = {(link.document, link.other) for link in links if link.relation is Relation.EARLIER}
    ordered: list[Passage] = []
    for place, passage in enumerate(passages):
        mine = passage.document.id
        coming = [each for each in passages[place + 1 :] if (mine, each.document.id) in later]
        ordered += [each for each in coming if each not in ordered]
        ordered += [passage] if passage not in ordered else []
    return ordered


def _with_copies(
    library: Library, passages: Sequence[Passage], links: Sequence[Link], filters: Filters
) -> list[Passage]:
    there = {passage.document.id for passage in passages}
    copies: dict[str, list[str]] = {}
    for link in links:
        if link.relation is Relation.COPY and link.other not in there:
            copies.setdefault(link.document, []).append(link.other)
    read: dict[str, Document] = {}
    done: list[Passage] = []
    for passage in passages:
        for id_ in copies.get(passage.document.id, ()):
            if id_ not in read and len(read) < _MOST_COPIES and (copy := _document(library, id_)) is not None:
                read[id_] = copy
        also = [read[id_] for id_ in copies.get(passage.document.id, ()) if id_ in read and _passes(read[id_], filters)]
        done.append(replace(passage, also=(*passage.also, *also)) if also else passage)
    return done


def _passes(document: Document, filters: Filters) -> bool:
    if filters.documents and document.id not in filters.documents:
        return False
    if filters.outlets and document.outlet not in filters.outlets:
        return False
    if document.published is None:
        return not (filters.since or filters.until)
    last = last_day_number(document.published, document.precision)
    return last >= day_number(filters.since) and document.published <= (filters.until or date.max)


def _document(library: Library, document_id: str) -> Document | None:
    try:
        return library.document(document_id)
    except UsageError:  # an ingest removed it meanwhile
        return None


def cautioned(library: Library, found: Found, answers: Generator[Answer, None, None]) -> Generator[Answer, None, None]:
    """The ``answers``, each with a notice for every document it cites that is a rewrite, or an earlier version, of one
    that it does not cite."""
    there = (*found.passages, *found.held)
    known = {each.id: each for passage in there for each in (*passage.also, passage.document)}
    with closing(answers):
        for answer in answers:
            cited = {citation.document_id for citation in answer.citations}
            doubtful = sorted(cited & found.doubtful & known.keys())
            notices = [notice for id_ in doubtful if (notice := _notice(library, known[id_], cited))]
            yield replace(answer, notices=(*answer.notices, *notices)) if notices else answer


def _notice(library: Library, document: Document, cited: Collection[str]) -> str:
    """What a document that is cited is to a better one, the latest of several versions or the longest of several
    sources; empty where one of these is cited beside it."""
    links = [link for link in library.links([document.id]) if link.relation is not Relation.COPY]
    others = [(link, other) for link in links if (other := _document(library, link.other)) is not None]
    if not others or any(other.id in cited for _, other in others):
        return ""
    link, best = max(others, key=lambda each: (each[0].relation is Relation.REWORDED, *_worth(*each)))
    return f"“{document.title}” is {links_words(link, best)}."


def _worth(link: Link, other: Document) -> tuple[date, int]:
    return (other.published or date.min if link.relation is Relation.EARLIER else date.min, len(other.text))


def links_words(link: Link, other: Document | Entry) -> str:
    """What a document is to the ``other`` one of its link, behind its title and "is" or on a line of its own: ``also in
    “A title” (Harbour Wire, 4 June 2024)``, ``superseded by …``, ``reworded from …; prefer that source``."""
    where = ", ".join(part for part in (other.outlet, stated_by(other)) if part)
    named = f"“{other.title}” ({where})"
    match link.relation:
        case Relation.COPY:
            return f"also in {named}"
        case Relation.EARLIER:
            return f"superseded by {named}"
        case Relation.REWORDED:
            return f"reworded from {named}; prefer that source"
