"""The widget on a page of another site, in a real browser that keeps no cookies and no storage for anybody."""

import json
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Route, expect, sync_playwright

from evals.model_server import Fault, Script, model_server
from tests.browser_support import _CHROMIUM, _SWITCHES, AURORA, WAIT, no_sideways_scroll, write, write_corpus
from tests.serving import opened, served
from tests.test_browser_writing import BUILT, CARRIES, FALSE, OPENED, QUESTION, TUNNEL, saying
from ui.server import Server
from ui.widget.demo import Host, hosting

pytestmark = pytest.mark.browser

SECRET = "0123456789abcdef0123456789abcdef"
FERRY = "How many people died when the ferry Solveig sank?"
ELEVEN = "Rescuers said 11 people died when the ferry Solveig sank."
FOURTEEN = "Fourteen people died when the ferry Solveig sank, the coast guard said."
SHOTS = os.environ.get("CITEDESK_SHOTS")
"""Folder for pictures to look at; without it none are made."""


@dataclass(frozen=True, slots=True)
class Sites:
    """The two origins, the parts of the desk, the model that it asks, and the browser."""

    host: str
    desk: str
    server: Server
    script: Script
    context: BrowserContext


@dataclass
class Visit:
    """A page of the host, and what was seen of it: addresses of neither origin, and console errors."""

    page: Page
    sites: Sites
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def request(self, request: Request) -> None:
        """Notes a request to neither origin."""
        if not request.url.startswith((f"{self.sites.host}/", f"{self.sites.desk}/", "data:")):
            self.outside.append(request.url)

    def console(self, message: ConsoleMessage) -> None:
        """Notes an error, but for the line about a response that was no success."""
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.errors.append(message.text)


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    """One desk, one model, one host and one browser for all tests here."""
    folder = write_corpus(tmp_path_factory.mktemp("documents"))
    write(folder, "first.md", "title: A ferry sinks\noutlet: Bay Post\ndate: 2024-05-01", [ELEVEN])
    write(folder, "later.md", "title: The Solveig\noutlet: Gulf Post\ndate: 2024-05-03", [FOURTEEN])
    script = Script()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with model_server(script) as model:
        settings = {
            "CITEDESK_WIDGET_SECRET": SECRET,
            "CITEDESK_WIDGET_ORIGINS": f"http://localhost:{port}",
            "CITEDESK_ACCESS": "open",
            "CITEDESK_WIDGET_RATE": "60",
            "CITEDESK_MODEL": "scripted",
            "OPENAI_BASE_URL": model,
            "OPENAI_API_KEY": "a-key",
        }
        with (
            blocked(tmp_path_factory.mktemp("profile")) as context,
            opened(tmp_path_factory.mktemp("home"), folder, settings) as server,
            served(server) as desk,
            hosting(Host(desk, SECRET), port) as host,
        ):
            yield Sites(host, desk, server, script, context)


@contextmanager
def blocked(profile: Path) -> Iterator[BrowserContext]:
    """A Chromium whose user blocks all cookies, and with them all storage, first-party and third-party alike."""
    found = next(filter(None, map(shutil.which, _CHROMIUM)), None)
    if found is None:
        if os.environ.get("CITEDESK_REQUIRE_BROWSER") == "1":
            pytest.fail("no Chromium was found, and CITEDESK_REQUIRE_BROWSER=1 requires one")
        pytest.skip("no Chromium was found")
    (profile / "Default").mkdir()
    preferences = {"block_third_party_cookies": True, "default_content_setting_values": {"cookies": 2}}
    (profile / "Default" / "Preferences").write_text(json.dumps({"profile": preferences}))
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=found, args=list(_SWITCHES), viewport={"width": 1280, "height": 800}
        )
        context.set_default_timeout(WAIT)
        expect.set_options(timeout=WAIT)
        yield context
        context.close()


@contextmanager
def visiting(sites: Sites, query: str = "", phone: bool = False) -> Iterator[Page]:
    """A page of the host; at the end nothing may have gone anywhere else, and nothing may have gone wrong."""
    sites.script.requests.clear()
    sites.script.reply = saying(BUILT)
    page = sites.context.new_page()
    visit = Visit(page, sites)
    page.on("request", visit.request)
    page.on("console", visit.console)
    page.on("pageerror", lambda error: visit.errors.append(str(error)))
    if phone:
        page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{sites.host}/?{query}")
    page.wait_for_selector(".bubble")
    yield page
    assert (visit.outside, visit.errors) == ([], [])
    page.close()


