"""The API over HTTP: questions as JSON and as events, documents, errors, for Ann of the board and for Bob."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from evals.model_server import Fault
from tests.api_support import SECRET, SECRET_QUESTION, Doors, doors
from tests.test_browser_writing import BUILT, CARRIES, FALSE, saying
from ui.api import example
from ui.api.asking import Failed, ticking
from ui.api.errors import handlers, trouble
from ui.api.events import ALIVE, heard

TUNNEL = {"question": "Who opened the Brenn tunnel?", "style": "quote"}
FERRY = {"question": "Which shipyard built the ferry Aurora?"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    """One server for all tests here."""
    with doors(tmp_path_factory.mktemp("api")) as found:
        yield found


@pytest.fixture
def bob(desk: Doors) -> Iterator[httpx.Client]:
    """Bob's client; the model has a good answer and nobody's question is under way."""
    until(lambda: desk.server.admission.running == 0)
    desk.script.reply, desk.script.closed = saying(BUILT, CARRIES), 0
    with desk.client("bob") as client:
        yield client


@pytest.fixture
def ann(desk: Doors) -> Iterator[httpx.Client]:
    """Ann's client."""
    with desk.client("ann") as client:
        yield client


def until(done: Callable[[], bool], seconds: float = 5.0) -> None:
    """Waits until ``done``."""
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end
        time.sleep(0.01)


def events(client: httpx.Client, **body: object) -> list[tuple[str, Any]]:
    """The events of an answer, in order; comments are left out."""
    with client.stream("POST", "/api/ask", json={"stream": True, **body}) as response:
        assert response.status_code == 200, response.read()
        assert response.headers["content-type"].startswith("text/event-stream")
        blocks = response.read().decode().split("\n\n")
    found = []
    for block in blocks:
        if block and not block.startswith(":"):
            name, data = block.split("\n")
            found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


# -- questions --------------------------------------------------------------------------------------------------------


def test_a_citation_leads_to_the_words_it_quotes(bob: httpx.Client) -> None:
    found = bob.post("/api/ask", json=TUNNEL).json()
    (cited,) = found["citations"]
    assert found["answer"].endswith("[1]") and found["claims"][0]["citations"] == [cited["number"]] == [1]
    place = bob.get(f"/api/documents/{cited['document_id']}/paragraphs/{cited['paragraph']}").json()
    quote = place["text"][cited["start"] - place["start"] : cited["end"] - place["start"]]
    assert quote == cited["quote"] and place["version"] == cited["version"]
    assert place["source"] == f"/source/{cited['document_id']}#p{cited['paragraph']}"
    asked = f"?quote={cited['start']}-{cited['end']}&version={cited['version']}#"
    assert cited["source"] == place["source"].replace("#", asked)
    assert [one["number"] for one in (*place["before"], *place["after"])] == [1, 3]


@pytest.mark.parametrize("body", [TUNNEL, FERRY, FERRY | {"style": "quote"}, {"question": "What is a quark?"}])
def test_the_events_add_up_to_the_record(bob: httpx.Client, body: dict[str, str]) -> None:
    told = events(bob, **body)
    names = [name for name, _ in told]
    assert names[:2] == ["start", "searched"] and names[-1] == "done" and names.count("done") == 1
    claims: list[object] = []
    citations, draft, notices, conflicts = dict[int, object](), "", list[str](), list[object]()
    for name, data in told:
        if name == "claims":
            claims[data["from"] :] = data["claims"]
        elif name == "citations":
            citations |= {one["number"]: one for one in data["citations"]}
        draft = data["text"] if name == "draft" else draft
        notices = data["notices"] if name == "notices" else notices
        conflicts = data["conflicts"] if name == "conflicts" else conflicts
    done = told[-1][1]
    assert (claims, draft, notices, conflicts) == (done["claims"], "", done["notices"], done["conflicts"])
    used = {number for claim in done["claims"] for number in claim["citations"]}
    assert used <= citations.keys()
    assert all(citations[one["number"]] == one for one in done["citations"])
    assert done["conversation"] == told[0][1]["conversation"] and done["kept"]


