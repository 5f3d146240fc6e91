"""The command line as its users run it: in a process of its own, with real files."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.commands import told

ROOT = Path(__file__).parent.parent
COMMAND = [sys.executable, "-c", "from rag.cli import main; main()"]


def run(home: Path, *arguments: str, stdin: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CITEDESK", "OPENAI", "CHROMA"))}
    environment = kept | {"CITEDESK_HOME": str(home)} | settings
    return subprocess.run(
        [*COMMAND, *arguments], cwd=ROOT, env=environment, input=stdin, capture_output=True, text=True, timeout=120
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    done = run(home, "ingest", "corpus")
    assert (done.returncode, done.stderr) == (0, "")
    return home


def test_help_names_every_command_and_is_quick_to_read() -> None:
    done = run(Path("unused"), "--help")
    assert done.returncode == 0
    for command in ("ingest", "ask", "serve", "documents", "doctor", "eval", "bench"):
        assert re.search(rf"^ +{command}\s+\w", done.stdout, re.MULTILINE)


def test_ingest_says_what_is_new_and_then_that_nothing_is(home: Path) -> None:
    done = run(home, "ingest", "corpus")
    assert re.fullmatch(r"0 added, 0 changed, \d+ unchanged, 0 removed, 0 failed\n", done.stdout)


def test_ingest_reports_a_bad_file_and_keeps_the_others(tmp_path: Path) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    (folder / "good.txt").write_text("The bridge at Lund was opened in 1974 by the mayor.\n", encoding="utf-8")
    (folder / "broken.docx").write_bytes(b"not a document")
    done = run(tmp_path / "home", "ingest", str(folder))
    assert done.returncode == 1
    assert "broken.docx: " in done.stdout
    assert "1 added, 0 changed, 0 unchanged, 0 removed, 1 failed" in done.stdout


def test_ask_prints_the_sentence_and_its_source(home: Path) -> None:
    done = run(home, "ask", "When did Putin arrive in Hanoi?")
    assert done.returncode == 0
    assert " [1]" in done.stdout and "\n[1] " in done.stdout and "¶" in done.stdout
    assert "Searched" in done.stdout


def test_ask_json_has_the_documented_fields(home: Path) -> None:
    done = told(ROOT, "ask", "--json", "When did Putin arrive in Hanoi?", CITEDESK_HOME=str(home))
    found = json.loads(done.stdout)
    assert {"id", "question", "answer", "refused", "confidence", "citations", "passages", "timings"} <= set(found)
    wanted = {"document_id", "title", "outlet", "date", "paragraph", "page", "start", "end", "quote", "url"}
    assert found["citations"] and all(wanted <= set(citation) for citation in found["citations"])
    assert found["timings"]["total"] > 0


def test_ask_many_by_line_and_by_json(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "questions.txt"
    history = [{"question": "When did Putin visit Hanoi?", "answer": "In June."}]
    rows = [
        "When did Putin arrive in Hanoi?",
        "",
        json.dumps({"id": "b", "question": "What did he sign there?", "history": history}),
        json.dumps({"id": "c", "question": "   "}),
    ]
    file.write_text("\n".join(rows), encoding="utf-8")
    done = run(home, "ask", "--questions", str(file))
    first, second, third = map(json.loads, done.stdout.splitlines())
    assert (first["id"], second["id"], third["id"]) == ("1", "b", "c")
    assert "Putin" in second["standalone"]
    assert "empty" in third["error"]
    assert done.returncode == 1


def test_ask_many_from_standard_input(home: Path) -> None:
    done = run(home, "ask", "--questions", "-", stdin="When did Putin arrive in Hanoi?\n")
    assert done.returncode == 0 and json.loads(done.stdout)["citations"]


def test_filters_limit_the_search(home: Path) -> None:
    line = ("ask", "--json", "--since", "2025-01-01", "How many people are displaced?")
    found = json.loads(told(ROOT, *line, CITEDESK_HOME=str(home)).stdout)
    assert found["passages"] and all(passage["date"] >= "2025-01-01" for passage in found["passages"])
    assert found["searched"]["filters"]["since"] == "2025-01-01"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("ask",), "one question in quotation marks"),
        (("ask", "--questions", "nowhere.txt"), "nowhere.txt cannot be read"),
        (("ask", "--outlet", "The Moon Post", "Why?"), "no document is from The Moon Post; the outlets are: "),
        (("ask", "--document", "beef", "Why?"), "no document has the id 'beef'"),
        (("ask", "--since", "June", "Why?"), "'June' is not a date of the form YYYY-MM-DD"),
        (("ingest",), "name the files or folders"),
        (("frobnicate",), "invalid choice"),
    ],
)
def test_a_wrong_command_line_says_what_is_right(home: Path, arguments: tuple[str, ...], says: str) -> None:
    done = told(ROOT, *arguments, CITEDESK_HOME=str(home))
    assert done.returncode == 2
    assert says in done.stderr and "Traceback" not in done.stderr


def test_an_empty_library_says_how_to_fill_it(tmp_path: Path) -> None:
    done = told(ROOT, "ask", "Why?", CITEDESK_HOME=str(tmp_path))
    assert done.returncode == 2 and "citedesk ingest" in done.stderr
    assert "empty" in told(ROOT, "documents", CITEDESK_HOME=str(tmp_path)).stdout


def test_a_bad_setting_is_named(tmp_path: Path) -> None:
    done = run(tmp_path, "documents", CITEDESK_TOP_K="many")
    assert done.returncode == 2 and "CITEDESK_TOP_K='many'" in done.stderr


def test_a_home_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    done = told(ROOT, "documents", CITEDESK_HOME=str(tmp_path / "file" / "home"))
    assert done.returncode == 2 and "CITEDESK_HOME" in done.stderr


def test_another_model_is_refused_with_the_command_that_helps(home: Path) -> None:
    done = run(home, "ask", "Why?", CITEDESK_EMBED_MODEL="other", OPENAI_BASE_URL="http://127.0.0.1:9/v1")
    assert done.returncode == 2 and "citedesk ingest --reembed" in done.stderr


def test_doctor_passes_on_a_good_library_and_fails_on_an_unreachable_endpoint(home: Path, tmp_path: Path) -> None:
    done = run(home, "doctor")
    assert done.returncode == 0 and "FAIL" not in done.stdout
    bad = run(
        tmp_path,
        "doctor",
        CITEDESK_EMBED_MODEL="m",
        OPENAI_BASE_URL="http://127.0.0.1:9/v1",
        OPENAI_API_KEY="sk-hidden",
    )
    assert bad.returncode == 1
    assert "FAIL  embedding endpoint" in bad.stdout and "citedesk ingest PATH" in bad.stdout
    assert "sk-hidden" not in bad.stdout + bad.stderr


def test_documents_as_json(home: Path) -> None:
    rows = [json.loads(line) for line in run(home, "documents", "--json").stdout.splitlines()]
    assert len(rows) == 17
    assert all(Path(row["source"]).is_absolute() and row["title"] and row["paragraphs"] > 0 for row in rows)


def test_a_reader_that_leaves_early_is_no_error(home: Path) -> None:
    questions = "When did Putin arrive in Hanoi?\n" * 50
    process = subprocess.Popen(
        [*COMMAND, "ask", "--questions", "-"],
        cwd=ROOT,
        env={**os.environ, "CITEDESK_HOME": str(home)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin and process.stdout and process.stderr
    process.stdin.write(questions)
    process.stdin.close()
    process.stdout.readline()
    process.stdout.close()
    assert "Traceback" not in process.stderr.read()
    assert process.wait(timeout=60) == 0
    process.stderr.close()


def test_ctrl_c_stops_cleanly_and_keeps_the_library(tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(1500):
        text = "\n\n".join(f"Report {number}, part {part}: the harbour master counted the ships." for part in range(20))
        (folder / f"{number:04}.txt").write_text(text, encoding="utf-8")
    home = tmp_path / "home"
    environment = {**os.environ, "CITEDESK_HOME": str(home)}
    process = subprocess.Popen(
        [*COMMAND, "ingest", str(folder)], cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True
    )
    while process.poll() is None and not stored(home):  # interrupted once something is stored, long before all is
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "stopped" in errors and "Traceback" not in errors
    kept = stored(home)
    assert 0 < kept < 1500
    assert len(run(home, "documents", "--json").stdout.splitlines()) == kept


def stored(home: Path) -> int:
    """How many documents the library of another process holds now."""
    library = home / "library.sqlite"
    if not library.exists():
        return 0
    with closing(sqlite3.connect(f"file:{library}?mode=ro", uri=True)) as connection:
        try:
            (number,) = connection.execute("SELECT count(*) FROM documents").fetchone()
        except sqlite3.OperationalError:  # its tables are not there yet
            return 0
    return int(number)


def test_limits_read_from_the_question_are_told_and_can_be_switched_off(home: Path) -> None:
    question = ("What did Harbour Wire report about Hanoi this week?", "--today", "2024-06-22")
    shown = told(ROOT, "ask", *question, CITEDESK_HOME=str(home)).stdout
    assert "(Published 15 to 22 June 2024, because of “this week”)" in shown
    assert "(dates counted from 22 June 2024; --no-infer searches without these limits)" in shown
    searched = json.loads(told(ROOT, "ask", "--json", *question, CITEDESK_HOME=str(home)).stdout)["searched"]
    assert searched["filters"]["since"] == "2024-06-15" and searched["filters"]["outlets"] == ["Harbour Wire"]
    assert searched["understood"]["today"] == "2024-06-22"
    assert searched["understood"]["reasons"][0] == {
        "part": "time",
        "words": "this week",
        "says": "published 15 to 22 June 2024",
    }
    unlimited = told(ROOT, "ask", "--json", "--no-infer", *question, CITEDESK_HOME=str(home))
    searched = json.loads(unlimited.stdout)["searched"]
    assert searched["understood"] is None and searched["filters"]["since"] is None
    many = run(home, "ask", "--questions", "-", "--today", "2024-06-22", stdin="Who signed this week?\n")
    assert json.loads(many.stdout)["searched"]["filters"]["until"] == "2024-06-22"


def test_a_limit_that_left_nothing_is_told(home: Path) -> None:
    line = ("ask", "What was signed this week?", "--today", "2030-01-08")
    shown = told(ROOT, *line, CITEDESK_HOME=str(home)).stdout
    assert "(No document published 1 to 8 January 2030 (“this week”): searched without)" in shown
    assert "dates counted from 8 January 2030" in shown and "--no-infer" not in shown
