"""Rights: for whoever may not see a document, everything is as though it had never been there."""

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.errors import LibraryError, UsageError
from index.exact import ExactIndex
from index.ingest import ingest
from index.library import Library
from index.rights import may_see, read_groups, write_groups
from index.schema import UPGRADES
from index.split import chunks
from index.tables import Embedded
from index.types import Document, Filters
from rag.answer import answer
from rag.catalogue import Wanted
from rag.desk import Desk, ingest_paths, open_desk
from rag.limits import limited
from rag.llama import CitedRetriever
from rag.record import record
from rag.settings import read
from rag.shown import documents_command
from rag.suggesting.suggest import questions
from rag.types import Part, Turn
from tests.conftest import RANDOM, directions, document, open_library, store

ROOT = Path(__file__).parent.parent
ANY = Filters()
DAY = date(2024, 6, 19)
NOBODY = frozenset[str]()
BOARD = frozenset({"board"})
STAFF = frozenset({"staff"})


# -- names ------------------------------------------------------------------------------------------------------------


def test_group_names_are_what_stands_between_commas() -> None:
    assert read_groups(" Board,  press  office;staff ,,") == {"Board", "press office", "staff"}
    assert read_groups("") == read_groups(" ; ,") == NOBODY
    assert not may_see(BOARD, frozenset({"Board"}))  # as they are written


@given(st.frozensets(st.text(min_size=1, max_size=5).filter(lambda name: read_groups(name) == {name})))
def test_groups_come_out_as_they_went_in(groups: frozenset[str]) -> None:
    assert read_groups(write_groups(groups)) == groups


# -- the library: any documents, any groups ---------------------------------------------------------------------------


GROUPS = st.frozensets(st.sampled_from(["a", "b", "c"]), max_size=2)
WORDS = ("kursk", "treaty", "grain", "north")
# Of equal length: the mean length of a chunk is the one thing a view does not know.
TEXT = st.lists(st.sampled_from(WORDS), min_size=3, max_size=3).map(" ".join)
MADE = st.lists(st.tuples(GROUPS, st.sampled_from("AB"), st.integers(1, 9), TEXT), min_size=4, max_size=12)
FILTERS = st.builds(
    Filters,
    since=st.none() | st.just(date(2024, 6, 4)),
    outlets=st.lists(st.sampled_from("ABC"), max_size=2).map(tuple),
    documents=st.lists(st.sampled_from(["d00", "d01", "d02", "gone"]), max_size=3).map(tuple),
    groups=st.none() | GROUPS,  # what a user says of groups counts for nothing
)


def put(library: Library, what: Sequence[Document]) -> None:
    """Makes the library hold these documents and no others."""
    ready = []
    for each in what:
        parts = chunks(each, 200)
        ready.append(Embedded(each, parts, directions(len(parts), 16, int(each.id[1:]))))
    library.replace("/news/all.txt", "x", ready, RANDOM)


@dataclass(frozen=True, slots=True)
class Two:
    """A library of everything, and one that never had what is hidden."""

    everything: Library
    visible: Library


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    with (
        closing(open_library(tmp_path_factory.mktemp("everything"))) as everything,
        closing(open_library(tmp_path_factory.mktemp("visible"))) as visible,
    ):
        yield Two(everything, visible)


