"""What a document is to others, read for whoever looks at it."""

from dataclasses import dataclass

from index.errors import UsageError
from index.types import Document, Link, Relation
from rag.desk import Desk


@dataclass(frozen=True, slots=True)
class Related:
    """A link of a document, and the document at its other end."""

    link: Link
    other: Document


def related(desk: Desk, document: Document, *, copies: bool = True) -> tuple[Related, ...]:
    """The document's links with the documents that they lead to, newest first, undated ones last; only those that may
    be seen, and without ``copies`` none to those. Every one of them is read."""
    found = []
    for link in desk.library.links([document.id]):
        if link.relation is Relation.COPY and not copies:
            continue
        try:
            found.append(Related(link, desk.library.document(link.other)))
        except UsageError:  # an ingest removed it meanwhile
            continue
    return tuple(sorted(found, key=_age))


def _age(one: Related) -> tuple[int, str, str]:
    published = one.other.published
    return (-published.toordinal() if published else 0, one.other.title, one.other.id)
