"""HTML -> blocks: trafilatura chooses the article's body, the words are those of the page itself."""

import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, groupby

from lxml import etree
from lxml import html as lxml_html
from trafilatura import bare_extraction
from trafilatura.settings import Document as Extracted

from index.errors import ParseError
from index.parse.canonical import fold, visible
from index.parse.dates import find_date
from index.parse.draft import Block, Draft, Kind
from index.parse.encoding import decode
from index.rights import read_groups

_CHARSET = re.compile(rb"(?:<meta[^>]+charset|<\?xml[^>]+encoding)\s*=\s*[\"']?\s*(?P<name>[\w:.-]+)", re.IGNORECASE)
_HIDDEN = frozenset(
    ["script", "style", "template", "noscript", "svg", "math", "iframe", "object", "select", "textarea", "button"]
)
_METADATA = frozenset(["title", "meta", "link", "base", "style", "script", "noscript", "template"])
# The tags of HTML and, at the end of each list, those of trafilatura's own tree.
_KINDS = dict.fromkeys(["h1", "h2", "h3", "h4", "h5", "h6", "head"], Kind.HEADING)
_KINDS |= dict.fromkeys(["li", "dt", "dd", "item"], Kind.ITEM)
_BLOCKS = frozenset(_KINDS).union(
    ["address", "article", "aside", "blockquote", "body", "caption", "center", "details", "dl", "div", "fieldset"],
    ["figcaption", "figure", "footer", "form", "header", "hgroup", "hr", "legend", "main", "nav", "ol", "p", "pre"],
    ["section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "list", "quote", "row", "cell"],
)
_NO_AUTHOR = re.compile(r"(?:web)?(?:admin\w*|master|editor)|user\d*|staff|unknown|.*@.*|https?:.*", re.IGNORECASE)
_ROWS = ("tr", "row")
_CELLS = ("td", "th", "cell")
_NESTED = frozenset(["table", "p", "ul", "ol", "list", "h1", "h2", "h3", "h4", "div"])


def parse_html(data: bytes) -> Draft:
    """Return the article of an HTML page, and its title, author, date, site and address as its metadata state them.

    Menus, comments and the like are left out; where no article is found every visible block of the page is kept.
    No address is ever opened. Raises ParseError for an empty or binary file and for a page without text.
    """
    declared = _CHARSET.search(data[:4096])
    tree = _tree(decode(data, declared["name"].decode("ascii") if declared else None))
    source, groups = tuple(_visible(tree)), _groups(tree)  # before the extraction, which takes the tree apart
    # Guessing a date from the prose of the page is switched off: a wrong date is worse than none.
    found = bare_extraction(
        tree,
        include_comments=False,
        with_metadata=True,
        date_extraction_params={"original_date": True, "extensive_search": False},
    )
    if not isinstance(found, Extracted):
        found = Extracted()
    blocks = _restore(tuple(_walk(found.body)), source)
    # Where nothing is left out (a mere fragment of a page), what the page repeats elsewhere is kept too.
    if {_key(block) for block in source} <= {_key(block) for block in blocks} or not blocks:
        blocks = source
    if not blocks:
        raise ParseError("holds no text")
    outlet = re.sub(r"^https?://|/$", "", found.sitename or "")
    return Draft(
        blocks=blocks,
        title=_title(found.title or "", outlet),
        outlet=outlet or None,
        author=found.author if found.author and not _NO_AUTHOR.fullmatch(found.author) else None,
        published=find_date(found.date or ""),
        url=found.url if found.url and re.match(r"https?://", found.url) else None,
        groups=groups,
    )


def fragment_blocks(source: str) -> tuple[Block, ...]:
    """Return the visible blocks of a piece of HTML, such as one inside Markdown; none when it shows no text."""
    return tuple(_visible(_tree(f"<div>{source}</div>")))


def _groups(tree: etree._Element) -> frozenset[str]:
    """What <meta name="groups"> says, however often it stands there."""
    named = [meta for meta in tree.iter("meta") if (meta.get("name") or "").strip().lower() == "groups"]
    return read_groups(",".join(meta.get("content") or "" for meta in named))


def _title(stated: str, outlet: str) -> str | None:
    """The page's title without the name of the site that many append to it."""
    bare = re.sub(rf"\s+[|–—»-]\s+{re.escape(outlet)}\s*$", "", stated) if outlet else stated
    return bare or stated or None


def _tree(text: str) -> etree._Element:
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


def _visible(tree: etree._Element) -> Iterator[Block]:
    for body in tree.iterchildren("body"):
        yield from _walk(body)


def _walk(root: etree._Element) -> Iterator[Block]:
    """Yield the blocks below ``root`` in order; text between block tags belongs to the innermost kind around it."""
    held: list[str] = []
    kinds = [Kind.PARAGRAPH]
    skipped: etree._Element | None = None
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if skipped is not None:
            if event == "end" and element is skipped:
                skipped = None
                held.append(_tail(element))
            continue
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            row = tag in _ROWS and _is_data(element)
            if tag in _BLOCKS:
                yield from _flush(held, kinds[-1])
                kinds.append(_KINDS.get(tag, kinds[-1]))
            if row:
                yield from _row(element)
            if tag in _HIDDEN or not tag or row:
                skipped = element
                if row:
                    kinds.pop()
                continue
            held.append("\n" if tag in ("br", "lb") else _spaced(element.text))
        else:
            if tag in _BLOCKS:
                yield from _flush(held, kinds.pop())
            if element is not root:
                held.append(_tail(element))
    yield from _flush(held, Kind.PARAGRAPH)


def _flush(held: list[str], kind: Kind) -> Iterator[Block]:
    """Yield what was gathered; two line breaks in a row part paragraphs, as on pages older than the p tag."""
    for text in re.split(r"\n\s*\n", "".join(held)):
        if visible(fold(text)):
            yield Block(fold(text), kind)
    held.clear()


def _row(row: etree._Element) -> Iterator[Block]:
    cells = [fold(" ".join(_texts(cell))) for cell in row if cell.tag in _CELLS]
    text = " | ".join(cell for cell in cells if visible(cell))
    if text:
        yield Block(text, Kind.ROW)


def _texts(element: etree._Element) -> Iterable[str]:
    return (block.text for block in _walk(element))


def _is_data(row: etree._Element) -> bool:
    """Whether a table row holds data; one that lays out a page (whole paragraphs, tables in it) is no row of text."""
    inside = [element.tag for cell in row for element in cell.iter() if element is not cell]
    blocks = sum(tag in _NESTED for tag in inside)
    return blocks <= len(row) and not any(tag in ("table", *_ROWS) for tag in inside)


def _spaced(text: str | None) -> str:
    return re.sub(r"[ \t\r\n\f]+", " ", text or "")


def _tail(element: etree._Element) -> str:
    return _spaced(element.tail)


def _restore(blocks: Sequence[Block], source: Sequence[Block]) -> tuple[Block, ...]:
    """Return the chosen ``blocks`` in the page's own words, repeated and parted where the page does so.

    trafilatura drops zero-width characters in some branches, collapses equal neighbours, and runs the paragraphs of
    a very short page together; the page's text decides.
    """
    runs: dict[str, deque[list[Block]]] = defaultdict(deque)
    for key, run in groupby(source, _key):
        runs[key].append(list(run))
    places = [0, *accumulate(len(_key(block)) for block in source)]
    whole = "".join(map(_key, source))
    restored: list[Block] = []
    for key, group in groupby(blocks, _key):
        chosen = list(group)
        if key not in runs:
            start = whole.find(key)
            if start in places and start + len(key) in places:
                chosen = list(source[places.index(start) : places.index(start + len(key))])
        original = runs[key].popleft() if runs.get(key) else []
        for place in range(max(len(chosen), len(original))):
            kind = chosen[min(place, len(chosen) - 1)].kind
            text = original[place].text if place < len(original) else chosen[place].text
            restored.append(Block(text, kind))
    return tuple(restored)


def _key(block: Block) -> str:
    return "".join(filter(str.isalnum, block.text)) or block.text
