"""RSS and Atom -> an article an item; the only file that knows feedparser."""

import io
import re
import warnings
from collections.abc import Iterator, Mapping
from datetime import date
from time import struct_time
from typing import Any

import feedparser

from index.errors import ParseError
from index.parse.dates import find_date
from index.parse.draft import Block, Draft, Item, Trace
from index.parse.encoding import decoded
from index.parse.feeds.item_text import item_blocks, item_name, plain
from index.parse.feeds.pieces import Piece, Pieces, naming_fields, pieces_of
from index.parse.lines import find_link
from index.parse.member import Names

_ENCODING = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"'](?P<name>[\w.:-]+)")
_DECLARATION = re.compile(r"^\s*<\?xml.*?\?>", re.DOTALL)
_ROOT = re.compile(r"<(?:[\w.-]+:)?(?P<name>[A-Za-z][\w.-]*)[\s/>]")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_ENTITY = re.compile(r"<!ENTITY\s+(?P<parameter>%\s+)?[\w.-]+\s+(?P<value>\"[^\"]*\"|'[^']*'|[^>]*)")
_CHARACTER = re.compile(r"&#\w{1,8};")
_LONGEST_ENTITY = 100  # characters; the names of letters and of publishers, nothing that could unfold
_DATES = ("published", "updated", "created")


def parse_feed(data: bytes) -> tuple[Item, ...]:
    """Return the articles of an RSS or Atom feed in its order, each named after its identifier or address.

    An item's full text is taken, else its summary, else its title. Outlet is the source an item names, or the title of
    the feed; published is the day written, in the zone it is written in. What is damaged is an item with a problem, and
    nothing of it is taken for another's. Nothing is ever fetched. Raises ParseError
    for an empty or binary file, for XML that is no feed or declares entities that unfold, and for a feed without items.
    """
    declared = _ENCODING.search(data[:1000])
    text = decoded(data, declared["name"].decode("ascii", "replace") if declared else None)
    body = _DECLARATION.sub("", text.text, count=1)
    _check(body)
    feed = _parsed(body)
    pieces = pieces_of(body, sound=not feed.get("bozo"))
    if any(piece.problem for piece in pieces.items):
        feed = _parsed(pieces.whole)
    entries: list[Mapping[str, object]] = feed["entries"]
    outlet = plain(_said(feed.get("feed"), "title"))
    if len(entries) != sum(not piece.problem for piece in pieces.items):
        pieces = Pieces("", (Piece(""),) * len(entries), "")  # written in some other way: what was read counts
    names, rest = Names(), iter(entries)
    items = list[Item]()
    for number, piece in enumerate(pieces.items, 1):
        if piece.problem:
            items += _lost(f"item {number}", piece, pieces, names)
        else:
            items.append(_item(number, next(rest), outlet, text.encoding, names))
    if not items:
        raise ParseError("lists no articles: it is a feed without items, or cut short")
    return tuple(items)


def _parsed(body: str) -> Mapping[str, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what it will read otherwise in its next version
        # Only a stream is never taken for an address or a path.
        found: Mapping[str, Any] = feedparser.parse(
            io.BytesIO(body.encode("utf-8", "replace")), sanitize_html=False, resolve_relative_uris=False
        )
    return found


def _lost(place: str, piece: Piece, pieces: Pieces, names: Names) -> Iterator[Item]:
    """What is left of a damaged piece: an item with a problem, or as many as it has identifiers."""
    tag = "entry" if "<entry" in piece.text else "item"
    for fields in naming_fields(piece.text):
        entries = _parsed(pieces.with_items(f"<{tag}>{fields}</{tag}>"))["entries"] if fields else ()
        yield _unread(place, piece.problem, entries[0] if entries else {}, names, piece.last)


def _unread(place: str, problem: str, entry: Mapping[str, object], names: Names, last: bool = False) -> Item:
    """An item with a problem; and which article it was, by what is left of its fields."""
    called, identifier = names.another(place), _said(entry, "id")
    if identifier:
        return Item(called, None, problem, Trace((names.another(item_name(identifier)),), sure=True, last=last))
    link, title = find_link(_said(entry, "link").strip()), plain(_said(entry, "title"))
    return Item(called, None, problem, Trace(tuple(item_name(key) for key in (link, title) if key), last=last))


def _check(text: str) -> None:
    """Raises ParseError unless ``text`` is a feed by its first element, with no entities but harmless ones."""
    bare = _COMMENT.sub("", text)
    root = _ROOT.search(bare)
    if root is None or root["name"].lower() not in ("rss", "feed", "rdf"):
        raise ParseError("is not an RSS or Atom feed: of XML, only these are read")
    for entity in _ENTITY.finditer(bare):
        value = _CHARACTER.sub("", entity["value"])
        if entity["parameter"] or "&" in value or value[:1] not in "\"'" or len(value) > _LONGEST_ENTITY:
            raise ParseError("declares XML entities that unfold or lie elsewhere: save the feed without its DOCTYPE")


def _item(number: int, entry: Mapping[str, object], outlet: str, encoding: str, names: Names) -> Item:
    title, link = plain(_said(entry, "title")), find_link(_said(entry, "link").strip())
    place = f"item {number}"
    try:
        blocks = max((item_blocks(text) for text in _texts(entry)), key=_length, default=()) or item_blocks(title)
    except ParseError as error:
        return _unread(place, str(error), entry, names)
    except RecursionError:
        return _unread(place, "is nested too deeply", entry, names)
    if not blocks:
        return _unread(place, "holds no text", entry, names)
    name = names.another(item_name(_said(entry, "id") or link or title or blocks[0].text))
    return Item(
        name,
        Draft(
            blocks,
            title=title or None,
            outlet=plain(_said(entry.get("source"), "title")) or outlet or None,
            author=_author(entry),
            published=_published(entry),
            url=link,
            encoding=encoding,
        ),
    )


def _length(blocks: tuple[Block, ...]) -> int:
    return sum(len(block.text) for block in blocks)


def _said(entry: object, name: str) -> str:
    """The text of a field; "" where there is none."""
    value = entry.get(name) if isinstance(entry, Mapping) else None
    return value if isinstance(value, str) else ""


def _texts(entry: Mapping[str, object]) -> Iterator[str]:
    contents = entry.get("content")
    for content in contents if isinstance(contents, list) else ():
        yield _said(content, "value")
    yield _said(entry, "summary")


def _author(entry: Mapping[str, object]) -> str | None:
    detail = entry.get("author_detail")
    name = plain(_said(detail, "name") or _said(entry, "author"))
    # Beside an address, a single word may be what feedparser left over of it.
    is_name = " " in name or not _said(detail, "email")
    return name if name and "@" not in name and is_name else None


def _published(entry: Mapping[str, object]) -> date | None:
    for name in _DATES:
        if name not in entry:
            continue
        found = find_date(_said(entry, name))
        parsed = entry.get(f"{name}_parsed")
        if found is None and isinstance(parsed, struct_time) and parsed.tm_year >= 1900:
            found = find_date(f"{parsed.tm_year}-{parsed.tm_mon:02}-{parsed.tm_mday:02}")
        if found is not None:
            return found
    return None
