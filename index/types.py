"""The values that leave this room: Document, Paragraph, Box, Chunk, Entry, Link, Filters.

Offsets are in Unicode code points, half open, and always point into ``Document.text``, the canonical text: what was
kept of the file, paragraph after paragraph, each with its white space folded, two newlines between them.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

_TABLE = re.compile(r"table (?P<number>[1-9][0-9]*)")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of a document: ``document.text[start:end]``.

    ``number`` counts from 1 in reading order; ``heading`` is true for a line that titles what follows (it is shown and
    searched, never quoted as an answer). The others are its anchor in its file, None where the format has none: the
    ``page`` or ``slide`` it begins on, or the ``sheet``'s name and the ``row`` in it; all but the name count from 1.
    A table of a text or a slide is a sheet with the name ``table_name`` gives it, and its header is a row of it.
    """

    number: int
    start: int
    end: int
    page: int | None = None
    heading: bool = False
    slide: int | None = None
    sheet: str | None = None
    row: int | None = None

    @property
    def leaf(self) -> str:
        """The part of its file that can be shown apart, in words: ``page 4``, ``slide 3``, ``sheet Budget``; empty
        where the format has none."""
        if self.page:
            return f"page {self.page}"
        return f"slide {self.slide}" if self.slide else f"sheet {self.sheet}" if self.sheet and not self.table else ""

    @property
    def table(self) -> int | None:
        """The number of the table of a text or a slide that it is a row of, from 1; None elsewhere."""
        found = _TABLE.fullmatch(self.sheet) if self.sheet else None
        return int(found["number"]) if found else None

    @property
    def where(self) -> str:
        """The anchor in words: ``p. 4``, ``slide 3``, ``sheet Budget, row 12``, ``table 2, row 5``; empty where there
        is none."""
        named = f"{'' if self.table else 'sheet '}{self.sheet}" if self.sheet else ""
        parts = [f"p. {self.page}" if self.page else "", f"slide {self.slide}" if self.slide else "", named]
        return ", ".join(filter(None, [*parts, f"row {self.row}" if self.row else ""]))


def table_name(number: int) -> str:
    """The ``Paragraph.sheet`` of the rows of the table with that ``number``: as one counts, from 1, those tables of a
    file, or of a slide, that are read row by row."""
    return f"table {number}"


@dataclass(frozen=True, slots=True)
class Box:
    """Where ``document.text[start:end]``, which is of one paragraph, is printed: on ``page`` (from 1), the four sides
    as shares in [0, 1] of the page's width (``left``, ``right``) and height (``top``, ``bottom``), from its top left.
    """

    start: int
    end: int
    page: int
    left: float
    top: float
    right: float
    bottom: float


class Precision(Enum):
    """How much of a date of publication is stated. Of a month or a year, ``published`` is the first day."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Document:
    """One article.

    ``id`` comes from the source path and the article's position in that file, and stays when the content changes;
    ``version`` is the hash of what can be quoted or shown (title to paragraphs) and changes with it. ``published`` is
    what the document itself says, None when it says nothing; ``modified`` is the file's own time stamp (UTC) and is
    never shown as a date of publication. ``source`` is the absolute path in POSIX form. ``groups`` are those whose
    members may see the document, none when everybody may; they are no part of what can be quoted, nor of ``version``.

    ``part`` is where in a file of several files it stands, as ``news/june.pdf`` in an archive or
    ``message 12/june.pdf`` in a mailbox; None for the file itself. ``language`` is an ISO 639-1 code and ``encoding``
    Python's name of the character set it was decoded from; None where nothing was decoded, or the language cannot be
    told. ``boxes`` are the printed lines of paginated formats, in the order of their starts. They come from the parser
    only: what a library gives has none, ``Library.boxes`` does.
    """

    id: str
    version: str
    source: str
    position: int
    title: str
    outlet: str | None
    author: str | None
    published: date | None
    url: str | None
    modified: datetime
    text: str
    paragraphs: tuple[Paragraph, ...]
    groups: frozenset[str] = frozenset()
    part: str | None = None
    precision: Precision = Precision.DAY
    language: str | None = None
    encoding: str | None = None
    boxes: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class Chunk:
    """A run of whole paragraphs, or of whole sentences of one long paragraph: ``document.text[start:end]``.

    ``id`` names document, version and place, so an id never stands for two different texts. ``context`` (title,
    outlet, date) is prefixed for embedding and search, and is never part of a quote. ``tokens`` counts context and
    text in cl100k_base tokens.
    """

    id: str
    document_id: str
    start: int
    end: int
    first_paragraph: int
    last_paragraph: int
    context: str
    tokens: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A document as a list shows it: everything but its text. ``paragraphs`` is their number; for the last five see
    Document."""

    id: str
    version: str
    source: str
    title: str
    outlet: str | None
    author: str | None
    published: date | None
    url: str | None
    paragraphs: int
    groups: frozenset[str] = frozenset()
    part: str | None = None
    precision: Precision = Precision.DAY
    language: str | None = None
    modified: datetime | None = None


class Relation(Enum):
    """What one document is to another one."""

    COPY = "copy"
    """They say the same: one text in two places, as a syndicated article."""
    EARLIER = "earlier"
    """It was superseded by the other one, a later version of the same article."""
    REWORDED = "reworded"
    """It is a garbled rewrite of the other one, of low quality, and never to be preferred over it."""


@dataclass(frozen=True, slots=True)
class Link:
    """That ``document`` is ``relation`` to ``other`` (both ids). A COPY holds both ways and is listed from both."""

    document: str
    relation: Relation
    other: str


@dataclass(frozen=True, slots=True)
class Filters:
    """What a search is limited to; empty means no limit.

    ``since`` and ``until`` are inclusive dates of publication: a document that states none is left out as soon as
    either is set. ``documents`` are document ids. ``groups`` leaves what their members may see (see Document), and
    everything when it is None; nobody sets it but ``Library.within``, which also replaces what was there.
    """

    since: date | None = None
    until: date | None = None
    outlets: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    groups: frozenset[str] | None = None
