"""E-mail (EML) -> blocks of what its writer wrote: no signature, no quoted trail, no attachments."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from email.headerregistry import AddressHeader, DateHeader
from email.message import EmailMessage, MIMEPart
from itertools import pairwise

from index.errors import ParseError
from index.parse.canonical import fold
from index.parse.draft import Draft
from index.parse.encoding import Decoded, decoded
from index.parse.exports import is_break
from index.parse.mail.message import MALFORMED, open_message
from index.parse.text import text_blocks

_TRAIL = re.compile(r"-{2,}\s*Original Message\s*-{2,}|_{20,}", re.IGNORECASE)
_OUTLOOK = re.compile(r"From:.+\n(?:Sent|Date):.+\n(?:.+\n){0,4}?Subject:", re.IGNORECASE)
_PREAMBLE, _BETWEEN = "-" * 70, "-" * 30  # lines of a digest, RFC 1153
_DIGEST = 2  # breaks
_DIGEST_FIELD = re.compile(r"(?:Date|From|Subject|To|Message-ID):", re.IGNORECASE)
_LONGEST_ATTRIBUTION = 3  # lines; mail programs wrap "On … wrote:"
_ENCRYPTED = ("multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime")


def parse_mail(data: bytes) -> Draft:
    """Return the text of a message, its subject as title, its sender's name as author and its date as published.

    The plain text part is preferred to the HTML one; text that goes on below an attachment belongs to it. A signature
    below "-- ", quoted lines and what an earlier message said are dropped, unless nothing would be left. Attachments
    are left to ``index.parse.mail.attachments``. Raises ParseError for an empty file, for one without mail headers, for
    one whose parts are malformed or nested too deeply, and for a message that is encrypted or without text.
    """
    message = open_message(data)
    try:
        draft = _body(message)
        encrypted = not draft.blocks and message.get_content_type() in _ENCRYPTED
    except RecursionError as error:
        raise ParseError("is nested too deeply") from error
    except MALFORMED as error:
        raise ParseError("is a malformed e-mail message: its parts cannot be told apart") from error
    if encrypted:
        raise ParseError("is encrypted: save it decrypted")
    if not draft.blocks:
        raise ParseError("holds no text")
    return replace(draft, title=_subject(message), author=_sender(message), published=_sent(message))


def _body(message: EmailMessage) -> Draft:
    """What the message says, with its encoding."""
    plain = message.get_body(preferencelist=("plain",))
    found = _content(plain) if plain is not None else None
    if found is not None and found.text.strip():
        text = "\n\n".join([found.text, *_further(message, plain)])
        lines = re.split(r"\r\n|\r|\n", text)
        return Draft(text_blocks("\n".join(_all_own(lines))) or text_blocks(text), encoding=found.encoding)
    page = message.get_body(preferencelist=("html",))
    found = _content(page) if page is not None else None
    if found is None or not found.text.strip():
        return Draft(())
    # Imported here: most messages have a plain text part, and the HTML parser takes 0.4 s to import.
    from index.parse.html import fragment_blocks, parse_html

    blocks = parse_html(found.text.encode("utf-8", "replace")).blocks
    further = (block for source in _further(message, page) for block in fragment_blocks(source))
    return Draft((*blocks, *further), encoding=found.encoding)


def _further(message: EmailMessage, body: MIMEPart | None) -> list[str]:
    """The texts of unnamed parts behind the body: some programs part the text where a file stands in it."""
    if body is None or message.get_content_type() != "multipart/mixed":
        return []
    kind = body.get_content_type()
    parts = [part for part in message.iter_parts() if part.get_content_type() == kind and part is not body]
    contents = (_content(part) for part in parts if not part.get_filename() and not part.is_attachment())
    return [content.text for content in contents if content is not None]


def _content(part: MIMEPart) -> Decoded | None:
    """The text of a part; one that names an unknown or a wrong character set is decoded as any text file is."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes) or not payload:
        return None
    return decoded(payload, part.get_content_charset())


def _all_own(lines: Sequence[str]) -> list[str]:
    """What is the writer's own of every message in a digest, which is that of the message itself where it is none."""
    ruled = any(line.strip() == _PREAMBLE for line in lines)
    parted = [at for at, line in enumerate(lines) if is_break(fold(line)) or (ruled and line.strip() == _BETWEEN)]
    if len(parted) < _DIGEST:
        return _own(lines)
    parted = sorted([*parted, *(at for at, line in enumerate(lines) if line.strip() == _PREAMBLE)])
    own: list[str] = []
    for number, (start, end) in enumerate(pairwise((0, *parted, len(lines)))):
        # Its fields, which look like those of an earlier message that is quoted, begin at the first line with text.
        text = next((at for at in range(start + 1, end) if lines[at].strip()), end)
        body = next((at for at in range(text, end) if not lines[at].strip()), end)
        # Digests older than "Message: 3" have a rule alone; what tells the articles of a file apart drops the line.
        counted = number and text < end and not is_break(fold(lines[start])) and _DIGEST_FIELD.match(lines[text])
        own += [f"Message: {number}", ""] if counted else []
        own += [*lines[start:body], *_own(lines[body:end])]
    return own


def _own(lines: Sequence[str]) -> list[str]:
    """Drop the quoted trail, then the signature. Answers written between quoted lines stay."""
    own: list[str] = []
    last = max((place for place, line in enumerate(lines) if line.startswith(">")), default=-1)
    for place, line in enumerate(lines):
        if _TRAIL.fullmatch(line.strip()) or _OUTLOOK.match("\n".join(lines[place : place + 8])):
            break
        if line.startswith(">"):
            continue
        if length := _attribution(lines, place):
            if last < place + length:
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
        *MALFORMED,
        RecursionError,
    ):  # a header that cannot be read says nothing; the message itself is still there
        return None
    title = re.sub(r"^(?:(?:re|fwd?|aw|wg)\s*:\s*)+", "", str(subject or "").strip(), flags=re.IGNORECASE)
    return title or None


def _sender(message: EmailMessage) -> str | None:
    try:
        sender = message["From"]
    except (*MALFORMED, RecursionError):  # comments nest: "((((…"
        return None
    if not isinstance(sender, AddressHeader) or not sender.addresses:
        return None
    first = sender.addresses[0]
    return first.display_name or (first.addr_spec if first.domain else None)


def _sent(message: EmailMessage) -> date | None:
    try:
        sent = message["Date"]
    except (*MALFORMED, RecursionError):
        return None
    if not isinstance(sent, DateHeader) or sent.datetime is None:
        return None
    return sent.datetime.date()
