"""The library: what goes in comes out, all of it or nothing, under every kind of search and reader."""

import os
import resource
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from index.errors import LibraryError, ModelMismatch, UsageError
from index.library import Library, Model
from index.split import chunks
from index.tables import Embedded
from index.types import Document, Filters, Link, Paragraph, Relation
from tests.conftest import RANDOM, directions, document, open_library, store

ROOT = Path(__file__).parent.parent
ANY = Filters()


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library = open_library(tmp_path)
    yield library
    library.close()


def found(library: Library, *words: str, filters: Filters = ANY) -> set[str]:
    """The documents in which a search finds the words."""
    hits = library.search(words, filters, 100)
    located = library.located([hit.chunk_id for hit in hits])
    return {located[hit.chunk_id].document.id for hit in hits}


# -- round trip -------------------------------------------------------------------------------------------------------


AWKWARD = "평양 e\u0301 👩‍👩‍👧 \u200f שלום \u00ad “it’s” <script>${1}</script> '; DROP TABLE documents; --"


def test_every_field_comes_out_as_it_went_in(library: Library) -> None:
    full = replace(
        document(AWKWARD, [AWKWARD, "Heading", "x"], headings=frozenset({1}), title=AWKWARD, outlet=AWKWARD),
        author=AWKWARD,
        published=date(1999, 12, 31),
        url="https://example.org/?a=b&c=%20",
        position=3,
    )
    paged = tuple(replace(paragraph, page=paragraph.number) for paragraph in full.paragraphs)
    full = replace(full, paragraphs=paged)
    bare = document("bare", ["One sentence."])
    for each in (full, bare):
        stored = store(library, each)
        assert library.document(each.id) == each
        located = library.located([chunk.id for chunk in stored.chunks])
        assert [located[chunk.id].chunk for chunk in stored.chunks] == list(stored.chunks)
        assert {place.document for place in located.values()} == {each}
        texts = library.texts()
        for chunk in stored.chunks:
            assert texts[chunk.id] == f"{chunk.context}\n{each.text[chunk.start : chunk.end]}"
    entries = {entry.id: entry for entry in library.entries()}
    assert entries[full.id].outlet == AWKWARD
    assert entries[full.id].published == date(1999, 12, 31)
    assert entries[full.id].paragraphs == 3
    assert (entries["bare"].outlet, entries["bare"].author, entries["bare"].published) == (None, None, None)
    assert library.outlets() == (AWKWARD,)
    assert library.fingerprints()[full.source] == f"fingerprint of {full.version}"


def test_vectors_come_out_in_the_order_of_their_ids(library: Library) -> None:
    stored = [store(library, document(f"d{i}", ["text"], outlet="O" if i else None)) for i in range(5)]
    expected = {item.chunks[0].id: item.vectors[0] for item in stored}
    vectors = library.vectors()
    assert list(vectors.ids) == sorted(expected)
    assert np.array_equal(vectors.matrix, np.array([expected[id_] for id_ in vectors.ids]))
    some = library.vectors(["no such id", vectors.ids[3], vectors.ids[1]])
    assert some.ids == (vectors.ids[1], vectors.ids[3])
    assert library.vectors([]).ids == ()


def test_documents_are_listed_newest_first_and_undated_last(library: Library) -> None:
    store(library, document("undated", ["x"], title="A"))
    store(library, document("old", ["x"], title="B", published=date(2001, 1, 1)))
    store(library, document("z", ["x"], title="Z", published=date(2024, 1, 1)))
    store(library, document("c", ["x"], title="C", published=date(2024, 1, 1)))
    assert [entry.id for entry in library.entries()] == ["c", "z", "old", "undated"]
    assert library.entries(["undated", "nothing", "z"]) == (library.entries()[1], library.entries()[3])
    assert library.entries([]) == ()


def test_an_unknown_id_is_a_usage_error_or_left_out(library: Library) -> None:
    with pytest.raises(UsageError, match="citedesk documents"):
        library.document("nothing")
    assert library.located(["nothing"]) == {}
    assert library.located([]) == {}


# -- replacing and removing -------------------------------------------------------------------------------------------


def everything(library: Library) -> tuple[object, ...]:
    return (
        library.entries(),
        [library.document(entry.id) for entry in library.entries()],
        library.fingerprints(),
        library.texts(),
        library.vectors().matrix.tolist(),
        [hit.chunk_id for hit in library.search(["old", "new"], ANY, 100)],
        library.model(),
        library.state(),
    )


