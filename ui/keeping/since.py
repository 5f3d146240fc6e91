"""What became of a cited source since it was cited."""

from dataclasses import dataclass
from enum import Enum

from index.errors import UsageError
from index.types import Document
from rag.desk import Desk
from rag.record import digest
from rag.types import Citation


class State(Enum):
    """Of a cited source: it still says the same in the same place, its document has changed, or is no longer there."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a citation stands today.

    ``start``, ``end`` and ``paragraph`` say where the quoted words are now, as offsets into the document's text and as
    the number of their paragraph; all are None where the words are not there, or in several places.
    """

    state: State
    start: int | None = None
    end: int | None = None
    paragraph: int | None = None

    @property
    def words(self) -> str:
        """What to tell a reader; empty where nothing changed."""
        return {State.UNCHANGED: "", State.CHANGED: "source changed since", State.GONE: "source removed since"}[
            self.state
        ]


def standing(citation: Citation, desk: Desk) -> Standing:
    """How the citation stands in the documents that ``desk`` shows, compared by the hash of its words."""
    try:
        document = desk.library.document(citation.document_id)
    except UsageError:
        return Standing(State.GONE)
    if digest(document.text[citation.start : citation.end]) == digest(citation.quote):
        return _at(State.UNCHANGED, document, citation.start, citation.end)
    if citation.quote and document.text.count(citation.quote) == 1:
        start = document.text.index(citation.quote)
        return _at(State.CHANGED, document, start, start + len(citation.quote))
    return Standing(State.CHANGED)


def state(citation: Citation, desk: Desk) -> State:
    """The state of ``standing`` alone."""
    return standing(citation, desk).state


def _at(found: State, document: Document, start: int, end: int) -> Standing:
    paragraph = next((each.number for each in document.paragraphs if each.start <= start < each.end), None)
    return Standing(found, start, end, paragraph)
