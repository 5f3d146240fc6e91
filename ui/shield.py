"""Security headers on every response, and what is refused before it reaches anything."""

import secrets
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def policy(nonce: str) -> str:
    """The Content-Security-Policy: nothing from elsewhere, and no inline script without ``nonce``.

    Gradio builds its style sheets and some functions at run time, hence unsafe-inline for styles and unsafe-eval.
    """
    return (
        "default-src 'self'; "
        f"script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; media-src 'self'; "
        "connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; "
        "frame-src 'none'; frame-ancestors 'self'"
    )


def guarded(app: ASGIApp, operator: bool) -> ASGIApp:
    """``app`` with security headers on every response.

    With ``operator`` (files of this computer can be read in) a request must name a loopback host and come from a page
    of this server, so that no other site in the same browser can reach it. Without it, uploads are refused.
    """

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        refusal = _refusal(scope, operator)
        if refusal:
            await PlainTextResponse(refusal, status_code=403)(scope, receive, send)
            return
        await _with_headers(app, scope, receive, send)

    return call


def _refusal(scope: Scope, operator: bool) -> str:
    headers = Headers(scope=scope)
    if not operator:
        uploads = scope["path"].rstrip("/").endswith("/upload")
        return "Documents can be added only on the computer that runs citedesk." if uploads else ""
    host = headers.get("host", "")
    if urlsplit(f"//{host}").hostname not in LOOPBACK:
        return f"This server answers only at 127.0.0.1 or localhost, not at {host!r}; start it with --host to share it."
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != host:
        return "This request came from another site."
    return ""


async def _with_headers(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    nonce = secrets.token_urlsafe(16)
    is_page = scope["path"] == "/"
    if is_page:  # the page's own inline scripts are given the nonce below, so it must not arrive compressed
        kept = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        scope = {**scope, "headers": kept}
    start: Message = {}
    body = bytearray()

    async def relay(message: Message) -> None:
        nonlocal start
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message["headers"])
            headers["Content-Security-Policy"] = policy(nonce)
            headers["X-Content-Type-Options"] = "nosniff"
            headers["Referrer-Policy"] = "no-referrer"
            message["headers"] = headers.raw
            start = message
            if not is_page:
                await send(message)
        elif not is_page:
            await send(message)
        else:
            body.extend(message.get("body", b""))
            if not message.get("more_body", False):
                page = bytes(body).replace(b"<script", f'<script nonce="{nonce}"'.encode())
                MutableHeaders(raw=start["headers"])["Content-Length"] = str(len(page))
                await send(start)
                await send({"type": "http.response.body", "body": page})

    await app(scope, receive, relay)
