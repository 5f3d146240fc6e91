"""Filtered search: what labels, the exact index and the lexical search give is what a look at every chunk gives."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import VectorIndexError
from index.exact import ExactIndex
from index.lexical import BUDGET, affordable
from index.library import Library, Model
from index.split import chunks
from index.tables import Embedded
from index.types import Chunk, Filters
from index.vectors import ChromaIndex, open_index
from tests.conftest import RANDOM, directions, document, open_library, store

ANY = Filters()
DAY = date(2024, 6, 1)
WORDS = ("kursk", "treaty", "grain", "north", "shell")
PLANE = Model("plane", 2)


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """60 documents of one to three chunks; outlets and dates vary, some have none; half the vectors come twice."""
    rng = np.random.default_rng(3)
    with closing(open_library(tmp_path_factory.mktemp("mixed"))) as library:
        for i in range(60):
            texts = [" ".join(rng.choice(WORDS, 3)) + "." for _ in range(i % 3 + 1)]
            published = None if i % 5 == 0 else DAY + timedelta(days=i % 10)
            each = document(f"d{i:02}", texts, outlet=("A", "B", "C", None)[i % 4], published=published)
            parts = chunks(each, 1)
            rows = np.array([[1, 0], [0, 1], [-1, 0]], dtype=np.float32)[rng.integers(3, size=len(parts))]
            library.replace(each.source, "x", [Embedded(each, parts, rows)], PLANE)
        yield library


def left(library: Library, filters: Filters) -> list[str]:
    """The ids of the chunks that the filters leave, by a look at each."""
    located = library.located(sorted(library.chunk_ids()))
    return [
        id_
        for id_, place in located.items()
        if (
            filters.since is None
            or (place.document.published is not None and place.document.published >= filters.since)
        )
        and (
            filters.until is None
            or (place.document.published is not None and place.document.published <= filters.until)
        )
        and (not filters.outlets or place.document.outlet in filters.outlets)
        and (not filters.documents or place.document.id in filters.documents)
    ]


DAYS = st.none() | st.integers(-1, 11).map(lambda number: DAY + timedelta(days=number))
FILTERS = st.builds(
    Filters,
    since=DAYS,
    until=DAYS,
    outlets=st.lists(st.sampled_from(["A", "B", "C", "nobody"]), max_size=3).map(tuple),
    documents=st.lists(st.sampled_from([*(f"d{i:02}" for i in range(60)), "gone"]), max_size=20).map(tuple),
)


@settings(deadline=None, max_examples=60)
@given(FILTERS, st.integers(1, 150))
def test_the_exact_index_gives_what_a_look_at_every_vector_gives(mixed: Library, filters: Filters, k: int) -> None:
    exact = ExactIndex()
    exact.sync(mixed)
    query = np.array([0.6, 0.8], dtype=np.float32)
    allowed, stored = set(left(mixed, filters)), mixed.vectors()
    scores = {id_: float(row @ query) for id_, row in zip(stored.ids, stored.matrix, strict=True) if id_ in allowed}
    expected = sorted(scores, key=lambda id_: (-scores[id_], id_))[:k]  # a third of them tie
    hits = exact.query(query, filters, k)
    assert [hit.chunk_id for hit in hits] == expected
    assert [hit.score for hit in hits] == pytest.approx([scores[id_] for id_ in expected])


@settings(deadline=None, max_examples=60)
@given(FILTERS, st.integers(1, 150), st.lists(st.sampled_from([*WORDS, "nowhere", ""]), max_size=4))
def test_a_filtered_search_is_the_whole_one_without_what_the_filter_drops(
    mixed: Library, filters: Filters, k: int, words: list[str]
) -> None:
    allowed = set(left(mixed, filters))
    everything = mixed.search(words, ANY, 1000)
    assert list(everything) == sorted(everything, key=lambda hit: (-hit.score, hit.chunk_id))
    texts = mixed.texts()
    assert {hit.chunk_id for hit in everything} == {id_ for id_ in texts if any(w and w in texts[id_] for w in words)}
    assert mixed.search(words, filters, k) == tuple(hit for hit in everything if hit.chunk_id in allowed)[:k]


# -- words that are left out ------------------------------------------------------------------------------------------


def test_the_rarest_words_are_searched_while_they_fit_the_budget() -> None:
    postings = {"a": 10, "b": 40, "c": 60, "never": 0}
    assert affordable(postings, 1.0, 110) == {"a", "b", "c"}
    assert affordable(postings, 1.0, 109) == {"a", "b"}  # 10 + 40 + 60 = 110
    assert affordable(postings, 1.0, 9) == {"a", "b"}  # none fits: the two rarest
    assert affordable(postings, 0.0, 22) == {"a", "b", "c"}  # 0.2 * 110: the filter drops all of them unscored
    assert affordable(postings, 0.5, 31) == {"a", "b"}  # 0.6 * 50 = 30
    assert affordable({"never": 0}, 1.0, 5) == set()


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """4000 chunks in 40 documents: "common", "often" and "usual" are in all, "seldom" in 40, "unique" in one."""
    ready = list[Embedded]()
    for number in range(40):
        texts = ["common usual often" + " seldom" * (i == number) + " unique" * (i == number == 7) for i in range(100)]
        each = document(f"d{number:02}", texts, outlet="AB"[number % 2])
        line = tuple(
            Chunk(f"{each.id} {p.number:03}", each.id, p.start, p.end, p.number, p.number, "", 3)
            for p in each.paragraphs
        )
        ready.append(Embedded(each, line, directions(len(line), 4)))
    with closing(open_library(tmp_path_factory.mktemp("large"))) as library:
        library.replace("/news/d00.txt", "x", ready, Model("r", 4))
        assert BUDGET < 12_000  # three words that are everywhere
        yield library


def test_common_words_are_left_out_where_rarer_ones_find_enough(large: Library) -> None:
    kept = large.search(["common", "often", "seldom"], ANY, 30)  # 4000 + 4000 + 40 postings
    assert large.search(["common", "often", "seldom", "usual"], ANY, 30) == kept
    assert len(large.search(["usual", "often", "common"], Filters(outlets=("A",)), 30)) == 30


def test_common_words_are_searched_where_rarer_ones_find_too_little(large: Library) -> None:
    hits = large.search(["common", "unique", "usual"], ANY, 50)
    assert len(hits) == 50
    assert hits[0].chunk_id == large.search(["unique"], ANY, 50)[0].chunk_id
    assert len(large.search(["common", "usual", "nowhere"], ANY, 50)) == 50
    assert large.search(["nowhere", "never", "nothing"], ANY, 50) == ()
    # A document without the rare word is still searched, with all words.
    assert len(large.search(["common", "unique", "usual"], Filters(documents=("d09",)), 200)) == 100
    assert len(large.search(["common", "unique", "usual"], Filters(documents=("d09", "d30")), 150)) == 150


# -- following the library --------------------------------------------------------------------------------------------


def test_what_another_process_writes_is_seen_by_the_next_question(tmp_path: Path) -> None:
    with closing(open_library(tmp_path)) as library, closing(open_library(tmp_path)) as writer:
        exact = ExactIndex()
        exact.sync(library)
        for i in range(6):
            store(writer, document(f"d{i}", [f"Word {i}."], outlet="AB"[i % 2]))

        def found(outlet: str) -> set[str]:
            filters = Filters(outlets=(outlet,))
            hits = exact.query(directions(1)[0], filters, 10)
            assert {hit.chunk_id for hit in hits} == {hit.chunk_id for hit in library.search(["word"], filters, 10)}
            assert library.frequencies(["word"]).get("word", 0) == library.count_chunks()
            vectors = writer.vectors()
            if not vectors.ids:
                return set()
            expected = dict(zip(vectors.ids, (vectors.matrix @ directions(1)[0]).tolist(), strict=True))
            assert {hit.chunk_id: hit.score for hit in hits} == {
                hit.chunk_id: pytest.approx(expected[hit.chunk_id], abs=1e-5) for hit in hits
            }
            return {place.document.id for place in library.located([hit.chunk_id for hit in hits]).values()}

        assert found("A") == {"d0", "d2", "d4"}
        # The last row's number is used again, for a chunk of the other outlet.
        writer.remove(["/news/d5.txt"])
        store(writer, document("d6", ["Word 6."], outlet="A"))
        assert found("A") == {"d0", "d2", "d4", "d6"}
        assert found("B") == {"d1", "d3"}
        store(writer, document("d1", ["Word 1, anew."], outlet="A"))
        assert found("A") == {"d0", "d1", "d2", "d4", "d6"}
        new = dict(zip(sorted(writer.chunk_ids()), directions(6, 16, 9), strict=True))
        writer.replace_vectors(RANDOM, new)
        assert found("B") == {"d3"}
        writer.remove(list(writer.fingerprints()))
        assert found("A") == found("B") == set()


def test_only_new_vectors_are_read_after_a_change(tmp_path: Path) -> None:
    with closing(open_library(tmp_path)) as library:
        for i in range(4):
            store(library, document(f"d{i}", ["Text."]))
        known = library.chunk_ids()
        embedding = library.embedding()
        store(library, document("new", ["New."]))
        change = library.difference(known, embedding)
        assert set(change.vectors.ids) == library.chunk_ids() - known
        assert set(change.labels.ids) == library.chunk_ids()
        assert library.difference(known, "another").vectors.ids == change.labels.ids
        assert library.difference(library.chunk_ids(), embedding).vectors.ids == ()


def test_memory_is_kept_after_a_filter_and_freed_on_close(tmp_path: Path) -> None:
    with closing(open_library(tmp_path)) as library:
        for i in range(4):
            store(library, document(f"d{i}", ["Text."], outlet="A"))
        with closing(open_index(tmp_path / "chroma", None)) as index:
            assert isinstance(index, ChromaIndex)
            index.sync(library)
            index.query(directions(1)[0], ANY, 2)
            exact = index._exact
            assert exact is not None
            assert not holds(exact)  # nobody asked for a filter
            index.query(directions(1)[0], Filters(outlets=("A",)), 2)
            held = exact._held
            index.query(directions(1)[0], ANY, 2)
            index.sync(library)
            index.query(directions(1)[0], Filters(outlets=("A",)), 2)
            assert holds(exact)
            assert exact._held is held  # read once
        with pytest.raises(VectorIndexError):
            index.query(directions(1)[0], ANY, 2)
        exact.close()
        assert not holds(exact)


def holds(exact: ExactIndex) -> bool:
    return exact._held is not None
