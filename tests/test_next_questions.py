"""Next questions over the sample corpus: answered by the product, new, standing alone, and under the user's filters."""

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from evals.cases import CORPUS
from evals.model_server import closed_url
from rag.answer import answer
from rag.desk import Desk, ingest_paths, open_desk
from rag.settings import read
from rag.suggesting.asking import stands
from rag.suggesting.next_questions import MOST, following
from rag.terms import stems
from rag.types import Answer, Citation, Filters, Turn

ASKED = (
    "When did Putin visit Hanoi?",
    "Who opposed the ratification of the treaty?",  # refused
    "How many shells did North Korea send?",
    "How many people are displaced worldwide?",
    "Who is Chang Ho-jin?",
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    settings = replace(read({}), home=tmp_path_factory.mktemp("home"))
    with closing(open_desk(settings)) as desk:
        ingest_paths(desk, [CORPUS])
        yield desk


def overlap(one: Citation, other: Citation) -> bool:
    return one.document_id == other.document_id and one.start < other.end and other.start < one.end


def check(desk: Desk, found: Answer, history: tuple[Turn, ...] = (), filters: Filters | None = None) -> tuple[str, ...]:
    """What holds for all next questions ever shown."""
    offered = following(desk, found, history)
    assert len(offered) <= MOST and len(set(offered)) == len(offered)
    told = [*found.citations, *(citation for turn in history for citation in turn.citations)]
    sure = []
    for question in offered:
        assert stands(question) and question.endswith("?")
        for asked in (found.standalone, *(turn.question for turn in history)):
            assert stems(asked) != stems(question)
        reply = answer(desk, question, (), filters, write=False)
        assert not reply.refused and not any(overlap(reply.citations[0], each) for each in told)
        sure.append(reply.confidence)
    assert sure == sorted(sure, reverse=True)
    return offered


@pytest.mark.parametrize("question", ASKED)
def test_what_is_offered_is_answered_with_something_new(desk: Desk, question: str) -> None:
    check(desk, answer(desk, question, write=False))


def test_most_answers_and_a_near_refusal_have_next_questions(desk: Desk) -> None:
    # The readings of the tests above are remembered, so that the second of time is enough on any machine.
    replies = [answer(desk, question, write=False) for question in ASKED]
    assert any(reply.refused for reply in replies)
    for reply in replies:
        following(desk, reply)
    offered = {reply.question: following(desk, reply) for reply in replies}
    assert sum(bool(each) for each in offered.values()) >= 4
    (near,) = [offered[reply.question] for reply in replies if reply.refused]
    assert any("ratification" in question for question in near)


def test_what_was_asked_and_told_is_not_offered_again(desk: Desk) -> None:
    found = answer(desk, "How many shells did North Korea send?", write=False)
    history: tuple[Turn, ...] = ()
    offered: list[str] = []
    for _ in range(3):
        now = check(desk, found, history)
        assert not set(now) & set(offered)
        offered.extend(now)
        for question in now:
            reply = answer(desk, question, write=False)
            history = (*history, Turn(question, reply.text, reply.citations))


def test_the_users_filters_hold(desk: Desk) -> None:
    own = Filters(until=date(2024, 6, 30), outlets=("The Seoul Dispatch", "Harbour Wire"))
    found = answer(desk, "Has South Korea sent lethal weapons to Ukraine?", (), own, write=False)
    for question in check(desk, found, (), own):
        for citation in answer(desk, question, (), own, write=False).citations:
            assert citation.outlet in own.outlets and citation.published and citation.published <= date(2024, 6, 30)


def test_limits_that_the_question_set_do_not_hold_for_the_next(desk: Desk) -> None:
    found = answer(desk, "What did Harbour Wire report about Hanoi this week?", today=date(2024, 6, 22), write=False)
    assert found.searched.filters.outlets == ("Harbour Wire",)
    check(desk, found)


def test_nothing_near_nothing_offered(desk: Desk) -> None:
    assert following(desk, answer(desk, "What is the best sourdough recipe?", write=False)) == ()


def test_flagged_passages_give_no_questions(desk: Desk) -> None:
    found = answer(desk, "When was the treaty ratified?", write=False)
    assert following(desk, replace(found, flagged=(*found.passages, *found.related))) == ()


def test_it_takes_about_a_second(desk: Desk) -> None:
    found = answer(desk, "Why did South Korea summon the Russian ambassador?", write=False)
    started = time.perf_counter()
    following(desk, found)
    assert time.perf_counter() - started < 5.0  # the machine may be busy


def test_no_model_is_asked(tmp_path: Path) -> None:
    settings = replace(
        read({"OPENAI_BASE_URL": closed_url(), "CITEDESK_MODEL": "nobody"}), home=tmp_path / "home"
    )  # asking it would add a notice, and the answers would not be quotations
    folder = tmp_path / "documents"
    folder.mkdir()
    said = "Mayor Alma Reyes opened the Osk bridge on 3 May 1974. The Osk bridge was painted by Ivo Brandt in 1980.\n"
    (folder / "note.txt").write_text(said, encoding="utf-8")
    with closing(open_desk(settings)) as desk:
        ingest_paths(desk, [folder])
        found = answer(desk, "Who painted the Osk bridge?", write=False)
        assert set(following(desk, found)) <= {"When did Mayor Alma Reyes open the Osk bridge?", "Who is Alma Reyes?"}


def test_an_empty_library_offers_nothing(tmp_path: Path) -> None:
    with closing(open_desk(replace(read({}), home=tmp_path))) as empty:
        assert following(empty, answer(empty, "Who signed the treaty?")) == ()
