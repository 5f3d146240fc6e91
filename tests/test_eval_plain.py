"""The plain baselines: windows that cover their documents, and three rankings that can be checked by hand."""

from pathlib import Path

import numpy as np
import pytest

from evals.tasks.plain import WORDS, K, Plain
from index.embed import MiniLM, embed, embed_query
from tests.conftest import document

FERRY = document("ferry", ["The ferry Aurora sails to Bergen."], title="Timetable")
BOAT = document("boat", ["A boat leaves for Norway's western harbour every morning."], title="Boats")
COFFEE = document("coffee", ["Coffee is grown in Brazil and in Colombia."], title="Coffee is grown…")


def told(number: int) -> None:
    """Nobody is told."""


@pytest.fixture
def plain(model: MiniLM, tmp_path: Path) -> Plain:
    return Plain([FERRY, BOAT, COFFEE], model, tmp_path, told)


def test_windows_cover_every_word_once(model: MiniLM, tmp_path: Path) -> None:
    words = [f"word{number}" for number in range(2 * WORDS + 5)]
    long = document("long", [" ".join(words[:200]), " ".join(words[200:])])
    windows = Plain([long], model, tmp_path, told).windows
    texts = [long.text[window.start : window.end].split() for window in windows]
    assert [len(text) for text in texts] == [WORDS, WORDS, 5]
    assert [word for text in texts for word in text] == words


def test_bm25_finds_words_and_nothing_else(plain: Plain) -> None:
    found = plain.rank("When do ferries sail?", ())["BM25"]
    assert [window.document_id for window in found.windows] == ["ferry"], "stems match; no other shares a word"
    assert plain.rank("the of and", ())["BM25"].windows == ()


def test_dense_is_the_cosine_of_title_and_text(plain: Plain, model: MiniLM) -> None:
    found = plain.rank("harbours in Norway", ())["dense"]
    # A title that only repeats how the text begins is not said twice.
    texts = [f"Timetable {FERRY.text}", f"Boats {BOAT.text}", COFFEE.text]
    cosines = embed(model, texts) @ embed_query(model, "harbours in Norway")
    order = np.argsort(-cosines)
    assert [window.document_id for window in found.windows] == [["ferry", "boat", "coffee"][row] for row in order]
    assert found.scores == pytest.approx(sorted(cosines.tolist(), reverse=True), abs=1e-5)


def test_fusion_adds_reciprocal_ranks(plain: Plain) -> None:
    ranks = plain.rank("When do ferries sail from Norway?", ())
    wanted: dict[str, float] = {}
    for half in (ranks["BM25"], ranks["dense"]):
        for place, window in enumerate(half.windows, 1):
            wanted[window.document_id] = wanted.get(window.document_id, 0.0) + 1 / (K + place)
    fused = {window.document_id: score for window, score in zip(ranks["RRF"].windows, ranks["RRF"].scores, strict=True)}
    assert fused == pytest.approx(wanted)
    assert list(fused.values()) == sorted(fused.values(), reverse=True)


def test_only_the_allowed_documents_are_ranked(plain: Plain) -> None:
    for ranked in plain.rank("When do ferries sail?", ("boat", "coffee")).values():
        assert {window.document_id for window in ranked.windows} <= {"boat", "coffee"}


def test_vectors_are_kept_and_are_those_of_the_texts(model: MiniLM, tmp_path: Path) -> None:
    counted: list[int] = []
    Plain([FERRY, BOAT], model, tmp_path, counted.append)
    Plain([FERRY, BOAT], model, tmp_path, counted.append)
    assert counted == [2], "the second time they are read"
    Plain([BOAT, FERRY], model, tmp_path, counted.append)
    assert counted == [2, 2], "another order is another matrix"


def test_no_documents(model: MiniLM, tmp_path: Path) -> None:
    assert all(not ranked.windows for ranked in Plain([], model, tmp_path, told).rank("When?", ()).values())
