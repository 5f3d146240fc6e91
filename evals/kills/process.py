"""Functions that run in a fork of this process, to their end or until they are killed."""

import os
import pickle
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

T = TypeVar("T")


class Failed(Exception):
    """A process did not end as it should; ``code`` is its exit code, minus the signal that ended it."""

    def __init__(self, code: int) -> None:
        super().__init__(f"a process ended with {code}; what it said stands above")
        self.code = code


@dataclass(frozen=True, slots=True)
class Ended(Generic[T]):
    """What a process gave, and the seconds it took."""

    result: T
    seconds: float


def fresh(work: Callable[[], T]) -> Ended[T]:
    """What ``work`` gives in a process of its own. Raises Failed when it crashes or raises; what it raised is told on
    standard error."""
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer"

        def told() -> None:
            answer.write_bytes(pickle.dumps(work()))

        start = time.monotonic()
        code = _waited(_forked(told))
        seconds = time.monotonic() - start
        if code:
            raise Failed(code)
        result: T = pickle.loads(answer.read_bytes())
        return Ended(result, seconds)


def killed(work: Callable[[], object], wait: Callable[[], None]) -> bool:
    """Runs ``work`` in a process that is killed (SIGKILL) when ``wait`` returns; false when it was done before. Raises
    Failed when it failed."""
    child = _forked(work)
    wait()
    os.kill(child, signal.SIGKILL)  # does nothing to one that is done
    code = _waited(child)
    if code not in (0, -signal.SIGKILL):
        raise Failed(code)
    return code != 0


def _forked(work: Callable[[], object]) -> int:
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        work()
        code = 0
    finally:
        if code:
            traceback.print_exc()
            sys.stderr.flush()
        os._exit(code)


def _waited(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
