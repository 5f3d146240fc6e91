"""Bad input, each beside a good file: the file's report, and that the others and what was there before are in."""

import os
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from evals.faults.__main__ import ingested
from evals.faults.inputs import FAULTS
from index.embed import MiniLM
from index.errors import LibraryError
from index.exact import ExactIndex
from index.ingest import Progress, Summary, ingest
from index.library import Library
from index.reading.job import Limits
from index.types import Filters
from tests.conftest import open_library
from tests.nasty_parsers import nasty
from tests.test_ingest import EGGS, TREATY, Place, counts, reasons


@pytest.fixture
def place(tmp_path: Path, model: MiniLM) -> Iterator[Place]:
    (tmp_path / "news").mkdir()
    with closing(open_library(tmp_path / "home")) as library, closing(ExactIndex()) as index:
        yield Place(tmp_path / "news", library, index, model)


def test_what_is_no_file_or_too_large_is_told_and_never_waited_for(place: Place) -> None:
    place.write("good.txt", TREATY)
    os.mkfifo(place.folder / "pipe.txt")
    (place.folder / "device.txt").symlink_to("/dev/zero")
    (place.folder / "up").symlink_to(place.folder)
    with (place.folder / "large.txt").open("wb") as sparse:
        sparse.truncate(2**31)
    place.write("line\nbreak\x1b[31m.txt", "")
    summary = place.ingest()
    assert counts(summary) == (1, 0, 0, 0, 4, 0)
    assert reasons(summary) == {
        "pipe.txt": "is a pipe, a socket or a device, not a file",
        "device.txt": "is a pipe, a socket or a device, not a file",
        "large.txt": "is 2 GB, larger than 512 MB: split it",
        "line\\nbreak\\x1b[31m.txt": "is empty (0 bytes)",
    }
    assert reasons(place.ingest(place.folder / "pipe.txt")) == {"pipe.txt": reasons(summary)["pipe.txt"]}


def test_a_parser_that_breaks_keeps_what_was_there_and_stops_nothing(place: Place) -> None:
    path = place.write("a.txt", TREATY)
    place.write("b.txt", EGGS)
    limits = Limits(seconds=1.5, memory=600 * 2**20)

    def run() -> Summary:
        return ingest(place.library, place.index, place.model, [place.folder], budget=200, limits=limits, parser=nasty)

    assert counts(run()) == (2, 0, 0, 0, 0, 0)
    for word in ("crash", "hang"):
        path.write_text(word)
        place.write("b.txt", f"{EGGS} Then {word}.")
        summary = run()
        assert counts(summary) == (0, 1, 0, 0, 1, 0)
        assert reasons(summary).keys() == {"a.txt"}
        assert place.library.search(["treaty"], Filters(), 1)


def test_a_file_that_vanishes_meanwhile_is_told_and_kept_until_the_next_run(place: Place) -> None:
    place.write("a.txt", TREATY)
    gone = place.write("b.txt", EGGS)
    place.ingest()

    def advance(_: Progress) -> None:
        gone.unlink(missing_ok=True)

    summary = ingest(place.library, place.index, place.model, [place.folder], budget=200, advance=advance)
    assert reasons(summary) == {
        "b.txt": "was removed while its folder was being read; what is known of it stays until the next run"
    }
    assert counts(summary) == (0, 0, 1, 0, 1, 0)
    assert counts(place.ingest()) == (0, 0, 1, 1, 0, 0)


def test_parts_that_cannot_be_read_are_told_each_time_and_cost_the_others_nothing(place: Place) -> None:
    def pack(**inside: str) -> None:
        with zipfile.ZipFile(place.folder / "news.zip", "w") as archive:
            for name, text in inside.items():
                archive.writestr(f"{name}.txt", text)

    pack(a=TREATY, b="", c=EGGS)
    first = place.ingest()
    assert counts(first) == (2, 0, 0, 0, 1, 0)
    assert first.failed[0].path == f"{place.folder}/news.zip → b.txt"
    before = place.library.state()
    again = place.ingest()
    assert counts(again) == (0, 0, 2, 0, 1, 0)
    assert again.failed == first.failed
    assert place.library.state() == before, "nothing is written for it"
    pack(a=TREATY, b=EGGS, c=EGGS)
    assert counts(place.ingest())[3:] == (0, 0, 0)
    assert len(place.library.entries()) == 3


def test_a_file_that_was_taken_out_stays_out_until_it_is_named(place: Place) -> None:
    path = place.write("a.txt", TREATY)
    place.write("b.txt", EGGS)
    place.ingest()
    place.library.exclude([path.as_posix()])
    summary = place.ingest()
    assert counts(summary) == (0, 0, 1, 0, 0, 0)
    assert summary.excluded == (str(path),)
    assert counts(place.ingest(path)) == (1, 0, 0, 0, 0, 0)
    assert place.ingest().excluded == ()
    assert place.names() == {"a.txt", "b.txt"}


def test_folders_may_be_deeper_than_python_goes(place: Place) -> None:
    (fault,) = (each for each in FAULTS if "folders" in each.name)
    fault.make(place.folder)
    place.write("b.txt", EGGS)
    try:
        summary = place.ingest()
        assert counts(summary) == (2, 0, 0, 0, 1, 0)
        assert {failure.reason for failure in summary.failed} == {"File name too long"}
    finally:
        subprocess.run(["rm", "-rf", str(place.folder / "d")], check=True)
    assert counts(place.ingest()) == (0, 0, 1, 1, 0, 0)


def test_an_ingest_that_its_caller_ends_keeps_what_it_stored_and_goes_on_from_there(place: Place) -> None:
    for number in range(3):
        place.write(f"{number}.txt", "\n\n".join(f"Paragraph {each} of file {number}." for each in range(1100)))

    class EnoughError(Exception):
        pass

    def advance(progress: Progress) -> None:
        if progress.done == 1:
            raise EnoughError

    with pytest.raises(EnoughError):
        ingest(place.library, place.index, place.model, [place.folder], budget=10, advance=advance)
    kept = place.names()
    assert "0.txt" in kept
    assert kept != {"0.txt", "1.txt", "2.txt"}
    summary = place.ingest(budget=10)
    assert (len(summary.added), len(summary.unchanged)) == (3 - len(kept), len(kept))


@pytest.mark.parametrize("trait", ["full", "read-only"])
def test_a_disk_that_takes_nothing_is_told(trait: str) -> None:
    (fault,) = (each for each in FAULTS if each.trait == trait)
    told = ingested(fault)
    assert len(told.said) == 1
    assert told.said[0].startswith("citedesk: ")
    assert "free space" in told.said[0] or "set CITEDESK_HOME" in told.said[0]


def test_a_lock_that_cannot_be_made_is_told(tmp_path: Path, model: MiniLM) -> None:
    with closing(Library(tmp_path / "home" / "library.sqlite")) as library, closing(ExactIndex()) as index:
        (tmp_path / "home" / "ingest.lock").mkdir()
        with pytest.raises(LibraryError, match="cannot be written"):
            ingest(library, index, model, [tmp_path], budget=200)
