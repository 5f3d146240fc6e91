"""What the page's queue tells goes to whoever opened the page, and to nobody who has learnt its number."""

import re
from collections import OrderedDict
from urllib.parse import parse_qs

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.operations.paths import inner
from ui.people import PERSON, Person

REMEMBERED = 50_000
"""How many open pages are remembered; the one heard of longest ago goes first."""
_HEARTBEAT = re.compile(r"/gradio_api/heartbeat/([^/]+)")
_RESULTS = "/gradio_api/queue/data"


def for_openers(app: ASGIApp) -> ASGIApp:
    """``app``, which tells the results of an open page to one person only: the first who asked under its number.

    Gradio takes the number, which a browser makes up when it opens the page and says in addresses, for proof enough.
    A page sends its heartbeat before anything else, so that the first is whoever opened it. The others get 403.
    """
    openers: OrderedDict[str, str] = OrderedDict()

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        person, number = scope.get(PERSON), _number(scope)
        if number and isinstance(person, Person):
            opener = openers.setdefault(number, person.owner)
            openers.move_to_end(number)
            if len(openers) > REMEMBERED:
                openers.popitem(last=False)
            if opener != person.owner:
                await PlainTextResponse("Somebody else has opened this page; reload it.", 403)(scope, receive, send)
                return
        await app(scope, receive, send)

    return call


def _number(scope: Scope) -> str:
    """The number of the page that a request is for; "" for what is for no page."""
    if scope["type"] != "http":
        return ""
    path = inner(scope).rstrip("/")
    if found := _HEARTBEAT.fullmatch(path):
        return found[1]
    return parse_qs(scope["query_string"].decode("latin-1")).get("session_hash", [""])[-1] if path == _RESULTS else ""
