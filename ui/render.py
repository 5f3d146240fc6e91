"""Documents, answers and questions as HTML in which the text of a document can only ever be text.

Two borders, two rules. The chat passes through a Markdown renderer, so every ASCII punctuation character that is not
ours is written as a numeric character reference (``inert``) and Markdown, HTML, autolinks and LaTeX find nothing to act
on. The reader pane and the tables are plain HTML: there ``html.escape`` is enough (``plain``). Hrefs and ids are made
of our own words and numbers only; the one address a document brings along must be http or https (``web_address``).
"""

import html
import string
from collections.abc import Callable, Sequence
from urllib.parse import quote, urlsplit

from index.types import Document
from rag.copies import also_in
from rag.types import Answer, Claim, Part, Searched
from rag.words import because, count, counted_from, footing, nothing, page_of, place, source

_INERT = {ord(mark): f"&#{ord(mark)};" for mark in string.punctuation}

_WITHOUT = {Part.TIME: "Search all dates", Part.OUTLET: "Search all outlets"}


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


def answer(turn: int, found: Answer, *, done: bool, note: str = "") -> str:
    """An answer, a refusal, or what there is of an answer so far, as one chat message without blank lines.

    Every citation is a link ``#cite-<turn>-<number>``, every related passage ``#related-<turn>-<place from 1>``, and
    every limit that the question set is taken off by ``#widen-<turn>-<part>``.
    ``note`` is a last line of ours (for instance that the answer was stopped).
    """
    parts = []
    if found.standalone.strip() != found.question.strip():
        parts.append(f'<p class="cd-standalone">Searched for: {inert(found.standalone)}</p>')
    parts.append(_limits(turn, found.searched, done=done))
    if found.refused:
        parts.append(_refusal(turn, found))
    elif found.claims:
        parts.append(f'<p class="cd-claims">{" ".join(_claim(turn, claim) for claim in found.claims)}</p>')
        parts.append(_sources(turn, found))
    elif not done:
        parts.append(f'<p class="cd-working">Reading {count(len(found.passages), "passage")}…</p>')
    if note:
        parts.append(notice(note))
    if done:
        parts.append(f'<p class="cd-meta">{inert(footing(found))}</p>')
    return f'<div class="cd-answer">{"".join(parts)}</div>'


def working() -> str:
    """The chat message shown before the first passages are found."""
    return '<div class="cd-answer"><p class="cd-working">Searching…</p></div>'


def document_link(document_id: str) -> str:
    """The href which opens a document; the id is percent-encoded."""
    return f"#doc-{quote(document_id, safe='')}"


def also(documents: Sequence[Document], escape: Callable[[str], str]) -> list[str]:
    """A link to each of the documents, by outlet and date; ``escape`` is ``inert`` or ``plain``."""
    return [f'<a href="{document_link(one.id)}">{escape(source(one))}</a>' for one in documents]


def welcome(documents: int, outlets: int, operator: bool) -> str:
    """The empty chat's text: what there is to ask, or how to add documents when there are none."""
    if not documents:
        how = (
            "Open <b>Add documents</b> above to upload files or to name a folder on this computer, or start with "
            "<code>citedesk serve FOLDER</code>."
            if operator
            else "Whoever runs this server can add some with <code>citedesk ingest FOLDER</code>."
        )
        return f'<div class="cd-welcome"><h2>No documents yet</h2><p>{how}</p></div>'
    holding = count(documents, "document") + (f" from {count(outlets, 'outlet')}" if outlets else "")
    return (
        f'<div class="cd-welcome"><h2>Ask {holding}</h2><p>Every sentence of an answer links to the paragraph it came '
        "from. When the documents do not say, the answer says so.</p></div>"
    )


def _printable(text: str) -> str:
    """``text`` without what cannot be sent as UTF-8 or stand in HTML: lone surrogates and NUL become U+FFFD."""
    return "".join("\ufffd" if mark == "\0" or "\ud800" <= mark <= "\udfff" else mark for mark in text)


def _claim(turn: int, claim: Claim) -> str:
    marks = "".join(
        f'<a class="cd-ref" href="#cite-{turn}-{one.number}" title="{inert(one.title)}">[{one.number}]</a>'
        for one in claim.citations
    )
    return f'<span class="cd-claim">{inert(claim.text)}{marks and "&nbsp;"}{marks}</span>'


def _sources(turn: int, found: Answer) -> str:
    items = (
        f'<li><a href="#cite-{turn}-{one.number}"><b>[{one.number}]</b> {inert(one.title)}</a> '
        f"<small>{inert(place(one.outlet, one.published, one.paragraph, one.page))}"
        f"{_also(also_in(found, one))}</small></li>"
        for one in found.citations
    )
    return f'<ul class="cd-sources">{"".join(items)}</ul>'


def _limits(turn: int, searched: Searched, *, done: bool) -> str:
    """The limits that the question set, each with the link that asks again without it, and those taken back."""
    chips = []
    for reason in searched.reasons:
        link = f' <a href="#widen-{turn}-{reason.part.value}">✕ {_WITHOUT[reason.part]}</a>' if done else ""
        chips.append(f'<li class="cd-chip">{inert(because(reason))}{link}</li>')
    for reason in searched.understood.dropped if searched.understood else ():
        chips.append(f"<li>{inert(nothing(reason))}; searched without.</li>")
    if not chips:
        return ""
    if dates := counted_from(searched):
        chips.append(f"<li>{inert(dates[0].upper() + dates[1:])}.</li>")
    return f'<ul class="cd-limits">{"".join(chips)}</ul>'


def _also(documents: Sequence[Document]) -> str:
    return f" · also in: {', '.join(also(documents, inert))}" if documents else ""


def _refusal(turn: int, found: Answer) -> str:
    said = f'<p class="cd-refusal">{inert(found.refusal)}</p>'
    if not found.related:
        return said
    items = (
        f'<li><a href="#related-{turn}-{index}">{inert(one.document.title)}</a> <small>'
        f"{inert(place(one.document.outlet, one.document.published, one.chunk.first_paragraph, page_of(one)))}"
        f"{_also(one.also)}</small></li>"
        for index, one in enumerate(found.related, 1)
    )
    return f'{said}<p class="cd-related">Related, not an answer</p><ul class="cd-sources">{"".join(items)}</ul>'
