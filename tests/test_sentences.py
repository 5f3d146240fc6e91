"""Sentence spans: whatever the text, they are in order, apart, trimmed and complete."""

import time

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
        ["He studied at the School of Art.", "“I loved it,” he said."],
        ["See Art. 4 and Fig. S2, p. 7.", "No. 10 declined to comment.", "Is it so?", "No.", "He was sure of it."],
        ["It ends at 5 p.m. Monday, or at 6 p.m. GMT.", "It began at 8 a.m.", "Tickets sold out."],
        ["She lives in the U.S.", "He moved to St. Petersburg.", "The bank is on Main St.", "The U.S. Army is not."],
        ["J. K. Rowling met George W. Bush.", "Albert I. Jones was there, and so was I.", "Did you see them?"],
        ["Smith et al. (2019) agree.", "So do Kim et al.", "The others do not (see Lee et al., 2020)."],
        ["Apples, pears, etc.", "When they are ripe, eat them.", "The rest (figs, dates, etc.) can wait."],
        ["Shares of Acme Inc. fell.", "He works for Acme Inc.", "They sell shoes."],
        ["On Oct. 3, 2024, it rose to 4.5 percent.", "In 1805.", "12 people came; Others stayed: White; Black."],
        ["Read www.example.com.", "Then see https://a.example/b.html.", "Write to a@b.example.", "Thanks."],
        ["“Stop!” Kim Jong Un said.", "“Why?”", "The answer came late.", "“Who?” he asked."],
        ["The war came to Ukraine.", "iPhone sales rose.", "eBay fell."],
        ["(He left. She stayed.)", "They met (see p. 3. It is long.) in town."],
        ["He did . . . nothing.", "Then ... she wrote “Enough . . .”", "It was over."],
        ["Der Minister kam am 3. Oktober nach Berlin.", "Dr. Müller z. B. war da."],
        ["El Sr. García llegó.", "¿Quién es?", "¡Hola!"],
    ],
)
def test_abbreviations_do_not_end_a_sentence(expected: list[str]) -> None:
    text = " ".join(expected)
    assert [text[span.start : span.end] for span in sentences(text)] == expected


@pytest.mark.parametrize("text", ["", " ", "\n\t \u00a0"])
def test_white_space_has_no_sentences(text: str) -> None:
    assert sentences(text) == ()


@pytest.mark.parametrize(
    "expected",
    [
        ["He won.[1][2]", "She lost. [3 – 5]", "They drew.[citation needed]", "It was late. [a]"],
        ["It fired 12 missiles.4", "The South did not.", "It has rights. 5", "However, it waits.²", "It goes on."],
        ["He was cut short. [...]", "Later he went on. […]"],
    ],
)
def test_what_points_to_a_note_belongs_to_the_sentence_before(expected: list[str]) -> None:
    text = " ".join(expected)
    assert [text[span.start : span.end] for span in sentences(text)] == expected


@pytest.mark.parametrize(
    "expected",
    [
        ["他说：“我不去。”", "然后他走了。", "真的吗？", "是的。"],
        ["平壌は発射した。", "「行かない。」と彼は言った。", "本当？", "はい。"],
        ["यह पहला वाक्य है।", "यह दूसरा है।"],
        ["هل هذا صحيح؟", "نعم۔", "هذا جيد"],
        ["The war inUkraine.", "The minister went on.", "Nobody knew."],
        ["1.) The first item. ", "2.) The second item. ", "• 3. The third item"],
        ["Hello world.", "Today it rained.", "Mr. Kim bought 1,000.", "That is a lot."],
        ["1. The first item ", "2. The second item ", "3. The third item"],
        ["• One thing ", "• Another. ", "It is more ", "• A third"],
    ],
)
def test_no_space_is_needed_behind_full_stops_of_other_scripts_nor_full_stops_behind_items(expected: list[str]) -> None:
    text = "".join(expected)
    assert [text[span.start : span.end] for span in sentences(text)] == [part.strip() for part in expected]


@pytest.mark.parametrize(
    "piece", [".", "!?", ". ", "。", "。」", "(", "[", "[1] ", ".” ", "A. ", "1. ", "\u200b.", "•"]
)
def test_time_grows_with_length_only(piece: str) -> None:
    text = piece * (40_000 // len(piece))
    start = time.process_time()
    sentences(text)
    assert time.process_time() - start < 3
