"""What can go wrong with a chat endpoint, and how it is told: never with the key, nor in the server's own words."""

import json
import re
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum
from math import ceil, inf, isfinite

from index.errors import CitedeskError


class Trouble(Enum):
    """The kinds of failure that are told apart; the value is the name for a log."""

    REFUSED = "no connection"
    DNS = "unknown host"
    TLS = "no trust"
    KEY = "key refused"
    MODEL = "no such model"
    BUSY = "busy"
    BROKEN = "server error"
    MALFORMED = "malformed reply"
    EMPTY = "empty reply"
    CUT = "cut off"
    SLOW_START = "slow to begin"
    STALLED = "stalled"
    TOO_SLOW = "too slow"
    OVERFLOW = "too much text"
    FILTERED = "filtered"
    RESTING = "resting"
    OTHER = "other"


class EndpointError(CitedeskError):
    """The chat endpoint gave no usable reply. ``message`` is one sentence for the user: what was wrong and what to do;
    ``rest`` is how many seconds the endpoint asked to be left alone, or has to be; 0.0 if that is not known."""

    def __init__(self, trouble: Trouble, message: str, rest: float = 0.0) -> None:
        super().__init__(message)
        self.trouble = trouble
        self.message = message
        self.rest = rest


_AGAIN = "try again, and look into the server's log if it goes on"
_BASE = "check OPENAI_BASE_URL, which usually ends in /v1"
_WORDS = {
    Trouble.REFUSED: "cannot be reached; check OPENAI_BASE_URL, and that the server is running",
    Trouble.DNS: "cannot be reached, its host name is not known; check OPENAI_BASE_URL, and the network",
    Trouble.TLS: "cannot be reached safely; set SSL_CERT_FILE to a file that holds its certificate, or that of the "
    "authority that signed it, and check OPENAI_BASE_URL",
    Trouble.KEY: "refuses the key; check OPENAI_API_KEY",
    Trouble.MODEL: f"is not there; check the model's name, and {_BASE.removeprefix('check ')}",
    Trouble.BUSY: "is busy, or its quota is used up; try again later",
    Trouble.BROKEN: f"failed; {_AGAIN}",
    Trouble.MALFORMED: f"answered with something else than a chat completion; {_BASE}",
    Trouble.EMPTY: "wrote nothing; try again, or name another model",
    Trouble.CUT: f"broke off before the end; {_AGAIN}",
    Trouble.SLOW_START: "did not begin to write in time; try again, or name a faster model",
    Trouble.STALLED: f"stopped in the middle; {_AGAIN}",
    Trouble.TOO_SLOW: "did not come to an end in time; try again, or name a faster model",
    Trouble.OVERFLOW: "cannot read that much text at once; lower CITEDESK_CONTEXT_TOKENS, or give the model a longer "
    "context",
    Trouble.FILTERED: "withheld its reply, for its content filter; ask in other words, or name another model",
    Trouble.OTHER: f"cannot be used; {_BASE}, and the model's name",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Which model of which endpoint; ``where`` is its URL without user, password and query."""

    model: str
    where: str

    def error(self, trouble: Trouble, detail: str = "", rest: float = 0.0) -> EndpointError:
        """The error to show; ``detail``, in our own words, is put in brackets after what was wrong."""
        wrong, _, cure = _WORDS[trouble].partition("; ")
        detail = f" ({detail})" if detail else ""
        return EndpointError(trouble, f"the chat model {self.model!r} at {self.where} {wrong}{detail}; {cure}", rest)

    def resting(self, seconds: float, why: str) -> EndpointError:
        """The error of a request that was not sent, ``seconds`` before one will be."""
        left = ceil(seconds)
        told = f"it is asked again in {left} second{'' if left == 1 else 's'}" if left else "it is being tried again"
        return EndpointError(Trouble.RESTING, f"{why} ({told})", seconds)

    def refused(self, status: int, body: str, retry_after: str) -> EndpointError:
        """The error of an HTTP ``status`` (300 or more, or 0 for none) with this ``body`` and Retry-After header."""
        detail = str(status) if status else "it reports an error"
        if status in (401, 403):
            return self.error(Trouble.KEY, detail)
        if status == 429:
            wait = seconds(retry_after)
            known = isfinite(wait)
            return self.error(Trouble.BUSY, f"429, wait {ceil(wait)} s" if known else detail, wait if known else 0.0)
        # Some servers report a prompt that is too long as a fault of their own.
        if status == 413 or _TOO_LONG.search(said(body)):
            return self.error(Trouble.OVERFLOW, detail)
        if status == 404 or (status < 500 and _NO_MODEL.search(said(body))):
            return self.error(Trouble.MODEL, detail)
        if not status or status >= 500:
            return self.error(Trouble.BROKEN, detail)
        if status < 400:  # not followed: the documents go nowhere but where the operator sends them
            return self.error(Trouble.MALFORMED, f"{status}, it points to another address")
        return self.error(Trouble.OTHER, detail)

    def unreached(self, error: BaseException) -> EndpointError:
        """The error of a request that failed for ``error``, which openai or httpx raised."""
        causes = list(_causes(error))
        names = {type(each).__name__ for each in causes}
        for each in causes:
            if isinstance(each, ssl.SSLCertVerificationError):
                return self.error(Trouble.TLS, each.verify_message)
            if isinstance(each, socket.gaierror):
                return self.error(Trouble.DNS)
        if any(isinstance(each, ssl.SSLError) for each in causes):
            return self.error(Trouble.TLS, "no TLS connection can be made")
        if "ConnectTimeout" in names:
            return self.error(Trouble.REFUSED, "no connection in time")
        if names & {"ConnectError", "ProxyError"}:
            return self.error(Trouble.REFUSED)
        broken_off = any(word in str(each) for each in causes for word in ("closed", "disconnected"))
        if names & {"ReadError", "WriteError", "CloseError"} or ("RemoteProtocolError" in names and broken_off):
            return self.error(Trouble.CUT, "the connection was closed")
        if names & {"RemoteProtocolError", "DecodingError"}:
            return self.error(Trouble.MALFORMED, "no HTTP that can be read")
        return self.error(Trouble.OTHER, type(causes[-1]).__name__)


# As vLLM, llama.cpp, LM Studio, OpenAI, Anthropic and others put it.
_TOO_LONG = re.compile(
    r"context[ _-]?(length|size|window)|maximum (context|prompt|input)|too many (input )?tokens"
    r"|(prompt|input|request) is too (long|large)|exceed[a-z_ ]*(context|tokens?\b)|reduce the length"
)
_NO_MODEL = re.compile(
    r"model_not_found|(unknown|invalid|no such) model|model\b.{0,100}(not found|not exist|not a valid|unknown)"
)
_LONGEST_REPORT = 20_000  # characters of an error's body that are looked through


def said(body: str) -> str:
    """What the report of an error says about itself, in lower case, without the input that some servers repeat in it.
    Only to be searched: it may hold the key."""
    body = body[:_LONGEST_REPORT]
    try:
        report = json.loads(body)
    except ValueError:
        return body.lower()
    if isinstance(report, dict):
        report = report.get("error") or report
    if not isinstance(report, dict):
        return str(report).lower()
    told = [report.get(name) for name in ("message", "code", "type", "param")]
    details = report.get("detail")  # as FastAPI has it: text, or a list of what is wrong with which field
    for each in details if isinstance(details, list) else [details]:
        told += [each.get("loc"), each.get("msg")] if isinstance(each, dict) else [each]
    return "\n".join(json.dumps(each) for each in told if each).lower()


def seconds(retry_after: str) -> float:
    """The seconds of a Retry-After header, which is a number or a date in HTTP's form; infinite where it is neither."""
    try:
        wait = float(retry_after)
    except ValueError:
        try:
            date = parsedate_to_datetime(retry_after)
        except ValueError:
            return inf
        wait = (date.replace(tzinfo=date.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return max(wait, 0.0) if isfinite(wait) else inf


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what it came from, in turn; of a group, each member's as well."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        each = waiting.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        waiting += [each.__context__, each.__cause__]
        if isinstance(each, BaseExceptionGroup):
            waiting += each.exceptions
