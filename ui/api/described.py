"""The description of the API (OpenAPI 3.1): made of the routes themselves, with every error that they can answer."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.routing import BaseRoute

from ui.api.openai_shapes import Completion, OpenAIFailure
from ui.api.reference import reference
from ui.api.shapes import Answered, Failure
from ui.sources.frame import headers

VERSION = "1"
"""Of the API, not of the program: it changes when programs must."""
_SHOWN = ("/api/", "/v1/", "/source/")
_EVENTS = """\
Server-sent events, each an `event` and one line of JSON as `data`, in this order:

- `start`: `{"id", "conversation", "question"}`
- `searched`: `{"standalone", "documents", "filters", "reasons": [{"part", "words", "says"}]}`
- `draft`: `{"text"}`, all that a model has written and that is not checked yet; `""` clears it
- `claims`: `{"from": n, "claims": [{"text", "citations": [numbers], "verdict", "reason", "lead", "breaks"}]}`, which \
take the place of all claims from index n on
- `citations`: `{"citations": […]}`, those that are new; a later one of the same number takes the place of the earlier
- `conflicts`: `{"conflicts": […]}`, all of them
- `notices`: `{"notices": […]}`, all of them
- `done`: the whole answer, as JSON has it; or `error`: `{"code", "message"}`

A comment line `: keep-alive` comes after every 10 seconds of silence. Hanging up stops the answer."""
_NAMES = ("start", "searched", "draft", "claims", "citations", "conflicts", "notices", "done", "error")
_STREAMED = {
    "schema": {  # of one event
        "type": "object",
        "properties": {
            "event": {"type": "string", "enum": list(_NAMES)},
            "data": {"type": "string", "contentMediaType": "application/json"},
        },
        "required": ["event", "data"],
    },
    "example": 'event: start\ndata: {"id":"5f0c","conversation":"9a41","question":"Who signed the treaty?"}\n\n'
    'event: claims\ndata: {"from":0,"claims":[{"text":"It was signed by …","citations":[1],"verdict":"supported",'
    '"reason":"","lead":"","breaks":false}]}\n\n',
}
ASKED: dict[int | str, dict[str, Any]] = {
    200: {
        "model": Answered,
        "description": f"The answer, or an honest refusal. With `stream`, or `Accept: text/event-stream`: {_EVENTS}",
        "content": {"text/event-stream": _STREAMED},
    }
}
_CHUNK = {"type": "object", "properties": {"data": {"type": "string"}}, "required": ["data"]}
OPENAI_ERRORS: dict[int | str, dict[str, Any]] = {"default": {"model": OpenAIFailure, "description": "An error."}}
COMPLETED: dict[int | str, dict[str, Any]] = {
    **OPENAI_ERRORS,
    200: {
        "model": Completion,
        "description": "The answer. With `stream`: chunks as OpenAI sends them, with checked text only; the "
        "annotations come with the last one, then `data: [DONE]`.",
        "content": {"text/event-stream": {"schema": _CHUNK, "example": "data: [DONE]\n\n"}},
    },
}
_ERRORS: Mapping[str, str] = {
    "400": "The request cannot be used; the message says why.",
    "401": "Nobody is signed in.",
    "403": "You may not do this.",
    "404": "There is no such thing, or you may not see it.",
    "405": "This method does nothing here.",
    "413": "The body is too large.",
    "429": "Too many questions at once; `Retry-After` says in how many seconds to ask again.",
    "500": "A fault of the server; its log has the reason under the id in the message.",
    "503": "The documents cannot be searched just now.",
}
_WELCOME = """\
Ask questions of a folder of documents. Every sentence of an answer is linked to the exact paragraph that it came \
from; where the documents do not hold an answer, the answer says so.

Send an API key as `Authorization: Bearer …` where the server wants people to sign in. You see the documents that you \
may see and no trace of others: a missing and a forbidden one both answer 404. Errors are \
`{"error": {"code", "message"}}`. Dates are YYYY-MM-DD, offsets are Unicode code points."""
_TAGS = (
    {"name": "ask", "description": "Questions and answers."},
    {"name": "documents", "description": "The documents and their paragraphs."},
    {
        "name": "openai",
        "description": "For clients of OpenAI's API: the base URL is this server's with `/v1`. System messages, "
        "settings of sampling and tools are not followed; the last user message is the question, earlier ones are its "
        "history.",
    },
)


def routes() -> APIRouter:
    """/api/openapi.json and /api/docs."""
    router = APIRouter(include_in_schema=False)

    @router.get("/api/openapi.json")
    def openapi(request: Request) -> JSONResponse:
        return JSONResponse(description(request.app.routes, request.scope.get("root_path", "")))

    @router.get("/api/docs")
    def docs(request: Request) -> HTMLResponse:
        base = request.scope.get("root_path", "")
        return HTMLResponse(reference(description(request.app.routes, base), base), headers=headers())

    return router


def description(routes: Sequence[BaseRoute], base: str) -> dict[str, Any]:
    """The OpenAPI description of those of ``routes`` that are for programs; ``base`` is the path they stand below."""
    found = get_openapi(
        title="citedesk",
        version=VERSION,
        openapi_version="3.1.0",
        description=_WELCOME,
        routes=routes,
        tags=list(_TAGS),
        servers=[{"url": base or "/"}],
    )
    found["paths"] = {path: what for path, what in found["paths"].items() if path.startswith(_SHOWN)}
    found["security"] = [{}, {"key": []}]
    components = found.setdefault("components", {})
    said = "An API key (`citedesk users key add NAME`) or a token of the widget."
    components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer", "description": said}}
    schemas = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)  # FastAPI's own, which are never answered
    for model in (Failure, OpenAIFailure):
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= schema.pop("$defs", {}) | {model.__name__: schema}
    for path, methods in found["paths"].items():
        for operation in methods.values():
            _with_errors(operation["responses"], "OpenAIFailure" if path.startswith("/v1/") else "Failure")
    return found


def _with_errors(responses: dict[str, Any], shape: str) -> None:
    responses.pop("422", None)
    responses.pop("default", None)
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{shape}"}}}
    for status, said in _ERRORS.items():
        responses.setdefault(status, {"description": said, "content": content})
