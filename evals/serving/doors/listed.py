"""Every door of a server: each of its routes, asked in the ways that could show what is not for everybody."""

from collections.abc import Mapping

from evals.serving.doors.door import Door, Json
from evals.serving.doors.page import page_doors
from evals.serving.doors.scene import WIDGET_ORIGIN
from evals.serving.doors.texts import COUNCIL, DECIDED, LOST, REPAIRED

_PAGE = {"Accept": "text/html"}
_STREAM = {"Accept": "text/event-stream"}
_PREFLIGHT = {
    "Origin": WIDGET_ORIGIN,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization",
}


def doors() -> tuple[Door, ...]:
    """All of them; those that take something away come last."""
    found = (*_documents(), *_asking(), *_tools(), *_kept(), *_exports(), *_access(), *_rest(), *page_doors())
    return tuple(sorted(found, key=lambda door: door.last))


def _documents() -> list[Door]:
    one, para = "/api/documents/{document_id}", "/api/documents/{document_id}/paragraphs/{number}"
    page = "/source/{document_id}"
    return [
        Door("GET", "/api/documents", shows=True),
        Door("GET", "/api/documents", "/api/documents?q=minutes", shows=True),
        Door("GET", "/api/documents", "/api/documents?outlet=<outlet>", shows=True),
        Door("GET", "/api/documents", "/api/documents?after=<document>"),
        Door("GET", one, "/api/documents/<document>", shows=True),
        Door("GET", one, "/api/documents/<late>", note="restricted since", shows=True),
        Door("GET", para, "/api/documents/<document>/paragraphs/2?around=5", shows=True),
        Door("GET", para, "/api/documents/<document>/paragraphs/99"),
        Door("OPTIONS", para, "/api/documents/<document>/paragraphs/2", headers=_PREFLIGHT, note="preflight"),
        Door("GET", page, "/source/<document>", headers=_PAGE, shows=True),
        Door("GET", page, "/source/<document>?quote=0-40&version=<version>", headers=_PAGE, shows=True),
        Door("GET", page, "/source/<late>", headers=_PAGE, note="restricted since", shows=True),
        Door("HEAD", page, "/source/<document>"),
        Door(
            "GET", f"{page}/pages/{{number}}", "/source/<document>/pages/1?quote=0-40&version=<version>", headers=_PAGE
        ),
        Door("HEAD", f"{page}/pages/{{number}}", "/source/<document>/pages/1"),
        Door("GET", f"{page}/pages/{{number}}/image", "/source/<document>/pages/1/image"),
    ]


def _asking() -> list[Door]:
    def ask(note: str, shows: bool = True, headers: Mapping[str, str] | None = None, **more: object) -> Door:
        body = {"question": LOST, "keep": False, **more}
        return Door("POST", "/api/ask", body=body, note=note, shows=shows, headers=headers or {})

    earlier = [{"question": DECIDED, "answer": "To close the yard."}]
    chat = {"model": "citedesk", "messages": [{"role": "user", "content": LOST}]}
    return [
        ask("JSON"),
        ask("events", headers=_STREAM, stream=True),
        ask("of a story that has a copy", question=COUNCIL),
        ask("only that outlet", outlets=["<outlet>"]),
        ask("only that document", documents=["<document>"]),
        ask("naming the outlet", question="What does the Ombrelle Ledger say of the yard?"),
        ask("after another question", history=earlier, question="Who was told?"),
        ask("in another's conversation", conversation="<conversation>"),
        ask("in one's own conversation", False, conversation="<own_conversation>"),
        ask("what was for everybody", question=REPAIRED),
        Door("GET", "/api/suggestions"),
        Door("POST", "/api/next", body={"conversation": "<conversation>"}, note="another's"),
        Door("POST", "/api/next", body={"conversation": "<own_conversation>"}, note="one's own"),
        Door("POST", "/v1/chat/completions", body=chat, shows=True),
        Door("POST", "/v1/chat/completions", body={**chat, "stream": True}, note="stream", shows=True),
        Door("GET", "/v1/models"),
        Door("GET", "/v1/models/{model}", "/v1/models/citedesk"),
        Door("GET", "/api/widget/config"),
    ]


