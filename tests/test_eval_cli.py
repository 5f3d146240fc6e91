"""``citedesk eval`` as a command: runs, resumes, compares, and says what was wrong."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from evals.results import read_rows
from tests.commands import told

ROOT = Path(__file__).parent.parent
MANY = 60  # so many that the command can be stopped among them


def start(folder: Path, *options: str) -> subprocess.Popen[str]:
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("CITEDESK_", "OPENAI_"))}
    command = [sys.executable, "-c", "from rag.cli import main; main()", "eval", *options]
    return subprocess.Popen(
        command,
        cwd=folder,
        env={**variables, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    process = start(folder, *options)
    out, errors = process.communicate(timeout=300)
    return subprocess.CompletedProcess(process.args, process.returncode, out, errors)


def here(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """As ``run``, without a process of its own."""
    return told(folder, "eval", *options)


def lines(path: Path, rows: Sequence[object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


@pytest.fixture
def sets(tmp_path: Path) -> Path:
    """A folder with a set of two documents and MANY questions, and one of follow-ups."""
    texts = {"ferry": "Three ferries were moved from Bergen to Oslo.", "coffee": "Coffee is grown in Brazil."}
    lines(tmp_path / "sets/news/corpus.jsonl", [{"id": id_, "title": id_, "text": text} for id_, text in texts.items()])
    question = {"answers": ["Oslo"], "relevant": ["ferry"], "answerable": True, "type": "made"}
    asked = [{"id": f"q{n}", "question": f"Where did ferry number {n} go?", **question} for n in range(MANY)]
    lines(tmp_path / "sets/news/queries.jsonl", asked)
    talk = {"id": "r1", "history": ["P", "S", "Who is Ann Duarte?", "A minister."], "question": "What did she say?"}
    lines(tmp_path / "sets/talk/rewrites.jsonl", [talk | {"rewrite": "What did Ann Duarte say?"}])
    return tmp_path / "sets"


def test_a_run_and_its_reports(sets: Path) -> None:
    done = run(sets.parent, "--data", "sets", "--limit", "20")
    assert done.returncode == 0, done.stderr
    assert "news" in done.stdout and "talk" in done.stdout and "report.html are in" in done.stdout
    (folder,) = (path.parent for path in sets.parent.glob("citedesk-eval/*/run.json"))
    rows = list(read_rows(folder / "results.jsonl"))
    assert sum(row.suite == "news" for row in rows) == 20 and rows[-1].given == "What did Ann Duarte say?"
    assert (folder / "report.md").read_text(encoding="utf-8") in done.stdout
    assert "<html" in (folder / "report.html").read_text(encoding="utf-8")
    stored = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert stored["finished"] and stored["limit"] == 20 and stored["suites"] == ["news", "talk"]


def test_stopped_it_goes_on_where_it_was(sets: Path) -> None:
    options = ("news", "--data", "sets", "--out", "run")
    process = start(sets.parent, *options)
    results = sets.parent / "run" / "results.jsonl"
    deadline = time.monotonic() + 120
    while not results.exists() or results.read_bytes().count(b"\n") < 5:
        assert time.monotonic() < deadline and process.poll() is None, "it never got to five cases"
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130 and "the same command goes on from here" in errors and "Traceback" not in errors
    known = len(list(read_rows(results)))
    assert 5 <= known < MANY
    with results.open("ab") as file:
        file.write('{"suite": "news", "id": "“'.encode()[:-1])  # as a power cut leaves it, within a character
    done = run(sets.parent, *options)
    assert done.returncode == 0 and f"going on with run: {known} cases are done" in done.stderr
    assert [row.id for row in read_rows(results)] == [f"q{n}" for n in range(MANY)]


def test_what_has_changed_is_not_gone_on_with(sets: Path) -> None:
    interrupted = sets.parent / "run"
    assert here(sets.parent, "talk", "--data", "sets", "--out", "run").returncode == 0
    stored = json.loads((interrupted / "run.json").read_text(encoding="utf-8"))
    (interrupted / "run.json").write_text(json.dumps(stored | {"finished": False}), encoding="utf-8")
    with (sets / "talk" / "rewrites.jsonl").open("a", encoding="utf-8") as file:
        file.write("\n")
    done = here(sets.parent, "talk", "--data", "sets", "--out", "run")
    assert done.returncode == 2 and "other data" in done.stderr


def test_two_at_once_do_not_share_a_folder(sets: Path) -> None:
    options = ("news", "--data", "sets", "--limit", "10")
    first, second = start(sets.parent, *options), start(sets.parent, *options)
    assert [process.communicate(timeout=300) and process.returncode for process in (first, second)] == [0, 0]
    folders = [path.parent for path in sets.parent.glob("citedesk-eval/*/run.json")]
    assert len(folders) == 2
    for folder in folders:
        assert len(list(read_rows(folder / "results.jsonl"))) == 10


def test_a_question_that_cannot_be_asked_is_told_and_the_others_are_graded(sets: Path) -> None:
    made = {"answers": ["Oslo"], "relevant": ["ferry"], "answerable": True, "type": "made"}
    asked = [
        {"id": "long", "question": "Where? " * 400},
        {"id": "none", "question": ""},
        {"id": "q", "question": "Where?"},
    ]
    lines(sets / "news" / "queries.jsonl", [row | made for row in asked])
    done = here(sets.parent, "news", "--data", "sets", "--out", "run")
    assert done.returncode == 0, done.stderr
    rows = {row.id: row for row in read_rows(sets.parent / "run" / "results.jsonl")}
    assert "at most 2000" in rows["long"].given and "empty" in rows["none"].given and rows["q"].scores


def test_the_reports_are_never_searched(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("question\nWhere?\n", encoding="utf-8")
    done = here(tmp_path, "--data", "mine.csv", "--documents", ".")
    assert done.returncode == 2 and "whose files are searched" in done.stderr


def test_a_finished_run_is_not_overwritten(sets: Path) -> None:
    options = ("talk", "--data", "sets", "--out", "run")
    assert here(sets.parent, *options).returncode == 0
    again = here(sets.parent, *options)
    assert again.returncode == 2 and "--fresh" in again.stderr
    assert here(sets.parent, *options, "--fresh").returncode == 0


def test_two_runs_are_compared(sets: Path) -> None:
    for name in ("a", "b"):
        assert here(sets.parent, "talk", "--data", "sets", "--out", name).returncode == 0
    done = here(sets.parent, "compare", "a", "b")
    assert done.returncode == 0 and "rewrite F1" in done.stdout
    again = here(sets.parent, "report", "b", "--against", "a")
    assert again.returncode == 0 and "Against a" in again.stdout


def test_questions_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "ferry.txt").write_text("Three ferries were moved from Bergen to Oslo.\n", encoding="utf-8")
    questions = "question,answers,document,quote\nWhere were the ferries moved?,Oslo|to Oslo,ferry.txt,to Oslo\n"
    (tmp_path / "mine.csv").write_text(questions, encoding="utf-8")
    done = here(tmp_path, "--data", "mine.csv", "--documents", "papers", "--out", "run")
    assert done.returncode == 0, done.stderr
    (row,) = read_rows(tmp_path / "run" / "results.jsonl")
    assert row.suite == "mine" and row.scores["citedesk"]["best sentence right"] == 1.0


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("nosuch",), "there is no suite nosuch; there are own"),
        (("--data", "nowhere"), "nowhere does not exist"),
        (("--documents", "nowhere"), "is not a folder"),
        (("--gate", "own"), "take no suites"),
        (("--limit", "0"), "above 0"),
        (("--against", "nowhere"), "is not the folder of a run"),
        (("compare", "a", "b"), "is not the folder of a run"),
        (("--judge",), "CITEDESK_JUDGE_MODEL"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, options: Sequence[str], says: str) -> None:
    done = here(tmp_path, *options)
    assert done.returncode == 2 and says in done.stderr and "Traceback" not in done.stderr


def test_the_suites_are_listed(sets: Path) -> None:
    done = here(sets.parent, "--list", "--data", "sets")
    assert done.stdout.split() == ["news", "questions", "talk", "follow-up", "questions"]
    assert here(sets.parent, "--list").stdout.startswith("own")
    assert not (sets.parent / "citedesk-eval").exists(), "listing writes nothing"