def test_a_draft_is_told_before_it_is_checked_and_what_fails_is_struck(bob: httpx.Client, desk: Doors) -> None:
    desk.script.reply = saying(BUILT, FALSE, delay=0.02)
    told = events(bob, **FERRY)
    assert any(name == "draft" and "ferry" in data["text"] for name, data in told)
    done = told[-1][1]
    assert [claim["verdict"] for claim in done["claims"]] == ["supported", "unsupported"]
    assert done["claims"][1]["reason"] and FALSE not in done["answer"]


def test_a_conversation_goes_on_with_its_numbers_and_is_nobody_elses(bob: httpx.Client, ann: httpx.Client) -> None:
    first = bob.post("/api/ask", json=TUNNEL).json()
    going = {"question": "Which shipyard built the Aurora?", "style": "quote", "conversation": first["conversation"]}
    second = bob.post("/api/ask", json=going).json()
    assert second["conversation"] == first["conversation"] and second["id"] != first["id"]
    assert min(one["number"] for one in second["citations"]) == 2
    nexts = bob.post("/api/next", json={"conversation": first["conversation"]})
    assert nexts.status_code == 200 and isinstance(nexts.json()["suggestions"], list)
    refused = [ann.post("/api/ask", json=going), ann.post("/api/next", json={"conversation": first["conversation"]})]
    unknown = ann.post("/api/ask", json=going | {"conversation": "0" * 16})
    assert {(one.status_code, one.text) for one in [*refused, unknown]} == {(404, unknown.text)}


def test_what_is_not_to_be_kept_is_not(bob: httpx.Client) -> None:
    found = bob.post("/api/ask", json=TUNNEL | {"keep": False}).json()
    assert found["conversation"] is None and not found["kept"]


def test_a_history_that_was_sent_completes_a_follow_up(bob: httpx.Client) -> None:
    history = [{"question": "Who opened the Brenn tunnel?", "answer": "Lea Holm opened it."}]
    body = {"question": "When was it opened?", "history": history, "style": "quote"}
    assert "tunnel" in bob.post("/api/ask", json=body).json()["standalone"]


@pytest.mark.parametrize("stream", [True, False])
def test_hanging_up_hangs_up_on_the_model_at_once(bob: httpx.Client, desk: Doors, stream: bool) -> None:
    desk.script.reply = Fault.STALL_MIDDLE if stream else saying(*[BUILT] * 80, delay=0.1)
    with pytest.raises(httpx.ReadTimeout):
        bob.post("/api/ask", json=FERRY | {"stream": stream}, timeout=1.5)
    until(lambda: desk.script.closed == 1 and desk.server.admission.running == 0, 2.0)


@pytest.mark.parametrize("stream", [True, False])
def test_a_second_question_at_once_is_told_when_to_come_back(bob: httpx.Client, desk: Doors, stream: bool) -> None:
    desk.script.reply = Fault.STALL_FIRST
    with bob.stream("POST", "/api/ask", json=FERRY | {"stream": True}):
        until(lambda: desk.server.admission.running == 1)
        refused = bob.post("/api/ask", json=FERRY | {"stream": stream})
        assert refused.status_code == 429 and int(refused.headers["retry-after"]) >= 1
        assert refused.json()["error"]["code"] == "busy"


def test_a_model_in_trouble_is_a_notice_above_quotations(bob: httpx.Client, desk: Doors) -> None:
    desk.script.reply = Fault.BROKEN
    done = events(bob, **FERRY)[-1][1]
    assert done["writing"] is None and "quoted from the documents" in done["notices"][0] and done["citations"]


# -- what is not there, or not for you --------------------------------------------------------------------------------


