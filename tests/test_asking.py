"""Sentences become the questions that they answer, or none."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.cases import CORPUS
from index.parse import parse
from index.sentences import sentences
from rag.suggesting.asking import questions_of, stands
from tests.conftest import NOON

WORDS = "The Ana of the Chile said signed visited 104 people , . on 3 May 2024 because was not"


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("Ana Moreau visited Chile on Monday, 3 May 2024.", "When did Ana Moreau visit Chile?"),
        (
            "On 3 May the Copper Council signed a pact with Chile in Santiago.",
            "Where did the Copper Council sign a pact with Chile?",
        ),
        ("The Copper Council was founded in 1978 by five states.", "When was the Copper Council founded?"),
        ("Lou Fenner died in 2014; his son plays on.", "When did Lou Fenner die?"),
        (
            "The Copper Council has trained 120 inspectors to check mines.",
            "How many inspectors has the Copper Council trained to check mines?",
        ),
        (
            "About 10,000 Chilean miners are now in Peru, the council said.",
            "How many Chilean miners are in Peru?",
        ),
        (
            "The cost of Sallow has reached 1.25 billion crowns, 40 per cent more than approved.",
            "How much has the cost of Sallow reached?",
        ),
        (
            "Chile is not a member of the Copper Council, and so pays no duty.",
            "Is Chile a member of the Copper Council?",
        ),
        (
            "The Copper Council will vote on fresh inspections in Chile.",
            "Will the Copper Council vote on fresh inspections in Chile?",
        ),
        ("The Halle Medal was designed by a student.", "Who designed the Halle Medal?"),
        ("Corliss Adeyemi received the Halle Medal on Sunday with a speech.", "Who received the Halle Medal?"),
        (
            "Ana Moreau closed the Chilean mine because its roof had cracked.",
            "Why did Ana Moreau close the Chilean mine?",
        ),
        ("The Copper Council said that Chile would be paid.", "What did the Copper Council say about Chile?"),
        ("Farmer Joseph Nalau said his family had been eating papaya.", "What did Joseph Nalau say?"),
        ("Peru thanked Ana Moreau, who led the talks.", "Who is Ana Moreau?"),
        ("Defence Minister Ana Moreau was absent.", "Who is Ana Moreau?"),
        ("He spoke to Cobre, the state mining company.", "What is Cobre?"),
    ],
)
def test_a_sentence_becomes_its_question(sentence: str, question: str) -> None:
    text = f"It was said that Chile and Peru met. {sentence}"
    assert question in questions_of(sentence, text)


@pytest.mark.parametrize(
    "sentence",
    [
        "He visited Chile on 3 May 2024.",
        "On Tuesday it was signed in Santiago.",
        "Residents laid nine white stones on the bridge on Wednesday.",
        "Two people died and about 1,400 were moved from their homes on Monday.",
        "The company has closed two mines.",
        "Water reached 4.6 metres at the town bridge.",
        "Ana Moreau visited <b>Chile</b> on 3 May 2024.",
        "Police said so.",
        "",
        "Ana Moreau " + "very " * 200 + "visited Chile on 3 May 2024.",
    ],
)
def test_a_sentence_that_leans_on_others_becomes_none(sentence: str) -> None:
    assert questions_of(sentence, sentence) == ()


def test_a_single_word_is_a_name_only_where_the_text_says_so() -> None:
    sentence = "Kharan released 104 captives, among them a pilot."
    assert questions_of(sentence, sentence) == ()
    assert questions_of(sentence, f"{sentence} It thanked Kharan.") == ("How many captives did Kharan release?",)


@pytest.mark.parametrize(
    "question",
    [
        "When did he visit Chile?",
        "When did Moreau close it on Tuesday?",
        "How many people were killed?",
        "Who signed the treaty?",
        "When did Ana Moreau [1] visit Chile?",
        f"When did Ana Moreau visit {'the mines of ' * 8}Chile?",
    ],
)
def test_what_does_not_stand_alone(question: str) -> None:
    assert not stands(question)


def test_the_questions_of_the_sample_corpus_are_plain() -> None:
    found: list[str] = []
    for path in sorted(CORPUS.iterdir()):
        for document in parse(path, path.read_bytes(), NOON):
            for paragraph in document.paragraphs:
                for span in sentences(document.text[paragraph.start : paragraph.end], paragraph.start):
                    found.extend(questions_of(document.text[span.start : span.end], document.text))
    assert len(set(found)) >= 30
    for question in found:
        assert stands(question) and question.endswith("?") and question[0].isupper() and "  " not in question
        assert not any(word in question for word in ("ignore", "NOTE", "AI ASSISTANTS", "free-answers"))


@given(st.lists(st.sampled_from(WORDS.split())))
def test_any_words_give_questions_that_stand_or_none(words: list[str]) -> None:
    text = " ".join(words)
    assert all(stands(question) for question in questions_of(text, text))


@pytest.mark.parametrize("piece", ["A a ", "Aa ", "The aa of ", "9 aa ", "Secretary Aa ", "Aa, ", "The a-"])
def test_odd_text_takes_no_time(piece: str) -> None:
    text = (piece * 500)[:499]
    started = time.process_time()
    questions_of(text, text)
    assert time.process_time() - started < 1.0
