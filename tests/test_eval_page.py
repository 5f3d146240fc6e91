"""The report in HTML: what it says, that nothing from the rows becomes markup, and how it behaves in a browser."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from playwright.sync_api import Browser, Page

from evals.outcome import Outcome
from evals.report.page import html, word_changes
from evals.report.sheets import Against
from tests.browser_support import Watched, chromium, no_sideways_scroll
from tests.report_rows import BASELINE, HOSTILE, HOSTILE_ROW, NOW, ROWS, excerpt, found, row, run, since


class Tags(HTMLParser):
    """The tags of a page with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_texts_are_compared_word_by_word() -> None:
    changed = word_changes("built by Halden in 1987", "built at Halden in 1987.\nNew")
    assert [(each.kind, each.text.strip()) for each in changed] == [
        *(
            ("same", "built"),
            ("old", "by"),
            ("new", "at"),
            ("same", "Halden in"),
            ("old", "1987"),
            ("new", "1987.\nNew"),
        )
    ]
    assert [each.kind for each in word_changes("a " * 2000, "b " * 2000)] == ["old", "new"]


def test_a_case_tells_what_changed_since_the_baseline() -> None:
    page = html(run(), NOW, BASELINE, found=since())
    assert "<del>was</del>" in page and "<ins>had been</ins>" in page
    assert re.search(r"was <span class=\"badge (good|mixed)", page)
    assert "best sentence right: 1.000 → 0.000 (−1.000)" in page


def test_html_shows_the_worst_cases_and_says_how_many_are_left_out() -> None:
    page = html(run(), ROWS, None, worst=5, found=found())
    assert page.count('<details class="case"') == 5 * 6
    assert "The 5 worst of 93; 88 are left out. results.jsonl holds all." in page
    order = [each.value for each in Outcome]
    outcomes = [each["data-outcome"] or "" for _, each in Tags(page).found if (each.get("id") or "").startswith("s1c")]
    assert len(outcomes) == 5 and outcomes == sorted(outcomes, key=order.index), "worst first"
    tags = Tags(html(run(), [replace(row(), passages=tuple(excerpt(f"passage {n}", True) for n in range(12)))], None))
    assert "passage 9" in tags.text and "passage 10" not in tags.text and "and 2 more" in tags.text


def test_nothing_from_the_rows_becomes_markup() -> None:
    before = replace(HOSTILE_ROW, given=f"{HOSTILE} before", refused=True)
    for against in (None, Against(HOSTILE, (before,))):
        page = html(run((HOSTILE,), **{HOSTILE: HOSTILE}), (HOSTILE_ROW, row("c2")), against)
        tags = Tags(page)
        assert tags.text.count(HOSTILE) >= 12, "it is shown as it is written"
        assert [tag for tag, _ in tags.found].count("script") == 1
        assert "img" not in {tag for tag, _ in tags.found}
        assert page.count("<details") == page.count("</details>") == 2
        assert not [name for _, attributes in tags.found for name in attributes if name.startswith("on")]


def test_the_page_needs_nothing_from_elsewhere() -> None:
    page = html(run(), NOW, BASELINE, found=since())
    assert "http://outside.example/i.png" in page, "a text may name an address"
    tags = Tags(page)
    assert {tag for tag, _ in tags.found}.isdisjoint(
        {"link", "img", "iframe", "object", "embed", "base", "image", "use"}
    )
    for _, attributes in tags.found:
        assert not {"src", "srcset", "xlink:href", "action", "background", "poster"} & attributes.keys()
        assert (attributes.get("href") or "#").startswith("#")
    style = "".join(re.findall(r"(?s)<style>(.*?)</style>", page))
    assert "@import" not in style and "url(" not in style and "http" not in style
    assert "default-src 'none'" in page


def test_links_within_the_page_arrive() -> None:
    tags = Tags(html(run(), NOW, BASELINE, found=since()))
    ids = [attributes["id"] for _, attributes in tags.found if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {(each.get("href") or "")[1:] for tag, each in tags.found if tag == "a"} <= set(ids)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests here."""
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a report on disk."""
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(html(run(), NOW, BASELINE, found=since()), encoding="utf-8")
    return path.as_uri()


def visit(browser: Browser, address: str, width: int, scripts: bool = True) -> tuple[Page, Watched]:
    page = browser.new_page(viewport={"width": width, "height": 800}, java_script_enabled=scripts)
    watched = Watched(page, address)
    page.on("request", watched.request)
    page.on("console", watched.console)
    page.on("pageerror", lambda error: watched.errors.append(str(error)))
    page.on("dialog", watched.dialog)
    page.goto(address)
    return page, watched


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_works_from_disk_at_any_width(browser: Browser, report: str, width: int) -> None:
    page, watched = visit(browser, report, width)
    assert no_sideways_scroll(page)
    page.locator(".filters button[data-open]").first.click()
    assert page.locator("#s1c1").evaluate("each => each.open")
    assert no_sideways_scroll(page)
    assert page.evaluate("window.pwned") is None
    assert page.locator("h3", has_text="Refusal").first.is_visible()
    watched.assert_quiet()
    page.close()


@pytest.mark.browser
def test_cases_are_filtered_by_outcome_by_type_and_by_words(browser: Browser, report: str) -> None:
    page, watched = visit(browser, report, 1280)
    group = page.get_by_role("group", name="Filter the cases of own")
    shown = page.locator('.case[id^="s1c"]:visible')
    assert shown.count() == 50
    group.get_by_role("button", name="wrong", exact=False).first.click()
    wrong = shown.count()
    assert 0 < wrong < 50 and f"{wrong} of 50 shown" in group.inner_text()
    assert set(shown.locator("summary .badge").all_inner_texts()) == {"✗ wrong"}
    group.get_by_role("button", name="fact").click()
    assert 0 < shown.count() < wrong
    group.get_by_label("Words").fill("no such word anywhere")
    assert shown.count() == 0
    group.get_by_label("Words").fill("OWN-00 aurora")
    assert 0 < shown.count() < wrong
    watched.assert_quiet()
    page.close()


@pytest.mark.browser
def test_a_case_opens_by_key_and_by_link_and_is_there_without_script(browser: Browser, report: str) -> None:
    page, watched = visit(browser, report, 1280)
    page.get_by_label("Words").first.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.parentElement.id") == "s1c1", "the first case follows the filters"
    page.keyboard.press("Enter")
    assert page.locator("#s1c1 .inside").is_visible()
    page.locator('#against a[href^="#s1c"]').first.press("Enter")
    page.wait_for_function("document.querySelector(location.hash)?.open")
    watched.assert_quiet()
    page.close()
    page, watched = visit(browser, report, 1280, scripts=False)
    assert page.locator(".case:visible").count() == page.locator(".case").count() > 100
    assert page.locator(".filters:visible").count() == 0
    page.close()
