"""``citedesk bench``: made texts and vectors, the command line, and a small run of every part but the cold commands."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from evals.bench.files import KINDS, as_html, as_pdf, write_mixed
from evals.bench.hundred import run_once
from evals.bench.texts import DAYS, FIRST_DAY, Article, Material, articles, as_document, as_text, noisy
from evals.bench.tools import spread
from index.parse import parse
from index.split import chunks
from tests.commands import told
from tests.conftest import NOON, directions

ROOT = Path(__file__).parent.parent
COMMAND = [sys.executable, "-m", "evals.bench"]
GIVEN = Material(
    sentences=tuple(f"Delegation {n} arrived in port {n * 7} and counted {n * 13} crates of grain." for n in range(40)),
    titles=("Crates counted in the port", "Delegations arrive"),
    outlets=("Harbour Wire", "Northsea Review", "The Seoul Dispatch"),
    vectors=directions(20),
)


def made(number: int, seed: int = 1) -> list[Article]:
    return list(islice(articles(GIVEN, seed), number))


def bench(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], cwd=ROOT, env=os.environ | variables, capture_output=True, text=True, timeout=300
    )


def tables(output: str) -> Mapping[str, Sequence[Sequence[str]]]:
    """Title -> the rows of each table, without its heading row."""
    found: dict[str, list[list[str]]] = {}
    for section in output.split("\n### ")[1:]:
        rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("|")]
        assert len({len(row) for row in rows}) == 1, section
        found[section.splitlines()[0]] = rows[2:]
    return found


def found_in(text: str, pattern: str) -> str:
    found = re.search(pattern, text)
    assert found, pattern
    return found[1]


def test_the_same_seed_makes_the_same_articles_and_another_one_others() -> None:
    assert made(30) == made(30)
    assert made(30) != made(30, seed=2)


def test_no_two_made_chunks_have_the_same_text() -> None:
    documents = [as_document(article, "a", place) for place, article in enumerate(made(200))]
    texts = [document.text[chunk.start : chunk.end] for document in documents for chunk in chunks(document, 200)]
    assert len(texts) > 300 and len(set(texts)) == len(texts)
    assert len({document.id for document in documents}) == len(documents)
    assert all(d.text[p.start : p.end] in d.text.split("\n\n") for d in documents for p in d.paragraphs)


def test_made_articles_hold_real_sentences_and_spread_over_outlets_and_days() -> None:
    found = made(400)
    words = {word for sentence in GIVEN.sentences for word in sentence.split()}
    assert all(set(paragraph.split()) <= words for article in found for paragraph in article.paragraphs)
    assert 0.4 < sum(article.outlet == GIVEN.outlets[0] for article in found) / len(found) < 0.6
    assert {article.outlet for article in found} == set(GIVEN.outlets)
    assert all(0 <= (article.published - FIRST_DAY).days < DAYS for article in found)


def test_a_made_file_is_read_as_the_article_it_is() -> None:
    for article in made(20):
        (document,) = parse(Path("made.txt"), as_text(article).encode(), NOON)
        assert document.published == article.published
        assert all(paragraph in document.text for paragraph in article.paragraphs)


def test_a_made_web_page_and_a_made_pdf_are_read_as_the_article_they_are() -> None:
    for article in made(6):
        (page,) = parse(Path("made.html"), as_html(article).encode(), NOON)
        assert (page.title, page.published) == (article.title, article.published)
        assert [page.text[p.start : p.end] for p in page.paragraphs if not p.heading] == list(article.paragraphs)
        (paper,) = parse(Path("made.pdf"), as_pdf(article), NOON)
        assert paper.published == article.published
        assert " ".join(article.paragraphs) in " ".join(paper.text.split())


def test_files_of_all_kinds_are_ingested_and_nothing_is_embedded_twice(tmp_path: Path) -> None:
    write_mixed(tmp_path / "files", GIVEN, 60)
    files = [path for path in (tmp_path / "files").rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {ending for ending, _ in KINDS}
    first = run_once(tmp_path / "home", tmp_path / "files", 1)  # stopped as soon as anything is stored, or ended before
    second = run_once(tmp_path / "home", tmp_path / "files", None)
    assert second.told.documents == len(files) and second.told.line == "done"
    assert second.told.embedded == second.told.stored - first.told.stored
    assert 50 <= second.told.stored <= 80 and 0 < second.told.peak < 1000


def test_made_vectors_are_near_real_ones_have_norm_one_and_come_again_with_the_seed() -> None:
    rows = noisy(GIVEN.vectors, 500, np.random.default_rng(3))
    assert rows.shape == (500, GIVEN.vectors.shape[1]) and rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert np.array_equal(rows, noisy(GIVEN.vectors, 500, np.random.default_rng(3)))
    assert len(np.unique(rows, axis=0)) == 500
    assert float(np.median((rows @ GIVEN.vectors.T).max(axis=1))) > 0.6


def test_percentiles() -> None:
    found = spread([float(number) for number in range(101)])
    assert (found.p50, found.p95, found.number) == (50, 95, 101)


def test_a_small_run_prints_every_table_with_figures(tmp_path: Path) -> None:
    blocked = {
        "CITEDESK_TEST_LEAKS": str(tmp_path / "leaks"),
        "PYTHONPATH": f"{ROOT / 'tests' / 'blocked'}{os.pathsep}{ROOT}",
        "CITEDESK_TOP_K": "none",  # the settings of the environment are not used
    }
    done = bench("--quick", "--sizes", "300", "--only", "ingest", "scale", "users", "rivals", **blocked)
    assert (done.returncode, done.stderr) == (0, "")
    assert not (tmp_path / "leaks").exists()
    assert re.match(r".* cores, .*Python 3.*chromadb \d.*llama-index-core \d", done.stdout)
    found = tables(done.stdout)
    embedder = found["Embedder beside the pinned file"]
    ingest, making = found["Ingest beside the bare embedder"], found["Growing: making the library"]
    start, latencies = found["Growing: start and memory"], found["Growing: retrieval and whole answers"]
    users, rivals = found["Users at once"], found["Beside default pipelines"]
    assert [row[0].split()[0] for row in embedder] == ["citedesk", "pinned", "pinned"] and embedder[1][4] == "1.00"
    assert float(found_in(done.stdout, r"mean (\d\.\d+), 1st percentile")) > 0.993
    assert [row[0] for row in ingest] == ["1", "all"]
    assert [row[0] for row in (*making, *start)] == ["300", "300"]
    assert [row[1].split(" (")[0] for row in latencies] == ["none", "one outlet", "since a date", "one document"]
    assert [row[:3] for row in users] == [[n, which, "10"] for n in ("1", "4") for which in ("first", "again")]
    assert all(row[2] == "10" for row in latencies) and all(row[-1] == "0" for row in users)
    assert [row[0].split()[0] for row in rivals] == ["citedesk", "LlamaIndex,", "LlamaIndex,", "Chroma"]
    assert rivals[0][1] == rivals[3][1]  # the same chunks
    assert (rivals[0][4], rivals[0][6]) == ("1.00", "1.00")
    assert 30 <= int(rivals[0][1]) <= 50 and 50 <= int(found_in(done.stdout, r"n = (\d+) chunks in")) <= 80
    for row in (*embedder, *ingest, *making, *start, *latencies, *(row[:-1] for row in users), *rivals):
        figures = [float(figure) for cell in row[1:] for figure in re.findall(r"\d+\.?\d*", cell.replace(",", ""))]
        assert figures and min(figures) > 0, row


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--sizes", "0"), "'0' must be whole numbers from 100 to 1000000"),
        (("--sizes", "1000,many"), "'1000,many' must be whole numbers"),
        (("--sizes", ""), "must be whole numbers"),
        (("--only", "everything"), "invalid choice: 'everything'"),
        (("--only",), "expected at least one argument"),
        (("nowhere",), "'nowhere' is not a folder"),
        (("README.md",), "'README.md' is not a folder"),
    ],
)
def test_a_wrong_command_line_says_what_is_right(arguments: tuple[str, ...], says: str) -> None:
    done = told(ROOT, "bench", *arguments)
    assert done.returncode == 2
    assert says in done.stderr and "Traceback" not in done.stderr


def test_help_names_every_part_and_option() -> None:
    done = told(ROOT, "bench", "--help")
    assert done.returncode == 0 and "usage: citedesk bench" in done.stdout
    for name in ("--sizes", "--quick", "--only", "FOLDER", "commands", "ingest", "scale", "users", "rivals", "hundred"):
        assert name in done.stdout


def test_a_folder_with_too_little_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "short.txt").write_text("The bridge at Lund was opened in 1974 by the mayor.\n", encoding="utf-8")
    done = told(ROOT, "bench", str(tmp_path), "--quick", "--only", "ingest")
    assert done.returncode == 2
    assert "1 usable sentences; 20 or more" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")
def test_ctrl_c_stops_it_and_every_process_it_started(tmp_path: Path) -> None:
    mark = str(tmp_path / "home")  # in the environment of everything it starts
    process = subprocess.Popen(
        [*COMMAND, "--only", "scale"],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(tmp_path), "CITEDESK_TEST_LEAKS": mark},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    while "recombined" not in process.stdout.readline():  # the library is now being made, in a process of its own
        assert process.poll() is None
    while len(marked(mark)) < 2:
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors == "\nstopped\n"
    assert marked(mark) == []
    assert list(tmp_path.glob("citedesk-bench-*")) == []


def marked(mark: str) -> list[int]:
    """The processes that have ``mark`` in their environment."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdecimal():
            try:
                held = (process / "environ").read_bytes()
            except OSError:  # another user's, or ended meanwhile
                continue
            found += [int(process.name)] if mark.encode() in held else []
    return found
