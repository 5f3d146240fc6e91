"""A document as a page: every paragraph has its number and a stable place, an exact quote can be marked. No script."""

from dataclasses import dataclass

from index.types import Document, Paragraph
from rag.words import count, day
from ui.render import plain, web_address
from ui.sources.frame import page


@dataclass(frozen=True, slots=True)
class Quote:
    """The quote that a link asks to be marked: offsets into the text of the document in ``version``."""

    start: int
    end: int
    version: str


CHANGED = (
    "This source has changed since it was cited: the quote cannot be marked, and the paragraphs may have other numbers."
)


def source(document: Document, base: str, quote: Quote | None = None) -> str:
    """The page of a document; ``base`` is the path that the server's addresses begin with."""
    stands = quote is not None and quote.version == document.version and 0 <= quote.start < quote.end
    stands = stands and quote is not None and quote.end <= len(document.text)
    marked = quote if stands else None
    warning = "" if quote is None or stands else f'<p class="warning" role="status">{CHANGED}</p>'
    body = (
        f'<a class="skip" href="#text">Skip to the text</a>\n<header>\n<p class="home"><a href="{plain(base)}/">'
        f'citedesk</a></p>\n<h1 dir="auto">{plain(document.title)}</h1>\n<p class="byline">{_byline(document)}</p>\n'
        f"{warning}</header>\n"
        f'<main id="text">\n{"".join(_paragraphs(document, marked))}</main>\n'
        f"<footer><p>{count(len(document.paragraphs), 'paragraph')} · version {plain(document.version)} · a "
        "paragraph’s number is a link to it.</p></footer>"
    )
    return page(document.title, body)


def missing(base: str, message: str) -> str:
    """The page in place of one that is not there, or not for whoever asks."""
    body = (
        f'<header>\n<p class="home"><a href="{plain(base)}/">citedesk</a></p>\n<h1>This page cannot be shown</h1>\n'
        f'</header>\n<main>\n<p class="warning" role="status">{plain(message)}</p>\n'
        f'<p><a href="{plain(base)}/">Ask a question instead</a></p>\n</main>'
    )
    return page("This page cannot be shown", body)


def _byline(document: Document) -> str:
    parts = [f'<span dir="auto">{plain(part)}</span>' for part in (document.outlet, document.author) if part]
    stated = f'<time datetime="{document.published}">{day(document.published)}</time>'
    parts.append(stated if document.published else day(None))
    if address := web_address(document.url):
        parts.append(f'<a class="original" href="{plain(address)}" rel="noopener noreferrer nofollow">Original</a>')
    return " · ".join(parts)


def _paragraphs(document: Document, marked: Quote | None) -> list[str]:
    page_, lines = None, list[str]()
    for one in document.paragraphs:
        if one.page is not None and one.page != page_:
            page_ = one.page
            lines.append(f'<p class="page" id="page-{page_}"><span>Page {page_}</span></p>\n')
        lines.append(_paragraph(document, one, marked))
    return lines


def _paragraph(document: Document, one: Paragraph, marked: Quote | None) -> str:
    text = document.text
    tag = "h2" if one.heading else "p"
    inner, names = plain(text[one.start : one.end]), ""
    if marked is not None and marked.start < one.end and one.start < marked.end:
        start, end = max(marked.start, one.start), min(marked.end, one.end)
        inner = f"{plain(text[one.start : start])}<mark>{plain(text[start:end])}</mark>{plain(text[end : one.end])}"
        names = " cited"
    number = f'<a class="number" href="#p{one.number}" aria-label="Paragraph {one.number}">{one.number}</a>'
    return f'<div class="par{names}" id="p{one.number}">{number}<{tag} dir="auto">{inner}</{tag}></div>\n'
