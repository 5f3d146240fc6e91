"""One request to a server, and everything that came back, as bytes to be searched."""

import http.client
import io
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

_PATIENCE = 60.0  # seconds; an answer that takes longer counts as none
_GLANCE = 0.3  # seconds that a stream which never ends is listened to
_VARIES = re.compile(
    r'"(timings|thought)": ?\{[^}]*\}|"created": ?\d+|"[a-z]*(ms|seconds)": ?[\d.]+|nonce[-="]+[\w-]+|[0-9a-f]{8,}'
    r"|\d{4}-\d\d-\d\dT[\d:.+]+Z?|(?i:content-length|date|x-request-id|set-cookie): [^\n]*"
)


@dataclass(frozen=True, slots=True)
class Request:
    """A request; ``endless`` says that its answer may never end, so that only its beginning is read."""

    method: str
    path: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    endless: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """What came back: the status (0 where there was no answer), headers and body; a Word document is unpacked."""

    status: int
    head: str
    body: str

    def without(self, *names: str) -> str:
        """The text without ``names`` and without what differs between two answers to the same request."""
        said = f"{self.head}\n{self.body}"
        for name in sorted(filter(None, names), key=len, reverse=True):
            for written in {name, urlencode({"": name})[1:], json.dumps(name)[1:-1]}:
                said = said.replace(written, "…")
        return f"{self.status} {_VARIES.sub('', said)}"


def form(fields: Mapping[str, str]) -> bytes:
    """A filled-in form as a browser sends it."""
    return urlencode(fields).encode()


def knock(address: str, asked: Request) -> Heard:
    """Sends a request and reads the whole answer. A connection that breaks off gives what came until then."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=_PATIENCE)
    status, head, body = 0, "", bytearray()
    try:
        connection.request(asked.method, asked.path, asked.body or None, dict(asked.headers))
        line = connection.sock  # the connection forgets it when the answer is the last
        if asked.endless:
            line.settimeout(_GLANCE)
        with connection.getresponse() as answer:
            if asked.endless:
                line.settimeout(_GLANCE / 3)
            status, head = answer.status, "".join(f"{name}: {value}\n" for name, value in answer.getheaders())
            while piece := answer.read1(65_536):
                body += piece
    except (OSError, http.client.HTTPException):  # what was read until then counts
        pass
    finally:
        connection.close()
    return Heard(status, head, _unpacked(bytes(body)))


def signed_in(address: str, name: str, password: str) -> str:
    """The Cookie header of a new session; "" when the name or password is not right."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=_PATIENCE)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": address}
    connection.request("POST", "/signin", form({"name": name, "password": password}), headers)
    with connection.getresponse() as answer:
        answer.read()
        cookie = answer.getheader("Set-Cookie", "").partition(";")[0]
    connection.close()
    return cookie


def _unpacked(body: bytes) -> str:
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            body = b"\n".join(packed.read(name) for name in packed.namelist())
    return body.decode("utf-8", "replace")
