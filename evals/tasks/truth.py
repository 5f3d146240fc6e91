"""Where the answer to a case stands in the documents: what people marked, found again word for word."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from evals.cases import Case, Support
from index.errors import UsageError
from index.types import Document

_COPIES = 1000  # documents; among more, copies are not looked for


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A paragraph of a document."""

    document_id: str
    paragraph: int

    @property
    def id(self) -> str:
        """Its name in a ranking."""
        return f"{self.document_id} ¶{self.paragraph}"


@dataclass(frozen=True, slots=True)
class Stretch:
    """``document.text[start:end]``."""

    document: Document
    start: int
    end: int

    @property
    def text(self) -> str:
        """The words themselves."""
        return self.document.text[self.start : self.end]

    @property
    def places(self) -> tuple[Place, ...]:
        """The paragraphs it touches."""
        inside = (p for p in self.document.paragraphs if p.start < self.end and self.start < p.end)
        return tuple(Place(self.document.id, paragraph.number) for paragraph in inside)

    def holds(self, other: "Stretch") -> bool:
        """Whether the two share at least half of the shorter one's characters."""
        shared = min(self.end, other.end) - max(self.start, other.start)
        shorter = min(self.end - self.start, other.end - other.start)
        return self.document.id == other.document.id and shared > 0 and 2 * shared >= shorter


@dataclass(frozen=True, slots=True)
class Truth:
    """Where the answer to a case stands. ``sides`` are the paragraphs of each support, any of which will do (one text
    may stand in several documents), ``texts`` their words, and ``quotes`` the quotes themselves. ``documents`` holds
    the grade of each relevant document by its id. ``neutral`` are the
    paragraphs of what is superseded: to cite them is neither right nor wrong. ``exact`` is False where only documents
    are named that have several paragraphs."""

    documents: Mapping[str, int]
    sides: tuple[frozenset[Place], ...]
    texts: tuple[str, ...]
    quotes: tuple[Stretch, ...]
    neutral: frozenset[Place]
    exact: bool

    @property
    def places(self) -> frozenset[Place]:
        """All supporting paragraphs."""
        return frozenset().union(*self.sides)


def truth(case: Case, documents: Mapping[str, Document], missing: Collection[str] = ()) -> Truth:
    """The case's support in ``documents``, which are named by their ids. ``missing`` are ids of documents that were
    judged but have no text: they are relevant and can never be found. Raises UsageError for what else is not there."""
    held = [[] if s.document in missing else _held(case, s, documents) for s in case.support]
    grades = {s.document: s.grade for s in case.support if s.document in missing}
    for support, some in zip(case.support, held, strict=True):
        for stretch in some:
            grades[stretch.document.id] = max(support.grade, grades.get(stretch.document.id, 0))
    sides = [frozenset(place for stretch in some for place in stretch.places) for some in held]
    whole = [stretch for support, some in zip(case.support, held, strict=True) if not support.quote for stretch in some]
    places = frozenset[Place]().union(*sides)
    return Truth(
        documents=grades,
        sides=tuple(dict.fromkeys(side for side in sides if side)),
        texts=tuple(_text(documents[place.document_id], place) for place in sorted(places)),
        quotes=tuple(q for support, some in zip(case.support, held, strict=True) if support.quote for q in some),
        neutral=frozenset(p for old in case.superseded for s in _held(case, old, documents) for p in s.places) - places,
        exact=all(len(stretch.document.paragraphs) == 1 for stretch in whole),
    )


def _held(case: Case, support: Support, documents: Mapping[str, Document]) -> list[Stretch]:
    """The quote wherever it stands; the whole document where there is none. Raises UsageError when it is nowhere."""
    name = support.document
    files = [documents[name]] if name in documents else [d for d in documents.values() if Path(d.source).name == name]
    if not files:
        raise UsageError(f"case {case.id} names {name!r}, which is not among the documents")
    if not support.quote:
        return [Stretch(each, 0, len(each.text)) for each in files]
    held = [stretch for each in files for stretch in _find(each, support.quote)]
    if not held:
        raise UsageError(f"case {case.id}: no paragraph of {name} holds the quote {support.quote!r}")
    # The same words in another document, a syndicated copy, support as well.
    others = documents.values() if len(documents) <= _COPIES else ()
    return held + [stretch for each in others if each not in files for stretch in _find(each, support.quote)]


def _text(document: Document, place: Place) -> str:
    paragraph = document.paragraphs[place.paragraph - 1]
    return document.text[paragraph.start : paragraph.end]


def _find(document: Document, quote: str) -> list[Stretch]:
    """Where the quote stands in one paragraph; white space is folded in documents already."""
    wanted, found = " ".join(quote.split()), []
    for paragraph in document.paragraphs:
        start = document.text.find(wanted, paragraph.start, paragraph.end)
        if start >= 0:
            found.append(Stretch(document, start, start + len(wanted)))
    return found
