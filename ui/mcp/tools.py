"""The tools for assistants: search, ask, read_paragraph. The one file that knows the ``mcp`` package's server."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Annotated, Any

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.streamable_http_manager import StreamableHTTPASGIApp
from mcp.server.transport_security import TransportSecuritySettings
from mcp_types import CallToolResult, TextContent, ToolAnnotations
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import ASGIApp

from index.errors import CitedeskError, UsageError
from rag.answer import LONGEST_QUESTION
from rag.desk import Desk
from rag.retrieve import search as searched
from rag.types import Answer
from ui.api.asking import Asking
from ui.api.bodies import Day, Limits
from ui.api.errors import MISSING, Refused, trouble
from ui.mcp.shapes import DATA, Hits, Paragraphs, Told
from ui.mcp.told import hit, hits_text, paragraphs, paragraphs_text, told, told_text
from ui.operations.admission import Busy
from ui.people import NotSignedIn

_MOST_BYTES = 1_000_000  # of a request
_READS = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
_INSTRUCTIONS = (
    "Searches a library of news documents and answers questions from it, every sentence cited to its paragraph. Use "
    f"`ask` for an answer, `search` to read for yourself, `read_paragraph` to see a citation in its context. {DATA}"
)

_Since = Annotated[Day | None, Field(description="Only documents published on this day or later, YYYY-MM-DD.")]
_Until = Annotated[Day | None, Field(description="Only documents published on this day or earlier, YYYY-MM-DD.")]
_Outlets = Annotated[list[str] | None, Field(max_length=100, description="Only these outlets.")]
_Question = Annotated[str, Field(min_length=1, max_length=LONGEST_QUESTION)]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls a tool: ``desk`` is what may be seen, ``ask`` answers in turn, ``note`` writes a look at a document
    (its id) into the audit log; ``address`` is what links begin with, None where no server is known."""

    desk: Desk
    ask: Callable[[Asking], Awaitable[Answer]]
    note: Callable[[str], None]
    address: str | None


def assistant(caller: Callable[[Request | None], Caller]) -> MCPServer[Any]:
    """The MCP server. ``caller`` tells who calls, by the HTTP request of the call (None over stdio)."""
    server: MCPServer[Any] = MCPServer("citedesk", instructions=_INSTRUCTIONS, log_level="WARNING")

    @server.tool(annotations=_READS)
    async def search(
        context: Context[Any, Any],
        query: _Question,
        since: _Since = None,
        until: _Until = None,
        outlets: _Outlets = None,
        limit: Annotated[int, Field(ge=1, le=30, description="How many passages at most.")] = 8,
    ) -> Annotated[CallToolResult, Hits]:
        """Find the passages nearest to a question or topic, best first, each with its document, paragraph and link,
        and with a caution where a better document is known."""
        return await _answering(_search(caller(_request(context)), query, _limits(since, until, outlets), limit))

    @server.tool(annotations=_READS)
    async def ask(
        context: Context[Any, Any],
        question: _Question,
        since: _Since = None,
        until: _Until = None,
        outlets: _Outlets = None,
    ) -> Annotated[CallToolResult, Told]:
        """Answer a whole question that stands alone: checked sentences with [n] citations, or an honest refusal."""
        return await _answering(_ask(caller(_request(context)), question, _limits(since, until, outlets)))

    @server.tool(annotations=_READS)
    async def read_paragraph(
        context: Context[Any, Any],
        document_id: Annotated[str, Field(max_length=400, description="As search and ask give it.")],
        paragraph: Annotated[int, Field(ge=1, description="Its number, from 1.")],
        around: Annotated[int, Field(ge=0, le=10, description="How many neighbours on each side.")] = 0,
    ) -> Annotated[CallToolResult, Paragraphs]:
        """Read one paragraph of a document, with its neighbours if wanted."""
        return await _answering(_read(caller(_request(context)), document_id, paragraph, around))

    return server


@dataclass(frozen=True, slots=True)
class Mounted:
    """The MCP server over HTTP: an ASGI application, and what must be entered while it serves."""

    app: ASGIApp
    running: Callable[[], AbstractAsyncContextManager[None]]


def over_http(server: MCPServer[Any]) -> Mounted:
    """The server over streamable HTTP without sessions: every request stands alone, with the rights of its own person.

    The Host and Origin headers are not checked here but by ``ui.shield``.
    """
    server.streamable_http_app(
        stateless_http=True,
        max_request_body_size=_MOST_BYTES,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    return Mounted(StreamableHTTPASGIApp(server.session_manager), server.session_manager.run)


def _request(context: Context[Any, Any]) -> Request | None:
    found = context.request_context.request
    return found if isinstance(found, Request) else None


def _limits(since: Day | None, until: Day | None, outlets: list[str] | None) -> Limits:
    return Limits(since=since, until=until, outlets=outlets or [])


async def _answering(work: Awaitable[CallToolResult]) -> CallToolResult:
    """The result; an error that the caller can do something about is told as the tool's."""
    try:
        return await work
    except (Refused, Busy, NotSignedIn, CitedeskError) as error:
        raise ToolError(trouble(error).message) from None


async def _search(caller: Caller, query: str, limits: Limits, limit: int) -> CallToolResult:
    desk, filters = caller.desk, limits.filters()
    found = await run_in_threadpool(searched, desk.library, desk.index, desk.model, query, filters, limit)
    hits = Hits(passages=[hit(each, caller.address) for each in found])
    return _result(hits_text(hits), hits)


async def _ask(caller: Caller, question: str, limits: Limits) -> CallToolResult:
    answer = told(await caller.ask(Asking(question, filters=limits.filters())), caller.address)
    return _result(told_text(answer), answer)


async def _read(caller: Caller, document_id: str, paragraph: int, around: int) -> CallToolResult:
    try:
        document = await run_in_threadpool(caller.desk.library.document, document_id)
    except UsageError:
        raise ToolError(MISSING) from None
    if paragraph > len(document.paragraphs):
        raise ToolError(f"That document has {len(document.paragraphs)} paragraphs; there is no such paragraph in it.")
    await run_in_threadpool(caller.note, document_id)
    found = paragraphs(document, paragraph, around, caller.address)
    return _result(paragraphs_text(found), found)


def _result(text: str, shape: BaseModel) -> CallToolResult:
    return CallToolResult(
        content=[TextContent(type="text", text=text)], structured_content=shape.model_dump(mode="json")
    )
