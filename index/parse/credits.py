"""One line of an article's head -> the date, outlet, author or link it states."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from index.parse.dates import StatedDate, find_date, find_date_inside, find_stated
from index.parse.lines import find_byline, find_link
from index.parse.outlets import is_name, looks_like_outlet
from index.types import Precision

# What stands over a title and says which page it was on.
_KICKERS = re.compile(
    r"analysis|article|blog|blog post|brief|breaking|breaking news|business|commentary|editorial|essay|exclusive"
    r"|explainer|feature|features|international|interview|investigation|news|op-ed|opinion|perspective|politics"
    r"|press release|report|research|security|world|world news",
    re.IGNORECASE,
)
_STRONG = re.compile(r"\s*[|•·]\s*|\s+[—–/-]\s+")
_WEAK = re.compile(r"[,.;]\s+")
_READING_TIME = re.compile(r"[0-9]+[ -]min(?:ute)?s?(?: read)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Credit:
    """What one line states. ``whole`` is false when it also says something else (a place), and stays in the text."""

    outlet: str | None = None
    author: str | None = None
    published: date | None = None
    url: str | None = None
    whole: bool = True
    precision: Precision = Precision.DAY


def is_kicker(text: str) -> bool:
    """Whether folded ``text`` is a rubric such as "Opinion" or "World news", which is never the title itself."""
    return _KICKERS.fullmatch(text.rstrip(":")) is not None


def read_credit(text: str) -> Credit | None:
    """Return what the folded line ``text`` states when it is nothing but credits, None when it is something else.

    Read are a date, a byline, an outlet's name, a link, and lines that put several of these side by side
    ("Outlet | Essay | 28 June 2024", "Jane Doe, The Outlet, 19 June 2025", "19 June 2024 — Geneva").
    """
    if len(text) > 200:
        return None
    return _read_part(text) or _read_parts(text)


def split_author(text: str) -> Credit:
    """Return "Jane Doe, The Outlet" as author and outlet, and any other text as an author."""
    name, comma, outlet = text.rpartition(", ")
    if comma and looks_like_outlet(outlet):
        return Credit(author=name, outlet=outlet)
    return Credit(author=text)


def _read_part(text: str) -> Credit | None:
    if stated := _stated(text):
        return Credit(published=stated.day, precision=stated.precision)
    if url := find_link(text):
        return Credit(url=url)
    lead, _, name = text.partition(" ")
    if looks_like_outlet(text):
        return Credit(outlet=text.rstrip(":"))
    if lead.lower() == "by" and looks_like_outlet(name):
        return Credit(outlet=name)
    if byline := find_byline(text):
        return split_author(byline)
    return None


def _stated(text: str) -> StatedDate | None:
    """The date that the line is; a bare number is none here, but the number of a page or a chapter."""
    return None if text.isdecimal() else find_stated(text)


def _read_parts(text: str) -> Credit | None:
    # The date first: its comma must not part it.
    inside = find_date_inside(text)
    published = find_date(inside[0]) if inside else None
    rest = f"{text[: inside.start()]} | {text[inside.end() :]}" if inside and published else text
    strong = _pieces(_STRONG, rest)
    # "4. Juni 2024" has a point of its own.
    pieces = [piece for part in strong for piece in ([part] if _stated(part) else _pieces(_WEAK, part))]
    if len(pieces) + bool(published) < 2:
        return None
    read = [credit for piece in pieces if (credit := _read_part(piece))]
    rubrics = [piece for piece in pieces if is_kicker(piece) or _READING_TIME.fullmatch(piece)]
    unread = [piece for piece in pieces if piece not in rubrics and _read_part(piece) is None]
    credit = _merge([Credit(published=published), *read])
    if not (credit.published or credit.author):
        return None
    if not unread:
        return credit
    if len(unread) == 1 and is_name(unread[0], limit=4):
        if credit.outlet and not credit.author:
            return replace(credit, author=unread[0])
        if credit.author and not credit.outlet:
            return replace(credit, outlet=unread[0])
    # A dateline with its place; behind a comma it could be a title with a date in it.
    if inside and len(pieces) == len(strong) and not _WEAK.search(text[: inside.start()]) and _are_places(unread):
        return replace(credit, whole=False)
    return None


def _pieces(mark: re.Pattern[str], text: str) -> list[str]:
    return [piece for part in mark.split(text) if (piece := part.strip(" ,.;|"))]


def _are_places(names: Sequence[str]) -> bool:
    return all(len(name.split()) <= 2 and not name[0].islower() for name in names)


def _merge(credits: Sequence[Credit]) -> Credit:
    dates = [credit for credit in credits if credit.published]
    dated = next((credit for credit in dates if credit.precision is Precision.DAY), dates[0] if dates else Credit())
    return Credit(
        outlet=next((credit.outlet for credit in credits if credit.outlet), None),
        author=next((credit.author for credit in credits if credit.author), None),
        published=dated.published,
        precision=dated.precision,
        url=next((credit.url for credit in credits if credit.url), None),
    )


def merge(credits: Sequence[Credit]) -> Credit:
    """Return the first of each that ``credits`` state; a second outlet, as of an agency's text, becomes the author."""
    merged = _merge(credits)
    second = next((each.outlet for each in credits if each.outlet and each.outlet != merged.outlet), None)
    return replace(merged, author=merged.author or second)
