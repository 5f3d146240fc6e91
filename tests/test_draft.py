"""Drafts: handles in every spelling, nothing half shown, the same sentences however the text arrives."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.writing.draft import written
from rag.writing.refusal import is_refusal, may_refuse

TEXTS = (
    "The port reopened in May. [P2] Two berths stay closed [P1][P3].",
    "- Exports rose 4 percent [P1, P2].\n- Dr. Ada Voss, of the U.S. embassy, left at 5 p.m. [P3]\n",
    "**Summary:** The U.N. voted on 3 May [1]. It was close (P2).\n\nA second paragraph [P1-P3]. See [here](https://x.example/a).",
    "Nothing is cited here. Nor here, “he said.” [P4] Really? [P9]",
    "[P1] Foo opened today. [P2] Bar closed.\n[P3]\n\n- [P1] A berth is shut.\n  [P2]\n\nThe end is near. *[P1]*",
    "It began. According to [P1] and [P2], the port opened. As [P3] says, all is fine. [P1] says it rained. So?",
    "Am 12. Mai 2023 wurde der Hafen geöffnet [P1, Reuters]. Nun kam [[P2]] nichts (Source: P3).\n24. Juni 2023: Ruhe.",
    "港口重新开放了，两个泊位仍然关闭。【P1†L3】他说：“很好。”[P2]没有人知道为什么、也没有人问。",
    "The port reopened \\[P1\\] (Reuters, 20 May 2024) on Monday. Two berths stay closed (P1)(P2). So (P5) they did.",
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
        ("[9]", ()),
        ("【P1†L3】", (1,)),
        ("【2†source】", (2,)),
        ("[P1, Reuters]", (1,)),
        ("[P1, Reuters; P3, AP]", (1, 3)),
        ("[P1, 12 May 2024]", (1,)),
        ("[P1: para 2]", (1,)),
        ("[Source 2]", (2,)),
        ("[Source: P2]", (2,)),
        ("(Source: P1)", (1,)),
        ("(Sources: P1, P2)", (1, 2)),
        ("(paragraph 1)", (1,)),
        ("(P1)(P2)", (1, 2)),
        (r"\[P1\]", (1,)),
        ("[[P1]]", (1,)),
        ("[P1], [P2] and [P3]", (1, 2, 3)),
        ("([P1])", (1,)),
        ("*[P2]*", (2,)),
        ("**[P2]**", (2,)),
    ],
)
@pytest.mark.parametrize("form", ["The port reopened{mark}.", "The port reopened {mark}.", "The port reopened. {mark}"])
def test_handles_are_read_in_every_spelling(mark: str, cited: tuple[int, ...], form: str) -> None:
    text = form.format(mark=mark)
    if mark == "[P2" and not text.endswith("[P2"):
        text = text.replace("[P2.", "[P2.")
    found = written(text, 4, finished=True)
    assert [(one.text, one.cited) for one in found.sentences] == [("The port reopened.", cited)]
    assert found.sentences[0].unknown == (1 if mark in ("[P9]", "[9]") else 0)


@pytest.mark.parametrize(
    "kept",
    [
        "In [brackets] he spoke.",
        "It rose in 2023 (by 4).",
        "He said [sic] so.",
        "Act [2024].",
        "He said “we lost [5 of them] in May” then.",
        "It opened on [12 May 2024] at last.",
        "They paid [3.5 million] for it.",
        "There were [1,234] guests.",
        "They won [61-39] at home.",
        "They won [3-1] at home.",
        "The figure [2 stood out.",
        "The (P5) agreed on it.",
        "(P5) agreed on it.",
        "The [P5 members] agreed.",
    ],
)
def test_other_brackets_stay(kept: str) -> None:
    (one,) = written(kept, 4, finished=True).sentences
    assert one.text == kept and one.cited == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- [P1] Foo opened.", [("Foo opened.", (1,))]),
        ("[P1] Foo opened. [P2] Bar closed.", [("Foo opened.", (1,)), ("Bar closed.", (2,))]),
        ("[P1]\nFoo opened.", [("Foo opened.", (1,))]),
        ("Foo opened.\n[P2]", [("Foo opened.", (2,))]),
        ("Foo opened.\n\n- [P2] [P9]\nBar closed.", [("Foo opened.", (2,)), ("Bar closed.", ())]),
        ("According to [P1], X opened.", [("X opened.", (1,))]),
        ("- According to [P1] and [P2], the port opened.", [("The port opened.", (1, 2))]),
        ("As [P1] says, the port opened.", [("The port opened.", (1,))]),
        ("[P1] says X opened.", [("X opened.", (1,))]),
        ("Foo opened. [P1] reports that it rained.", [("Foo opened.", ()), ("It rained.", (1,))]),
        ("Foo opened [P1]. According to [P2], bar closed.", [("Foo opened.", (1,)), ("Bar closed.", (2,))]),
        ("The port, according to [P1], opened.", [("The port opened.", (1,))]),
        ("X opened, according to [P1].", [("X opened.", (1,))]),
        ("According to Reuters, X opened [P1].", [("According to Reuters, X opened.", (1,))]),
    ],
)
def test_a_handle_before_its_sentence_or_alone_on_a_line_counts(
    text: str, told: list[tuple[str, tuple[int, ...]]]
) -> None:
    assert [(one.text, one.cited) for one in written(text, 4, finished=True).sentences] == told


def test_a_sentence_waits_for_handles_on_the_next_line() -> None:
    assert not written("Foo opened.\n", 4).sentences and written("Foo opened.\n", 4).rest == "Foo opened."
    assert not written("Foo opened.\n[P2]\n", 4).sentences
    assert [one.cited for one in written("Foo opened.\n[P2]\nBar is ", 4).sentences] == [(2,)]


@pytest.mark.parametrize(
    "whole",
    [
        "The port reopened (Reuters, 20 May 2024) on Monday.",
        "Am 12. Mai 2023 wurde der Hafen geöffnet.",
        "Im Laufe des 19. Jahrhunderts wuchs die Stadt.",
        "24. Februar 2022: Der Krieg beginnt.",
        "1. Mai 2022: Der Hafen öffnet.",
    ],
)
def test_half_a_sentence_is_not_taken_for_a_whole_one(whole: str) -> None:
    text = f"{whole} Two berths stay closed. Nobody knows."
    assert [one.text for one in written(text, 4, finished=True).sentences][:2] == [whole, "Two berths stay closed."]
    for end in range(len(text)):
        assert [one.text for one in written(text[:end], 4).sentences][:1] in ([], [whole])


def test_numbers_that_go_on_are_bullets_and_others_are_text() -> None:
    text = "1. One.\n2. Two.\n3) Three.\n24. Februar 2022: Vier.\n17. Five is it."
    assert [(one.lead, one.text) for one in written(text, 4, finished=True).sentences] == [
        ("- ", "One."),
        ("- ", "Two."),
        ("- ", "Three."),
        ("", "24. Februar 2022: Vier."),
        ("", "17. Five is it."),
    ]


def test_writing_without_spaces_is_shown_up_to_its_last_stop_and_told_apart() -> None:
    assert written("港口重新开放了，两个泊", 4).rest == "港口重新开放了，"
    found = written("港口开放。【P1】两个泊位仍然关闭，没有", 4)
    assert [(one.text, one.cited) for one in found.sentences] == [("港口开放。", (1,))]
    assert found.rest == "两个泊位仍然关闭，"


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
        assert not re.search(r"[\[【\]】]|\(P[^5]|\(So|[\ue000-\uf8ff]|\*\*|https?:", found.rest), (
            text[:end],
            found.rest,
        )
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
    [
        "NOT IN THE DOCUMENTS",
        "Not in the documents.",
        "**NOT IN THE DOCUMENTS**",
        "NOT IN THE DOCUMENTS. Sorry!",
        "NOT IN THE DOCUMENTS, sorry",
        "Not in these paragraphs.",
    ],
)
def test_the_refusal_is_known_in_its_forms_and_nothing_of_it_is_shown(text: str) -> None:
    assert is_refusal(text)
    assert all(may_refuse(text[:end]) for end in range(len(text)))


@pytest.mark.parametrize(
    "text",
    ["I am sorry. NOT IN THE DOCUMENTS", "I looked.\n\n**NOT IN THE DOCUMENTS.**", "Answer: NOT IN THE DOCUMENTS [P1]"],
)
def test_a_refusal_may_come_last_where_nothing_is_cited_before(text: str) -> None:
    assert is_refusal(text) and may_refuse(text)
    begins = text.index("NOT")
    assert all(may_refuse(text[:end]) for end in range(begins + 3, len(text)) if "[" not in text[:end])
    assert not may_refuse(text[:begins])


@pytest.mark.parametrize(
    "text",
    [
        "Not in May but in June. [P1]",
        "The documents name nobody.",
        "Nothing is in the documents.",
        "Not in the documents seen by Reuters was any mention of it. [P1]",
        "Not in the documents, but in a speech, he said so. [P1]",
        "The port opened. [P1] NOT IN THE DOCUMENTS",
        "The reason is not in the documents.",
    ],
)
def test_an_answer_is_no_refusal(text: str) -> None:
    assert not is_refusal(text) and not may_refuse(text)
