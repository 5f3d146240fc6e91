"""``python -m evals.kills``: kills citedesk at random moments and counts what was lost."""

import argparse
import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from rag.settings import quiet_environment

SIZES = (1000, 3000, 10_000, 30_000, 100_000)
SEED = 20240619
_SHARES = (6, 4, 3, 2, 1)  # of the kills, from the smallest size to the largest: a large library takes its time
_WEIGHTS = {  # of the scenes, in kills; see evals.kills.scenes.NAMES
    "first ingest": 3,
    "index anew": 2,
    "reembed": 2,
    "upgrade": 2,
    "backup": 1,
    "restore": 2,
    "ingest of changes": 9,
}
_PHASES = ("open", "parse", "write", "sync", "backup", "restore", "done")
_EXPLAINED = """\
A library is ingested from made files with made vectors. Then, again and again, a copy of it is ingested into, embedded
again, brought up from an older format, backed up or restored in a process that is killed (SIGKILL) at a random moment.
A fresh process then reads the library with plain SQL: each document must be wholly old or wholly new, each that was
acknowledged must be there, and the vector index must find its own vectors. Then the work is done once more, and the
result must be the same as when nothing is killed. Everything takes about an hour on two cores, most of it at 100,000
chunks.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 0 when nothing was lost, 1 when something was."""
    quiet_environment()
    asked = _parser().parse_args(arguments)
    from evals.kills.judge import Outcome, kill
    from evals.kills.scenes import scenes

    outcomes = list[Outcome]()
    chance = random.Random(asked.seed)
    for size, kills in zip(asked.sizes, _divided(asked.kills, _shares(len(asked.sizes))), strict=True):
        if asked.scratch is not None:
            asked.scratch.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="citedesk-kills-", dir=asked.scratch) as folder:
            weights = {name: weight for name, weight in _WEIGHTS.items() if name in asked.only}
            numbers = dict(zip(weights, _divided(kills, list(weights.values())), strict=True))
            for scene in scenes(Path(folder), size, [name for name, number in numbers.items() if number]):
                _note(f"{size:,} chunks, {scene.name}: {scene.seconds:.2f} s, {numbers[scene.name]} kills")
                for _ in range(numbers[scene.name]):
                    outcomes.append(kill(scene, size, Path(folder) / "killed", chance))
                    _write(asked.out, outcomes[-1])
    sys.stdout.write("\n".join(_tables(outcomes)) + "\n")
    return int(any(each.mixed or each.lost or each.wrong for each in outcomes))


def _tables(outcomes: Sequence["Outcome"]) -> Iterator[str]:  # type: ignore[name-defined]  # noqa: F821
    head = ["kills", *_PHASES, "old", "new", "mixed", "lost", "otherwise wrong", "index made anew", "seconds"]
    for by in ("size", "scene"):
        yield "| " + " | ".join([by, *head]) + " |"
        yield "|" + " --- |" * (len(head) + 1)
        names = list(dict.fromkeys(getattr(each, by) for each in outcomes))
        for name in [*names, *(["all"] if by == "size" else [])]:
            some = [each for each in outcomes if name in (getattr(each, by), "all")]
            phases = Counter(each.phase for each in some)
            cells: list[object] = [f"{name:,}" if isinstance(name, int) else name, len(some)]
            cells += [phases[phase] for phase in _PHASES]
            cells += [sum(getattr(each, field) for each in some) for field in ("old", "new", "mixed", "lost")]
            cells += [sum(bool(each.wrong) for each in some), sum(each.rebuilt for each in some)]
            cells.append(f"{sum(each.seconds for each in some):.0f}")
            yield "| " + " | ".join(map(str, cells)) + " |"
        yield ""
    for each in outcomes:
        if each.wrong:
            yield f"{each.size:,} chunks, {each.scene}, {each.phase}: {each.wrong}"


def _divided(number: int, weights: Sequence[int]) -> list[int]:
    """``number`` in whole parts as the weights have it, in their order; the sum is the number."""
    total, parts, left = sum(weights), list[int](), number
    for weight in weights:
        part = min(left, round(left * weight / total)) if total else 0
        parts.append(part)
        left, total = left - part, total - weight
    return parts


def _shares(number: int) -> list[int]:
    return [_SHARES[round(each * (len(_SHARES) - 1) / max(1, number - 1))] for each in range(number)]


def _write(out: Path | None, outcome: "Outcome") -> None:  # type: ignore[name-defined]  # noqa: F821
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        with (out / "kills.jsonl").open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(asdict(outcome)) + "\n")


def _note(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m evals.kills",
        description="Kill citedesk at random moments, and count what was lost.",
        epilog=_EXPLAINED,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--kills", type=int, default=200, metavar="N", help="how many, over all sizes (default: 200)")
    parser.add_argument("--sizes", type=_sizes, default=SIZES, metavar="N,N…", help="library sizes in chunks")
    parser.add_argument("--only", nargs="+", choices=tuple(_WEIGHTS), default=tuple(_WEIGHTS), metavar="SCENE")
    parser.add_argument("--seed", type=int, default=SEED, help="of the random moments")
    parser.add_argument("--out", type=Path, metavar="DIR", help="write each kill as a line of DIR/kills.jsonl")
    parser.add_argument("--scratch", type=Path, metavar="DIR", help="where to work: needs 4 GB at 100,000 chunks")
    return parser


def _sizes(written: str) -> tuple[int, ...]:
    sizes = [int(part) if part.strip().isdecimal() else 0 for part in written.split(",")]
    if not all(100 <= size <= 1_000_000 for size in sizes):
        raise argparse.ArgumentTypeError(f"{written!r} must be whole numbers from 100 to 1000000, with commas between")
    return tuple(sorted(set(sizes)))


if __name__ == "__main__":
    sys.exit(main())
