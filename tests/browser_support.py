"""A real server in a process of its own, and a real page in front of it that notes whatever should not happen."""

import os
import selectors
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
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


FILLER = (
    "The town council met on Tuesday to discuss parking, street lamps and the opening hours of the library.",
    "Members of the gardening club planted tulips along the canal and handed out leaflets about composting.",
    "A concert by the youth orchestra was moved indoors because of rain and drew an audience of two hundred.",
)
AURORA = "The ferry Aurora was built by the Halden shipyard in 1987 and carries four hundred passengers."
TUNNEL = "The Brenn tunnel was opened by the transport minister Lea Holm in March 2021 after nine years of work."
HOSTILE = (
    "The Zorvane protocol was drafted by Mira Okonkwo <script>window.pwned=1</script> ${window.pwned=2} "
    "{{window.pwned=3}} <img src=x onerror=window.pwned=4> ![i](http://outside.example/i.png) "
    "[l](javascript:window.pwned=5) <img src=http://outside.example/j.png> **stars** $x$ in the spring of 2019."
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


def write(folder: Path, name: str, fields: str, paragraphs: list[str]) -> None:
    """A Markdown document with front matter."""
    (folder / name).write_text(f"---\n{fields}\n---\n\n" + "\n\n".join(paragraphs) + "\n", encoding="utf-8")


def write_corpus(folder: Path) -> Path:
    """Writes a long document, its fact again in a later one, another story, and a hostile text; returns ``folder``."""
    around = [FILLER[number % 3] for number in range(40)]
    write(
        folder,
        "aurora.md",
        "title: The Aurora goes into dock\noutlet: Coast Courier\nauthor: Jo Smith\ndate: 2022-05-03\n"
        "url: https://courier.example/aurora",
        [*around, AURORA, *around],
    )
    write(
        folder,
        "register.md",
        "title: Register of ships\noutlet: Harbour Office\ndate: 2023-01-15",
        [FILLER[0], f"{AURORA} She was overhauled in 2015.", FILLER[1]],
    )
    said = "Lea Holm said the work had cost less than was planned."
    write(folder, "tunnel.md", "title: Tunnel open\noutlet: Coast Courier\ndate: 2021-03-20", [FILLER[2], TUNNEL, said])
    hostile = "Protocol <script>window.pwned=6</script> notes"
    (folder / "hostile.txt").write_text(f"{hostile}\n\n{FILLER[1]}\n\n{HOSTILE}\n", encoding="utf-8")
    return folder


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


@contextmanager
def visiting(
    browser: Browser,
    server: str,
    width: int = 1280,
    height: int = 800,
    *,
    path: str = "/",
    headers: Mapping[str, str] | None = None,
    dark: bool = False,
) -> Iterator[Watched]:
    """The page in a browser session of its own, ready to be asked; at the end it must have been quiet.

    ``headers`` are sent with every request, as a proxy that signs people in does.
    """
    context = browser.new_context(
        viewport={"width": width, "height": height},
        extra_http_headers=dict(headers or {}),
        color_scheme="dark" if dark else "light",
    )
    context.set_default_timeout(WAIT)
    page = context.new_page()
    watched = Watched(page, server)
    page.on("request", watched.request)
    page.on("console", watched.console)
    page.on("pageerror", lambda error: watched.errors.append(str(error)))
    page.on("dialog", watched.dialog)
    page.goto(f"{server}{path}")
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
