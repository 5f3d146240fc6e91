"""Ingest: the library holds what the folder holds, a second look costs nothing, and nothing is lost by accident."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from index.embed import Endpoint, MiniLM, embed_query
from index.errors import EmbeddingError, ModelMismatch
from index.exact import ExactIndex
from index.ingest import Progress, Summary, ingest, reembed
from index.library import Library
from index.types import Filters
from index.vectors import VectorIndex, open_index
from tests.conftest import open_library
from tests.openai_server import Fault, Script, openai_server

ROOT = Path(__file__).parent.parent
ANY = Filters()
TREATY = "Russia and North Korea signed a treaty in Pyongyang on 19 June 2024. It has 23 articles."
EGGS = "The recipe needs two eggs and a pinch of salt. Whisk them for three minutes."
VISIT = "The Russian president arrived in Hanoi on Thursday. He met the prime minister there."


@dataclass(frozen=True, slots=True)
class Place:
    """A folder of documents, and a library and an index that follow it."""

    folder: Path
    library: Library
    index: VectorIndex
    model: MiniLM

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def ingest(self, *paths: Path, budget: int = 200, allow_empty: bool = False) -> Summary:
        given = paths or (self.folder,)
        return ingest(self.library, self.index, self.model, given, budget=budget, allow_empty=allow_empty)

    def names(self) -> set[str]:
        """The files that are in."""
        return {Path(entry.source).relative_to(self.folder).as_posix() for entry in self.library.entries()}

    def top(self, question: str) -> str:
        """The file whose chunk is nearest to the question; both indexes agree on it."""
        vector = embed_query(self.model, question)
        exact = ExactIndex()
        exact.sync(self.library)
        (hit,) = self.index.query(vector, ANY, 1)
        assert hit.chunk_id == exact.query(vector, ANY, 1)[0].chunk_id
        return Path(self.library.located([hit.chunk_id])[hit.chunk_id].document.source).name


@pytest.fixture
def place(tmp_path: Path, model: MiniLM) -> Iterator[Place]:
    (tmp_path / "news").mkdir()
    home = tmp_path / "home"
    with closing(open_library(home)) as library, closing(open_index(home / "chroma", None)) as index:
        yield Place(tmp_path / "news", library, index, model)


def counts(summary: Summary) -> tuple[int, int, int, int, int, int]:
    """Added, changed, unchanged, removed, failed, skipped."""
    return (
        *(len(summary.added), len(summary.changed), len(summary.unchanged), len(summary.removed)),
        *(len(summary.failed), len(summary.skipped)),
    )


def reasons(summary: Summary) -> dict[str, str]:
    return {Path(failure.path).name: failure.reason for failure in summary.failed}


def assert_consistent(library: Library, index: VectorIndex) -> None:
    """The chunks of library, search and both indexes are the same, and each finds itself."""
    vectors = library.vectors()
    assert set(vectors.ids) == library.chunk_ids() == set(library.texts())
    for id_, row in zip(vectors.ids, vectors.matrix, strict=True):
        (hit,) = index.query(row, ANY, 1)
        assert hit.score > 0.9999
        assert hit.chunk_id in library.chunk_ids()
        place = library.located([id_])[id_]
        assert place.document.id == place.chunk.document_id
    if vectors.ids:
        everything = index.query(vectors.matrix[0], ANY, len(vectors.ids) + 10)
        assert {hit.chunk_id for hit in everything} == set(vectors.ids)


# -- what is counted --------------------------------------------------------------------------------------------------


def test_added_changed_unchanged_removed_failed_and_skipped_are_told_apart(place: Place) -> None:
    place.write("a.txt", TREATY)
    place.write("b.md", EGGS)
    place.write("sub/c.txt", VISIT)
    place.write("empty.txt", "")
    place.write("photo.jpg", "x")
    first = place.ingest()
    assert counts(first) == (3, 0, 0, 0, 1, 1)
    assert "empty" in reasons(first)["empty.txt"]
    assert Path(first.skipped[0]).name == "photo.jpg"
    assert place.names() == {"a.txt", "b.md", "sub/c.txt"}
    assert place.top("Who signed the treaty?") == "a.txt"

    place.write("a.txt", TREATY.replace("23", "24"))
    (place.folder / "b.md").unlink()
    place.write("d.txt", "Nothing but a new file.")
    second = place.ingest()
    assert counts(second) == (1, 1, 1, 1, 1, 1)
    assert [Path(entry.source).name for entry in (*second.added, *second.changed, *second.unchanged)] == [
        *("d.txt", "a.txt", "c.txt")
    ]
    assert Path(second.removed[0].source).name == "b.md"
    assert second.changed[0].id in {entry.id for entry in first.added}
    assert_consistent(place.library, place.index)


def test_progress_names_every_file_and_ends_complete(place: Place) -> None:
    for name in ("a", "b", "c"):
        place.write(f"{name}.txt", f"{TREATY} {name}")
    seen: list[Progress] = []
    ingest(place.library, place.index, place.model, [place.folder], budget=200, advance=seen.append)
    assert [step.name for step in seen[:3]] == ["a.txt", "b.txt", "c.txt"]
    assert [step.chunks for step in seen[:4]] == [0, 0, 0, 3]
    assert (seen[-1].done, seen[-1].total, seen[-1].name) == (3, 3, "")
    assert [step.done for step in seen] == sorted(step.done for step in seen)


def listing(folder: Path) -> dict[str, tuple[bytes, int]]:
    """The files there, but for locks: content and time of last change."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix != ".lock"]
    return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def test_a_second_run_writes_nothing(place: Place) -> None:
    for i in range(5):
        place.write(f"{i}.txt", f"{TREATY} {i}")
    assert counts(place.ingest()) == (5, 0, 0, 0, 0, 0)
    home = place.library.path.parent
    before, state = listing(home), place.library.state()
    assert {Path(name).name for name in before} >= {"library.sqlite", "chroma.sqlite3", "data_level0.bin"}
    assert counts(place.ingest()) == (0, 0, 5, 0, 0, 0)
    assert listing(home) == before
    assert place.library.state() == state


