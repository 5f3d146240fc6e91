"""How a server ends: nobody new is let in, who is being answered is answered, then it is over."""

import asyncio
import signal
from collections.abc import Callable

from ui.operations.admission import Admission

PATIENCE = 30.0
"""Seconds that answers under way may still take."""
_LOOK = 0.1


class Stopping:
    """What SIGTERM and Ctrl-C do to a server.

    The page keeps event streams open for as long as it is looked at, so the end of all connections is not waited for,
    but the end of all answers; ``end`` then closes the rest.
    """

    def __init__(self, admission: Admission, end: Callable[[], None], tell: Callable[[str], None]) -> None:
        """``end`` is called in the event loop when it is time, ``tell`` with what whoever runs the server should
        know."""
        self._admission, self._end, self._tell = admission, end, tell
        self._waiting: asyncio.Task[None] | None = None

    def listen(self) -> None:
        """From now on the two signals are ours. To be called in the event loop, in the main thread."""
        loop = asyncio.get_running_loop()
        for each in (signal.SIGTERM, signal.SIGINT):
            try:
                loop.add_signal_handler(each, self.begin)
            except NotImplementedError:  # Windows: uvicorn's own handlers stay, which wait for a second
                return

    def begin(self) -> None:
        """Begins to stop; the second time, stops at once."""
        if self._waiting is not None:
            self._waiting.cancel()
            self._tell("Stopped without waiting.")
            self._end()
            return
        self._admission.close()
        left = self._admission.running + self._admission.waiting
        if left:
            answers = "an answer" if left == 1 else f"{left} answers"
            self._tell(f"Stopping: {answers} under way, for up to {PATIENCE:.0f} s (Ctrl-C again stops at once).")
        self._waiting = asyncio.get_running_loop().create_task(self._finish())

    async def _finish(self) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                while self._admission.running or self._admission.waiting:
                    await asyncio.sleep(_LOOK)
        except TimeoutError:
            self._tell("Some answers took too long and are cut off.")
        self._end()
