"""Conversations on the server: kept, found, withheld, expired; nobody sees another's, and nothing is half written."""

import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from index.errors import LibraryError, UsageError
from rag.answer import answer
from rag.desk import Desk, ingest_paths, open_desk
from rag.settings import read
from rag.types import Answer
from tests.browser_support import FILLER, write
from ui.keeping.history import Conversation, History
from ui.keeping.kept import WITHHELD, shortened
from ui.keeping.opinions import Fault, Opinion, Spot, Vote
from ui.keeping.since import State, standing
from ui.people import Person, Role, Via

FERRY = "The ferry Aurora was built by the Halden shipyard in 1987."
QUESTION = "Who built the ferry Aurora?"
ANNA = Person("anna", Role.READER, None, Via.LOCAL)
BERT = Person("bert", Role.READER, None, Via.LOCAL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "documents"
    made.mkdir()
    write(made, "aurora.md", "title: The Aurora\noutlet: Coast Courier\ndate: 2022-05-03", [FILLER[0], FERRY])
    write(made, "parks.md", "title: Parks\noutlet: Town News\ndate: 2021-03-20", [FILLER[1], FILLER[2]])
    return made


@pytest.fixture
def desk(folder: Path, tmp_path: Path) -> Iterator[Desk]:
    with closing(open_desk(replace(read({}), home=tmp_path / "home"))) as desk:
        ingest_paths(desk, [folder])
        yield desk


@pytest.fixture
def history(desk: Desk, tmp_path: Path) -> Iterator[History]:
    with closing(History(tmp_path / "history.sqlite")) as history:
        yield history


def asked(history: History, desk: Desk, person: Person = ANNA, question: str = QUESTION) -> tuple[Conversation, Answer]:
    begun, found = history.begin(person, question), answer(desk, question)
    history.add(person, begun.id, found, desk)
    return begun, found


def test_a_conversation_is_there_after_a_restart_word_for_word(desk: Desk, tmp_path: Path) -> None:
    with closing(History(tmp_path / "h.sqlite")) as history:
        begun, first = asked(history, desk)
        second = answer(desk, "And in what year?", history.turns(ANNA, begun.id, desk))
        refused = answer(desk, "What is the best recipe for sourdough bread?")
        for each in (second, refused):
            history.add(ANNA, begun.id, each, desk)
    assert stat.S_IMODE((tmp_path / "h.sqlite").stat().st_mode) == 0o600
    with closing(History(tmp_path / "h.sqlite")) as history:
        (listed,) = history.conversations(ANNA)
        assert (listed.title, listed.exchanges) == (QUESTION, 3)
        kept = [each.answer for each in history.exchanges(ANNA, begun.id, desk)]
        for again, given in zip(kept, (first, second, refused), strict=True):
            assert (again.text, again.claims, again.citations) == (given.text, given.claims, given.citations)
            assert again.standalone == given.standalone
            assert [each.chunk for each in again.related] == [each.chunk for each in given.related]
        turns = history.turns(ANNA, begun.id, desk)
        assert [(turn.answer, turn.citations) for turn in turns] == [(each.text, each.citations) for each in kept]
        with pytest.raises(LibraryError):  # of another format
            history._store.change("PRAGMA user_version = 99")
            History(tmp_path / "h.sqlite")


def test_nobody_sees_or_changes_what_is_anothers(history: History, desk: Desk) -> None:
    begun, _ = asked(history, desk)
    (kept,) = history.exchanges(ANNA, begun.id, desk)
    assert history.conversations(BERT) == ()
    for forbidden in (
        lambda: history.exchanges(BERT, begun.id, desk),
        lambda: history.exchange(BERT, kept.id, desk),
        lambda: history.turns(BERT, begun.id, desk),
        lambda: history.add(BERT, begun.id, kept.answer, desk),
        lambda: history.rename(BERT, begun.id, "mine"),
        lambda: history.delete(BERT, begun.id),
        lambda: history.judge(BERT, kept.id, Opinion(Vote.UP), desk),
        lambda: history.unjudge(BERT, kept.id),
        lambda: history.exchanges(ANNA, "' OR 1=1 --", desk),
        lambda: history.exchange(ANNA, "\ud800", desk),
    ):
        with pytest.raises(UsageError):
            forbidden()
    assert history.delete_all(BERT) == 0 and len(history.conversations(ANNA)) == 1


def test_conversations_are_found_renamed_deleted_and_expire(desk: Desk, tmp_path: Path) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    with closing(History(tmp_path / "h.sqlite", lambda: now)) as history:
        first, _ = asked(history, desk)
        now += timedelta(days=20)
        second, _ = asked(history, desk, question="Who planted tulips along the canal?")
        assert [each.id for each in history.conversations(ANNA)] == [second.id, first.id]
        assert [each.id for each in history.conversations(ANNA, "AURORA büilt")] == [first.id]  # in her question
        assert history.conversations(ANNA, "halden aurora") == ()  # the yard is named in the answer only
        assert [each.id for each in history.conversations(ANNA, "halden aurora", desk=desk)] == [first.id]
        assert history.conversations(ANNA, "100%", desk=desk) == ()
        history.rename(ANNA, first.id, "  Fähren\n und 100% Schiffe ")
        assert history.conversations(ANNA, "fahren 100%")[0].title == "Fähren und 100% Schiffe"
        with pytest.raises(UsageError):
            history.rename(ANNA, first.id, " \n")
        assert (history.expire(0), history.expire(30)) == (0, 0)
        now += timedelta(days=15)  # the first was last used 35 days ago
        assert history.expire(30) == 1 and [each.id for each in history.conversations(ANNA)] == [second.id]
        history.delete(ANNA, second.id)
        assert history.conversations(ANNA) == () and history._store.rows("SELECT * FROM rests_on") == []


def test_a_long_question_is_a_title_cut_at_a_word() -> None:
    long = shortened("Why did the minister who opened the tunnel in March say that the work had cost less, and so on?")
    assert long == "Why did the minister who opened the tunnel in March say that the work had cost…"
    assert shortened("x" * 300) == "x" * 79 + "…" and shortened(" a\n b ") == "a b"


def test_a_reference_never_shifts_when_its_document_changes_or_goes(history: History, desk: Desk, folder: Path) -> None:
    begun, given = asked(history, desk)
    (citation, *_) = given.citations
    assert standing(citation, desk).state is State.UNCHANGED
    fields = "title: The Aurora, again\noutlet: Coast Courier\ndate: 2022-05-03"

    write(folder, "aurora.md", fields, [FILLER[0], FERRY, FILLER[1]])  # a new title, and more after the quote
    ingest_paths(desk, [folder])
    assert standing(citation, desk).state is State.UNCHANGED

    write(folder, "aurora.md", fields, [FILLER[2], FILLER[0], FERRY])
    ingest_paths(desk, [folder])
    moved = standing(citation, desk)
    assert moved.words == "source changed since" and moved.paragraph == 3
    assert desk.library.document(citation.document_id).text[moved.start : moved.end] == citation.quote

    write(folder, "aurora.md", fields, [FILLER[2], FERRY.replace("1987", "1988")])
    ingest_paths(desk, [folder])
    assert standing(citation, desk).words == "source changed since" and standing(citation, desk).start is None

    (folder / "aurora.md").unlink()
    ingest_paths(desk, [folder])
    assert standing(citation, desk).words == "source removed since"
    (kept,) = history.exchanges(ANNA, begun.id, desk)
    assert (kept.answer.text, kept.answer.citations, kept.withheld) == (given.text, given.citations, False)


def test_a_killed_process_leaves_whole_conversations(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "h.sqlite"
    with closing(History(path)) as history:
        begun, _ = asked(history, desk)
        writer = (
            "import sqlite3, sys\n"
            f"db = sqlite3.connect({str(path)!r}, isolation_level=None)\n"
            "db.execute('BEGIN IMMEDIATE')\n"
            "db.execute(\"INSERT INTO conversations VALUES ('0' , 'local:anna', 'half', '', '')\")\n"
            "print('written', flush=True)\n"
            "sys.stdin.read()\n"
        )
        with subprocess.Popen(
            [sys.executable, "-c", writer], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout and process.stdout.readline() == "written\n"
            os.kill(process.pid, signal.SIGKILL)
        assert [each.id for each in history.conversations(ANNA)] == [begun.id]
        asked(history, desk)
        assert len(history.conversations(ANNA)) == 2


def test_many_threads_write_one_conversation_without_losing_an_answer(history: History, desk: Desk) -> None:
    begun, given = asked(history, desk)
    threads = [
        threading.Thread(target=lambda: [history.add(ANNA, begun.id, given, desk) for _ in range(5)]) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = history.exchanges(ANNA, begun.id, desk)
    assert len(kept) == 41 and len({each.id for each in kept}) == 41


def test_an_opinion_is_changed_and_taken_back(history: History, desk: Desk) -> None:
    begun, given = asked(history, desk)
    (kept,) = history.exchanges(ANNA, begun.id, desk)
    right = Spot(given.citations[0].document_id, 2)
    history.judge(ANNA, kept.id, Opinion(Vote.UP), desk)
    history.judge(ANNA, kept.id, Opinion(Vote.DOWN, Fault.WRONG, " no ", right), desk)
    again = history.exchange(ANNA, kept.id, desk).opinion
    assert again and (again.vote, again.reason, again.comment, again.right) == (Vote.DOWN, Fault.WRONG, "no", right)
    for wrong in (
        Opinion(Vote.DOWN, comment="x" * 1001),
        Opinion(Vote.UP, Fault.WRONG),
        Opinion(Vote.DOWN, right=Spot("nowhere", 1)),
        Opinion(Vote.DOWN, right=replace(right, paragraph=3)),
    ):
        with pytest.raises(UsageError):
            history.judge(ANNA, kept.id, wrong, desk)
    (judged,) = history.judged(BERT, desk.library)
    assert judged.opinion == again and judged.kept.answer.question == QUESTION
    history.unjudge(ANNA, kept.id)
    assert history.exchange(ANNA, kept.id, desk).opinion is None and history.judged(BERT, desk.library) == ()
    assert WITHHELD not in str(judged)


def test_what_rests_on_documents_of_others_is_withheld_whenever_it_is_read(
    history: History, desk: Desk, folder: Path
) -> None:
    reader = replace(ANNA, groups=frozenset({"crew"}))
    begun, given = asked(history, desk, reader)
    follow = answer(desk, "And in what year was it built?", history.turns(reader, begun.id, desk))
    history.add(reader, begun.id, replace(follow, claims=(), refused=True, standalone="Halden, what year?"), desk)
    (first, second) = history.exchanges(reader, begun.id, desk)
    history.judge(
        reader, first.id, Opinion(Vote.DOWN, comment="Halden!", right=Spot(given.citations[0].document_id, 2)), desk
    )
    assert second.answer.standalone == "Halden, what year?" and not first.withheld
    write(folder, "aurora.md", "title: The Aurora\ngroups: captains", [FILLER[0], FERRY])
    ingest_paths(desk, [folder])
    for seen in (desk, desk.seen_by(reader.groups)):
        told = history.exchanges(reader, begun.id, seen)
        assert [each.withheld for each in told] == [True, False]
        assert told[0].answer.question == QUESTION and told[0].answer.notices == (WITHHELD,)
        assert "Halden" not in repr(told[0].answer) and "Halden" not in repr(told[1].answer)
        assert history.turns(reader, begun.id, seen)[0].question == "And in what year was it built?"
        assert history.conversations(reader, "halden", desk=seen) == ()
        with pytest.raises(UsageError):
            history.judge(reader, first.id, Opinion(Vote.UP), seen)
        (judged,) = history.judged(replace(BERT, role=Role.ADMIN, groups=frozenset()), seen.library)
        assert judged.kept.withheld and "Halden" not in repr(judged) and QUESTION not in repr(judged)
    captain = replace(ANNA, groups=frozenset({"captains"}))
    assert history.exchanges(captain, begun.id, desk)[0].answer.text == given.text
    again, _ = asked(history, desk, captain)  # from now on the groups are known to the answer
    (folder / "aurora.md").unlink()
    ingest_paths(desk, [folder])
    assert history.exchanges(captain, again.id, desk)[0].withheld is False
    assert history.exchanges(reader, again.id, desk)[0].withheld is True
    assert history.exchanges(reader, begun.id, desk)[0].withheld is False  # it was for everybody when it was cited


def test_an_answer_given_again_takes_the_place_of_the_first(history: History, desk: Desk) -> None:
    begun, found = asked(history, desk)
    other, _ = asked(history, desk)
    (first,) = history.exchanges(ANNA, begun.id, desk)
    (elsewhere,) = history.exchanges(ANNA, other.id, desk)
    again = history.add(ANNA, begun.id, found, desk, instead_of=first.id)
    history.add(ANNA, begun.id, found, desk, instead_of=elsewhere.id)  # of another conversation: it stays
    assert history.exchanges(ANNA, begun.id, desk)[0].id == again.id
    assert len(history.exchanges(ANNA, begun.id, desk)) == 2 and len(history.exchanges(ANNA, other.id, desk)) == 1