def test_a_question_finds_only_what_may_be_seen(bob: httpx.Client, ann: httpx.Client, desk: Doors) -> None:
    asked = {"question": SECRET_QUESTION, "style": "quote"}
    assert SECRET in ann.post("/api/ask", json=asked).text
    refused = bob.post("/api/ask", json=asked | {"documents": [desk.secret]})
    assert refused.json()["refused"] and refused.json()["searched"]["documents"] == 0
    for body in (asked, asked | {"outlets": ["Halden"]}):
        assert SECRET not in bob.post("/api/ask", json=body).text
    assert len(ann.get("/api/documents").json()["documents"]) == len(bob.get("/api/documents").json()["documents"]) + 1


@pytest.mark.parametrize("path", ["/api/documents/{}", "/api/documents/{}/paragraphs/2", "/source/{}"])
def test_missing_and_forbidden_are_the_same(bob: httpx.Client, ann: httpx.Client, desk: Doors, path: str) -> None:
    forbidden, missing = bob.get(path.format(desk.secret)), bob.get(path.format("0" * 16))
    assert forbidden.status_code == missing.status_code == 404
    assert forbidden.text == missing.text
    assert ann.get(path.format(desk.secret)).status_code == 200


def test_nobody_is_let_in_without_a_key(desk: Doors) -> None:
    paths = ["/api/documents", "/api/suggestions", "/v1/models", "/api/openapi.json", f"/source/{desk.secret}"]
    with desk.client(None) as nobody:
        found = [nobody.get(path) for path in paths]
        found += [nobody.post(path, json={}) for path in ("/api/ask", "/api/next", "/v1/chat/completions", "/mcp")]
    assert {one.status_code for one in found} == {401}


# -- documents --------------------------------------------------------------------------------------------------------


def test_pages_of_the_list_are_the_list(ann: httpx.Client) -> None:
    whole = ann.get("/api/documents").json()
    assert whole["next"] is None and whole["total"] == len(whole["documents"]) == 5
    ids, after = list[str](), None
    while not ids or after:
        page = ann.get("/api/documents", params={"limit": 2} | ({"after": after} if after else {})).json()
        ids, after = [*ids, *(one["id"] for one in page["documents"])], page["next"]
    assert ids == [one["id"] for one in whole["documents"]]
    titles = [one["title"] for one in ann.get("/api/documents", params={"q": "coast tunnel"}).json()["documents"]]
    assert titles == ["Tunnel open"]
    dated = ann.get("/api/documents", params={"since": "2022-01-01", "outlet": ["Coast Courier", "Halden"]}).json()
    assert [one["date"] for one in dated["documents"]] == ["2024-02-01", "2022-05-03"]


def test_a_document_has_all_its_paragraphs(ann: httpx.Client, desk: Doors) -> None:
    found = ann.get(f"/api/documents/{desk.secret}").json()
    stored = desk.server.desk.library.document(desk.secret)
    assert [one["text"] for one in found["paragraphs"]] == [
        stored.text[one.start : one.end] for one in stored.paragraphs
    ]
    assert found["length"] == len(found["paragraphs"]) and "/news" not in json.dumps(found)


