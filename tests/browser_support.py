"""A real server in a process of its own, and a real page in front of it that notes whatever should not happen."""

import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request, sync_playwright

START = 60.0
"""Seconds a server may take until it serves."""
WAIT = 15_000
"""Milliseconds the page may take for anything."""
ROOT = Path(__file__).parent.parent
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass
class Watched:
    """A page, and what was seen of it: addresses outside the server, console errors, dialogs."""

    page: Page
    server: str
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def request(self, request: Request) -> None:
        """Notes a request that is not to the server."""
        if not request.url.startswith((self.server, "data:", "blob:")):
            self.outside.append(request.url)

    def console(self, message: ConsoleMessage) -> None:
        """Notes an error in the console."""
        if message.type == "error":
            self.errors.append(message.text)

    def dialog(self, dialog: Dialog) -> None:
        """Notes a dialog and closes it."""
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def assert_quiet(self) -> None:
        """Nothing left the server, nothing went wrong, nothing popped up."""
        assert (self.outside, self.errors, self.dialogs) == ([], [], [])


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium; the test is skipped without one, or fails when CITEDESK_REQUIRE_BROWSER=1."""
    found = next(filter(None, map(shutil.which, _CHROMIUM)), None)
    if found is None:
        if os.environ.get("CITEDESK_REQUIRE_BROWSER") == "1":
            pytest.fail("no Chromium was found, and CITEDESK_REQUIRE_BROWSER=1 requires one")
        pytest.skip("no Chromium was found")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(_SWITCHES))
        yield browser
        browser.close()


@contextmanager
def serving(folder: Path, home: Path, embeddings: str | None = None) -> Iterator[str]:
    """The address of ``python -m ui`` over ``folder``; it must end cleanly on Ctrl-C.

    ``embeddings`` is the address of an OpenAI-compatible endpoint to use in place of the built-in model.
    """
    home.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "ui", "--port", "0", str(folder)]
    environment = {**os.environ, "CITEDESK_HOME": str(home), "GRADIO_TEMP_DIR": str(home / "temporary")}
    if embeddings:
        environment |= {"CITEDESK_EMBED_MODEL": "letters", "OPENAI_BASE_URL": embeddings}
    with (
        (home / "stderr.log").open("w") as log,
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        try:
            assert process.stdout is not None
            line = _first_line(process.stdout)
            if " at http://" not in line:
                pytest.fail(f"the server did not start: {line!r} {(home / 'stderr.log').read_text()}")
            yield line.split(" at ")[1].split()[0]
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=20) == 0
            assert "Traceback" not in (home / "stderr.log").read_text()
        finally:
            process.kill()


def _first_line(stream: IO[str]) -> str:
    with selectors.DefaultSelector() as waiting:
        waiting.register(stream, selectors.EVENT_READ)
        deadline = time.monotonic() + START
        while time.monotonic() < deadline:
            if waiting.select(timeout=1.0):
                return stream.readline()
    return ""


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


@contextmanager
def visiting(browser: Browser, server: str, width: int = 1280, height: int = 800) -> Iterator[Watched]:
    """The page in a browser session of its own, ready to be asked; at the end it must have been quiet."""
    context = browser.new_context(viewport={"width": width, "height": height})
    context.set_default_timeout(WAIT)
    page = context.new_page()
    watched = Watched(page, server)
    page.on("request", watched.request)
    page.on("console", watched.console)
    page.on("pageerror", lambda error: watched.errors.append(str(error)))
    page.on("dialog", watched.dialog)
    page.goto(server)
    page.wait_for_selector(".cd-welcome")
    yield watched
    watched.assert_quiet()
    context.close()


def ask(page: Page, question: str) -> None:
    """Types a question, sends it with Enter, and waits until its answer is finished."""
    answers = page.locator(".cd-meta, .cd-notice").count()
    page.fill("#cd-question textarea", question)
    page.press("#cd-question textarea", "Enter")
    page.wait_for_function("n => document.querySelectorAll('.cd-meta, .cd-notice').length > n", arg=answers)
    page.wait_for_selector("#cd-send", state="visible")


def open_reader(page: Page, link: str, by: str = "click") -> None:
    """Follows the first link that matches, by "click" or "Enter", and waits until the pane has arrived."""
    before = page.evaluate("document.querySelector('.cd-doc')?.dataset.open ?? ''")
    target = page.locator(link).first
    if by == "click":
        target.click()
    else:
        target.press(by)
    arrived(page, before)


def arrived(page: Page, before: str) -> None:
    """Waits until the pane shows another opening than ``before`` and has taken the focus."""
    page.wait_for_function("n => (document.querySelector('.cd-doc')?.dataset.open ?? n) !== n", arg=before)
    page.wait_for_function("document.querySelector('.cd-doc').contains(document.activeElement)")


def mark_in_view(page: Page) -> bool:
    """Whether the marked quote lies wholly inside the pane's scrolled box, and that box inside the window."""
    return bool(
        page.evaluate(
            """() => {
                const box = document.querySelector(".cd-body").getBoundingClientRect();
                const mark = document.querySelector(".cd-body mark").getBoundingClientRect();
                const inside = (a, b) => a.top >= b.top - 1 && a.bottom <= b.bottom + 1 && a.left >= b.left - 1 &&
                    a.right <= b.right + 1;
                const window_ = {top: 0, left: 0, bottom: innerHeight, right: innerWidth};
                return mark.height > 0 && inside(mark, box) && inside(box, window_);
            }"""
        )
    )


def no_sideways_scroll(page: Page) -> bool:
    """Whether the page is not wider than the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