def test_a_new_version_replaces_the_old_one_everywhere(library: Library) -> None:
    store(library, document("a", ["An old word.", "And another."]))
    store(library, document("b", ["An old word."]))
    store(library, document("a", ["A new word."]))
    assert found(library, "old") == {"b"}
    assert found(library, "new") == {"a"}
    assert [p.number for p in library.document("a").paragraphs] == [1]
    assert library.count_chunks() == library.count_documents() == 2


def break_chunk_ids(document: Document) -> Embedded:
    (chunk,) = chunks(document, 200)
    return Embedded(document, (chunk, chunk), directions(2))


def break_vectors(document: Document) -> Embedded:
    return Embedded(document, chunks(document, 200), directions(2))


@pytest.mark.parametrize("broken", [break_chunk_ids, break_vectors])
def test_a_failure_half_way_keeps_the_old_version(library: Library, broken: object) -> None:
    assert callable(broken)
    store(library, document("a", ["An old word."]))
    before = everything(library)
    new = document("a", ["A new word."])
    first = Embedded(replace(new, id="first"), (), directions(0))
    with pytest.raises((LibraryError, ValueError)):
        library.replace(new.source, "new", [first, broken(new)], RANDOM)
    assert everything(library) == before
    store(library, new)
    assert found(library, "new") == {"a"}


def test_removed_documents_are_gone_from_everywhere(library: Library) -> None:
    for name in ("a", "b", "c"):
        store(library, document(name, [f"A word of {name}."]))
    library.remove([library.document(name).source for name in ("a", "c")] + ["/never/ingested.txt"])
    assert [entry.id for entry in library.entries()] == ["b"]
    assert found(library, "word") == {"b"}
    assert len(library.vectors().ids) == len(library.texts()) == len(library.chunk_ids()) == 1
    assert set(library.fingerprints()) == {library.document("b").source}
    assert "c" not in library.frequencies(["a", "b", "c"])


def test_the_state_changes_with_every_write_and_with_no_read(library: Library, tmp_path: Path) -> None:
    states = [library.state()]
    store(library, document("a", ["One."]))
    states.append(library.state())
    store(library, document("a", ["Two."]))
    states.append(library.state())
    library.replace_vectors(RANDOM, dict(zip(library.chunk_ids(), directions(1), strict=True)))
    states.append(library.state())
    everything(library)
    found(library, "two")
    library.frequencies(["two"])
    library.damage()
    library.require("random", 16)
    assert library.state() == states[-1]
    library.remove(["/news/a.txt"])
    states.append(library.state())
    assert len(set(states)) == 5
    other = Library(tmp_path / "other.sqlite")
    assert other.state() != states[0]
    other.close()


def test_the_embedding_changes_with_the_vectors_of_chunks_that_stay_and_with_nothing_else(library: Library) -> None:
    store(library, document("a", ["One."]))
    names = [library.embedding()]
    store(library, document("b", ["Two."]))
    library.remove(["/news/b.txt"])
    assert library.embedding() == names[0]
    for model in (RANDOM, RANDOM, Model("random", 8), Model("other", 8)):
        new = directions(1, model.dimension)
        library.replace_vectors(model, dict(zip(library.chunk_ids(), new, strict=True)))
        names.append(library.embedding())
    assert len(set(names)) == 5


def test_a_full_disk_keeps_the_old_version_and_says_so(tmp_path: Path) -> None:
    library = open_library(tmp_path)
    store(library, document("a", ["An old word."]))
    library.close()
    library = open_library(tmp_path)
    before = everything(library)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))  # Python ignores the signal: writing fails
    try:
        with pytest.raises(LibraryError, match="free space"):
            store(library, document("a", ["A new word. " + "long " * 500_000]))
        assert everything(library) == before
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    store(library, document("a", ["A new word."]))
    assert found(library, "new") == {"a"}
    library.close()


# -- search -----------------------------------------------------------------------------------------------------------


def test_search_knows_word_forms_and_ignores_accents_and_case(library: Library) -> None:
    store(library, document("a", ["The ministers were negotiating."]))
    store(library, document("b", ["Le président est arrivé à Zürich."]))
    store(library, document("c", ["북한 평양에서"]))
    assert found(library, "negotiated") == found(library, "Negotiations") == {"a"}
    assert found(library, "president") == found(library, "PRÉSIDENT") == found(library, "pre\u0301sident") == {"b"}
    assert found(library, "zurich") == {"b"}
    assert found(library, "북한") == {"c"}
    assert found(library, "minister", "zurich", "nowhere") == {"a", "b"}
    assert found(library) == set()


