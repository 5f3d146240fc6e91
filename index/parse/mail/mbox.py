"""Mailbox (MBOX, RFC 4155) -> its messages."""

import re
from collections.abc import Iterator
from functools import partial
from hashlib import sha256

from index.errors import ParseError
from index.parse.member import Member, Names

# A line "From jane@example.org Tue Jun 18 10:00:00 2024" begins a message. Not every program marks such a line inside
# of a text, so it must also stand above a header or a marked one, and below an empty line or with a time in it.
_LINE = rb"(?P<line>From [^\n]*\n)(?=>?From |[!-9;-~]+:)"
_FIRST = re.compile(rb"(?:\xef\xbb\xbf)?\s*" + _LINE)
_NEXT = re.compile(rb"\n(?:\r?\n|(?=From [^\n]*[0-9]{2}:[0-9]{2}))" + _LINE)
_QUOTED = re.compile(rb"^>(?=>*From )", re.MULTILINE)
_HEADERS = re.compile(rb"\r?\n\r?\n")
_ID = re.compile(rb"^message-id:\s*(?P<id>\S+)", re.MULTILINE | re.IGNORECASE)
# Thunderbird leaves deleted messages in the file until it compacts it.
_STATUS = re.compile(rb"^x-mozilla-status:\s*(?P<bits>[0-9a-f]{4})\s*$", re.MULTILINE | re.IGNORECASE)
_DELETED = 0x0008


def messages(data: bytes) -> Iterator[Member]:
    """Yield the messages of a mailbox in order, but for those that were deleted.

    Each is named by its Message-ID, or by its content where it has none, so that the name stays when others come or
    go. Lines that were marked with ">" because they begin with "From " are as they were written. Raises ParseError
    for an empty file, and for one that is no mailbox or holds no message.
    """
    if not data:
        raise ParseError("is empty (0 bytes)")
    begin = _FIRST.match(data)
    if begin is None:
        raise ParseError("is not a mailbox: it does not begin with a line such as 'From jane@example.org …'")
    names, empty = Names(), True
    while begin is not None:
        start, begin = begin.end(), _NEXT.search(data, begin.end())
        end = begin.start("line") if begin else len(data)
        head = _head(data, start, end)
        status = _STATUS.search(head)
        if not (status and int(status["bits"], 16) & _DELETED):
            yield Member(
                names.another(message_name(head, data[start:end])), ".eml", partial(_message, data, start, end)
            )
            empty = False
    if empty:
        raise ParseError("holds no message that was not deleted")


def message_name(head: bytes, whole: bytes) -> str:
    """The name of a message in a file of several, from its headers ``head``, and from all of it where these name no
    Message-ID: "message 3f2a9c01ab"."""
    found = _ID.search(head)
    return f"message {sha256(found['id'] if found else whole.strip()).hexdigest()[:10]}"


def _head(data: bytes, start: int, end: int) -> bytes:
    blank = _HEADERS.search(data, start, end)
    return data[start : blank.start() if blank else end]


def _message(data: bytes, start: int, end: int) -> bytes:
    return _QUOTED.sub(b"", data[start:end])
