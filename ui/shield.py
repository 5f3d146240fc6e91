"""Security headers on every response, and what is refused before it reaches anything."""

import secrets
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.sharing import Sharing
from ui.openers import for_openers
from ui.operations.below import HEALTH
from ui.operations.bounds import bounded
from ui.operations.paths import inner
from ui.operations.seen import noted
from ui.page_door import for_the_page
from ui.people import PERSON, Person
from ui.widget.crossing import is_widget_request

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
YEAR = 31_536_000
"""Seconds for which a browser asks for the public address by https only."""

_UPLOADED = ("/gradio_api/file=", "/gradio_api/file/", "/gradio_api/upload")
_FOR_PROGRAMS = ("/api/", "/v1/", "/mcp")
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "SAMEORIGIN",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}


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


def guarded(app: ASGIApp, operator: bool, sharing: Sharing | None = None) -> ASGIApp:
    """``app`` with security headers on every response; a response's own stand where it has any.

    A request must name a host that this server is known by: a page of another site whose name is pointed at this
    machine is refused. With ``operator`` (files of this computer can be read in) that is a loopback host, and the
    request must come from a page of this server, or from one that may hold the widget. Health and metrics answer under
    any name, for what probes them knows an address only.
    """
    known = sharing or Sharing()

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        refusal = "" if inner(scope) in HEALTH else _refusal(scope, operator, known)
        secure = known.public_url is not None and known.public_url.startswith("https://")
        await _with_headers(_refused(refusal) if refusal else app, scope, receive, send, secure)

    return call


def inside(app: ASGIApp) -> ASGIApp:
    """What stands directly around the application, where the person is known: its routes are noted, bodies are bounded,
    only who may add documents may send files and see what was sent, and each page's results go to who opened it.
    Of Gradio's routes only those are left that the page uses."""

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        person = scope.get(PERSON)
        path = inner(scope).rstrip("/") if scope["type"] == "http" else ""
        is_upload = path.endswith("/upload") or path.startswith(_UPLOADED)
        if is_upload and not (isinstance(person, Person) and person.is_admin):
            await _refused("Only those may add documents who administer this server.")(scope, receive, send)
            return
        await app(scope, receive, send)

    return noted(bounded(for_openers(for_the_page(call))))


def named_host(scope: Scope) -> str:
    """The host that a request names, in lower case and without its port; "" where it names none."""
    try:
        return urlsplit(f"//{Headers(scope=scope).get('host', '')}").hostname or ""
    except ValueError:  # half an IPv6 address
        return ""


def _refusal(scope: Scope, operator: bool, sharing: Sharing) -> str:
    headers, host = Headers(scope=scope), named_host(scope)
    if operator:
        if host not in LOOPBACK:
            where = "only at 127.0.0.1 or localhost"
            return f"This server answers {where}, not at {host!r}; start it with --host to share it."
        origin = headers.get("origin")
        other = origin is not None and urlsplit(origin).netloc != headers.get("host", "")
        return "This request came from another site." if other and not is_widget_request(scope, sharing) else ""
    public = urlsplit(sharing.public_url).hostname if sharing.public_url else None
    # Without a public address it answers at any bare address: no other site can have one as its name.
    if host in LOOPBACK or host == public or (public is None and _is_address(host)):
        return ""
    where = f"only at {sharing.public_url}" if public else "at its addresses only"
    return f"This server answers {where}, not at {host!r}; CITEDESK_PUBLIC_URL says under which name."


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _refused(message: str) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if inner(scope).startswith(_FOR_PROGRAMS):
            told = {"error": {"code": "forbidden", "message": message}}
            await JSONResponse(told, status_code=403)(scope, receive, send)
        else:
            await PlainTextResponse(message, status_code=403)(scope, receive, send)

    return answer


async def _with_headers(app: ASGIApp, scope: Scope, receive: Receive, send: Send, secure: bool) -> None:
    nonce, path = secrets.token_urlsafe(16), inner(scope)
    is_page = path == "/" and scope["method"] != "HEAD"
    if is_page:  # the page's own inline scripts are given the nonce below, so it must not arrive compressed
        kept = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        scope = {**scope, "headers": kept}
    start: Message = {}
    body = bytearray()
    held = False  # whether this response is the page, whose scripts are given the nonce

    async def relay(message: Message) -> None:
        nonlocal start, held
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=list(message["headers"]))
            kind = headers.get("content-type", "")
            held = is_page and kind.startswith("text/html") and "content-security-policy" not in headers
            headers.setdefault("Content-Security-Policy", policy(nonce))
            _add(headers, path, kind, secure)
            start = {**message, "headers": headers.raw}
            if not held:
                await send(start)
        elif not held:
            await send(message)
        else:
            body.extend(message.get("body", b""))
            if not message.get("more_body", False):
                page = bytes(body).replace(b"<script", f'<script nonce="{nonce}"'.encode())
                MutableHeaders(raw=start["headers"])["Content-Length"] = str(len(page))
                await send(start)
                await send({"type": "http.response.body", "body": page})

    await app(scope, receive, relay)


def _add(headers: MutableHeaders, path: str, kind: str, secure: bool) -> None:
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)
    # Pages of other sites load the widget's script, and nothing else.
    headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin" if path == "/widget.js" else "same-origin")
    if kind.startswith(("text/html", "application/json")):  # one person's, and none of a shared cache's
        headers.setdefault("Cache-Control", "private, no-cache")
    if secure:
        headers.setdefault("Strict-Transport-Security", f"max-age={YEAR}")
