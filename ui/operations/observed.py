"""Every request is counted, timed, logged and limited."""

from collections.abc import Awaitable, Callable
from time import perf_counter

from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.operations import logs
from ui.operations.below import HEALTH
from ui.operations.forwarded import as_asked
from ui.operations.metrics import Figures
from ui.operations.seen import CURRENT, SEEN, Seen, watched
from ui.operations.traces import Traces
from ui.server import Server

FIGURES = "citedesk_figures"
"""Where a request's scope holds the server's Figures."""
MOST = 1000
"""Requests under way at the same time, streams included."""
_FORGOTTEN = 499  # the client left before it was answered; no standard status says so


def observed(app: ASGIApp, server: Server) -> ASGIApp:
    """``app`` with metrics, traces, request log and a limit of what is under way."""
    return _Watch(app, server)


class _Watch:
    """What is under way, and the figures and traces of it."""

    def __init__(self, app: ASGIApp, server: Server) -> None:
        self._app, self._server = app, server
        self._under_way = self._streams = 0
        self._figures = figures = Figures()
        self._traces: Traces | None = None
        server.admission.watch(figures.answered)
        library, admission = server.desk.library, server.admission
        figures.gauge("answers_running", "Answers being worked out.", lambda: admission.running)
        figures.gauge("answers_waiting", "Questions waiting for their turn.", lambda: admission.waiting)
        figures.gauge("documents", "Documents in the library.", library.count_documents)
        figures.gauge("chunks", "Chunks in the library.", library.count_chunks)
        figures.gauge("open_streams", "Event streams that are open.", lambda: self._streams)
        figures.gauge("requests_running", "Requests under way, streams included.", lambda: self._under_way)
        if server.sharing.traces is not None:
            self._traces = Traces(server.sharing.traces)
            server.admission.watch(self._traces.answered)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            try:
                await self._app(scope, receive, send)
            finally:
                if scope["type"] == "lifespan" and self._traces is not None:
                    self._traces.close()
            return
        seen = watched(scope)
        inside = {**as_asked(scope, self._server.sharing), SEEN: seen, FIGURES: self._figures}
        before = CURRENT.set(seen)
        self._under_way += 1
        if self._traces is not None:
            self._traces.begin(seen)
        try:
            await self._answer(inside, receive, send, seen)
        finally:
            CURRENT.reset(before)
            self._under_way -= 1
            self._streams -= seen.streams
            seen.status = seen.status or _FORGOTTEN
            seen.route = seen.route or "refused"  # before it reached a route
            seconds = perf_counter() - seen.begun
            self._figures.request(seen, seconds)
            if self._traces is not None:
                self._traces.end(seen)
            logs.tell(seen, seconds)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, seen: Seen) -> None:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=list(message["headers"]))
                headers["X-Request-ID"] = seen.id
                seen.status = message["status"]
                seen.streams = headers.get("content-type", "").startswith("text/event-stream")
                self._streams += seen.streams
                message = {**message, "headers": headers.raw}
            await send(message)

        refuse = self._refusal(scope["path"])
        await (refuse or self._app)(scope, receive, sent)

    def _refusal(self, path: str) -> Callable[[Scope, Receive, Send], Awaitable[None]] | None:
        """503 while the server stops or has too much under way; whoever asks how it is gets an answer even then."""
        if path in HEALTH or path.removeprefix(self._server.sharing.base) in HEALTH:
            return None
        if self._server.admission.closed:
            return _unavailable("stopping", "This server is stopping; try again in a moment.", 5)
        if self._under_way > MOST:
            return _unavailable("busy", "This server has too much to do; try again in a moment.", 2)
        return None


def _unavailable(code: str, message: str, seconds: int) -> JSONResponse:
    headers = {"Retry-After": str(seconds), "Connection": "close"}
    return JSONResponse({"error": {"code": code, "message": message}}, 503, headers=headers)