def ask(page: Page, question: str = QUESTION) -> None:
    """Opens the panel, sends a question with Enter, and waits for the end of its answer."""
    begin(page, question)
    page.wait_for_selector(".turn:last-child :is(.foot, .bad)")
    page.wait_for_selector(".send[title=Send]")


def begin(page: Page, question: str = QUESTION) -> None:
    """Opens the panel if need be and sends a question."""
    if not page.is_visible(".panel"):
        page.click(".bubble")
    page.fill("textarea", question)
    page.press("textarea", "Enter")


def shot(page: Page, name: str) -> None:
    """A picture to look at."""
    if SHOTS:
        page.wait_for_timeout(300)
        page.screenshot(path=Path(SHOTS) / f"widget_{name}.png")


def focused(page: Page) -> str:
    """What has the focus inside the widget: its classes, or its element's name."""
    found = page.evaluate("""() => {
        const at = document.activeElement?.shadowRoot?.activeElement;
        return at ? at.className || at.localName : "";
    }""")
    return str(found)


def test_an_answer_with_its_paragraph_where_nothing_may_be_stored(sites: Sites) -> None:
    with visiting(sites, "style=quote") as page:
        stored = "(() => { try { return localStorage.length } catch (error) { return error.name } })()"
        assert page.evaluate(stored) == "SecurityError", "the browser keeps nothing"
        page.click(".bubble")
        page.wait_for_selector(".log .chip")
        shot(page, "welcome")
        ask(page)
        assert "Halden" in page.inner_text(".turn")
        assert "Quoted from the documents" in page.inner_text(".foot")
        assert not sites.script.requests, "no model is asked"
        page.click(".ref >> nth=0")
        page.wait_for_selector(".card mark")
        # Not by a function: the host page's policy forbids that one is made while it runs.
        page.wait_for_selector(".text p >> nth=2")
        assert page.locator(".text p").count() == 3
        assert page.inner_text(".card mark") in AURORA + " She was overhauled in 2015."
        source = page.get_attribute(".card .links a", "href")
        assert source is not None and source.startswith(f"{sites.desk}/source/") and "#p" in source
        assert page.get_attribute(".card .links a", "rel") == "noopener"
        shot(page, "card")


def test_a_written_answer_grows_and_is_announced_once(sites: Sites) -> None:
    with visiting(sites) as page:
        page.evaluate("""() => {
            window.heard = [];
            document.addEventListener("citedesk:answer", (event) => (window.answered = event.detail.question));
            const live = document.querySelector("div[lang]").shadowRoot.querySelector("[role=status]");
            new MutationObserver(() => window.heard.push(live.textContent)).observe(live, {childList: true});
        }""")
        sites.script.reply = saying(BUILT, FALSE, CARRIES, delay=0.1)
        begin(page)
        page.wait_for_selector(".draft:not(:empty)")
        page.wait_for_selector(".turn .ref")
        assert page.get_attribute(".send", "title") == "Stop"
        page.wait_for_selector(".foot")
        assert page.inner_text(".draft") == "" and "[P" not in page.inner_text(".turn")
        assert page.inner_text(".turn s") == FALSE
        assert page.inner_text(".unsupported").count("[") == 0, "what has no support has no citation"
        assert page.evaluate("window.heard") == [f"{BUILT} {CARRIES}"]
        assert page.evaluate("window.answered") == QUESTION
        sign = page.locator(".unsupported .sign")
        assert len(sign.get_attribute("title") or "") > 10
        sign.click()
        shot(page, "written")


def test_stop_hangs_up_and_the_question_can_be_repeated(sites: Sites) -> None:
    with visiting(sites) as page:
        sites.script.closed = 0
        sites.script.reply = saying(BUILT, *[CARRIES] * 40, delay=0.08)
        begin(page)
        page.wait_for_selector(".turn .ref")
        page.click(".send")
        page.wait_for_selector("text=Stopped.")
        assert BUILT in page.inner_text(".turn") and page.inner_text(".draft") == ""
        for _ in range(100):
            if sites.script.closed:
                break
            page.wait_for_timeout(30)
        assert sites.script.closed == 1
        sites.script.reply = saying(BUILT)
        page.click("text=Try again")
        page.wait_for_selector(".foot")
        assert page.locator(".turn").count() == 1