def test_a_run_in_another_process_writes_nothing_to_the_library(tmp_path: Path, model: MiniLM) -> None:
    news, home = tmp_path / "news", tmp_path / "home"
    news.mkdir()
    for i in range(5):
        (news / f"{i}.txt").write_text(f"{TREATY} {i}")
    kept: list[tuple[bytes, int]] = []
    for number in range(2):
        with closing(open_library(home)) as library, closing(open_index(home / "chroma", None)) as index:
            summary = ingest(library, index, model, [news], budget=200)
            assert counts(summary) == ((5, 0, 0, 0, 0, 0) if number == 0 else (0, 0, 5, 0, 0, 0))
            assert_consistent(library, index)
        # Chroma's own tables are written to by Chroma whenever they are opened.
        kept.append(listing(home)[str(home / "library.sqlite")])
    assert kept[0] == kept[1]


def test_a_touched_file_is_unchanged(place: Place) -> None:
    path = place.write("a.txt", TREATY)
    place.ingest()
    os.utime(path, (1, 1))
    assert counts(place.ingest()) == (0, 0, 1, 0, 0, 0)


# -- failures keep what was there -------------------------------------------------------------------------------------


def test_a_file_that_cannot_be_parsed_any_more_keeps_its_old_version(place: Place) -> None:
    place.write("a.txt", TREATY)
    place.write("b.txt", EGGS)
    place.ingest()
    (place.folder / "a.txt").write_bytes(bytes(range(256)) * 20)
    place.write("b.txt", f"{EGGS} Serve.")
    place.write("c.txt", VISIT)
    summary = place.ingest()
    assert counts(summary) == (1, 1, 0, 0, 1, 0)
    assert "binary" in reasons(summary)["a.txt"]
    assert place.names() == {"a.txt", "b.txt", "c.txt"}
    assert place.top("Who signed the treaty?") == "a.txt"
    assert counts(place.ingest()) == (0, 0, 2, 0, 1, 0)  # it is tried, and reported, every time
    place.write("a.txt", TREATY)
    assert counts(place.ingest()) == (0, 0, 3, 0, 0, 0)


def test_a_name_that_is_not_utf8_is_reported_and_stops_nothing(place: Place) -> None:
    (place.folder / os.fsdecode(b"caf\xe9.txt")).write_text(TREATY)
    (place.folder / os.fsdecode(b"caf\xe9.jpg")).write_text("x")
    place.write("b.txt", EGGS)
    summary = place.ingest()
    assert counts(summary) == (1, 0, 0, 0, 1, 1)
    assert "rename it" in reasons(summary)["caf�.txt"]
    assert all(text.encode() for text in (*summary.skipped, summary.failed[0].path))


