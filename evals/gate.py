"""The gate: a run of our own cases against the committed baseline, and the moving of that baseline."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from math import isnan
from pathlib import Path

from evals.compare import DIGITS, Change, changes
from evals.figures import measured
from evals.results import OURS, Row, decode
from evals.runs import Run
from index.errors import UsageError

BASELINE = Path(__file__).parent / "baseline.json"
FORBIDDEN = "says what it must not"
_TOLD = 10  # ids in a line


@dataclass(frozen=True, slots=True)
class Baseline:
    """What the gate compares with: our own system's scores by case, and what they were made with."""

    commit: str
    code: str
    settings: dict[str, str | int | float | None]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate found. It passes when nothing ``fell`` by more than its interval, no case says what it must not
    that did not (``said``), and the cases are those of the baseline: none ``missing``, none ``edited``, none
    ``ungraded`` in a figure in which it was graded. ``rose`` and ``new`` cases are only told."""

    fell: tuple[Change, ...]
    rose: tuple[Change, ...]
    said: tuple[str, ...]
    missing: tuple[str, ...]
    edited: tuple[str, ...]
    ungraded: tuple[str, ...]
    new: tuple[str, ...]
    settings: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether the run may land."""
        return not (self.fell or self.said or self.missing or self.edited or self.ungraded)


def read_baseline(path: Path = BASELINE) -> Baseline:
    """The committed baseline. Raises UsageError where there is none that can be read."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        rows = tuple(decode(json.dumps(row)) for row in stored["cases"])
        return Baseline(stored["commit"], stored["code"], stored["settings"], rows)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} is not a baseline ({error}); `citedesk eval --move-baseline` writes one") from error


def write_baseline(run: Run, rows: Sequence[Row], path: Path = BASELINE) -> None:
    """Makes this run the baseline: figures with n for people, our scores by case for the gate."""
    figures = {
        each.figure.name: {"value": round(each.estimate.value, 4), "n": each.estimate.n}
        for each in measured(rows)
        if each.system == OURS and each.figure.better
    }
    head = {"commit": run.commit, "code": run.code, "settings": dict(run.settings), "n": len(rows), "figures": figures}
    cases = ",\n".join("  " + json.dumps(asdict(_kept(row)), ensure_ascii=False) for row in rows)
    text = json.dumps(head, indent=1, ensure_ascii=False)[:-2] + f',\n "cases": [\n{cases}\n ]\n}}\n'
    new = path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def judge_run(run: Run, rows: Sequence[Row], baseline: Baseline) -> Verdict:
    """The verdict on a run; every figure is compared over the cases that both have, in pairs."""
    before, after = {row.id: row for row in baseline.rows}, {row.id: row for row in rows}
    both = [(row, after[id_]) for id_, row in before.items() if id_ in after]
    found = tuple(changes(baseline.rows, rows))
    names = sorted(set(baseline.settings) | set(run.settings))
    return Verdict(
        fell=tuple(change for change in found if change.worse),
        rose=tuple(change for change in found if change.better),
        said=tuple(new.id for old, new in both if (_score(new, FORBIDDEN) or 0) > (_score(old, FORBIDDEN) or 0)),
        missing=tuple(sorted(set(before) - set(after))),
        edited=tuple(new.id for old, new in both if _asked(old) != _asked(new)),
        ungraded=tuple(f"{new.id} ({name})" for old, new in both for name in _lost(old, new)),
        new=tuple(sorted(set(after) - set(before))),
        settings=tuple(
            f"{name}: {baseline.settings.get(name)} → {run.settings.get(name)}"
            for name in names
            if baseline.settings.get(name) != run.settings.get(name)
        ),
    )


def _asked(row: Row) -> tuple[str, str, tuple[str, ...]]:
    return row.type, row.question, row.expected


def _score(row: Row, name: str) -> float | None:
    """Our own score of that name; None also where it is absent or not a number."""
    score = row.scores.get(OURS, {}).get(name)
    return None if score is None or isnan(score) else score


def _lost(old: Row, new: Row) -> list[str]:
    """The scores that a case had and has no longer, for another reason than that it is refused now, or no longer."""
    names = [name for name, score in old.scores.get(OURS, {}).items() if score is not None]
    return [] if old.refused != new.refused else [name for name in names if _score(new, name) is None]


def tell(verdict: Verdict, commit: str) -> list[str]:
    """The verdict in lines."""
    lines = [f"gate {'passed' if verdict.passed else 'FAILED'} against the baseline of commit {commit or 'unknown'}"]
    for name, some in (("worse", verdict.fell), ("better", verdict.rose)):
        for change in some:
            gap = change.difference
            lines.append(
                f"  {name}: {change.figure.name} {change.before:.3f} → {change.after:.3f}, "
                f"difference {gap.value:+.3f} [{gap.low:+.3f}, {gap.high:+.3f}], n={gap.n}"
            )
    for name, ids in (
        ("says now what it must not", verdict.said),
        ("missing", verdict.missing),
        ("another question or answer than in the baseline", verdict.edited),
        ("no longer graded", verdict.ungraded),
        ("not in the baseline yet", verdict.new),
    ):
        if ids:
            more = f" and {len(ids) - _TOLD} more" if len(ids) > _TOLD else ""
            lines.append(f"  {name}: {', '.join(ids[:_TOLD])}{more}")
    lines += [f"  other settings: {each}" for each in verdict.settings]
    if not verdict.passed:
        lines.append(
            "  If this is meant, `citedesk eval --move-baseline` makes it the new baseline and prints what moved."
        )
    return lines


def _kept(row: Row) -> Row:
    """The row without what takes room and is not compared: baselines, passages, timings."""
    scores = {
        name: None if score is None else round(score, DIGITS)
        for name, score in row.scores.get(OURS, {}).items()
        if not name.endswith(" ms")
    }
    return replace(row, scores={OURS: scores}, passages=(), timings=None)