def test_the_keyboard_alone_is_enough(sites: Sites) -> None:
    with visiting(sites) as page:
        bubble = page.locator(".bubble")
        for _ in range(8):
            page.keyboard.press("Tab")
            if focused(page) == "bubble":
                break
        assert bubble.get_attribute("aria-expanded") == "false"
        page.keyboard.press("Enter")
        assert (bubble.get_attribute("aria-expanded"), focused(page)) == ("true", "textarea")
        page.keyboard.type("Who built")
        page.keyboard.press("Shift+Enter")
        page.keyboard.type("the ferry Aurora?")
        page.keyboard.press("Enter")
        page.wait_for_selector(".foot")
        assert focused(page) == "textarea"
        for _ in range(20):
            page.keyboard.press("Shift+Tab")
            if focused(page) == "ref":
                break
        page.keyboard.press("Enter")
        page.wait_for_selector(".card mark")
        assert focused(page) == "card"
        page.keyboard.press("Escape")
        assert page.locator(".card").count() == 0 and focused(page) == "ref"
        page.keyboard.press("Escape")
        assert not page.is_visible(".panel") and focused(page) == "bubble"
        page.keyboard.press("Enter")
        assert page.is_visible(".turn"), "the conversation is still there"


def test_thumbs_with_a_reason_reach_the_desk(sites: Sites) -> None:
    with visiting(sites) as page:
        ask(page)
        page.click("[aria-label=Helpful]")
        expect(page.locator(".foot > p")).to_have_text("Thank you.")
        assert page.get_attribute("[aria-label=Helpful]", "aria-pressed") == "true"
        page.click("[aria-label='Not helpful']")
        page.select_option(".foot select", label="Something is missing")
        page.fill(".foot input", "Who paid for it?")
        with page.expect_request("**/api/feedback") as sent:
            page.press(".foot input", "Enter")
        body = sent.value.post_data_json or {}
        assert (body["vote"], body["reason"], body["comment"]) == ("down", "incomplete", "Who paid for it?")
        response = sent.value.response()
        assert response is not None and response.ok
        assert page.get_attribute("[aria-label='Not helpful']", "aria-pressed") == "true"


def spoil(route: Route) -> None:
    """Sends a request on with a token that is none."""
    route.continue_(headers={**route.request.headers, "authorization": "Bearer a.b.c"})


def test_a_token_that_expired_is_fetched_anew_and_a_missing_one_is_told(sites: Sites) -> None:
    with visiting(sites) as page:
        page.click(".bubble")
        page.wait_for_selector(".log .chip")
        tokens: list[str] = []

        def counted(request: Request) -> None:
            if request.url.endswith("/citedesk-token"):
                tokens.append(request.url)

        page.on("request", counted)
        page.route("**/api/ask", spoil, times=1)
        ask(page)
        assert len(tokens) == 1 and BUILT in page.inner_text(".turn")
        page.route("**/citedesk-token", lambda route: route.fulfill(status=403, body="no"))
        page.route("**/api/ask", spoil)
        ask(page)
        assert "Your access has expired. Please reload the page." in page.inner_text(".turn:last-child")


def test_trouble_is_told_and_the_question_can_be_repeated(sites: Sites) -> None:
    with visiting(sites) as page:
        page.click(".bubble")
        page.wait_for_selector(".log .chip")
        too_many = '{"error": {"code": "busy", "message": "later"}}'
        headers = {
            "Retry-After": "2",
            "Access-Control-Allow-Origin": sites.host,
            "Access-Control-Expose-Headers": "Retry-After",
        }
        page.route("**/api/ask", lambda route: route.fulfill(status=429, body=too_many, headers=headers), times=1)
        ask(page)
        again = page.locator("text=Try again")
        assert "Please wait" in page.inner_text(".turn") and again.is_disabled()
        expect(again).to_be_enabled()
        page.route("**/api/ask", lambda route: route.abort(), times=1)
        again.click()
        page.wait_for_selector("text=The server cannot be reached.")
        page.route(
            "**/api/ask",
            lambda route: route.fulfill(body='event: draft\ndata: {"text": "half"}\n\n', headers=headers),
            times=1,
        )
        page.click("text=Try again")
        page.wait_for_selector("text=The connection broke before the answer was complete.")
        sites.script.reply = Fault.BROKEN
        page.click("text=Try again")
        page.wait_for_selector(".foot")
        assert "Halden" in page.inner_text(".turn") and "quoted from the documents" in page.inner_text(".turn")
        asked = page.locator(".turn").count()
        page.fill("textarea", "x" * 2001)
        page.press("textarea", "Enter")
        assert page.inner_text(".count") == "2001 of 2000 characters"
        page.fill("textarea", "   ")
        page.press("textarea", "Enter")
        assert page.locator(".turn").count() == asked
        page.click("[aria-label='New conversation']")
        page.wait_for_selector(".log .chip")
        assert page.locator(".turn").count() == 0


