"""Links between documents decide which of them an answer cites."""

import random
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date

import pytest

from index.links.relate import relate
from index.types import Filters, Link, Precision, Relation
from rag.answer import answer
from rag.desk import Desk, ingest_paths, open_desk
from rag.settings import read
from rag.standing import links_words
from rag.types import Answer
from tests.conftest import document
from tests.spinning import SPINS
from tests.stories import STORIES

STORY = STORIES[0].source
ASKED = "How many vehicles does the Merrow Bridge carry?"


def file(title: str, outlet: str, published: str, text: str) -> str:
    return f"---\ntitle: {title}\noutlet: {outlet}\ndate: {published}\n---\n{text}"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A bridge told by its source, a rewrite, a copy, and of the fires two versions."""
    news, settings = tmp_path_factory.mktemp("news"), replace(read({}), home=tmp_path_factory.mktemp("home"))
    spun = SPINS["lowered"](STORY, random.Random(1)).replace("31,000", "33,000")
    spun += "\n\nThe colour of the bridge is turquoise, as sailors of the whole coast do know."
    fires = STORIES[2].source
    texts = {
        "source.md": file("Cracks shut the Merrow Bridge", "Selby Post", "2024-06-04", STORY),
        "spun.md": file("Bridge is shuttered", "newsmix.example", "2024-06-05", spun),
        "copy.md": file("A blow for the port", "Morning Standard", "2024-06-05", STORY.split("\n\nMayor")[0]),
        "old.md": file("Fires in the Sierra", "Oria Observer", "2024-08-11", fires),
        "new.md": file("Fires in the Sierra", "Oria Observer", "2024-08-12", fires.replace("18,000", "21,500")),
        "else.md": file("Rates rise again", "Tessen Gazette", "2024-09-05", STORIES[1].source),
    }
    for name, text in texts.items():
        (news / name).write_text(text, encoding="utf-8")
    with closing(open_desk(settings)) as desk:
        ingest_paths(desk, [news])
        relate(desk.library)
        yield desk


def cited(found: Answer) -> list[str | None]:
    return [citation.outlet for citation in found.citations]


def test_the_source_is_cited_and_not_its_rewrite(desk: Desk) -> None:
    found = answer(desk, ASKED)
    assert set(cited(found)) == {"Selby Post", "Morning Standard"}
    assert "31,000" in found.text
    assert found.notices == ()
    assert "newsmix.example" not in {passage.document.outlet for passage in found.passages}


def test_what_only_the_rewrite_says_is_cited_from_it_with_a_notice(desk: Desk) -> None:
    found = answer(desk, "What is the colour of the bridge, as sailors of the whole coast know?")
    assert cited(found) == ["newsmix.example"]
    expected = "reworded from “Cracks shut the Merrow Bridge” (Selby Post, 4 June 2024); prefer that source."
    assert found.notices == (f"“Bridge is shuttered” is {expected}",)


def test_the_newer_version_is_cited_and_the_older_one_said_to_differ(desk: Desk) -> None:
    found = answer(desk, "How many hectares have the forest fires destroyed in the Sierra de Oria?")
    assert "21,500" in found.claims[0].text
    assert found.citations[0].published == date(2024, 8, 12)
    if "18,000" in found.text:
        assert found.conflicts
    same = answer(desk, "Where did the worst blaze begin?")
    assert {citation.published for citation in same.citations} == {date(2024, 8, 12)}


def test_an_older_version_is_cited_with_a_notice_where_it_alone_was_asked(desk: Desk) -> None:
    found = answer(desk, "Where did the worst blaze begin?", filters=Filters(until=date(2024, 8, 11)))
    assert {citation.published for citation in found.citations} == {date(2024, 8, 11)}
    assert found.notices == (
        "“Fires in the Sierra” is superseded by “Fires in the Sierra” (Oria Observer, 12 August 2024).",
    )


def test_copies_that_were_not_found_are_listed_with_the_passage(desk: Desk) -> None:
    found = answer(desk, "How long are the cracks?")
    (first, *_) = found.passages
    assert {each.outlet for each in first.also} | {first.document.outlet} == {"Selby Post", "Morning Standard"}


def test_nothing_is_weighed_where_nothing_is_linked_or_may_be_seen(desk: Desk) -> None:
    entries = {entry.outlet: entry.id for entry in desk.library.entries()}
    only = Filters(documents=(entries["Tessen Gazette"] or "",))
    found = answer(desk, "Who is the governor of the central bank?", filters=only)
    assert (found.notices, [passage.also for passage in found.passages]) == ((), [()] * len(found.passages))


@pytest.mark.parametrize(
    ("relation", "words"),
    [
        (Relation.COPY, "also in “A title” (Harbour Wire, June 2024)"),
        (Relation.EARLIER, "superseded by “A title” (Harbour Wire, June 2024)"),
        (Relation.REWORDED, "reworded from “A title” (Harbour Wire, June 2024); prefer that source"),
    ],
)
def test_links_in_words(relation: Relation, words: str) -> None:
    other = replace(document("b", ["A text."], outlet="Harbour Wire", published=date(2024, 6, 1)))
    assert links_words(Link("a", relation, "b"), replace(other, precision=Precision.MONTH)) == words
