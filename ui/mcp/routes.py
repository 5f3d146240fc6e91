"""The Model Context Protocol over HTTP, at /mcp: the tools see what the person of the request may see."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from fastapi import APIRouter, FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from rag.types import Answer
from ui.api.asking import Asking, growing, last
from ui.people import NotSignedIn, person_in
from ui.server import Server

if TYPE_CHECKING:
    from ui.mcp.tools import Caller, Mounted


def routes(server: Server) -> APIRouter:
    """/mcp, in a router that runs what it needs while the application lives."""
    tools = _Tools(server)

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        running = asyncio.create_task(tools.run())
        try:
            yield
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running

    router = APIRouter(lifespan=life)
    router.routes.append(Route("/mcp", tools, include_in_schema=False))
    return router


class _Tools:
    """The tools as an ASGI application, made when they are first asked for: their library takes half a second to
    import, and most servers are never asked."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._making = asyncio.Lock()
        self._mounted: Mounted | None = None
        self._made, self._running = asyncio.Event(), asyncio.Event()

    async def run(self) -> None:
        """Waits for the tools to be made, and then keeps what they need until it is cancelled."""
        await self._made.wait()
        assert self._mounted is not None
        async with self._mounted.running():
            self._running.set()
            await asyncio.Event().wait()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._making:
            if self._mounted is None:
                self._mounted = await run_in_threadpool(_mounted, self._server)
                self._made.set()
        await self._running.wait()
        await self._mounted.app(scope, receive, send)


def _mounted(server: Server) -> "Mounted":
    from ui.mcp.tools import assistant, over_http

    return over_http(assistant(lambda request: _caller(server, request)))


def _caller(server: Server, request: Request | None) -> "Caller":
    from ui.mcp.tools import Caller

    if request is None:
        raise NotSignedIn
    person = person_in(request.scope)

    async def ask(asked: Asking) -> Answer:
        return await last(growing(server, person, asked))

    address = server.sharing.public_url or str(request.base_url).rstrip("/")
    return Caller(server.desk_of(person), ask, lambda id_: server.audit.note(person, "read", id_), address)