def _tools() -> list[Door]:
    def call(tool: str, note: str, **arguments: object) -> Door:
        params = {"name": tool, "arguments": arguments}
        return _tool("tools/call", note, params, shows=True)

    return [
        _tool("initialize", "initialize", _HELLO),
        _tool("tools/list", "tools/list", {}),
        _tool("resources/list", "resources/list", {}),
        call("search", "search", query=LOST),
        call("search", "search, only that outlet", query=LOST, outlets=["<outlet>"]),
        call("search", "search of a story that has a copy", query=COUNCIL),
        call("ask", "ask", question=LOST),
        call("read_paragraph", "read_paragraph", document_id="<document>", paragraph=2, around=5),
        call("read_paragraph", "read_paragraph, restricted since", document_id="<late>", paragraph=1),
        Door("GET", "/mcp", headers=_STREAM, endless=True),
        Door("DELETE", "/mcp"),
    ]


_HELLO = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "trial", "version": "1"}}


def _tool(method: str, note: str, params: Json, shows: bool = False) -> Door:
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    headers = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-06-18"}
    return Door("POST", "/mcp", body=body, headers=headers, note=note, shows=shows)


def _kept() -> list[Door]:
    talks, talk, one = "/api/conversations", "/api/conversations/{id}", "/api/exchanges/{id}"
    opinion = {"vote": "down", "paragraph": {"document_id": "<document>", "paragraph": 2}}
    return [
        Door("GET", talks, shows=False),
        Door("GET", talks, f"{talks}?q=minutes"),
        Door("POST", talks, body={"title": "Another"}),
        Door("GET", talk, f"{talks}/<conversation>", note="another's", shows=True),
        Door("GET", talk, f"{talks}/<own_conversation>", note="one's own", shows=True),
        Door("PATCH", talk, f"{talks}/<conversation>", body={"title": "Taken"}, note="another's"),
        Door("GET", one, "/api/exchanges/<exchange>", note="another's", shows=True),
        Door("GET", one, "/api/exchanges/<own_exchange>", note="one's own", shows=True),
        Door("POST", "/api/feedback", body={"exchange": "<exchange>", "vote": "up"}, note="on another's"),
        Door("POST", "/api/feedback", body={"exchange": "<own_exchange>", **opinion}, note="naming that document"),
        Door("GET", "/api/feedback"),
        Door("DELETE", "/api/feedback/{id}", "/api/feedback/<exchange>", note="another's", last=True),
        Door("DELETE", talk, f"{talks}/<conversation>", note="another's", last=True),
        Door("DELETE", talks, last=True),
    ]


def _exports() -> list[Door]:
    found = []
    for kind, id_, whose in (
        ("conversation", "<conversation>", "another's"),
        ("exchange", "<exchange>", "another's"),
        ("conversation", "<own_conversation>", "one's own"),
    ):
        for form_ in ("md", "docx", "html", "text"):
            path = f"/api/exports/{kind}/{id_}?format={form_}"
            found.append(Door("GET", "/api/exports/{kind}/{id}", path, note=whose, shows=True))
        path = f"/print/{kind}/{id_}"
        found.append(Door("GET", "/print/{kind}/{id}", path, note=whose, headers=_PAGE, shows=True))
    brief = {"title": "Yard", "questions": LOST}
    return [
        *found,
        Door("POST", "/api/briefs", body={"title": "Yard", "questions": [LOST], "outlets": ["<outlet>"]}),
        Door("GET", "/brief", headers=_PAGE, shows=True),
        Door("POST", "/brief", fields=brief),
        Door("POST", "/brief", fields={**brief, "outlet": "<outlet>"}, note="only that outlet"),
    ]


def _access() -> list[Door]:
    key = "/account/keys/{key}/revoke"
    return [
        Door("GET", "/signin", "/signin?to=/source/x", headers=_PAGE),
        Door("POST", "/signin", fields={"name": "member", "password": "a wrong password"}),
        Door("GET", "/signout", headers=_PAGE),
        Door("GET", "/access.css"),
        Door("GET", "/api/me"),
        Door("GET", "/account", headers=_PAGE),
        Door("POST", "/account/keys", fields={"label": "mine"}),
        Door("POST", key, "/account/keys/<key>/revoke", note="another's"),
        Door("POST", "/account/password", fields={"current": "wrong", "new": "another good one"}),
        Door("POST", "/account/elsewhere", fields={}, last=True),
        Door("POST", "/signout", fields={}, last=True),
    ]


def _rest() -> list[Door]:
    return [
        Door("GET", "/healthz"),
        Door("GET", "/readyz"),
        Door("GET", "/metrics"),
        Door("GET", "/api/openapi.json"),
        Door("GET", "/api/docs", headers=_PAGE),
        Door("GET", "/widget.js"),
        Door("HEAD", "/widget.js"),
        Door("GET", "/citedesk/{version}/{name}", "/citedesk/guessed/main.js"),
    ]
