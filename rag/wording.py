"""What a passage says, sentence by sentence, as copies are told from corrections by it: without house style,
headings, bylines, datelines and credits."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.types import Document, Precision
from rag.terms import STOP, sequence
from rag.types import Passage

WORD = re.compile(r"\w+")
_BETWEEN = re.compile(r"[.!?…]+[”\"’'»)\]]*\s+")
_FIGURE = re.compile(r"(?<!\w)[-−]?[$€£¥]?\d+(?:[.,:/–-]\d+)*(?: percent\b)?")
_PERCENT = re.compile(r"\s?%|\s?\bper cent\b", re.I)
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_NOT = re.compile(r"n[’']t\b|(?<=\bcan)not\b")
_PLACE = r"[A-ZÀ-Þ][A-ZÀ-Þ.'’ -]{2,40}(?:, [^—–()\n]{1,30}?)?"
_TOWN = r"[A-ZÀ-Þ][\w.'’-]+(?: [A-ZÀ-Þ][\w.'’-]+){0,2}(?:, [^—–()\n]{1,30}?)?"
_AGENCY = r" ?\([A-ZÀ-Þ][^()\n]{1,30}\)"
# "HANOI, June 20 (AP) — ", "London (Reuters) - ", "(AFP) – ": where and by whom it was filed.
DATELINE = re.compile(rf"(?:({_PLACE})(?:{_AGENCY})?|({_TOWN})?{_AGENCY}) ?(?:—|–|--|-) ")
_BYLINE = re.compile(
    r"By [A-ZÀ-Þ][^\d.!?:]{1,80}|\((?:Additional )?(?:[Rr]eporting|[Ee]diting|[Ww]riting) by [^()\d]{1,200}\)\.?"
)
# What an outlet tells its readers, as a sentence of its own.
_HOUSE = re.compile(
    r"\W*(?:additional reporting by|subscribe|sign up|read more|click here|follow us|share this|share the post"
    r"|all rights reserved)\b",
    re.I,
)
_DAY_OR_YEAR = re.compile(r"\d\d?|(?:19|20)\d\d")
_DATES = """
january february march april may june july august september october november december jan feb mar apr jun jul aug sep
sept oct nov dec monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun published updated
posted modified last on at am pm gmt utc cet est edt
"""
_DATED = frozenset(_DATES.split())
# Days that only the date of publication tells, and days that are told by their own.
_RELATIVE = re.compile(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|today|yesterday|tomorrow|tonight|ago"
    r"|(?:last|this|next|coming) (?:week|weekend|month|year))\b",
    re.I,
)
_MONTH = "january|february|march|april|may|june|july|august|september|october|november|december"
_CALENDAR = re.compile(rf"\b\d{{1,2}} (?:{_MONTH})\b|\b(?:{_MONTH}) \d{{1,2}}\b", re.I)
_FREE = frozenset(("the", "that", "s"))  # may come and go anywhere ("a" may not: "few", "a few")
# Left out, these turn a statement into another one; so do all figures, names and function words.
_TURN = """
alleged allegedly reported reportedly apparent apparently nearly almost roughly around approximately least partly
former ex acting deputy vice suspected accused possible possibly probable probably likely unlikely potential perhaps
maybe partially temporarily conditionally informally narrowly indirectly unanimously unarmed unhurt uninjured
provisionally claimed supposed supposedly proposed planned draft tentative provisional preliminary attempted failed
false falsely fake deny denies denied hardly barely rarely seldom scarcely never none without cannot neither refused
rejected illegal unconfirmed disputed zero one two three four five six seven eight nine ten eleven twelve twenty
thirty forty fifty sixty seventy eighty ninety dozen hundred thousand million billion trillion first second third half
quarter double triple twice several percent
"""
_TURNS = frozenset(_TURN.split())


@dataclass(frozen=True, slots=True)
class Wording:
    """A sentence as it is compared: its ``words``, its ``figures`` as written, ``fixed`` the words that must not be
    left out, and the ``place`` it was filed from, where that is told."""

    words: tuple[str, ...]
    figures: tuple[str, ...]
    fixed: frozenset[str]
    place: tuple[str, ...]


def wordings(passage: Passage) -> list[Wording]:
    """The sentences of the passage in order, without headings, bylines, credits and lines that hold a date only."""
    return [statement for line in lines_of(passage) for statement in _said(line)]


def said_in(document: Document) -> list[Wording]:
    """The sentences of the whole document, as ``wordings`` gives those of a passage."""
    lines = [document.text[one.start : one.end] for one in document.paragraphs if not one.heading]
    return [statement for line in lines for statement in _said(line)]


def same_days(one: Document, other: Document, text: str) -> bool:
    """Whether ``text`` means the same days in both documents: "on Monday" and "last week" do not where these were
    published a week or more apart. True where that cannot be told."""
    if not (one.published and other.published and one.precision is other.precision is Precision.DAY):
        return True
    near = abs((one.published - other.published).days) < 7
    return near or not _RELATIVE.search(text) or _CALENDAR.search(text) is not None


def lines_of(passage: Passage) -> list[str]:
    """The paragraphs of the passage, or what it has of them, without headings."""
    chunk, text = passage.chunk, passage.document.text
    inside = passage.document.paragraphs[chunk.first_paragraph - 1 : chunk.last_paragraph]
    return [text[max(one.start, chunk.start) : min(one.end, chunk.end)] for one in inside if not one.heading]


@lru_cache(maxsize=2048)
def _said(line: str) -> tuple[Wording, ...]:
    """The statements of a paragraph. (Kept, because copies have their paragraphs in common.)"""
    if _BYLINE.fullmatch(line) or (len(line) < 60 and _is_date(sequence(line))):
        return ()
    return tuple(each for each in (_statement(part) for part in _parts(line) if not _HOUSE.match(part)) if each.words)


def _is_date(words: Sequence[str]) -> bool:
    return not _DATED.isdisjoint(words) and all(word in _DATED or _DAY_OR_YEAR.fullmatch(word) for word in words)


def _parts(line: str) -> Iterator[str]:
    """The sentences of a paragraph, good enough to be compared: cut where a mark ends one, wherever else that cuts. A
    piece of fewer than four words ("Dr.", "He lied.") goes with what follows it."""
    begin = 0
    for end in (*(match.end() for match in _BETWEEN.finditer(line)), len(line)):
        if end == len(line) or len(WORD.findall(line, begin, end)) >= 4:
            yield line[begin:end]
            begin = end


def _statement(part: str) -> Wording:
    dateline = DATELINE.match(part)
    place = (dateline[1] or dateline[2] or "") if dateline else ""
    said = made_plain(part[dateline.end() :] if dateline else part)
    words, fixed = [], set()
    for written in WORD.findall(said):
        for word in sequence(written) if not written.isascii() else (written.lower(),):
            if word not in _FREE:
                words.append(word)
                if written[0].isupper() or word in STOP or word in _TURNS or not word.isalpha():
                    fixed.add(word)
    return Wording(tuple(words), figures_of(said), frozenset(fixed), tuple(sequence(place)))


def made_plain(text: str) -> str:
    """``text`` with "not" for every "n’t" and one form for percentages and thousands, so that house style is no
    difference."""
    text = _NOT.sub(" not", _THOUSANDS.sub("", text))
    return _PERCENT.sub(" percent", text)


def figures_of(text: str) -> tuple[str, ...]:
    """The figures of a ``text`` made plain, with their signs, currencies and per cents, in order."""
    return tuple(figure.replace("−", "-").replace("–", "-").replace(" ", "") for figure in _FIGURE.findall(text))
