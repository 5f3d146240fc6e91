"""One request as it is watched, from its first byte to its last; it rides in the request's scope."""

from contextvars import ContextVar
from dataclasses import dataclass, field
from secrets import token_hex
from time import perf_counter, time_ns

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.people import PERSON, Person

SEEN = "citedesk_seen"
"""Where a request's scope holds its Seen."""
_ID_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
_LONGEST_ID = 64


@dataclass(slots=True)
class Seen:
    """What is known of a request so far. ``route`` is the template of its path, such as /api/documents/{id}, "" where
    nothing answers it; ``owner`` who asks, "" while nobody is known; ``status`` 0 until the answer begins."""

    id: str
    method: str
    route: str = ""
    owner: str = ""
    status: int = 0
    streams: bool = False
    begun: float = field(default_factory=perf_counter)
    begun_ns: int = field(default_factory=time_ns)


CURRENT: ContextVar[Seen | None] = ContextVar("citedesk_request", default=None)
"""The request in whose course something is done; None outside of any."""


def watched(scope: Scope) -> Seen:
    """A new Seen for an HTTP request. The sender's X-Request-ID is its id if it is short and plain."""
    given = Headers(scope=scope).get("x-request-id", "")
    sane = 0 < len(given) <= _LONGEST_ID and _ID_CHARACTERS.issuperset(given)
    return Seen(given if sane else token_hex(8), scope["method"])


def noted(app: ASGIApp) -> ASGIApp:
    """``app``, which notes in the scope's Seen which of its routes answered, and to whom.

    It must stand directly around the application that has the routes: that one writes into the scope it is given.
    """

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        seen = scope.get(SEEN)
        if not isinstance(seen, Seen):
            await app(scope, receive, send)
            return
        person = scope.get(PERSON)
        seen.owner = person.owner if isinstance(person, Person) else ""
        try:
            await app(scope, receive, send)
        finally:
            route = scope.get("route")
            path = getattr(route, "path", None)
            seen.route = path if isinstance(path, str) and path else "page"  # what has no route is the page's own

    return call
