"""A backup is one state of a home folder, whole or refused; restoring it is all or nothing."""

import json
import os
import random
import resource
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from filelock import FileLock

from evals.kills.older import as_format_2, mark, marked
from index.backup import Step, backup, verify
from index.embed import MiniLM, embed
from index.errors import CitedeskError, LibraryError, UsageError
from index.library import Model
from index.manifest import LIBRARY, Manifest
from index.restore import restore
from index.split import chunks
from index.tables import Embedded
from index.vectors import open_index
from rag.answer import answer
from rag.desk import Desk
from rag.doctor import checks
from rag.settings import read
from tests.conftest import document, open_library, store

ROOT = Path(__file__).parent.parent


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home folder with everything in it that one can have."""
    home = tmp_path / "home"
    with closing(open_library(home)) as library:
        for number in range(5):
            store(library, document(f"d{number}", [f"Text of {number}.", "And more."]))
        with closing(open_index(home / "chroma", None)) as index:
            index.sync(library)
    for name in ("accounts", "history"):
        mark(home / f"{name}.sqlite", name)
    (home / "uploads" / "deep").mkdir(parents=True)
    (home / "uploads" / "deep" / "Prüfung 2.txt").write_text("Uploaded.")
    return home


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def held(home: Path) -> tuple[object, ...]:
    with closing(open_library(home)) as library:
        documents = [library.document(entry.id) for entry in library.entries()]
        vectors = library.vectors()
        return (documents, library.fingerprints(), library.texts(), vectors.ids, vectors.matrix.tolist())


# -- there and back ---------------------------------------------------------------------------------------------------


def test_what_is_restored_is_what_was_backed_up(home: Path, tmp_path: Path) -> None:
    file, steps, before = tmp_path / "b", list[Step](), held(home)
    manifest = backup(home, file, advance=steps.append)
    assert (manifest.documents, manifest.chunks, manifest.format) == (5, 5, 3)
    expected = [LIBRARY, "accounts.sqlite", "history.sqlite", "uploads/deep/Prüfung 2.txt"]
    assert [member.name for member in manifest.members] == expected
    assert file.stat().st_mode & 0o777 == 0o600  # it holds what lets people in
    assert [path.name for path in tmp_path.iterdir() if path != home] == ["b"]
    assert verify(file) == manifest
    assert all(0 <= step.done <= step.total for step in steps)

    done = restore(file, tmp_path / "new")
    assert (done.manifest, done.aside) == (manifest, None)
    assert held(tmp_path / "new") == before
    assert marked(tmp_path / "new" / "accounts.sqlite") == "accounts"
    assert (tmp_path / "new" / "uploads" / "deep" / "Prüfung 2.txt").read_text() == "Uploaded."
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "new").glob("*.sqlite"))


def test_the_same_questions_get_the_same_answers_and_all_is_well(tmp_path: Path, model: MiniLM) -> None:
    texts = ["The treaty was signed in Pyongyang on 19 June 2024.", "The recipe needs two eggs.", "It rained in Hanoi."]
    settings = replace(read({}), home=tmp_path / "home")

    def ask(home: Path) -> list[object]:
        library, index = open_library(home), open_index(home / "chroma", None)
        with closing(Desk(replace(settings, home=home), library, index, model)) as desk:
            given = [answer(desk, each, write=False) for each in ("When was the treaty signed?", "How many eggs?")]
            return [(each.text, each.refused, [citation.quote for citation in each.citations]) for each in given]

    with closing(open_library(settings.home)) as library:
        for number, text in enumerate(texts):
            each = document(f"d{number}", [text])
            parts = chunks(each, 200)
            rows = embed(model, [f"{part.context}\n{text}" for part in parts])
            library.replace(each.source, "f", [Embedded(each, parts, rows)], Model(model.model_name, 384))
    before = ask(settings.home)
    backup(settings.home, tmp_path / "b")
    restore(tmp_path / "b", tmp_path / "new")
    assert ask(tmp_path / "new") == before
    assert "19 June" in str(before)
    assert all(check.passed for check in checks(replace(settings, home=tmp_path / "new")))


def test_a_restored_library_is_not_taken_for_the_one_it_was_copied_from(home: Path, tmp_path: Path) -> None:
    backup(home, tmp_path / "b")
    restore(tmp_path / "b", tmp_path / "new")
    with closing(open_library(home)) as old, closing(open_library(tmp_path / "new")) as new:
        assert old.identity() != new.identity()
        assert old.state() != new.state()


def test_it_is_one_state_though_another_writes(home: Path, tmp_path: Path) -> None:
    """The writer keeps the numbers in all documents the same."""
    stop, done = threading.Event(), list[Manifest]()

    def write() -> None:
        with closing(open_library(home)) as library:
            number = 0
            while not stop.is_set():
                number += 1
                parts = [document(f"d{i}", [f"Number {number}."]) for i in range(20)]
                ready = [store_nowhere(replace(each, source="/news/all.txt")) for each in parts]
                library.replace("/news/all.txt", str(number), ready, Model("random", 16))

    with closing(open_library(home)) as library:
        library.remove(list(library.fingerprints()))
    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            done.append(backup(home, tmp_path / f"b{number}"))
    finally:
        stop.set()
        writer.join()
    for number in range(3):
        restore(tmp_path / f"b{number}", tmp_path / f"new{number}")
        with closing(open_library(tmp_path / f"new{number}")) as library:
            texts = {library.document(entry.id).text for entry in library.entries()}
            assert len(texts) <= 1  # none where the first version was not written yet
            assert library.damage() is None


def store_nowhere(what: object) -> Embedded:
    from index.types import Document
    from tests.conftest import directions

    assert isinstance(what, Document)
    parts = chunks(what, 200)
    return Embedded(what, parts, directions(len(parts)))


def test_an_older_library_is_restored_and_brought_up_to_date(home: Path, tmp_path: Path) -> None:
    before = held(home)
    as_format_2(home / LIBRARY)
    assert backup(home, tmp_path / "b").format == 2  # making a backup changes nothing
    restore(tmp_path / "b", tmp_path / "new")
    assert held(tmp_path / "new") == before


# -- refusals ---------------------------------------------------------------------------------------------------------


def test_nothing_is_written_over_unless_that_is_asked_for(home: Path, tmp_path: Path) -> None:
    file, before = tmp_path / "b", held(home)
    backup(home, file)
    first = file.read_bytes()
    with pytest.raises(UsageError, match="--force"):
        backup(home, file)
    assert file.read_bytes() == first
    backup(home, file, force=True)
    with pytest.raises(UsageError, match=r"accounts.sqlite, history.sqlite, library.sqlite, uploads.*--force"):
        restore(file, home)
    with closing(open_library(home)) as library:
        library.remove(list(library.fingerprints()))
    (home / "uploads" / "later.txt").write_text("Later.")
    for number in (1, 2):
        done = restore(file, home, force=True)
        assert done.aside is not None
        assert done.aside.name.startswith("before-")
        assert held(home) == before
        assert held(done.aside)[0] == ([] if number == 1 else before[0])  # whole, and can be used
        assert (done.aside / "uploads" / "later.txt").exists() == (number == 1)
        assert not (home / "uploads" / "later.txt").exists()
        with closing(open_library(home)) as library, closing(open_index(home / "chroma", None)) as index:
            index.sync(library)
    assert not (home / ".restoring").exists()


def test_an_empty_folder_has_no_backup(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="CITEDESK_HOME"):
        backup(tmp_path, tmp_path / "b")
    assert not list(tmp_path.iterdir())


def test_a_damaged_library_is_not_backed_up(home: Path, tmp_path: Path) -> None:
    with (home / LIBRARY).open("r+b") as stream:
        stream.seek(8192)
        stream.write(b"\xff" * 4096)
    with pytest.raises(LibraryError):
        backup(home, tmp_path / "b")
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute("PRAGMA journal_mode = WAL")
connection.execute("SELECT * FROM said").fetchall()
print("open", flush=True)
sys.stdin.read()
"""