# Each of two words once among what is seen; hidden is one of them again, which would make it weigh less.
@example(
    made=[
        (NOBODY, "A", 1, "kursk grain grain"),
        (NOBODY, "A", 1, "treaty grain grain"),
        (BOARD, "A", 1, "kursk kursk kursk"),
    ],
    groups=NOBODY,
    filters=ANY,
    k=9,
    words=["kursk", "treaty"],
)
@settings(deadline=None, max_examples=40)
@given(MADE, GROUPS, FILTERS, st.integers(1, 20), st.lists(st.sampled_from([*WORDS, "nowhere"]), max_size=4))
def test_a_view_is_a_library_that_never_had_the_rest(
    two: Two,
    made: list[tuple[frozenset[str], str, int, str]],
    groups: frozenset[str],
    filters: Filters,
    k: int,
    words: list[str],
) -> None:
    documents = [
        replace(
            document(f"d{number:02}", [text], outlet=outlet, published=date(2024, 6, day)),
            groups=mine,
            source="/news/all.txt",
        )
        for number, (mine, outlet, day, text) in enumerate(made)
    ]
    shown = [each for each in documents if may_see(groups, each.groups)]
    put(two.everything, documents)
    put(two.visible, shown)
    view, other, plain = two.everything.restricted(groups), two.visible, replace(filters, groups=None)
    assert view.entries() == other.entries() == view.entries([each.id for each in documents])
    assert view.outlets() == other.outlets()
    assert view.chunk_ids() == other.chunk_ids()
    assert view.count_chunks() == other.count_chunks()
    assert view.count_documents(filters) == other.count_documents(plain)
    assert view.frequencies(WORDS) == other.frequencies(WORDS)
    every = sorted(two.everything.chunk_ids())
    assert view.located(every) == other.located(every)
    for asked in (None, every):
        assert view.vectors(asked).ids == other.vectors(asked).ids
        assert np.array_equal(view.vectors(asked).matrix, other.vectors(asked).matrix)
    found, expected = view.search(words, filters, k), other.search(words, plain, k)
    assert [hit.chunk_id for hit in found] == [hit.chunk_id for hit in expected]
    assert [hit.score for hit in found] == pytest.approx([hit.score for hit in expected], abs=1e-9)
    exact, bare = ExactIndex(), ExactIndex()
    exact.sync(view)
    bare.sync(other)
    query = directions(1)[0]
    assert exact.query(query, view.within(filters), k) == bare.query(query, plain, k)
    assert len(exact.query(query, ANY, 100)) == two.everything.count_chunks()  # the index itself holds them all
    for each in documents:
        if each in shown:
            assert view.document(each.id) == each
        else:
            with pytest.raises(UsageError, match="no document has the id"):
                view.document(each.id)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with closing(open_library(tmp_path)) as library:
        yield library


def test_who_sees_everything_searches_as_though_there_were_no_groups(library: Library) -> None:
    store(library, replace(document("a", ["One."]), groups=BOARD))
    store(library, document("b", ["One."]))
    assert library.restricted(BOARD | STAFF).within(ANY) == ANY  # so Chroma answers, and no mask is made
    assert library.restricted(STAFF).within(ANY) == Filters(groups=NOBODY)  # one for all who belong to nothing here
    assert library.restricted(BOARD).restricted(STAFF).entries() == library.restricted(NOBODY).entries()


def test_new_rights_count_at_once(library: Library) -> None:
    store(library, document("a", ["One."]))
    view = library.restricted(NOBODY)
    index = ExactIndex()
    index.sync(view)
    for groups, number in ((NOBODY, 1), (BOARD, 0), (NOBODY, 1)):
        store(library, replace(document("a", ["One."]), groups=groups))
        assert view.count_documents() == view.count_chunks() == len(view.search(["one"], ANY, 5)) == number
        assert len(index.query(directions(1)[0], view.within(ANY), 5)) == number


def test_nothing_is_written_through_a_view(library: Library) -> None:
    stored = store(library, document("a", ["One."]))
    view = library.restricted(BOARD)
    attempts: list[Callable[[], object]] = [
        lambda: view.replace("/news/a.txt", "x", [stored], RANDOM),
        lambda: view.remove(["/news/a.txt"]),
        lambda: view.set_groups("/news/a.txt", NOBODY),
        lambda: view.replace_vectors(RANDOM, {}),
        lambda: view.note_metadata_tables(["/news/metadata.csv"], []),
        lambda: view.difference((), ""),
        view.fingerprints,
        view.texts,
        view.metadata_tables,
    ]
    for attempt in attempts:
        with pytest.raises(LibraryError, match="some groups"):
            attempt()
    assert view.whole.fingerprints() == library.fingerprints()


