"""What a running server tells of itself, what it refuses, and what it writes down."""

import asyncio
import json
import logging
import os
import stat
import threading
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from evals.serving.parts import crowded, streamed
from evals.serving.server import Running
from rag.sharing import Sharing
from tests.serving import opened, served
from ui.operations import bounds, logs
from ui.operations.audit import Audit
from ui.operations.forwarded import as_asked
from ui.people import MACHINE
from ui.server import Server

FERRY = "title: Ferry\noutlet: Coast Courier\n\nThe ferry Aurora was built by the Halden shipyard in 1987.\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("operations")
    (home / "corpus").mkdir()
    (home / "corpus" / "ferry.md").write_text(FERRY, encoding="utf-8")
    environment = {"CITEDESK_ACCESS": "open", "CITEDESK_METRICS": "a-token", "CITEDESK_PROXIES": "127.0.0.9"}
    with opened(home / "home", home / "corpus", environment) as parts:
        yield parts


@pytest.fixture(scope="module")
def address(server: Server) -> Iterator[str]:
    with served(server) as found:
        yield found


def figure(address: str, name: str) -> float:
    told = httpx.get(f"{address}/metrics", headers={"Authorization": "Bearer a-token"})
    assert told.status_code == 200
    lines = [line for line in told.text.splitlines() if line.startswith(name)]
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines)


def test_health_is_told_to_everybody_and_nothing_else(address: str) -> None:
    probe = {"Host": "10.0.0.7.rebound.example"}
    assert httpx.get(f"{address}/healthz", headers=probe).text == "ok\n"
    assert httpx.get(f"{address}/readyz", headers=probe).text == "ready\n"
    for wrong in ({}, {"Authorization": "Bearer another"}, {"Authorization": "a-token"}):
        assert httpx.get(f"{address}/metrics", headers=wrong).status_code == 401


def test_requests_are_counted_by_their_route_and_carry_their_id(address: str) -> None:
    before = figure(address, 'citedesk_requests_total{method="GET",route="/healthz",status="200"}')
    given = httpx.get(f"{address}/healthz", headers={"X-Request-ID": "from-proxy_1.2"})
    assert given.headers["x-request-id"] == "from-proxy_1.2"
    made = httpx.get(f"{address}/healthz", headers={"X-Request-ID": "a b\tc" + "d" * 80})
    assert len(made.headers["x-request-id"]) == 16
    assert figure(address, 'citedesk_requests_total{method="GET",route="/healthz",status="200"}') == before + 2
    assert figure(address, "citedesk_documents ") == 1
    assert figure(address, "citedesk_answers_running ") == 0
    httpx.get(f"{address}/no/such/secret-place")
    told = httpx.get(f"{address}/metrics", headers={"Authorization": "Bearer a-token"}).text
    assert "secret-place" not in told, "a path that a stranger made up is no label"
    assert not [each.name for each in threading.enumerate() if "Span" in each.name], "no traces are wanted"


def test_a_crowd_is_answered_and_each_answer_counted(address: str) -> None:
    before = figure(address, 'citedesk_answers_total{kind="quoted"}')
    here = Running(address, os.getpid())
    found = asyncio.run(crowded(here, ["Which shipyard built the ferry Aurora?"], 6, 2))
    assert (found.errors, found.answers.number) == (0, 12)
    assert asyncio.run(streamed(here, ["Which shipyard built the ferry Aurora?"], 3)).complete == 3
    assert figure(address, 'citedesk_answers_total{kind="quoted"}') == before + 15
    assert figure(address, "citedesk_answers_running ") == figure(address, "citedesk_open_streams ") == 0


