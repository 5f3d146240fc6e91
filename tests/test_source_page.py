"""Source pages: every paragraph at a stable place, the exact quote marked, hostile text inert, no script at all."""

from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser

import pytest
from axe_playwright_python.sync_playwright import Axe
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser

from index.types import Entry, Link, Relation
from tests.api_support import doors
from tests.browser_support import Watched, chromium, no_sideways_scroll
from tests.conftest import document
from ui.related import Related
from ui.sources.page import CHANGED, Quote, source

TEXTS = ("A heading", "The ferry <b>Aurora</b> & her ${crew} </p><script>alert(1)</script>", "Καλημέρα ‏שלום")


class Read(HTMLParser):
    """A page read back: its tags, and the text of each paragraph and of what is marked."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags = list[str]()
        self.paragraphs = dict[str, str]()
        self.marked, self._place, self._inside = "", "", list[str]()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append(tag)
        if tag == "div" and (found.get("id") or "").startswith("p"):
            self._place = found["id"] or ""
            self.paragraphs[self._place] = ""
        if tag in ("p", "h2", "mark"):
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("p", "h2", "mark"):
            self._inside.remove(tag)
        if tag == "div":
            self._place = ""

    def handle_data(self, data: str) -> None:
        if self._place and self._inside:
            self.paragraphs[self._place] += data
        if "mark" in self._inside:
            self.marked += data


@given(st.lists(st.text("ab<>&\"'/`${}[]() \u202e\0é", min_size=1, max_size=30), min_size=1, max_size=4), st.data())
def test_the_text_comes_back_as_it_was_and_the_quote_to_the_letter(texts: list[str], data: st.DataObject) -> None:
    shown = document("d", texts, headings=frozenset({0}), title=texts[0])
    one = data.draw(st.sampled_from(shown.paragraphs))
    start = data.draw(st.integers(one.start, one.end - 1))
    end = data.draw(st.integers(start + 1, one.end))
    found = Read(source(shown, "", Quote(start, end, shown.version)))
    assert list(found.paragraphs.values()) == [text.replace("\0", "\ufffd") for text in texts]
    assert found.marked == shown.text[start:end].replace("\0", "\ufffd")
    assert not {"script", "img", "b", "iframe", "form"} & set(found.tags)


@pytest.mark.parametrize("quote", [Quote(0, 3, "older"), Quote(5, 5, ""), Quote(0, 10_000, "")])
def test_a_quote_of_another_version_is_not_marked_and_said_to_be(quote: Quote) -> None:
    shown = document("d", TEXTS)
    asked = Quote(quote.start, quote.end, quote.version or shown.version)
    page = source(shown, "", asked)
    assert CHANGED in page and "<mark>" not in page


def test_the_head_says_what_it_is_and_where_it_is_from() -> None:
    shown = document(
        "d", TEXTS, headings=frozenset({0}), title="The <Aurora>", outlet="Wire", published=date(2024, 5, 3)
    )
    page = source(shown, "/desk")
    assert "The &lt;Aurora&gt;" in page and "3 May 2024" in page and "Wire" in page and 'href="/desk/"' in page
    assert '<h2 dir="auto">A heading</h2>' in page and 'id="p3"' in page


def test_a_superseded_document_says_so_and_names_where_else_it_is_in_a_few_words() -> None:
    shown = document("d", TEXTS, title="Old")
    later = Entry("l/1", "v", "/news/l", "New <b>", "Wire", None, None, None, 3)
    copies = [Entry(f"c{each}", "v", "/news/c", "Old", f"Outlet {each}", None, None, None, 3) for each in range(9)]
    related = [Related(Link("d", Relation.EARLIER, "l/1"), later)]
    related += [Related(Link("d", Relation.COPY, one.id), one) for one in copies]
    page = source(shown, "/desk", related=related)
    assert '<b>Superseded</b> by <a href="/desk/source/l%2F1" dir="auto">New &lt;b&gt;</a>, Wire (no date' in page
    assert 'href="/desk/source/c8">Outlet 8 (' in page and page.index("and 7 others") < page.index("Outlet 2")
    assert "Also in" not in source(shown, "/desk", related=related[:1]) and "cd-standing" not in source(shown, "/desk")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests here."""
    with chromium() as opened:
        yield opened


@pytest.mark.browser
def test_in_a_browser_without_script(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> None:
    with doors(tmp_path_factory.mktemp("source"), {"CITEDESK_ACCESS": ""}) as desk:
        aurora = next(one for one in desk.server.desk.library.entries() if "Aurora" in one.title)
        stored = desk.server.desk.library.document(aurora.id)
        start = stored.text.index("The ferry Aurora")
        place = next(one for one in stored.paragraphs if one.start <= start < one.end)
        asked = f"quote={start}-{start + 16}&version={aurora.version}#p{place.number}"
        for width in (1280, 390):
            context = browser.new_context(viewport={"width": width, "height": 800})
            page = context.new_page()
            watched = Watched(page, f"{desk.address}/source/")
            page.on("console", watched.console)
            page.on("request", watched.request)
            page.goto(f"{desk.address}/source/{aurora.id}?{asked}")
            assert page.inner_text("mark") == "The ferry Aurora"
            box = page.locator(f"#p{place.number}").bounding_box()
            assert box and 0 <= box["y"] < 800 and no_sideways_scroll(page)
            watched.assert_quiet()
            assert [one["id"] for one in Axe().run(page).response["violations"]] == []
            context.close()
        hostile = next(one for one in desk.server.desk.library.entries() if "Protocol" in one.title)
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"{desk.address}/source/{hostile.id}")
        assert page.evaluate("window.pwned") is None
        assert "<script>window.pwned=1</script>" in page.inner_text("#p2")
        context.close()
