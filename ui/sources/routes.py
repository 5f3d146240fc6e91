"""Source pages over HTTP."""

import re
import threading
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from index.errors import CitedeskError, UsageError
from index.pages import original, page_image
from ui.api.closed import close
from ui.api.documents import seen
from ui.api.errors import MISSING, Refused, Told
from ui.api.errors import missing as no_document
from ui.people import Person, person_of
from ui.related import related
from ui.server import Server
from ui.sources.frame import headers
from ui.sources.page import Quote, missing, printed, source, standing
from ui.sources.printed import only

_Person = Annotated[Person, Depends(person_of)]
_Html = HTMLResponse
_QUOTE = re.compile(r"(\d{1,9})-(\d{1,9})", re.ASCII)
_HTML = {"text/html": {"schema": {"type": "string"}}}
_PAGES: dict[int | str, dict[str, Any]] = {
    200: {"content": _HTML, "description": "The page."},
    404: {"content": _HTML, "description": "There is no such document for you."},
}


# Pages are drawn one at a time; whoever is this many behind is asked to come back.
_DRAWING = threading.BoundedSemaphore(8)
_WIDTH = 1240  # dots: an A4 page at 150 to the inch
_Quote = Annotated[str | None, Query(max_length=40, description="Offsets of a quote to be marked, such as 120-260.")]
_Version = Annotated[str, Query(max_length=100, description="The version that the offsets are of.")]
_Id = Annotated[str, Path(max_length=400)]
_Number = Annotated[int, Path(ge=1, le=1_000_000, description="The number of the page, from 1.")]


def routes(server: Server) -> APIRouter:
    """GET /source/{document_id}: a document as a page; a paragraph of it is at #p7. Below it, its printed pages."""
    router = APIRouter(route_class=Told, tags=["documents"])

    def show(
        request: Request, person: _Person, document_id: _Id, quote: _Quote = None, version: _Version = ""
    ) -> _Html:
        base = request.scope.get("root_path", "")
        try:
            found = seen(server, person, document_id)
        except Refused:
            return _missing(base, MISSING)
        others = related(server.desk_of(person), found)
        return HTMLResponse(source(found, base, _asked(quote, version), others), headers=headers())

    def show_page(
        request: Request,
        person: _Person,
        document_id: _Id,
        number: _Number,
        quote: _Quote = None,
        version: _Version = "",
    ) -> _Html:
        base = request.scope.get("root_path", "")
        try:
            found = seen(server, person, document_id)
            marked = standing(found, _asked(quote, version))
            place = (marked.start, marked.end) if marked else (0, 0)
            shown = only(server.desk_of(person), found, number, *place)
            others = related(server.desk_of(person), found, copies=False)
        except Refused:
            return _missing(base, MISSING)
        except CitedeskError as error:
            return _missing(base, f"This page cannot be shown as printed: {error}.")
        page = printed(found, shown.sheets[0], shown.total, base, marked, others)
        return HTMLResponse(page, headers=headers(images=True))

    def image(request: Request, person: _Person, document_id: _Id, number: _Number, version: _Version = "") -> Response:
        """A page as PNG. Whoever has it already is told so, once it is sure that they may still see it."""
        desk = server.desk_of(person)
        try:
            found = desk.library.document(document_id)  # that it is read was noted with the page that shows it
        except UsageError:
            raise no_document() from None
        tag = f'"{found.version}-{number}"'
        kept = {"ETag": tag, "Cache-Control": "private, no-cache"}
        if request.headers.get("If-None-Match") == tag:
            return Response(status_code=304, headers=kept)
        if not _DRAWING.acquire(blocking=False):
            raise Refused(429, "busy", "Too many pages are being drawn; ask again in a few seconds.")
        try:
            drawn = page_image(original(desk.library, found), number, _WIDTH)
        except CitedeskError as error:
            raise Refused(404, "not_found", f"This page cannot be shown as printed: {error}.") from None
        finally:
            _DRAWING.release()
        return Response(drawn, media_type="image/png", headers=kept)

    path = "/source/{document_id}"
    for below, handler, summary, described in (
        ("", show, "Show a document", "A document as a page that needs no script; paragraph 7 is at `#p7`."),
        ("/pages/{number}", show_page, "Show a printed page", "A page as it was printed, the lines of a quote boxed."),
    ):
        router.add_api_route(
            path + below,
            handler,
            methods=["GET"],
            response_class=HTMLResponse,
            responses=_PAGES,
            summary=summary,
            description=described,
        )
        router.add_api_route(path + below, handler, methods=["HEAD"], include_in_schema=False)
    router.add_api_route(
        path + "/pages/{number}/image",
        image,
        methods=["GET"],
        response_class=Response,
        responses={200: {"content": {"image/png": {"schema": {"type": "string", "format": "binary"}}}}},
        summary="Get the image of a printed page",
    )
    close(router)
    return router


def _missing(base: str, message: str) -> HTMLResponse:
    return HTMLResponse(missing(base, message), status_code=404, headers=headers())


def _asked(quote: str | None, version: str) -> Quote | None:
    found = _QUOTE.fullmatch(quote) if quote else None
    return Quote(int(found[1]), int(found[2]), version) if found else None
