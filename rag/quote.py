"""Chosen sentences become claims: quoted word for word, each with the places it stands at."""

from collections.abc import Iterator, Sequence

from rag.numbering import Numbering
from rag.reader import Chosen, Copy
from rag.types import Citation, Claim


def claims(chosen: Sequence[Chosen], numbering: Numbering) -> Iterator[Claim]:
    """A claim for each chosen quote, in their order, with its own place first and then its copies."""
    for choice in chosen:
        own = Copy(choice.best.passage.document, choice.best.paragraph, choice.start, choice.end)
        citations = tuple(citation(place, numbering) for place in (own, *choice.copies))
        yield Claim(citations[0].quote, citations)


def citation(place: Copy, numbering: Numbering) -> Citation:
    """The citation of an exact place; its number is that of the quote."""
    document, paragraph = place.document, place.paragraph
    return Citation(
        number=numbering.of_quote(document.id, document.version, place.start, place.end),
        document_id=document.id,
        version=document.version,
        title=document.title,
        outlet=document.outlet,
        published=document.published,
        url=document.url,
        paragraph=paragraph.number,
        page=paragraph.page,
        start=place.start,
        end=place.end,
        quote=document.text[place.start : place.end],
    )
