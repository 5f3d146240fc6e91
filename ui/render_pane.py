"""The reader pane: one whole document with the cited paragraph highlighted and the exact quote marked, as HTML."""

from dataclasses import dataclass
from urllib.parse import quote

from index.types import Document, Paragraph
from rag.words import stated_by
from ui.render import also, plain, web_address
from ui.render_about import About, banners, details
from ui.render_sheets import Sheet, sheets


@dataclass(frozen=True, slots=True)
class View:
    """What the pane shows.

    ``start`` and ``end`` are offsets into ``document.text`` and equal when nothing is pointed at; ``exact`` says that
    they are a quote, marked to the letter, rather than a passage. ``label`` names the place ("Citation 2 of 5"),
    ``previous`` and ``following`` are the hrefs of its neighbours, empty where there is none. ``opening`` is the
    number of the click, by which the page knows that the pane is new. ``warning`` is shown above the text.
    ``also`` are the other documents that say what is pointed at, ``about`` what is known of the shown one.
    ``sheets`` are its printed pages, none where it has none; ``unprinted`` says why they cannot be shown now.
    """

    document: Document
    opening: int
    start: int = 0
    end: int = 0
    exact: bool = False
    label: str = ""
    previous: str = ""
    following: str = ""
    warning: str = ""
    also: tuple[Document, ...] = ()
    about: About | None = None
    sheets: tuple[Sheet, ...] = ()
    unprinted: str = ""


EMPTY = (
    '<div class="cd-hint"><p><b>Reader</b></p><p>Follow a citation and the document opens here, with the quoted words '
    "marked.</p></div>"
)


def pane(view: View) -> str:
    """The reader's HTML. Parsed back, the text of each paragraph is the document's own, unchanged."""
    shown = view.document
    cited = [one for one in shown.paragraphs if one.start < view.end and view.start < one.end]
    first = cited[0] if cited else None
    standing = banners(shown, view.about.related) if view.about else ""
    about = details(shown, view.about) if view.about else ""
    # The pages come first where there are any: what was printed is what a reader can check a quote against.
    seen = "pages" if view.sheets else "text"
    return (
        f'<article class="cd-doc" data-open="{view.opening}" data-document="{plain(shown.id)}" data-seen="{seen}">'
        f'<header class="cd-head">{_tools(view, first)}'
        f'<h2 class="cd-title" tabindex="-1" dir="auto">{plain(shown.title)}</h2>'
        f'<p class="cd-byline">{_byline(shown, first)}</p>{_also(view)}{standing}{_switch(view)}</header>'
        f'<div class="cd-body" tabindex="0" role="region" aria-label="Document text">{_warnings(view)}{about}'
        f'<div class="cd-sheets">{sheets(shown, view.sheets, (view.start, view.end))}</div>'
        f'<div class="cd-text">{"".join(_paragraphs(view, cited))}</div></div></article>'
    )


def _warnings(view: View) -> str:
    said = [f'<p class="cd-warning" role="status">{plain(view.warning)}</p>'] if view.warning else []
    said += [f'<p class="cd-byline cd-unprinted">{plain(view.unprinted)}</p>'] if view.unprinted else []
    return "".join(said)


def _switch(view: View) -> str:
    if not view.sheets:
        return ""
    buttons = "".join(
        f'<button type="button" class="cd-button cd-seen" data-seen="{name}" aria-pressed="{pressed}">{words}</button>'
        for name, words, pressed in (("pages", "Pages as printed", "true"), ("text", "Text", "false"))
    )
    return f'<p class="cd-switch" role="group" aria-label="How it is shown">{buttons}</p>'


def missing(reason: str, opening: int, head: str = "This document cannot be shown") -> str:
    """The pane when a document cannot be shown."""
    return (
        f'<article class="cd-doc" data-open="{opening}"><header class="cd-head"><div class="cd-tools">{_BACK}</div>'
        f'<h2 class="cd-title" tabindex="-1">{plain(head)}</h2></header>'
        f'<div class="cd-body"><p class="cd-warning" role="status">{plain(reason)}</p></div></article>'
    )


_BACK = '<a class="cd-button cd-back" href="#back">← Back to answer</a>'  # the page's script names where it leads