def test_a_log_line_tells_the_route_and_not_what_was_asked(
    address: str, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    before = logging.getLogger().handlers[:], logs.requests.level
    try:
        logs.set_up("json", each_request=True)
        httpx.get(
            f"{address}/healthz?question=secret-words", headers={"X-Request-ID": "find-me", "X-Key": "secret-key"}
        )
        try:
            raise ValueError("secret-words of a document")
        except ValueError:
            logging.getLogger("citedesk.somewhere").exception("it failed")
    finally:
        logging.getLogger().handlers[:] = before[0]
        logs.requests.setLevel(before[1])
        logging.captureWarnings(False)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    (request,) = (line for line in lines if line.get("request") == "find-me")
    assert (request["method"], request["route"], request["status"]) == ("GET", "/healthz", 200)
    assert request["ms"] > 0 and request["level"] == "info" and request["time"].endswith("+00:00")
    (failure,) = (line for line in lines if line["level"] == "error")
    assert failure["error"] == "ValueError" and "test_operations.py" in failure["where"][0]
    assert "secret" not in json.dumps(lines)


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_that_is_too_large_is_refused(address: str, chunked: bool) -> None:
    large = b" " * (bounds.BODY + 1)
    parts = (large[at : at + 65536] for at in range(0, len(large), 65536))
    refused = httpx.post(f"{address}/api/ask", content=parts if chunked else large)
    assert refused.status_code == 413
    assert refused.json()["error"]["code"] == "too_large"
    assert refused.headers["x-content-type-options"] == "nosniff"


def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    parts = [{"type": "http.request", "body": b"{", "more_body": True}]
    sent: list[Message] = []

    async def receive() -> Message:
        while not parts:
            await asyncio.sleep(1)
        return parts.pop()

    async def send(message: Message) -> None:
        sent.append(message)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await Request(scope, receive).body()
        except Exception as error:  # noqa: BLE001 — as FastAPI does
            await PlainTextResponse(repr(error), 400)(scope, receive, send)

    scope: Scope = {"type": "http", "method": "POST", "path": "/api/ask", "headers": []}

    async def request() -> None:
        await bounds.bounded(app, 0.05)(scope, receive, send)

    asyncio.run(request())
    assert sent[0]["status"] == 408
    assert json.loads(sent[1]["body"])["error"]["code"] == "too_slow"


def asked(peer: str, sharing: Sharing, **headers: str) -> tuple[str, dict[bytes, bytes]]:
    """Scheme and headers of a request from ``peer`` as they are believed."""
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    found = as_asked({"type": "http", "scheme": "http", "client": (peer, 1), "headers": raw}, sharing)
    assert found["client"] == (peer, 1)
    return found["scheme"], dict(found["headers"])


def test_a_proxys_headers_are_believed_of_the_named_proxies_only() -> None:
    named = Sharing(proxies=(ip_network("10.0.0.0/24"),))
    told = {"host": "inner:7860", "x_forwarded_proto": "https, http", "x_forwarded_host": "desk.example"}
    expected = "https", {b"host": b"desk.example"}
    assert asked("10.0.0.3", named, **told) == expected
    assert asked("::ffff:10.0.0.3", named, **told) == expected, "an IPv4 peer of a socket that takes both"
    for peer in ("10.0.1.3", "::1", "unix:"):
        assert asked(peer, named, **told) == ("http", {b"host": b"inner:7860"})
    public = Sharing(public_url="https://desk.example/citedesk")
    assert asked("10.0.1.3", public, host="desk.example") == ("https", {b"host": b"desk.example"})
    assert asked("10.0.1.3", public, host="127.0.0.1")[0] == "http"


def test_the_audit_log_has_a_line_for_each_act_and_follows_a_rotation(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "audit.jsonl"
    audit = Audit(path)
    writers = [threading.Thread(target=audit.note, args=(MACHINE, "ask", f"Frage {n} — «ü»\n")) for n in range(20)]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert {line["what"] for line in lines} == {f"Frage {n} — «ü»\n" for n in range(20)}
    assert all((line["person"], line["via"], line["act"]) == ("you", "machine", "ask") for line in lines)
    path.rename(tmp_path / "audit.1")
    audit.note(MACHINE, "read", "d1")
    assert json.loads(path.read_text(encoding="utf-8"))["what"] == "d1"
    audit.close()
    audit.note(MACHINE, "read", "d2")
    assert len(path.read_text(encoding="utf-8").splitlines()) == 1


def test_an_audit_line_that_cannot_be_written_is_told_and_stops_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    audit = Audit(Path("/dev/full") if Path("/dev/full").exists() else tmp_path / "audit")
    audit.note(MACHINE, "ask", "secret words")
    audit.close()
    if Path("/dev/full").exists():
        assert "misses a line (ask)" in caplog.text and "secret" not in caplog.text
