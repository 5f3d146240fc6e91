"""What is quoted: conflicts beside each other, copies with all their outlets, nothing twice, and the refusals that
must stand."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from index.embed import MiniLM
from rag import reader
from rag.answer import answer
from rag.desk import Desk, ingest_paths, open_desk
from rag.evidence import FEATURES, OF_THE_PASSAGE, evidence
from rag.retrieve import retrieve
from rag.settings import read
from rag.types import Answer, Filters

Ask = Callable[[dict[str, str], str], Answer]

FILLER = "The town council met on Tuesday to discuss parking, street lamps and the opening hours of the library."


@pytest.fixture
def ask(tmp_path: Path) -> Iterator[Ask]:
    """Puts texts into files of a fresh library and asks them one question."""
    folder = tmp_path / "documents"
    folder.mkdir()
    with closing(open_desk(replace(read({}), home=tmp_path / "home"))) as desk:

        def one(texts: dict[str, str], question: str) -> Answer:
            for name, text in texts.items():
                head = f"---\ntitle: {name}\noutlet: {name} Post\n---\n\n"
                (folder / f"{name}.md").write_text(head + text, encoding="utf-8")
            ingest_paths(desk, [folder])
            return answer(desk, question)

        yield one


def test_two_figures_for_one_thing_are_both_shown(ask: Ask) -> None:
    found = ask(
        {
            "North": f"About 110 million people are forcibly displaced in the world today.\n\n{FILLER}",
            "South": f"About 117 million people are forcibly displaced in the world today.\n\n{FILLER}",
        },
        "How many people are forcibly displaced in the world?",
    )
    assert {"110", "117"} <= {word for claim in found.claims for word in claim.text.split()}
    assert all(len(claim.citations) == 1 for claim in found.claims)


def test_the_same_words_the_other_way_round_are_no_support(ask: Ask) -> None:
    found = ask(
        {
            "East": "North Korea will defend Russia with troops if it is attacked.",
            "West": "Russia will defend North Korea with troops if it is attacked.",
        },
        "Why would troops defend North Korea and Russia?",
    )
    for claim in found.claims:
        assert {citation.quote for citation in claim.citations} == {claim.text}


def test_a_denial_is_not_the_same_as_what_it_denies(ask: Ask) -> None:
    found = ask(
        {
            "East": "Seoul will send shells to Ukraine this year.",
            "West": "Seoul will not send shells to Ukraine this year.",
        },
        "Will Seoul send shells to Ukraine this year?",
    )
    assert len(found.claims) == 2


def test_a_syndicated_sentence_is_one_claim_cited_to_each_outlet(ask: Ask) -> None:
    sentence = "The ferry Aurora was built by the Halden shipyard in 1987."
    found = ask({"One": f"{sentence} {FILLER}", "Two": f"{FILLER}\n\n{sentence}"}, "Who built the ferry Aurora?")
    assert [claim.text for claim in found.claims] == [sentence]
    assert {citation.outlet for citation in found.citations} == {"One Post", "Two Post"}
    assert {citation.quote for citation in found.citations} == {sentence}


def test_a_sentence_that_leans_brings_the_one_before_and_nothing_is_quoted_twice(ask: Ask) -> None:
    text = "Mayor Alma Reyes opposes the sanctions on the port. She said that the sanctions harm fishermen."
    found = ask({"Only": f"{text}\n\n{FILLER}"}, "What did Alma Reyes say about the sanctions?")
    assert [claim.text for claim in found.claims] == [text]


def test_another_year_is_no_second_answer(ask: Ask) -> None:
    found = ask(
        {
            "Old": f"At the end of 2023 there were 117 million displaced people.\n\n{FILLER}",
            "New": f"At the end of 2024 there were 123 million displaced people.\n\n{FILLER}",
        },
        "How many displaced people were there at the end of 2023?",
    )
    assert not found.refused and all("2023" in claim.text for claim in found.claims)


def test_a_figure_is_not_found_inside_a_longer_one(ask: Ask) -> None:
    found = ask(
        {
            "Old": f"Article 4 of the harbour treaty obliges both ports to help each other.\n\n{FILLER}",
            "New": f"Article 14 of the harbour treaty obliges both ports to help each other.\n\n{FILLER}",
        },
        "Which ports does article 4 of the harbour treaty oblige to help each other?",
    )
    assert not found.refused and [claim.text.split()[1] for claim in found.claims] == ["4"]


@pytest.fixture(scope="module")
def bulletin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Two articles in one file, about a visit and about displacement, with a share button between them."""
    folder = tmp_path_factory.mktemp("bulletin")
    (folder / "bulletin.txt").write_text(
        "June 18, 2024\n\nInstitute of Harbour Studies: Putin courts North Korea\n\nInstitute of Harbour Studies\n\n"
        "Putin’s visit is a gesture of goodwill towards Kim Jong Un. Foreign leaders seldom travel to North Korea, and "
        "Putin was last there in the year 2000. Both countries say that their economies stand up to sanctions.\n\n"
        "Officials in Washington said that closer ties between Russia and North Korea alarm them.\n\n"
        "Share the Post:\n\nCentre for Refuge\n\n"
        "Displacement is among the gravest humanitarian problems. Some 110 million people are now forcibly displaced, "
        "and ten million more join them each year.\n",
        encoding="utf-8",
    )
    with closing(open_desk(replace(read({}), home=tmp_path_factory.mktemp("home")))) as desk:
        summary = ingest_paths(desk, [folder])
        assert [entry.outlet for entry in summary.added] == ["Institute of Harbour Studies", "Centre for Refuge"]
        yield desk


