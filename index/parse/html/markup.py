"""A tree of HTML -> its pieces: every block of text in order, with what its place in the tree says of it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lxml import etree
from lxml import html as lxml_html

from index.errors import ParseError
from index.parse.canonical import fold, visible
from index.parse.draft import Block, Kind

_UNREAD = frozenset(
    ["script", "style", "template", "noscript", "svg", "math", "iframe", "object", "select", "textarea", "button"]
)
_METADATA = frozenset(["title", "meta", "link", "base", "style", "script", "noscript", "template"])
_KINDS = dict.fromkeys(["h1", "h2", "h3", "h4", "h5", "h6"], Kind.HEADING) | dict.fromkeys(
    ["li", "dt", "dd"], Kind.ITEM
)
_BLOCKS = frozenset(_KINDS).union(
    ["address", "article", "aside", "blockquote", "body", "caption", "center", "details", "dl", "div", "fieldset"],
    ["figcaption", "figure", "footer", "form", "header", "hgroup", "hr", "legend", "main", "nav", "ol", "p", "pre"],
    ["section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"],
)
_CELLS = ("td", "th")
_NESTED = frozenset(["table", "p", "ul", "ol", "h1", "h2", "h3", "h4", "div"])
_SPACES = re.compile(r"[ \t\r\n\f]+")
_UNEVEN = re.compile(r"[\t\r\n\f]|  ")
_PARTED = re.compile(r"\n\s*\n")
_ODD = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff]")

_UNSEEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_SIDE_TAGS = frozenset(["nav", "footer", "aside", "form", "figcaption", "dialog", "menu", "caption"])
_SIDE_ROLES = frozenset(
    ["navigation", "complementary", "contentinfo", "search", "dialog", "alert", "alertdialog", "menu", "toolbar"]
)
# Words of classes and ids, whole between hyphens, underscores and changes of case.
_SIDES = (
    "ad ads adslot advert advertisement advertising affiliate attribution author authors bio breadcrumb "
    "breadcrumbs byline caption captions comment comments consent cookie cookies copyright correction credit "
    "credits disclaimer disqus gdpr jump keywords menu modal more most nav navigation newsletter newsletters "
    "outbrain pager pagination paywall popular popup promo promos promoted promotion pullquote readmore recirc "
    "recirculation recommendation recommendations recommended related rollover share shares sharing sidebar "
    "signup social sponsor sponsored sponsors subscribe subscription taboola tagcloud taglist tags teaser teasers "
    "timestamp toc toolbar tooltip trending widgets"
)
_SIDE_WORDS = frozenset(_SIDES.split())
_POPS_UP = re.compile(r"rollover|tooltip|sr-only|screen-reader|visually-?hidden", re.IGNORECASE)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A block of a page. ``node`` is the number of the innermost element of blocks around it (see Page); ``linked`` is
    the share in [0, 1] of its characters that are a link's; ``seen`` is false where the page hides it."""

    block: Block
    node: int
    linked: float
    seen: bool


@dataclass(frozen=True, slots=True)
class Page:
    """The pieces of a page in order, and the tree around them.

    Of the element number n, ``parents[n]`` is the number of the one around it (-1 of the first), ``tags[n]`` its tag,
    ``classes[n]`` its class as it is written, and ``aside[n]`` whether tag, role, class or id say that it stands beside
    an article: a menu, a caption, buttons, comments.
    """

    pieces: tuple[Piece, ...]
    parents: Sequence[int]
    tags: Sequence[str]
    classes: Sequence[str]
    aside: Sequence[bool]


def read_tree(text: str) -> etree._Element:
    """The tree of a page or of a part of one. Raises ParseError when it is empty."""
    # Encoded again because a str that declares an encoding is refused; the parser must not guess a second time.
    # Without huge_tree, what is nested deeper than 256 tags is silently dropped.
    parser = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        tree = lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except etree.ParserError as error:
        raise ParseError("holds no text") from error
    _open_body(tree)
    return tree


def _open_body(tree: etree._Element) -> None:
    """Moves what is no metadata out of the head: where a page leaves <body> to be understood, as HTML 5 allows,
    libxml2, which knows HTML 4, takes <article>, <main> and the like for a part of the head."""
    head = tree.find("head")
    stray = [] if head is None else [child for child in head if child.tag not in _METADATA]
    if stray:
        body = tree.find("body")
        if body is None:
            body = etree.SubElement(tree, "body")
        for place, child in enumerate(stray):
            body.insert(place, child)


def read_page(tree: etree._Element) -> Page:
    """The pieces of the page's body; text between block tags belongs to the innermost kind around it."""
    walk = _Walk()
    walk.enter(tree, "html")
    for body in tree.iterchildren("body"):
        walk.read(body)
    return Page(tuple(walk.pieces), walk.parents, walk.tags, walk.classes, walk.aside)


