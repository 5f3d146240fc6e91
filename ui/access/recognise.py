"""Who sent a request: by API key, widget token, session, the header of a trusted proxy, or as a visitor."""

import hashlib
import logging
import re
import secrets
from dataclasses import dataclass, replace

from anyio import CapacityLimiter, to_thread
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import Scope

from rag.sharing import Sharing
from ui.access.accounts import PREFIX
from ui.access.cookies import SESSION, VISITOR, named, written
from ui.access.origin import is_own
from ui.access.types import User
from ui.operations.forwarded import is_from
from ui.people import MACHINE, Person, Role, Via
from ui.people import VISITOR as ANYBODY
from ui.server import Server
from ui.widget.tokens import TokenError, read_token

log = logging.getLogger(__name__)
_VISITOR = re.compile(r"[\w-]{43}", re.ASCII)
_NOTING = CapacityLimiter(2)  # threads of its own, so that no answer under way keeps a request waiting
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Known:
    """A person, and how a browser had to do with it.

    ``ambient`` says that a browser sends by itself what the person was recognised by, so that a page of another site
    could make it. ``cookie`` is a Set-Cookie header for the response.
    """

    person: Person
    ambient: bool
    cookie: str | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody; ``reason`` says to whoever tried what was wrong and what to do. ``tried`` says that they sent something
    that was meant for this server."""

    reason: str
    tried: bool = False


async def recognise(scope: Scope, server: Server) -> Known | Unknown:
    """Who sent the request of an ASGI scope ("http" or "websocket").

    The scope's ``client`` has to be the peer that is connected: a web server that puts an address from X-Forwarded-For
    in its place, as uvicorn does with ``proxy_headers``, would let anybody on this machine be the proxy.
    """
    connection, mode = HTTPConnection(scope), server.sharing.access
    token = _bearer(connection.headers)
    if token is None:
        return await _by_itself(connection, server)
    explicit = await _by_token(token, connection.headers, server)
    if isinstance(explicit, Known) or mode in ("local", "oidc"):
        return explicit
    ambient = await _by_itself(connection, server)
    # Clients of OpenAI's API always send some key, and some proxies a token of their own: neither was meant for us.
    # A page of another site meant what it sent: its widget has to hear that its token is no longer good.
    if mode == "proxy" and isinstance(ambient, Known) and not token.startswith(PREFIX):
        return explicit if explicit.tried and _is_foreign(connection.headers, server.sharing) else ambient
    return explicit if explicit.tried else ambient


def _is_foreign(headers: Headers, sharing: Sharing) -> bool:
    origin = headers.get("origin")
    return origin is not None and not is_own(origin, headers.get("host", ""), sharing)


def _bearer(headers: Headers) -> str | None:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


async def _by_token(token: str, headers: Headers, server: Server) -> Known | Unknown:
    if token.startswith(PREFIX):
        user = server.accounts.key_owner(token)
        if user is None or user.via.value not in (Via.LOCAL.value, server.sharing.access):
            return Unknown("This API key is not valid: it was revoked, or its owner has not been here for long.", True)
        await to_thread.run_sync(server.accounts.touch_key, token, limiter=_NOTING)
        return Known(user.person(server.sharing, Via.KEY), ambient=False)
    if server.sharing.widget_secret is not None and token.count(".") == 2:
        try:
            person = read_token(server.sharing.widget_secret, token, headers.get("origin"), server.sharing)
        except TokenError as error:
            return Unknown(str(error), True)
        return Known(person, ambient=False)
    return Unknown("This is no API key of this server; its keys begin with cd_ and stand in /account.")


async def _by_itself(connection: HTTPConnection, server: Server) -> Known | Unknown:
    match server.sharing.access:
        case "open":
            return _visitor(connection, server.sharing)
        case "local" | "oidc":
            return await _in_session(connection, server)
        case "proxy":
            return await _through_proxy(connection, server)
    if server.operator:
        return Known(MACHINE, ambient=True)
    return Unknown("Nobody was told who may use this server; CITEDESK_ACCESS says it.")


def _visitor(connection: HTTPConnection, sharing: Sharing) -> Known:
    kept = connection.cookies.get(named(VISITOR, sharing), "")
    token = kept if _VISITOR.fullmatch(kept) else secrets.token_urlsafe(32)
    name = f"{ANYBODY.name}-{hashlib.sha256(token.encode()).hexdigest()[:16]}"
    cookie = None if token == kept else written(VISITOR, token, sharing)
    return Known(replace(ANYBODY, name=name), ambient=True, cookie=cookie)


async def _in_session(connection: HTTPConnection, server: Server) -> Known | Unknown:
    token = connection.cookies.get(named(SESSION, server.sharing))
    if not token:
        return Unknown("Nobody is signed in; sign in on the page, or send an API key as `Authorization: Bearer …`.")
    session = server.accounts.session(token)
    if session is None or session.user.via.value != server.sharing.access:
        return Unknown("The session has ended; sign in again.")
    if server.accounts.is_stale(session.used):
        await to_thread.run_sync(server.accounts.touch_session, token, limiter=_NOTING)
    return Known(session.user.person(server.sharing), ambient=True)


async def _through_proxy(connection: HTTPConnection, server: Server) -> Known | Unknown:
    sharing = server.sharing
    if not is_from(connection.scope, sharing.proxies):
        if sharing.user_header in connection.headers:
            log.warning("%s from %s, which is none of CITEDESK_PROXIES", sharing.user_header, connection.client)
        return Unknown("This server is reached through its proxy, where people sign in.")
    names = connection.headers.getlist(sharing.user_header)
    name = _text(names[0]).strip() if len(names) == 1 else ""
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        return Unknown(f"The proxy did not say who is asking: it has to send one {sharing.user_header} header.")
    listed = ",".join(_text(each) for each in connection.headers.getlist(sharing.groups_header))
    groups = frozenset(each.strip() for each in listed.split(",") if each.strip())
    sent = User(Via.PROXY, name, "", None, Role.READER, groups, disabled=False, seen=None)
    kept = server.accounts.user(Via.PROXY, name)
    if server.accounts.is_news(sent, kept):
        kept = await to_thread.run_sync(server.accounts.meet, sent, limiter=_NOTING)
    if kept is not None and kept.disabled:
        return Unknown(f"{name} may not use this server any more; whoever runs it can tell why.", True)
    return Known(sent.person(sharing), ambient=True)


def _text(header: str) -> str:
    """A header's value, which Starlette has read as Latin-1, as the UTF-8 that most proxies send."""
    raw = header.encode("latin-1")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return header
