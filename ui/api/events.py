"""An answer as it grows -> the events that tell a program what changed, as server-sent events."""

import json
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from time import monotonic

from rag.record import Json, citation_record, claim_record, conflict_record
from rag.types import Answer, Citation, Searched
from ui.api.errors import Trouble, error_body

QUIET = 10.0
"""Seconds of silence after which a comment says that the connection is alive."""
ALIVE = ": keep-alive\n\n"
STREAM = "text/event-stream"
HEADERS: Mapping[str, str] = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # nginx would hold events back


@dataclass(frozen=True, slots=True)
class Event:
    """One event: its name and its data."""

    name: str
    data: Json

    def encoded(self) -> str:
        """The event as text/event-stream has it; JSON without a line break, so that one data line is enough."""
        return f"event: {self.name}\ndata: {encoded(self.data)}\n\n"


def encoded(data: Mapping[str, object]) -> str:
    """Compact JSON on one line, with characters beyond ASCII as they are, but for half a surrogate pair."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace").decode("utf-8")


async def heard(parts: AsyncGenerator[str | None, None], quiet: float = QUIET) -> AsyncGenerator[str, None]:
    """The parts of a stream, and a comment after every ``quiet`` seconds of nothing but None."""
    sent = monotonic()
    async with aclosing(parts):
        async for part in parts:
            if part is not None or monotonic() - sent >= quiet:
                sent = monotonic()
                yield part or ALIVE


def changes(before: Answer | None, now: Answer, base: str) -> Iterator[Event]:
    """What ``now`` has that ``before`` had not, in the order in which it is told.

    ``base`` is the path that the server's addresses begin with.
    """
    if before is None or before.searched != now.searched or before.standalone != now.standalone:
        yield Event("searched", {"standalone": now.standalone, **_searched(now.searched)})
    if now.draft != (before.draft if before else ""):
        yield Event("draft", {"text": now.draft})
    old = before.claims if before else ()
    if now.claims != old:
        first = _shared(old, now.claims)
        yield Event("claims", {"from": first, "claims": [claim_record(each) for each in now.claims[first:]]})
    known: Sequence[Citation] = before.citations if before else ()
    if fresh := [each for each in now.citations if each not in known]:
        yield Event("citations", {"citations": [citation_record(each, base) for each in fresh]})
    if now.conflicts != (before.conflicts if before else ()):
        yield Event("conflicts", {"conflicts": [conflict_record(each) for each in now.conflicts]})
    if now.notices != (before.notices if before else ()):
        yield Event("notices", {"notices": list(now.notices)})


def failed(told: Trouble) -> Event:
    """The last event of an answer that could not be finished."""
    error = error_body(told)["error"]
    assert isinstance(error, Mapping)
    return Event("error", error)


def _shared(one: Sequence[object], other: Sequence[object]) -> int:
    """How many items from the first on are the same in both."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (left, right) in pairs if left != right), min(len(one), len(other)))


def _searched(found: Searched) -> Json:
    filters = found.filters
    return {
        "documents": found.documents,
        "filters": {
            "since": filters.since.isoformat() if filters.since else None,
            "until": filters.until.isoformat() if filters.until else None,
            "outlets": list(filters.outlets),
            "documents": list(filters.documents),
        },
        "reasons": [{"part": each.part.value, "words": each.words, "says": each.says} for each in found.reasons],
    }
