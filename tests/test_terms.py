"""Words as the lexical search sees them, checked against SQLite's own tokenizer."""

import sqlite3

from hypothesis import given
from hypothesis import strategies as st

from rag.question import Asked, asked, fit, wants_several
from rag.terms import coverage, stem, stems, words


def test_stop_words_and_accents_are_dropped() -> None:
    assert words("What did the Élysée say about São Paulo?") == ["elysee", "sao", "paulo"]


@given(st.lists(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12), min_size=1, max_size=8))
def test_stems_are_those_of_the_index(given_words: list[str]) -> None:
    with sqlite3.connect(":memory:") as connection:
        connection.execute(
            'CREATE VIRTUAL TABLE t USING fts5 (body, tokenize = "porter unicode61 remove_diacritics 2")'
        )
        connection.execute("CREATE VIRTUAL TABLE v USING fts5vocab (t, 'row')")
        connection.execute("INSERT INTO t VALUES (?)", (" ".join(given_words),))
        theirs = {term for (term,) in connection.execute("SELECT term FROM v")}
    ours = {stem(word) for word in given_words}
    # Two Porter implementations differ on a few rare endings; none may differ often.
    assert len(ours - theirs) <= 1


def test_common_words_have_the_index_stems() -> None:
    assert [stem(word) for word in ("ratified", "displacement", "treaties", "soldiers")] == [
        "ratifi",
        "displac",
        "treati",
        "soldier",
    ]


def test_coverage_is_the_share_of_the_weight() -> None:
    assert coverage({"treati": 3.0, "sign": 1.0}, frozenset({"treati"})) == 0.75
    assert coverage({}, frozenset({"treati"})) == 0.0


def test_stems_of_a_sentence() -> None:
    assert stems("Who ratified the treaties?") == {"ratifi", "treati"}


def test_what_a_question_asks_for() -> None:
    assert asked("How many people fled?") == {Asked.NUMBER}
    assert asked("When was it signed?") == {Asked.TIME}
    assert asked("What is the treaty about?") == frozenset()
    assert fit(asked("How many people fled?"), "Some 110 million did.") == 1.0
    assert fit(asked("How many people fled?"), "Nobody counted them.") == -1.0
    assert fit(frozenset(), "Anything.") == 0.0
    assert wants_several("How did Oslo and Lisbon react?")
    assert not wants_several("When did Oslo react?")
