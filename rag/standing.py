"""What links between documents (``index.links``) do to an answer: a garbled rewrite waits until its source has nothing
to say, a later version goes before an earlier one, and copies that were not found are listed with what was.
"""

from collections.abc import Collection, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date

from index.errors import UsageError
from index.library import Library
from index.tables import day_number, last_day_number
from index.types import Document, Entry, Filters, Link, Relation
from rag.found import Found
from rag.types import Answer, Passage
from rag.wording import same_days
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
        linked = [read[id_] for id_ in copies.get(passage.document.id, ()) if id_ in read]
        also = [each for each in linked if _passes(each, filters) and same_days(passage.document, each, passage.text)]
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


def cautions(library: Library, documents: Collection[str]) -> Mapping[str, str]:
    """For each of the documents (ids) that is a rewrite, or an earlier version, of one that may be seen: what it is to
    the best of these, in words (see ``links_words``)."""
    links: dict[str, list[Link]] = {}
    for link in library.links(sorted(documents)) if documents else ():
        if link.relation is not Relation.COPY:
            links.setdefault(link.document, []).append(link)
    best = {id_: found for id_, each in links.items() if (found := _best(library, _others(library, each))) is not None}
    return {id_: links_words(found.link, found.document) for id_, found in best.items()}


def cautioned(library: Library, found: Found, answers: Generator[Answer, None, None]) -> Generator[Answer, None, None]:
    """The ``answers``, each with a notice for every document that is a rewrite, or an earlier version, of another and
    is cited for a claim without a better one."""
    there = (*found.passages, *found.held)
    known = {each.id: each for passage in there for each in (*passage.also, passage.document)}
    others: dict[str, list[_Other]] = {}
    with closing(answers):
        for answer in answers:
            cited = [{citation.document_id for citation in claim.citations} for claim in answer.claims]
            notices: list[str] = []
            for id_ in sorted(found.doubtful & known.keys() & frozenset[str]().union(*cited)):
                if id_ not in others:
                    others[id_] = _others(library, library.links([id_]))
                better, best = {each.document.id for each in others[id_]}, _best(library, others[id_])
                if best is not None and any(id_ in ids and ids.isdisjoint(better) for ids in cited):
                    notices.append(f"“{known[id_].title}” is {links_words(best.link, best.document)}.")
            yield replace(answer, notices=(*answer.notices, *notices)) if notices else answer


@dataclass(frozen=True, slots=True)
class _Other:
    """A better document as a list shows it, and the link to it."""

    link: Link
    document: Entry


def _others(library: Library, links: Sequence[Link]) -> list[_Other]:
    better = {link.other: link for link in links if link.relation is not Relation.COPY}
    entries = library.entries(list(better)) if better else ()
    return sorted((_Other(better[entry.id], entry) for entry in entries), key=lambda each: each.document.id)


def _best(library: Library, others: Sequence[_Other]) -> _Other | None:
    """The longest of several sources, else the latest of several versions, the longest of these on one day."""
    sources = [each for each in others if each.link.relation is Relation.REWORDED]
    days = [each.document.published or date.min for each in others]
    latest = [each for each, day in zip(others, days, strict=True) if day == max(days)]
    first = sources or latest
    return max(first, key=lambda each: _length(library, each)) if len(first) > 1 else next(iter(first), None)


def _length(library: Library, other: _Other) -> int:
    document = _document(library, other.document.id)
    return len(document.text) if document else 0


def named(document: Document | Entry) -> str:
    """A document by its title, outlet and date: ``“A title” (Harbour Wire, 4 June 2024)``."""
    where = ", ".join(part for part in (document.outlet, stated_by(document)) if part)
    return f"“{document.title}” ({where})" if where else f"“{document.title}”"


def links_words(link: Link, other: Document | Entry) -> str:
    """What a document is to the ``other`` one of its link, behind its title and "is" or on a line of its own: ``also in
    “A title” (Harbour Wire, 4 June 2024)``, ``superseded by …``, ``reworded from …; prefer that source``."""
    match link.relation:
        case Relation.COPY:
            return f"also in {named(other)}"
        case Relation.EARLIER:
            return f"superseded by {named(other)}"
        case Relation.REWORDED:
            return f"reworded from {named(other)}; prefer that source"
