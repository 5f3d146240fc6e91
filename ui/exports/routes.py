"""Exports, print views, briefs over HTTP."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool

from ui.api.errors import Refused, Told
from ui.api.shapes import Failure
from ui.exports import brief_routes
from ui.exports.markdown import markdown
from ui.exports.names import disposition, file_name
from ui.exports.page import POLICY, message, page
from ui.exports.paper import Paper, Unsupported, paper
from ui.exports.plain import plain_text
from ui.exports.word import word
from ui.keeping.routes import looked_for
from ui.people import Person, person_of
from ui.render import plain
from ui.server import Server

Asker = Annotated[Person, Depends(person_of)]
_ERRORS: dict[int | str, dict[str, Any]] = {status: {"model": Failure} for status in (400, 401, 403, 404, 503)}


class Kind(Enum):
    """What is exported."""

    CONVERSATION = "conversation"
    EXCHANGE = "exchange"


class Format(Enum):
    """As what."""

    MARKDOWN = "md"
    WORD = "docx"
    HTML = "html"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class _File:
    """The bytes of an export, and what they are."""

    content: bytes
    media_type: str


_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_CONTENT: dict[str, Any] = {"content": {kind: {} for kind in ("text/markdown", "text/plain", "text/html", _WORD)}}
_Left = Annotated[Unsupported, Query(description="Sentences without support: shown struck through, or left out.")]


def routes(server: Server) -> APIRouter:
    """/api/exports, /print, /api/briefs and /brief."""
    router = APIRouter(route_class=Told)

    @router.get(
        "/api/exports/{kind}/{id}",
        summary="An answer or a conversation as a document",
        tags=["exports"],
        response_class=Response,
        responses={**_ERRORS, 200: {**_CONTENT, "description": "The document."}},
    )
    def export(
        kind: Kind,
        id: str,
        request: Request,
        person: Asker,
        format: Annotated[Format, Query(description="`text` is for the clipboard.")] = Format.MARKDOWN,
        unsupported: _Left = Unsupported.STRIKE,
    ) -> Response:
        """With a numbered note for every place that is cited: outlet, title, date, paragraph, link and quote."""
        made = _paper(server, person, kind, id, request, unsupported)
        found = _file(made, format)
        headers = {"Cache-Control": "no-store"}
        if format is not Format.TEXT:
            headers["Content-Disposition"] = disposition(file_name(made.title, made.made, format.value))
        if format is Format.HTML:
            headers["Content-Security-Policy"] = POLICY
        return Response(found.content, media_type=found.media_type, headers=headers)

    @router.get("/print/{kind}/{id}", include_in_schema=False, response_class=HTMLResponse)
    async def print_view(
        kind: Kind, id: str, request: Request, person: Asker, unsupported: _Left = Unsupported.STRIKE
    ) -> HTMLResponse:
        headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}
        try:
            made = await run_in_threadpool(_paper, server, person, kind, id, request, unsupported)
        except Refused as refused:
            home = f"{request.scope.get('root_path', '')}/"
            told = message("Nothing to print", str(refused), home)
            return HTMLResponse(told, refused.trouble.status, headers)
        return HTMLResponse(page(made, _links(made, request, kind, id, unsupported)), headers=headers)

    brief_routes.add(router, server)
    return router


def site(server: Server, request: Request) -> str:
    """The absolute address of the server as its people know it, without a slash at the end."""
    return (server.sharing.public_url or str(request.base_url)).rstrip("/")


def _paper(server: Server, person: Person, kind: Kind, id_: str, request: Request, unsupported: Unsupported) -> Paper:
    desk, history = server.desk_of(person), server.history
    with looked_for():
        if kind is Kind.CONVERSATION:
            title, kept = history.conversation(person, id_).title, history.exchanges(person, id_, desk)
        else:
            kept = (history.exchange(person, id_, desk),)
            title = kept[0].answer.question
    server.audit.note(person, "export", id_)
    return paper(title, kept, desk, site(server, request), datetime.now(UTC).date(), unsupported)


def _file(made: Paper, wanted: Format) -> _File:
    match wanted:
        case Format.MARKDOWN:
            return _File(markdown(made).encode(), "text/markdown; charset=utf-8")
        case Format.WORD:
            return _File(word(made), _WORD)
        case Format.HTML:
            return _File(page(made).encode(), "text/html; charset=utf-8")
    return _File(plain_text(made).encode(), "text/plain; charset=utf-8")


def _links(made: Paper, request: Request, kind: Kind, id_: str, unsupported: Unsupported) -> str:
    """Links to the same as a file, and to the other way with what has no support, where there is any."""
    base = request.scope.get("root_path", "")
    where = plain(f"{base}/api/exports/{kind.value}/{id_}?unsupported={unsupported.value}&format=")
    links = f'Or take it as <a href="{where}docx">Word</a> or <a href="{where}md">Markdown</a>.'
    struck = any(piece.struck for each in made.sections for text in each.paragraphs for piece in text.pieces)
    if struck:
        links += ' <a href="?unsupported=drop">Leave out what has no support</a>.'
    elif unsupported is Unsupported.DROP:
        links += ' <a href="?unsupported=strike">Show what has no support</a>.'
    return links
