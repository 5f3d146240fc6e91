"""What is measured: cases, and the documents they are asked of."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rag.types import Turn

OWN = Path(__file__).parent / "data" / "cases.jsonl"
CORPUS = Path(__file__).parent.parent / "corpus"


@dataclass(frozen=True, slots=True)
class Support:
    """Where the answer stands: a ``quote`` in one paragraph of a document, which is named by its id or by the name of
    its file. Without a quote all that is known is the document. ``grade`` is how relevant people found it, from 1."""

    document: str
    quote: str = ""
    grade: int = 1


@dataclass(frozen=True, slots=True)
class Case:
    """One question and what a right answer is.

    ``answers`` are short strings of which a right answer contains at least one, ``every`` strings of which it contains
    all, ``forbidden`` strings of which it contains none (a planted instruction, a false statement), ``references``
    whole answers written by people. ``support`` is where the documents hold it, all of it for lists, comparisons and
    conflicts; ``superseded`` is where they say what held before. All are empty where nothing is known of them.
    ``within`` are the ids of the documents that may be searched, all when it is empty. ``asked`` is the day of the
    question, from which "this week" is counted.
    """

    id: str
    type: str
    question: str
    answerable: bool
    history: tuple[Turn, ...] = ()
    answers: tuple[str, ...] = ()
    support: tuple[Support, ...] = ()
    superseded: tuple[Support, ...] = ()
    every: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    asked: date | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A document of a published set: ``text`` as given there, a new line between paragraphs."""

    id: str
    title: str
    text: str
    outlet: str | None = None
    published: date | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Questions:
    """Cases over ``sources``, or over the files in ``folder`` where that is named."""

    cases: tuple[Case, ...]
    sources: tuple[Source, ...] = ()
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement and the texts said to support it; ``attributable`` is what people judged. ``split`` names the part of
    the set it belongs to, ``type`` where it comes from."""

    id: str
    type: str
    split: str
    text: str
    evidence: tuple[str, ...]
    attributable: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sentences that differ in one thing: ``source`` bears out ``true`` and not ``false``; ``kind`` says what it is
    that they differ in."""

    id: str
    kind: str
    source: str
    true: str
    false: str


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A question within a conversation, and how a person put it so that it stands alone."""

    id: str
    question: str
    history: tuple[Turn, ...]
    standalone: str


@dataclass(frozen=True, slots=True)
class Segmented:
    """A text and its sentences as people marked them, in order. ``genre`` is where the text comes from."""

    id: str
    genre: str
    text: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A web page as it was served, and the body of its article as people marked it."""

    id: str
    url: str
    html: bytes
    body: str
