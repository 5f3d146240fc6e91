"""A file that breaks its parser costs that file, in bounded time and memory; and no worker outlives its program."""

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from index.errors import ParseError, ReadingError
from index.parse import Parsed
from index.parse.draft import Stated
from index.reading import file
from index.reading.job import Job, Limits, Outcome, Same, Taken, Unread, fingerprint
from index.reading.workers import Workers
from tests.nasty_parsers import nasty

ROOT = Path(__file__).parent.parent
LIMITS = Limits(seconds=1.5, memory=600 * 2**20)


def job(path: Path, limits: Limits = LIMITS, known: str | None = None) -> Job:
    return Job(path, path.stat().st_size, known, 200, Stated(), limits)


def read_all(folder: Path, texts: list[str], limits: Limits = LIMITS, number: int = 1) -> list[Outcome]:
    paths = [folder / f"{place}.txt" for place in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text)
    with Workers(number, limits, nasty) as workers:
        return list(workers.outcomes(paths, lambda path: job(path, limits)))


def told(outcome: Outcome) -> str:
    """What became of a file: why it was not read, or the text of its chunks."""
    if isinstance(outcome, Unread):
        return outcome.reason
    assert isinstance(outcome, Taken)
    return " ".join(piece.document.text[each.start : each.end] for piece in outcome.pieces for each in piece.chunks)


def test_each_way_to_break_costs_one_file_and_says_why(tmp_path: Path) -> None:
    words = ["one", "hang", "two", "spin", "child", "crash", "eat", "blunder", "print", "nest", "three"]
    before = time.monotonic()
    found = dict(zip(words, map(told, read_all(tmp_path, words)), strict=True))
    assert time.monotonic() - before < 30
    stopped = "its parser took more than 1 s and was stopped"
    assert found == {
        "one": "one",
        "hang": stopped,
        "two": "two",
        "spin": stopped,
        "child": stopped,
        "crash": "its parser crashed (signal 11)",
        "eat": "its parser needed more than 600 MB of memory and was stopped",
        "blunder": "its parser failed (ZeroDivisionError: a fault of the parser); please report it",
        "print": "print",
        "nest": "is nested too deeply",
        "three": "three",
    }


def test_a_parser_that_is_getting_on_may_take_longer_but_not_for_ever(tmp_path: Path) -> None:
    assert told(read_all(tmp_path, ["slow"])[0]) == "slow"
    (found,) = read_all(tmp_path, ["slow"], replace(LIMITS, longest=0.9))
    assert told(found).endswith("and was stopped")


def test_a_worker_that_earlier_files_weakened_is_no_fault_of_the_next(tmp_path: Path) -> None:
    found = read_all(tmp_path, ["weak 1", "weak 2", "weak 3"])
    assert [told(each) for each in found] == ["weak 1", "weak 2", "weak 3"]


def test_processes_that_cannot_start_end_it_with_their_last_words_and_lose_nothing(tmp_path: Path) -> None:
    def missing(path: Path, data: bytes, modified: datetime, stated: Stated | None = None) -> Parsed:
        raise AssertionError("it is never found")

    missing.__module__ = "tests.no_such_module"
    path = tmp_path / "a.txt"
    path.write_text("Text.")
    asked = list[Path]()

    def look(path: Path) -> Job:
        asked.append(path)
        return job(path)

    with Workers(1, LIMITS, missing) as workers:
        outcomes = workers.outcomes([path] * 50, look)
        with pytest.raises(ReadingError, match=r"No module named 'tests\.no_such_module'.*then ingest again"):
            next(outcomes)
    assert len(asked) == 1, "it is not tried for every file"


def test_many_files_come_back_in_their_order_from_several_workers(tmp_path: Path) -> None:
    texts = [f"Text {number}, {'and more of it, ' * (number % 7 * 50)}" for number in range(60)]
    found = read_all(tmp_path, texts, number=2)
    assert [told(each).split(",")[0] for each in found] == [f"Text {number}" for number in range(60)]