def test_titles_and_outlets_are_searched_but_weigh_less_than_text(library: Library) -> None:
    store(library, document("title", ["Nothing of it here at all."], title="Kursk"))
    store(library, document("text", ["Kursk is named here once."], title="Other"))
    store(library, document("outlet", ["Nothing of it here at all."], title="Other", outlet="Kursk News"))
    hits = library.search(["kursk"], ANY, 10)
    order = [library.located([hit.chunk_id])[hit.chunk_id].document.id for hit in hits]
    assert order[0] == "text"
    assert set(order[1:]) == {"title", "outlet"}
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len(library.search(["kursk"], ANY, 2)) == 2


@pytest.mark.parametrize(
    "word",
    [
        *("NEAR", "AND", "OR", "NOT", "*", "treaty*", '"', '""', "'", "(", "a)b", "^x", "context:x", "{body}", "-"),
        *("\\", "%", "_", "", " ", "\0", "tr\0eaty", "\ud800", "\u200b", "?", ";--", "NEAR(a b)", "a" * 10_000),
        *("+", "👩‍👩‍👧"),
    ],
)
def test_operators_in_words_are_words(library: Library, word: str) -> None:
    store(library, document("a", ["The treaty was signed near the body of water, and not by x."]))
    assert found(library, word, "signed") == {"a"}
    found(library, word)


def test_operators_are_found_as_the_words_they_are(library: Library) -> None:
    store(library, document("a", ["It was near."]))
    store(library, document("b", ["It was far."]))
    assert found(library, "NEAR") == {"a"}
    assert found(library, "NEAR", "far") == {"a", "b"}
    assert found(library, "treaty*") == found(library, "context:far") == set()


def test_frequencies_count_chunks(library: Library) -> None:
    store(library, document("a", ["Treaties and a treaty."]))
    store(library, document("b", ["The treaty."]))
    store(library, document("c", ["Nothing."]))
    assert library.frequencies(["treati", "noth", "nowher"]) == {"treati": 2, "noth": 1}
    assert library.frequencies([]) == {}


# -- filters ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), {"old", "mid", "new", "undated"}),
        (Filters(since=date(2024, 6, 19)), {"mid", "new"}),
        (Filters(since=date(2024, 6, 20)), {"new"}),
        (Filters(until=date(2024, 6, 19)), {"old", "mid"}),
        (Filters(until=date(2024, 6, 18)), {"old"}),
        (Filters(since=date(2024, 6, 19), until=date(2024, 6, 19)), {"mid"}),
        (Filters(since=date(2025, 1, 1)), set()),
        (Filters(outlets=("A",)), {"old", "mid"}),
        (Filters(outlets=("A", "B'")), {"old", "mid", "new"}),
        (Filters(outlets=("a",)), set()),
        (Filters(documents=("undated", "new", "gone")), {"undated", "new"}),
        (Filters(until=date(2024, 12, 31), outlets=("A",), documents=("mid", "undated")), {"mid"}),
    ],
)
def test_filters_leave_what_they_say(library: Library, filters: Filters, expected: set[str]) -> None:
    store(library, document("old", ["A word."], outlet="A", published=date(999, 12, 31)))
    store(library, document("mid", ["A word."], outlet="A", published=date(2024, 6, 19)))
    store(library, document("new", ["A word."], outlet="B'", published=date(2024, 6, 20)))
    store(library, document("undated", ["A word."]))
    assert found(library, "word", filters=filters) == expected
    assert library.count_documents(filters) == len(expected)


# -- models -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("other", [Model("other", 16), Model("random", 8)])
def test_another_model_is_refused_and_changes_nothing(library: Library, other: Model) -> None:
    store(library, document("a", ["One."]))
    before = everything(library)
    with pytest.raises(ModelMismatch, match="`citedesk ingest --reembed`"):
        store(library, document("b", ["Two."]), model=other)
    assert everything(library) == before


