"""Documents one by one on the page: printed pages with the quote boxed, what is known of them, changed and removed."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate

from index.types import Entry, Relation
from rag.catalogue import Wanted
from rag.desk import ingest_paths
from tests.browser_support import FILLER, ask, chromium, no_sideways_scroll, visiting, write
from tests.serving import opened, served
from ui import tables
from ui.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting'")]

BUILT = "The ferry Aurora was built by the Halden shipyard in 1987 and carries four hundred passengers."
QUESTION = "Which shipyard built the ferry Aurora?"
ADA = {"X-Forwarded-User": "ada", "X-Forwarded-Groups": "press"}
BO = {"X-Forwarded-User": "bo"}


@dataclass(frozen=True, slots=True)
class Desk:
    """A server behind a proxy that signs people in: ada administers it and is of the press, bo reads."""

    server: Server
    address: str
    folder: Path

    def id_of(self, name: str) -> str:
        """The id of the document from the file of that name."""
        return next(one.id for one in self.server.desk.library.entries() if one.source.endswith(name))


def print_report(path: Path, fact: str) -> None:
    """A PDF of three pages, the fact on its second."""
    style = getSampleStyleSheet()["BodyText"]
    around = [Paragraph(FILLER[number % 3] * 4, style) for number in range(4)]
    story = [*around, PageBreak(), *around, Paragraph(fact, style), *around, PageBreak(), *around]
    SimpleDocTemplate(str(path), title="Report of the harbour board").build(story)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("documents")
    print_report(folder / "report.pdf", BUILT)
    write(folder, "secret.md", "title: Minutes\ngroups: press", [FILLER[0], FILLER[1]])
    write(folder, "news.md", "title: Ferry news\noutlet: Coast Courier\ndate: 2024-06", [FILLER[1], FILLER[2]])
    access = {"CITEDESK_ACCESS": "proxy", "CITEDESK_PROXIES": "127.0.0.1", "CITEDESK_ADMINS": "ada"}
    with opened(tmp_path_factory.mktemp("home"), folder, access) as server, served(server) as address:
        yield Desk(server, address, folder)


def in_view(page: Page, selector: str) -> bool:
    """Whether the middle of the first such element lies in the reader's window."""
    body, one = page.locator(".cd-body").bounding_box(), page.locator(selector).first.bounding_box()
    assert body is not None and one is not None
    middle = one["y"] + one["height"] / 2
    return body["y"] <= middle <= body["y"] + body["height"]


@pytest.mark.parametrize("width", [1280, 390])
def test_a_quote_is_boxed_on_its_printed_page(browser: Browser, desk: Desk, width: int) -> None:
    with visiting(browser, desk.address, width, 850, headers=BO) as watched:
        page = watched.page
        ask(page, QUESTION)
        page.locator(".cd-answer a[href^='#cite-']").first.click()
        image = page.wait_for_selector(".cd-boxed img")
        assert image is not None
        page.wait_for_function("document.querySelector('.cd-boxed img').complete")
        assert page.get_attribute(".cd-boxed", "data-page") == "2"
        assert in_view(page, ".cd-boxed rect")
        assert page.evaluate("document.querySelector('.cd-boxed img').naturalWidth") > 1000
        assert not page.locator(".cd-text").is_visible()
        assert page.locator(".cd-again, .cd-remove").count() == 0, "for administrators only"
        page.click(".cd-seen[data-seen=text]")
        assert page.inner_text(".cd-text mark") == BUILT and in_view(page, ".cd-text mark")
        assert no_sideways_scroll(page)
        found = Axe().run(page, context="#cd-reader").response["violations"]
        assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []


