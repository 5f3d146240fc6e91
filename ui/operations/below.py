"""Everything below a path, for a reverse proxy that serves other things beside it."""

from starlette.responses import JSONResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

HEALTH = frozenset({"/healthz", "/readyz", "/metrics"})
"""Paths that answer at the root as well: what probes them does not know where the rest is."""


def below(app: ASGIApp, base: str) -> ASGIApp:
    """``app`` at the path ``base`` ("" or "/citedesk"); 404 elsewhere, but for the paths of health and metrics.

    Inside, as ASGI has it, ``path`` is the whole path and ``root_path`` is ``base``. A proxy must pass the path on as
    it came. The base without its slash is redirected to the one with it, or relative links would lead elsewhere.
    """
    if not base:
        return app

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await app(scope, receive, send)
            return
        path: str = scope["path"]
        if path in HEALTH:
            await app(scope, receive, send)
        elif path.startswith(f"{base}/"):
            await app({**scope, "root_path": base}, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        elif path == base and scope["method"] in ("GET", "HEAD"):
            query = scope["query_string"].decode("latin-1")
            await RedirectResponse(f"{base}/" + (f"?{query}" if query else ""), 308)(scope, receive, send)
        else:
            told = {"error": {"code": "not_found", "message": f"Nothing is here; citedesk is at {base}/."}}
            await JSONResponse(told, 404)(scope, receive, send)

    return call
