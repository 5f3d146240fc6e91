"""MHTML, a web page saved by a browser in one file -> the article of the page."""

import re
from dataclasses import replace
from email import message_from_bytes, policy
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message

from index.errors import ParseError
from index.parse.draft import Draft
from index.parse.encoding import decoded
from index.parse.html import parse_html
from index.parse.lines import find_link

_PAGES = ("text/html", "application/xhtml+xml")
_ADDRESSES = ("Snapshot-Content-Location", "Content-Location")
_MOST = 40_000  # lines that can part a message; each part takes 0.2 ms
_LONGEST = 20_000  # characters of a header that are looked at
# What the standard library raises on malformed headers and parts.
_MALFORMED = (AssertionError, AttributeError, MessageError, LookupError, TypeError, ValueError)


def parse_saved(data: bytes) -> Draft:
    """Return the article of a page saved as MHTML, as ``parse_html`` gives it, with the address it was saved from.

    The page is the part that the file names as its start, or its first HTML part; pictures, style and frames are not
    looked at. The date in the file is that of the saving and is not used. Raises ParseError for an empty file, one
    that holds no page, and for a page without text.
    """
    if not data:
        raise ParseError("is empty (0 bytes)")
    if data.count(b"\n--") > _MOST:
        raise ParseError(f"has more than {_MOST:,} parts: save the page as HTML")
    try:
        message = message_from_bytes(data, policy=policy.compat32)
        page = _page(message)
        if page is None:
            raise ParseError("holds no web page: save it again from the browser")
        content, charset = page.get_payload(decode=True), page.get_content_charset()
        addresses = [str(part.get(name) or "").strip() for part in (message, page) for name in _ADDRESSES]
        subject = _subject(message)
    except RecursionError as error:
        raise ParseError("is nested too deeply") from error
    except _MALFORMED as error:
        raise ParseError("is a malformed web archive: save the page again from the browser") from error
    text = decoded(content if isinstance(content, bytes) else b"", charset)
    draft = parse_html(text.text.encode("utf-8", "replace"))
    saved_from = next((address for address in addresses if find_link(address) == address), None)
    return replace(draft, title=draft.title or subject, url=draft.url or saved_from, encoding=text.encoding)


def _page(message: Message) -> Message | None:
    """The part that holds the page itself."""
    pages = [part for part in message.walk() if part.get_content_type() in _PAGES]
    start = message.get_param("start")
    named = (part for part in pages if isinstance(start, str) and str(part.get("Content-ID")).strip() == start.strip())
    return next(named, pages[0] if pages else None)


def _subject(message: Message) -> str | None:
    subject = re.sub(r"\s+", " ", str(message.get("Subject") or "")[:_LONGEST]).strip()
    try:
        return str(make_header(decode_header(subject))) or None
    except (*_MALFORMED, UnicodeError):  # one that cannot be decoded says nothing; the page is still there
        return None