def _tools(view: View, first: Paragraph | None) -> str:
    parts = [_BACK]
    if view.label:
        parts.append(f'<span class="cd-label">{plain(view.label)}</span><span class="cd-break"></span>')
        parts.append(_step(view.previous, "prev", "‹ Previous", "["))
        parts.append(_step(view.following, "next", "Next ›", "]"))
    parts.append(_permanent(view, first))
    parts.append(_copy(view, first))
    return f'<nav class="cd-tools" aria-label="Citations">{"".join(parts)}</nav>'


def _step(href: str, rel: str, words: str, key: str) -> str:
    if not href:
        return f'<span class="cd-button cd-off" aria-hidden="true">{words}</span>'
    return (
        f'<a class="cd-button" href="{plain(href)}" rel="{rel}" title="Key {key}" aria-keyshortcuts="{key}">{words}</a>'
    )


def _permanent(view: View, first: Paragraph | None) -> str:
    """The link to the place on the document's own page, which stays when this page is closed."""
    quoted = view.exact and first is not None and view.start < view.end
    marked = f"?quote={view.start}-{view.end}&version={quote(view.document.version, safe='')}" if quoted else ""
    place = f"#p{first.number}" if first else ""
    href = f"source/{quote(view.document.id, safe='')}{marked}{place}"
    return f'<a class="cd-button cd-permanent" href="{plain(href)}" target="_blank" rel="noopener">Permanent link</a>'


def _byline(shown: Document, first: Paragraph | None) -> str:
    parts = [plain(part) for part in (shown.outlet, shown.author, stated_by(shown), shown.part) if part]
    if first:
        named = (first.leaf, f"table {first.table}" if first.table else "", f"row {first.row}" if first.row else "")
        parts += [plain(part) for part in named if part]
        parts.append(f"paragraph {first.number} of {len(shown.paragraphs)}")
    else:
        parts.append(f"{len(shown.paragraphs)} paragraph{'' if len(shown.paragraphs) == 1 else 's'}")
    address = web_address(shown.url)
    if address:
        parts.append(
            f'<a class="cd-original" href="{plain(address)}" target="_blank" rel="noopener noreferrer nofollow">'
            "Original ↗</a>"
        )
    return " · ".join(f"<span>{part}</span>" for part in parts)


def _also(view: View) -> str:
    """Where else the passage stands, but for copies of the whole document, which are listed as such."""
    copies = {one.other.id for one in view.about.related} if view.about else set()
    others = [one for one in view.also if one.id not in copies]
    return f'<p class="cd-byline cd-also">Also in: {", ".join(also(others, plain))}</p>' if others else ""


def _copy(view: View, first: Paragraph | None) -> str:
    if not view.exact or first is None:
        return ""
    return (
        '<button type="button" class="cd-button cd-copy">Copy quote with source</button>'
        f'<span class="cd-copied" role="status"></span><span class="cd-copy-text" hidden>{plain(copied(view, first))}'
        "</span>"
    )


def copied(view: View, first: Paragraph) -> str:
    """The quote and its source as plain text for the clipboard."""
    shown = view.document
    places = [shown.title, shown.outlet or "", stated_by(shown), f"paragraph {first.number}"]
    places += [shown.part or "", first.where.replace("p. ", "page ")]
    places += [web_address(shown.url) or ""]
    return f"“{shown.text[view.start : view.end]}” — " + ", ".join(one for one in places if one)


def _paragraphs(view: View, cited: list[Paragraph]) -> list[str]:
    leaf = ""
    lines = []
    for one in view.document.paragraphs:
        if one.leaf and one.leaf != leaf:
            leaf = one.leaf
            lines.append(f'<div class="cd-page" data-page="{plain(leaf)}"></div>')
        lines.append(_paragraph(view, one, one in cited, bool(cited) and one == cited[0]))
    return lines


def _paragraph(view: View, one: Paragraph, cited: bool, first: bool) -> str:
    text = view.document.text
    if cited and view.exact:
        start, end = max(view.start, one.start), min(view.end, one.end)
        inner = f"{plain(text[one.start : start])}<mark>{plain(text[start:end])}</mark>{plain(text[end : one.end])}"
    else:
        inner = plain(text[one.start : one.end])
    names = "cd-par" + (" cd-heading" if one.heading else "") + (" cd-cited" if cited else "")
    focus = ' tabindex="-1"' if first else ""
    return f'<p class="{names}" data-number="{one.number}"{focus} dir="auto">{inner}</p>'