# -- a library of format 1 --------------------------------------------------------------------------------------------


BEFORE = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE files (source TEXT PRIMARY KEY, fingerprint TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    id TEXT PRIMARY KEY, version TEXT NOT NULL, source TEXT NOT NULL, position INTEGER NOT NULL, title TEXT NOT NULL,
    outlet TEXT, author TEXT, published TEXT, url TEXT, modified TEXT NOT NULL, text TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX documents_source ON documents (source);
CREATE TABLE paragraphs (
    document_id TEXT NOT NULL, number INTEGER NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, page INTEGER,
    heading INTEGER NOT NULL, PRIMARY KEY (document_id, number)
) WITHOUT ROWID;
CREATE TABLE chunks (
    rowid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, document_id TEXT NOT NULL, start INTEGER NOT NULL,
    end INTEGER NOT NULL, first_paragraph INTEGER NOT NULL, last_paragraph INTEGER NOT NULL, context TEXT NOT NULL,
    tokens INTEGER NOT NULL, vector BLOB NOT NULL
);
CREATE INDEX chunks_document ON chunks (document_id);
CREATE VIRTUAL TABLE chunk_text USING fts5 (context, body, tokenize = "porter unicode61 remove_diacritics 2");
CREATE VIRTUAL TABLE chunk_terms USING fts5vocab (chunk_text, 'row');
"""


def as_format_1(home: Path, to: Path) -> None:
    """Copies the library in ``home`` as a program of format 1 would have written it."""
    to.mkdir()
    with closing(sqlite3.connect(to / "library.sqlite")) as connection:
        connection.executescript(BEFORE)
        connection.execute("ATTACH ? AS new", (str(home / "library.sqlite"),))
        for table in ("meta", "files", "documents", "paragraphs", "chunks"):
            names = [row[1] for row in connection.execute(f"PRAGMA main.table_info({table})")]
            columns = ", ".join(names)
            connection.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM new.{table}")
        connection.execute(
            "INSERT INTO main.chunk_text (rowid, context, body) SELECT rowid, context, body FROM new.chunk_text"
        )
        connection.execute("UPDATE main.meta SET value = '1' WHERE key = 'format'")
        connection.commit()


def test_a_library_of_format_1_is_brought_up_to_date(tmp_path: Path) -> None:
    with closing(open_library(tmp_path / "new")) as new:
        for number in range(30):
            store(new, document(f"d{number}", [f"Text of {number}. " * 50], outlet="O", published=DAY))
        as_format_1(tmp_path / "new", tmp_path / "old")
        for _ in range(2):  # what was brought up to date is opened as any other
            with closing(open_library(tmp_path / "old")) as old:
                assert old.entries() == new.entries()
                assert [old.document(each.id) for each in old.entries()] == [new.document(e.id) for e in new.entries()]
                assert old.fingerprints() == new.fingerprints()
                assert old.search(["text", "7"], ANY, 9) == new.search(["text", "7"], ANY, 9)
                assert np.array_equal(old.vectors().matrix, new.vectors().matrix)
                assert old.frequencies(["text"]) == new.frequencies(["text"])
                assert old.damage() is None
        with closing(open_library(tmp_path / "old")) as old:
            store(old, replace(document("d3", ["Text of 3."]), groups=BOARD))
            assert len(old.restricted(NOBODY).entries()) == 29
            assert old.restricted(NOBODY).frequencies(["text"]) == {"text": old.count_chunks() - 1}


def test_what_stops_half_way_leaves_format_1(tmp_path: Path) -> None:
    with closing(open_library(tmp_path / "new")) as new:
        store(new, document("a", ["One."]))
    as_format_1(tmp_path / "new", tmp_path / "old")
    path = tmp_path / "old" / "library.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE metadata_tables (in_the_way TEXT)")
        before = list(connection.iterdump())
    with pytest.raises(LibraryError, match="could not be read or written"):
        open_library(tmp_path / "old")
    with closing(sqlite3.connect(path)) as connection:
        assert list(connection.iterdump()) == before
    assert set(UPGRADES) == {1, 2}


# -- answers ----------------------------------------------------------------------------------------------------------


TREATY = (
    "Russia and North Korea signed a treaty of mutual defence in Pyongyang on 19 June 2024.",
    "It was signed by both leaders after two hours of talks, and it has 23 articles.",
    "Article 4 obliges either side to help the other if it is attacked.",
)
HIDDEN = {
    # Copies of a public document: the first ranks before it, the second has more to say.
    "board/a-copy.md": ("board", "Board Gazette", "Russia and North Korea sign treaty of mutual defence", TREATY),
    "board/z-copy.md": ("board", "Board Gazette", "Treaty", (*TREATY, "Only the board knows of codename Zephyrine.")),
    "staff/copy.md": ("staff", "Staff Circular", "The treaty of mutual defence", TREATY),
    "staff/other.md": (
        *("staff, board", "Secret Courier", "The treaty has 25 articles"),
        ("The treaty of mutual defence has 25 articles, the Secret Courier has learnt.", "Two of them are secret."),
    ),
}
PUBLIC = {
    "treaty.md": ("", "Harbour Post", "Russia and North Korea sign a treaty", TREATY),
    "reprint.md": ("", "Daily Reprint", "Treaty signed in Pyongyang", TREATY),
    "hanoi.md": (
        *("", "Harbour Post", "Visit to Hanoi"),
        ("The president flew on to Hanoi on 20 June 2024 and met the prime minister.", "Eleven papers were signed."),
    ),
}
QUESTIONS = (
    "How many articles does the treaty of mutual defence have?",
    "Who signed the treaty?",
    "What is codename Zephyrine?",
    "What does the Secret Courier say about the treaty?",
    "What does the Board Gazette report on the treaty this week?",
    "What does Article 4 oblige either side to do?",
)


@dataclass(frozen=True, slots=True)
class Desks:
    """A desk over everything, and by groups one whose library never had what these may not see."""

    everything: Desk
    bare: dict[frozenset[str], Desk]


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    base = tmp_path_factory.mktemp("desks")
    folder = base / "news"
    folder.mkdir()
    for name in (
        "eastern-ledger-treaty-text-published.txt",
        "harbour-wire-hanoi-visit.txt",
        "northsea-review-ratification.txt",
    ):
        shutil.copy(ROOT / "corpus" / name, folder)
    for name, (names, outlet, title, paragraphs) in (HIDDEN | PUBLIC).items():
        (folder / name).parent.mkdir(exist_ok=True)
        head = f"---\ntitle: {title}\noutlet: {outlet}\ndate: 2024-06-20\ngroups: {names}\n---\n\n"
        (folder / name).write_text(head + "\n\n".join(paragraphs))
    opened = [open_desk(read({"CITEDESK_HOME": str(base / "home")}))]
    try:
        ingest_paths(opened[0], [folder])
        bare = {}
        for groups in (NOBODY, BOARD, STAFF):
            # The same vectors: how a text is embedded differs a little with what is embedded beside it.
            home = base / f"home-{write_groups(groups)}"
            home.mkdir()
            with closing(sqlite3.connect(base / "home" / "library.sqlite")) as source:
                source.execute("VACUUM INTO ?", (str(home / "library.sqlite"),))
            bare[groups] = open_desk(read({"CITEDESK_HOME": str(home)}))
            opened.append(bare[groups])
            hidden = [entry.source for entry in opened[0].library.entries() if not may_see(groups, entry.groups)]
            assert len(hidden) == {NOBODY: 4, BOARD: 1, STAFF: 2}[groups]
            bare[groups].library.remove(hidden)
        yield Desks(opened[0], bare)
    finally:
        for desk in opened:
            desk.close()


def said(desk: Desk, question: str, history: Sequence[Turn] = (), filters: Filters = ANY) -> str:
    """All that an answer tells, but for how long it took."""
    found = record(answer(desk, question, history, filters, today=DAY, write=False), "1")
    return json.dumps({key: value for key, value in found.items() if key != "timings"}, indent=1, sort_keys=True)


@pytest.mark.parametrize("groups", [NOBODY, BOARD, STAFF | {"others"}], ids=write_groups)
def test_an_answer_is_that_of_a_library_without_the_rest(desks: Desks, groups: frozenset[str]) -> None:
    desk, bare = desks.everything.seen_by(groups), desks.bare[groups - {"others"}]
    told = []
    for question in QUESTIONS:
        told.append(said(desk, question))
        assert told[-1] == said(bare, question)
    before = answer(bare, QUESTIONS[0], today=DAY)
    history = [Turn(before.standalone, before.text, before.citations)]
    assert said(desk, "And who signed it?", history) == said(bare, "And who signed it?", history)
    secret = Filters(outlets=("Secret Courier",))
    assert said(desk, QUESTIONS[0], filters=secret) == said(bare, QUESTIONS[0], filters=secret)
    if not groups:
        for word in ("zephyrine", "secret courier", "board gazette", "circular", "25 articles"):
            asked = [each for each in told if word in each.lower()]
            assert len(asked) <= sum(word in question.lower() for question in QUESTIONS), word


def test_what_is_seen_is_answered_with(desks: Desks) -> None:
    assert "Zephyrine" not in said(desks.everything.seen_by(STAFF), "What do we know of codename Z?")
    both = desks.everything.seen_by(BOARD | STAFF)
    assert both.library.outlets() == desks.everything.library.outlets()
    assert said(both, QUESTIONS[0]) == said(desks.everything, QUESTIONS[0])
    assert desks.everything.seen_by(None) is desks.everything


def test_copies_and_better_passages_of_others_swallow_nothing(desks: Desks) -> None:
    found = answer(desks.everything.seen_by(NOBODY), "How many articles does the treaty of mutual defence have?")
    listed = {each.outlet for passage in found.passages for each in (passage.document, *passage.also)}
    assert {"Harbour Post", "Daily Reprint"} <= listed
    assert not listed & {"Board Gazette", "Staff Circular", "Secret Courier"}


def test_every_other_reader_of_a_desk_sees_no_more(desks: Desks) -> None:
    desk, bare = desks.everything.seen_by(NOBODY), desks.bare[NOBODY]
    assert questions(desk, 2) == questions(bare, 2)
    for question in QUESTIONS:
        asked = limited(desk.library, question, ANY, DAY, tuple(Part))
        assert asked == limited(bare.library, question, ANY, DAY, tuple(Part))
    nodes = [CitedRetriever(each.library, each.index, each.model).retrieve(QUESTIONS[0]) for each in (desk, bare)]
    assert [(node.node_id, node.score) for node in nodes[0]] == [(node.node_id, node.score) for node in nodes[1]]
    # Whoever asked last, the index holds everything.
    assert len(desk.index.query(directions(1, 384)[0], ANY, 100)) == desks.everything.library.count_chunks()
    with pytest.raises(LibraryError, match="some groups"):
        ingest(desk.library, desk.index, desk.model, [ROOT / "corpus"], budget=200)
    assert desks.everything.library.count_documents() == bare.library.count_documents() + len(HIDDEN)


def test_the_list_of_documents_says_who_sees_them(desks: Desks, capsys: pytest.CaptureFixture[str]) -> None:
    documents_command(desks.everything.settings, Wanted(), as_json=False)
    assert " · only for board, staff  (other.md, 2 paragraphs)\n" in capsys.readouterr().out
    documents_command(desks.everything.settings, Wanted(), as_json=True)
    listed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {Path(each["source"]).name: each["groups"] for each in listed if each["groups"]} == {
        **{"a-copy.md": ["board"], "z-copy.md": ["board"], "copy.md": ["staff"], "other.md": ["board", "staff"]}
    }
