"""A server whose documents change while it answers: by ``--watch``, and by an ingest in another process."""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from index.embed import MiniLM
from index.exact import ExactIndex
from index.ingest import ingest
from index.vectors import open_index
from tests.conftest import open_library

ROOT = Path(__file__).parent.parent
BRIDGE = "Bridge\n\nThe Ostra bridge was closed by the Brenn council in {year}.\n"
FILLER = "Rowers, anglers and gulls have the estuary to themselves for the rest of the week, number {number} says. "


@dataclass(frozen=True, slots=True)
class Running:
    """A server that watches ``folder``."""

    process: subprocess.Popen[str]
    address: str
    folder: Path
    home: Path
    errors: Path

    def titles(self) -> set[str]:
        found = httpx.get(f"{self.address}/api/documents", timeout=20).json()
        return {each["title"] for each in found["documents"]}

    def ask(self, question: str) -> dict[str, object]:
        found: dict[str, object] = httpx.post(
            f"{self.address}/api/ask", json={"question": question, "style": "quote"}, timeout=30
        ).json()
        return found


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    top = tmp_path_factory.mktemp("watch")
    folder, home = top / "documents", top / "home"
    folder.mkdir()
    (folder / "bridge.txt").write_text(BRIDGE.format(year=2019), encoding="utf-8")
    environment = {**os.environ, "CITEDESK_HOME": str(home)}
    command = [sys.executable, "-m", "ui", "--watch", "--port", "0", str(folder)]
    with (
        (top / "errors").open("w") as errors,
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True) as run,
    ):
        try:
            assert run.stdout is not None
            line = run.stdout.readline()
            assert " at http://" in line, (top / "errors").read_text()
            yield Running(run, line.split(" at ")[1].split()[0], folder, home, top / "errors")
        finally:
            run.kill()


def until(done: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end
        time.sleep(0.3)


def test_what_changes_in_the_folder_is_read_again(running: Running) -> None:
    folder = running.folder
    (folder / "sub").mkdir()
    (folder / "sub" / "ferry.txt").write_text("Ferry\n\nThe ferry Aurora was built in 1987.\n", encoding="utf-8")
    (folder / ".draft.txt").write_text("Draft\n\nNobody shall read this.\n", encoding="utf-8")
    (folder / "bridge.txt").write_text(BRIDGE.format(year=2021), encoding="utf-8")
    (folder / "june.pdf").write_bytes(b"%PDF-1.7 and nothing else")
    until(lambda: running.titles() == {"Bridge", "Ferry"})
    until(lambda: "2021" in str(running.ask("When was the Ostra bridge closed?")["answer"]))
    (folder / "sub" / "ferry.txt").unlink()
    until(lambda: running.titles() == {"Bridge"})
    until(lambda: "INFO citedesk.watch: 1 removed" in running.errors.read_text())  # told after it is done
    assert running.errors.read_text().count("june.pdf: ") == 1, "not told each time"


def test_a_folder_that_is_gone_empties_nothing_and_is_read_when_it_is_back(running: Running) -> None:
    away = running.folder.with_name("away")
    running.folder.rename(away)
    until(lambda: "1 known files kept" in running.errors.read_text())
    assert running.titles() == {"Bridge"}
    (away / "ferry.txt").write_text("Ferry\n\nThe ferry Aurora was built in 1988.\n", encoding="utf-8")
    away.rename(running.folder)
    until(lambda: running.titles() == {"Bridge", "Ferry"})
    (running.folder / "ferry.txt").unlink()
    until(lambda: running.titles() == {"Bridge"})


def test_answers_follow_an_ingest_in_another_process_and_never_mix_versions(running: Running, model: MiniLM) -> None:
    other = running.home.with_name("other")
    other.mkdir()
    path = other / "works.txt"

    def write(number: int) -> None:
        """Each paragraph is a chunk of its own and says which version it is of."""
        said = [f"The Halden works employed {number} welders on quay {place}. " for place in range(4)]
        path.write_text("Works\n\n" + "\n\n".join(each + FILLER.format(number=number) * 12 for each in said))

    answers: list[set[str]] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            found = running.ask("How many welders did the Halden works employ?")
            quotes = [str(each["quote"]) for each in found["citations"]]  # type: ignore[attr-defined]
            shown = [str(each["text"]) for each in found["passages"]]  # type: ignore[attr-defined]
            answers.append({each for text in (*quotes, *shown) for each in re.findall(r"(\d+) (?:welders|says)", text)})

    index = open_index(running.home / "chroma", None)
    assert isinstance(index, ExactIndex), "the server owns the other one"
    askers = [threading.Thread(target=ask) for _ in range(2)]
    with closing(open_library(running.home)) as library, closing(index):
        for number in range(100, 106):
            write(number)
            assert not ingest(library, index, model, [path], budget=200).failed
            if number == 100:
                for asker in askers:
                    asker.start()
    until(lambda: bool(answers) and answers[-1] == {"105"})
    done.set()
    for asker in askers:
        asker.join()
    assert all(len(each) <= 1 for each in answers), answers
    assert len(set().union(*answers)) > 2


def test_ctrl_c_ends_it_in_the_middle_of_an_ingest(running: Running) -> None:
    long = " ".join(f"The mayor of town {number} opened a bridge." for number in range(20_000))
    (running.folder / "long.txt").write_text(long, encoding="utf-8")
    time.sleep(3.5)
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(30) == 0
    assert "Traceback" not in running.errors.read_text()
    shutil.rmtree(running.folder)
