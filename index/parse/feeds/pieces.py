"""The text of a feed -> its items as they are written, and which of them are damaged.

feedparser reads any XML, and makes something of what is broken: half a text for the whole, or two articles as one. So
what is damaged is told here, by the tags alone, and taken out before the others are read.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

_CUT = "is cut short: its end is missing"
_HEADLESS = "is cut short: its beginning is missing"
_BROKEN = "is damaged: a field of it has no end, or no beginning"
_TWO = "is damaged: it has the fields of two"
_LOST = "is damaged: text stands in its place that belongs to no item"
_FIRST = re.compile(r"<((?:[\w.-]+:)?(?:item|entry))[\s/>]")
_TAG = re.compile(r"<[^<>]*>")
_FIELD = re.compile(
    r"<(?P<end>/?)(?P<name>title|link|guid|id|description|content:encoded|content|summary|pubdate|published|updated|"
    r"dc:date|dc:creator|author)(?=[\s/>])[^<>]*?(?P<alone>/?)>",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(r"<(?P<name>source|author|image)\b[^<>]*>.{0,2000}?</(?P=name)>", re.IGNORECASE | re.DOTALL)
_NAMING = re.compile(
    r"<(?P<name>guid|id|link|title)\b[^<>]*(?:/>|>(?:(?:[^<]|<!\[CDATA\[(?:[^<\]]|\](?!\]>)|<(?!!\[CDATA))*\]\]>)*)</(?P=name)>)",
    re.IGNORECASE,
)
_HEAD_TITLE = re.compile(r"</title\s*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Piece:
    """One item as it is written, or what is left of one that is damaged: ``problem`` then says how, and ``last`` that
    the feed ends in it."""

    text: str
    problem: str = ""
    last: bool = False


@dataclass(frozen=True, slots=True)
class Pieces:
    """The items of a feed in its order, and what stands ``before`` and ``behind`` them."""

    before: str
    items: tuple[Piece, ...]
    behind: str

    @property
    def whole(self) -> str:
        """The feed without what is damaged in it."""
        return self.with_items("".join(item.text for item in self.items if not item.problem))

    def with_items(self, items: str) -> str:
        """The feed with these items in the place of its own."""
        return f"{self.before}{items}{self.behind}"


def pieces_of(feed: str, sound: bool) -> Pieces:
    """The pieces of a ``feed`` without its XML declaration, which as XML is ``sound`` or not. None of its items is
    damaged but by what no feed can hold: tags that do not close, two identifiers, loose text between items."""
    first = _FIRST.search(feed)
    if first is None:
        return Pieces(feed, (), "")
    found, begun, ended, before = list[Piece](), -1, -1, first.start()
    for tag in _tags(feed, first[1]):
        is_end = tag[0].startswith("</")
        if is_end and begun < 0:  # the start of this one is gone
            if ended < 0:
                before = _head(feed, tag.start())
            found.append(Piece(feed[max(ended, before) : tag.end()], _HEADLESS))
            ended = tag.end()
            continue
        if not is_end:
            if begun >= 0:
                found.append(Piece(feed[begun : tag.start()], _CUT))
            elif _is_loose(loose := feed[ended if ended >= 0 else feed.rfind(">", 0, before) + 1 : tag.start()]):
                found.append(Piece(loose, _LOST))
            begun = tag.start()
        if is_end or tag[0].endswith("/>"):
            text = feed[begun : tag.end()]
            found.append(Piece(text, _problem(text, sound)))
            begun, ended = -1, tag.end()
    if begun >= 0:
        found.append(Piece(feed[begun:], _CUT, last=True))
        ended = len(feed)
    elif _is_loose(loose := feed[ended:].partition("<")[0]):
        found.append(Piece(loose, _LOST))
        ended += len(loose)
    return Pieces(feed[:before], tuple(found), feed[ended:])


def naming_fields(piece: str) -> tuple[str, ...]:
    """The fields of an item that is damaged by which it may be known, each with its tags, as many times over as it has
    identifiers: it may be what is left of two."""
    fields = [field[0] for field in _NAMING.finditer(_ELSEWHERE.sub("", piece))]
    identifiers = [field for field in fields if field[1:3].lower() == "id" or field[1:5].lower() == "guid"]
    rest = "".join(field for field in fields if field not in identifiers)
    return tuple(identifiers) or (rest,)


def _tags(feed: str, name: str) -> Iterator[re.Match[str]]:
    """The tags of the items that are called ``name``, outside of comments and CDATA."""
    token = re.compile(rf"<!--|<!\[CDATA\[|</?{re.escape(name)}(?=[\s/>])[^<>]*>")
    at, last_comment = 0, feed.rfind("-->")
    while (found := token.search(feed, at)) is not None:
        at = found.end()
        if found[0] == "<!--":
            at = feed.find("-->", at) + 3 if at <= last_comment else at
        elif found[0] == "<![CDATA[":
            # One that another begins in has lost its end.
            following = feed.find("<![CDATA[", at)
            at = max(at, feed.find("]]>", at, following if following >= 0 else len(feed)) + 3)
        else:
            yield found


def _head(feed: str, end: int) -> int:
    """Where the first item of a feed begins whose own start is lost: behind the title of the feed."""
    title = _HEAD_TITLE.search(feed, 0, end)
    return title.end() if title else end


def _is_loose(between: str) -> bool:
    return not _TAG.search(between) and bool(between.strip())


def _problem(item: str, sound: bool) -> str:
    """What is damaged of an item from its start to its end, "" for nothing."""
    bare = re.sub(r"<!--.*?-->|<!\[CDATA\[.*?\]\]>", "", item, flags=re.DOTALL)
    bare = _ELSEWHERE.sub("", bare)
    starts, ends = Counter[str](), Counter[str]()
    for field in _FIELD.finditer(bare):
        if not field["alone"]:
            (ends if field["end"] else starts)[field["name"].lower()] += 1
    if starts["guid"] > 1 or starts["id"] > 1:
        return _TWO
    if sound:
        return ""
    broken = starts != ends or "<![CDATA[" in bare or "]]>" in bare or item.count("<![CDATA[") != item.count("]]>")
    return _BROKEN if broken else _TWO if starts["title"] > 1 or starts["description"] > 1 else ""
