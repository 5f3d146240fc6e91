"""Sentence spans: whatever the text, they are in order, apart, trimmed and complete."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.sentences import sentences

# Pieces that sentence splitters stumble over, between which Hypothesis puts any other character.
AWKWARD = [
    "Dr. Kim said so. ",
    "U.S. officials",
    "e\u0301",  # a combining accent
    "\U0001f1f0\U0001f1f5",  # a flag: two astral characters
    "👩‍👩‍👧",
    "\u200b",
    "\ufeff",
    "\u00a0",
    "\u2028",
    "שלום. ",
    "مرحبا؟ ",
    "平壌。",
    "...",
    "…",
    "?!",
    "“Yes.” ",
    "’s",
    "n't",
    "-",
    "_",
    "\u00ad",
    "\u2026\u201d",
    "1.\t",
    "\n\n",
    "(cf. p. 3) ",
    "http://example.org/a.b?c=d. ",
    "a@b.org ",
    "3.5% ",
    "\x00",
    "\r",
    "\x1f",
    "\x85",
]
TEXTS = st.lists(st.one_of(st.sampled_from(AWKWARD), st.text(max_size=12)), max_size=25).map("".join)


@given(TEXTS, st.integers(0, 1000))
def test_spans_are_ordered_apart_trimmed_and_cover_everything(text: str, offset: int) -> None:
    covered = set[int]()
    last = 0
    for span in sentences(text, offset):
        start, end = span.start - offset, span.end - offset
        assert last <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        covered.update(range(start, end))
        last = end
    assert {index for index, mark in enumerate(text) if not mark.isspace()} <= covered


@given(TEXTS)
def test_the_offset_only_moves_the_spans(text: str) -> None:
    assert [(s.start + 7, s.end + 7) for s in sentences(text)] == [(s.start, s.end) for s in sentences(text, 7)]


@pytest.mark.parametrize(
    "expected",
    [
        ["Dr. Kim arrived on Tuesday.", "He left on Wednesday."],
        ["U.S. officials declined to comment.", "Their colleagues in the U.K. did not."],
        ["Mr. Lee and Gen. Park met at 5 p.m. in Seoul.", "They spoke for 3.5 hours."],
        ["“We will not go.”", "That was the answer of the ministry."],
        ["Is it true?", "It is!", "Nobody knows."],
        ["The treaty (see Art. 4, para. 2) was signed.", "It has 23 articles."],
        ["Only one sentence without a full stop"],
    ],
)
def test_abbreviations_do_not_end_a_sentence(expected: list[str]) -> None:
    text = " ".join(expected)
    assert [text[span.start : span.end] for span in sentences(text)] == expected


@pytest.mark.parametrize("text", ["", " ", "\n\t \u00a0"])
def test_white_space_has_no_sentences(text: str) -> None:
    assert sentences(text) == ()