AS_NOBODY = """
import os, pwd, sys
from pathlib import Path
from index.embed import MiniLM
from index.ingest import ingest
from index.exact import ExactIndex
from tests.conftest import open_library
home, news = Path(sys.argv[1]), Path(sys.argv[2])
model = MiniLM()
library = open_library(home)
ingest(library, ExactIndex(), model, [news], budget=200)
library.close()
if os.geteuid() == 0:  # root may read everything, so somebody else goes on
    nobody = pwd.getpwnam("nobody")
    for path in (home, news, *home.rglob("*"), *news.rglob("*")):
        os.chown(path, nobody.pw_uid, -1)
    for path in news.parents:
        if path.stat().st_mode & 1 == 0:
            path.chmod(path.stat().st_mode | 1)
    os.setgroups([])
    os.setgid(nobody.pw_gid)
    os.setuid(nobody.pw_uid)
(news / "closed").chmod(0)
(news / "a.txt").chmod(0)
library = open_library(home)
summary = ingest(library, ExactIndex(), model, [news], budget=200)
(news / "closed").chmod(0o700)
for failure in summary.failed:
    print(Path(failure.path).name, failure.reason, sep=": ")
print(len(summary.removed), len(summary.unchanged), len(library.entries()))
library.close()
"""


def test_what_may_not_be_read_any_more_is_kept_and_reported(place: Place) -> None:
    place.write("a.txt", TREATY)
    place.write("closed/b.txt", EGGS)
    place.write("open/c.txt", VISIT)
    command = [sys.executable, "-c", AS_NOBODY, str(place.folder.parent / "other home"), str(place.folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.stdout.splitlines() == ["closed: Permission denied", "a.txt: Permission denied", "0 1 3"], done.stderr


def test_an_endpoint_that_fails_leaves_what_is_in(place: Place) -> None:
    place.write("a.txt", TREATY)
    with openai_server(Script()) as url:
        model = Endpoint("m", url, None, 5)
        ingest(place.library, place.index, model, [place.folder], budget=200)
        before = place.library.state()
        place.write("a.txt", EGGS)
    with pytest.raises(EmbeddingError):
        ingest(place.library, place.index, Endpoint("m", url, None, 1), [place.folder], budget=200)
    assert place.library.state() == before
    assert place.library.search(["treaty"], ANY, 1)


# -- what is gone -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("vanished", [True, False])
def test_a_folder_that_lost_everything_is_believed_only_when_told_to(place: Place, vanished: bool) -> None:
    place.write("sub/a.txt", TREATY)
    place.write("sub/b.txt", EGGS)
    other = place.write("c.txt", VISIT)
    place.ingest()
    sub = place.folder / "sub"
    for path in sub.iterdir():
        path.unlink()
    if vanished:
        sub.rmdir()
    before = place.library.state()
    summary = place.ingest(sub, other)
    assert counts(summary) == (0, 0, 1, 0, 1, 0)
    assert "2 known files kept" in reasons(summary)["sub"]
    assert "--allow-empty" in reasons(summary)["sub"]
    assert place.library.state() == before

    assert counts(place.ingest(sub, allow_empty=True)) == (0, 0, 0, 2, 0, 0)
    assert place.names() == {"c.txt"}
    assert_consistent(place.library, place.index)


def test_a_single_file_that_vanished_is_kept_until_told_otherwise(place: Place) -> None:
    path = place.write("a.txt", TREATY)
    place.ingest(path)
    path.unlink()
    assert "does not exist any more" in reasons(place.ingest(path))["a.txt"]
    assert place.names() == {"a.txt"}
    assert counts(place.ingest(path, allow_empty=True)) == (0, 0, 0, 1, 0, 0)


def test_a_path_that_never_was_is_a_failure(place: Place) -> None:
    assert reasons(place.ingest(place.folder / "nowhere")) == {"nowhere": "does not exist"}


def test_the_paragraphs_of_a_removed_file_are_not_found_any_more(place: Place) -> None:
    path = place.write("a.txt", TREATY)
    place.write("b.txt", EGGS)
    place.ingest()
    assert place.top("Who signed the treaty?") == "a.txt"
    assert place.library.search(["treaty"], ANY, 1)
    path.unlink()
    place.ingest()
    assert place.top("Who signed the treaty?") == "b.txt"
    assert place.library.search(["treaty"], ANY, 1) == ()


def test_files_outside_the_given_paths_are_left_alone(place: Place) -> None:
    place.write("one/a.txt", TREATY)
    place.write("one-more/b.txt", EGGS)  # a name that begins like the folder's
    place.ingest()
    (place.folder / "one-more" / "b.txt").unlink()
    assert counts(place.ingest(place.folder / "one")) == (0, 0, 1, 0, 0, 0)
    assert place.names() == {"one/a.txt", "one-more/b.txt"}


def test_a_file_that_moves_is_removed_there_and_added_here(place: Place) -> None:
    path = place.write("a.txt", TREATY)
    place.write("b.txt", EGGS)
    place.ingest()
    path.rename(place.folder / "moved.txt")
    assert counts(place.ingest()) == (1, 0, 1, 1, 0, 0)
    assert place.names() == {"moved.txt", "b.txt"}


# -- which files ------------------------------------------------------------------------------------------------------


def test_a_file_given_several_times_is_read_once(place: Place, tmp_path: Path) -> None:
    path = place.write("sub/a.txt", TREATY)
    winding = place.folder / "sub" / ".." / "sub" / "a.txt"
    link = tmp_path / "link"
    link.symlink_to(place.folder)
    assert counts(place.ingest(path, place.folder, path.parent, winding, link)) == (1, 0, 0, 0, 0, 0)
    assert place.names() == {"sub/a.txt"}


def test_the_same_bytes_at_two_paths_are_two_documents(place: Place) -> None:
    place.write("a.txt", TREATY)
    place.write("b.txt", TREATY)
    assert counts(place.ingest()) == (2, 0, 0, 0, 0, 0)
    assert len({entry.id for entry in place.library.entries()}) == 2
    assert place.library.count_chunks() == 2
    (place.folder / "a.txt").unlink()
    place.ingest()
    assert place.names() == {"b.txt"}
    assert_consistent(place.library, place.index)


def test_hidden_files_and_folders_are_left_out(place: Place) -> None:
    hidden = place.write(".hidden.txt", TREATY)
    place.write(".git/a.txt", TREATY)
    place.write("sub/.cache/b.txt", TREATY)
    place.write("b.txt", EGGS)
    assert counts(place.ingest()) == (1, 0, 0, 0, 0, 0)
    assert counts(place.ingest(hidden)) == (1, 0, 0, 0, 0, 0)  # given by name, it is meant
    assert counts(place.ingest(place.folder, hidden)) == (0, 0, 2, 0, 0, 0)


def test_a_folder_below_a_hidden_one_can_be_given(place: Place) -> None:
    place.write(".private/news/a.txt", TREATY)
    assert counts(place.ingest(place.folder / ".private" / "news")) == (1, 0, 0, 0, 0, 0)


def test_links_that_go_round_or_nowhere_do_no_harm(place: Place) -> None:
    place.write("sub/a.txt", TREATY)
    (place.folder / "sub" / "up").symlink_to(place.folder)
    (place.folder / "self.txt").symlink_to(place.folder / "self.txt")
    (place.folder / "nowhere.txt").symlink_to(place.folder / "gone.txt")
    summary = place.ingest()
    assert counts(summary) == (1, 0, 0, 0, 2, 0)
    assert reasons(summary) == {
        "self.txt": "is a link that leads to itself: remove it",
        "nowhere.txt": "is a link that leads nowhere: remove it, or put back what it leads to",
    }
    assert place.names() == {"sub/a.txt"}


def test_a_kind_of_file_that_is_not_read_says_which_are(place: Place) -> None:
    path = place.write("photo.jpg", "x")
    assert ".pdf" in reasons(place.ingest(path))["photo.jpg"]
    assert counts(place.ingest()) == (0, 0, 0, 0, 0, 1)
    place.write("UPPER.TXT", TREATY)
    assert counts(place.ingest()) == (1, 0, 0, 0, 0, 1)


# -- settings that change ---------------------------------------------------------------------------------------------


def test_another_budget_splits_again(place: Place) -> None:
    place.write("a.txt", "\n\n".join(f"{TREATY} {i}" for i in range(20)))
    place.write("b.txt", EGGS)
    place.ingest(budget=200)
    coarse = place.library.count_chunks()
    assert counts(place.ingest(budget=60)) == (0, 0, 2, 0, 0, 0)
    assert place.library.count_chunks() > coarse
    assert_consistent(place.library, place.index)
    place.ingest(budget=200)
    assert place.library.count_chunks() == coarse
    assert_consistent(place.library, place.index)


def test_another_model_is_refused_before_anything_is_written(place: Place) -> None:
    place.write("a.txt", TREATY)
    place.ingest()
    before = place.library.state()
    place.write("a.txt", EGGS)
    place.write("b.txt", VISIT)
    script = Script()
    with openai_server(script) as url, pytest.raises(ModelMismatch, match="--reembed"):
        ingest(place.library, place.index, Endpoint("m", url, None, 5), [place.folder], budget=200)
    assert place.library.state() == before
    assert script.asked == []


def test_embedding_again_with_another_dimension_and_back(place: Place) -> None:
    place.write("a.txt", TREATY)
    place.write("b.txt", EGGS)
    place.ingest()
    chunks = place.library.chunk_ids()
    with openai_server(Script(dimension=12)) as url:
        other = Endpoint("other", url, None, 5)
        seen: list[Progress] = []
        assert reembed(place.library, place.index, other, seen.append) == 2
        assert (seen[-1].done, seen[-1].total) == (2, 2)
        assert place.library.vectors().matrix.shape == (2, 12)
        assert_consistent(place.library, place.index)
        with pytest.raises(ModelMismatch):
            place.ingest()
        place.write("c.txt", VISIT)
        assert counts(ingest(place.library, place.index, other, [place.folder], budget=200)) == (1, 0, 2, 0, 0, 0)
        assert_consistent(place.library, place.index)
    assert reembed(place.library, place.index, place.model) == 3
    assert place.library.chunk_ids() > chunks
    assert_consistent(place.library, place.index)
    assert place.top("Who signed the treaty?") == "a.txt"
    assert counts(place.ingest()) == (0, 0, 3, 0, 0, 0)


@pytest.mark.parametrize("faults", [[Fault.UNAUTHORISED], [Fault.RAGGED]])
def test_embedding_again_that_fails_changes_nothing(place: Place, faults: list[Fault]) -> None:
    place.write("a.txt", TREATY)
    place.write("b.txt", EGGS)
    place.ingest()
    before = place.library.state()
    with openai_server(Script(faults=faults)) as url, pytest.raises(EmbeddingError):
        reembed(place.library, place.index, Endpoint("other", url, None, 5))
    assert place.library.state() == before
    assert place.top("Who signed the treaty?") == "a.txt"


def test_an_empty_library_can_be_embedded_again_and_filled(place: Place) -> None:
    assert reembed(place.library, place.index, place.model) == 0
    place.write("a.txt", TREATY)
    assert counts(place.ingest()) == (1, 0, 0, 0, 0, 0)


# -- two at once ------------------------------------------------------------------------------------------------------


INGEST = """
import sys
from contextlib import closing
from pathlib import Path
from index.embed import MiniLM
from index.ingest import ingest
from index.vectors import open_index
from tests.conftest import open_library
home = Path(sys.argv[1])
with closing(open_library(home)) as library, closing(open_index(home / "chroma", None)) as index:
    model = MiniLM()
    print("ready", flush=True)
    sys.stdin.readline()
    seen = []
    summary = ingest(library, index, model, [Path(path) for path in sys.argv[2:]], budget=200, advance=seen.append)
    print(len(summary.added), len(summary.failed), any("waiting" in step.name for step in seen))
"""


def test_two_processes_ingest_one_after_the_other(place: Place) -> None:
    for i in range(60):
        place.write(f"one/{i}.txt", f"{TREATY} {i}")
        place.write(f"two/{i}.txt", f"{EGGS} {i}")
    home = place.library.path.parent
    place.index.close()
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", INGEST, str(home), str(place.folder / name)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "two")
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=120)[0].split() for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    assert [words[:2] for words in said] == [["60", "0"], ["60", "0"]]
    assert len(place.library.entries()) == 120
    with closing(open_index(home / "chroma", None)) as index:
        index.sync(place.library)
        assert_consistent(place.library, index)


def test_two_threads_ingest_one_after_the_other(place: Place) -> None:
    for i in range(10):
        place.write(f"one/{i}.txt", f"{TREATY} {i}")
        place.write(f"two/{i}.txt", f"{EGGS} {i}")
    summaries: list[Summary] = []
    threads = [
        threading.Thread(target=lambda name=name: summaries.append(place.ingest(place.folder / name)))
        for name in ("one", "two")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [counts(summary) for summary in summaries] == [(10, 0, 0, 0, 0, 0)] * 2
    place.index.sync(place.library)
    assert_consistent(place.library, place.index)
