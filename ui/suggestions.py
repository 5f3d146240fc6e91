"""Example questions, worked out in the background because they take a second or two."""

import logging
from collections import OrderedDict
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from threading import Lock

from rag.desk import Desk
from rag.suggesting import suggest

WANTED = 4
REMEMBERED = 64
"""For how many sets of groups the questions are remembered; the one asked for longest ago goes first."""

log = logging.getLogger(__name__)

_Groups = frozenset[str] | None


class Suggestions:
    """The example questions for a desk's documents, apart for everybody who sees other documents. They are worked out
    when somebody asks, and anew when the documents or their groups have changed, whoever changed them; ``refresh`` does
    not wait for somebody to ask. Methods may be called from any thread."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="suggestions")
        self._found: OrderedDict[_Groups, Future[tuple[str, ...]]] = OrderedDict()
        self._state = desk.library.state()  # that of the documents they were found in
        self._lock = Lock()
        # Where people sign in, most of them see less than all.
        self._usual: _Groups = frozenset() if desk.settings.sharing.access else None

    def refresh(self) -> None:
        """Start to work the questions out anew; a run that has not begun is dropped."""
        with self._lock:
            self._forget()
        self._of(self._usual)

    def wait(self, seconds: float, groups: frozenset[str] | None = None) -> tuple[str, ...]:
        """The questions for those who may see the documents of ``groups`` (None: all), which rest on no other
        document; none when they are not ready in time or could not be made."""
        found = self._of(groups)
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

    def _forget(self) -> None:
        for found in self._found.values():
            found.cancel()
        self._found.clear()

    def _of(self, groups: _Groups) -> Future[tuple[str, ...]]:
        with self._lock:
            state = self._desk.library.state()
            if state != self._state:  # another process may have read in what is no longer for everybody
                self._forget()
                self._state = state
            if groups not in self._found:
                seen = self._desk.seen_by(groups)
                self._found[groups] = self._worker.submit(suggest.questions, seen, WANTED)
            self._found.move_to_end(groups)
            while len(self._found) > REMEMBERED:
                self._found.popitem(last=False)[1].cancel()
            return self._found[groups]
