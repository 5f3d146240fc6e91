"""Drafts: handles in every spelling, nothing half shown, the same sentences however the text arrives."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.writing.draft import is_refusal, may_refuse, written

TEXTS = (
    "The port reopened in May. [P2] Two berths stay closed [P1][P3].",
    "- Exports rose 4 percent [P1, P2].\n- Dr. Ada Voss, of the U.S. embassy, left at 5 p.m. [P3]\n",
    "**Summary:** The U.N. voted on 3 May [1]. It was close (P2).\n\nA second paragraph [P1-P3]. See [here](https://x.example/a).",
    "Nothing is cited here. Nor here, “he said.” [P4] Really? [P9]",
)


@pytest.mark.parametrize(
    ("mark", "cited"),
    [
        ("[P1]", (1,)),
        ("[P1][P2]", (1, 2)),
        ("[P1] [P2]", (1, 2)),
        ("[P1, P2]", (1, 2)),
        ("[P1,2]", (1, 2)),
        ("[P1; P3]", (1, 3)),
        ("[P1 and P3]", (1, 3)),
        ("[P1-P3]", (1, 2, 3)),
        ("[P1–3]", (1, 2, 3)),
        ("[p2]", (2,)),
        ("[P 2]", (2,)),
        ("[2]", (2,)),
        ("[^2]", (2,)),
        ("[¶2]", (2,)),
        ("[paragraph 3]", (3,)),
        ("[Para. 3]", (3,)),
        ("(P3)", (3,)),
        ("(P1, P3)", (1, 3)),
        ("【P3】", (3,)),
        ("[P3](#p3)", (3,)),
        ("[P2", (2,)),
        ("[P2][P2]", (2,)),
        ("[P9]", ()),
    ],
)
@pytest.mark.parametrize("form", ["The port reopened{mark}.", "The port reopened {mark}.", "The port reopened. {mark}"])
def test_handles_are_read_in_every_spelling(mark: str, cited: tuple[int, ...], form: str) -> None:
    text = form.format(mark=mark)
    if mark == "[P2" and not text.endswith("[P2"):
        text = text.replace("[P2.", "[P2.")
    found = written(text, 4, finished=True)
    assert [(one.text, one.cited) for one in found.sentences] == [("The port reopened.", cited)]
    assert found.sentences[0].unknown == (1 if mark == "[P9]" else 0)


@pytest.mark.parametrize(
    "kept", ["In [brackets] he spoke.", "It rose in 2023 (by 4).", "He said [sic] so.", "Act [2024]."]
)
def test_other_brackets_stay(kept: str) -> None:
    (one,) = written(kept, 4, finished=True).sentences
    assert one.text == kept and one.cited == ()


def test_a_handle_belongs_to_the_sentence_before_it() -> None:
    found = written("The port reopened. [P1] Two berths stay closed. [P2][P3] Nobody knows why.", 4, finished=True)
    assert [one.cited for one in found.sentences] == [(1,), (2, 3), ()]


def test_bullets_and_paragraphs_are_kept_as_such() -> None:
    found = written("It is so [P1].\n\n- One [P1].\n* Two. [P2] Still two.\n3. Three [P3].", 4, finished=True)
    assert [(one.lead, one.breaks) for one in found.sentences] == [
        ("", False),
        ("- ", True),
        ("- ", True),
        ("", False),
        ("- ", True),
    ]


def test_emphasis_headings_and_links_are_taken_out() -> None:
    text = (
        "## News\n**The port** reopened in *May* [P1]. Read [more](https://evil.example/x) at https://evil.example "
        "![i](http://e.example/p.png) now."
    )
    found = " ".join(one.text for one in written(text, 4, finished=True).sentences)
    assert "evil" not in found and "*" not in found and "#" not in found and "](" not in found
    assert "The port reopened in May." in found


@pytest.mark.parametrize("text", TEXTS)
def test_no_half_marker_is_ever_shown_and_what_is_finished_stays(text: str) -> None:
    whole = written(text, 4, finished=True).sentences
    before: tuple[str, ...] = ()
    for end in range(len(text) + 1):
        found = written(text[:end], 4)
        assert not re.search(r"[\[【\]】]|\(P|\*\*|https?:", found.rest), (text[:end], found.rest)
        now = tuple(one.text for one in found.sentences)
        assert now[: len(before)] == before and now == tuple(one.text for one in whole)[: len(now)]
        assert found.sentences == whole[: len(now)]
        before = now
    assert "".join(one.text for one in whole).count("[") == 0


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="aA .!?\n[]()P0123-*“”,https:/<>", max_size=80), st.integers(0, 5))
def test_any_text_gives_known_handles_and_text_without_them(text: str, offered: int) -> None:
    for finished in (True, False):
        found = written(text, offered, finished=finished)
        for one in found.sentences:
            assert all(1 <= number <= offered for number in one.cited)
            assert len(set(one.cited)) == len(one.cited) and one.text.strip() and not re.search(r"\[P\d+\]", one.text)


@pytest.mark.parametrize(
    "text",
    ["NOT IN THE DOCUMENTS", "Not in the documents.", "**NOT IN THE DOCUMENTS**", "NOT IN THE DOCUMENTS. Sorry!"],
)
def test_the_refusal_is_known_in_its_forms_and_nothing_of_it_is_shown(text: str) -> None:
    assert is_refusal(text)
    assert all(may_refuse(text[:end]) for end in range(len(text)))


@pytest.mark.parametrize(
    "text", ["Not in May but in June. [P1]", "The documents name nobody.", "Nothing is in the documents."]
)
def test_an_answer_is_no_refusal(text: str) -> None:
    assert not is_refusal(text) and not may_refuse(text)
