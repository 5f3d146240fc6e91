"""Chosen sentences become claims: quoted word for word, each with the places it stands at."""

from collections.abc import Iterator, Sequence

from index.types import Document, Paragraph
from rag.chosen import Chosen, Copy
from rag.numbering import Numbering
from rag.types import Citation, Claim
from rag.words import where


def claims(chosen: Sequence[Chosen], numbering: Numbering) -> Iterator[Claim]:
    """A claim for each chosen quote, in their order, with its own place first and then its copies."""
    for choice in chosen:
        own = Copy(choice.best.passage.document, choice.best.paragraph, choice.start, choice.end)
        citations = tuple(citation(place, numbering) for place in (own, *choice.copies))
        yield Claim(citations[0].quote, citations)


def citation(place: Copy, numbering: Numbering) -> Citation:
    """The citation of an exact place; its number is that of the quote."""
    number = numbering.of_quote(place.document.id, place.document.version, place.start, place.end)
    return citation_at(place.document, place.paragraph, place.start, place.end, number)


def citation_at(document: Document, paragraph: Paragraph, start: int, end: int, number: int) -> Citation:
    """The citation of ``document.text[start:end]``, which stands in ``paragraph``."""
    return Citation(
        number=number,
        document_id=document.id,
        version=document.version,
        title=document.title,
        outlet=document.outlet,
        published=document.published,
        url=document.url,
        paragraph=paragraph.number,
        page=paragraph.page,
        start=start,
        end=end,
        quote=document.text[start:end],
        where=where(document, paragraph),
        precision=document.precision,
    )