@pytest.mark.parametrize(
    ("question", "words", "outlet"),
    [
        ("When did Putin last visit North Korea?", "2000", "Institute of Harbour Studies"),
        ("How many people are forcibly displaced?", "110 million", "Centre for Refuge"),
    ],
)
def test_a_bundle_is_answered_from_the_right_article(bulletin: Desk, question: str, words: str, outlet: str) -> None:
    found = answer(bulletin, question)
    assert words in found.claims[0].text
    assert {citation.outlet for citation in found.citations} == {outlet}


@pytest.mark.parametrize(
    "question", ["What is North Korea's GDP?", "How old is Kim Jong Un?", "Which team won the football final?"]
)
def test_what_is_near_but_not_there_is_refused(bulletin: Desk, question: str) -> None:
    found = answer(bulletin, question)
    assert found.refused and not found.citations


def test_the_features_are_in_the_order_of_their_names(model: MiniLM, bulletin: Desk) -> None:
    question = "How many people are forcibly displaced?"
    found = retrieve(bulletin.library, bulletin.index, model, question, Filters(), 5)
    material = evidence(found, question, 2000)
    best = next(n for n, each in enumerate(material.candidates) if "110 million" in each.text)
    named = dict(zip(FEATURES, material.features[best], strict=True))
    assert named["kind of answer asked for is there"] == 1.0
    assert named["reciprocal rank of the passage"] == 1.0
    assert named["cosine of question and passage"] == material.candidates[best].passage.cosine
    assert (
        named["share of the question's weighted stems in the passage with its context line"]
        >= named["in the sentence, its neighbours and the context line"]
        >= named["share of the question's weighted stems in the sentence"]
    )
    assert (material.features[:, :OF_THE_PASSAGE] == material.passages[material.owner]).all()


def test_what_may_answer_comes_with_its_words_and_most_probable_first(model: MiniLM, bulletin: Desk) -> None:
    question = "How many people are forcibly displaced?"
    found = retrieve(bulletin.library, bulletin.index, model, question, Filters(), 5)
    answers = reader.read(found, model, question, 2000).answers
    first = answers[0]
    text = first.candidate.passage.document.text
    assert "110 million" in text[first.start : first.end]
    assert first.candidate.start <= first.start < first.end <= first.candidate.end
    probable = [each.probability for each in answers]
    assert probable == sorted(probable, reverse=True)
    assert probable[-1] >= reader.WORTH_WEIGHING * probable[0] and len(answers) <= reader.MOST_WEIGHED


def test_a_question_too_long_to_be_read_has_answers_without_words(model: MiniLM, bulletin: Desk) -> None:
    question = "How many people are forcibly displaced? " * 12
    found = retrieve(bulletin.library, bulletin.index, model, question, Filters(), 5)
    answers = reader.read(found, model, question, 2000).answers
    assert answers and all(each.start == each.end for each in answers)


def test_as_many_passages_are_read_as_there_are_tokens_for(model: MiniLM, bulletin: Desk) -> None:
    found = retrieve(bulletin.library, bulletin.index, model, "Who visited North Korea?", Filters(), 5)
    assert len(found.passages) > 1
    assert len(evidence(found, "Who visited North Korea?", 1).read) == 1  # one in any case
    assert len(evidence(found, "Who visited North Korea?", 10_000).read) == len(found.passages)


def bold(home: Path, folder: Path) -> Desk:
    """A desk over the documents of ``folder`` that never refuses."""
    desk = open_desk(replace(read({}), home=home, refuse_below=0.0))
    ingest_paths(desk, [folder])
    return desk


def test_what_a_question_compares_is_told_of_each_side(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    for yard, number in (("Halden", "eleven"), ("Morvik", "four")):
        text = f"The {yard} shipyard built {number} ferries last year.\n\n{FILLER}"
        (folder / f"{yard}.md").write_text(f"---\ntitle: {yard}\n---\n\n{text}", encoding="utf-8")
    with closing(bold(tmp_path / "home", folder)) as desk:
        found = answer(desk, "How does the number of ferries built by Halden compare with those of Morvik?")
    said = " ".join(claim.text for claim in found.claims)
    assert "eleven" in said and "four" in said


def test_a_development_is_told_in_the_order_of_time(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    told = {
        "03": "A court in Halden ordered a halt to all building of the harbour bridge.",
        "01": "The council voted by nine to two for the harbour bridge after a debate of six hours.",
        "02": "Cranes lifted the first piers of the harbour bridge into place at dawn.",
    }
    for day, text in told.items():
        (folder / f"{day}.md").write_text(
            f"---\ntitle: Harbour bridge {day}\npublished: 2024-05-{day}\n---\n\n{text}", encoding="utf-8"
        )
    with closing(bold(tmp_path / "home", folder)) as desk:
        found = answer(desk, "How has the building of the harbour bridge developed over time?")
    days = [citation.published for citation in found.citations]
    assert len(days) > 1 and days == sorted(days, key=str)
