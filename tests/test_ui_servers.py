"""The page against servers which a test needs for itself: documents are added, the embeddings endpoint stalls."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser_support import ask, chromium, serving, visiting, write

pytestmark = pytest.mark.browser

FERRY = "The ferry Aurora was built by the Halden shipyard in 1987 and carries four hundred passengers."


@dataclass
class Embeddings:
    """An embeddings endpoint: its address, whether it may answer now, and the status it answers with."""

    address: str = ""
    open: threading.Event = field(default_factory=threading.Event)
    status: int = 200


@contextmanager
def embedding() -> Iterator[Embeddings]:
    """A server that speaks the OpenAI protocol and counts letters; it answers while ``open`` is set."""
    state = Embeddings()
    state.open.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            texts = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["input"]
            state.open.wait()
            rows = [[float(1 + text.lower().count(letter)) for letter in "etaoinshrdlu"] for text in texts]
            data = [{"object": "embedding", "index": at, "embedding": row} for at, row in enumerate(rows)]
            reply = json.dumps({"object": "list", "model": "letters", "data": data, "usage": {}}).encode()
            self.send_response(state.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, format: str, *args: object) -> None:
            """Silence."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        state.address = f"http://127.0.0.1:{server.server_port}/v1"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield state
        finally:
            state.open.set()
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests here."""
    with chromium() as opened:
        yield opened


def test_stop_ends_an_answer_and_a_failure_is_told(browser: Browser, tmp_path: Path) -> None:
    folder = tmp_path / "first"
    folder.mkdir()
    write(folder, "ferry.md", "title: Ferry\noutlet: Coast Courier", [FERRY])
    with (
        embedding() as endpoint,
        serving(folder, tmp_path / "home", endpoint.address) as address,
        visiting(browser, address) as seen,
    ):
        page = seen.page
        endpoint.open.clear()
        page.fill("#cd-question textarea", "Which shipyard built the ferry Aurora?")
        page.dblclick("#cd-send")
        page.wait_for_selector("#cd-stop", state="visible")
        page.fill("#cd-question textarea", "Another one meanwhile?")
        page.press("#cd-question textarea", "Enter")
        page.press("#cd-question textarea", "Enter")
        page.click("#cd-stop")
        page.wait_for_selector('.cd-notice:has-text("Stopped")')
        page.wait_for_selector("#cd-send", state="visible")
        assert page.locator(".message.user").count() == 1, "one answer at a time"
        assert page.input_value("#cd-question textarea") == "Another one meanwhile?"
        page.click("#cd-retry")
        page.wait_for_selector("#cd-stop", state="visible")
        endpoint.open.set()
        page.wait_for_selector(".cd-meta")
        endpoint.status = 400
        ask(page, "Who runs the ferry?")
        assert "answered 400" in page.locator(".cd-notice").last.inner_text()
        assert page.is_visible("#cd-send")
        page.get_by_role("tab", name="Add documents").click()
        page.wait_for_selector('.cd-help:has-text("are sent their text")')


def test_documents_are_added_by_path_and_by_upload(browser: Browser, tmp_path: Path) -> None:
    folder = tmp_path / "first"
    folder.mkdir()
    write(folder, "ferry.md", "title: Ferry\noutlet: Coast Courier", [FERRY])
    more = tmp_path / "more"
    more.mkdir()
    text = ["The Ostra bridge closed in 2020."]
    write(more, "bridge.md", "title: Bridge <b>closed</b>\noutlet: Road Bulletin", text)
    loose = tmp_path / "Loose note (1).txt"
    loose.write_text("Loose note\n\nThe Kelm archive moved to Vadsby in 2011.\n", encoding="utf-8")
    with serving(folder, tmp_path / "home") as address, visiting(browser, address) as seen:
        page = seen.page
        page.get_by_role("tab", name="Add documents").click()
        page.wait_for_selector('.cd-help:has-text("nothing is sent anywhere")')
        page.fill("#cd-path :is(input, textarea)", str(tmp_path / "nowhere"))
        page.click("#cd-read")
        page.wait_for_selector("#cd-result .cd-problem")
        page.fill("#cd-path :is(input, textarea)", str(more))
        page.click("#cd-read")
        page.wait_for_selector('#cd-result .cd-count:has-text("1 added")')
        assert "Bridge <b>closed</b>" in page.inner_text("#cd-result")
        page.set_input_files("#cd-files input[type=file]", loose)
        page.wait_for_selector('#cd-files :text("Loose note")')
        page.click("#cd-upload")
        page.wait_for_selector('#cd-result tr:has-text("Loose-note-1.txt")')
        assert (tmp_path / "home" / "uploads" / "Loose-note-1.txt").read_bytes() == loose.read_bytes()
        page.get_by_role("tab", name="Ask", exact=True).click()
        page.wait_for_selector('.cd-welcome:has-text("3 documents from 2 outlets")')
        ask(page, "Where did the Kelm archive move?")
        assert "Vadsby" in page.inner_text(".cd-claims")
