"""What the server tells a browser, what it refuses, and how it starts."""

import asyncio
import socket

import pytest
from starlette.types import Message, Receive, Scope, Send

from ui.serve import main
from ui.web import guarded

PAGE = b"<html><script>1</script><script type=module></script></html>"


async def _inner(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
    await send({"type": "http.response.body", "body": PAGE[:9], "more_body": True})
    await send({"type": "http.response.body", "body": PAGE[9:]})


def fetch(path: str, operator: bool, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of one request through ``guarded``."""
    sent: list[Message] = []

    async def send(event: Message) -> None:
        sent.append(event)

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    scope: Scope = {"type": "http", "method": "POST", "path": path, "headers": raw}

    async def call() -> None:
        await guarded(_inner, operator)(scope, receive, send)

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


def test_a_shared_server_takes_no_uploads() -> None:
    headers = {"Host": "desk.example", "Origin": "https://desk.example"}
    assert fetch("/gradio_api/upload", False, headers)[0] == 403
    assert fetch("/gradio_api/queue/join", False, headers)[0] == 200


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
