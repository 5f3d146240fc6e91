"""What pages of other sites may ask of the API: only those of the allowed origins, only with a token."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.sharing import Sharing
from ui.operations.paths import inner
from ui.server import Server
from ui.widget.rate import Rate
from ui.widget.tokens import TokenError, read_token

_PATHS = re.compile(r"/api/(ask|feedback|suggestions|next|widget/[\w-]+|documents/[^/]+/paragraphs/[^/]+)", re.ASCII)
_SCRIPT = "/widget.js"  # and its words in other languages, which it fetches
_ASK = "/api/ask"
_METHODS = "GET, POST"
_HEADERS = "Authorization, Content-Type"
_TOLD = "Retry-After, X-Request-ID"
_REMEMBER = "600"  # seconds a browser need not ask again whether it may ask


@dataclass(frozen=True, slots=True)
class _Caller:
    """Who sends a request: ``origin`` as its header says, ``foreign`` when that is not our own, ``token`` if any."""

    origin: str | None
    foreign: bool
    token: str | None


def crossing(app: ASGIApp, server: Server) -> ASGIApp:
    """``app`` with the CORS answers that the widget needs, and nobody else.

    On the widget's paths a page of an allowed origin is answered if its token is good: 401 without one, 429 when the
    token's person has asked more than ``widget_rate`` questions in a minute. No other origin is given CORS headers, and
    a token from there is refused with 403. Cookies are never allowed across.
    """
    sharing, rate = server.sharing, Rate(server.sharing.widget_rate)

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not is_widget_path(inner(scope)):
            await app(scope, receive, send)
            return
        caller = _caller(scope, sharing)
        allowed = caller.origin is not None and caller.origin in sharing.widget_origins
        if caller.origin is not None and allowed:
            send = _opened(send, caller.origin)
        answer = _refusal(scope, caller, allowed, sharing, rate)
        await (app if answer is None else answer)(scope, receive, _varied(send))

    return call


def is_widget_path(path: str) -> bool:
    """Whether a path (without the base path) is one that the widget asks."""
    return _PATHS.fullmatch(path) is not None


def is_widget_request(scope: Scope, sharing: Sharing) -> bool:
    """Whether an ASGI request comes from a page that may hold the widget, for what the widget asks.

    Such a request passes a check of its Origin header; ``crossing`` then lets it in with a good token only.
    """
    if scope["type"] != "http" or not (is_widget_path(inner(scope)) or inner(scope) == _SCRIPT):
        return False
    return (Headers(scope=scope).get("origin") or "").lower() in sharing.widget_origins


def _caller(scope: Scope, sharing: Sharing) -> _Caller:
    headers = Headers(scope=scope)
    origin = headers.get("origin")
    scheme, _, token = headers.get("authorization", "").partition(" ")
    own = {headers.get("host"), urlsplit(sharing.public_url).netloc if sharing.public_url else None}
    return _Caller(
        origin.lower() if origin is not None else None,
        origin is not None and urlsplit(origin).netloc not in own,
        token.strip() if scheme.lower() == "bearer" else None,
    )


def _refusal(scope: Scope, caller: _Caller, allowed: bool, sharing: Sharing, rate: Rate) -> Response | None:
    """The answer to a request that goes no further; None for one that does."""
    if scope["method"] == "OPTIONS" and "access-control-request-method" in Headers(scope=scope):
        return _preflight() if allowed else _refused(403, "forbidden", _not_listed(caller))
    must = caller.foreign and allowed
    if caller.token is None:
        said = "The widget sent no token: the page must name one, or where to fetch it."
        return _refused(401, "unauthorized", said) if must else None
    try:
        person = read_token(sharing.widget_secret, caller.token, caller.origin)
    except TokenError as error:
        # From our own pages and from programs it may be an API key, which is not ours to judge.
        return _refused(401, "unauthorized", str(error)) if must else None
    if caller.origin is not None and not allowed:
        return _refused(403, "forbidden", _not_listed(caller))
    if inner(scope) == _ASK and scope["method"] == "POST" and (seconds := rate.take(person.name)):
        said = f"That was {sharing.widget_rate} questions in a minute; ask again in {seconds} s."
        return _refused(429, "rate_limited", said, {"Retry-After": str(seconds)})
    return None


def _not_listed(caller: _Caller) -> str:
    return f"Pages of {caller.origin or 'no origin'} may not hold the widget: CITEDESK_WIDGET_ORIGINS does not list it."


def _preflight() -> Response:
    headers = {
        "Access-Control-Allow-Methods": _METHODS,
        "Access-Control-Allow-Headers": _HEADERS,
        "Access-Control-Max-Age": _REMEMBER,
    }
    return Response(status_code=204, headers=headers)


def _refused(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> Response:
    if status == 401:
        headers = {"WWW-Authenticate": "Bearer", **(headers or {})}
    return JSONResponse({"error": {"code": code, "message": message}}, status_code=status, headers=headers)


def _opened(send: Send, origin: str) -> Send:
    """``send`` with the headers that let a page of ``origin`` read the answer."""

    async def relay(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = _headers(message)
            headers["Access-Control-Allow-Origin"] = origin
            headers["Access-Control-Expose-Headers"] = _TOLD
        await send(message)

    return relay


def _varied(send: Send) -> Send:
    """``send`` with Vary: Origin, so that no cache gives one origin's answer to another."""

    async def relay(message: Message) -> None:
        if message["type"] == "http.response.start":
            _headers(message).add_vary_header("Origin")
        await send(message)

    return relay


def _headers(message: Message) -> MutableHeaders:
    """The headers of a response that begins, to be changed in place."""
    message["headers"] = list(message.get("headers", ()))
    return MutableHeaders(raw=message["headers"])
