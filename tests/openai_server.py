"""A real HTTP server that speaks the OpenAI protocol (embeddings, chat completions), and on demand speaks it badly."""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias

import numpy as np


class Fault(Enum):
    """What the server does instead of answering properly."""

    UNAUTHORISED = 401
    UNKNOWN_MODEL = 404
    OVERLOADED = 429
    BROKEN = 500
    NO_JSON = "a page of HTML, as a proxy's login is"
    HALF_JSON = "a reply that ends in the middle"
    NO_DATA = "JSON without data"
    NULL_DATA = "data that is null"
    NULL_VECTOR = "a vector that is null"
    NO_INDEX = "rows without their index"
    WORDS = "vectors of words"
    NAN = "a vector that is not a number"
    ZERO = "a vector of length zero"
    RAGGED = "vectors of different lengths"
    ONE_LESS = "one vector too few"
    ONE_MORE = "one vector too many"
    TWICE = "the same index twice"
    SHUFFLED = "rows in another order, rightly numbered"
    STALL = "headers, then nothing"
    HANG_UP = "a closed connection"


class ChatFault(Enum):
    """What is wrong with a chat completion that is one otherwise."""

    CUT = 'a verdict, but finish_reason "length"'
    NO_CHOICES = "an empty list of choices"
    NO_TEXT = "a message whose content is null"
    OTHER_MODEL = "a verdict of a model with another name"


RIGHT = '{"verdict": "right", "reason": "It is."}'
Asked: TypeAlias = Mapping[str, Any]  # the body of a request
Reply: TypeAlias = str | Fault | ChatFault | Callable[[Asked], str]


@dataclass(slots=True)
class Script:
    """What the server does with the next requests, and what it was asked."""

    dimension: int = 8
    faults: list[Fault] = field(default_factory=list)  # one a request; good replies after them
    always: Fault | None = None
    asked: list[list[str]] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)  # one a chat request; ``reply`` after them
    reply: Reply = RIGHT
    chats: list[Asked] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)


def vector_of(text: str, dimension: int) -> list[float]:
    """The vector that the server gives a text: random, but always the same."""
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
    return [float(value) for value in np.random.default_rng(seed).normal(size=dimension)]


@contextmanager
def openai_server(script: Script) -> Iterator[str]:
    """Serves on a free port of this machine; gives the base URL, such as http://127.0.0.1:40000/v1."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # or each reply waits 40 ms for the other side

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            script.keys.append(self.headers["Authorization"])
            if self.path == "/v1/chat/completions":
                self.chat(body)
                return
            texts = [body["input"]] if isinstance(body["input"], str) else list(body["input"])
            script.asked.append(texts)
            fault = script.faults.pop(0) if script.faults else script.always
            if self.path != "/v1/embeddings":
                fault = Fault.UNKNOWN_MODEL
            self.reply(fault, texts, str(self.headers["Authorization"]))

        def chat(self, body: Asked) -> None:
            script.chats.append(body)
            reply = script.replies.pop(0) if script.replies else script.reply
            if isinstance(reply, Fault):
                self.reply(reply, [], str(self.headers["Authorization"]))
            else:
                self.send(200, completion(reply, body))

        def reply(self, fault: Fault | None, texts: list[str], key: str) -> None:
            if fault is Fault.HANG_UP:
                self.close_connection = True
            elif fault is not None and isinstance(fault.value, int):
                # As OpenAI does, the message repeats the key.
                message = {"error": {"message": f"Incorrect API key provided: {key}", "type": "x", "code": None}}
                self.send(fault.value, json.dumps(message).encode())
            elif fault is Fault.NO_JSON:
                self.send(200, b"<html><body>Please log in</body></html>", "text/html")
            elif fault is Fault.HALF_JSON:
                self.send(200, good(texts, script.dimension, None)[:60])
            elif fault is Fault.STALL:
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", "1000")
                self.end_headers()
                script.stop.wait(10)
                self.close_connection = True
            else:
                self.send(200, good(texts, script.dimension, fault))

        def send(self, status: int, body: bytes, kind: str = "application/json") -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            if status in (429, 500):
                self.send_header("Retry-After", "0.01")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        script.stop.set()
        server.shutdown()
        server.server_close()
        thread.join()


def good(texts: list[str], dimension: int, fault: Fault | None) -> bytes:
    """A reply as OpenAI gives it, except for ``fault``."""
    vectors: list[object] = [vector_of(text, dimension) for text in texts]
    places: list[int] = list(range(len(texts)))
    if fault is Fault.NULL_VECTOR:
        vectors[0] = None
    elif fault is Fault.WORDS:
        vectors[0] = ["one", "two"]
    elif fault is Fault.NAN:
        vectors[0] = [float("nan")] * dimension
    elif fault is Fault.ZERO:
        vectors[0] = [0.0] * dimension
    elif fault is Fault.RAGGED:
        vectors[0] = [1.0] * (dimension + 1)
    elif fault is Fault.ONE_LESS:
        places.pop()
    elif fault is Fault.ONE_MORE:
        places.append(len(texts))
        vectors.append(vectors[0])
    elif fault is Fault.TWICE:
        places[-1] = 0
    rows = [{"object": "embedding", "index": at, "embedding": vectors[at]} for at in places]
    if fault is Fault.SHUFFLED:
        rows.reverse()
    if fault is Fault.NO_INDEX:
        for row in rows:
            del row["index"]
    data: object = None if fault is Fault.NULL_DATA else rows
    reply = {"object": "list", "data": data, "model": "m", "usage": {"prompt_tokens": 1, "total_tokens": 1}}
    if fault is Fault.NO_DATA:
        del reply["data"]
    return json.dumps(reply).encode()


def completion(reply: str | ChatFault | Callable[[Asked], str], body: Asked) -> bytes:
    """A chat completion as OpenAI gives it, with the text of ``reply``, or with its fault."""
    fault = reply if isinstance(reply, ChatFault) else None
    text = RIGHT if isinstance(reply, ChatFault) else reply if isinstance(reply, str) else reply(body)
    message = {"role": "assistant", "content": None if fault is ChatFault.NO_TEXT else text}
    choice = {"index": 0, "message": message, "finish_reason": "length" if fault is ChatFault.CUT else "stop"}
    choices = [] if fault is ChatFault.NO_CHOICES else [choice]
    model = "another-model" if fault is ChatFault.OTHER_MODEL else body["model"]
    return json.dumps({"id": "c", "object": "chat.completion", "model": model, "choices": choices}).encode()


def free_port() -> int:
    """A port on which nothing listens."""
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        return server.server_port
