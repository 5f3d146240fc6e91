"""What the server tells a browser, what it refuses, and how it starts."""

import asyncio
import socket

import pytest
from starlette.types import Message, Receive, Scope, Send

from rag.sharing import Sharing
from ui.people import MACHINE, PERSON, VISITOR, Person
from ui.serve import main
from ui.shield import guarded, inside

PAGE = b"<html><script>1</script><script type=module></script></html>"


async def _inner(scope: Scope, receive: Receive, send: Send) -> None:
    own = [(b"content-security-policy", b"default-src 'none'")] if scope["path"] == "/print/1" else []
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html"), *own]})
    await send({"type": "http.response.body", "body": PAGE[:9], "more_body": True})
    await send({"type": "http.response.body", "body": PAGE[9:]})


def fetch(
    path: str,
    operator: bool,
    headers: dict[str, str],
    sharing: Sharing | None = None,
    person: Person = MACHINE,
    body: bytes = b"",
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of one request of ``person`` through ``guarded`` and ``inside``."""
    sent: list[Message] = []

    async def send(event: Message) -> None:
        sent.append(event)

    async def receive() -> Message:
        return {"type": "http.request", "body": body}

    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    scope: Scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": raw, PERSON: person}

    async def call() -> None:
        await guarded(inside(_inner), operator, sharing)(scope, receive, send)

    asyncio.run(call())
    told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], told, b"".join(event["body"] for event in sent[1:])


def test_the_page_comes_with_a_policy_and_its_own_scripts_carry_the_nonce() -> None:
    status, headers, body = fetch("/", True, {"Host": "127.0.0.1:7860", "Accept-Encoding": "br"})
    assert status == 200
    policy = headers["content-security-policy"]
    nonce = policy.split("'nonce-")[1].split("'")[0]
    assert body == PAGE.replace(b"<script", f'<script nonce="{nonce}"'.encode())
    assert headers["content-length"] == str(len(body))
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'self'" in policy
    script = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert "unsafe-inline" not in script
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    again = fetch("/", True, {"Host": "localhost"})[1]["content-security-policy"]
    assert again != policy, "a nonce is used once"


def test_a_response_keeps_a_policy_of_its_own() -> None:
    _, headers, body = fetch("/print/1", True, {"Host": "localhost"})
    assert (headers["content-security-policy"], body) == ("default-src 'none'", PAGE)
    assert headers["x-frame-options"] == "SAMEORIGIN"


@pytest.mark.parametrize("host", ["127.0.0.1:7860", "localhost:7860", "[::1]:7860", "LOCALHOST"])
def test_whoever_runs_it_is_let_in(host: str) -> None:
    assert fetch("/gradio_api/upload", True, {"Host": host, "Origin": f"http://{host}"})[0] == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "rebound.example:7860"},
        {"Host": ""},
        {},
        {"Host": "127.0.0.1:7860", "Origin": "https://other.example"},
        {"Host": "127.0.0.1:7860", "Origin": "http://127.0.0.1:8000"},
        {"Host": "127.0.0.1:7860", "Origin": "null"},
    ],
)
def test_other_sites_in_the_same_browser_are_refused(headers: dict[str, str]) -> None:
    assert fetch("/gradio_api/queue/join", True, headers)[0] == 403


SHARED = Sharing(
    access="open",
    public_url="https://desk.example/citedesk",
    widget_origins=frozenset({"https://intranet.example"}),
)


def test_files_are_taken_of_those_who_may_add_documents_only() -> None:
    headers = {"Host": "desk.example", "Origin": "https://desk.example"}
    assert fetch("/gradio_api/upload", False, headers, SHARED, VISITOR)[0] == 403
    assert fetch("/gradio_api/upload", False, headers, SHARED)[0] == 200
    assert fetch("/gradio_api/queue/join", False, headers, SHARED, VISITOR)[0] == 200


@pytest.mark.parametrize(
    ("event", "visitor", "administrator"),
    [
        (b'{"data": ["Who?", {"text": "a path/to"}]}', 200, 200),
        (b'{"data": [{"path": "/tmp/gradio/a.md", "meta": {"_type": "gradio.FileData"}}]}', 403, 200),
        (b'{"data": {"files": [[{"path": "http://elsewhere.example/a.md"}]]}}', 403, 403),
        (b'[{"path": "//elsewhere.example/a.md"}]', 403, 403),
        (b"no JSON", 200, 200),  # Gradio says so itself
        (b"[" * 100_000, 200, 200),
    ],
)
def test_an_event_names_no_file_that_was_not_sent_and_no_address(
    event: bytes, visitor: int, administrator: int
) -> None:
    headers = {"Host": "desk.example", "Origin": "https://desk.example"}
    assert fetch("/gradio_api/queue/join", False, headers, SHARED, VISITOR, event)[0] == visitor
    assert fetch("/gradio_api/queue/join", False, headers, SHARED, MACHINE, event)[0] == administrator


def test_gradios_other_routes_are_closed() -> None:
    headers = {"Host": "desk.example", "Origin": "https://desk.example"}
    for path in (
        "/gradio_api/api/x",
        "/gradio_api/call/v2/x",
        "/gradio_api/proxy=http://a.example",
        "/gradio_api/runs",
    ):
        assert fetch(path, False, headers, SHARED)[0] == 404
    for path in ("/gradio_api/queue/data", "/gradio_api/heartbeat/abc", "/gradio_api/file=/tmp/x", "/config"):
        assert fetch(path, False, headers, SHARED)[0] == 200


@pytest.mark.parametrize(
    ("host", "sharing", "status"),
    [
        ("desk.example", SHARED, 200),
        ("DESK.example:443", SHARED, 200),
        ("localhost:7860", SHARED, 200),
        ("rebound.example", SHARED, 403),
        ("10.0.0.7", SHARED, 403),
        ("[", SHARED, 403),
        ("10.0.0.7:7860", Sharing(access="open"), 200),
        ("[fd00::7]:7860", Sharing(access="open"), 200),
        ("rebound.example", Sharing(access="open"), 403),
    ],
)
def test_a_shared_server_answers_under_its_own_name(host: str, sharing: Sharing, status: int) -> None:
    assert fetch("/api/documents", False, {"Host": host}, sharing)[0] == status
    assert fetch("/healthz", False, {"Host": host}, sharing)[0] == 200, "a probe knows the address only"


def test_the_widget_reaches_an_operators_server_by_its_own_paths_only() -> None:
    headers = {"Host": "127.0.0.1:7860", "Origin": "https://intranet.example"}
    assert fetch("/api/ask", True, headers, SHARED)[0] == 200
    assert fetch("/gradio_api/queue/join", True, headers, SHARED)[0] == 403
    assert fetch("/api/ask", True, headers)[0] == 403, "no origin is allowed by default"


def test_a_shared_server_says_how_browsers_have_to_treat_it() -> None:
    headers = fetch("/widget.js", False, {"Host": "desk.example"}, SHARED)[1]
    assert headers["strict-transport-security"] == "max-age=31536000"
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert headers["x-frame-options"] == "SAMEORIGIN"
    other = fetch("/api/ask", False, {"Host": "localhost"}, Sharing(access="open"))[1]
    assert "strict-transport-security" not in other, "there is no https to insist on"
    assert other["cross-origin-resource-policy"] == "same-origin"
    assert other["cross-origin-opener-policy"] == "same-origin"


def test_a_taken_port_that_was_asked_for_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["--host", "127.0.0.1", "--port", str(port)]) == 2
    told = capsys.readouterr().err
    assert f"port {port}" in told
    assert "--port" in told


def test_a_port_that_is_none_is_an_error() -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["--port", "70000"])
    assert exit_.value.code == 2
