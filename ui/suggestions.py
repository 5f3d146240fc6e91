"""Example questions, worked out in the background because they take a second or two."""

import logging
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor

from rag.desk import Desk
from rag.suggesting import suggest

WANTED = 4

log = logging.getLogger(__name__)


class Suggestions:
    """The example questions for a desk's documents; ``refresh`` after the documents changed."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="suggestions")
        self._found: Future[tuple[str, ...]] = self._worker.submit(suggest.questions, desk, WANTED)

    def refresh(self) -> None:
        """Start to work the questions out anew; a run that has not begun is dropped."""
        self._found.cancel()
        self._found = self._worker.submit(suggest.questions, self._desk, WANTED)

    def wait(self, seconds: float) -> tuple[str, ...]:
        """The questions, or none when they are not ready in time or could not be made."""
        found = self._found
        try:
            failure = found.exception(timeout=seconds)
        except (TimeoutError, CancelledError):
            return ()
        if failure is not None:
            log.error("no example questions could be made", exc_info=failure)
            return ()
        return found.result()

    def close(self) -> None:
        """Stop; a run that is under way is waited for."""
        self._worker.shutdown(cancel_futures=True)