def test_a_folder_in_use_is_left_alone(home: Path, tmp_path: Path) -> None:
    backup(home, tmp_path / "b")
    before = names(home)
    command = [sys.executable, "-c", HOLD, str(home / "accounts.sqlite")]  # as a server that nobody asks
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(UsageError, match=r"in use; stop `citedesk serve`"):
            restore(tmp_path / "b", home, force=True)
        other.communicate("")
    for lock in ("chroma.lock", "ingest.lock"):
        with FileLock(home / lock), pytest.raises(UsageError, match="in use"):
            restore(tmp_path / "b", home, force=True)
    assert {name for name in before if not name.endswith(("-wal", "-shm"))} <= set(names(home))
    restore(tmp_path / "b", home, force=True)


def rewritten(file: Path, change: Callable[[dict[str, object]], None], extra: str | None = None) -> None:
    """The backup with another manifest, and one more file."""
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(parts.pop("manifest.json"))
    change(manifest)
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
        if extra:
            archive.writestr(extra, b"")
        archive.writestr("manifest.json", json.dumps(manifest))


EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize(
    "name",
    [
        *("../out", "/tmp/out", "uploads/../../out", "uploads/..", "uploads//x", "uploads/./x", "uploads/a\\..\\..\\x"),
        *("x.txt", "chroma/x", "library.sqlite-wal", "uploads/C:x", ".restoring/ready", "C:/x", "ingest.lock"),
    ],
)
def test_no_file_is_put_where_none_belongs(home: Path, tmp_path: Path, name: str) -> None:
    backup(home, tmp_path / "b")

    def add(manifest: dict[str, object]) -> None:
        members = manifest["members"]
        assert isinstance(members, list)
        members.append({"name": name, "size": 0, "sha256": EMPTY_SHA256})

    rewritten(tmp_path / "b", add, name)
    with pytest.raises(UsageError, match="not a whole backup"):
        restore(tmp_path / "b", tmp_path / "new")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("key", ["kind", "format"])