def test_an_empty_library_takes_any_model(library: Library) -> None:
    library.require("other", 3)
    assert library.model() is None
    store(library, document("a", ["One."]))
    library.replace_vectors(Model("other", 8), {next(iter(library.chunk_ids())): directions(1, 8)[0]})
    assert library.model() == Model("other", 8)
    library.remove(["/news/a.txt"])
    assert library.model() is None
    library.replace_vectors(Model("other", 0), {})  # embedded again while it is empty
    store(library, document("b", ["Two."]))
    assert library.model() == RANDOM


def test_new_vectors_for_other_chunks_are_refused(library: Library) -> None:
    store(library, document("a", ["One."]))
    before = everything(library)
    with pytest.raises(LibraryError, match="changed while it was embedded again"):
        library.replace_vectors(Model("other", 8), {"another id": directions(1, 8)[0]})
    assert everything(library) == before


# -- files ------------------------------------------------------------------------------------------------------------


def test_a_file_that_is_no_library_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite"
    for content in (b"this is a text file, not a database" * 100, b"SQLite format 3\0" + b"\xff" * 5000):
        path.write_bytes(content)
        with pytest.raises(LibraryError, match="CITEDESK_HOME"):
            Library(path)
        assert path.read_bytes() == content


def test_a_damaged_library_says_what_is_wrong_with_it(tmp_path: Path) -> None:
    library = open_library(tmp_path)
    for i in range(40):
        store(library, document(f"d{i}", ["Some text to fill a page. " * 40]))
    assert library.damage() is None
    library.close()
    data = bytearray(library.path.read_bytes())
    data[8192:20480] = b"\xa5" * 12288
    library.path.write_bytes(data)
    damaged = open_library(tmp_path)
    assert damaged.damage()
    damaged.close()


@pytest.mark.parametrize(
    "use",
    [
        Library.entries,
        Library.outlets,
        Library.count_chunks,
        Library.count_documents,
        Library.chunk_ids,
        Library.fingerprints,
        Library.texts,
        Library.vectors,
        Library.model,
        lambda library: library.search(["text"], ANY, 5),
        lambda library: library.frequencies(["text"]),
        lambda library: library.document("d1"),
        lambda library: library.remove(["/news/d1.txt"]),
    ],
)
def test_every_use_of_a_damaged_library_says_what_to_do(tmp_path: Path, use: Callable[[Library], object]) -> None:
    library = open_library(tmp_path)
    for i in range(40):
        store(library, document(f"d{i}", ["Some text to fill a page. " * 40], outlet="O"))
    library.close()
    data = library.path.read_bytes()
    library.path.write_bytes(data[:8192] + b"\xa5" * (len(data) - 8192))  # the schema and the meta table stay
    with closing(open_library(tmp_path)) as damaged, pytest.raises(LibraryError, match="citedesk doctor"):
        use(damaged)


def test_a_library_of_another_format_is_refused(tmp_path: Path) -> None:
    open_library(tmp_path).close()
    with sqlite3.connect(tmp_path / "library.sqlite") as connection:
        connection.execute("UPDATE meta SET value = 99 WHERE key = 'format'")
    connection.close()
    with pytest.raises(LibraryError, match="library format 99, this program reads 3"):
        open_library(tmp_path)


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "library.sqlite") as connection:
        connection.execute("CREATE TABLE meta (name TEXT)")
    connection.close()
    with pytest.raises(LibraryError, match="CITEDESK_HOME"):
        open_library(tmp_path)


def test_a_folder_that_cannot_be_made_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(LibraryError, match=r"file.*CITEDESK_HOME"):
        Library(tmp_path / "file" / "home" / "library.sqlite")
    (tmp_path / "library.sqlite").mkdir()
    with pytest.raises(LibraryError, match="CITEDESK_HOME"):
        Library(tmp_path / "library.sqlite")


# -- threads and processes --------------------------------------------------------------------------------------------


def test_threads_that_come_and_go_leave_no_open_files(library: Library) -> None:
    store(library, document("a", ["One."]))

    def opened() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    before = opened()
    for _ in range(40):
        thread = threading.Thread(target=library.entries)
        thread.start()
        thread.join()
    assert opened() < before + 20


def versions(library: Library) -> Iterator[bool]:
    """Whether what one search and one look-up show is one version: text, paragraph, context and chunk agree."""
    for hit in library.search(["alpha", "beta"], ANY, 5):
        for place in library.located([hit.chunk_id]).values():
            word = place.document.title
            inside = place.document.text[place.chunk.start : place.chunk.end]
            yield (
                place.chunk.context == word
                and inside == place.document.text
                and set(inside.split()) == {word}
                and place.document.paragraphs[0].end == len(inside)
            )


