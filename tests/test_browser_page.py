"""The page for people who sign in: each her own conversations, documents and opinions, by keyboard and by phone."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from rag.desk import ingest_paths
from tests.browser_support import (
    AURORA,
    FILLER,
    ask,
    chromium,
    no_sideways_scroll,
    open_reader,
    visiting,
    write,
    write_corpus,
)
from tests.serving import opened, served
from ui.ask import FAILED, Asked
from ui.asking import answered
from ui.keeping.opinions import Fault, Spot, Vote
from ui.operations.admission import Admission
from ui.people import Person, Role, Via
from ui.server import Server
from ui.session import Session

# The server is in this process, and so are the warnings of what Gradio's page statistics are made with.
pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting'")]

QUESTION = "Which shipyard built the ferry Aurora?"
SECRET = "The Quellin report was written by Dora Mersk in June 2020."
ADA = {"X-Forwarded-User": "ada", "X-Forwarded-Groups": "press"}
BO = {"X-Forwarded-User": "bo"}
ada = Person("ada", Role.ADMIN, frozenset({"press"}), Via.PROXY)
bo = Person("bo", Role.READER, frozenset(), Via.PROXY)


@dataclass(frozen=True, slots=True)
class Desk:
    """A server behind a proxy that signs people in: its parts, its address and its documents."""

    server: Server
    address: str
    folder: Path


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests here."""
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def desk(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One server for all tests here; one document is for a group alone."""
    folder = write_corpus(tmp_path_factory.mktemp("documents"))
    write(folder, "quellin.md", "title: Quellin\noutlet: Inner Desk\ngroups: press", [FILLER[0], SECRET, FILLER[1]])
    access = {"CITEDESK_ACCESS": "proxy", "CITEDESK_PROXIES": "127.0.0.1", "CITEDESK_ADMINS": "ada"}
    with opened(tmp_path_factory.mktemp("home"), folder, access) as server, served(server) as address:
        yield Desk(server, address, folder)


def conversation_of(page: Page) -> str:
    """The id of the open conversation, once the address has it."""
    page.wait_for_function("location.search.includes('conversation=')")
    return page.url.split("conversation=")[1].split("&")[0]


def titles(page: Page) -> list[str]:
    return page.locator(".cd-talk-title").all_inner_texts()


def assert_accessible(page: Page) -> None:
    """No finding of axe-core that is serious or critical."""
    found = Axe().run(page).response["violations"]
    serious = [
        (one["id"], [(node["target"], node.get("failureSummary")) for node in one["nodes"]])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
    assert serious == []


def test_a_conversation_is_kept_renamed_found_opened_and_deleted(browser: Browser, desk: Desk) -> None:
    with visiting(browser, desk.address, headers=ADA) as seen:
        page = seen.page
        ask(page, QUESTION)
        first = conversation_of(page)
        page.reload()
        page.wait_for_selector(".cd-acts")
        seen.errors.clear()  # of a request that the reload cut off
        assert AURORA in page.inner_text(".cd-claims") and page.locator(".message.user").count() == 1
        open_reader(page, ".cd-ref")
        assert page.inner_text(".cd-body mark") in page.inner_text(".cd-claims")
        ask(page, "And how many passengers does it carry?")
        assert "four hundred" in page.locator(".cd-claims").last.inner_text(), "what was restored is its history"
        assert conversation_of(page) == first and page.locator(".cd-talk").count() == 1
        page.click("#cd-clear")
        page.wait_for_selector(".cd-welcome")
        page.wait_for_function("!location.search.includes('conversation=')")
        ask(page, "Who opened the Brenn tunnel?")
        page.wait_for_function("document.querySelectorAll('.cd-talk').length === 2")
        page.locator(".cd-talk-rename").last.press("Enter")
        page.keyboard.type("Ferries <b>of</b> the coast")
        page.keyboard.press("Enter")
        page.wait_for_selector('.cd-talk-title:has-text("Ferries <b>of</b>")')
        page.wait_for_function("document.activeElement.matches('.cd-talk-rename')")
        page.fill("#cd-look :is(input, textarea)", "passengers COAST")
        page.wait_for_function("document.querySelectorAll('.cd-talk').length === 1")
        page.locator(".cd-talk-open").press("Enter")
        page.wait_for_selector('.cd-question:has-text("shipyard")')
        assert conversation_of(page) == first and page.locator(".message.user").count() == 2
        page.fill("#cd-look :is(input, textarea)", "")
        page.wait_for_function("document.querySelectorAll('.cd-talk').length === 2")
        for act, left in (("Cancel", 2), ("Delete", 1)):
            page.get_by_role("button", name="Delete “Ferries").click()
            assert "is deleted for good" in page.inner_text("dialog")
            page.get_by_role("button", name=act, exact=True).click()
            page.wait_for_selector("dialog", state="detached")
            page.wait_for_function("left => document.querySelectorAll('.cd-talk').length === left", arg=left)
        page.wait_for_selector(".cd-welcome")
        page.wait_for_function("document.activeElement.closest('#cd-look') && !location.search.includes('conv')")
        assert [one.title for one in desk.server.history.conversations(ada)] == ["Who opened the Brenn tunnel?"]


def test_nobody_sees_what_is_another_s(browser: Browser, desk: Desk) -> None:
    with visiting(browser, desk.address, headers=ADA) as seen:
        ask(seen.page, "Who wrote the Quellin report?")
        assert "Dora Mersk" in seen.page.inner_text(".cd-claims")
        hers = conversation_of(seen.page)
        assert seen.page.get_by_role("tab", name="Add documents").is_visible()
        assert not seen.page.is_visible("#cd-path"), "she is not at the server's computer"
        assert "ada" in seen.page.inner_text("#cd-who")
    with visiting(browser, desk.address, path=f"/?conversation={hers}", headers=BO) as seen:
        page = seen.page
        assert "4 documents from 2 outlets" in page.inner_text(".cd-welcome")
        assert page.locator(".message, .cd-talk").count() == 0
        page.wait_for_function("!location.search.includes('conversation=')")
        assert page.get_by_role("tab", name="Add documents").count() == 0
        ask(page, "Who wrote the Quellin report?")
        assert page.locator(".cd-ref").count() == 0
        page.get_by_role("tab", name="Documents", exact=True).click()
        page.wait_for_selector(".cd-table")
        assert page.inner_text(".cd-count") == "4 documents"
        assert page.locator('[data-name="Only for"]').count() == 0
        assert not any(word in page.content() for word in ("Mersk", "Inner Desk", "quellin.md"))


def test_whoever_is_signed_out_loses_nothing(browser: Browser, desk: Desk) -> None:
    with visiting(browser, desk.address, headers=BO) as seen:
        page = seen.page
        page.context.set_extra_http_headers({})
        page.fill("#cd-question textarea", QUESTION)
        page.press("#cd-question textarea", "Enter")
        page.wait_for_selector('.cd-signed-out[role=alert] a[href="signin"]')
        page.context.set_extra_http_headers(BO)
        assert all("401" in one for one in seen.errors)
        seen.errors.clear()
        ask(page, QUESTION)
        assert AURORA in page.inner_text(".cd-claims")


def event(desk: Desk, headers: dict[str, str], target: str, data: Sequence[object], session: str) -> str:
    """What an event of the page answers to somebody who sends it by hand: the server-sent events, as text."""
    config = httpx.get(f"{desk.address}/config", headers=headers).json()
    ids = {one["props"].get("elem_id"): one["id"] for one in config["components"]}
    number = next(one["id"] for one in config["dependencies"] if any(each[0] == ids[target] for each in one["targets"]))
    body = {"data": list(data), "fn_index": number, "session_hash": session, "trigger_id": ids[target]}
    same = {"Sec-Fetch-Site": "same-origin", **headers}
    assert httpx.post(f"{desk.address}/gradio_api/queue/join", json=body, headers=same).status_code == 200
    told = ""
    with httpx.stream(
        "GET", f"{desk.address}/gradio_api/queue/data?session_hash={session}", headers=same, timeout=10
    ) as stream:
        for line in stream.iter_lines():
            told += line + "\n"
            if "process_completed" in line:
                return told
    return told


def states(server: Server, person: Person, asked: Asked) -> list[Session]:
    """The states of a new conversation as its first question is answered."""

    async def all_of_them() -> list[Session]:
        return [one async for one in answered(server, person, Session(), asked)]

    with ThreadPoolExecutor() as aside:  # Playwright's own event loop is this thread's
        return aside.submit(asyncio.run, all_of_them()).result()


def test_events_sent_by_hand_get_no_further_than_the_page(desk: Desk) -> None:
    refused = event(desk, BO, "cd-read", [str(desk.folder)], "s1")
    assert "Only whoever sits at the server" in refused
    assert "Only administrators" in event(desk, BO, "cd-upload", [None], "s2")
    assert "Only whoever sits at the server" in event(desk, ADA, "cd-read", [str(desk.folder)], "s3")
    (quellin,) = [one for one in desk.server.desk.library.entries() if one.title == "Quellin"]
    assert "Mersk" in event(desk, ADA, "cd-clicked", [f"doc-{quellin.id} 1", None], "s4")
    shut = event(desk, BO, "cd-clicked", [f"doc-{quellin.id} 1", None], "s5")
    assert "cannot be shown" in shut and "Mersk" not in shut
    states(desk.server, ada, Asked(QUESTION))
    kept = desk.server.history.conversations(ada)[0]
    for target, data in (("cd-opened", f"open-{kept.id} 1"), ("cd-changed", f"delete-{kept.id} 1")):
        assert kept.id not in event(desk, BO, target, [data, "", None][: 2 if target == "cd-opened" else 3], "s6")
    assert kept in desk.server.history.conversations(ada)
    said = json.dumps(httpx.get(f"{desk.address}/gradio_api/info", headers=BO).json())
    assert json.loads(said) == {"named_endpoints": {}, "unnamed_endpoints": {}}


def test_a_vote_down_names_the_right_paragraph_and_goes_to_the_store(browser: Browser, desk: Desk) -> None:
    with visiting(browser, desk.address, headers=BO) as seen:
        page = seen.page
        ask(page, QUESTION)
        page.get_by_role("button", name="Helpful", exact=True).press("Space")
        page.wait_for_selector('.cd-told:has-text("Thanks")')
        assert [one.opinion.vote for one in desk.server.history.judged(ada, desk.server.desk.library)] == [Vote.UP]
        page.get_by_role("button", name="Not helpful").click()
        page.wait_for_function("document.activeElement.matches('.cd-feedback-head')")
        assert page.locator(".cd-vote[aria-pressed=true]").all_inner_texts() == ["Not helpful"]
        assert_accessible(page)
        page.click("#cd-reason input")
        page.get_by_role("option", name="It is wrong").click()
        page.fill("#cd-comment textarea", "It says too much.")
        open_reader(page, '.cd-sources a:has-text("goes into dock")')
        page.locator('.cd-par[data-number="42"] .cd-choose').press("Enter")
        page.wait_for_selector('.cd-right:has-text("paragraph 42")')
        assert "The Aurora goes into dock" in page.inner_text(".cd-right")
        page.click("#cd-feedback-send")
        page.wait_for_selector("#cd-feedback", state="hidden")
        assert page.locator(".cd-choose").count() == 0
        (judged,) = desk.server.history.judged(ada, desk.server.desk.library)
        aurora = next(one for one in desk.server.desk.library.entries() if "dock" in one.title)
        assert (judged.opinion.vote, judged.opinion.reason) == (Vote.DOWN, Fault.WRONG)
        assert judged.opinion.right == Spot(aurora.id, 42)
        page.reload()
        page.wait_for_selector(".cd-vote[aria-pressed=true]")
        seen.errors.clear()  # of a request that the reload cut off
        page.get_by_role("button", name="Not helpful").click()
        page.wait_for_selector('.cd-told:has-text("Taken back")')
        assert desk.server.history.judged(ada, desk.server.desk.library) == ()


def test_an_answer_is_copied_with_its_citations_and_its_links_lead_somewhere(browser: Browser, desk: Desk) -> None:
    with visiting(browser, desk.address, headers=BO) as seen:
        page = seen.page
        ask(page, QUESTION)
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.locator(".cd-copy-answer").press("Enter")
        page.wait_for_selector('.cd-copy-answer:has-text("Copied")')
        copied = page.evaluate("navigator.clipboard.readText()")
        assert AURORA in copied and "[1]" in copied and "Register of ships" in copied
        open_reader(page, ".cd-ref")
        hrefs = page.evaluate(
            "[...document.querySelectorAll('.cd-acts a:not([href^=\"#\"]), .cd-export a, .cd-permanent, #cd-who a')]"
            ".map(link => link.href)"
        )
        assert len(hrefs) == 4 + 3 + 1 + 2
        told = {href: httpx.get(href, headers={**BO, "Accept": "text/html"}).status_code for href in hrefs}
        assert set(told.values()) == {200}, told


def test_the_page_is_accessible_wide_narrow_and_dark(browser: Browser, desk: Desk) -> None:
    with visiting(browser, desk.address, headers=ADA, dark=True) as seen:
        ask(seen.page, QUESTION)
        open_reader(seen.page, ".cd-ref")
        assert_accessible(seen.page)
        seen.page.get_by_role("tab", name="Documents", exact=True).click()
        seen.page.wait_for_selector(".cd-table")
        assert_accessible(seen.page)
    with visiting(browser, desk.address, 390, 844, headers=ADA) as seen:
        page = seen.page
        assert_accessible(page)
        assert not page.is_visible(".cd-talk")
        page.locator(".cd-fold").press("Enter")
        page.wait_for_selector(".cd-talk")
        assert page.get_attribute(".cd-fold", "aria-expanded") == "true" and no_sideways_scroll(page)
        assert_accessible(page)
        page.keyboard.press("Escape")
        assert not page.is_visible(".cd-talk") and page.evaluate("document.activeElement.matches('.cd-fold')")
        page.click(".cd-fold")
        page.click(".cd-talk-open >> nth=0")
        page.wait_for_selector(".cd-acts", state="visible")
        assert not page.is_visible(".cd-talk") and no_sideways_scroll(page)


def test_an_administrator_adds_documents_and_answers_say_what_became_of_their_sources(
    browser: Browser, desk: Desk, tmp_path: Path
) -> None:
    with visiting(browser, desk.address, headers=ADA) as seen:
        page = seen.page
        ask(page, QUESTION)
        conversation = conversation_of(page)
        write(desk.folder, "register.md", "title: Register of ships\ndate: 2023-01-15", [FILLER[0], FILLER[1]])
        (desk.folder / "aurora.md").unlink()
        ingest_paths(desk.server.desk, [desk.folder])
        write(tmp_path, "ballard.md", "title: Ballard", ["The Ballard bridge was painted green by Tove Lund in 2011."])
        page.get_by_role("tab", name="Add documents").click()
        page.set_input_files("#cd-files input[type=file]", tmp_path / "ballard.md")
        page.wait_for_selector("#cd-files :text('ballard')")
        page.click("#cd-upload")
        page.wait_for_selector('#cd-result:has-text("1 added")')
        page.goto(f"{desk.address}/?conversation={conversation}")
        page.wait_for_selector(".cd-since")
        seen.errors.clear()  # of a request that was cut off
        said = page.locator(".cd-since").all_inner_texts()
        assert sorted(said) == ["source changed since", "source removed since"]
        assert AURORA in page.inner_text(".cd-claims"), "what was answered stands"
        ask(page, "Who painted the Ballard bridge?")
        assert "Tove Lund" in page.locator(".cd-claims").last.inner_text()
    assert httpx.post(f"{desk.address}/gradio_api/upload", headers=BO, files={"files": b"x"}).status_code == 403


def test_whoever_has_no_turn_is_told_when_to_ask_again(desk: Desk) -> None:
    full = replace(desk.server, admission=Admission(1, 0, 1))

    async def asked() -> list[Session]:
        async with full.admission.turn("another"):
            return [one async for one in answered(full, bo, Session(), Asked(QUESTION))]

    with ThreadPoolExecutor() as aside:  # Playwright's own event loop is this thread's
        begun, told = aside.submit(asyncio.run, asked()).result()
    assert begun.last is not None and not begun.last.done
    assert told.last is not None and told.last.done and "ask again in" in told.last.note


def test_an_answer_that_breaks_off_is_told_as_a_failure(desk: Desk) -> None:
    begun, told = states(desk.server, bo, replace(Asked(QUESTION), since=cast(str, 7)))  # as no page sends it
    assert begun.last is not None and not begun.last.done
    assert told.last is not None and told.last.done and told.last.note == FAILED
