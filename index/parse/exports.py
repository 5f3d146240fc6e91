"""Lines that databases and mailing lists put around the articles they send: breaks between them, and named fields.

Press databases end each article with "End of Document" or its number there, or count them ("3 of 12 DOCUMENTS"), and
tell "BYLINE: …", "LENGTH: 512 words", "LOAD-DATE: …" around its "BODY". Digests of mailing lists (RFC 1153) begin each
message with "Message: 3" and the fields of its mail.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from index.parse.credits import Credit, split_author
from index.parse.dates import find_date_inside, find_stated
from index.parse.lines import find_link

_NOUN = r"(?:document|article|record|item|result|story)"
_BREAK = re.compile(
    rf"end of {_NOUN}|\(?end\)?|ends|-+ ?30 ?-+|# # #|\*+ ?end ?\*+"
    rf"|(?:{_NOUN} )?#?\d{{1,5}} of \d{{1,5}}(?: {_NOUN}s?)?"
    rf"|document [A-Z]{{3,10}}\d{{6,}}\w{{4,}}|(?:message|{_NOUN}) ?(?:no\.?|number)? ?[:#] ?\d{{1,5}}"
    r"|(?:subject: )?end of .{1,80} digest\b.{0,60}",
    re.IGNORECASE,
)
_FIELD = re.compile(r"(?P<key>[A-Za-z][A-Za-z-]*(?: [A-Za-z]+){0,2})\s*:(?:\s+(?P<value>\S.*))?")
_TITLES = frozenset(("headline", "title", "subject"))
_AUTHORS = frozenset(("byline", "author", "authors", "from", "reporter", "writer"))
_OUTLETS = frozenset(("source", "publication", "newspaper", "outlet", "publisher", "source name", "media"))
_DATES = frozenset(("date", "published", "publication date", "pub date", "date published", "sent", "issue date"))
_LINKS = frozenset(("url", "link", "web", "source url"))
_SUBTITLES = frozenset(("highlight", "subtitle", "deck", "subhead"))
# What says nothing that a reader of the article asks for.
_OTHERS = """
section|length|load-date|load date|language|publication-type|publication type|graphic|classification|dateline|edition
column|page|pages|distribution|country|region|journal-code|document-type|acc-no|accession number|word count|words
series|correction-date|update-date|issn|database|to|cc|reply-to|message-id|content-type|mime-version|copyright|rubric
publication subject|publication info|keywords|document id|place of publication|country of publication|isbn
"""
_IDLE = frozenset(_OTHERS.replace("\n", "|").strip("|").split("|"))
_TELLING = frozenset(("load-date", "load date", "publication-type", "length", "byline", "section", "word count"))
_COUNT = re.compile(r"\d{2,6}(?:,\d{3})? words", re.IGNORECASE)
_COPYRIGHT = re.compile(r"(?:copyright|©|\(c\))\s*(?:©|\(c\))?\s*(?:19|20)\d\d\b.{0,120}", re.IGNORECASE)
_BODY = re.compile(r"(?:body|full[ -]text|text)\s*:?", re.IGNORECASE)
_LANGUAGE = re.compile(
    r"english|german|french|spanish|italian|portuguese|dutch|polish|russian|ukrainian|norwegian|swedish|danish|finnish",
    re.IGNORECASE,
)
_CODE = re.compile(r"[A-Z][A-Z0-9]{2,9}|(?:[Pp]age|[Pp]g\.?|[Pp]\.) ?\w{1,5}|[A-Z]?\d{1,3}|.{0,30}\b[Ee]dition")
_ADDRESS = re.compile(r"\s*[<(\[]?[\w.+-]+@[\w.-]+[>)\]]?\s*")
_PLACE = re.compile(r"(?:,| in) [^\W\d_a-z][\w .-]{1,40}$")
_LONGEST_DATE = 80  # characters of a line that begins with a date
_BEHIND_DATE = 4  # words, as in "June 3, 2024 Monday 2:05 PM GMT"


@dataclass(frozen=True, slots=True)
class Export:
    """What a field says of its article: in ``credit``, or that it has this ``title`` or ``subtitle``; all are empty
    where it says nothing of these. ``telling`` is whether only a database would write it."""

    credit: Credit = field(default_factory=Credit)
    title: str = ""
    subtitle: str = ""
    telling: bool = False


def is_break(text: str) -> bool:
    """Whether the whole folded line stands between two articles of a file and in none."""
    return len(text) <= 120 and _BREAK.fullmatch(text.strip()) is not None


def is_exported(lines: Sequence[str]) -> bool:
    """Whether a file with these folded lines comes from a database or a mailing list: two breaks of the same kind
    stand in it, or two fields that only a database writes."""
    breaks = sum(map(is_break, lines))
    if breaks > 1:
        return True
    return breaks + sum(1 for line in lines if (found := read_export(line)) and found.telling) > 1


def read_export(text: str) -> Export | None:
    """What the whole folded line says as a field of an export; None for any other line."""
    if len(text) > 300:
        return None
    if _COUNT.fullmatch(text):
        return Export(telling=True)
    if _COPYRIGHT.fullmatch(text):
        return Export()
    found = _FIELD.fullmatch(text)
    if found is None:
        inside = find_date_inside(text) if len(text) <= _LONGEST_DATE else None
        if inside is None or inside.start() or len(text[inside.end() :].split()) > _BEHIND_DATE or text.endswith("."):
            return None
        return Export(_dated(inside[0]))
    key, value = found["key"].lower(), found["value"] or ""
    if not value:
        return Export(telling=key in _TELLING) if key in _IDLE else None
    if key in _TITLES:
        return Export(title=value)
    if key in _SUBTITLES:
        return Export(subtitle=value)
    credit = _credit(key, value)
    if credit is None:
        return None
    return Export(credit, telling=key in _TELLING)


def _credit(key: str, value: str) -> Credit | None:
    if key in _AUTHORS:
        name = _PLACE.sub("", _ADDRESS.sub("", value).strip(" \"'")).removeprefix("By ").removeprefix("by ")
        return split_author(name) if name else Credit()
    if key in _OUTLETS:
        return Credit(outlet=value) if find_link(value) is None else Credit(url=find_link(value))
    if key in _DATES:
        return _dated(value)
    if key in _LINKS:
        return Credit(url=find_link(value))
    return Credit() if key in _IDLE else None


def _dated(value: str) -> Credit:
    inside = find_date_inside(value)
    stated = find_stated(value) or (find_stated(inside[0]) if inside else None)
    return Credit(published=stated.day, precision=stated.precision) if stated else Credit()


def is_copyright(text: str) -> bool:
    """Whether the whole folded line claims a copyright: "Copyright 2024 Harbour Times Ltd."."""
    return _COPYRIGHT.fullmatch(text) is not None


def is_body(text: str) -> bool:
    """Whether the line says no more than that the text begins below it."""
    return _BODY.fullmatch(text) is not None


def is_idle(text: str) -> bool:
    """Whether a line among a database's fields is one more of them, without a name: a language, a code, a page."""
    return (_LANGUAGE.fullmatch(text) or _CODE.fullmatch(text)) is not None


def is_after(text: str) -> bool:
    """Whether the line is one that databases put below a text."""
    if text.lower() in ("graphic", "classification", "notes") or is_break(text):
        return True
    found = read_export(text)
    return found is not None and found == Export(telling=found.telling)
