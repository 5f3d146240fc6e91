"""E-mail (EML) -> blocks of what its writer wrote: no signature, no quoted trail, no attachments."""

import re
from collections.abc import Sequence
from datetime import date
from email import message_from_bytes, policy
from email.headerregistry import AddressHeader, DateHeader
from email.message import EmailMessage, MIMEPart

from index.errors import ParseError
from index.parse.draft import Block, Draft
from index.parse.encoding import decode
from index.parse.text import text_blocks

_HEADERS = ("From", "To", "Subject", "Date", "Received", "Message-ID")
_TRAIL = re.compile(r"-{2,}\s*Original Message\s*-{2,}|_{20,}", re.IGNORECASE)
_OUTLOOK = re.compile(r"From:.+\n(?:Sent|Date):.+\n(?:.+\n){0,4}?Subject:", re.IGNORECASE)
_LONGEST_ATTRIBUTION = 3  # lines; mail programs wrap "On … wrote:"
# What the standard library's header parser raises on malformed headers, found by feeding it mutated messages.
_MALFORMED = (AttributeError, LookupError, TypeError, ValueError)


def parse_mail(data: bytes) -> Draft:
    """Return the text of a message, its subject as title, its sender's name as author and its date as published.

    The plain text part is preferred to the HTML one. A signature below "-- ", quoted lines and what an earlier
    message said are dropped, unless nothing would be left. Raises ParseError for an empty file, for one without mail
    headers, for one whose parts are malformed or nested too deeply, and for a message without text.
    """
    if not data:
        raise ParseError("is empty (0 bytes)")
    try:
        message = message_from_bytes(data, policy=policy.default)
        if not any(name in message for name in _HEADERS):
            raise ParseError("is not an e-mail message: it has no From, To, Subject or Date")
        blocks = _body(message)
    except RecursionError as error:
        raise ParseError("is nested too deeply") from error
    except _MALFORMED as error:
        raise ParseError("is a malformed e-mail message: its parts cannot be told apart") from error
    if not blocks:
        raise ParseError("holds no text")
    return Draft(blocks=blocks, title=_subject(message), author=_sender(message), published=_sent(message))


def _body(message: EmailMessage) -> tuple[Block, ...]:
    plain = message.get_body(preferencelist=("plain",))
    text = _content(plain) if plain is not None else ""
    if text.strip():
        lines = re.split(r"\r\n|\r|\n", text)
        return text_blocks("\n".join(_own(lines))) or text_blocks(text)
    page = message.get_body(preferencelist=("html",))
    source = _content(page) if page is not None else ""
    if not source.strip():
        return ()
    # Imported here: most messages have a plain text part, and the HTML parser takes 0.4 s to import.
    from index.parse.html import parse_html

    return parse_html(source.encode("utf-8", "replace")).blocks


def _content(part: MIMEPart) -> str:
    """The text of a part; one that names an unknown or a wrong character set is decoded as any text file is."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes) or not payload:
        return ""
    return decode(payload, part.get_content_charset())


def _own(lines: Sequence[str]) -> list[str]:
    """Drop the quoted trail, then the signature. Answers written between quoted lines stay."""
    own: list[str] = []
    for place, line in enumerate(lines):
        if _TRAIL.fullmatch(line.strip()) or _OUTLOOK.match("\n".join(lines[place : place + 8])):
            break
        if line.startswith(">"):
            continue
        if length := _attribution(lines, place):
            if not any(below.startswith(">") for below in lines[place + length :]):
                break  # this program does not mark what it quotes: all that follows is the trail
            continue
        if place and _attribution_covers(lines, place):
            continue
        own.append(line)
    for place, line in enumerate(own):
        if line.rstrip("\r\n") in ("-- ", "--"):
            return own[:place]
    return own


def _attribution(lines: Sequence[str], place: int) -> int:
    """Return how many lines the "On … wrote:" at ``place`` takes; 0 when there is none."""
    if not lines[place].startswith("On "):
        return 0
    for length in range(1, _LONGEST_ATTRIBUTION + 1):
        block = lines[place : place + length]
        if not block[-1].strip():
            return 0
        if block[-1].rstrip().endswith("wrote:"):
            return length
    return 0


def _attribution_covers(lines: Sequence[str], place: int) -> bool:
    starts = range(max(0, place - _LONGEST_ATTRIBUTION + 1), place)
    return any(_attribution(lines, start) > place - start for start in starts)


def _subject(message: EmailMessage) -> str | None:
    try:
        subject = message["Subject"]
    except (
        *_MALFORMED,
        RecursionError,
    ):  # a header that cannot be read says nothing; the message itself is still there
        return None
    title = re.sub(r"^(?:(?:re|fwd?|aw|wg)\s*:\s*)+", "", str(subject or "").strip(), flags=re.IGNORECASE)
    return title or None


def _sender(message: EmailMessage) -> str | None:
    try:
        sender = message["From"]
    except (*_MALFORMED, RecursionError):  # comments nest: "((((…"
        return None
    if not isinstance(sender, AddressHeader) or not sender.addresses:
        return None
    first = sender.addresses[0]
    return first.display_name or (first.addr_spec if first.domain else None)


def _sent(message: EmailMessage) -> date | None:
    try:
        sent = message["Date"]
    except (*_MALFORMED, RecursionError):
        return None
    if not isinstance(sent, DateHeader) or sent.datetime is None:
        return None
    return sent.datetime.date()
