"""What people thought of answers: one opinion a person and answer, changed as often as she likes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from index.errors import UsageError

LONGEST_COMMENT = 1000  # characters


class Vote(Enum):
    """Whether an answer was of use."""

    UP = "up"
    DOWN = "down"


class Fault(Enum):
    """What was the matter with an answer."""

    WRONG = "wrong"
    UNSUPPORTED = "unsupported"
    INCOMPLETE = "incomplete"
    SHOULD_HAVE_REFUSED = "should have refused"
    SHOULD_HAVE_ANSWERED = "should have answered"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Spot:
    """A paragraph of a document, counted from 1."""

    document_id: str
    paragraph: int


@dataclass(frozen=True, slots=True)
class Opinion:
    """An opinion: ``reason`` and ``right`` (the paragraph that does answer the question) are None where none was
    given; ``given`` is when (UTC), None before it is kept."""

    vote: Vote
    reason: Fault | None = None
    comment: str = ""
    right: Spot | None = None
    given: datetime | None = None


def checked(opinion: Opinion) -> Opinion:
    """The opinion as it can be kept. Raises UsageError for a comment that is too long, and for a fault of what was
    found good."""
    comment = opinion.comment.encode("utf-8", "replace").decode().replace("\0", "").strip()
    if len(comment) > LONGEST_COMMENT:
        raise UsageError(f"the comment has {len(comment)} characters; at most {LONGEST_COMMENT:,} are kept")
    if opinion.vote is Vote.UP and opinion.reason is not None:
        raise UsageError("a reason goes with a vote down; leave it out, or vote down")
    return Opinion(opinion.vote, opinion.reason, comment, opinion.right)


def written(opinion: Opinion) -> tuple[str | int, ...]:
    """The opinion as a row: when it was given, vote, reason, comment, document, paragraph; "" and 0 for none."""
    return (
        opinion.given.isoformat() if opinion.given else "",
        opinion.vote.value,
        opinion.reason.value if opinion.reason else "",
        opinion.comment,
        opinion.right.document_id if opinion.right else "",
        opinion.right.paragraph if opinion.right else 0,
    )


def opinion_of(row: Sequence[Any]) -> Opinion | None:
    """The opinion of a row (in the order of ``written``), None for one without a vote."""
    given, vote, reason, comment, document, paragraph = row
    if not vote:
        return None
    right = Spot(document, paragraph) if document else None
    return Opinion(Vote(vote), Fault(reason) if reason else None, comment, right, datetime.fromisoformat(given))
