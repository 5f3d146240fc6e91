"""Of Gradio's own routes, those that the page uses; and no event of it may name a file or an address to be fetched."""

import json
import re
from collections.abc import AsyncIterator, Iterator

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.operations.paths import inner
from ui.people import PERSON, Person

_USED = re.compile(
    r"/gradio_api/(?:queue/(?:join|data)|startup-events|info|cancel|reset|upload|upload_progress|app_id|theme\.css|"
    r"heartbeat/[^/]+|file[=/].*)/?"
)
_JOIN = "/gradio_api/queue/join"


def for_the_page(app: ASGIApp) -> ASGIApp:
    """``app`` without the routes below /gradio_api that the page has no use for (404), and without events that name a
    file, unless an administrator sent it here before; one that names an address is refused to everybody (403).

    Gradio looks at what an event names before the page's own function does: it would fetch it.
    """

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        path = inner(scope) if scope["type"] == "http" else ""
        if path.startswith("/gradio_api/") and not _USED.fullmatch(path):
            await PlainTextResponse("There is nothing here.", 404)(scope, receive, send)
            return
        if scope["type"] != "http" or path.rstrip("/") != _JOIN:
            await app(scope, receive, send)
            return
        messages = [message async for message in _whole(receive)]
        person = scope.get(PERSON)
        files = list(_named(b"".join(message.get("body", b"") for message in messages)))
        if files and not (isinstance(person, Person) and person.is_admin and not any(map(_is_address, files))):
            await PlainTextResponse("An event may not name a file or an address.", 403)(scope, receive, send)
            return

        async def again() -> Message:
            return messages.pop(0) if messages else await receive()

        await app(scope, again, send)

    return call


async def _whole(receive: Receive) -> AsyncIterator[Message]:
    more = True
    while more:
        message = await receive()
        more = message["type"] == "http.request" and message.get("more_body", False)
        yield message


def _named(body: bytes) -> Iterator[str]:
    """What the event's values name as the path of a file; nothing for a body that is no JSON, which Gradio refuses."""
    try:
        waiting = [json.loads(body)]
    except (ValueError, RecursionError):
        return
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if isinstance(value.get("path"), str):
                yield value["path"]
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def _is_address(path: str) -> bool:
    return "://" in path or path.startswith("//")
