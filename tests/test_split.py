"""Chunks: complete, in order, within their budget, cut where a reader would cut."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.sentences import sentences
from index.split import chunks, context
from index.tokens import count
from index.types import Document
from tests.conftest import document

WORDS = st.sampled_from(["treaty", "Pyongyang", "signed", "the", "평양", "défense", "2024", "👩‍👩‍👧", "non-member"])
SENTENCE = st.lists(WORDS, min_size=1, max_size=25).map(lambda words: " ".join(words).capitalize() + ".")
PROSE = st.lists(SENTENCE, min_size=1, max_size=8).map(" ".join)
# A row, a heading, debris: also where the tokenizer joins marks, and with what follows them.
LINE = st.text(st.characters(categories=["L", "N", "P", "S", "M", "Cf"]), min_size=1, max_size=40)
PARAGRAPH = st.one_of(PROSE, LINE)
BUDGETS = st.sampled_from([1, 20, 50, 60, 200])


@st.composite
def documents(draw: st.DrawFn) -> Document:
    paragraphs = draw(st.lists(PARAGRAPH, min_size=1, max_size=12))
    headings = draw(st.frozensets(st.integers(0, len(paragraphs) - 1)))
    return document("d", paragraphs, headings=headings, title=draw(LINE), outlet=draw(st.none() | LINE))


def text_of(each: Document, start: int, end: int) -> str:
    return f"{context(each)}\n{each.text[start:end]}"


@settings(max_examples=60, deadline=None)
@given(documents(), BUDGETS)
def test_chunks_cover_all_text_in_order_within_the_budget(each: Document, budget: int) -> None:
    parts = chunks(each, budget)
    paragraphs = {paragraph.number: paragraph for paragraph in each.paragraphs}
    spans = [s for p in each.paragraphs for s in sentences(each.text[p.start : p.end], p.start)]
    starts = {p.start for p in each.paragraphs} | {s.start for s in spans}
    ends = {p.end for p in each.paragraphs} | {s.end for s in spans}

    covered = set[int]()
    for part in parts:
        assert part.start in starts
        assert part.end in ends
        assert paragraphs[part.first_paragraph].start <= part.start < paragraphs[part.first_paragraph].end
        assert paragraphs[part.last_paragraph].start < part.end <= paragraphs[part.last_paragraph].end
        assert part.context == context(each)
        assert part.tokens == count(text_of(each, part.start, part.end))
        inside = [s for s in spans if part.start <= s.start < part.end]
        assert part.tokens <= budget or len(inside) == 1
        covered.update(range(part.start, part.end))
    assert all(a.end <= b.start for a, b in pairwise(parts))
    assert {index for index, mark in enumerate(each.text) if not mark.isspace()} <= covered


@settings(max_examples=30, deadline=None)
@given(documents())
def test_an_id_is_unique_stable_and_names_one_text(each: Document) -> None:
    named = dict[str, str]()
    for budget in (20, 50, 200):
        parts = chunks(each, budget)
        assert parts == chunks(each, budget)
        assert len({part.id for part in parts}) == len(parts)
        for part in parts:
            text = text_of(each, part.start, part.end)
            assert named.setdefault(part.id, text) == text  # also when the budget changes


def test_another_version_or_document_has_other_ids() -> None:
    first = document("a", ["One sentence."])
    changed = document("a", ["One sentence!"])
    other = document("b", ["One sentence."])
    ids = {part.id for each in (first, changed, other) for part in chunks(each, 200)}
    assert len(ids) == 3


def test_the_context_line_leaves_out_what_is_unknown() -> None:
    assert context(document("a", ["x"], title="T")) == "T"
    assert context(document("a", ["x"], title="T", published=date(2024, 6, 19))) == "T | 2024-06-19"
    assert context(document("a", ["x"], title="T", outlet="O", published=date(2024, 6, 19))) == "T | O | 2024-06-19"


def sentence(words: int) -> str:
    """A sentence of ``words`` + 1 tokens: each of these words is one, the full stop too."""
    return "The" + " treaty" * (words - 1) + "."


def test_small_paragraphs_share_a_chunk_and_their_gaps_count() -> None:
    # "T\n" is 2 tokens, a row "x" 1, a gap of two new lines 1: 2 + n + (n - 1) <= 51 gives 25 rows a chunk.
    rows = document("a", ["x"] * 50, title="T")
    assert count("T\n") == 2
    assert count("T\nx\n\nx\n\nx") == 7
    assert [(part.first_paragraph, part.last_paragraph) for part in chunks(rows, 51)] == [(1, 25), (26, 50)]


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    text = " ".join([sentence(15)] * 10)
    parts = chunks(document("a", [text], title="T"), 60)
    assert len(parts) == 4  # three sentences of 16 tokens fit into 60 - 2
    assert all(text[part.start : part.end].endswith(".") for part in parts)
    assert all(part.tokens <= 60 for part in parts)


def test_a_sentence_longer_than_the_budget_stays_whole() -> None:
    long = sentence(90)
    parts = chunks(document("a", [f"{sentence(5)} {long} {sentence(5)}"], title="T"), 50)
    assert [part.tokens <= 50 for part in parts] == [True, False, True]
    assert parts[1].end - parts[1].start == len(long)


def starts_of(each: Document, budget: int) -> list[int]:
    return [part.first_paragraph for part in chunks(each, budget)]


@pytest.mark.parametrize("following", [30, 40, 200])
def test_a_heading_stays_with_what_follows(following: int) -> None:
    body = sentence(following) if following < 60 else " ".join([sentence(10)] * 20)
    each = document("a", [sentence(20), "The Kursk deployment", body], headings=frozenset({1}), title="T")
    parts = chunks(each, 50)
    assert parts[0].last_paragraph == 1
    assert parts[1].first_paragraph == 2
    assert parts[1].end > each.paragraphs[2].start
    assert all(part.tokens <= 50 for part in parts)


def test_a_heading_for_which_there_is_no_room_stays_behind() -> None:
    each = document("a", [sentence(20), "The Kursk deployment", sentence(45)], headings=frozenset({1}), title="T")
    assert starts_of(each, 50) == [1, 3]


def test_two_headings_stay_with_what_follows() -> None:
    each = document("a", [sentence(30), "Part two", "Kursk", sentence(30)], headings=frozenset({1, 2}), title="T")
    assert starts_of(each, 50) == [1, 2]


def test_a_row_of_headings_is_not_one_chunk_each() -> None:
    each = document("a", ["Contents"] * 100 + [sentence(20)], headings=frozenset(range(100)), title="T")
    parts = chunks(each, 50)
    assert len(parts) <= 12  # 100 headings of two tokens with their gap: at least four chunks, halves carried along
    assert parts[-1].first_paragraph <= 100 < parts[-1].last_paragraph


def test_a_title_longer_than_the_budget_still_gives_chunks() -> None:
    each = document("a", [f"{sentence(5)} {sentence(5)}"], title=" ".join(["title"] * 100))
    assert len(chunks(each, 50)) == 2
