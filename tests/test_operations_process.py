"""The whole process: how it starts, what it writes down of a question, and how it ends."""

import asyncio
import json
import signal
import socket
import threading
from pathlib import Path

import httpx

from evals.model_script import Script, Text
from evals.model_server import model_server
from tests.operations_support import QUESTION, process
from ui.operations.admission import Admission
from ui.operations.stopping import Stopping


def test_a_server_that_is_told_to_stop_finishes_its_answers(tmp_path: Path) -> None:
    slow = Text("The Halden shipyard built it in 1987 [1].", delay=0.25)
    settings = {"CITEDESK_LOG": "json", "CITEDESK_AUDIT": str(tmp_path / "audit")}
    with (
        model_server(Script(reply=slow)) as model,
        process(tmp_path, {"OPENAI_BASE_URL": model, **settings}) as (run, address),
    ):
        events: list[str] = []
        begun = threading.Event()

        def ask() -> None:
            body = {"question": QUESTION, "stream": True}
            with httpx.stream("POST", f"{address}/api/ask", json=body, timeout=20) as answer:
                for line in answer.iter_lines():
                    if line.startswith("event:"):
                        events.append(line.removeprefix("event:").strip())
                        if "draft" in events:
                            begun.set()

        host, port = address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(f"GET /{'a' * 70_000} HTTP/1.1\r\n".encode())
            assert connection.recv(12) == b"HTTP/1.1 400", "the head of a request is limited"
        asker = threading.Thread(target=ask)
        asker.start()
        assert begun.wait(20), events
        assert httpx.get(f"{address}/readyz").status_code == 200
        run.send_signal(signal.SIGTERM)
        while httpx.get(f"{address}/readyz").status_code == 200:
            pass
        refused = httpx.post(f"{address}/api/ask", json={"question": QUESTION})
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
        assert refused.json()["error"]["code"] == "stopping"
        asker.join(20)
        assert events[-1] == "done"
        assert run.wait(20) == 0
    lines = (tmp_path / "errors").read_text(encoding="utf-8").splitlines()
    assert any(line.startswith("Stopping: an answer under way") for line in lines)
    told = [json.loads(line) for line in lines if line.startswith("{")]
    (asked,) = (line for line in told if line.get("route") == "/api/ask" and line["status"] == 200)
    assert asked["person"] == "machine:you" and asked["ms"] > 1000
    assert "Aurora" not in "".join(line for line in lines if line.startswith("{"))
    audit = [json.loads(line) for line in (tmp_path / "audit").read_text(encoding="utf-8").splitlines()]
    assert {"person": "you", "act": "ask", "what": QUESTION}.items() <= audit[0].items()


def test_a_second_signal_ends_it_at_once() -> None:
    told: list[str] = []

    async def story() -> None:
        admission, ended = Admission(1, 1, 1), asyncio.Event()
        stopping = Stopping(admission, ended.set, told.append)
        async with admission.turn("ann"):
            stopping.begin()
            assert admission.closed
            await asyncio.sleep(0)
            assert not ended.is_set()
            stopping.begin()
            assert ended.is_set()

    asyncio.run(story())
    assert told[0].startswith("Stopping: an answer under way") and told[1:] == ["Stopped without waiting."]
