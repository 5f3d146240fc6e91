"""A real HTTP server that speaks OpenAI's chat protocol by a script, and on demand speaks it badly.

For tests, and for measurements of what the product makes of a model that behaves in a known way.
"""

import json
import re
import select
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic

from evals.model_script import DONE, STREAMED, WORDS, delta
from evals.model_script import Busy as Busy
from evals.model_script import Fault as Fault
from evals.model_script import Raw as Raw
from evals.model_script import Reply as Reply
from evals.model_script import Request as Request
from evals.model_script import Script as Script
from evals.model_script import Text as Text
from evals.model_script import event as event
from evals.model_script import whole as whole
from rag.model.endpoint import Message

_LOOK = 0.02  # seconds between looks whether the client is still there


@contextmanager
def model_server(script: Script, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """Serves ``script`` on a free port of this machine; gives the base URL, such as http://127.0.0.1:40000/v1."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.script = script
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http{'s' if tls else ''}://127.0.0.1:{server.server_port}/v1"
        finally:
            script.stop.set()
            server.shutdown()
            thread.join()


def closed_url() -> str:
    """The base URL of a port on which nothing listens."""
    with _Server(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        return f"http://127.0.0.1:{server.server_port}/v1"


class _Left(Exception):
    """The client went away, or the server has to stop."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # a crowd of clients is not turned away
    script: Script

    def handle_error(self, request: object, client_address: object) -> None:
        """Says nothing: a client that does not trust the certificate, or goes away, is no error here."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or each reply waits 40 ms for the other side

    @property
    def script(self) -> Script:
        assert isinstance(self.server, _Server)
        return self.server.script

    def setup(self) -> None:
        super().setup()
        with self.script.lock:
            self.script.connections += 1

    def do_GET(self) -> None:
        if self.path != "/v1/models":
            self._status(404, "no such page")
            return
        listed = [{"id": name, "object": "model"} for name in self.script.models]
        self._send(200, json.dumps({"object": "list", "data": listed}).encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path != "/v1/chat/completions":
            self._status(404, "no such page")
            return
        asked = json.loads(body)
        messages = tuple(Message(each["role"], each["content"]) for each in asked["messages"])
        streamed = self.script.streams and bool(asked.get("stream"))
        request = Request(asked["model"], messages, streamed, body.decode(), self.headers["Authorization"])
        reply = self.script.take(request)
        refused = next((name for name in self.script.refuses if name in asked), None)
        try:
            if refused is None:
                self._give(reply(request) if callable(reply) else reply, streamed)
            else:
                self._status(400, f"Unsupported parameter: '{refused}' is not supported with this model.")
        except (_Left, ConnectionError):
            self.close_connection = True
            self.script.left()

    def _give(self, reply: str | Text | Raw | Fault | Busy, streamed: bool) -> None:
        if isinstance(reply, str):
            reply = Text(reply, self.script.delay)
        if isinstance(reply, Busy):
            self._status(429, "Too many requests", reply.retry_after)
        elif isinstance(reply, Raw):
            self._begin(reply.kind, reply.status)
            self._parts(reply.parts, reply.pause)
        elif isinstance(reply, Fault):
            self._fault(reply, streamed)
        elif streamed:
            self._begin()
            self._part(delta({"role": "assistant", "content": ""}))
            for number, word in enumerate(re.findall(r"\s*\S+|\s+$", reply.text)):
                self._pause(reply.delay if number else reply.first)
                self._part(event(word))
            self._parts((event(None, reply.finish), DONE))
        else:
            self._pause(reply.first + reply.delay * reply.text.count(" "))
            self._send(200, whole(reply.text, reply.finish))

    def _fault(self, fault: Fault, streamed: bool) -> None:
        first = event(WORDS[:9])
        if isinstance(fault.value, int):
            # As OpenAI does, the message repeats the key.
            self._status(fault.value, f"Incorrect API key provided: {self.headers['Authorization']}")
        elif fault is Fault.CONTEXT:
            self._status(400, "This model's maximum context length is 4096 tokens; your messages have 5000.")
        elif fault is Fault.HTML:
            self._send(200, b"<!DOCTYPE html><html><body>Please log in</body></html>", "text/html")
        elif fault is Fault.HALF_JSON:
            self._send(200, whole(WORDS)[:60])
        elif fault is Fault.HANG_UP:
            self.close_connection = True
        elif fault is Fault.EMPTY and not streamed:
            self._send(200, whole(None))
        elif fault is Fault.FILTER and not streamed:
            self._send(200, whole(WORDS[:9], "content_filter"))
        elif fault in STREAMED:
            self._begin()
            self._parts(STREAMED[fault])
        else:
            self._begin()
            if fault in (Fault.STALL_MIDDLE, Fault.BREAK):
                self._part(first)
            while fault is Fault.DRIP_WORDS:
                self._part(event("word "))
                self._pause(0.05)
            while fault is Fault.DRIP_BYTES:
                for byte in b": still at work\n\ndata: {":
                    self._part(bytes([byte]))
                    self._pause(0.01)
                self._part(b"}\n\n")
            if fault is not Fault.BREAK:
                self._pause(3600)
            self.close_connection = True

    def _status(self, status: int, message: str, retry_after: str | None = None) -> None:
        error = {"error": {"message": message, "type": "x", "param": None, "code": None}}
        self._send(status, json.dumps(error).encode(), "application/json", retry_after)

    def _send(self, status: int, body: bytes, kind: str = "application/json", retry_after: str | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if retry_after is not None:
            self.send_header("Retry-After", retry_after)
        if status == 302:
            self.send_header("Location", "/login")
        self.end_headers()
        self.wfile.write(body)

    def _begin(self, kind: str = "text/event-stream", status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def _parts(self, parts: tuple[bytes, ...], pause: float = 0.0) -> None:
        """The rest of a body, and its end."""
        for part in parts:
            self._part(part)
            self._pause(pause)
        self.wfile.write(b"0\r\n\r\n")

    def _part(self, part: bytes) -> None:
        self.wfile.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
        self.wfile.flush()

    def _pause(self, seconds: float) -> None:
        """Waits. Raises _Left as soon as the client has closed its connection, or the server has to stop."""
        end = monotonic() + seconds
        while True:
            left = max(end - monotonic(), 0.0)
            readable, _, _ = select.select([self.connection], [], [], min(left, _LOOK))
            plain = not isinstance(self.connection, ssl.SSLSocket)  # which cannot be peeked into
            if readable and plain and not self.connection.recv(1, socket.MSG_PEEK):
                raise _Left
            if self.script.stop.is_set():
                raise _Left
            if not left:
                return

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""
