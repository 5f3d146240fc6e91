"""The terminal: sentences once they are checked, what was taken back, and why."""

from dataclasses import replace

import pytest

from rag.tell import tell_growing
from rag.types import Answer, Claim, Filters, Searched, Timings, Verdict, Writing

BARE = Answer("Why?", "Why?", (), False, 0.8, (), (), Searched(2, Filters()), Timings())
ONE, TWO = Claim("It rained.", ()), Claim("It snowed.", (), Verdict.UNSUPPORTED, "It did not.")
WRITING = Writing("some")


def told(capsys: pytest.CaptureFixture[str], *answers: Answer) -> str:
    tell_growing(answers)
    return capsys.readouterr().out


def test_each_sentence_is_printed_once_and_what_is_not_supported_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    first = replace(BARE, claims=(ONE,), writing=WRITING)
    said = told(capsys, BARE, first, first, replace(first, claims=(ONE, TWO)))
    assert said.startswith("It rained. ~~It snowed.~~ (not supported: It did not.)\n")
    assert "Written by some" in said


def test_quotations_in_the_place_of_a_draft_come_after_the_reason(capsys: pytest.CaptureFixture[str]) -> None:
    quoted = replace(BARE, claims=(Claim("Hail fell.", ()),), notices=("The model broke off.",))
    said = told(capsys, BARE, replace(BARE, claims=(ONE,), writing=WRITING), quoted)
    assert said.index("It rained.") < said.index("taken back") < said.index("broke off") < said.index("Hail fell.")
    assert said.count("broke off") == 1
    alone = told(capsys, BARE, quoted)
    assert alone.index("broke off") < alone.index("Hail fell.") and alone.count("broke off") == 1


def test_a_stricter_second_verdict_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    first = replace(BARE, claims=(ONE,), writing=WRITING)
    worse = replace(first, claims=(replace(ONE, verdict=Verdict.UNSUPPORTED, reason="No."),))
    said = told(capsys, first, worse, replace(worse, claims=(), refused=True))
    assert "Checked again: ~~It rained.~~ (not supported: No.)" in said
    assert said.index("Checked again") < said.index("Not in these documents.")


def test_nothing_is_printed_of_no_answer(capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys) == ""
