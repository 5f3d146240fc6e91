"""What `citedesk doctor` says of a library that is sound and could be better off."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from index.embed import MiniLM, mismatch
from index.errors import ModelMismatch
from index.exact import ExactIndex
from index.ingest import ingest, reembed
from index.library import Library, Model
from rag.answer import answer
from rag.desk import Desk
from rag.doctor import Check, checks
from rag.settings import Settings, read
from tests.conftest import document, open_library, store

FORMER = Model("all-MiniLM-L6-v2-int8", 384)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(read({}), home=tmp_path / "home")


def found(settings: Settings, last: str) -> Mapping[str, Check]:
    """The checks up to the one that is named ``last``."""
    told = dict[str, Check]()
    for check in checks(settings):
        told[check.what] = check
        if check.what == last:
            break
    return told


def test_a_library_of_the_former_built_in_model_is_told_to_be_ingested_again(settings: Settings, model: MiniLM) -> None:
    with closing(open_library(settings.home)) as library, closing(ExactIndex()) as index:
        store(library, document("a", ["It needs two eggs."]), model=FORMER)
        with pytest.raises(ModelMismatch, match=r"earlier version of the built-in model; .*`citedesk ingest"):
            answer(Desk(settings, library, index, model), "How many eggs?")
        told = found(settings, "embedding model")["embedding model"]
        assert (told.passed, told.remedy) == (False, "citedesk ingest --reembed")
        ingest(library, index, model, [], budget=200)
        assert library.model() == Model(model.model_name, 384)
        store(library, document("b", ["He went."]), model=Model(model.model_name, 384))
        assert reembed(library, index, model) == 2
        assert found(settings, "embedding model")["embedding model"].passed


def test_another_model_is_told_how_to_go_back() -> None:
    assert mismatch(FORMER.name, "theirs").endswith("or unset CITEDESK_EMBED_MODEL")
    assert mismatch("theirs", "ours").endswith("or set CITEDESK_EMBED_MODEL back")


def test_room_that_removed_documents_left_is_told_where_it_is_worth_it(settings: Settings) -> None:
    with closing(Library(settings.home / "library.sqlite")) as library:
        store(library, document("a", ["Text."]))
        assert "room in it" not in found(settings, "documents")
        with closing(sqlite3.connect(library.path)) as connection:
            connection.executescript("CREATE TABLE large (x); INSERT INTO large VALUES (zeroblob(120000000));")
            connection.executescript("DROP TABLE large; PRAGMA wal_checkpoint(TRUNCATE);")
        told = found(settings, "documents")["room in it"]
        assert told.passed
        assert told.found.startswith("120 of 12") and "`citedesk backup FILE`" in told.found
