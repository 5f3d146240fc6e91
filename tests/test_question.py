"""What kind of answer a question asks for."""

import pytest

from rag.question import LONGEST_ASKED, compared, is_long, over_time, wants_several


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("How do the views of Seoul and Tokyo differ?", ("Seoul", "Tokyo")),
        ("Compare what Reuters says with the Institute for Harbours", ("Reuters", "Institute", "Harbours")),
        ("Did Norway spend more than Sweden’s navy?", ("Norway", "Sweden")),
        ("Who met Kim and Putin in June?", ()),  # no comparison
        ("Is the Aurora bigger than before?", ()),  # one name
        ("What is the difference?", ()),
    ],
)
def test_the_sides_of_a_comparison(question: str, names: tuple[str, ...]) -> None:
    assert compared(question) == names


@pytest.mark.parametrize(
    "question", ["How has the war developed?", "Give a timeline of the strike", "the course of events"]
)
def test_developments_are_told_over_time(question: str) -> None:
    assert over_time(question) and wants_several(question)


@pytest.mark.parametrize("question", ["When did the strike begin?", "Who leads the party?", "How old is the ferry?"])
def test_one_fact_is_no_development(question: str) -> None:
    assert not over_time(question) and not wants_several(question)


def test_more_words_than_the_reader_knows_are_long() -> None:
    words = " ".join(["harbour"] * LONGEST_ASKED)
    assert is_long(f"{words} now?") and not is_long(words)