# -- what cannot be used ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"{", "not valid JSON"),
        (b"[]", "body"),
        (b"{}", "question"),
        (b'{"question": " "}', "empty"),
        (b'{"question": 7}', "question"),
        (b'{"question": "\\ud800"}', "question"),
        (json.dumps({"question": "x" * 2001}).encode(), "2000"),
        (b'{"question": "x", "model": "y"}', "no such field"),
        (b'{"question": "x", "since": "2024-02-30"}', "not a day"),
        (b'{"question": "x", "since": 1700000000}', "YYYY-MM-DD"),
        (b'{"question": "x", "today": "0001-01-01"}', "1900"),
        (b'{"question": "x", "since": "2024-05-01", "until": "2024-04-01"}', "later than"),
        (b'{"question": "x", "style": "long"}', "style"),
        (b'{"question": "x", "stream": "yes"}', "stream"),
        (json.dumps({"question": "x", "history": [{"question": "y", "answer": "z"}] * 21}).encode(), "20"),
        (b'{"question": "x", "conversation": "a", "history": [{"question": "y", "answer": "z"}]}', "either"),
    ],
)
def test_a_body_that_cannot_be_used_is_told_why(bob: httpx.Client, body: bytes, says: str) -> None:
    refused = bob.post("/api/ask", content=body, headers={"Content-Type": "application/json"})
    assert refused.status_code == 400, refused.text
    error = refused.json()["error"]
    assert error["code"] == "bad_request" and says in error["message"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/documents?limit=0", 400),
        ("GET", "/api/documents?after=nowhere", 400),
        ("GET", "/api/documents/x/paragraphs/" + "9" * 30, 404),
        ("GET", "/api/documents/x/paragraphs/one", 400),
        ("DELETE", "/api/documents", 405),
        ("GET", "/v1/chat/completions", 405),
        ("POST", "/source/x", 405),
    ],
)
def test_errors_have_one_shape(bob: httpx.Client, method: str, path: str, status: int) -> None:
    refused = bob.request(method, path)
    assert refused.status_code == status
    error = refused.json()["error"]
    assert error["message"] and error["code"]
    if status == 405:
        assert refused.headers["allow"]


def test_silence_is_broken_by_comments_only() -> None:
    async def slow() -> AsyncGenerator[int, None]:
        yield 1
        await asyncio.sleep(0.2)
        yield 2

    async def parts() -> AsyncGenerator[str | None, None]:
        async for item in ticking(slow(), 0.02, 0.02):
            yield None if item is None else str(item)

    async def run() -> list[str]:
        return [text async for text in heard(parts(), 0.05)]

    found = asyncio.run(run())
    assert [found[0], found[-1]] == ["1", "2"]
    assert 1 <= len(found[1:-1]) <= 4 and set(found[1:-1]) == {ALIVE}


def test_an_error_of_any_kind_is_the_last_item_and_ends_the_work() -> None:
    ended = []

    async def broken() -> AsyncGenerator[int, None]:
        try:
            yield 1
            raise ZeroDivisionError
        finally:
            ended.append(True)

    async def run() -> list[int | Failed | None]:
        return [item async for item in ticking(broken(), 1.0, 1.0)]

    one, failure = asyncio.run(run())
    assert one == 1 and isinstance(failure, Failed) and isinstance(failure.error, ZeroDivisionError) and ended
    told = trouble(failure.error)
    assert told.status == 500 and "ZeroDivision" not in told.message and "log under" in told.message


def test_what_nobody_foresaw_is_told_under_an_id_without_detail() -> None:
    app = FastAPI()
    handlers(app)

    @app.get("/api/broken")
    def broken() -> None:
        raise ZeroDivisionError("the secret of the board")

    with TestClient(app, raise_server_exceptions=False) as client:
        found = [client.get("/api/broken"), client.get("/api/nothing")]
    assert [one.status_code for one in found] == [500, 404]
    assert [one.json()["error"]["code"] for one in found] == ["failed", "not_found"]
    assert "secret" not in found[0].text


def test_the_example_prints_the_answer_and_where_it_is_from(
    desk: Doors, bob: httpx.Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = tmp_path / "key"
    key.write_text(desk.keys["bob"])
    desk.script.reply = saying(BUILT)
    assert example.main([desk.address, FERRY["question"], "--key-file", str(key)]) == 0
    told = capsys.readouterr().out
    assert f"supported  {BUILT} [1]" in told and f"{desk.address}/source/" in told
    with pytest.raises(SystemExit, match="401: "):
        example.main([desk.address, FERRY["question"]])


# -- the description --------------------------------------------------------------------------------------------------


def test_the_description_is_a_page_without_script(bob: httpx.Client) -> None:
    page, described = bob.get("/api/docs"), bob.get("/api/openapi.json").json()
    assert page.status_code == 200 and "<script" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert described["openapi"].startswith("3.1")
    for path, methods in described["paths"].items():
        assert path in page.text
        for operation in methods.values():
            assert operation["summary"] in page.text and "422" not in operation["responses"]
