"""Whether a request that changes something was sent by a page of ours, and not by one of another site."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

from rag.sharing import Sharing

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_LONGEST_TARGET = 2000


def changes(scope: Scope) -> bool:
    """Whether a request may change something; a WebSocket may."""
    return scope["type"] == "websocket" or scope["method"] not in _SAFE


def sent_by_us(scope: Scope, sharing: Sharing, *, by_programs: bool) -> bool:
    """Whether the request comes from one of our pages, or from the browser's user, as the browser says.

    Sec-Fetch-Site decides where there is one (browsers send it over https and to this machine), else Origin, which
    every browser sends with such a request. One with neither comes from no page: ``by_programs`` is its answer. See
    the Fetch Metadata and Fetch standards.
    """
    headers = Headers(scope=scope)
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    return by_programs if origin is None else is_own(origin, headers.get("host", ""), sharing)


def is_own(origin: str, host: str, sharing: Sharing) -> bool:
    """Whether an Origin header names this server: by its public address, or by the host that was asked."""
    given, public = urlsplit(origin.lower()), urlsplit((sharing.public_url or "").lower())
    if given.scheme not in ("http", "https") or not given.netloc:
        return False
    return (given.scheme, given.netloc) == (public.scheme, public.netloc) or given.netloc == host.lower()


def local_target(asked: str, sharing: Sharing) -> str:
    """The path to go to after signing in: what was asked for if it is a path of this server, else its first page.

    A browser reads "\\" as "/" and skips control characters, so that neither may be part of it.
    """
    home = f"{sharing.base}/"
    is_plain = asked.isascii() and asked.isprintable() and "\\" not in asked and " " not in asked
    if not is_plain or not asked.startswith(home) or asked.startswith("//") or len(asked) > _LONGEST_TARGET:
        return home
    to_itself = asked.removeprefix(sharing.base).startswith(("/signin", "/signout", "/oidc/"))
    return home if to_itself else asked


def origin_of(address: str) -> str:
    """The origin of an http(s) address; "" for ""."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
