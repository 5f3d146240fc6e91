"""One person who asks a server over HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import perf_counter

import httpx

_PATIENCE = 300.0  # seconds; an answer that takes longer is an error


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it went: the HTTP status (0 where the connection failed), the last event of a stream ("" without
    one), milliseconds to the first byte of the answer's body and to its end."""

    status: int
    last: str
    first: float
    whole: float

    @property
    def failed(self) -> bool:
        """Whether no whole answer came; a stream's last event must be ``done``."""
        return self.status != 200 or self.last not in ("", "done")


class Crowd:
    """Connections to one server that believes who we say we are."""

    def __init__(self, address: str, client: httpx.AsyncClient) -> None:
        self._address, self._client = address, client

    async def ask(self, person: str, question: str, *, stream: bool = False) -> Asked:
        """Asks as ``person`` and reads the whole answer. Never raises for what the server does."""
        body = {"question": question, "stream": stream}
        headers = {"X-Forwarded-User": person, "Origin": self._address}
        begun, first, last = perf_counter(), 0.0, ""
        try:
            async with self._client.stream("POST", f"{self._address}/api/ask", json=body, headers=headers) as answer:
                async for line in answer.aiter_lines():
                    first = first or perf_counter()
                    if line.startswith("event:"):
                        last = line.removeprefix("event:").strip()
            status = answer.status_code
        except httpx.HTTPError:
            status = 0
        return Asked(status, last, ((first or perf_counter()) - begun) * 1000, (perf_counter() - begun) * 1000)


@asynccontextmanager
async def crowd(address: str) -> AsyncIterator[Crowd]:
    """As many connections to a server as are wanted."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(timeout=_PATIENCE, limits=limits, trust_env=False) as client:
        yield Crowd(address, client)
