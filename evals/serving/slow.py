"""A chat model that thinks and writes slowly, for hundreds of readers at once: one thread serves them all."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from evals.model_script import DONE, delta, event


@dataclass(frozen=True, slots=True)
class Pace:
    """What it writes to everybody: ``text``, its first word after ``first`` seconds, each other after ``delay``."""

    text: str
    first: float
    delay: float

    @property
    def seconds(self) -> float:
        """How long a whole reply takes at least."""
        return self.first + self.delay * (len(self.text.split()) - 1)


@contextmanager
def slow_model(pace: Pace) -> Iterator[str]:
    """Serves the model on a free port of this machine; gives its base URL."""
    address: list[str] = []
    ready, loop = threading.Event(), asyncio.new_event_loop()

    async def begin() -> None:
        server = await asyncio.start_server(lambda read, write: _serve(read, write, pace), "127.0.0.1", 0, backlog=512)
        address.append(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1")
        ready.set()

    def work() -> None:
        loop.run_until_complete(begin())
        loop.run_forever()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    ready.wait()
    try:
        yield address[0]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


async def _serve(read: asyncio.StreamReader, write: asyncio.StreamWriter, pace: Pace) -> None:
    """One connection, a request after the other."""
    with suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            head = (await read.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            length = next((line for line in head.splitlines() if line.startswith("content-length:")), "x: 0")
            await read.readexactly(int(length.split(":")[1]))
            if head.startswith("get "):
                models = json.dumps({"object": "list", "data": [{"id": "slow", "object": "model"}]}).encode()
                write.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
                write.write(f"Content-Length: {len(models)}\r\n\r\n".encode() + models)
            else:
                await _reply(write, pace)
            await write.drain()
    write.close()


async def _reply(write: asyncio.StreamWriter, pace: Pace) -> None:
    write.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
    _part(write, delta({"role": "assistant", "content": ""}))
    for number, word in enumerate(pace.text.split()):
        await asyncio.sleep(pace.delay if number else pace.first)
        _part(write, event(f" {word}" if number else word))
        await write.drain()
    _part(write, event(None, "stop"))
    _part(write, DONE)
    write.write(b"0\r\n\r\n")


def _part(write: asyncio.StreamWriter, part: bytes) -> None:
    write.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
