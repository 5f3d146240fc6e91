"""Links between documents decide which of them an answer cites."""

import random
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from evals.model_server import Script
from index.links.relate import relate
from index.types import Filters, Link, Precision, Relation
from rag.answer import answer
from rag.desk import Desk, ingest_paths, open_desk
from rag.found import Found
from rag.llama import CitedRetriever
from rag.numbering import Numbering
from rag.retrieve import retrieve, search
from rag.settings import read
from rag.standing import cautions, links_words, weighed
from rag.types import Answer, Style
from rag.writing.draft import Sentence
from rag.writing.prompt import REFUSAL, prompt
from rag.writing.prove import prove
from tests.conftest import document, open_library, store
from tests.spinning import SPINS
from tests.stories import STORIES
from tests.test_writing import writing
from ui.mcp.shapes import Hits
from ui.mcp.told import hit, hits_text

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


def retrieved(desk: Desk, question: str) -> Found:
    return retrieve(desk.library, desk.index, desk.model, question, Filters(), 30)


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


def test_what_only_the_rewrite_says_is_quoted_where_the_model_is_silent(desk: Desk) -> None:
    script = Script(reply=REFUSAL)
    with writing(desk, script) as ready:
        found = answer(ready, "What is the colour of the bridge, as sailors of the whole coast know?")
        silent = answer(ready, "How long are the cracks?")
    assert not any("turquoise" in each.content for request in script.requests for each in request.messages)
    assert cited(found) == ["newsmix.example"] and "turquoise" in found.text
    first, *_, last = found.notices
    assert first.startswith("The model found no answer in what it was given. What follows is quoted")
    assert "reworded from" in last
    assert silent.refused and silent.notices == ()


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


def test_who_searches_gets_the_source_first_and_is_told_what_is_better(desk: Desk) -> None:
    found = search(desk.library, desk.index, desk.model, ASKED, Filters(), 10)
    outlets = [each.passage.document.outlet for each in found]
    # The rewrite says the question's words too, and comes last.
    assert outlets[0] in ("Selby Post", "Morning Standard")
    assert set(outlets[outlets.index("newsmix.example") :]) == {"newsmix.example"}
    scores = [each.passage.score for each in found]
    assert scores == sorted(scores, reverse=True)
    cautions = {each.passage.document.outlet: each.caution for each in found}
    source = "“Cracks shut the Merrow Bridge” (Selby Post, 4 June 2024)"
    assert cautions["newsmix.example"] == f"reworded from {source}; prefer that source"
    assert not cautions[outlets[0]]
    few = search(desk.library, desk.index, desk.model, ASKED, Filters(), 2)
    assert "newsmix.example" not in [each.passage.document.outlet for each in few]


def test_a_llamaindex_pipeline_and_an_assistant_are_told_as_well(desk: Desk) -> None:
    fires = "Where in the Sierra de Oria did the worst blaze begin?"
    expected = "superseded by “Fires in the Sierra” (Oria Observer, 12 August 2024)"
    nodes = CitedRetriever(desk.library, desk.index, desk.model, k=30).retrieve(fires)
    told = [node.metadata for node in nodes if "Fires" in node.metadata["title"]]
    days = [(each["published"], each["caution"]) for each in told]
    assert days[0] == ("2024-08-12", None)
    assert {caution for day, caution in days if day == "2024-08-11"} <= {expected}
    old = search(desk.library, desk.index, desk.model, fires, Filters(until=date(2024, 8, 11)), 3)
    (first, *_) = old
    assert first.caution == expected
    shown = hit(first, None)
    assert shown.caution == expected
    assert f"Take care: its document is {expected}." in hits_text(Hits(passages=[shown])).splitlines()


def test_a_model_is_told_which_document_is_superseded_and_never_given_a_rewrite_beside_its_source(desk: Desk) -> None:
    found = weighed(desk.library, retrieved(desk, "How many hectares have the fires destroyed?"), Filters())
    told = cautions(desk.library, found.doubtful)
    asked = prompt("How many?", found.passages, 3000, Style.BRIEF, date(2024, 9, 1), told)
    (line,) = [line for line in asked.task.splitlines() if "11 August 2024" in line]
    assert line.endswith("| superseded by “Fires in the Sierra” (Oria Observer, 12 August 2024)")
    assert "what the better one states holds" in asked.rules
    assert "newsmix.example" not in asked.task
    days = [str(one.document.published) for one in asked.offered if "Fires" in one.document.title]
    assert days == sorted(days, reverse=True)  # the later version comes first
    plain = prompt("How many?", found.passages, 3000, Style.BRIEF, date(2024, 9, 1))
    assert "superseded" not in plain.rules + plain.task


def test_a_written_sentence_is_cited_from_the_later_version_where_that_says_it_too(desk: Desk) -> None:
    found = weighed(desk.library, retrieved(desk, "How many hectares have the fires destroyed?"), Filters())
    told = cautions(desk.library, found.doubtful)
    offered = prompt("?", found.passages, 3000, Style.BRIEF, date(2024, 9, 1), told).offered
    fires = [number for number, one in enumerate(offered, 1) if "Fires" in one.document.title]
    old = [number for number in fires if offered[number - 1].caution]
    new = [number for number in fires if number not in old]
    alike = next(each for each in old if offered[each - 1].text in [offered[other - 1].text for other in new])
    sentence = Sentence(offered[alike - 1].text.split(". ")[0] + ".", (alike,))
    (moved,) = prove(sentence, offered, Numbering(()), desk.model).claim.citations
    assert moved.published == date(2024, 8, 12)
    before = next(each for each in old if "18,000" in offered[each - 1].text)
    said = next(each for each in offered[before - 1].text.split(". ") if "18,000" in each)
    (kept,) = prove(Sentence(said, (before,)), offered, Numbering(()), desk.model).claim.citations
    assert kept.published == date(2024, 8, 11)  # only the earlier one said so


def test_the_longest_source_is_named_else_the_latest_version(tmp_path: Path) -> None:
    told = [
        document("long", ["Twenty cars were on the ferry."], title="Long", published=date(2024, 5, 1)),
        document("short", ["Cars."], title="Short", published=date(2024, 6, 1)),
        document("late", ["A car was on the ferry."], title="Late", published=date(2024, 7, 1)),
        document("undated", ["A car, or two."], title="Undated"),
    ]
    with closing(open_library(tmp_path)) as library:
        for one in (*told, document("d", ["The text."])):
            store(library, one)
        versions = [Link("d", Relation.EARLIER, one.id) for one in told[1:]]
        library.note_relations([], [Link("d", Relation.COPY, "long"), *versions])
        assert cautions(library, ["d", "late"]) == {"d": "superseded by “Late” (1 July 2024)"}
        library.note_relations([], [Link("d", Relation.REWORDED, one) for one in ("short", "long")])
        said = "reworded from “Long” (1 May 2024); prefer that source"
        assert cautions(library, ["d"]) == {"d": said}
        library.remove([told[0].source])
        assert cautions(library, ["d"])["d"].startswith("reworded from “Short”")


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