@dataclass(slots=True)
class _Walk:
    """One pass over a tree; what is open at the moment is on the stacks."""

    pieces: list[Piece] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)
    aside: list[bool] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    linked: int = 0  # characters held that are a link's
    links: int = 0  # open links
    unseen: list[bool] = field(default_factory=lambda: [False])  # whether what is open, or something around it, is
    nodes: list[int] = field(default_factory=lambda: [-1])
    kinds: list[Kind] = field(default_factory=lambda: [Kind.PARAGRAPH])

    def read(self, root: etree._Element) -> None:
        skipped: etree._Element | None = None
        for event, element in etree.iterwalk(root, events=("start", "end")):
            if skipped is not None:
                if event == "end" and element is skipped:
                    skipped = None
                    self.hold(element.tail)
            elif event == "end":
                self.close(element, element is root)
            elif not self.open(element):
                skipped = element
        self.flush()

    def open(self, element: etree._Element) -> bool:
        """False where what is inside is not to be read, or has been."""
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag in _BLOCKS:
            self.flush()
            if tag == "tr" and _is_data(element):
                self.enter(element, tag)
                self.row(element)
                self.leave()
                return False
            self.enter(element, tag)
        elif tag in _UNREAD or not tag or _is_unseen(element) or _beside(element, tag, inline=True):
            return False
        elif tag == "a":
            self.links += 1
        elif tag == "br":
            self.held.append("\n")
        self.hold(element.text)
        return True

    def close(self, element: etree._Element, last: bool) -> None:
        if element.tag in _BLOCKS:
            self.flush()
            self.leave()
        elif element.tag == "a":
            self.links -= 1
        if not last:
            self.hold(element.tail)

    def enter(self, element: etree._Element, tag: str) -> None:
        number = len(self.parents)
        self.parents.append(self.nodes[-1])
        self.tags.append(tag)
        self.classes.append(element.get("class") or "")
        self.aside.append(_beside(element, tag, inline=False))
        self.nodes.append(number)
        self.kinds.append(_KINDS.get(tag, self.kinds[-1]))
        self.unseen.append(self.unseen[-1] or _is_unseen(element))

    def leave(self) -> None:
        self.nodes.pop()
        self.kinds.pop()
        self.unseen.pop()

    def hold(self, text: str | None) -> None:
        if text:
            self.held.append(_SPACES.sub(" ", text) if _UNEVEN.search(text) else text)
            if self.links:
                self.linked += len(self.held[-1])

    def flush(self) -> None:
        """What was gathered becomes pieces; two line breaks in a row part them, as on pages older than the p tag."""
        if self.held:
            whole = "".join(self.held)
            share = min(1.0, self.linked / len(whole)) if whole else 0.0
            for text in _PARTED.split(whole):
                self.add(_folded(text), self.kinds[-1], share)
            self.held.clear()
            self.linked = 0

    def row(self, row: etree._Element) -> None:
        inside = _Walk()
        cells = []
        for cell in row:
            if cell.tag in _CELLS:
                inside.pieces.clear()
                inside.read(cell)
                cells.append(" ".join(piece.block.text for piece in inside.pieces))
        self.add(" | ".join(cell for cell in cells if visible(cell)), Kind.ROW, 0.0)

    def add(self, text: str, kind: Kind, linked: float) -> None:
        if text and (text[0].isalnum() or visible(text)):
            self.pieces.append(Piece(Block(text, kind), self.nodes[-1], linked, not self.unseen[-1]))


def read_blocks(element: etree._Element) -> Iterator[Block]:
    """The blocks below ``element``, whichever it is, those that are hidden too."""
    walk = _Walk()
    walk.read(element)
    return (piece.block for piece in walk.pieces)


def _is_unseen(element: etree._Element) -> bool:
    style = element.get("style")
    return element.get("hidden") is not None or (style is not None and _UNSEEN.search(style) is not None)


def _beside(element: etree._Element, tag: str, inline: bool) -> bool:
    """Whether an element stands beside the article; of those within a line (``inline``), only what pops up."""
    named = f"{element.get('class') or ''} {element.get('id') or ''}"
    if inline:
        return not named.isspace() and _POPS_UP.search(named) is not None
    if tag in ("html", "body", "main"):
        return False
    if tag in _SIDE_TAGS or element.get("role") in _SIDE_ROLES:
        return True
    return not named.isspace() and not _SIDE_WORDS.isdisjoint(word.lower() for word in _WORD.findall(named))


def _is_data(row: etree._Element) -> bool:
    """Whether a table row holds data; one that lays out a page (whole paragraphs, tables in it) is no row of text."""
    blocks = 0
    for cell in row:
        for element in cell.iterdescendants():
            if element.tag in ("table", "tr"):
                return False
            blocks += element.tag in _NESTED
    return blocks <= len(row)


def _folded(text: str) -> str:
    """As ``fold`` does, which looks at each character of what is no ASCII."""
    return fold(text) if _ODD.search(text) else " ".join(text.split())
