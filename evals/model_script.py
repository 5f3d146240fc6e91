"""What a scripted chat server replies (``evals.model_server``), well or badly, and what it was asked."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal, TypeAlias

from rag.model.endpoint import Message

WORDS = "The ferry was moved to the new quay on Monday."  # the default reply, into which a fault breaks


class Fault(Enum):
    """What the server does instead of answering properly; a number is the HTTP status it answers with."""

    BAD_REQUEST = 400
    UNAUTHORISED = 401
    FORBIDDEN = 403
    UNKNOWN_MODEL = 404
    BROKEN = 500
    REDIRECT = 302
    CONTEXT = "400, the prompt is longer than the model's context"
    HTML = "a page of HTML, as a proxy's login is"
    HALF_JSON = "a completion that ends in the middle of its JSON"
    HALF_EVENT = "an event whose JSON is broken"
    REPORT = "an event that reports an error, after a few words"
    EMPTY = "a reply without text"
    CUT = "a stream that ends without finish_reason"
    BREAK = "a connection closed in the middle of the stream"
    HANG_UP = "a connection closed before any reply"
    FILTER = 'finish_reason "content_filter" after a few words'
    STALL_FIRST = "headers, then nothing"
    STALL_MIDDLE = "a few words, then nothing"
    DRIP_BYTES = "comments and halves of an event, a byte at a time, without end"
    DRIP_WORDS = "words without end"


@dataclass(frozen=True, slots=True)
class Busy:
    """429, with ``retry_after`` as the header of that name; None for no header."""

    retry_after: str | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """``text`` word by word: the first after ``first`` seconds, each other after ``delay``; then ``finish``."""

    text: str
    delay: float = 0.0
    first: float = 0.0
    finish: Literal["stop", "length"] = "stop"


@dataclass(frozen=True, slots=True)
class Raw:
    """A reply of ``status`` and ``kind`` whose body is ``parts``, each sent by itself, ``pause`` seconds apart."""

    parts: tuple[bytes, ...]
    kind: str = "text/event-stream"
    pause: float = 0.0
    status: int = 200


@dataclass(frozen=True, slots=True)
class Request:
    """What the server was asked. ``body`` is the JSON as it came, ``authorization`` the header."""

    model: str
    messages: tuple[Message, ...]
    streamed: bool
    body: str
    authorization: str | None


Reply: TypeAlias = str | Text | Raw | Fault | Busy | Callable[[Request], str | Text | Fault]


@dataclass(slots=True)
class Script:
    """What the server does with the next chat requests, and what it was asked.

    ``replies`` are given one a request, ``reply`` after them; a plain text is sent word by word, ``delay`` seconds
    apart. ``models`` are listed by GET /models. A request with one of the fields in ``refuses`` gets a 400 that names
    it. ``streams`` False answers with one JSON whatever is asked. ``closed`` counts the replies whose client went away
    before their end, ``connections`` those that were opened.
    """

    replies: list[Reply] = field(default_factory=list)
    reply: Reply = WORDS
    delay: float = 0.0
    models: tuple[str, ...] = ("scripted",)
    refuses: tuple[str, ...] = ()
    streams: bool = True
    requests: list[Request] = field(default_factory=list)
    closed: int = 0
    connections: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    stop: threading.Event = field(default_factory=threading.Event)

    def take(self, request: Request) -> Reply:
        """Notes the request and takes its reply from the script."""
        with self.lock:
            self.requests.append(request)
            return self.replies.pop(0) if self.replies else self.reply

    def left(self) -> None:
        """Counts a client that went away."""
        with self.lock:
            self.closed += 1


def event(text: str | None, finish: str | None = None, name: str = "content") -> bytes:
    """One event of a streamed completion, whose delta has ``text`` under ``name``; an empty delta for None."""
    return delta({} if text is None else {name: text}, finish)


def whole(text: str | None, finish: str | None = "stop") -> bytes:
    """A completion in one JSON."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}
    return _completion("chat.completion", choice)


def delta(changes: dict[str, str], finish: str | None = None) -> bytes:
    """One event of a streamed completion with these ``changes``."""
    choice = {"index": 0, "delta": changes, "finish_reason": finish}
    return b"data: " + _completion("chat.completion.chunk", choice) + b"\n\n"


def _completion(kind: str, choice: dict[str, object]) -> bytes:
    return json.dumps({"id": "c", "object": kind, "created": 0, "model": "scripted", "choices": [choice]}).encode()


DONE = b"data: [DONE]\n\n"
# The bodies of the faults that are a stream and nothing else.
STREAMED = {
    Fault.HALF_EVENT: (event(WORDS[:9]), event(WORDS[9:])[:40] + b"\n\n", DONE),
    Fault.REPORT: (event(WORDS[:9]), b'data: {"error": {"message": "CUDA error", "code": 500}}\n\n'),
    Fault.EMPTY: (event(""), event(None, "stop"), DONE),
    Fault.CUT: (event(WORDS[:9]),),
    Fault.FILTER: (event(WORDS[:9]), event(None, "content_filter"), DONE),
}