def test_a_backup_of_a_newer_citedesk_is_refused(home: Path, tmp_path: Path, key: str) -> None:
    backup(home, tmp_path / "b")
    rewritten(tmp_path / "b", lambda manifest: manifest.update({key: 99}))
    with pytest.raises(UsageError, match="newer citedesk"):
        restore(tmp_path / "b", tmp_path / "new")


@pytest.mark.parametrize("change", [{"documents": 6}, {"chunks": "x"}, {"members": []}, {"made": 1}, {"format": None}])
def test_a_manifest_that_is_wrong_is_found_out(home: Path, tmp_path: Path, change: dict[str, object]) -> None:
    backup(home, tmp_path / "b")
    rewritten(tmp_path / "b", lambda manifest: manifest.update(change))
    with pytest.raises(UsageError, match="not a whole backup"):
        restore(tmp_path / "b", tmp_path / "new")
    assert not list((tmp_path / "new").glob("*.sqlite"))


def test_a_damaged_backup_is_refused_whatever_is_wrong_with_it(home: Path, tmp_path: Path) -> None:
    backup(home, tmp_path / "b")
    whole, chance, refused = (tmp_path / "b").read_bytes(), random.Random(1), 0
    for number in range(150):
        data, at, length = bytearray(whole), chance.randrange(len(whole)), chance.randrange(1, 40)
        if number % 3 == 0:
            del data[at:]
        elif number % 3 == 1:
            data[at : at + length] = chance.randbytes(length)
        else:
            data[at : at + length] = data[chance.randrange(len(data)) :][:length]
        (tmp_path / "b").write_bytes(data)
        try:
            verify(tmp_path / "b")
        except UsageError:
            refused += 1
    assert refused > 100  # the rest hit what means nothing, as a time stamp
    (tmp_path / "b").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UsageError, match="not a whole backup"):
        restore(tmp_path / "b", home, force=True)
    with pytest.raises(UsageError, match="there is no file"):
        verify(tmp_path / "nothing")


