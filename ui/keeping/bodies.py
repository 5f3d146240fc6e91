"""What programs send and are sent about conversations and opinions."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from ui.api.shapes import Answered, Cited
from ui.keeping.opinions import LONGEST_COMMENT

Reason = Literal["wrong", "unsupported", "incomplete", "should have refused", "should have answered", "other"]


class Titled(BaseModel):
    """A conversation's title."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"title": "The ferry Aurora"}]})

    title: Annotated[str, Field(max_length=2000, description="It is cut at a word where it is long.")]


class Place(BaseModel):
    """A paragraph of a document."""

    model_config = ConfigDict(extra="forbid")

    document_id: Annotated[str, Field(min_length=1, max_length=400)]
    paragraph: Annotated[int, Field(ge=1, le=10_000_000, description="Its number in the document, from 1.")]


class Judgement(BaseModel):
    """What you think of an answer that was given to you."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"exchange": "0123456789abcdef", "vote": "down", "reason": "wrong", "comment": "It was 1988."}]
        },
    )

    exchange: Annotated[str, Field(max_length=100, description="The `id` of the answer.")]
    vote: Literal["up", "down"]
    reason: Annotated[Reason | None, Field(description="With a vote down: what was the matter.")] = None
    comment: Annotated[str, Field(max_length=LONGEST_COMMENT)] = ""
    paragraph: Annotated[Place | None, Field(description="The paragraph that does answer the question.")] = None


class Judged(BaseModel):
    """An opinion as it is kept; ``given`` is UTC."""

    exchange: str
    vote: Literal["up", "down"]
    reason: Reason | None
    comment: str
    paragraph: Place | None
    given: datetime


class Reviewed(Judged):
    """An opinion with what it is about. ``withheld`` says that the answer rests on documents which you may not see."""

    question: str
    answer: str
    refused: bool
    withheld: bool


class Reviews(BaseModel):
    """Opinions of all people, the last one first."""

    feedback: list[Reviewed]


class Listed(BaseModel):
    """A conversation; times are UTC."""

    id: str
    title: str
    begun: datetime
    changed: Annotated[datetime, Field(description="When the last question was asked in it.")]
    exchanges: Annotated[int, Field(description="How many questions were asked in it.")]


class Listing(BaseModel):
    """Conversations, the last used first."""

    conversations: list[Listed]


class Remembered(Cited):
    """A citation as it was shown, and what became of its source: ``unchanged``, ``changed`` (the document says
    something else now) or ``gone`` (the document was removed). ``now`` says where the quoted words are today."""

    sha256: Annotated[str, Field(description="Of the quote as UTF-8: what the source is compared with.")]
    state: Literal["unchanged", "changed", "gone"]
    now: Annotated[Place | None, Field(description="Null where they are nowhere, or in several places.")]


class Exchange(Answered):
    """A question with its answer as it was given. ``withheld`` says that it rests on documents which you may no longer
    see; then there is only your own question."""

    asked: datetime
    withheld: bool
    feedback: Judged | None
    citations: list[Remembered]  # type: ignore[assignment]


class Whole(Listed):
    """A conversation with its exchanges, oldest first."""

    answers: list[Exchange]


class Deleted(BaseModel):
    """How many were deleted."""

    deleted: int
