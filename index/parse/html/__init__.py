"""HTML -> blocks: trafilatura finds the article, the page's own tree mends the choice, the words are the page's."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from lxml import etree
from trafilatura import bare_extraction
from trafilatura.settings import Document as Extracted
from trafilatura.settings import Extractor

from index.errors import ParseError
from index.parse.canonical import fold, visible
from index.parse.credits import Credit, read_credit
from index.parse.draft import Block, Draft, Kind
from index.parse.encoding import decoded
from index.parse.html.body import article
from index.parse.html.bundle import articles
from index.parse.html.facts import Facts, read_facts
from index.parse.html.markup import Page, read_blocks, read_page, read_tree
from index.parse.html.rows import anchored
from index.rights import read_groups

_CHARSET = re.compile(rb"(?:<meta[^>]+charset|<\?xml[^>]+encoding)\s*=\s*[\"']?\s*(?P<name>[\w:.-]+)", re.IGNORECASE)

_NOT_LATIN = re.compile("[^\x00-\u024f]")
_LEAST = 0.25  # of the article that metadata hold; a page with less of it does not hold it itself
_CHANGED = re.compile(r"(?:last )?(?:updated|modified|changed|revised)", re.IGNORECASE)


def parse_html(data: bytes) -> Draft:
    """Return the article of an HTML page, and its title, author, date, site, address and language as its metadata state
    them; a date or an author that the metadata lack may stand in a line of its own above the article.

    Menus, captions, comments and the like are left out; where no article is found every visible block of the page is
    kept. No address is ever opened. Raises ParseError for an empty or binary file and for a page without text.
    """
    declared = _CHARSET.search(data[:4096])
    source = decoded(data, declared["name"].decode("ascii", "replace") if declared else None)
    tree = read_tree(source.text)
    page, facts, groups = read_page(tree), read_facts(tree), _groups(tree)  # the extraction takes the tree apart
    several = () if facts.single else articles(page)
    if several:
        blocks, outlet = anchored(page, several), facts.outlet or facts.title
        language = _language(facts, blocks)
        return Draft(blocks, None, outlet, groups=groups, language=language, encoding=source.encoding)
    kept = article(page, tuple(_extracted(tree))) or _everything(page)
    blocks = anchored(page, kept)
    if facts.body and sum(len(block.text) for block in blocks) < _LEAST * len(facts.body):
        blocks, kept = _told(facts.body), ()  # what the page shows is written by a script, out of its metadata
    if not blocks:
        raise ParseError("holds no text")
    above = _credit(_above(page, kept))
    dated = facts if facts.published else above
    return Draft(
        blocks=blocks,
        title=facts.title,
        outlet=facts.outlet,
        author=facts.author or above.author,
        published=dated.published,
        url=facts.url,
        groups=groups,
        precision=dated.precision,
        language=_language(facts, blocks),
        encoding=source.encoding,
    )


def fragment_blocks(source: str, whole: bool = False) -> tuple[Block, ...]:
    """Return the visible blocks of a piece of HTML, such as one inside Markdown; none when it shows no text. The rows
    of its tables are numbered where it is the ``whole`` of a text."""
    page = read_page(read_tree(f"<div>{source}</div>"))
    kept = _everything(page)
    return anchored(page, kept) if whole else tuple(page.pieces[number].block for number in kept)


def _told(body: str) -> tuple[Block, ...]:
    """The paragraphs of an article that metadata hold: as HTML, or with line breaks between."""
    if re.search(r"<(?:p|br|div)\b", body):
        return fragment_blocks(body, whole=True)
    return tuple(Block(line) for text in body.split("\n") if visible(line := fold(text)))


def _extracted(tree: etree._Element) -> Iterator[str]:
    """The paragraphs that trafilatura takes for the article. Its fallbacks on other libraries are left out: they are
    slower, and no better than what ``article`` does where trafilatura finds little."""
    found = bare_extraction(tree, options=_options())
    if isinstance(found, Extracted) and found.body is not None:
        yield from (block.text for block in read_blocks(found.body))


@cache
def _options() -> Extractor:
    # Once: most of what they are is read from a configuration, at the cost of a twentieth of a page.
    return Extractor(output_format="python", comments=False, with_metadata=False, fast=True)


def _everything(page: Page) -> tuple[int, ...]:
    """All pieces that the page shows; where it hides all of them, these."""
    seen = tuple(number for number, piece in enumerate(page.pieces) if piece.seen)
    return seen or tuple(range(len(page.pieces)))


def _groups(tree: etree._Element) -> frozenset[str]:
    """What <meta name="groups"> says, however often it stands there."""
    named = [meta for meta in tree.iter("meta") if (meta.get("name") or "").strip().lower() == "groups"]
    return read_groups(",".join(meta.get("content") or "" for meta in named))


def _language(facts: Facts, blocks: Sequence[Block]) -> str | None:
    """The language that the page states. English is what templates say that nobody changed: it is believed of a text in
    Latin letters only."""
    if facts.language != "en":
        return facts.language
    start = " ".join(block.text for block in blocks[:20])[:2000]
    others = sum(map(str.isalpha, _NOT_LATIN.findall(start)))
    return None if others and 2 * others > sum(map(str.isalpha, start)) else "en"


def _above(page: Page, kept: Sequence[int]) -> tuple[str, ...]:
    """The lines between the heading of the page and the first paragraph of its article."""
    if not kept:
        return ()
    first = next((number for number in kept if page.pieces[number].block.kind is not Kind.HEADING), kept[0])
    heads = [number for number in range(first) if page.tags[page.pieces[number].node] == "h1"]
    return tuple(page.pieces[number].block.text for number in range(heads[-1] + 1, first + 1)) if heads else ()


def _credit(lines: Sequence[str]) -> Credit:
    """Who wrote it and when, as lines say it; the date of a change is none of publication."""
    found = [credit for line in lines if not _CHANGED.match(line) and (credit := read_credit(line))]
    dated = next((credit for credit in found if credit.published), Credit())
    return replace(dated, author=next((credit.author for credit in found if credit.author), None))
