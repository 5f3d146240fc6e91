"""Feedback over HTTP, and as cases that ``citedesk eval`` runs over the sample documents."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from evals.cases import CORPUS
from evals.load import is_own, own
from evals.tasks.questions import question_task
from rag.answer import answer
from rag.settings import read
from rag.types import Filters
from tests.serving import opened, served
from ui.keeping.command import main
from ui.keeping.kept import Kept
from ui.keeping.opinions import Fault, Opinion, Spot, Vote
from ui.people import MACHINE
from ui.server import Server

QUESTION = "How many articles does the treaty have?"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with opened(tmp_path_factory.mktemp("home"), CORPUS) as server:
        yield server


@pytest.fixture(scope="module")
def client(server: Server) -> Iterator[httpx.Client]:
    with served(server) as address, httpx.Client(base_url=address, timeout=30) as client:
        yield client


def ask(server: Server, question: str, conversation: str = "", filters: Filters | None = None) -> Kept:
    history, desk = server.history, server.desk
    begun = conversation or history.begin(MACHINE, question).id
    found = answer(desk, question, history.turns(MACHINE, begun, desk), filters)
    return history.add(MACHINE, begun, found, desk)


def test_an_opinion_is_given_changed_listed_and_taken_back(server: Server, client: httpx.Client) -> None:
    kept = ask(server, QUESTION)
    place = {"document_id": kept.answer.citations[0].document_id, "paragraph": 1}
    assert client.post("/api/feedback", json={"exchange": kept.id, "vote": "up"}).json()["reason"] is None
    body = {"exchange": kept.id, "vote": "down", "reason": "should have answered", "comment": "23", "paragraph": place}
    given = client.post("/api/feedback", json=body)
    assert given.status_code == 200 and given.json()["paragraph"] == place
    assert client.get(f"/api/exchanges/{kept.id}").json()["feedback"] == given.json()
    (listed,) = client.get("/api/feedback").json()["feedback"]
    assert listed["question"] == QUESTION and listed["reason"] == "should have answered"
    for wrong, status in (
        ({"exchange": "nobody's", "vote": "up"}, 404),
        ({"exchange": kept.id, "vote": "sideways"}, 400),
        ({"exchange": kept.id, "vote": "down", "comment": "x" * 1001}, 400),
        ({"exchange": kept.id, "vote": "up", "reason": "wrong"}, 400),
        ({"exchange": kept.id, "vote": "down", "paragraph": {"document_id": "nowhere", "paragraph": 1}}, 400),
    ):
        refused = client.post("/api/feedback", json=wrong)
        assert (refused.status_code, set(refused.json()["error"])) == (status, {"code", "message"})
    assert client.delete(f"/api/feedback/{kept.id}").status_code == 204
    assert client.get("/api/feedback").json() == {"feedback": []}


def test_conversations_over_http(server: Server, client: httpx.Client) -> None:
    client.delete("/api/conversations")
    kept = ask(server, QUESTION)
    (listed,) = client.get("/api/conversations", params={"q": "treaty 23"}).json()["conversations"]
    assert (listed["title"], listed["exchanges"], listed["id"]) == (QUESTION, 1, kept.conversation)
    told = client.get(f"/api/conversations/{kept.conversation}").json()["answers"]
    (citation,) = told[0]["citations"]
    assert citation["state"] == "unchanged" and citation["now"]["paragraph"] == citation["paragraph"]
    assert citation["source"].startswith(f"/source/{citation['document_id']}?quote=")
    renamed = client.patch(f"/api/conversations/{kept.conversation}", json={"title": "The pact"})
    assert renamed.json()["title"] == "The pact"
    assert client.patch(f"/api/conversations/{kept.conversation}", json={"title": " "}).status_code == 400
    begun = client.post("/api/conversations", json={"title": "Another"})
    assert begun.status_code == 201 and begun.json()["exchanges"] == 0
    for method, path in (
        ("GET", "/api/conversations/0"),
        ("DELETE", "/api/conversations/0"),
        ("GET", "/api/exchanges/0"),
    ):
        assert client.request(method, path).json()["error"]["code"] == "not_found"
    assert client.delete(f"/api/conversations/{kept.conversation}").status_code == 204
    assert client.delete("/api/conversations").json() == {"deleted": 1}


def test_feedback_is_run_as_cases(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    history, desk = server.history, server.desk
    liked = ask(server, QUESTION)
    history.judge(MACHINE, liked.id, Opinion(Vote.UP), desk)
    (cited,) = liked.answer.citations
    first = ask(server, "When was the treaty signed?")
    follow = ask(server, "Who published it?", first.conversation)
    assert follow.answer.standalone != follow.answer.question
    right = next(
        Spot(entry.id, each.number)
        for entry in desk.library.entries()
        for document in [desk.library.document(entry.id)]
        for each in document.paragraphs
        if "The Korean Central News Agency" in document.text[each.start : each.end]
    )
    history.judge(MACHINE, follow.id, Opinion(Vote.DOWN, Fault.SHOULD_HAVE_ANSWERED, right=right), desk)
    refuse = ask(server, "How long is the treaty with Mongolia, in articles?")
    history.judge(MACHINE, refuse.id, Opinion(Vote.DOWN, Fault.SHOULD_HAVE_REFUSED), desk)
    bread = ask(server, "What is the best recipe for sourdough bread?", filters=Filters(outlets=("Harbour Wire",)))
    history.judge(MACHINE, bread.id, Opinion(Vote.UP), desk)
    history.judge(MACHINE, first.id, Opinion(Vote.DOWN, Fault.OTHER), desk)

    file = tmp_path / "feedback.jsonl"
    monkeypatch.setenv("CITEDESK_HOME", str(desk.settings.home))
    assert main(["feedback", "--cases", str(file)]) == 0
    told = capsys.readouterr().err
    assert told.startswith(f"3 cases written to {file}.")
    assert "No case of 1 opinion: it does not say which paragraph is right." in told
    assert "No case of 1 opinion: it was asked under filters, which cases do not have." in told
    assert main(["--cases", str(file)]) == 2 and "--force" in capsys.readouterr().err
    assert main([]) == main(["--json"]) == 0
    listed = capsys.readouterr().out
    assert "should have refused" in listed and '"vote": "down"' in listed

    assert is_own(file)
    made = {case.question: case for case in own(file, CORPUS).cases}
    assert made[QUESTION].support[0].quote == cited.quote and made[QUESTION].answerable
    assert not made[refuse.answer.question].answerable
    assert "The Korean Central News Agency" in made["Who published it?"].support[0].quote
    assert [turn.question for turn in made["Who published it?"].history] == [first.answer.question]
    settings = read({"CITEDESK_HOME": str(tmp_path)})
    with question_task("feedback", own(file, CORPUS), tmp_path, settings, lambda done, total, what: None) as task:
        graded = [task.grade(id_) for id_ in task.ids]
    assert len(graded) == 3 and {row.type for row in graded} == {"feedback"} and all(row.scores for row in graded)
