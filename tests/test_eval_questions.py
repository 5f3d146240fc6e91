"""Questions graded over a handful of real documents, every score against what can be told by reading them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from evals.cases import Case, Questions, Source, Support
from evals.results import OURS, Row, decode, encode
from evals.tasks.questions import COSINE, question_task
from index.errors import UsageError
from rag.settings import read

FERRY = Source(
    "ferry", "Ferries move", "Three ferries were moved from Bergen to Oslo in March.\nNobody was hurt.", "Wire"
)
COPY = Source("copy", "Ferries move again", "Three ferries were moved from Bergen to Oslo in March.", "Post")
COFFEE = Source("coffee", "Coffee", "Most of the coffee is grown in Brazil. The harvest begins in May.")
OLD = Source("old", "Budget", "The parliament has not passed the budget yet.")
NEW = Source("new", "Budget passed", "The parliament passed the budget on Monday with 61 votes.")
SOURCES = (FERRY, COPY, COFFEE, OLD, NEW)


def graded(home: Path, *cases: Case, refuse_below: float = 0.0, sources: Sequence[Source] = SOURCES) -> list[Row]:
    settings = replace(read({}), refuse_below=refuse_below)
    questions = Questions(cases, tuple(sources))
    with question_task("made", questions, home, settings, lambda done, total, what: None) as task:
        return [task.grade(id_) for id_ in task.ids]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the documents are kept between these tests, as between runs."""
    return tmp_path_factory.mktemp("libraries")


def asked(
    question: str, *support: Support, answerable: bool = True, kind: str = "fact", **more: tuple[str, ...]
) -> Case:
    return Case(question, kind, question, answerable, support=support, **more)  # type: ignore[arg-type]


WHERE = "Where were the three ferries moved in March?"


def test_an_answer_that_is_right(home: Path) -> None:
    (row,) = graded(home, asked(WHERE, Support("ferry", "moved from Bergen to Oslo"), answers=("to Oslo",)))
    ours = row.scores[OURS]
    assert ours["document hit@1"] == ours["paragraph hit@1"] == ours["paragraph MRR@10"] == 1.0
    assert ours["best sentence right"] == ours["best paragraph right"] == ours["right when answered"] == 1.0
    assert ours["expected words"] == ours["sentences cited"] == ours["citation recall"] == ours["answered"] == 1.0
    assert ours["citation precision"] == 1.0, "the syndicated copy is cited as well, and supports"
    assert ours["answerable"] == ours["right"] == 1.0 and "refusal recall" not in ours
    assert row.expected == ("to Oslo", "moved from Bergen to Oslo") and "Oslo" in row.given
    assert {excerpt.document_id for excerpt in row.citations} <= {"ferry", "copy"}
    assert all(excerpt.supports for excerpt in row.citations)
    assert row.timings is not None and row.timings["total"] == pytest.approx(ours["total ms"], abs=1e-3)
    assert set(row.scores) == {OURS, "BM25", "dense", "RRF", COSINE}
    assert row.scores["BM25"]["document hit@1"] == 1.0 and row.scores[COSINE]["best sentence right"] == 1.0


def test_excerpts_are_the_words_of_the_documents(home: Path) -> None:
    (row,) = graded(home, asked(WHERE, Support("ferry", "moved from Bergen to Oslo")))
    texts = {source.id: source.text.replace("\n", "\n\n") for source in SOURCES}
    for excerpt in (*row.citations, *row.passages):
        assert texts[excerpt.document_id][excerpt.start : excerpt.end] == excerpt.text != ""
    assert decode(encode(row)) == row


def test_what_is_cited_beside_the_support_counts_against_precision(home: Path) -> None:
    (row,) = graded(home, asked(WHERE, Support("coffee", "grown in Brazil")))
    ours = row.scores[OURS]
    assert ours["citation precision"] == ours["citation recall"] == ours["best paragraph right"] == ours["right"] == 0.0
    assert 0.0 < (ours["document MRR@10"] or 0.0) < 1.0


