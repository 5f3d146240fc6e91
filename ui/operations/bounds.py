"""How large a request's body may be and how long it may take to come."""

import asyncio
from time import monotonic

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.operations.paths import inner

BODY = 1_000_000
"""Bytes of a request's body."""
PAGE_BODY = 16_000_000
"""Bytes of a message of the page, which sends the conversation that it shows."""
UPLOAD = 201_000_000
"""Bytes of an upload: the 200 MB of its files, and what stands between them."""
SECONDS = 30.0
"""Within which a body has to be there; of an upload, within which the next part of it has to come."""


class _Refused(Exception):
    """The body is not read any further."""


def bounded(app: ASGIApp, seconds: float = SECONDS) -> ASGIApp:
    """``app``, which is not sent more than it should have to read: 413 for what is too large, also when its length was
    not told beforehand, and 408 for what does not come within ``seconds``."""

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        path = inner(scope)
        upload = path.endswith("/upload") or path.endswith("/upload/")
        most = UPLOAD if upload else PAGE_BODY if path.startswith("/gradio_api/") else BODY
        told = Headers(scope=scope).get("content-length", "0")
        if not told.isdecimal() or int(told) > most:
            await _too_large(most)(scope, receive, send)
            return
        await _Reading(receive, send, most, seconds, upload).run(app, scope)

    return call


def _too_large(most: int) -> JSONResponse:
    message = f"This request is larger than {most / 1e6:.0f} MB; send less at once."
    # The rest of the body is not read, so the connection cannot be used again.
    return JSONResponse({"error": {"code": "too_large", "message": message}}, 413, headers={"Connection": "close"})


def _too_slow(seconds: float) -> JSONResponse:
    message = f"This request was not complete within {seconds:.0f} s; send it again."
    return JSONResponse({"error": {"code": "too_slow", "message": message}}, 408, headers={"Connection": "close"})


class _Reading:
    """One request's body on its way in. A refusal takes the place of whatever the application makes of the error."""

    def __init__(self, receive: Receive, send: Send, most: int, seconds: float, patient: bool) -> None:
        self._receive, self._send, self._most = receive, send, most
        self._seconds, self._patient = seconds, patient
        self._read, self._whole, self._answered = 0, False, False
        self._deadline = 0.0
        self._refusal: JSONResponse | None = None

    async def run(self, app: ASGIApp, scope: Scope) -> None:
        try:
            await app(scope, self._take, self._give)
        except _Refused:
            if self._answered:
                raise
        if self._refusal is not None and not self._answered:
            await self._refusal(scope, self._receive, self._send)

    async def _take(self) -> Message:
        if self._whole:  # what is waited for now is that the client leaves
            return await self._receive()
        if not self._deadline or self._patient:
            self._deadline = monotonic() + self._seconds
        try:
            async with asyncio.timeout(self._deadline - monotonic()):
                message = await self._receive()
        except TimeoutError:
            self._refusal = _too_slow(self._seconds)
            raise _Refused from None
        if message["type"] == "http.request":
            self._read += len(message.get("body", b""))
            self._whole = not message.get("more_body", False)
            if self._read > self._most:
                self._refusal = _too_large(self._most)
                raise _Refused
        return message

    async def _give(self, message: Message) -> None:
        if self._refusal is not None and not self._answered:
            return  # what the application says of the error; ours is sent when it is done
        self._answered = True
        await self._send(message)
