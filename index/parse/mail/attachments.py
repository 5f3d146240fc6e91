"""E-mail (EML) -> the files that are attached to it."""

import re
from base64 import b64decode
from collections.abc import Iterator
from email.message import EmailMessage, MIMEPart
from functools import partial
from pathlib import PurePosixPath

from index.errors import ParseError
from index.parse.archive.tables import tells
from index.parse.canonical import fold
from index.parse.formats import ADVICE, CONTENT_TYPES, SUFFIXES
from index.parse.limits import LARGEST, MEGABYTE, Allowance
from index.parse.mail.mbox import message_name
from index.parse.mail.message import MALFORMED, open_message, written
from index.parse.member import Member, Names, not_read, refused

# What every part that is a file has; most messages have none, and are not opened a second time.
_ANY = re.compile(rb"name\*?[0-9]*\*?\s*=|content-disposition|message/|multipart/digest|\bapplication/", re.IGNORECASE)
_BROKEN = "cannot be taken out of its message: its part is malformed"
_INLINE = ("text/plain", "text/html")  # without a name these are what the message itself says
_MESSAGES = (".eml", ".mhtml", ".mht")
_LONGEST_NAME = 150  # characters, counted from its end
_OUTLOOK = ".dat"
_NO_FILES = "holds files in a form that only Outlook reads: have the message sent as HTML or plain text"


def attachments(data: bytes, allowance: Allowance) -> Iterator[Member]:
    """Yield the attached files that are of a kind that is read, in the order of the message, nested messages among
    them; images and other kinds are left out.

    A file has the name that the message gives it, with "_" for "/", and a suffix from its content type where it has
    none that is read; a message without a name has one like those in a mailbox. Equal names are numbered. Raises
    ParseError where the parts cannot be told apart; ``allowance`` counts what is unpacked.
    """
    if not _ANY.search(data):
        return
    names = Names()
    for part in _parts(open_message(data)):
        name, suffix = _named(part)
        if tells(name):
            # It may say who must not see the others.
            yield refused(
                names.another(name), "says what files beside it are, and is not followed in a message: save them"
            )
        elif suffix in SUFFIXES:
            yield Member(names.another(name), suffix, partial(_load, part, allowance))
        elif suffix in ADVICE:
            yield not_read(names.another(name), ADVICE[suffix])
        elif suffix == _OUTLOOK:
            yield refused(names.another(name), _NO_FILES)


def _parts(message: EmailMessage) -> list[MIMEPart]:
    """The parts that are files, in order; those of a nested message are its own."""
    try:
        body = [message.get_body(preferencelist=(kind,)) for kind in ("plain", "html")]
        found, waiting = list[MIMEPart](), list[MIMEPart]([message])
        while waiting:
            part = waiting.pop()
            if part.is_multipart() and part.get_content_maintype() == "multipart":
                waiting += reversed(list(part.iter_parts()))
            elif not any(part is each for each in body):
                found.append(part)
    except RecursionError as error:
        raise ParseError("is nested too deeply") from error
    except MALFORMED as error:
        raise ParseError("is a malformed e-mail message: its parts cannot be told apart") from error
    return found


def _named(part: MIMEPart) -> tuple[str, str]:
    """The name of a part and its suffix; two empty ones for a part that is no file."""
    try:
        kind = part.get_content_type()
        said = fold(part.get_filename() or "")
        attached = part.is_attachment()
    except (*MALFORMED, RecursionError):  # headers that cannot be read say nothing
        kind, said, attached = "", "", False
    name = said.replace("/", "_").replace("\\", "_").strip(". ")[-_LONGEST_NAME:]
    if kind.endswith("ms-tnef"):
        return name or "winmail.dat", _OUTLOOK
    suffix, usual = PurePosixPath(name).suffix.lower(), CONTENT_TYPES.get(kind, "")
    if tells(name) or suffix in _MESSAGES or (usual != ".eml" and (suffix in SUFFIXES or suffix in ADVICE)):
        return name, suffix
    if usual not in SUFFIXES or (kind in _INLINE and not attached and not name):
        return "", ""
    if name:
        return name + usual, usual
    return (_message_name(part) if usual == ".eml" else f"attachment{usual}"), usual


def _message_name(part: MIMEPart) -> str:
    try:
        whole = _content(part)
    except (*MALFORMED, RecursionError):
        return "message"
    return message_name(whole.partition(b"\n\n")[0], whole)


def _load(part: MIMEPart, allowance: Allowance) -> bytes:
    try:
        content = _content(part)
    except RecursionError as error:
        raise ParseError("is nested too deeply") from error
    except MALFORMED as error:
        raise ParseError(_BROKEN) from error
    if len(content) > LARGEST * MEGABYTE:
        raise ParseError(f"has more than {LARGEST} MB: split it")
    allowance.take(len(content))
    return content


def _content(part: MIMEPart) -> bytes:
    inner = next(part.iter_parts(), None) if part.get_content_type() == "message/rfc822" else None
    if isinstance(inner, EmailMessage) and inner.keys():
        return written(inner)
    if inner is not None:  # encoded, which the standard forbids: so no header was seen
        return b64decode("".join(str(inner.get_payload()).split()))
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        raise ParseError(_BROKEN)
    return payload