def test_a_superseded_statement_is_neither_right_nor_wrong(home: Path) -> None:
    support, superseded = (Support("new", "passed the budget on Monday"),), (Support("old", "has not passed"),)
    case = replace(asked("Has the parliament passed the budget?", *support), superseded=superseded)
    (row,) = graded(home, case)
    cited = {excerpt.document_id for excerpt in row.citations}
    assert cited & {"old", "new"}
    if cited == {"old"}:
        assert row.scores[OURS]["citation precision"] is None and row.scores[OURS]["right"] == 0.0
    else:
        assert row.scores[OURS]["citation precision"] == 1.0


def test_a_refusal(home: Path) -> None:
    known = asked(WHERE, Support("ferry", "moved from Bergen to Oslo"), answers=("Oslo",))
    rows = graded(home, known, asked("Who won the chess final?", answerable=False), refuse_below=1.0)
    first, second = (row.scores[OURS] for row in rows)
    assert first["answered"] == first["expected words"] == first["citation recall"] == first["refusal precision"] == 0.0
    assert first["best sentence right"] == 1.0, "the ranking is graded though nothing was shown"
    assert "citation precision" not in first and "right when answered" not in first
    assert second["refusal recall"] == second["refusal precision"] == 1.0 and second["right"] == 0.0
    assert rows[0].given == "Not in these documents." and not rows[0].citations
    assert rows[1].expected == ("not in these documents",)


def test_a_guess(home: Path) -> None:
    (row,) = graded(home, asked("Who won the chess final?", answerable=False))
    assert row.scores[OURS]["refusal recall"] == 0.0 and not row.refused


def test_what_must_not_be_said(home: Path) -> None:
    case = asked("When does the harvest begin?", Support("coffee"), forbidden=("the harvest begins in May",))
    clean = asked("When does the harvest begin? ", Support("coffee"), forbidden=("in June",))
    said, unsaid = graded(home, case, clean)
    assert said.scores[OURS]["says what it must not"] == said.scores[COSINE]["says what it must not"] == 1.0
    assert unsaid.scores[OURS]["says what it must not"] == 0.0


def test_every_side_of_a_conflict_counts(home: Path) -> None:
    case = asked(WHERE, Support("ferry"), every=("Oslo", "Brazil"), answers=("Oslo", "Brazil"))
    (row,) = graded(home, case)
    assert row.scores[OURS]["conflict recall"] == 0.5


def test_only_a_document_is_named(home: Path) -> None:
    several, one = graded(
        home, asked(WHERE, Support("ferry"), answers=("Oslo",)), asked("Where is coffee grown?", Support("coffee"))
    )
    assert several.scores[OURS]["document hit@1"] is not None
    assert several.scores[OURS]["paragraph hit@1"] is None, "it has two paragraphs; which one, nobody said"
    assert several.scores[OURS]["citation precision"] is None
    assert one.scores[OURS]["paragraph hit@1"] == 1.0, "it has one"
    assert one.scores[OURS]["best sentence right"] is None, "nobody said which sentence, or which words"
    assert one.scores[OURS]["best paragraph right"] == 1.0


def test_words_that_no_supporting_sentence_has_leave_the_sentence_unscored(home: Path) -> None:
    (row,) = graded(home, asked(WHERE, Support("ferry"), answers=("the Norwegian capital",)))
    assert row.scores[OURS]["best sentence right"] is None
    assert row.scores[OURS]["expected words"] == 0.0


def test_only_some_documents_are_searched(home: Path) -> None:
    (row,) = graded(home, replace(asked(WHERE, Support("ferry"), answers=("Oslo",)), within=("coffee", "copy")))
    assert {passage.document_id for passage in row.passages} <= {"coffee", "copy"}
    assert row.scores["RRF"]["document hit@10"] == 0.0


def test_a_whole_paragraph_as_quote_does_not_make_every_sentence_of_it_right(home: Path) -> None:
    quote = Support("coffee", COFFEE.text)
    case = asked("When does the harvest begin?", quote, answers=("in May",))
    other = asked("Where is most of the coffee grown?", quote, answers=("in May",))
    right, beside = graded(home, case, other)
    assert right.scores[OURS]["best sentence right"] == 1.0
    assert beside.scores[OURS]["best sentence right"] == 0.0, "it stands there, but it does not say so"


