"""Follow-up questions are rewritten with the words of the conversation, and others are left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.followup import standalone
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
        ("When did Moreau visit Chile?", "", "What did he promise there?", "What did Moreau promise there?"),
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
        ("Did Moreau's Paris visit go well?", "", "What did he say?", "What did Moreau Paris say?"),
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
    ],
)
def test_leaves_questions_that_stand_alone(question: str) -> None:
    assert standalone(question, [Turn("When did Moreau visit Peru?", "In May.")]) == question


def test_uses_the_turn_before_when_the_last_one_names_nobody() -> None:
    history = [Turn("When did Moreau visit Peru?", "In May."), Turn("Was that planned?", "Yes.")]
    assert standalone("Who travelled with him?", history) == "Who travelled with Moreau?"


@given(st.text(max_size=80))
def test_without_history_nothing_changes(question: str) -> None:
    assert standalone(question, []) == question


@given(st.text(max_size=80), st.lists(st.tuples(st.text(max_size=80), st.text(max_size=80)), min_size=1, max_size=3))
def test_never_fails_and_never_empties_a_question(question: str, turns: list[tuple[str, str]]) -> None:
    found = standalone(question, [Turn(asked, said) for asked, said in turns])
    assert found.strip() or not question.strip()
