"""The kill test command counts what it should, and finds nothing lost in a small run of it."""

import json
import subprocess
import sys
from pathlib import Path

from evals.kills.__main__ import _divided
from evals.kills.held import NOTHING, Held
from evals.kills.judge import _sorted
from evals.kills.material import files
from evals.kills.scenes import NAMES, Scene

ROOT = Path(__file__).parent.parent


def state(**digests: str) -> Held:
    return Held(digests, {id_: f"/{id_}" for id_ in digests}, frozenset(), "")


def test_each_document_is_old_new_mixed_or_lost() -> None:
    before, after = state(same="1", changed="1", gone="1"), state(same="1", changed="2", added="1")
    scene = Scene("x", Path(), lambda home, notes: None, before, after, 1.0, 3)
    assert _sorted(scene, before, []) == (3, 0, 0, 0)
    assert _sorted(scene, after, ["stored /changed", "stored /added", "removed /gone"]) == (1, 2, 0, 0)
    assert _sorted(scene, state(same="1", changed="3", gone="1"), []) == (2, 0, 1, 0)  # neither version
    assert _sorted(scene, state(changed="1", gone="1"), []) == (2, 0, 0, 1)  # one that is in both is missing
    assert _sorted(scene, before, ["stored /changed"]) == (2, 0, 0, 1)  # acknowledged, and still the old one
    assert _sorted(scene, before, ["removed /gone"]) == (2, 0, 0, 1)
    assert _sorted(scene, before, ["finished"]) == (1, 0, 0, 3)
    assert _sorted(scene, NOTHING, []) == (0, 0, 0, 2)  # those that are to be there before and after


def test_kills_are_divided_as_their_weights_have_it() -> None:
    assert _divided(200, [6, 4, 3, 2, 1]) == [75, 50, 38, 25, 12]
    assert [sum(_divided(number, [3, 2, 2])) for number in range(20)] == list(range(20))
    assert files(100) == 3


def test_a_small_run_loses_nothing(tmp_path: Path) -> None:
    only = ["index anew", "reembed", "upgrade", "backup", "restore"]  # that of ingests is in test_kill
    options = ["--kills", "5", "--sizes", "100", "--out", str(tmp_path), "--scratch", str(tmp_path), "--only", *only]
    # In a process of its own: it forks, and a process in which Chroma's threads run must not.
    command = [sys.executable, "-m", "evals.kills", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in (tmp_path / "kills.jsonl").read_text().splitlines()]
    assert [each["scene"] for each in rows if each["mixed"] or each["lost"] or each["wrong"]] == []
    assert {each["scene"] for each in rows} == set(only)
    assert set(only) < set(NAMES)
    assert len(rows) == 5
    assert "| 100 | 5 |" in done.stdout
    assert "| all | 5 |" in done.stdout