def test_readers_see_whole_versions_while_a_thread_writes(library: Library) -> None:
    store(library, document("a", ["alpha"], title="alpha"))
    done = threading.Event()
    seen = list[bool]()

    def read() -> None:
        while not done.is_set():
            seen.extend(versions(library))

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    try:
        for i in range(30):
            word = "beta" if i % 2 else "alpha"
            store(library, document("a", [" ".join([word] * (i + 1))], title=word))
    finally:
        done.set()
        for reader in readers:
            reader.join()
    assert seen
    assert all(seen)


WRITER = """
import sys
from pathlib import Path
from tests.conftest import document, open_library, store
library = open_library(Path(sys.argv[1]))
for i in range(30):
    word = ("alpha", "beta")[i % 2]
    store(library, document("a", [" ".join([word] * (i + 1))], title=word))
    store(library, document(sys.argv[2], ["gamma"], title="gamma"))
"""


def test_readers_see_whole_versions_while_processes_write(library: Library, tmp_path: Path) -> None:
    store(library, document("a", ["alpha"], title="alpha"))
    first = library.state()
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), name], cwd=ROOT, env=environment)
        for name in ("b", "c")
    ]
    seen = list[bool]()
    while any(writer.poll() is None for writer in writers):
        seen.extend(versions(library))
    assert [writer.returncode for writer in writers] == [0, 0]
    assert all(seen)
    assert seen
    assert library.state() != first
    assert {entry.id for entry in library.entries()} == {"a", "b", "c"}
    assert library.damage() is None


def test_a_closed_library_can_be_opened_again(tmp_path: Path) -> None:
    library = open_library(tmp_path)
    store(library, document("a", ["One."]))
    before = everything(library)
    library.close()
    library.close()
    again = open_library(tmp_path)
    assert everything(again) == before
    again.close()


# -- at scale ---------------------------------------------------------------------------------------------------------


def test_more_ids_than_sqlite_takes_marks(library: Library) -> None:
    stored = [store(library, document(f"d{i}", ["Text."], outlet=f"O{i}")) for i in range(3)]
    ids = [item.chunks[0].id for item in stored] + [f"none-{i}" for i in range(40_000)]
    assert len(library.located(ids)) == len(library.vectors(ids).ids) == 3
    assert library.links(ids) == ()
    many = Filters(documents=("d1", *ids), outlets=("O1", *ids))
    assert library.count_documents(many) == 1
    assert found(library, "text", filters=many) == {"d1"}


def test_a_document_of_a_hundred_thousand_paragraphs_comes_out_as_it_went_in(library: Library) -> None:
    number, whole = 100_000, document("big", ["One."])
    text = "\n\n".join(["Same."] * number)
    paragraphs = tuple(Paragraph(i + 1, 7 * i, 7 * i + 5) for i in range(number))
    store(library, replace(whole, text=text, paragraphs=paragraphs[:1]))
    part = replace(chunks(whole, 200)[0], start=0, end=len(text), first_paragraph=1, last_paragraph=number)
    big = replace(whole, text=text, paragraphs=paragraphs)
    library.replace(big.source, "f", [Embedded(big, (part,), directions(1))], RANDOM)
    assert library.document("big") == big
    assert library.entries()[0].paragraphs == number


def test_what_was_removed_leaves_room_that_is_used_again(library: Library) -> None:
    for i in range(40):
        store(library, document(f"d{i}", ["Long text. " * 500]))
    assert library.spare() < 20_000
    library.remove(list(library.fingerprints()))
    free, size = library.spare(), library.path.stat().st_size
    assert free > 200_000
    for i in range(20):
        store(library, document(f"d{i}", ["Long text. " * 500]))
    assert library.spare() < free
    assert library.path.stat().st_size <= size


def test_what_checks_the_file_finds_no_fault_with_links(library: Library) -> None:
    """SQLite 3.40 did, where a column stood before one of the key."""
    for name in ("a", "b"):
        store(library, document(name, ["The same text."]))
    library.note_relations([], [Link("a", Relation.EARLIER, "b"), Link("b", Relation.COPY, "a")])
    assert library.links() == (Link("a", Relation.EARLIER, "b"), Link("b", Relation.COPY, "a"))
    assert library.damage() is None