def test_a_full_disk_is_told_and_leaves_nothing_behind(home: Path, tmp_path: Path) -> None:
    backup(home, tmp_path / "b")
    before, kept = held(home), (tmp_path / "b").read_bytes()
    (home / "uploads" / "noise").write_bytes(os.urandom(400_000))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    for limit in (20_000, 300_000):  # the copy of the library does not fit; the backup does not
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))  # Python ignores the signal: writing fails
        try:
            with pytest.raises(LibraryError, match="free"):
                backup(home, tmp_path / "b", force=True)
            with pytest.raises(LibraryError, match=r"could not be written|needs"):
                restore(tmp_path / "b", tmp_path / "new") if limit == 20_000 else backup(home, tmp_path / "c")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert (tmp_path / "b").read_bytes() == kept
        assert not list(tmp_path.glob("*.part*"))
        assert not list(tmp_path.glob("new/*.sqlite"))
        assert not list(tmp_path.glob("new/.restoring"))
    assert held(home) == before


# -- killed -----------------------------------------------------------------------------------------------------------


KILLED = """
import os, signal, sys
from pathlib import Path
from index import restore, swap
file, home, number = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
done = 0
def count(event, arguments):
    global done
    if event == "os.rename" and str(home) in str(arguments[0]):
        if done == number:
            os.kill(os.getpid(), signal.SIGKILL)
        done += 1
sys.addaudithook(count)
restore.restore(file, home, force=True)
"""


def test_a_restore_that_is_killed_between_any_two_files_is_finished_by_the_next_who_comes(
    home: Path, tmp_path: Path
) -> None:
    before = held(home)
    backup(home, tmp_path / "b")
    with closing(open_library(home)) as library:
        library.remove(list(library.fingerprints()))
    for name in ("accounts", "history"):
        mark(home / f"{name}.sqlite", "later")
    base, codes = tmp_path / "base", []
    home.rename(base)
    for number in range(20):
        shutil.copytree(base, home)
        done = subprocess.run([sys.executable, "-c", KILLED, tmp_path / "b", home, str(number)], cwd=ROOT, check=False)
        codes.append(done.returncode)
        found, accounts = held(home), marked(home / "accounts.sqlite")
        if number == 0:  # it was killed before the exchange was settled
            assert (found[0], accounts) == ([], "later")
        else:
            assert (found, accounts) == (before, "accounts")
            (aside,) = home.glob("before-*")
            assert held(aside)[0] == []
            assert marked(aside / "history.sqlite") == "later"
        restore(tmp_path / "b", home, force=True)
        assert held(home) == before
        shutil.rmtree(home)
        if not codes[-1]:
            break
    assert codes == [*([-9] * (len(codes) - 1)), 0]
    assert len(codes) > 8


def test_the_commands_say_what_was_done(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from rag.keeping import backup_command, restore_command, verify_command

    settings = replace(read({}), home=home)
    file = tmp_path / "b"
    assert backup_command(settings, file, False) == verify_command(file) == 0
    assert restore_command(settings, file, tmp_path / "new", False) == 0
    assert restore_command(settings, file, None, True) == 0
    told = capsys.readouterr().out.splitlines()
    assert "5 documents, 5 chunks and 3 other files" in told[0]
    assert "whole, made" in told[1]
    assert str(tmp_path / "new") in told[2]
    assert "before-" in told[4]
    with pytest.raises(CitedeskError):
        partial(verify_command, home / LIBRARY)()
