"""The gate: a run of our own cases against the committed baseline, and the moving of that baseline."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from evals.compare import DIGITS, Change, changes
from evals.figures import measured
from evals.results import OURS, Row, decode
from evals.runs import Run
from index.errors import UsageError

BASELINE = Path(__file__).parent / "baseline.json"


@dataclass(frozen=True, slots=True)
class Baseline:
    """What the gate compares with: our own system's scores by case, and what they were made with."""

    commit: str
    code: str
    settings: dict[str, str | int | float | None]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate found. It passes when nothing ``fell`` by more than its interval and no case of the baseline is
    ``missing``; ``rose`` and ``new`` cases are only told."""

    fell: tuple[Change, ...]
    rose: tuple[Change, ...]
    missing: tuple[str, ...]
    new: tuple[str, ...]
    settings: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether the run may land."""
        return not self.fell and not self.missing


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
    before, after = {row.id for row in baseline.rows}, {row.id for row in rows}
    found = tuple(changes(baseline.rows, rows))
    names = sorted(set(baseline.settings) | set(run.settings))
    return Verdict(
        fell=tuple(change for change in found if change.worse),
        rose=tuple(change for change in found if change.better),
        missing=tuple(sorted(before - after)),
        new=tuple(sorted(after - before)),
        settings=tuple(
            f"{name}: {baseline.settings.get(name)} → {run.settings.get(name)}"
            for name in names
            if baseline.settings.get(name) != run.settings.get(name)
        ),
    )


def tell(verdict: Verdict, commit: str) -> list[str]:
    """The verdict in lines."""
    lines = [f"gate {'passed' if verdict.passed else 'FAILED'} against the baseline of commit {commit or 'unknown'}"]
    for name, some in (("fell", verdict.fell), ("rose", verdict.rose)):
        for change in some:
            gap = change.difference
            lines.append(
                f"  {name}: {change.figure.name} {change.before:.3f} → {change.after:.3f}, "
                f"difference {gap.value:+.3f} [{gap.low:+.3f}, {gap.high:+.3f}], n={gap.n}"
            )
    if verdict.missing:
        lines.append(f"  missing: {', '.join(verdict.missing)}")
    if verdict.new:
        lines.append(f"  not in the baseline yet: {', '.join(verdict.new)}")
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
