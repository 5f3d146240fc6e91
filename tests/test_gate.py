"""The gate fails when the product is made worse on purpose, in a copy of the tree. `make test` runs it on the tree."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from evals.cases import CORPUS
from evals.gate import BASELINE, Verdict, judge_run, read_baseline, tell, write_baseline
from evals.load import own
from evals.results import OURS, Row, Scores
from evals.runs import Run, describe
from index.errors import UsageError

ROOT = Path(__file__).parent.parent


def gate(tree: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Runs the gate of a tree in a process of its own, where it writes nothing but below the tree."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("CITEDESK_")}
    command = [sys.executable, "-m", "evals", "--gate", *options]
    return subprocess.run(command, cwd=tree, env=variables, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of what the gate runs, with fewer cases."""
    for name in ("index", "rag", "evals", "corpus"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    _thin(tmp_path / "evals")
    return tmp_path


def _thin(evals: Path) -> None:
    """Leaves a third of the cases, and of the baseline: enough for what these regressions do."""
    cases, baseline = evals / "data" / "cases.jsonl", evals / "baseline.json"
    kept = cases.read_text(encoding="utf-8").splitlines()[::3]
    cases.write_text("\n".join(kept) + "\n", encoding="utf-8")
    ids = {json.loads(line)["id"] for line in kept}
    stored = json.loads(baseline.read_text(encoding="utf-8"))
    stored["cases"] = [row for row in stored["cases"] if row["id"] in ids]
    baseline.write_text(json.dumps(stored), encoding="utf-8")


def worsen(tree: Path, file: str, was: str, becomes: str) -> None:
    """Changes one place of the copy; fails when that place is not there, for then the test would test nothing."""
    path = tree / file
    text = path.read_text(encoding="utf-8")
    assert text.count(was) == 1, f"{file} no longer has {was!r} once: say the regression anew"
    path.write_text(text.replace(was, becomes), encoding="utf-8")


def fallen(output: str) -> set[str]:
    """The names of the figures that the gate says fell."""
    return set(re.findall(r"^  worse: (.+?) \d\.\d{3} → ", output, re.MULTILINE))


def test_without_the_passages_that_were_found_first_and_without_refusing_it_fails(tree: Path) -> None:
    worsen(
        tree, "rag/retrieve.py", "Found(_passages(library, hits, vector)", "Found(_passages(library, hits[3:], vector)"
    )
    worsen(tree, "rag/quoted.py", " or reading.confidence < desk.settings.refuse_below:", ":")
    done = gate(tree)
    assert done.returncode == 1, done.stdout + done.stderr
    fell = fallen(done.stdout)
    assert any("hit@" in name or "nDCG" in name or "MRR" in name or "MAP" in name for name in fell), done.stdout
    assert "refusal recall" in fell, done.stdout


def test_citing_the_second_passage_instead_of_the_first_fails(tree: Path) -> None:
    order = "    order = _order(material, scores, sure, newest_first, found.superseded)\n"
    second = "    order = [row for row in order if material.owner[row] != material.owner[order[0]]] or order\n"
    worsen(tree, "rag/reader.py", order, order + second)
    done = gate(tree)
    assert done.returncode == 1, done.stdout + done.stderr
    assert {"best paragraph right", "citation recall"} <= fallen(done.stdout), done.stdout


def scored(id_: str, right: float) -> Row:
    scores: Scores = {OURS: {"best sentence right": right, "total ms": 3.0}, "cosine": {"best sentence right": 1.0}}
    return Row("own", id_, "fact", "When?", ("2000",), "In 2000.", scores, timings={"total": 3.0})


def a_run() -> Run:
    return describe(["own"], [], CORPUS, None, None, {"top_k": 10})


def test_a_baseline_is_written_and_read_back(tmp_path: Path) -> None:
    rows = [scored(str(number), 1.0) for number in range(20)]
    write_baseline(a_run(), rows, tmp_path / "baseline.json")
    found = read_baseline(tmp_path / "baseline.json")
    assert [row.id for row in found.rows] == [row.id for row in rows]
    assert found.rows[0].scores == {OURS: {"best sentence right": 1.0}}, "no timings, no baselines"
    stored = json.loads((tmp_path / "baseline.json").read_text(encoding="utf-8"))
    assert stored["n"] == 20 and stored["settings"] == {"top_k": 10} and "commit" in stored
    assert stored["figures"]["best sentence right"] == {"value": 1.0, "n": 20}


def test_a_fall_within_its_interval_passes_and_one_beyond_it_fails(tmp_path: Path) -> None:
    before = [scored(str(number), 1.0) for number in range(40)]
    write_baseline(a_run(), before, tmp_path / "baseline.json")
    baseline = read_baseline(tmp_path / "baseline.json")
    one = [scored(str(number), float(number > 0)) for number in range(40)]
    many = [scored(str(number), float(number > 9)) for number in range(40)]
    assert judge_run(a_run(), one, baseline).passed
    verdict = judge_run(a_run(), many, baseline)
    assert not verdict.passed and [change.figure.name for change in verdict.fell] == ["best sentence right"]
    assert "worse: best sentence right 1.000 → 0.750, difference -0.250" in "\n".join(tell(verdict, "abc"))


def test_a_case_that_is_gone_fails_and_a_new_one_is_told(tmp_path: Path) -> None:
    write_baseline(a_run(), [scored("a", 1.0), scored("b", 1.0)], tmp_path / "baseline.json")
    verdict = judge_run(a_run(), [scored("b", 1.0), scored("c", 1.0)], read_baseline(tmp_path / "baseline.json"))
    assert not verdict.passed and verdict.missing == ("a",) and verdict.new == ("c",)
    assert "missing: a" in "\n".join(tell(verdict, "abc"))


def verdict_on(tmp_path: Path, before: Sequence[Row], after: Sequence[Row]) -> Verdict:
    write_baseline(a_run(), before, tmp_path / "baseline.json")
    return judge_run(a_run(), after, read_baseline(tmp_path / "baseline.json"))


def with_scores(row: Row, **scores: float | None) -> Row:
    return replace(row, scores={OURS: {name.replace("_", " "): score for name, score in scores.items()}})


def test_a_case_that_can_no_longer_be_graded_fails(tmp_path: Path) -> None:
    before = scored("a", 1.0)
    for score in (None, float("nan")):
        verdict = verdict_on(tmp_path, [before], [with_scores(before, best_sentence_right=score)])
        assert not verdict.passed and verdict.ungraded == ("a (best sentence right)",)
    assert not verdict_on(tmp_path, [before], [with_scores(before)]).passed
    # A refusal has no citations whose precision could be graded: that is told by other figures.
    cited = with_scores(before, citation_precision=1.0, answered=1.0)
    refused = replace(with_scores(before, answered=0.0), refused=True)
    assert verdict_on(tmp_path, [cited], [refused]).passed


def test_one_case_that_says_what_it_must_not_fails(tmp_path: Path) -> None:
    clean = with_scores(scored("a", 1.0), says_what_it_must_not=0.0)
    verdict = verdict_on(tmp_path, [clean], [with_scores(clean, says_what_it_must_not=1.0)])
    assert not verdict.passed and verdict.said == ("a",)
    assert "says now what it must not: a" in "\n".join(tell(verdict, "abc"))


def test_an_edited_case_fails(tmp_path: Path) -> None:
    before = scored("a", 1.0)
    for after in (replace(before, question="Where?"), replace(before, expected=("2001",)), replace(before, type="x")):
        verdict = verdict_on(tmp_path, [before], [after])
        assert not verdict.passed and verdict.edited == ("a",)


def test_wrong_answers_where_there_were_refusals_fail(tmp_path: Path) -> None:
    before = [
        replace(with_scores(scored(str(n), 0.0), answered=0.0, wrong_answers=0.0), refused=True) for n in range(9)
    ]
    after = [replace(with_scores(row, answered=1.0, wrong_answers=1.0), refused=False) for row in before]
    verdict = verdict_on(tmp_path, before, after)
    assert not verdict.passed and [change.figure.name for change in verdict.fell] == ["wrong answers"]


def test_other_settings_are_told(tmp_path: Path) -> None:
    write_baseline(a_run(), [scored("a", 1.0)], tmp_path / "baseline.json")
    other = describe(["own"], [], CORPUS, None, None, {"top_k": 3})
    verdict = judge_run(other, [scored("a", 1.0)], read_baseline(tmp_path / "baseline.json"))
    assert verdict.passed and verdict.settings == ("top_k: 10 → 3",)


def test_no_baseline_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--move-baseline"):
        read_baseline(tmp_path / "none.json")
    (tmp_path / "bad.json").write_text("{", encoding="utf-8")
    with pytest.raises(UsageError, match="is not a baseline"):
        read_baseline(tmp_path / "bad.json")


def test_the_committed_baseline_is_of_all_our_cases() -> None:
    assert {row.id for row in read_baseline(BASELINE).rows} == {case.id for case in own().cases}