def test_hostile_text_stays_text(sites: Sites) -> None:
    with visiting(sites, "style=quote&title=%3Cimg+src=x+onerror=alert(1)%3E") as page:
        ask(page, "Who drafted the Zorvane protocol?")
        page.click(".ref >> nth=0")
        page.wait_for_selector(".card .text p")
        assert "<script>" in page.inner_text(".card .text")
        assert "Protocol <script>window.pwned=6</script> notes" in page.inner_text(".card h2")
        assert page.evaluate("window.pwned") is None
        assert page.locator("script").count() == 1, "the widget's own"


def test_a_refusal_shows_what_is_near_and_is_no_answer(sites: Sites) -> None:
    with visiting(sites, "style=quote&lang=de") as page:
        page.click(".bubble")
        begin(page, "How many moons does the planet Jupiter have?")
        page.wait_for_selector(".foot")
        assert "Nicht in diesen Dokumenten." in page.inner_text(".turn")
        assert "Verwandt, aber keine Antwort" in page.inner_text(".turn")
        page.click(".open >> nth=0")
        page.wait_for_selector(".card .text p")
        shot(page, "refusal_de")
        begin(page, "من افتتح جسر برين؟")
        assert page.eval_on_selector(".turn:last-child .q", "node => node.matches(':dir(rtl)')")


def test_documents_that_disagree_stand_side_by_side(sites: Sites) -> None:
    with visiting(sites, "style=quote") as page:
        ask(page, FERRY)
        assert page.inner_text(".box h3") == "The documents disagree"
        values = page.locator(".sides b")
        assert values.all_inner_texts() == ["Fourteen people", "11 people"]
        left, right = (values.nth(at).bounding_box() for at in (0, 1))
        assert left is not None and right is not None and left["y"] == right["y"] and left["x"] < right["x"]
        shot(page, "conflict")
        page.click(".sides .ref >> nth=1")
        expect(page.locator(".card mark")).to_have_text(ELEVEN)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_serious_finding_of_axe(sites: Sites, theme: str) -> None:
    with visiting(sites, f"theme={theme}") as page:
        sites.script.reply = saying(OPENED, FALSE, about="Brenn tunnel")
        ask(page, TUNNEL)
        page.wait_for_selector(".turn .chips")
        page.click("[aria-label='Not helpful']")
        expect(page.locator(".foot > p")).to_have_text("Thank you.")
        found = Axe().run(page).response["violations"]
        page.click(".ref >> nth=0")
        page.wait_for_selector(".card .text p")
        found += Axe().run(page).response["violations"]
        assert [(one["id"], one["nodes"]) for one in found if one["impact"] in ("serious", "critical")] == []
        shot(page, f"axe_{theme}")


def test_a_phone_is_filled_and_the_page_behind_is_left_alone(sites: Sites) -> None:
    with visiting(sites, "color=%23ffcc00", phone=True) as page:
        shot(page, "phone_closed")
        ask(page)
        box = page.locator(".panel").bounding_box()
        assert box == {"x": 0, "y": 0, "width": 390, "height": 844}
        assert not page.is_visible(".bubble") and no_sideways_scroll(page)
        expect(page.locator("textarea")).to_have_css("font-size", "16px")  # a smaller one makes iOS zoom in
        shot(page, "phone_answer")
        page.click(".ref >> nth=0")
        page.wait_for_selector(".card .text p")
        shot(page, "phone_card")
        page.click(".card [aria-label=Close]")
        page.click(".panel > .head [aria-label=Close]")
        assert page.is_visible(".bubble")


def test_a_page_opens_asks_and_takes_it_away(sites: Sites) -> None:
    with visiting(sites, "open&position=left&title=Ask+the+archive") as page:
        assert page.is_visible(".panel") and page.evaluate("document.activeElement === document.body")
        page.evaluate("window.first = window.citedesk")
        page.add_script_tag(url=f"{sites.desk}/widget.js")
        assert page.evaluate("window.first === window.citedesk") and page.locator(".bubble").count() == 1
        page.evaluate(f"citedesk.ask({QUESTION!r})")
        page.wait_for_selector(".foot")
        shot(page, "left")
        page.evaluate("citedesk.close()")
        assert not page.is_visible(".panel")
        page.evaluate("citedesk.destroy()")
        assert page.locator(".bubble").count() == 0 and page.evaluate("window.citedesk") is None