def test_wrong_answers_and_citations_are_counted(home: Path) -> None:
    known = asked(WHERE, Support("coffee", "grown in Brazil"))
    guess, wrong = graded(home, asked("Who won the chess final?", answerable=False), known)
    assert guess.scores[OURS]["wrong answers"] == wrong.scores[OURS]["wrong answers"] == 1.0
    assert guess.scores[OURS]["wrong citations"] == len({(c.document_id, c.first_paragraph) for c in guess.citations})
    assert (wrong.scores[OURS]["wrong citations"] or 0.0) >= 1.0
    (refused,) = graded(home, known, refuse_below=1.0)
    assert refused.scores[OURS]["wrong answers"] == refused.scores[OURS]["wrong citations"] == 0.0


def test_answers_that_cannot_be_looked_for_leave_the_case_unscored(home: Path) -> None:
    (row,) = graded(home, asked(WHERE, Support("coffee"), answers=("%", "the")))
    assert row.scores[OURS]["expected words"] is None and row.scores[OURS]["best sentence right"] is None


def test_a_judged_document_that_is_lacking_is_never_found(home: Path) -> None:
    sources = (*SOURCES, Source("gone", "", ""))
    (row,) = graded(home, asked(WHERE, Support("ferry", grade=2), Support("gone")), sources=sources)
    assert row.scores[OURS]["document hit@5"] == 1.0 and row.scores[OURS]["document recall@10"] == 0.5


def test_nothing_to_measure_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no documents"):
        graded(tmp_path, asked(WHERE), sources=(Source("empty", "", ""),))
    with pytest.raises(UsageError, match="no questions"):
        graded(tmp_path)


@pytest.mark.parametrize(
    ("support", "told"),
    [(Support("nowhere"), "not among the documents"), (Support("ferry", "four ferries"), "holds the quote")],
)
def test_a_case_that_names_what_is_not_there_is_refused(home: Path, support: Support, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        graded(home, asked(WHERE, support))


def test_documents_are_embedded_once(home: Path) -> None:
    graded(home, asked(WHERE, Support("ferry")))
    before = {path: path.stat().st_mtime_ns for path in home.rglob("library.sqlite")}
    graded(home, asked(WHERE, Support("ferry")))
    assert {path: path.stat().st_mtime_ns for path in home.rglob("library.sqlite")} == before


def test_a_document_without_text_is_left_out(tmp_path: Path) -> None:
    (row,) = graded(tmp_path, asked(WHERE, Support("ferry")), sources=(FERRY, Source("empty", "", " \n ")))
    assert {passage.document_id for passage in row.passages} == {"ferry"}


def test_a_question_is_asked_on_its_day_or_else_on_that_of_the_newest_document(tmp_path: Path) -> None:
    may = Source("may", "Vote", "The parliament chose Ana Duarte as speaker.", "Wire", date(2024, 5, 2))
    june = Source("june", "Vote again", "The parliament chose Ivo Brandt as speaker.", "Wire", date(2024, 6, 3))
    case = asked("Whom did the parliament choose as speaker this week?", Support("may"))
    sources = (may, june)
    then, late = graded(tmp_path, replace(case, asked=date(2024, 5, 3)), replace(case, id="late"), sources=sources)
    assert {excerpt.document_id for excerpt in then.passages} == {"may"}
    assert {excerpt.document_id for excerpt in late.passages} == {"june"}
    assert then.scores[OURS]["document hit@1"] == 1.0 and late.scores[OURS]["document MRR@10"] == 0.0
    assert then.scores["BM25"] == late.scores["BM25"], "plain baselines search without dates"
    undated = tuple(replace(source, published=None) for source in sources)
    (row,) = graded(tmp_path / "undated", case, sources=undated)
    assert {excerpt.document_id for excerpt in row.passages} == {"may", "june"}
