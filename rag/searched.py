"""What was searched for an answer, and the limits that the question set itself."""

from dataclasses import dataclass
from datetime import date
from enum import Enum

from index.types import Filters


class Part(Enum):
    """What of its search a question's own words may limit: the dates of publication, or the outlets."""

    TIME = "time"
    OUTLET = "outlet"


@dataclass(frozen=True, slots=True)
class Reason:
    """A limit that a question sets itself: ``words`` are its own ("this week"), ``says`` what they were understood as
    ("published 16 to 22 November 2026")."""

    part: Part
    words: str
    says: str


@dataclass(frozen=True, slots=True)
class Understood:
    """The limits read from a question, at most one a part.

    ``today`` is the date that its relative dates were counted from. ``reasons`` are in force; ``dropped`` are not,
    because with them no document was left. ``newest_first`` says that the question asks for the present state.
    """

    today: date
    reasons: tuple[Reason, ...] = ()
    dropped: tuple[Reason, ...] = ()
    newest_first: bool = False


@dataclass(frozen=True, slots=True)
class Searched:
    """What was searched for an answer: how many documents the filters left, those filters (the user's own and the
    question's), and which the question set; None where its words were not to be read for any."""

    documents: int
    filters: Filters
    understood: Understood | None = None

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The limits in force that the question set."""
        return self.understood.reasons if self.understood else ()
