"""A document as a page: every paragraph has its number and a stable place, an exact quote can be marked. No script."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from index.types import Document, Paragraph
from rag.words import count, day, iso, stated_by
from ui.related import Related
from ui.render import plain, web_address
from ui.render_about import banners
from ui.render_sheets import Sheet, sheet
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


def source(document: Document, base: str, asked: Quote | None = None, related: Sequence[Related] = ()) -> str:
    """The page of a document; ``base`` is the path that the server's addresses begin with, ``related`` what it is to
    others."""
    marked = standing(document, asked)
    warning = "" if asked is None or marked else f'<p class="warning" role="status">{CHANGED}</p>'
    body = (
        f'<a class="skip" href="#text">Skip to the text</a>\n<header>\n<p class="home"><a href="{plain(base)}/">'
        f'citedesk</a></p>\n<h1 dir="auto">{plain(document.title)}</h1>\n<p class="byline">{_byline(document)}</p>\n'
        f"{banners(document, related, lambda other: _address(base, other))}{warning}</header>\n"
        f'<main id="text">\n{"".join(_paragraphs(document, base, marked))}</main>\n'
        f"<footer><p>{count(len(document.paragraphs), 'paragraph')} · version {plain(document.version)} · a "
        "paragraph’s number is a link to it.</p></footer>"
    )
    return page(document.title, body)


def standing(document: Document, asked: Quote | None) -> Quote | None:
    """The quote that was asked for, if it stands in the document as it is now."""
    stands = asked is not None and asked.version == document.version and 0 <= asked.start < asked.end
    return asked if asked is not None and stands and asked.end <= len(document.text) else None


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
    machine = iso(document.published, document.precision)
    stated = f'<time datetime="{machine}">{stated_by(document)}</time>'
    parts.append(stated if document.published else day(None))
    if address := web_address(document.url):
        parts.append(f'<a class="original" href="{plain(address)}" rel="noopener noreferrer nofollow">Original</a>')
    return " · ".join(parts)


def _address(base: str, document_id: str) -> str:
    return f"{base}/source/{quote(document_id, safe='')}"


def printed(
    document: Document,
    one: Sheet,
    total: int,
    base: str,
    marked: Quote | None = None,
    related: Sequence[Related] = (),
) -> str:
    """The page that shows page ``one`` of ``total`` as it was printed, with the lines of the quote boxed."""
    here = _address(base, document.id)
    place = next((each for each in document.paragraphs if marked and each.start < marked.end <= each.end), None)
    back = f"{here}{_asked(marked)}#{f'p{place.number}' if place else f'page-{one.number}'}"
    steps = [
        f'<a href="{plain(f"{here}/pages/{number}{_asked(marked)}")}" rel="{rel}">{words}</a>'
        for number, rel, words in ((one.number - 1, "prev", "‹ Page before"), (one.number + 1, "next", "Next page ›"))
        if 1 <= number <= total
    ]
    said = f"<blockquote>{plain(document.text[marked.start : marked.end])}</blockquote>\n" if marked else ""
    body = (
        f'<header>\n<p class="home"><a href="{plain(base)}/">citedesk</a></p>\n<h1 dir="auto">{plain(document.title)}'
        f'</h1>\n<p class="byline">{_byline(document)} · page {one.number} of {total}</p>\n'
        f"{banners(document, related, lambda other: _address(base, other))}"
        f'<nav aria-label="Pages">{" · ".join([*steps, f"""<a href="{plain(back)}">Its text</a>"""])}</nav></header>\n'
        f'<main id="text">{said}{sheet(document, one, f"{base}/")}</main>'
    )
    return page(f"{document.title}, page {one.number}", body)


def _asked(marked: Quote | None) -> str:
    """The query of an address that has the quote marked."""
    return f"?quote={marked.start}-{marked.end}&version={quote(marked.version, safe='')}" if marked else ""


def _paragraphs(document: Document, base: str, marked: Quote | None) -> list[str]:
    leaf, lines = "", list[str]()
    for one in document.paragraphs:
        if one.leaf and one.leaf != leaf:
            leaf = one.leaf
            lines.append(_leaf(document, one, base, marked))
        lines.append(_paragraph(document, one, marked))
    return lines


def _leaf(document: Document, one: Paragraph, base: str, marked: Quote | None) -> str:
    """The line above the first paragraph of a page, slide or sheet; that of a page leads to it as it was printed."""
    said = f"{one.leaf[:1].upper()}{one.leaf[1:]}"
    if one.page is None:
        return f'<p class="page"><span>{plain(said)}</span></p>\n'
    there = plain(f"{_address(base, document.id)}/pages/{one.page}{_asked(marked)}")
    return f'<p class="page" id="page-{one.page}"><a href="{there}">{plain(said)} as printed</a></p>\n'


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
