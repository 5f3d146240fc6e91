"""The documents over HTTP: a list, one with its paragraphs, one paragraph with its neighbours."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request

from index.errors import UsageError
from index.types import Document, Entry, Paragraph
from rag.catalogue import Wanted, listed, words_of
from rag.record import source_link
from rag.shown import relations
from rag.words import where
from ui.api.bodies import Day
from ui.api.errors import Refused, Told, missing
from ui.api.shapes import Listed, Numbered, Page, Placed, Whole
from ui.people import Person, person_of
from ui.server import Server

MOST = 200
_Id = Annotated[str, Path(max_length=400, description="A document's id, as lists and citations have it.")]


def routes(server: Server) -> APIRouter:
    """/api/documents and what is below it."""
    router = APIRouter(route_class=Told, tags=["documents"])

    @router.get("/api/documents", summary="List documents")
    def documents(
        request: Request,
        person: Annotated[Person, Depends(person_of)],
        q: Annotated[
            str, Query(max_length=200, description="Words of title, outlet, author, date or file; all must occur.")
        ] = "",
        outlet: Annotated[list[str] | None, Query(max_length=100, description="Only this outlet; may repeat.")] = None,
        language: Annotated[list[str] | None, Query(max_length=20, description="Only in this one, as en.")] = None,
        kind: Annotated[list[str] | None, Query(max_length=20, description="Only of such files, as pdf.")] = None,
        since: Annotated[Day | None, Query(description="Published on this day or later.")] = None,
        until: Annotated[Day | None, Query(description="Published on this day or earlier.")] = None,
        after: Annotated[str | None, Query(max_length=400, description="`next` of the page before.")] = None,
        limit: Annotated[int, Query(ge=1, le=MOST, description="How many at most.")] = 50,
    ) -> Page:
        """The documents that you may see, newest first, undated ones last. With a date, undated ones are left out."""
        outlets, languages = frozenset(outlet or ()), frozenset(language or ())
        suffixes = frozenset(f".{one.lower().removeprefix('.')}" for one in kind or ())
        wanted = Wanted(words_of(q), outlets, languages, suffixes, since, until)
        kept = listed(server.desk_of(person).library.entries(), wanted)
        start = _place(kept, after)
        shown = kept[start : start + limit]
        more = shown[-1].id if shown and start + limit < len(kept) else None
        return Page(documents=[_row(one, _base(request)) for one in shown], total=len(kept), next=more)

    @router.get("/api/documents/{document_id}", summary="Read a document")
    def document(request: Request, person: Annotated[Person, Depends(person_of)], document_id: _Id) -> Whole:
        """A document's metadata and its paragraphs."""
        found = seen(server, person, document_id)
        return Whole(
            id=found.id,
            version=found.version,
            title=found.title,
            outlet=found.outlet,
            author=found.author,
            date=_iso(found.published),
            precision=found.precision.value,
            language=found.language,
            part=found.part,
            relations=relations(server.desk_of(person), found.id),
            url=found.url,
            length=len(found.paragraphs),
            source=source_link(found.id, 1, _base(request)).partition("#")[0],
            paragraphs=[numbered(found, one) for one in found.paragraphs],
        )

    @router.get("/api/documents/{document_id}/paragraphs/{number}", summary="Read a paragraph")
    def paragraph(
        request: Request,
        person: Annotated[Person, Depends(person_of)],
        document_id: _Id,
        number: Annotated[int, Path(description="The paragraph's number, from 1.")],
        around: Annotated[int, Query(ge=0, le=10, description="How many neighbours on each side.")] = 1,
    ) -> Placed:
        """One paragraph with where it stands and its neighbours: what a citation leads to."""
        found = seen(server, person, document_id)
        if not 1 <= number <= len(found.paragraphs):
            said = f"That document has {len(found.paragraphs)} paragraphs; there is no such paragraph in it."
            raise Refused(404, "not_found", said)
        return placed(found, number, around, _base(request))

    return router


def seen(server: Server, person: Person, document_id: str) -> Document:
    """A document that the person may see, noted in the audit log. Refused (404) for any other, whether or not it is
    there."""
    try:
        found = server.desk_of(person).library.document(document_id)
    except UsageError:
        raise missing() from None
    server.audit.note(person, "read", document_id)
    return found


def placed(found: Document, number: int, around: int, base: str) -> Placed:
    """Paragraph ``number`` (from 1, and in the document) with up to ``around`` neighbours on each side."""
    at = number - 1
    one = found.paragraphs[at]
    above = [each for each in found.paragraphs[:at] if each.heading]
    return Placed(
        document_id=found.id,
        version=found.version,
        title=found.title,
        outlet=found.outlet,
        author=found.author,
        date=_iso(found.published),
        url=found.url,
        number=number,
        text=found.text[one.start : one.end],
        heading=found.text[above[-1].start : above[-1].end] if above else None,
        page=one.page,
        where=where(found, one),
        start=one.start,
        end=one.end,
        before=[numbered(found, each) for each in found.paragraphs[max(0, at - around) : at]],
        after=[numbered(found, each) for each in found.paragraphs[number : number + around]],
        source=source_link(found.id, number, base),
    )


def numbered(found: Document, one: Paragraph) -> Numbered:
    """A paragraph of the document, with its text."""
    return Numbered(
        number=one.number,
        text=found.text[one.start : one.end],
        heading=one.heading,
        page=one.page,
        where=where(found, one),
        start=one.start,
        end=one.end,
    )


def _place(kept: Sequence[Entry], after: str | None) -> int:
    if after is None:
        return 0
    found = next((at for at, one in enumerate(kept) if one.id == after), None)
    if found is None:
        raise Refused(400, "bad_request", "after names no document of this list; begin again without it.", "after")
    return found + 1


def _row(one: Entry, base: str) -> Listed:
    return Listed(
        id=one.id,
        version=one.version,
        title=one.title,
        outlet=one.outlet,
        author=one.author,
        date=_iso(one.published),
        precision=one.precision.value,
        language=one.language,
        part=one.part,
        url=one.url,
        length=one.paragraphs,
        source=source_link(one.id, 1, base).partition("#")[0],
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _base(request: Request) -> str:
    base: str = request.scope.get("root_path", "")
    return base
