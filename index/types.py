"""The values that leave this room: Document, Paragraph, Chunk, Entry, Filters.

Offsets are in Unicode code points, half open, and always point into ``Document.text``, the canonical text: what was
kept of the file, paragraph after paragraph, each with its white space folded, two newlines between them.
"""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of a document: ``document.text[start:end]``.

    ``number`` counts from 1 in reading order; ``page`` is the one it begins on, from 1, None without pages;
    ``heading`` is true for a line that titles what follows (it is shown and searched, never quoted as an answer).
    """

    number: int
    start: int
    end: int
    page: int | None = None
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """One article.

    ``id`` comes from the source path and the article's position in that file, and stays when the content changes;
    ``version`` is the hash of what can be quoted or shown (title to paragraphs) and changes with it. ``published`` is
    what the document itself says, None when it says nothing; ``modified`` is the file's own time stamp (UTC) and is
    never shown as a date of publication. ``source`` is the absolute path in POSIX form. ``groups`` are those whose
    members may see the document, none when everybody may; they are no part of what can be quoted, nor of ``version``.
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
    """A document as a list shows it: everything but its text. ``paragraphs`` is their number; for ``groups`` see
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
