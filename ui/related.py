"""What a document is to others, read for whoever looks at it."""

from dataclasses import dataclass

from index.types import Document, Entry, Link, Relation
from rag.desk import Desk


@dataclass(frozen=True, slots=True)
class Related:
    """A link of a document, and the document at its other end as a list shows it."""

    link: Link
    other: Entry


def related(desk: Desk, document: Document, *, copies: bool = True) -> tuple[Related, ...]:
    """The document's links with the documents that they lead to, newest first, undated ones last; only those that may
    be seen, and without ``copies`` none to those."""
    links = [link for link in desk.library.links([document.id]) if copies or link.relation is not Relation.COPY]
    if not links:
        return ()
    by_other = {link.other: link for link in links}  # two documents have one link at most
    return tuple(Related(by_other[one.id], one) for one in desk.library.entries(list(by_other)))
