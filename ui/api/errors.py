"""What went wrong, told to programs: one JSON shape for every error, the OpenAI shape below /v1."""

import logging
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from index.errors import CitedeskError, UsageError
from ui.operations.admission import Busy
from ui.people import NotSignedIn

MISSING = "There is no such document, or you may not see it."
"""What a missing and a forbidden document both answer, so that neither tells which it is."""

log = logging.getLogger(__name__)
_UNKNOWN = "there is no such field; /api/docs lists those there are"
_NO_HEADERS: Mapping[str, str] = {}
_CODES = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 415: "bad_request"}
_OPENAI_TYPES = {401: "authentication_error", 403: "permission_error", 404: "not_found_error", 429: "rate_limit_error"}


@dataclass(frozen=True, slots=True)
class Trouble:
    """An error as it is told: its HTTP ``status``, a ``code`` for programs, a ``message`` for people (what was wrong
    and what to do), and the name of the parameter that it is about, if it is about one."""

    status: int
    code: str
    message: str
    parameter: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Refused(Exception):
    """A request that is refused with this status, code and message."""

    def __init__(self, status: int, code: str, message: str, parameter: str | None = None) -> None:
        super().__init__(message)
        self.trouble = Trouble(status, code, message, parameter)


def missing() -> Refused:
    """The answer to whoever asks for a document that is not there, or not for them."""
    return Refused(404, "not_found", MISSING)


def trouble(error: BaseException) -> Trouble:
    """What is told of ``error``. What is no fault of the request is logged under an id, and only the id is told."""
    match error:
        case Refused():
            return error.trouble
        case NotSignedIn():
            message = "Nobody is signed in; send an API key as `Authorization: Bearer …`, or sign in on the page."
            return Trouble(401, "unauthorized", message, headers={"WWW-Authenticate": "Bearer"})
        case Busy():
            return Trouble(429, "busy", str(error), headers={"Retry-After": str(error.retry_after)})
        case RequestValidationError():
            return _misshapen(error)
        case UsageError():
            return Trouble(400, "bad_request", _sentence(str(error)))
        case CitedeskError():
            said = "The documents cannot be searched just now; try again later."
            return Trouble(503, "unavailable", f"{said} {_logged(error)}", headers={"Retry-After": "10"})
        case HTTPException():
            code = _CODES.get(error.status_code, "bad_request" if error.status_code < 500 else "failed")
            return Trouble(error.status_code, code, str(error.detail), headers=error.headers or _NO_HEADERS)
    return Trouble(500, "failed", f"Something went wrong on the server. {_logged(error)}")


def _misshapen(error: RequestValidationError) -> Trouble:
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return Trouble(400, "bad_request", "The body is not valid JSON.")
    place, *names = first["loc"]
    where = ".".join(map(str, names))
    message = _UNKNOWN if first["type"] == "extra_forbidden" else first["msg"].removeprefix("Value error, ")
    told = f"{where}: {message}" if where else f"The {place} cannot be used: {message}"
    return Trouble(400, "bad_request", _sentence(told), where or None)


def _logged(error: BaseException) -> str:
    id_ = secrets.token_hex(6)
    log.error("request %s failed: %s", id_, error, exc_info=error)
    return f"Whoever runs this server finds the reason in its log under {id_}."


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def error_body(told: Trouble, openai: bool = False) -> Mapping[str, object]:
    """The JSON of an error; with ``openai`` as OpenAI's API has it."""
    if not openai:
        return {"error": {"code": told.code, "message": told.message}}
    kind = _OPENAI_TYPES.get(told.status, "invalid_request_error" if told.status < 500 else "server_error")
    return {"error": {"message": told.message, "type": kind, "param": told.parameter, "code": told.code}}


def response(request: Request, error: Exception) -> Response:
    """The response to a request that ended in ``error``."""
    told = trouble(error)
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    return JSONResponse(error_body(told, path.startswith("/v1/")), told.status, headers=dict(told.headers))


class Told(APIRoute):
    """A route whose errors are told in our shape, whatever application it is part of."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's own handler, with its known errors turned into responses."""
        handle = super().get_route_handler()

        async def call(request: Request) -> Response:
            try:
                return await handle(request)
            except (Refused, NotSignedIn, Busy, RequestValidationError, CitedeskError, HTTPException) as error:
                return response(request, error)

        return call


def handlers(app: FastAPI) -> None:
    """Makes ``app`` tell the errors of every other route in the same shape, also those that nobody foresaw."""

    async def tell(request: Request, error: Exception) -> Response:
        return response(request, error)

    told: Callable[[Request, Exception], Awaitable[Response]] = tell
    for kind in (Refused, NotSignedIn, Busy, RequestValidationError, CitedeskError, HTTPException, Exception):
        app.add_exception_handler(kind, told)
