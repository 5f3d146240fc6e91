"""The one background thread in which the requests to a chat endpoint run."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import TypeVar

from rag.model.exchange import Client

_LOOK = 0.5  # seconds between looks for Ctrl-C in a thread that waits
_T = TypeVar("_T")


class Worker:
    """An event loop in a daemon thread, and the client that lives on it."""

    def __init__(self, connect: Callable[[], Client]) -> None:
        """``connect`` makes the client; it is called in the thread, by the first work."""
        self._connect = connect
        self._client: Client | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="chat endpoint", daemon=True)
        self._thread.start()

    def submit(self, work: "Callable[[Client], Coroutine[None, None, _T]]") -> "Future[_T]":
        """Starts ``work`` in the thread; to cancel the future cancels the work."""
        return asyncio.run_coroutine_threadsafe(self._with_client(work), self._loop)

    def close(self) -> None:
        """Cancels all work, closes the client and ends the thread; nothing can be submitted after that."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop)
        self._thread.join()

    async def _with_client(self, work: "Callable[[Client], Coroutine[None, None, _T]]") -> _T:
        if self._client is None:
            self._client = self._connect()
        return await work(self._client)

    async def _end(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        if self._client is not None:
            await self._client.close()
        await self._loop.shutdown_asyncgens()
        self._loop.stop()

    def _run(self) -> None:
        try:
            self._loop.run_forever()
        finally:
            self._loop.close()


def result(task: "Future[_T]") -> _T:
    """The task's result, waited for so that Ctrl-C is heard; a wait that is given up cancels the task."""
    try:
        while True:
            try:
                return task.result(_LOOK)
            except TimeoutError:
                if task.done():
                    raise
    finally:
        task.cancel()
