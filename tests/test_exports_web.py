"""Exports and briefs over HTTP and in a browser: files that open, a print view that prints, a form without a script."""

import io
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import docx
import httpx
import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from evals.cases import CORPUS
from rag.answer import answer
from tests.browser_support import chromium, no_sideways_scroll
from tests.serving import opened, served
from tests.word_notes import footnotes
from ui.exports.names import disposition, file_name
from ui.keeping.kept import Kept
from ui.people import MACHINE
from ui.server import Server

QUESTION = "How many articles does the treaty have?"
BREAD = "What is the best recipe for sourdough bread?"
DOG = "What breed of hunting dogs did Kim give Putin?"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with opened(tmp_path_factory.mktemp("home"), CORPUS) as server:
        yield server


@pytest.fixture(scope="module")
def address(server: Server) -> Iterator[str]:
    with served(server) as address:
        yield address


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def kept(server: Server) -> Kept:
    begun = server.history.begin(MACHINE, "Пакт / “Treaty”: 100%")
    return server.history.add(MACHINE, begun.id, answer(server.desk, QUESTION), server.desk)


def test_every_format_is_handed_out_under_a_readable_name(client: httpx.Client, kept: Kept, address: str) -> None:
    where = f"/api/exports/exchange/{kept.id}"
    (citation,) = kept.answer.citations
    text = client.get(where)  # Markdown
    assert text.headers["content-type"] == "text/markdown; charset=utf-8" and citation.quote[:20] in text.text
    assert f"({address}/source/{citation.document_id}#p{citation.paragraph})" in text.text
    name = re.fullmatch(r"attachment; filename=\"(.*)\"; filename\*=UTF-8''(.*)", text.headers["content-disposition"])
    assert name and re.fullmatch(r"How many articles does the treaty have - \d{4}-\d\d-\d\d\.md", name[1])
    word = client.get(where, params={"format": "docx"})
    assert citation.quote in footnotes(word.content)[1] and docx.Document(io.BytesIO(word.content)).paragraphs
    copied = client.get(where, params={"format": "text"})
    assert copied.text.startswith(f"{QUESTION}\n\n") and f"“{citation.quote}”" in copied.text
    page = client.get(f"/api/exports/conversation/{kept.conversation}", params={"format": "html"})
    assert "script" not in page.headers["content-security-policy"].replace("'none'", "") and QUESTION in page.text
    assert 'filename="Treaty 100 - ' in page.headers["content-disposition"]
    assert "UTF-8''%D0%9F%D0%B0%D0%BA%D1%82%20%E2%80%9CTreaty%E2%80%9D%20100" in page.headers["content-disposition"]
    for path, status in ((f"{where}?format=exe", 400), ("/api/exports/exchange/0", 404), ("/api/exports/all/0", 400)):
        refused = client.get(path)
        assert (refused.status_code, set(refused.json()["error"])) == (status, {"code", "message"})


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("../../etc/passwd", "etc passwd"),
        ('a"; filename=x.exe\r\nSet-Cookie: a=b', "a ; filename=x.exe Set-Cookie a=b"),
        ("...", "citedesk"),
        ("Wer? Straße ½", "Wer Straße ½"),
    ],
)
def test_no_title_makes_a_harmful_name(title: str, name: str) -> None:
    made = file_name(title, date(2026, 11, 22), "md")
    assert made == f"{name} - 2026-11-22.md"
    header = disposition(made)
    assert header.isascii() and "\n" not in header and re.fullmatch(r'attachment; filename="[^"]*"; \S+', header)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_a_word_processor_opens_it(client: httpx.Client, kept: Kept, tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(client.get(f"/api/exports/exchange/{kept.id}?format=docx").content)
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", str(tmp_path), str(tmp_path / "a.docx")], check=True, timeout=120)
    assert kept.answer.citations[0].quote in " ".join(_pdf((tmp_path / "a.pdf").read_bytes()).split())


def test_a_brief_is_one_document_whose_numbers_go_on(client: httpx.Client) -> None:
    body = {"title": "The treaty", "questions": [QUESTION, " ", BREAD, DOG]}
    events = [
        (event.split("\n")[0].removeprefix("event: "), json.loads(event.split("\n")[1].removeprefix("data: ")))
        for event in client.post("/api/briefs", json=body).text.split("\n\n")
        if event.startswith("event: ")
    ]
    assert [name for name, _ in events] == ["progress"] * 3 + ["done"]
    assert [(data["done"], data["of"], data["question"]) for _, data in events[:3]] == [
        (0, 3, QUESTION),
        (1, 3, BREAD),
        (2, 3, DOG),
    ]
    made = events[-1][1]["conversation"]
    told = client.get(f"/api/conversations/{made}").json()
    assert told["title"] == "The treaty" and [each["refused"] for each in told["answers"]] == [False, True, False]
    assert [each["number"] for answer in told["answers"] for each in answer["citations"]] == [1, 2]
    text = client.get(f"/api/exports/conversation/{made}").text
    headings = re.findall(r"^#+ (.*)$", text, re.M)
    assert headings == ["The treaty", *(each for each in (QUESTION, BREAD, DOG)), "Sources"]
    assert re.findall(r"\[\^(\d)\](?!:)", text) == ["1", "2"] and "**Not in these documents.**" in text
    for wrong in (
        {"title": "x", "questions": [" "]},
        {"title": " ", "questions": ["q"]},
        {"title": "x", "questions": ["q"] * 21},
    ):
        assert client.post("/api/briefs", json=wrong).status_code == 400


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.mark.browser
def test_a_brief_is_written_and_printed_without_a_script(browser: Browser, address: str, tmp_path: Path) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/brief")
    assert no_sideways_scroll(page)
    page.fill("#questions", "\n".join([QUESTION, BREAD, DOG]))
    page.fill("#title", "Treaty <b>and</b> dogs")
    page.fill("#since", "2030-01-01")
    page.fill("#until", "2020-01-01")
    page.keyboard.press("Enter")  # in a field, as people do
    page.wait_for_selector("[role=alert]")
    assert "is later than" in page.inner_text("[role=alert]") and page.input_value("#questions").endswith(DOG)
    page.fill("#since", "")
    page.fill("#until", "")
    page.click("button")
    page.wait_for_selector("[role=status]")
    assert page.locator(".steps li").count() == 3 and "not in these documents" in page.inner_text(".steps")
    page.click("text=Read or print it")
    page.wait_for_selector(".notes")
    assert page.inner_text("h1") == "Treaty <b>and</b> dogs" and no_sideways_scroll(page)
    assert page.locator("h2").all_inner_texts() == [QUESTION, BREAD, DOG, "Notes", "Sources"]
    mark = page.locator("sup a").last
    assert page.locator(str(mark.get_attribute("href"))).inner_text().count("Pungsan") == 1
    printed = " ".join(_pdf(page.pdf()).split())
    assert "Pungsan" in printed and "Ctrl+P" not in printed and "/source/" in printed and "1 / 1" in printed
    page.goto(f"{address}/print/exchange/0")
    assert "no answer of this id" in page.inner_text("[role=alert]")
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_have_no_serious_fault_for_assistive_technology(
    browser: Browser, address: str, kept: Kept, scheme: str
) -> None:
    # The rules are run from outside of the page, whose policy lets no script in.
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light", bypass_csp=True)
    page = context.new_page()
    for path in ("/brief", f"/print/conversation/{kept.conversation}"):
        page.goto(address + path)
        found = Axe().run(page).response["violations"]
        assert [each["id"] for each in found if each["impact"] in ("serious", "critical")] == []
    context.close()


def _pdf(data: bytes) -> str:
    with pypdfium2.PdfDocument(data) as document:
        return "\n".join(document[number].get_textpage().get_text_bounded() for number in range(len(document)))
