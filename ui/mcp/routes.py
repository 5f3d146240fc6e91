"""The Model Context Protocol over HTTP, at /mcp: the tools see what the person of the request may see."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI
from starlette.requests import Request
from starlette.routing import Route

from rag.types import Answer
from ui.api.asking import Asking, growing, last
from ui.mcp.tools import Caller, assistant, over_http
from ui.people import NotSignedIn, person_in
from ui.server import Server


def routes(server: Server) -> APIRouter:
    """/mcp, in a router that runs what it needs while the application lives."""
    mounted = over_http(assistant(lambda request: _caller(server, request)))

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        async with mounted.running():
            yield

    router = APIRouter(lifespan=life)
    router.routes.append(Route("/mcp", mounted.app, include_in_schema=False))
    return router


def _caller(server: Server, request: Request | None) -> Caller:
    if request is None:
        raise NotSignedIn
    person = person_in(request.scope)

    async def ask(asked: Asking) -> Answer:
        return await last(growing(server, person, asked))

    address = server.sharing.public_url or str(request.base_url).rstrip("/")
    return Caller(server.desk_of(person), ask, lambda id_: server.audit.note(person, "read", id_), address)
