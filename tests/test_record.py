"""An answer, its record as JSON, and the answer made of that again are the same answer."""

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.record import digest, quote_link, record
from rag.restore import restore
from rag.types import (
    Answer,
    Citation,
    Claim,
    Conflict,
    Dispute,
    Filters,
    Part,
    Reason,
    Searched,
    Side,
    Timings,
    Understood,
    Verdict,
    Writing,
)

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
DAYS = st.none() | st.dates(date(1900, 1, 1))
SMALL = st.integers(0, 10_000)
MS = st.floats(0, 1e5).map(lambda value: round(value, 3))
REASONS = st.lists(st.builds(Reason, st.sampled_from(Part), TEXT, TEXT), max_size=2).map(tuple)


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    """Any finished answer, without passages."""
    numbers = draw(st.lists(st.integers(1, 999), max_size=5, unique=True))
    one = st.builds(
        Citation,
        *(st.just(0), TEXT, TEXT, TEXT, st.none() | TEXT, DAYS, st.none() | TEXT),
        *(SMALL, st.none() | SMALL, SMALL, SMALL, TEXT),
    )
    cited = [replace(draw(one), number=number) for number in numbers]
    some = (st.lists(st.sampled_from(cited), max_size=3) if cited else st.just([])).map(tuple)
    sides = st.lists(st.builds(Side, TEXT, some), min_size=2, max_size=3).map(tuple)
    claim = st.builds(Claim, TEXT, some, st.sampled_from(Verdict), TEXT, st.sampled_from(["", "- "]), st.booleans())
    filters = st.builds(
        Filters, DAYS, DAYS, st.lists(TEXT, max_size=2).map(tuple), st.lists(TEXT, max_size=2).map(tuple)
    )
    understood = st.builds(Understood, st.dates(), REASONS, REASONS, st.booleans())
    refused = draw(st.booleans())
    return Answer(
        question=draw(TEXT),
        standalone=draw(TEXT),
        claims=() if refused else tuple(draw(st.lists(claim, max_size=4))),
        refused=refused,
        confidence=round(draw(st.floats(0, 1)), 4),
        passages=(),
        related=(),
        searched=draw(st.builds(Searched, SMALL, filters, st.none() | understood)),
        timings=draw(st.builds(Timings, MS, MS, MS, MS)),
        writing=draw(st.none() | st.builds(Writing, TEXT, SMALL, SMALL, SMALL, SMALL, MS)),
        conflicts=()
        if refused
        else tuple(draw(st.lists(st.builds(Conflict, st.sampled_from(Dispute), sides, TEXT), max_size=2))),
        notices=tuple(draw(st.lists(TEXT, max_size=2))),
    )


@settings(max_examples=60, deadline=None)
@given(answers())
def test_an_answer_survives_its_record(found: Answer) -> None:
    again = restore(json.loads(json.dumps(record(found, "1", ""))))
    assert again == found and again.text == found.text and again.citations == found.citations


def test_a_record_names_the_place_of_a_citation_and_the_hash_of_its_words() -> None:
    one = Citation(3, "a/b", "v", "T", None, None, None, 7, None, 2, 5, "war")
    searched = Searched(1, Filters())
    found = Answer("q", "q", (Claim("War.", (one,)),), False, 1.0, (), (), searched, Timings())
    sent = json.loads(json.dumps(record(found, "1", "/desk")))["citations"][0]
    assert sent["source"] == quote_link(one, "/desk") == "/desk/source/a%2Fb?quote=2-5&version=v#p7"
    assert sent["sha256"] == digest("war") and "source" not in json.dumps(record(found, "1"))


@pytest.mark.parametrize("change", ["quote", "numbers", "verdict", "missing", "kind"])
def test_what_is_no_record_is_refused(change: str) -> None:
    one = Citation(1, "d", "v", "T", None, None, None, 7, None, 2, 5, "war")
    found = Answer("q", "q", (Claim("War.", (one,)),), False, 1.0, (), (), Searched(1, Filters()), Timings())
    sent = json.loads(json.dumps(record(found, "1")))
    if change == "quote":
        sent["citations"][0]["quote"] = "peace"
    elif change == "numbers":
        sent["claims"][0]["citations"] = [2]
    elif change == "verdict":
        sent["claims"][0]["verdict"] = "certain"
    elif change == "missing":
        del sent["searched"]
    else:
        sent["claims"] = "none"
    with pytest.raises(ValueError):
        restore(sent)
