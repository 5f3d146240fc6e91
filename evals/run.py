"""The flow of ``citedesk eval``: suites are opened one after the other; every case is graded, kept and summed up."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

from evals.results import Row, Task
from evals.runs import RunFolder
from evals.suites import Place, Suite
from evals.tasks.shelf import Step
from index.errors import UsageError


@dataclass(frozen=True, slots=True)
class Progress:
    """``done`` of ``total`` steps of ``what`` a suite is at; ``total`` is 0 where it is not known."""

    suite: str
    what: str
    done: int
    total: int


Advance = Callable[[Progress], None]


def execute(
    folder: RunFolder,
    suites: Sequence[Suite],
    place: Place,
    judge: Callable[[Row], Row],
    advance: Advance,
) -> None:
    """Grades every case of ``suites`` that has no row in ``folder`` yet, and adds its row; ``judge`` may add scores.

    Stopped at any point, what was graded is kept. Raises CitedeskError.
    """
    started = perf_counter()
    try:
        for suite in suites:
            known = {row.id for row in folder.rows if row.suite == suite.name}
            advance(Progress(suite.name, "opening", 0, 0))
            with suite.open(replace(place, step=_step(suite.name, advance))) as task:
                ids = sample(task, folder.run.limit)
                for done, id_ in enumerate(ids):
                    advance(Progress(suite.name, "cases", done, len(ids)))
                    if id_ not in known:
                        folder.add(judge(_graded(suite.name, task, id_)))
                advance(Progress(suite.name, "cases", len(ids), len(ids)))
    finally:
        folder.took(perf_counter() - started)


def _graded(suite: str, task: Task, id_: str) -> Row:
    """The case's row; without scores where the question is none that can be asked (it is empty, or much too long)."""
    try:
        return task.grade(id_)
    except UsageError as error:
        return Row(suite, id_, "not asked", f"case {id_}", (), f"not asked: {error}", {})


def sample(task: Task, limit: int | None) -> tuple[str, ...]:
    """The ids to grade: all, or ``limit`` of them drawn with seed 0, in their order."""
    if limit is None or limit >= len(task.ids):
        return task.ids
    drawn = set(random.Random(0).sample(task.ids, limit))
    return tuple(id_ for id_ in task.ids if id_ in drawn)


def _step(suite: str, advance: Advance) -> Step:
    return lambda done, total, what: advance(Progress(suite, what, done, total))
