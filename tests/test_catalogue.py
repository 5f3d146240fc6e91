"""Documents by the command line: found, shown, taken out and kept out, read again."""

import json
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from index.types import Entry, Precision
from rag.catalogue import Wanted, last_day, listed, suffix, words_of
from rag.cli import run
from rag.desk import ingest_paths, open_desk
from rag.settings import read

NEWS = "---\ntitle: Ferry news\noutlet: Coast Courier\ndate: 2024-06-03\n---\n\nThe ferry will be repaired in Bergen.\n"
NOTE = "Minutes of the board\n\nThe board met on Tuesday to discuss the price of fuel and the state of the quay.\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CITEDESK_HOME", str(tmp_path / "home"))
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "ferry.md").write_text(NEWS, encoding="utf-8")
    (folder / "minutes.txt").write_text(NOTE, encoding="utf-8")
    with closing(open_desk(read())) as desk:
        ingest_paths(desk, [folder])
    return folder


def rows(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, object]]:
    assert run(["documents", *arguments, "--json"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_documents_are_found_by_words_outlet_kind_and_date(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert [row["title"] for row in rows(capsys)] == ["Ferry news", "Minutes of the board"]
    assert [row["title"] for row in rows(capsys, "coast", "2024-06")] == ["Ferry news"]
    assert [row["title"] for row in rows(capsys, "--kind", "txt")] == ["Minutes of the board"]
    assert [row["title"] for row in rows(capsys, "--since", "2024-06-03", "--until", "2024-06-03")] == ["Ferry news"]
    assert run(["documents", "submarine"]) == 1
    assert "0 of 2 documents" in capsys.readouterr().out


def test_a_document_is_shown_with_its_paragraphs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (row,) = rows(capsys, "ferry")
    assert run(["show", str(row["document_id"])]) == 0
    told = capsys.readouterr().out
    assert "3 June 2024" in told and "Coast Courier" in told
    assert "[¶ 1] The ferry will be repaired in Bergen." in told
    assert run(["show", "nothing"]) == 2
    assert "citedesk documents" in capsys.readouterr().err


def test_what_was_removed_stays_out_until_it_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["remove", str(folder / "ferry.md")]) == 2, "there is nobody to ask"
    assert run(["remove", str(folder / "ferry.md"), "--yes"]) == 0
    assert run(["ingest", str(folder)]) == 0
    capsys.readouterr()
    assert [row["title"] for row in rows(capsys)] == ["Minutes of the board"]
    assert run(["ingest", str(folder / "ferry.md")]) == 0
    capsys.readouterr()
    assert len(rows(capsys)) == 2
    assert run(["remove", "nowhere", "--yes"]) == 2
    assert run(["remove", str(folder), "--yes"]) == 0
    assert (folder / "ferry.md").exists() and "removed 2 documents of 2 files" in capsys.readouterr().out


def entry(published: date | None, precision: Precision = Precision.DAY, part: str | None = None) -> Entry:
    return Entry("i", "v", "/a/b.ZIP", "T", "Coast Courier", None, published, None, 1, frozenset(), part, precision)


def test_a_month_counts_with_all_its_days() -> None:
    june = entry(date(2024, 6, 1), Precision.MONTH)
    assert listed([june], Wanted(since=date(2024, 6, 30))) == [june]
    assert listed([june], Wanted(since=date(2024, 7, 1))) == []
    assert listed([june], Wanted(until=date(2024, 5, 31))) == []
    assert listed([entry(None)], Wanted(since=date(2024, 6, 30))) == []
    assert last_day(date(2024, 2, 1), Precision.MONTH) == date(2024, 2, 29)
    assert last_day(date(2024, 12, 1), Precision.MONTH) == date(2024, 12, 31)
    assert last_day(date(2023, 1, 1), Precision.YEAR) == date(2023, 12, 31)


def test_the_kind_is_that_of_the_part() -> None:
    assert [suffix(entry(None, part=part)) for part in (None, "a/june.PDF", "message 3")] == [".zip", ".pdf", ".zip"]
    assert listed([entry(None)], Wanted(words_of("COURIER b.zip"))) and not listed([entry(None)], Wanted(("other",)))
