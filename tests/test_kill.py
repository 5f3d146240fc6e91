"""An ingest that is killed leaves each file as it was before or as it is after, and the next one completes it."""

import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from index.embed import Endpoint, Vectors
from index.exact import ExactIndex
from index.ingest import Summary, ingest
from index.library import Library
from index.types import Document, Filters
from index.vectors import ChromaIndex, open_index
from tests.conftest import open_library
from tests.openai_server import Script, openai_server

ROOT = Path(__file__).parent.parent
FILES, PARAGRAPHS = 24, 45  # 1080 chunks: Chroma has written its graph to disk more than once
KILLS = 8
ANY = Filters()


@dataclass(frozen=True, slots=True)
class Version:
    """All that the library holds of one document."""

    document: Document
    fingerprint: str
    texts: Mapping[str, str]  # by chunk id
    vectors: Mapping[str, bytes]


def held(library: Library) -> dict[str, Version]:
    """What the library holds, by document id."""
    prints, texts, vectors = library.fingerprints(), library.texts(), library.vectors()
    assert set(texts) == set(vectors.ids) == library.chunk_ids()
    located = library.located(vectors.ids)
    owners = [located[id_].chunk.document_id for id_ in vectors.ids]
    found = {}
    for entry in library.entries():
        mine = [row for row, owner in enumerate(owners) if owner == entry.id]
        document = library.document(entry.id)
        found[entry.id] = Version(
            document,
            prints[document.source],
            {vectors.ids[row]: texts[vectors.ids[row]] for row in mine},
            {vectors.ids[row]: vectors.matrix[row].tobytes() for row in mine},
        )
    assert sum(len(version.texts) for version in found.values()) == len(texts)
    return found


def write(news: Path, word: str, numbers: range) -> None:
    for i in numbers:
        paragraphs = [f"The {word} of file {i} has paragraph {j}." for j in range(PARAGRAPHS)]
        (news / f"{i:02}.txt").write_text("\n\n".join(paragraphs))


def run(home: Path, news: Path, url: str) -> Summary:
    """A whole ingest; a budget of one token gives a chunk a paragraph."""
    with closing(open_library(home)) as library, closing(open_index(home / "chroma", None)) as index:
        return ingest(library, index, Endpoint("m", url, None, 30), [news], budget=1)


# Importing takes longer than the ingest, so it is done once, and each ingest is a fork of that process.
FORKER = """
import os, signal, sys, time
from pathlib import Path
import chromadb.api.rust, openai.resources.embeddings
from tests.test_kill import run
for line in sys.stdin:
    home, news, url, seconds = line.rstrip().split("|")
    child = os.fork()
    if not child:
        run(Path(home), Path(news), url)
        os._exit(0)
    if seconds:
        time.sleep(float(seconds))
        os.kill(child, signal.SIGKILL)  # does nothing to one that is done
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@contextmanager
def forker() -> Iterator[Callable[[Path, Path, str, float | None], int]]:
    """A function that ingests in a fresh process and gives its exit code; after so many seconds, it is killed."""
    command = [sys.executable, "-c", FORKER]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:

        def fork(home: Path, news: Path, url: str, seconds: float | None) -> int:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(f"{home}|{news}|{url}|{seconds or ''}\n")
            process.stdin.flush()
            return int(process.stdout.readline())

        yield fork


def assert_whole(home: Path, before: dict[str, Version], after: dict[str, Version]) -> None:
    """Every document is wholly in one of its versions, in the library, in its search and in both indexes."""
    with closing(open_library(home)) as library:
        found = held(library)
        assert library.damage() is None
        assert before.keys() <= found.keys() <= after.keys()
        for id_, version in found.items():
            assert version in (before.get(id_), after[id_])
        for word in ("alpha", "beta"):
            expected = {id_ for version in found.values() for id_, text in version.texts.items() if word in text}
            assert {hit.chunk_id for hit in library.search([word], ANY, 10_000)} == expected
        with closing(open_index(home / "chroma", None)) as index:
            assert isinstance(index, ChromaIndex)
            index.sync(library)
            exact = ExactIndex()
            exact.sync(library)
            for each in (index, exact):
                assert_finds_all(each, library)


def assert_finds_all(index: ChromaIndex | ExactIndex, library: Library) -> None:
    vectors = library.vectors()
    hits = [index.query(row, ANY, 1) for row in vectors.matrix]
    missed = [id_ for id_, (hit,) in zip(vectors.ids, hits, strict=True) if hit.chunk_id != id_]
    assert len(missed) <= len(vectors.ids) // 500  # Chroma's search is approximate
    if vectors.ids:
        everything = index.query(centre(vectors.matrix), ANY, len(vectors.ids) + 10)
        assert {hit.chunk_id for hit in everything} <= set(vectors.ids)


def centre(matrix: Vectors) -> Vectors:
    mean: Vectors = matrix.mean(axis=0)
    unit: Vectors = (mean / np.linalg.norm(mean)).astype(np.float32)
    return unit


@pytest.fixture
def url() -> Iterator[str]:
    with openai_server(Script(dimension=16)) as url:
        yield url


@pytest.mark.parametrize("known", [True, False], ids=["of changed files", "of new files"])
def test_a_killed_ingest_leaves_whole_documents_and_can_be_completed(tmp_path: Path, url: str, known: bool) -> None:
    news, old, new = tmp_path / "news", tmp_path / "old", tmp_path / "new"
    news.mkdir()
    old.mkdir()
    before: dict[str, Version] = {}
    write(news, "alpha", range(FILES))
    if known:
        run(old, news, url)
        with closing(open_library(old)) as library:
            before = held(library)
        write(news, "beta", range(0, FILES, 2))

    with forker() as fork:
        shutil.copytree(old, new)
        assert fork(new, news, url, None) == 0  # the first one starts slowly
        shutil.rmtree(new)
        shutil.copytree(old, new)
        begin = time.monotonic()
        assert fork(new, news, url, None) == 0
        duration = time.monotonic() - begin
        with closing(open_library(new)) as library:
            after = held(library)
        assert len(after) == FILES
        assert len({id_ for version in after.values() for id_ in version.texts}) == FILES * PARAGRAPHS

        chance = random.Random(20240619)
        kills = KILLS if known else KILLS // 4
        codes = []
        for number in range(kills):
            home = tmp_path / f"killed-{number}"
            shutil.copytree(old, home)
            moment = (number + chance.random()) / kills * duration
            codes.append(fork(home, news, url, moment))
            assert_whole(home, before, after)
            summary = run(home, news, url)
            assert (summary.failed, summary.removed) == ((), ())
            assert_whole(home, after, after)
            shutil.rmtree(home)
    assert -signal.SIGKILL in codes
    assert set(codes) <= {0, -signal.SIGKILL}