def test_what_is_known_is_not_parsed_and_too_much_is_not_sent(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("\n\n".join(f"Paragraph {number}." for number in range(101)))
    known = fingerprint(file.sha256_of(path, 10**6), 200, Stated())
    patient = replace(LIMITS, seconds=60)
    jobs = {1: job(path, patient, known), 2: job(path, replace(patient, paragraphs=100)), 3: job(path, patient)}
    with Workers(1, patient) as workers:
        same, over, whole = workers.outcomes([Path(str(number)) for number in jobs], lambda each: jobs[int(str(each))])
    assert same == Same()
    assert over == Unread("has 101 paragraphs, more than 100: split it")
    assert isinstance(whole, Taken)
    assert whole.fingerprint == known
    assert len(whole.pieces[0].document.paragraphs) == 101


def test_what_ends_the_asking_ends_the_workers(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("child")
    path = tmp_path / "a.txt"
    begun = time.monotonic()
    with Workers(1, replace(LIMITS, seconds=60), nasty) as workers:
        outcomes = workers.outcomes([path, path], job)
        timer = threading.Timer(1.0, lambda: workers.__exit__(None, None, None))
        timer.start()
        assert isinstance(next(outcomes), Unread)
        timer.join()
    assert time.monotonic() - begun < 20

    def broken(path: Path) -> Job:
        raise ZeroDivisionError(path)

    with Workers(2, LIMITS) as workers, pytest.raises(ZeroDivisionError):
        next(workers.outcomes([path, path], broken))


ORPHANING = """
import sys
from pathlib import Path
from index.parse.draft import Stated
from index.reading.job import Job, Limits
from index.reading.workers import Workers
from tests.nasty_parsers import nasty
path = Path(sys.argv[1])
with Workers(1, Limits(), nasty) as workers:
    list(workers.outcomes([path], lambda path: Job(path, 4, None, 200, Stated(), Limits())))
"""


@pytest.mark.parametrize(("word", "how"), [("spin", signal.SIGKILL), ("hang", signal.SIGKILL), ("hang", signal.SIGINT)])
def test_no_worker_outlives_its_program(tmp_path: Path, word: str, how: signal.Signals) -> None:
    path = tmp_path / "a.txt"
    path.write_text(word)
    with subprocess.Popen([sys.executable, "-c", ORPHANING, str(path)], cwd=ROOT, stderr=subprocess.DEVNULL) as program:
        deadline = time.monotonic() + 20
        while not (children := _children(program.pid)) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert len(children) == 1
        time.sleep(0.5)
        program.send_signal(how)
        program.wait(20)
    while any(map(_alive, children)) and time.monotonic() < deadline + 20:
        time.sleep(0.05)
    assert not any(map(_alive, children))


def _children(pid: int) -> list[int]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True)
    return [int(each) for each in found.stdout.split()]


def _alive(pid: int) -> bool:
    found = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return bool(found.stdout.strip()) and not found.stdout.startswith("Z")


# -- reading a file ---------------------------------------------------------------------------------------------------


def test_a_file_is_read_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    stop = threading.Event()

    def write() -> None:  # in bursts, which are longer than it takes to try three times
        number, rest = 0, time.monotonic()
        while not stop.is_set():
            number += 1
            with path.open("r+b") as out:
                for _ in range(10):
                    out.write(b"%d\n" % (number % 10) * 20_000)
                    out.flush()
            if time.monotonic() - rest > 0.3:
                stop.wait(0.2)
                rest = time.monotonic()

    path.write_bytes(b"0\n" * 200_000)
    writer = threading.Thread(target=write)
    writer.start()
    refused = taken = 0
    try:
        while not (refused and taken > 2):
            try:
                data = file.load(path, 10**6).data
            except ParseError as error:
                refused += 1
                assert str(error) == "is being written to; it stays as it was until the next run"
            else:
                taken += 1
                assert len(data) == 400_000
                assert len(set(data.split())) == 1
    finally:
        stop.set()
        writer.join()


def test_what_is_no_file_is_never_waited_for(tmp_path: Path) -> None:
    pipe, large = tmp_path / "pipe.txt", tmp_path / "large.txt"
    os.mkfifo(pipe)
    with large.open("wb") as sparse:
        sparse.truncate(2**31 + 2**27)
    for path in (pipe, Path("/dev/zero")):
        with pytest.raises(ParseError, match="is a pipe, a socket or a device"):
            file.load(path, 100)
    for read in (file.load, file.sha256_of, file.size_of):
        with pytest.raises(ParseError, match=r"^is 2\.1 GB, larger than 512 MB: split it$"):
            read(large, Limits().size)


def test_every_statement_about_a_file_changes_its_fingerprint() -> None:
    said = [Stated(), Stated(title="A"), Stated(author="A"), Stated(groups=frozenset()), Stated(groups=frozenset("a"))]
    assert len({fingerprint("0", budget, each) for each in said for budget in (100, 200)}) == 10
