"""The fields of an article in an export, by any of the names that exporters give them -> Draft."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from index.errors import ParseError
from index.parse.dates import StatedDate, find_stated
from index.parse.draft import Block, Draft, Item, Trace
from index.parse.feeds.item_text import item_blocks, item_name, plain
from index.parse.lines import find_link
from index.parse.member import Names
from index.rights import NOBODY, read_groups
from index.types import Precision

# What exporters call these, in small letters and without marks; the first that says something counts.
_TITLE = ("title", "headline", "webtitle", "name", "subject")
_TEXT: tuple[str, ...] = ("text", "body", "articlebody", "content", "fulltext", "maintext", "bodytext", "articletext")
_TEXT += ("article", "story", "paragraphs", "html", "bodyhtml", "contenthtml", "rawcontent", "plaintext", "value")
_SUMMARY = ("description", "summary", "abstract", "excerpt", "lead", "standfirst", "trailtext", "snippet", "subtitle")
_DATE: tuple[str, ...] = ("published", "publisheddate", "publishedat", "publishdate", "publicationdate", "publishedon")
_DATE += ("datepublished", "datepublish", "pubdate", "webpublicationdate", "firstpublished", "firstpublicationdate")
_DATE += ("date", "day")
_AUTHOR = ("author", "authors", "byline", "creator", "creators", "writer", "writers")
_OUTLET: tuple[str, ...] = ("outlet", "publisher", "source", "sourcename", "publication", "newspaper", "sitename")
_OUTLET += ("site", "website", "feed", "sourcedomain", "domain")
_LINK = ("url", "link", "permalink", "weburl", "canonicalurl", "articleurl", "uri")
_ID = ("id", "guid", "uuid", "articleid", "documentid", "docid")
_LANGUAGE = ("language", "lang", "inlanguage", "languagecode")
_GROUPS = "groups"
_MILLISECONDS = 1e11  # seconds since 1970 reach that in the year 5138
_NO_GROUPS = 'has groups that are not understood: write them as ["name", "other name"]'
_NO_TEXT = "holds no text: its fields text, body, content, description and the like are missing or empty"


def text_field(names: Iterable[str]) -> str | None:
    """Which of these fields holds the text of an article, where others tell of an article too; else None."""
    keys = {_key(name): name for name in reversed(list(names))}
    told = any(key in keys for key in (*_TITLE, *_DATE, *_LINK))
    return next((keys[key] for key in _TEXT if key in keys), None) if told else None


def read_item(place: str, said: Mapping[str, object], encoding: str, names: Names) -> Item:
    """Return the article with the fields that are ``said``, named after its identifier, address, title or first words.

    What is no article is an item with a problem, named after its ``place``.
    """
    fields = _fields(said)
    try:
        draft = _draft(fields, encoding)
    except ParseError as error:
        return lost_item(place, str(error), said, names)
    except RecursionError:
        return Item(names.another(place), None, "is nested too deeply")
    title = f"{draft.title} {draft.published}" if draft.title else draft.blocks[0].text
    return Item(names.another(item_name(_first(fields, _ID) or draft.url or title)), draft)


def lost_item(place: str, problem: str, said: Mapping[str, object], names: Names) -> Item:
    """The item of an article that cannot be read, of which these fields are ``said`` still."""
    fields = _fields(said)
    try:
        day = stated.day if (stated := _published(fields)) else None
        title = plain(_first(fields, _TITLE))
        known = (_first(fields, _ID), _link(fields), f"{title} {day}" if title else "")
    except (ParseError, RecursionError):
        known = ("", None, "")
    called = names.another(place)
    # Only an identifier is never passed over for something else; and another article that has the same has a number.
    own = (names.another(item_name(known[0])),) if known[0] else tuple(item_name(key) for key in known if key)
    return Item(called, None, problem, Trace(own, bool(known[0]), groups=lost_groups(fields.get(_GROUPS))))


def lost_groups(value: object) -> frozenset[str]:
    """The groups that the field of an article that cannot be read says; nobody where it is not understood."""
    try:
        return _groups(value)
    except ParseError:
        return frozenset([NOBODY])


def _fields(said: Mapping[str, object]) -> Mapping[str, object]:
    return {_key(name): each for name, each in reversed(list(said.items()))}  # of two of a name, the first


def _link(fields: Mapping[str, object]) -> str | None:
    return next((link for name in _LINK if (link := find_link(_text(fields.get(name)).strip()))), None)


def _key(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())


def _draft(fields: Mapping[str, object], encoding: str) -> Draft:
    title = plain(_first(fields, _TITLE))
    blocks: tuple[Block, ...] = ()
    for text in (_first(fields, _TEXT, "\n\n"), _first(fields, _SUMMARY, "\n\n"), title):
        blocks = blocks or item_blocks(text)
    if not blocks:
        raise ParseError(_NO_TEXT)
    stated = _published(fields)
    language = _first(fields, _LANGUAGE).strip().lower()
    return Draft(
        blocks,
        title=title or None,
        outlet=plain(_first(fields, _OUTLET)) or None,
        author=plain(_first(fields, _AUTHOR, ", ")) or None,
        published=stated.day if stated else None,
        url=_link(fields),
        groups=_groups(fields.get(_GROUPS)),
        precision=stated.precision if stated else Precision.DAY,
        language=language[:2] if re.fullmatch(r"[a-z]{2}(?:[-_].{1,10})?", language) else None,
        encoding=encoding,
    )


def _first(fields: Mapping[str, object], names: Sequence[str], between: str = ", ") -> str:
    """The first of these fields that says something; "" for none."""
    return next((text for name in names if (text := _text(fields.get(name), between)).strip()), "")


def _text(value: object, between: str = ", ") -> str:
    """A field as text: of a list, its texts with ``between`` between them; of an object, its name or its text."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, list):
        return between.join(text for each in value if (text := _text(each, between)).strip())
    if isinstance(value, Mapping):
        inside = {_key(name): each for name, each in value.items() if isinstance(each, str)}
        return _first(inside, ("name", *_TITLE, *_TEXT, "rendered"))
    return ""


def _published(fields: Mapping[str, object]) -> StatedDate | None:
    for name in _DATE:
        value = fields.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            seconds = value / 1000 if abs(value) >= _MILLISECONDS else value
            if 0 < seconds < _MILLISECONDS:
                value = datetime.fromtimestamp(seconds, UTC).date().isoformat()
        if (said := find_stated(_text(value).strip())) is not None:
            return said
    return None


def _groups(value: object) -> frozenset[str]:
    """Those who may see an article. Raises ParseError where that is said in a way that is not understood: better
    unread than seen by everybody."""
    if value is None or value == "":
        return frozenset()
    said = [value] if isinstance(value, str) else value
    if not isinstance(said, list) or not all(isinstance(each, str) for each in said):
        raise ParseError(_NO_GROUPS)
    groups = read_groups(",".join(said))
    if said and not groups:
        raise ParseError(_NO_GROUPS)
    return groups
