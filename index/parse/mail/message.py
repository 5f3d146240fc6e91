"""An e-mail message opened, for those who read its text or its attachments."""

from email import message_from_bytes
from email.generator import BytesGenerator
from email.headerregistry import HeaderRegistry
from email.message import EmailMessage
from email.policy import EmailPolicy
from functools import lru_cache
from io import BytesIO

from index.errors import ParseError

# What the standard library raises on malformed headers and parts, found by feeding it mutated messages.
MALFORMED = (AttributeError, AssertionError, LookupError, TypeError, ValueError)
_HEADERS = ("From", "To", "Subject", "Date", "Received", "Message-ID")
_LONGEST = 20_000  # characters of a header that are looked at; reading one takes 15 µs a character
_KEPT = 100
_MOST = 20_000  # lines that can part a message; each part takes 0.2 ms


def open_message(data: bytes) -> EmailMessage:
    """The message in ``data``. Raises ParseError for an empty file, for one without mail headers, and for one whose
    parts are malformed, too many, or nested too deeply."""
    if not data:
        raise ParseError("is empty (0 bytes)")
    if data.count(b"\n--") > _MOST:
        raise ParseError(f"has more than {_MOST:,} parts: split it into several messages")
    headers = HeaderRegistry()
    # A header is read anew each time it is asked for, which is often.
    read = lru_cache(_KEPT)(lambda name, value: headers(name, value[:_LONGEST]))
    policy = EmailPolicy(header_factory=read)
    try:
        message = message_from_bytes(data, policy=policy)
        if not any(name in message for name in _HEADERS):
            raise ParseError("is not an e-mail message: it has no From, To, Subject or Date")
    except RecursionError as error:
        raise ParseError("is nested too deeply") from error
    except MALFORMED as error:
        raise ParseError("is a malformed e-mail message: its parts cannot be told apart") from error
    return message


def written(message: EmailMessage) -> bytes:
    """The bytes of a ``message`` that lies in another one, its headers as they came. Raises one of MALFORMED, or
    RecursionError, for one that cannot be written."""
    held = BytesIO()
    BytesGenerator(held, mangle_from_=False, policy=EmailPolicy(refold_source="none")).flatten(message)
    return held.getvalue()
