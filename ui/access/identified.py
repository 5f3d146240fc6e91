"""Every request gets its person, or is sent to sign in; none that changes something comes from another site's page."""

import re
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.errors import CitedeskError
from rag.sharing import Sharing
from ui.access import pages
from ui.access.origin import changes, sent_by_us
from ui.access.recognise import Known, Unknown, recognise
from ui.api.errors import Trouble, error_body, trouble
from ui.operations.paths import inner
from ui.people import PERSON, Via
from ui.server import Server
from ui.widget.crossing import is_widget_path

_PUBLIC = re.compile(
    r"/(signin|signin/start|signout|oidc/callback|access\.css|healthz|readyz|metrics|widget\.js)", re.ASCII
)
_FOR_WIDGET = re.compile(r"/source/[^/]+", re.ASCII)


def identified(app: ASGIApp, server: Server) -> ASGIApp:
    """``app``, called with the Person of each request in its scope (``ui.people.person_of``).

    Nobody is let through to the few public paths only; a page's visitor is sent to sign in, everybody else gets 401.
    What a browser sends by itself (a cookie, or the word of a proxy) counts only from our own pages where something
    may change: 403 otherwise. The headers of a trusted proxy end here, whoever sent them.
    """
    sharing = server.sharing
    private = {sharing.user_header.lower().encode("latin-1"), sharing.groups_header.lower().encode("latin-1")}

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await app(scope, receive, send)
            return
        try:
            found = await recognise(scope, server)
        except CitedeskError as error:  # the accounts cannot be read
            await _answer(_told(scope, trouble(error), sharing), scope, receive, send)
            return
        refusal = _refusal(scope, found, sharing)
        if refusal is not None:
            await _answer(refusal, scope, receive, send)
            return
        kept = [(name, value) for name, value in scope["headers"] if name not in private]
        scope = {**scope, "headers": kept}
        if isinstance(found, Known):
            scope[PERSON] = found.person
            send = _setting(send, found.cookie) if found.cookie else send
        await app(scope, receive, send)

    return call


def _refusal(scope: Scope, found: Known | Unknown, sharing: Sharing) -> Response | None:
    is_public = _PUBLIC.fullmatch(inner(scope)) is not None
    if isinstance(found, Unknown) and not is_public:
        return _to_sign_in(scope, found, sharing)
    if isinstance(found, Known) and found.person.via is Via.WIDGET and not (is_public or _is_for_widget(scope)):
        return _told(scope, Trouble(403, "forbidden", "The widget's token does not open this."), sharing)
    by_itself = isinstance(found, Unknown) or found.ambient
    by_programs = sharing.access in ("", "open") or is_public
    if by_itself and changes(scope) and not sent_by_us(scope, sharing, by_programs=by_programs):
        said = "This request came from another site. A program sends an API key as `Authorization: Bearer …`."
        return _told(scope, Trouble(403, "cross_site", said), sharing)
    return None


def _is_for_widget(scope: Scope) -> bool:
    path = inner(scope)
    return is_widget_path(path) or (not changes(scope) and _FOR_WIDGET.fullmatch(path) is not None)


def _to_sign_in(scope: Scope, found: Unknown, sharing: Sharing) -> Response:
    if sharing.access in ("local", "oidc") and not found.tried and _wants_page(scope) and not changes(scope):
        asked = scope["path"] if scope["path"].startswith(f"{sharing.base}/") else f"{sharing.base}{scope['path']}"
        query = scope["query_string"].decode("latin-1")
        target = quote(f"{asked}?{query}" if query else asked, safe="/")
        return RedirectResponse(f"{sharing.base}/signin?to={target}", 303, {"Cache-Control": "no-store"})
    return _told(scope, Trouble(401, "unauthorized", found.reason, headers={"WWW-Authenticate": "Bearer"}), sharing)


def _told(scope: Scope, told: Trouble, sharing: Sharing) -> Response:
    """The error as a page for a browser that asked for one, else as JSON."""
    if _wants_page(scope):
        title = "Not signed in" if told.status == 401 else "That did not work"
        return pages.message(title, told.message, sharing, status=told.status)
    headers = {**told.headers, "Cache-Control": "no-store"}
    return JSONResponse(error_body(told, inner(scope).startswith("/v1/")), told.status, headers)


def _wants_page(scope: Scope) -> bool:
    return scope["type"] == "http" and "text/html" in Headers(scope=scope).get("accept", "")


async def _answer(response: Response, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})  # before it is accepted: answered with 403
    else:
        await response(scope, receive, send)


def _setting(send: Send, cookie: str) -> Send:
    async def relay(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": list(message.get("headers", ()))}
            MutableHeaders(raw=message["headers"]).append("set-cookie", cookie)
        await send(message)

    return relay