def test_an_administrator_reads_a_file_again_and_takes_it_out(browser: Browser, desk: Desk) -> None:
    path = desk.folder / "extra.md"
    write(desk.folder, "extra.md", "title: Extra\noutlet: Coast Courier", [FILLER[0], "The lock at Sund opens in May."])
    ingest_paths(desk.server.desk, [desk.folder])
    with visiting(browser, desk.address, 1280, 850, headers=ADA) as watched:
        page = watched.page
        page.get_by_role("tab", name="Documents", exact=True).click()
        page.fill("#cd-find input, #cd-find textarea", "extra")
        page.wait_for_function("document.querySelectorAll('.cd-table tbody tr').length === 1")
        page.click(".cd-table a")
        page.click(".cd-about summary")
        assert "extra.md" in page.inner_text(".cd-about dl")
        path.write_text(path.read_text(encoding="utf-8").replace("in May", "in June"), encoding="utf-8")
        page.click(".cd-again")
        page.wait_for_selector("text=Its file was read again.")
        assert "opens in June" in page.inner_text(".cd-text")
        path.rename(path.with_suffix(".away"))
        page.click(".cd-about summary")
        page.press(".cd-again", "Enter")
        page.wait_for_selector("text=Its file is not in its place any more")
        assert "opens in June" in page.inner_text(".cd-text") and "allow-empty" not in page.inner_text(".cd-doc")
        path.with_suffix(".away").rename(path)
        page.click(".cd-about summary")
        for key in ("Enter", "Escape"):  # neither of them alone removes anything
            page.press(".cd-remove", "Enter")
            assert page.inner_text(".cd-dialog :focus") == "Cancel"
            page.keyboard.press(key)
            page.wait_for_selector(".cd-dialog", state="detached")
            assert page.inner_text(":focus") == "Remove from the library…"
        page.keyboard.press("Enter")
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=was taken out of the library")
        assert page.inner_text(".cd-back") == "← Documents"
        page.click(".cd-back")
        page.wait_for_selector("text=No document matches all of this")
        page.wait_for_function("document.querySelector('#cd-find').contains(document.activeElement)")
        page.click("#cd-find-clear")
        page.wait_for_function("document.querySelectorAll('.cd-table tbody tr').length === 3")
    assert path.exists(), "the file itself is not ours to delete"
    ingest_paths(desk.server.desk, [desk.folder])
    assert all(not one.source.endswith("extra.md") for one in desk.server.desk.library.entries())
    ingest_paths(desk.server.desk, [path])
    assert any(one.source.endswith("extra.md") for one in desk.server.desk.library.entries())


def test_the_list_says_which_documents_have_a_better_one() -> None:
    entries = [Entry(name, "v", f"/folder/{name}.md", name, None, None, None, None, 3) for name in ("a", "b", "c")]
    found = tables.documents(3, entries, Wanted(), {"a": Relation.EARLIER, "c": Relation.REWORDED})
    rows = [re.sub("<[^>]*>", " ", row).split() for row in found.split("<tr>")[2:]]
    assert [row[:2] for row in rows] == [["a", "superseded"], ["b", "no"], ["c", "garbled"]]


def test_the_list_is_narrowed_by_kind_and_date(desk: Desk) -> None:
    listed = httpx.get(f"{desk.address}/api/documents", params={"kind": "pdf"}, headers=BO).json()
    assert [one["title"] for one in listed["documents"]] == ["Report of the harbour board"]
    listed = httpx.get(f"{desk.address}/api/documents", params={"since": "2024-06-20"}, headers=BO).json()
    assert [(one["date"], one["precision"]) for one in listed["documents"]] == [("2024-06-01", "month")]
    assert not httpx.get(f"{desk.address}/api/documents", params={"since": "2024-07-01"}, headers=BO).json()[
        "documents"
    ]


def test_page_images_follow_rights_and_the_file(desk: Desk) -> None:
    report, secret = desk.id_of("report.pdf"), desk.id_of("secret.md")
    first = httpx.get(f"{desk.address}/source/{report}/pages/2/image", headers=BO)
    assert (first.status_code, first.headers["content-type"]) == (200, "image/png")
    with Image.open(io.BytesIO(first.content)) as image:
        assert image.width == 1240
    known = {**BO, "If-None-Match": first.headers["etag"]}
    assert httpx.get(f"{desk.address}/source/{report}/pages/2/image", headers=known).status_code == 304
    assert httpx.get(f"{desk.address}/source/{report}/pages/4/image", headers=BO).status_code == 404
    hidden = httpx.get(f"{desk.address}/source/{secret}/pages/1/image", headers=BO)
    nowhere = httpx.get(f"{desk.address}/source/nowhere/pages/1/image", headers=BO)
    assert (hidden.status_code, hidden.json()) == (404, nowhere.json())
    path = desk.folder / "report.pdf"
    before = path.read_bytes()
    try:
        print_report(path, BUILT + " So it is said.")
        changed = httpx.get(f"{desk.address}/source/{report}/pages/2", headers=BO)
        assert changed.status_code == 404 and "changed since" in changed.text
    finally:
        path.write_bytes(before)
