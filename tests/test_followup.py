"""Follow-up questions are rewritten with the words of the conversation, and others are left alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.followup import standalone, topic
from rag.types import Turn


@pytest.mark.parametrize(
    ("before", "answered", "question", "expected"),
    [
        ("How many people fled in 2022?", "", "and in 2023?", "How many people fled in 2023?"),
        ("How many fled by the end of 2022?", "", "and in 2023?", "How many fled by the end of 2023?"),
        ("How many people fled?", "", "And since May 2024?", "How many people fled since May 2024?"),
        ("How did Oslo react to the vote?", "", "And Lisbon?", "How did Lisbon react to the vote?"),
        ("How did Oslo react to the vote?", "", "what about Lisbon?", "How did Lisbon react to the vote?"),
        (
            "What did Moreau say about North Ossetia?",
            "",
            "and South Ossetia?",
            "What did Moreau say about South Ossetia?",
        ),
        ("When did Moreau arrive in Chile?", "", "and in Peru?", "When did Moreau arrive in Peru?"),
        ("When did Moreau resign?", "", "and in Peru?", "When did Moreau resign in Peru?"),
        ("When did Moreau visit Chile?", "", "What did he promise there?", "What did Moreau promise in Chile?"),
        (
            "Who spoke first?",
            "Senator Ana Duarte warned of delays.",
            "What did she say?",
            "What did Senator Ana Duarte say?",
        ),
        ("When did Moreau visit Chile?", "", "What is his view of the strike?", "What is Moreau’s view of the strike?"),
        ("What does the treaty say on fishing?", "", "When was it signed?", "When was the treaty signed?"),
        ("Where did Moreau and Duarte meet?", "", "What did they sign?", "What did Moreau and Duarte sign?"),
        ("Did Norway block the panel?", "", "Why?", "Why? Did Norway block the panel?"),
        ("Did Moreau's Paris visit go well?", "", "What did he say?", "What did Moreau say?"),
    ],
)
def test_rewrites(before: str, answered: str, question: str, expected: str) -> None:
    assert standalone(question, [Turn(before, answered)]) == expected


@pytest.mark.parametrize(
    "question",
    [
        "How many shells were shipped to Latvia?",
        "What did Duarte say about his visit?",
        "Does it matter that Duarte resigned?",
        "And what did Duarte say about the strike in Chile?",
        "ok, different question: how is gas income split on the lake?",
        "What is shinney and where was it played?",
        "Which oil executive gave up his bonus after a fire?",
        "Who joked that his first rocket had turned out to be a submarine?",
        "What proportion of its water does Solmera promise to reuse?",
        "Is it illegal to give away fake paintings in the street?",
        "What is a mononym?",
        "when did quantitative easing end",
        "What does it look like when a lens has chromatic aberration?",
        "How do subroutines reduce the cost of a large program?",
        "why is it called a tin whistle",
        "How frequently is it checked which parties are the big ones in Connecticut?",
        "What made it legally possible for Bergamo to give up its mask?",
        "How many teams made it through the entire marathon quiz?",
        "What does it mean for a mortgage to be portable?",
        "Why do some directors have their actors speak Latin?",
        "Which drugs are polyketides or are made from them?",
        "Which state obliges insurance groups to publish online which companies belong to them?",
        "What is the lacquer on a saxophone for?",
        "how much tin in the air is deadly",
        "what does comcrudespac mean in the navy",
        "Who remarked that machines do not purchase homes?",
        "How can one recognise vessels that smuggle embargoed oil?",
    ],
)
def test_leaves_questions_that_stand_alone(question: str) -> None:
    assert standalone(question, [Turn("When did Moreau visit Peru?", "In May.")]) == question


def test_uses_the_turn_before_when_the_last_one_names_nobody() -> None:
    history = [Turn("When did Moreau visit Peru?", "In May."), Turn("Was that planned?", "Yes.")]
    assert standalone("Who travelled with him?", history) == "Who travelled with Moreau?"


@pytest.mark.parametrize(
    ("before", "answered", "question", "expected"),
    [
        ("What is bronze made of?", "", "and pewter?", "What is pewter made of?"),
        ("Who won the men's race?", "", "and the women's?", "Who won the women's race?"),
        ("Who runs the port?", "Ana Duarte, 61, runs the port. [1]", "How old is she?", "How old is Ana Duarte?"),
        (
            "Who set the record?",
            "Eritrea's Yonas Tesfagaber won the marathon.",
            "Where was he born?",
            "Where was Yonas Tesfagaber born?",
        ),
        ("What does the Delta Commission do?", "", "can it impose fines?", "Can the Delta Commission impose fines?"),
        ("What is a backronym?", "", "How old is it?", "How old is a backronym?"),
        (
            "Where is the Corvin bridge?",
            "",
            "How much did that bridge cost?",
            "How much did the Corvin bridge cost?",
        ),
        (
            "Where will Solmera build?",
            "",
            "how many sites did the firm see?",
            "how many sites did the firm see (Solmera build)?",
        ),
        ("When did Mount Teluk erupt?", "", "how many deaths?", "how many deaths (Mount Teluk erupt)?"),
        ("Who won the Dundee quiz?", "", "cheating how??", "cheating how (won the Dundee quiz)?"),
        ("Did the volcano erupt?", "", "And?", "Did the volcano erupt?"),
    ],
)
def test_names_what_is_meant(before: str, answered: str, question: str, expected: str) -> None:
    assert standalone(question, [Turn(before, answered)]) == expected


def test_a_refusal_names_nothing() -> None:
    history = [Turn("Who is Moreau?", "Not in these documents.")]
    assert standalone("Where was he born?", history) == "Where was Moreau born?"


def test_the_topic_is_the_last_two_questions_and_the_beginning_of_the_answer() -> None:
    history = [
        Turn("Did it rain?", "No."),
        Turn("When did Mount Teluk erupt?", "In July. Many fled."),
        Turn("Who was hurt?", "Five clove pickers died. [1] The others had left. [2]"),
    ]
    assert topic("and the children?", history) == "When did Mount Teluk erupt? Who was hurt? Five clove pickers died."
    assert topic("ok, different question: and the budget?", history) == ""
    assert topic("When did Moreau visit Chile?", history) == ""
    assert topic("and the children?", []) == ""


@given(st.text(max_size=80))
def test_without_history_nothing_changes(question: str) -> None:
    assert standalone(question, []) == question


@settings(deadline=None)  # a busy machine is not a slow rule
@given(st.text(max_size=80), st.lists(st.tuples(st.text(max_size=80), st.text(max_size=80)), min_size=1, max_size=3))
def test_never_fails_and_never_empties_a_question(question: str, turns: list[tuple[str, str]]) -> None:
    history = [Turn(asked, said) for asked, said in turns]
    found = standalone(question, history)
    assert found.strip() or not question.strip()
    assert topic(question, []) == ""
    topic(question, history)


_WORDS = (
    "and what about the that it he she they their there why who Moreau Norway's bridge did was in 2023 ( ? . , one is"
)


@settings(deadline=None)
@given(st.lists(st.sampled_from(_WORDS.split()), max_size=10), st.lists(st.sampled_from(_WORDS.split()), max_size=12))
def test_never_fails_on_words_that_it_looks_for(question: list[str], before: list[str]) -> None:
    history = [Turn(" ".join(before), "The bridge was built by Ana Duarte."), Turn("why?", " ".join(before))]
    found = standalone(" ".join(question), history)
    assert found.strip() or not question
