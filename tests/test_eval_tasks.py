"""The tasks beside question answering, each on examples small enough to grade by hand."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import pytest
from llama_index.core import MockEmbedding

from evals.cases import Claim, Page, Pair, Rewrite, Segmented
from evals.results import OURS, Row, Task
from evals.tasks.claims import COSINE, SHARED, claim_task, pair_task, threshold
from evals.tasks.pages import TRAFILATURA, Overlap, overlap, page_task
from evals.tasks.rewrites import AS_ASKED, rewrite_task
from evals.tasks.segmentation import EXPRESSION, segmentation_task
from evals.tasks.segmenters import segmenters
from index.embed import MiniLM, embed
from index.errors import UsageError
from rag.types import Turn

EVIDENCE = "The river froze in March.\nThree ferries were moved to Oslo. Nobody was hurt."


def claim(id_: str, text: str, attributable: bool, split: str = "test", evidence: str = EVIDENCE) -> Claim:
    return Claim(id_, "made", split, text, (evidence,) if evidence else (), attributable)


DEV = (
    claim("d1", "Three ferries were moved to Oslo.", True, "dev"),
    claim("d2", "The river was covered with ice in March.", True, "dev"),
    claim("d3", "The parliament passed a budget.", False, "dev"),
    claim("d4", "Coffee is grown in Brazil.", False, "dev"),
)
TEST = (
    claim("t1", "Nobody was hurt.", True),
    claim("t2", "A pianist won the prize.", False),
    claim("t3", "Ferries were moved to Oslo.", True),
    claim("t4", "The river was covered with ice in March.", True),  # exactly at the threshold
)


def rows(task: Task) -> Sequence[Row]:
    return [task.grade(id_) for id_ in task.ids]


def verdicts(task: Task) -> Sequence[float | None]:
    return [row.scores[system]["verdict"] for row in rows(task) for system in (COSINE, SHARED)]


def test_the_threshold_is_the_support_with_the_best_balanced_accuracy() -> None:
    # Positives and negatives told rightly: from 0.6 on 2 of 2 and 2 of 3, from 0.7 1 of 2 and 2 of 3, from 0.9 1 of 2
    # and 3 of 3: means 0.83, 0.58 and 0.75.
    assert threshold([0.9, 0.6, 0.7, 0.2, 0.1], [True, True, False, False, False]) == 0.6
    assert threshold([0.5, 0.4, 0.3], [True, False, True]) == 0.5  # 0.75; 0.25 from 0.4 on, 0.5 from 0.3 on
    assert threshold([0.5, 0.4, 0.3, 0.2], [True, False, True, False]) == 0.3  # 0.75, as from 0.5 on
    assert threshold([0.5, 0.4], [True, True]) is None
    assert threshold([], []) is None


def test_a_claim_is_as_supported_as_its_closest_sentence(model: MiniLM) -> None:
    parts = ["The river froze in March.", "Three ferries were moved to Oslo.", "Nobody was hurt."]
    vectors = embed(model, ["Ferries were moved to Oslo.", *parts])
    graded = claim_task("claims", TEST, model).grade("t3")
    assert graded.scores[COSINE]["support"] == pytest.approx(float((vectors[1:] @ vectors[0]).max()), abs=1e-6)
    assert graded.scores[SHARED]["support"] == 1.0
    assert graded.given.startswith("supported (")
    assert (graded.suite, graded.type, graded.question) == ("claims", "made", "Ferries were moved to Oslo.")
    assert graded.expected == ("attributable",)
    assert [passage.text for passage in graded.passages] == [EVIDENCE]


def test_the_products_check_has_fixed_limits_and_needs_no_dev_rows(model: MiniLM) -> None:
    graded = {row.id: row.scores[OURS] for row in rows(claim_task("claims", TEST, model))}
    assert {id_: scores["verdict"] for id_, scores in graded.items()} == {"t1": 1.0, "t2": 0.0, "t3": 1.0, "t4": 1.0}
    assert all(scores["support"] is not None for scores in graded.values())
    assert {row.scores[OURS]["verdict"] for row in rows(claim_task("claims", DEV, model))} == {None}


def test_a_pair_is_right_when_only_its_true_sentence_is_supported(model: MiniLM) -> None:
    pairs = (
        Pair("p1", "figure", EVIDENCE, "Ferries were moved to Oslo.", "Five ferries were moved to Oslo."),
        Pair("p2", "figure", EVIDENCE, "A pianist won the prize.", "Five ferries were moved to Oslo."),
    )
    right, wrong = rows(pair_task("pairs", pairs, model))
    assert right.scores[OURS] == {"true supported": 1.0, "false not supported": 1.0, "pair right": 1.0}
    assert wrong.scores[OURS] == {"true supported": 0.0, "false not supported": 1.0, "pair right": 0.0}
    assert (right.type, right.question, right.expected) == ("figure", pairs[0].true, (pairs[0].false,))
    assert right.scores[SHARED] == {"pair right": 0.0 if "five" in EVIDENCE else 1.0}


def test_shared_words_are_the_share_of_the_claims_stems(model: MiniLM) -> None:
    # "ferry", "moved" and "Bergen" are no stop words; the evidence holds the stems of the first two.
    task = claim_task("claims", [claim("t", "A ferry was moving to Bergen.", False)], model)
    assert task.grade("t").scores[SHARED]["support"] == pytest.approx(2 / 3)


def test_a_claim_without_evidence_has_no_support(model: MiniLM) -> None:
    for nothing in (claim("t", "Anything.", False, evidence=""), claim("t", "Anything.", False, evidence=" \n")):
        graded = claim_task("claims", [nothing], model).grade("t")
        assert [graded.scores[system]["support"] for system in (COSINE, SHARED)] == [0.0, 0.0]
        assert graded.expected == ("not attributable",)


def test_verdicts_come_from_the_dev_split_and_are_not_given_on_it(model: MiniLM) -> None:
    graded = {row.id: row.scores for row in rows(claim_task("claims", [*DEV, *TEST], model))}
    assert {graded[each.id][system]["verdict"] for each in DEV for system in (COSINE, SHARED)} == {None}
    for system in (COSINE, SHARED):
        assert [graded[each.id][system]["verdict"] for each in TEST] == [1.0, 0.0, 1.0, 1.0]
        assert [graded[each.id][system]["attributable"] for each in TEST] == [1.0, 0.0, 1.0, 1.0]


def test_labels_outside_the_dev_split_never_change_a_verdict(model: MiniLM) -> None:
    found = []
    for labels in product([True, False], repeat=len(TEST)):
        others = [replace(each, attributable=label) for each, label in zip(TEST, labels, strict=True)]
        found.append(verdicts(claim_task("claims", [*DEV, *others], model)))
    assert all(each == found[0] for each in found)


def test_a_run_that_goes_on_after_the_dev_rows_gives_the_same_verdicts(model: MiniLM) -> None:
    whole = {row.id: row for row in rows(claim_task("claims", [*DEV, *TEST], model))}
    resumed = claim_task("claims", [*DEV, *TEST], model)
    assert [resumed.grade(each.id) for each in TEST] == [whole[each.id] for each in TEST]


@pytest.mark.parametrize("claims", [DEV, TEST, (*DEV[:2], *TEST)], ids=["only dev", "no dev", "dev of one kind"])
def test_without_a_threshold_there_is_no_verdict(claims: Sequence[Claim], model: MiniLM) -> None:
    assert set(verdicts(claim_task("claims", claims, model))) == {None}


def test_rewrites_are_compared_by_shared_words() -> None:
    history = (Turn("When did Moreau visit Chile?", "In May."),)
    asked = Rewrite("r", "What did he promise?", history, "What did Moreau promise in Chile?")
    [graded] = rows(rewrite_task("rewrites", [asked]))
    # "what did moreau promise" and "what did he promise" share 4 and 3 words with the person's 6.
    assert graded.scores[OURS]["rewrite F1"] == pytest.approx(2 * 4 / (4 + 6))
    assert graded.scores[AS_ASKED]["rewrite F1"] == pytest.approx(2 * 3 / (4 + 6))
    assert graded.given == "What did Moreau promise?"
    assert graded.expected == ("What did Moreau promise in Chile?",)
    assert graded.type == "needs rewriting"


def test_a_question_that_stands_alone_is_left_as_it_is() -> None:
    [graded] = rows(rewrite_task("rewrites", [Rewrite("r", "who resigned", (), "Who resigned?")]))
    assert {scores["rewrite F1"] for scores in graded.scores.values()} == {1.0}
    assert (graded.given, graded.type) == ("who resigned", "stands alone")


def test_sentence_ends_are_counted_without_that_of_the_text() -> None:
    parts = ("A heading", "Dr. Kim spoke at noon.", "“It rained!” Then  she left.")
    text = Segmented("s", "", "A heading\n\nDr. Kim spoke at noon. “It rained!” Then  she left.", parts)
    [graded] = rows(segmentation_task("sentences", [text]))
    # Marked: after the heading and after noon. The expression also ends one after "Dr." and one after the quote.
    assert graded.scores[EXPRESSION] == {"matched": 2.0, "given": 4.0, "marked": 2.0}
    assert graded.scores[OURS]["matched"] == graded.scores["syntok"]["matched"] == 2.0
    assert graded.given.startswith("A heading\nDr. Kim spoke at noon.\n")
    assert (graded.type, graded.expected) == ("text", parts)
    assert graded.question == "A heading Dr. Kim spoke at noon. “It rained!” Then she left."


@pytest.mark.parametrize("name", ["syntok", "pysbd", "nupunkt"])
def test_the_libraries_part_plain_sentences_and_lose_nothing(name: str) -> None:
    parted = segmenters().get(name)
    if parted is None:
        pytest.skip(f"{name} is not installed")
    assert [sentence.strip() for sentence in parted("It rained. Then she left.")] == ["It rained.", "Then she left."]
    assert "".join(parted(" ")).strip() == ""


def test_a_missed_end_is_marked_and_not_matched() -> None:
    text = Segmented("s", "news", "it froze. nobody came", ("it froze.", "nobody came"))
    [graded] = rows(segmentation_task("sentences", [text]))
    assert graded.scores[EXPRESSION] == {"matched": 0.0, "given": 0.0, "marked": 1.0}
    assert graded.type == "news"


@pytest.mark.parametrize(("text", "parts"), [("", ()), ("One sentence.", ("One sentence.",))])
def test_a_text_without_inner_ends_counts_nothing(text: str, parts: tuple[str, ...]) -> None:
    [graded] = rows(segmentation_task("sentences", [Segmented("s", "", text, parts)]))
    assert all(set(scores.values()) == {0.0} for scores in graded.scores.values())


def test_marked_sentences_that_leave_something_out_are_refused() -> None:
    with pytest.raises(UsageError, match="the sentences of s do not make up its text"):
        segmentation_task("sentences", [Segmented("s", "", "One. Two.", ("One.",))])


@pytest.mark.parametrize(
    ("text", "body", "expected"),
    [
        # abcd bcde cdef against bcde cdef defg: two of three each way.
        ("a b c d e f", "b c d e f g", Overlap(2 / 3, 2 / 3)),
        # abcd twice (and what joins them) against abcd once: the second does not count.
        ("a b c d a b c d", "a b c d", Overlap(1 / 5, 1.0)),
        ("one, two!", "one two", Overlap(1.0, 1.0)),  # fewer than four words are one shingle
        ("one two", "one two three four", Overlap(0.0, 0.0)),
        ("", "one two three four", Overlap(0.0, 0.0)),
        ("one two three four", "", Overlap(0.0, 0.0)),
        ("", " … ", Overlap(1.0, 1.0)),
    ],
)
def test_overlap_counts_shingles(text: str, body: str, expected: Overlap) -> None:
    found = overlap(text, body)
    assert found.precision == pytest.approx(expected.precision)
    assert found.recall == pytest.approx(expected.recall)


def test_a_page_gives_its_article() -> None:
    body = "The river froze in March and the ferries were moved to Oslo until the ice had gone. " * 4
    html = f"<html><body><nav><a href='/'>Home</a></nav><article><p>{body}</p></article></body></html>"
    [graded] = rows(page_task("pages", [Page("p", "https://news.example/ice", html.encode(), body)]))
    perfect = {"shingle precision": 1.0, "shingle recall": 1.0}
    assert graded.scores == {OURS: perfect, TRAFILATURA: perfect}
    assert graded.given == body.strip()
    assert (graded.question, graded.expected) == ("https://news.example/ice", (body,))


@pytest.mark.parametrize("html", [b"", b"%PDF-1.7 \x00", b"<html><body></body></html>"])
def test_a_page_that_cannot_be_parsed_gives_no_text(html: bytes) -> None:
    [graded] = rows(page_task("pages", [Page("p", "", html, "The river froze in March.")]))
    assert graded.scores[OURS] == {"shingle precision": 0.0, "shingle recall": 0.0}
    assert (graded.given, graded.question) == ("", "p")


def test_without_cases_there_is_nothing_to_grade() -> None:
    model = MockEmbedding(embed_dim=2)
    tasks = claim_task("c", (), model), rewrite_task("r", ()), segmentation_task("s", ()), page_task("p", ())
    assert [task.ids for task in tasks] == [(), (), (), ()]
