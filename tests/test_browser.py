"""The page in a real browser, against a real server with the real index and reader."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser_support import (
    AURORA,
    HOSTILE,
    TUNNEL,
    Watched,
    arrived,
    ask,
    chromium,
    mark_in_view,
    no_sideways_scroll,
    open_reader,
    serving,
    visiting,
    write_corpus,
)

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small corpus: a long document, a copy of its fact elsewhere, a later report, and a hostile text."""
    return write_corpus(tmp_path_factory.mktemp("documents"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests here."""
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def server(browser: Browser, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One server for all tests here."""
    with serving(folder, tmp_path_factory.mktemp("home")) as address:
        yield address


@pytest.fixture
def seen(browser: Browser, server: str) -> Iterator[Watched]:
    """A fresh desktop page."""
    with visiting(browser, server) as watched:
        yield watched


@pytest.fixture
def page(seen: Watched) -> Page:
    """The same page, for tests which need no more."""
    return seen.page


def test_a_citation_opens_the_paragraph_with_the_exact_quote_marked(page: Page) -> None:
    assert "4 documents from 2 outlets" in page.inner_text(".cd-welcome")
    ask(page, "Which shipyard built the ferry Aurora?")
    assert "Halden" in page.inner_text(".cd-claims")
    assert "Searched 4 documents" in page.inner_text(".cd-meta")
    assert page.inner_text(".cd-meta").startswith("Quoted from the documents")
    assert page.locator("#cd-style").count() == 0, "without a model there is no choice of how it writes"
    assert page.locator(".cd-sources li").count() >= 2, "the same fact stands in two documents"
    open_reader(page, ".cd-ref")
    quote = page.inner_text(".cd-body mark")
    assert quote in page.inner_text(".cd-claims")
    assert quote == AURORA
    assert page.evaluate("document.querySelector('.cd-cited').textContent").startswith(AURORA)
    assert mark_in_view(page)


def test_previous_and_next_walk_the_citations_by_button_and_by_key(page: Page) -> None:
    ask(page, "Which shipyard built the ferry Aurora?")
    open_reader(page, ".cd-ref")
    assert page.inner_text(".cd-label") == "Citation 1 of 2"
    assert page.locator(".cd-doc a[rel=prev]").count() == 0
    first = page.inner_text(".cd-title")
    open_reader(page, ".cd-doc a[rel=next]")
    assert page.inner_text(".cd-label") == "Citation 2 of 2"
    assert {first, page.inner_text(".cd-title")} == {"The Aurora goes into dock", "Register of ships"}
    before = page.get_attribute(".cd-doc", "data-open") or ""
    page.keyboard.press("[")
    arrived(page, before)
    assert page.inner_text(".cd-label") == "Citation 1 of 2"
    assert mark_in_view(page)


def test_the_reader_names_the_source_and_links_the_original(page: Page) -> None:
    ask(page, "Which shipyard built the ferry Aurora?")
    open_reader(page, '.cd-sources a:has-text("goes into dock")')
    byline = page.inner_text(".cd-byline")
    assert "Coast Courier · Jo Smith · 3 May 2022 · paragraph 41 of 81" in byline
    original = page.locator(".cd-original")
    assert original.get_attribute("href") == "https://courier.example/aurora"
    assert original.get_attribute("target") == "_blank"
    assert set((original.get_attribute("rel") or "").split()) == {"noopener", "noreferrer", "nofollow"}
    assert mark_in_view(page)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.click(".cd-copy")
    page.wait_for_selector('.cd-copied:has-text("Copied")')
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == (
        f"“{AURORA}” — The Aurora goes into dock, Coast Courier, 3 May 2022, paragraph 41, https://courier.example/aurora"
    )


def test_everything_can_be_done_with_the_keyboard(page: Page) -> None:
    page.focus("#cd-question textarea")
    page.keyboard.type("Who opened the Brenn tunnel?")
    page.keyboard.press("Enter")
    page.wait_for_selector(".cd-meta")
    on_link = "document.activeElement.matches('.cd-answer a[href^=\"#cite-\"]')"
    for _ in range(20):
        page.keyboard.press("Shift+Tab")
        if page.evaluate(on_link):
            break
    assert page.evaluate(on_link)
    followed = page.evaluate("document.activeElement.getAttribute('href')")
    page.keyboard.press("Enter")
    arrived(page, "")
    assert page.evaluate("document.activeElement.matches('p.cd-cited')")
    assert page.inner_text(".cd-body mark") == TUNNEL
    page.keyboard.press("Escape")
    page.wait_for_function(on_link)
    assert page.evaluate("document.activeElement.getAttribute('href')") == followed


def test_filters_narrow_the_search_and_say_so(page: Page) -> None:
    page.fill("#cd-since :is(input, textarea)", "2023-13-01")
    page.wait_for_selector("#cd-filter-status .cd-problem")
    ask(page, "Which shipyard built the ferry Aurora?")
    assert "not a day of the calendar" in page.inner_text(".cd-notice")
    page.fill("#cd-since :is(input, textarea)", "2023")
    page.wait_for_selector('.cd-active:has-text("since 1 January 2023")')
    assert "1 of 4 documents" in page.inner_text(".cd-active")
    page.click("#cd-retry")
    page.wait_for_selector(".cd-meta")
    assert "Searched 1 document · since 1 January 2023" in page.inner_text(".cd-meta")
    assert page.locator(".cd-sources li").count() == 1
    assert "Register of ships" in page.inner_text(".cd-sources")
    page.click("#cd-clear-filters")
    page.wait_for_selector(".cd-active", state="detached")
    page.click("#cd-outlets input")
    page.get_by_role("option", name="Coast Courier").click()
    page.wait_for_selector('.cd-active:has-text("2 of 4 documents")')
    ask(page, "Which shipyard built the ferry Aurora?")
    assert "Searched 2 documents · Coast Courier" in page.locator(".cd-meta").last.inner_text()


def test_a_limit_read_from_the_question_is_shown_and_taken_off_by_keyboard_and_mouse(page: Page) -> None:
    ask(page, "According to the Harbour Office, which shipyard built the ferry Aurora in articles since January 2023?")
    chips = page.locator(".cd-chip")
    assert chips.count() == 2
    assert "Published since 1 January 2023, because of “articles since January 2023”" in chips.first.inner_text()
    assert "Searched 1 document" in page.inner_text(".cd-meta")
    link = page.get_by_role("link", name="Search all dates")
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector('.cd-answer a[href="#widen-2-outlet"]')
    assert chips.count() == 1 and page.locator(".message.user").count() == 1
    assert page.evaluate("document.activeElement.matches('#cd-question textarea')")
    page.get_by_role("link", name="Search all outlets").click()
    page.wait_for_selector('.cd-answer a[href^="#cite-3-"]')
    page.wait_for_selector(".cd-meta")
    assert chips.count() == 0 and "Searched 4 documents · no filters" in page.inner_text(".cd-meta")
    ask(page, "Which lighthouse on the northern coast was repainted by volunteers this week?")
    said = page.locator(".cd-limits").inner_text()
    assert "No document published" in said and "Dates counted from" in said


def test_a_follow_up_is_understood_and_shown_as_searched(page: Page) -> None:
    ask(page, "Which shipyard built the ferry Aurora?")
    ask(page, "And how many passengers does it carry?")
    assert page.locator(".message.user").count() == 2
    searched = page.inner_text(".cd-standalone")
    assert searched.startswith("Searched for: ")
    assert "ferry" in searched or "Aurora" in searched, "what “it” stands for"
    assert "four hundred" in page.locator(".cd-claims").last.inner_text()


def test_a_refusal_has_no_citation_but_opens_what_is_related(page: Page) -> None:
    ask(page, "Who won the chess championship of 1998?")
    assert page.inner_text(".cd-refusal") == "Not in these documents."
    assert page.locator('a[href^="#cite-"], .cd-ref').count() == 0
    assert page.inner_text(".cd-related") == "Related, not an answer"
    assert "confidence" not in page.inner_text(".cd-meta")
    open_reader(page, '.cd-sources a[href^="#related-"]')
    assert page.locator(".cd-cited").count() >= 1
    assert page.locator(".cd-body mark").count() == 0


def test_retry_and_clear(page: Page) -> None:
    ask(page, "Which shipyard built the ferry Aurora?")
    open_reader(page, ".cd-ref")
    page.click("#cd-retry")
    page.wait_for_selector('.cd-answer a[href^="#cite-2-"]')
    assert page.locator(".message.user").count() == 1
    page.click("#cd-clear")
    page.wait_for_selector(".cd-welcome")
    assert page.locator(".message, .cd-doc").count() == 0
    assert page.is_disabled("#cd-retry")


def test_an_example_question_can_be_asked(page: Page) -> None:
    page.click("#cd-chat .example >> nth=0")
    page.wait_for_selector(".cd-meta")
    assert page.locator(".cd-ref").count() >= 1


def test_a_hostile_document_is_only_text(seen: Watched) -> None:
    page = seen.page
    ask(page, "Who drafted the Zorvane protocol?")
    assert HOSTILE[:60] in page.inner_text(".cd-claims")
    open_reader(page, ".cd-ref")
    assert page.evaluate("document.querySelector('.cd-cited').textContent") == HOSTILE
    shown = page.locator("#cd-chat .message, #cd-reader .cd-doc")
    assert shown.locator("script, img, iframe, form, input, [onerror]").count() == 0
    assert page.locator('a[href^="javascript"], a[href*="outside.example"]').count() == 0
    ask(page, f"Who wrote {HOSTILE}")
    page.get_by_role("tab", name="Documents", exact=True).click()
    page.wait_for_selector(".cd-table")
    assert page.evaluate("window.pwned") is None
    assert page.locator("#cd-documents :is(script, img)").count() == 0
    seen.assert_quiet()


def test_the_documents_tab_finds_and_opens_a_document(page: Page) -> None:
    page.get_by_role("tab", name="Documents", exact=True).click()
    page.wait_for_selector(".cd-table tbody tr")
    assert page.inner_text(".cd-count") == "4 documents"
    page.fill("#cd-find :is(input, textarea)", "courier tunnel")
    page.wait_for_selector('.cd-count:has-text("1 of 4 documents")')
    page.click(".cd-table tbody tr td >> nth=2")
    page.wait_for_selector('.cd-doc .cd-title:has-text("Tunnel open")')
    assert page.is_visible("#cd-chat"), "the reader is on the Ask tab"
    page.keyboard.press("Escape")
    page.wait_for_function("document.activeElement.matches('.cd-table a')")


def test_a_phone_shows_one_thing_at_a_time(browser: Browser, server: str) -> None:
    with visiting(browser, server, 390, 844) as seen:
        page = seen.page
        assert no_sideways_scroll(page)
        ask(page, "Which shipyard built the ferry Aurora?")
        assert not page.is_visible("#cd-reader")
        assert no_sideways_scroll(page)
        open_reader(page, ".cd-ref")
        assert mark_in_view(page)
        assert no_sideways_scroll(page)
        page.click(".cd-back")
        page.wait_for_selector("#cd-reader", state="hidden")
        page.wait_for_function("document.activeElement.matches('.cd-ref')")
        for name in ("Documents", "Add documents"):
            page.get_by_role("tab", name=name, exact=True).click()
            assert no_sideways_scroll(page)
