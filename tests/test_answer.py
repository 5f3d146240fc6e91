"""Answers over the sample corpus: growing, cited, filtered, refused; and what may never happen, over every case."""

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from itertools import combinations
from pathlib import Path

import pytest
from llama_index.core.schema import NodeWithScore

from evals.cases import CORPUS, Case
from evals.load import own
from index.embed import Endpoint
from index.errors import ModelMismatch, UsageError
from index.exact import ExactIndex
from index.vectors import ChromaIndex
from rag.answer import answer, stream
from rag.desk import Desk, ingest_paths, open_desk
from rag.llama import CitedRetriever
from rag.retrieve import retrieve
from rag.settings import read
from rag.suggesting.suggest import questions
from rag.types import Answer, Filters, Part, Turn


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    settings = replace(read({}), home=tmp_path_factory.mktemp("home"))
    with closing(open_desk(settings)) as desk:
        ingest_paths(desk, [CORPUS])
        yield desk


def check(desk: Desk, found: Answer) -> None:
    """What holds for every answer ever shown."""
    assert 0.0 <= found.confidence <= 1.0
    if found.refused:
        assert found.claims == () and found.citations == ()
        assert set(found.related) <= set(found.passages)
        return
    assert 1 <= len(found.claims) <= 4
    assert [citation.number for citation in found.citations] == list(range(1, len(found.citations) + 1))
    for claim in found.claims:
        assert claim.citations and claim.text == claim.citations[0].quote
        for citation in claim.citations:
            document = desk.library.document(citation.document_id)
            paragraph = document.paragraphs[citation.paragraph - 1]
            assert document.version == citation.version
            assert document.text[citation.start : citation.end] == citation.quote != ""
            assert paragraph.start <= citation.start < citation.end <= paragraph.end
            assert paragraph.page == citation.page and not paragraph.heading
    places = [(one.document_id, one.start, one.end) for one in found.citations]
    for first, second in combinations(places, 2):
        assert first[0] != second[0] or first[2] <= second[1] or second[2] <= first[1], "a passage is quoted twice"


@pytest.mark.parametrize("case", own().cases, ids=lambda case: case.id)
def test_every_answer_keeps_the_promises(desk: Desk, case: Case) -> None:
    check(desk, answer(desk, case.question, case.history))


def test_an_answer_grows_claim_by_claim(desk: Desk) -> None:
    steps = list(stream(desk, "What did Kim Jong Un promise Putin?"))
    assert steps[0].claims == () and not steps[0].refused and steps[0].passages
    assert [len(step.claims) for step in steps] == list(range(len(steps)))
    assert steps[-1].claims[: len(steps[-2].claims)] == steps[-2].claims


def test_a_far_question_is_refused_with_what_is_near(desk: Desk) -> None:
    found = answer(desk, "What is the best recipe for sourdough bread?")
    assert found.refused and found.text == "Not in these documents." and len(found.related) == 3


def test_filters_are_kept_by_every_passage(desk: Desk) -> None:
    question = "How many people were displaced?"
    late = Filters(since=date(2025, 1, 1))
    assert {p.document.published and p.document.published.year for p in answer(desk, question, (), late).passages} == {
        2025
    }
    early = Filters(until=date(2024, 6, 17))
    passages = answer(desk, question, (), early).passages
    assert passages and all(p.document.published and p.document.published <= date(2024, 6, 17) for p in passages)
    outlet = Filters(outlets=("Northsea Review",))
    assert {p.document.outlet for p in answer(desk, question, (), outlet).passages} == {"Northsea Review"}
    one = desk.library.entries()[0].id
    assert {p.document.id for p in answer(desk, question, (), Filters(documents=(one,))).passages} == {one}


def test_filters_that_leave_nothing_refuse_and_say_so(desk: Desk) -> None:
    found = answer(desk, "How many people were displaced?", (), Filters(since=date(2100, 1, 1)))
    assert found.refused and found.passages == () and found.searched.documents == 0


def test_a_follow_up_is_searched_in_full(desk: Desk) -> None:
    history = [Turn("When did Putin arrive in Hanoi?", "On 20 June 2024.")]
    found = answer(desk, "And in Pyongyang?", history)
    assert found.question == "And in Pyongyang?" and "Putin" in found.standalone and "Pyongyang" in found.standalone


@pytest.mark.parametrize("question", ["", "  \n ", "x" * 2001])
def test_no_question_is_an_error_that_says_so(desk: Desk, question: str) -> None:
    with pytest.raises(UsageError, match="question"):
        answer(desk, question)


@pytest.mark.parametrize("question", ["?", "NEAR(", '"', "the of and", "*", "🙂", "a" * 2000, "AND OR NOT"])
def test_odd_questions_are_answered_or_refused(desk: Desk, question: str) -> None:
    check(desk, answer(desk, question))


def test_an_empty_library_refuses(tmp_path: Path) -> None:
    with closing(open_desk(replace(read({}), home=tmp_path))) as empty:
        found = answer(empty, "Who signed the treaty?")
        assert found.refused and found.searched.documents == 0 and found.related == ()


def test_a_change_by_another_process_is_seen_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    file = folder / "note.txt"
    file.write_text("The harbour bridge was opened by Mayor Alma Reyes in 1974.\n", encoding="utf-8")
    settings = replace(read({}), home=tmp_path / "home")
    question = "Who opened the harbour bridge?"
    with closing(open_desk(settings)) as serving:
        ingest_paths(serving, [folder])
        assert "Alma Reyes" in answer(serving, question).text
        file.write_text("The harbour bridge was opened by Governor Ivo Brandt in 1974.\n", encoding="utf-8")
        with closing(open_desk(settings)) as other:  # Chroma is taken, so this one searches exactly
            ingest_paths(other, [folder])
            assert "Ivo Brandt" in answer(other, question).text
        assert "Ivo Brandt" in answer(serving, question).text


