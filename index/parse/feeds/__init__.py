"""RSS and Atom -> an article an item; the only file that knows feedparser."""

import io
import re
import warnings
from collections.abc import Iterator, Mapping
from datetime import date
from time import struct_time

import feedparser

from index.errors import ParseError
from index.parse.dates import find_date
from index.parse.draft import Block, Draft, Item
from index.parse.encoding import decoded
from index.parse.feeds.item_text import item_blocks, item_name, plain
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
    the feed; published is the day written, in the zone it is written in. Nothing is ever fetched. Raises ParseError
    for an empty or binary file, for XML that is no feed or declares entities that unfold, and for a feed without items.
    """
    declared = _ENCODING.search(data[:1000])
    text = decoded(data, declared["name"].decode("ascii", "replace") if declared else None)
    body = _DECLARATION.sub("", text.text, count=1)
    _check(body)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what it will read otherwise in its next version
        # Only a stream is never taken for an address or a path.
        feed = feedparser.parse(
            io.BytesIO(body.encode("utf-8", "replace")), sanitize_html=False, resolve_relative_uris=False
        )
    outlet = plain(_said(feed.get("feed"), "title"))
    names = Names()
    items = tuple(_item(number, entry, outlet, text.encoding, names) for number, entry in enumerate(feed["entries"], 1))
    if not items:
        raise ParseError("lists no articles: it is a feed without items, or cut short")
    return items


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
        return Item(names.another(place), None, str(error))
    except RecursionError:
        return Item(names.another(place), None, "is nested too deeply")
    if not blocks:
        return Item(names.another(place), None, "holds no text")
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
