"""Source pages over HTTP."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse

from ui.api.closed import close
from ui.api.documents import seen
from ui.api.errors import MISSING, Refused, Told
from ui.people import Person, person_of
from ui.server import Server
from ui.sources.frame import headers
from ui.sources.page import Quote, missing, source

_QUOTE = re.compile(r"(\d{1,9})-(\d{1,9})", re.ASCII)
_HTML = {"text/html": {"schema": {"type": "string"}}}
_PAGES: dict[int | str, dict[str, Any]] = {
    200: {"content": _HTML, "description": "The page."},
    404: {"content": _HTML, "description": "There is no such document for you."},
}


def routes(server: Server) -> APIRouter:
    """GET /source/{document_id}: a document as a page; a paragraph of it is at #p7."""
    router = APIRouter(route_class=Told, tags=["documents"])

    def page(
        request: Request,
        person: Annotated[Person, Depends(person_of)],
        document_id: Annotated[str, Path(max_length=400)],
        quote: Annotated[
            str | None, Query(max_length=40, description="Offsets of a quote to be marked, such as 120-260.")
        ] = None,
        version: Annotated[str, Query(max_length=100, description="The version that the offsets are of.")] = "",
    ) -> HTMLResponse:
        base = request.scope.get("root_path", "")
        try:
            found = seen(server, person, document_id)
        except Refused:
            return HTMLResponse(missing(base, MISSING), status_code=404, headers=headers())
        asked = _QUOTE.fullmatch(quote) if quote else None
        marked = Quote(int(asked[1]), int(asked[2]), version) if asked else None
        return HTMLResponse(source(found, base, marked), headers=headers())

    path = "/source/{document_id}"
    described = "A document as a page that needs no script; paragraph 7 is at `#p7`."
    router.add_api_route(
        path,
        page,
        methods=["GET"],
        response_class=HTMLResponse,
        responses=_PAGES,
        summary="Show a document",
        description=described,
    )
    router.add_api_route(path, page, methods=["HEAD"], include_in_schema=False)
    close(router)
    return router
