"""Text as HTML in which the text of a document can only ever be text.

Two borders, two rules. The chat passes through a Markdown renderer, so every ASCII punctuation character that is not
ours is written as a numeric character reference (``inert``) and Markdown, HTML, autolinks and LaTeX find nothing to act
on. The reader pane and the tables are plain HTML: there ``html.escape`` is enough (``plain``). Hrefs and ids are made
of our own words and numbers only; the one address a document brings along must be http or https (``web_address``).
"""

import html
import re
import string
from collections.abc import Callable, Sequence
from urllib.parse import quote, urlsplit

from index.types import Document
from rag.words import count, source

_UNPRINTABLE = re.compile("[\0\ud800-\udfff]")
_INERT = {ord(mark): f"&#{ord(mark)};" for mark in string.punctuation}


def inert(text: str) -> str:
    """``text`` for the chat: white space folded to single spaces, ASCII punctuation as numeric character references."""
    return " ".join(_printable(text).split()).translate(_INERT)


def plain(text: str) -> str:
    """``text`` for HTML, in content or in a quoted attribute; carriage returns are kept by reference."""
    return html.escape(_printable(text), quote=True).replace("\r", "&#13;")


def web_address(url: str | None) -> str | None:
    """``url`` when it is an absolute http or https address that can be a link, else None."""
    if url is None or any(mark.isspace() or not mark.isprintable() for mark in url):
        return None
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname)
    except ValueError:
        return None
    return url if named and parts.scheme in ("http", "https") else None


def question(text: str) -> str:
    """The user's own question as a chat message; its line breaks are kept."""
    lines = [inert(line) for line in text.strip().splitlines()]
    return f'<div class="cd-question">{"<br>".join(line or "&#32;" for line in lines)}</div>'


def notice(text: str) -> str:
    """A message of ours in the chat (an error, "stopped"), on its own."""
    return f'<p class="cd-notice">{inert(text)}</p>'


def next_links(found: Sequence[str]) -> str:
    """The questions to ask next, surest first, as links below the conversation; empty for none. The page's script sends
    a followed link's text."""
    items = "".join(
        f'<li><a class="cd-next" href="#next-{number}"><span>Next: </span>{plain(one)}</a></li>'
        for number, one in enumerate(found, 1)
    )
    return f'<ul class="cd-nexts" aria-label="Next questions">{items}</ul>' if items else ""


def document_link(document_id: str) -> str:
    """The href which opens a document; the id is percent-encoded."""
    return f"#doc-{quote(document_id, safe='')}"


def also(documents: Sequence[Document], escape: Callable[[str], str]) -> list[str]:
    """A link to each of the documents, by outlet and date; ``escape`` is ``inert`` or ``plain``."""
    return [f'<a href="{document_link(one.id)}">{escape(source(one))}</a>' for one in documents]


def welcome(documents: int, outlets: int, *, admin: bool, here: bool) -> str:
    """The empty chat's text: what there is to ask, or how to add documents when there are none.

    ``admin`` may add some, and ``here`` sits at the server's own computer.
    """
    if not documents:
        how = (
            "Open <b>Add documents</b> above to upload files or to name a folder on this computer, or start with "
            "<code>citedesk serve FOLDER</code>."
            if here
            else "Open <b>Add documents</b> above to upload files."
            if admin
            else "Whoever runs this server can add some, or let you see those of a group."
        )
        return f'<div class="cd-welcome"><h2>No documents yet</h2><p>{how}</p></div>'
    holding = count(documents, "document") + (f" from {count(outlets, 'outlet')}" if outlets else "")
    return (
        f'<div class="cd-welcome"><h2>Ask {holding}</h2><p>Every sentence of an answer links to the paragraph it came '
        "from. When the documents do not say, the answer says so.</p></div>"
    )


def _printable(text: str) -> str:
    """``text`` without what cannot be sent as UTF-8 or stand in HTML: lone surrogates and NUL become U+FFFD."""
    return _UNPRINTABLE.sub("\ufffd", text)
