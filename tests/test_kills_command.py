"""The kill test command counts what it should, and finds nothing lost in a small run of it."""

import json
from pathlib import Path

import pytest

from evals.kills.__main__ import _divided, main
from evals.kills.held import NOTHING, Held
from evals.kills.judge import _sorted
from evals.kills.material import files
from evals.kills.scenes import NAMES, Scene


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
    assert _sorted(scene, before, ["synced"]) == (1, 0, 0, 3)
    assert _sorted(scene, NOTHING, []) == (0, 0, 0, 2)  # those that are to be there before and after


def test_kills_are_divided_as_their_weights_have_it() -> None:
    assert _divided(200, [6, 4, 3, 2, 1]) == [75, 50, 38, 25, 12]
    assert [sum(_divided(number, [3, 2, 2])) for number in range(20)] == list(range(20))
    assert files(100) == 3


def test_a_small_run_loses_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    only = ["index anew", "reembed", "upgrade", "backup", "restore"]  # that of ingests is in test_kill
    command = ["--kills", "5", "--sizes", "100", "--out", str(tmp_path), "--scratch", str(tmp_path), "--only", *only]
    assert main(command) == 0
    rows = [json.loads(line) for line in (tmp_path / "kills.jsonl").read_text().splitlines()]
    assert [each["scene"] for each in rows if each["mixed"] or each["lost"] or each["wrong"]] == []
    assert {each["scene"] for each in rows} == set(only)
    assert set(only) < set(NAMES)
    assert len(rows) == 5
    told = capfd.readouterr().out
    assert "| 100 | 5 |" in told
    assert "| all | 5 |" in told
