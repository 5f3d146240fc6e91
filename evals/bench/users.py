"""What many users at once get of one process."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from evals.bench.scale import OPENING, fill, library
from evals.bench.texts import SEED, Material
from evals.bench.tools import Plan, Spread, apart, defaults, spread, table
from evals.cases import Case
from rag.answer import answer
from rag.desk import Desk, open_desk

MOST = 10_000  # chunks of the library that is asked, if one so small is wanted


@dataclass(frozen=True, slots=True)
class Crowd:
    """What ``users`` threads got: answers a second, milliseconds an answer, and how many failed."""

    users: int
    passes: str
    rate: float
    answers: Spread
    errors: int


def crowd(home: Path, cases: Sequence[Case], users: int, rounds: int) -> tuple[Crowd, ...]:
    """``users`` threads share out the cases: once with empty caches, then ``rounds`` times again. A thread asks its
    next question as soon as it has an answer."""
    with closing(open_desk(defaults(home))) as desk:
        answer(desk, OPENING, write=False)
        return (
            _crowd(desk, cases, users, "first"),
            _crowd(desk, [case for _ in range(rounds) for case in cases], users, "again"),
        )


def _crowd(desk: Desk, cases: Sequence[Case], users: int, passes: str) -> Crowd:
    def one(case: Case) -> float:
        start = perf_counter()
        answer(desk, case.question, case.history, write=False)
        return (perf_counter() - start) * 1000

    start = perf_counter()
    with ThreadPoolExecutor(users) as threads:
        futures = [threads.submit(one, case) for case in cases]
    took = perf_counter() - start
    done = [future.result() for future in futures if future.exception() is None]
    return Crowd(users, passes, len(done) / took, spread(done), len(futures) - len(done))


def users(plan: Plan, given: Material) -> None:
    """Measures and prints the part “users”."""
    size = max([size for size in plan.sizes if size <= MOST], default=min(plan.sizes))
    if not library(plan, size).exists():
        with plan.step(f"{size:,} chunks: making the library and its index"):
            apart(fill, library(plan, size), given, size, SEED)
    rows = []
    for number in plan.users:
        with plan.step(f"{number} users at once"):
            both_passes = apart(crowd, library(plan, size), plan.cases, number, plan.rounds)
        for found in both_passes:
            figures = [f"{found.rate:.1f}", f"{found.answers.p50:.0f}", f"{found.answers.p95:.0f}", str(found.errors)]
            rows.append([str(number), found.passes, str(found.answers.number), *figures])
    table(
        "Users at once",
        f"{size:,} chunks; threads of one process share out the questions, each asking its next one as soon as it has "
        "an answer: first with empty caches, then the same again. n is the number of answers.",
        ["users", "pass", "n", "answers/s", "p50 ms", "p95 ms", "errors"],
        rows,
    )