def test_a_patient_desk_waits_for_the_vector_index(tmp_path: Path) -> None:
    settings = replace(read({}), home=tmp_path)
    first = open_desk(settings)
    with closing(open_desk(settings)) as hasty:
        assert isinstance(hasty.index, ExactIndex)
    freed = threading.Timer(0.5, first.close)
    freed.start()
    with closing(open_desk(settings, patience=30.0)) as patient:
        assert isinstance(patient.index, ChromaIndex)
    freed.join()


def test_another_model_is_refused_before_its_endpoint_is_asked(desk: Desk) -> None:
    other = Endpoint("other", "http://127.0.0.1:9/v1", None, 1.0)
    with pytest.raises(ModelMismatch, match="reembed"):
        retrieve(desk.library, desk.index, other, "Why?", Filters(), 3)


def test_any_llamaindex_pipeline_can_use_the_retrieval(desk: Desk) -> None:
    nodes = CitedRetriever(desk.library, desk.index, desk.model, k=4).retrieve("Who reached Kursk?")
    assert len(nodes) == 4 and all(isinstance(node, NodeWithScore) for node in nodes)
    for node in nodes:
        document = desk.library.document(node.node.metadata["document_id"])
        start, end = node.node.start_char_idx, node.node.end_char_idx  # type: ignore[attr-defined]
        assert document.text[start:end] == node.node.get_content()


def test_example_questions_are_answered_from_different_documents(desk: Desk) -> None:
    found = questions(desk, 4)
    assert len(found) == 4
    first = [answer(desk, question) for question in found]
    assert not any(each.refused for each in first)
    assert len({each.citations[0].document_id for each in first}) == 4


def test_a_question_limits_its_own_search_and_says_why(desk: Desk) -> None:
    found = answer(desk, "What did Harbour Wire report about Hanoi this week?", today=date(2024, 6, 22))
    searched = found.searched
    assert searched.filters == Filters(date(2024, 6, 15), date(2024, 6, 22), ("Harbour Wire",))
    assert [reason.words for reason in searched.reasons] == ["this week", "did Harbour Wire report"]
    assert searched.understood and searched.understood.today == date(2024, 6, 22) and not searched.understood.dropped
    assert searched.documents == desk.library.count_documents(searched.filters) > 0
    assert found.passages and {passage.document.outlet for passage in found.passages} == {"Harbour Wire"}


def test_a_limit_can_be_taken_off(desk: Desk) -> None:
    question, today = "What did Harbour Wire report about Hanoi this week?", date(2024, 6, 22)
    searched = answer(desk, question, today=today, infer=[Part.OUTLET]).searched
    assert searched.filters == Filters(outlets=("Harbour Wire",))
    searched = answer(desk, question, today=today, infer=()).searched
    assert searched.filters == Filters() and searched.understood is None


def test_the_users_own_filters_come_before_the_questions(desk: Desk) -> None:
    own = Filters(until=date(2024, 12, 31), outlets=("Northsea Review",))
    searched = answer(desk, "What did Harbour Wire report this week?", (), own, today=date(2024, 6, 22)).searched
    assert searched.filters == own and searched.reasons == ()
    own = Filters(documents=(desk.library.entries()[0].id,))
    searched = answer(desk, "What has changed since May 2023?", (), own, today=date(2025, 12, 31)).searched
    assert searched.filters == replace(own, since=date(2023, 5, 1))


def test_limits_that_leave_no_document_are_taken_back_dates_first(desk: Desk) -> None:
    searched = answer(desk, "What did Harbour Wire report this week?", today=date(2030, 1, 1)).searched
    assert searched.filters == Filters(outlets=("Harbour Wire",))
    assert searched.understood and [each.part for each in searched.understood.dropped] == [Part.TIME]
    nothing = Filters(since=date(2100, 1, 1))
    assert answer(desk, "What did Harbour Wire report this week?", (), nothing).searched.documents == 0


def test_a_refusal_names_the_limits_it_was_found_under(desk: Desk) -> None:
    found = answer(desk, "What was the best sourdough recipe this week?", today=date(2024, 6, 22))
    assert found.refused and found.text == "Not in the documents published 15 to 22 June 2024."


def test_dates_are_not_read_from_questions_when_most_documents_have_none(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    for name, day in (("a", "date: 2024-06-20\n"), ("b", ""), ("c", "")):
        text = f"---\ntitle: Note {name}\n{day}outlet: Wire\n---\n\nThe bridge {name} was closed by the mayor.\n"
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    with closing(open_desk(replace(read({}), home=tmp_path / "home"))) as desk:
        ingest_paths(desk, [folder])
        searched = answer(desk, "Which bridge was closed this week?", today=date(2024, 6, 21)).searched
        assert searched.filters == Filters() and searched.understood and not searched.understood.dropped
        (folder / "c.md").unlink()
        ingest_paths(desk, [folder])
        searched = answer(desk, "Which bridge was closed this week?", today=date(2024, 6, 21)).searched
        assert searched.filters == Filters(date(2024, 6, 14), date(2024, 6, 21)) and searched.documents == 1
