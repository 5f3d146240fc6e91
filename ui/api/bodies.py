"""What programs send: the bodies of requests, with their limits."""

import re
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, WithJsonSchema

from rag.answer import LONGEST_QUESTION
from rag.types import Filters, Part, Style, Turn
from ui.api.errors import Refused

MOST_TURNS = 20
"""How many earlier exchanges are read."""
_WRITTEN = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_DAY = r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"


def _day(given: object) -> date:
    if isinstance(given, date) and not isinstance(given, datetime):
        return given
    if not isinstance(given, str) or not _WRITTEN.fullmatch(given):
        raise ValueError("a date must be written as YYYY-MM-DD, for example 2024-05-31")
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise ValueError(f"{given} is not a day of the calendar") from None


def _recent(given: object) -> date:
    day = _day(given)
    if not 1900 <= day.year <= 2199:
        raise ValueError("today must lie between 1900-01-01 and 2199-12-31")
    return day


Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date", "pattern": _DAY})]
"""A date, written as YYYY-MM-DD and in no other way."""
Today = Annotated[
    date,
    BeforeValidator(_recent),
    WithJsonSchema({"type": "string", "format": "date", "pattern": _DAY.replace(r"\d{4}", r"(19|2[01])\d{2}", 1)}),
]
Name = Annotated[str, Field(max_length=400)]
Writing = Literal["brief", "detailed", "bullets", "quote"]


class Exchanged(BaseModel):
    """An earlier question and its answer."""

    model_config = ConfigDict(extra="forbid")

    question: Annotated[str, Field(max_length=LONGEST_QUESTION)]
    answer: Annotated[str, Field(max_length=20_000)]


class Limits(BaseModel):
    """What is searched, and how the answer is made."""

    model_config = ConfigDict(extra="forbid")

    since: Annotated[Day | None, Field(description="Only documents published on this day or later.")] = None
    until: Annotated[Day | None, Field(description="Only documents published on this day or earlier.")] = None
    outlets: Annotated[list[Name], Field(max_length=100, description="Only these outlets; empty for all.")] = []
    documents: Annotated[list[Name], Field(max_length=200, description="Only the documents with these ids.")] = []
    style: Annotated[Writing | None, Field(description="How a model writes; `quote` answers with quotations only.")] = (
        None
    )
    infer: Annotated[
        StrictBool, Field(description="Whether words of the question, such as “this week”, limit the search.")
    ] = True
    today: Annotated[Today | None, Field(description="What “this week” is counted from; default: today.")] = None

    def filters(self) -> Filters:
        """The filters; Refused when no date lies between them."""
        if self.since and self.until and self.since > self.until:
            raise Refused(400, "bad_request", f"since ({self.since}) is later than until ({self.until}).", "since")
        return Filters(self.since, self.until, tuple(self.outlets), tuple(self.documents))

    @property
    def parts(self) -> tuple[Part, ...]:
        """What the question's own words may limit."""
        return tuple(Part) if self.infer else ()

    @property
    def writes(self) -> bool:
        """Whether a model may write the answer."""
        return self.style != "quote"

    @property
    def manner(self) -> Style | None:
        """How a model writes; None for the server's own setting."""
        return Style(self.style) if self.style and self.style != "quote" else None


class Question(Limits):
    """A question, and what it is asked with."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"question": "Who signed the treaty?", "since": "2024-01-01"}]},
    )

    question: Annotated[
        str, Field(min_length=1, max_length=LONGEST_QUESTION, description="The question, in plain words.")
    ]
    conversation: Annotated[
        str | None, Field(max_length=100, description="A conversation to go on with; without it a new one begins.")
    ] = None
    history: Annotated[
        list[Exchanged],
        Field(max_length=MOST_TURNS, description="Earlier exchanges, oldest first, where no conversation is kept."),
    ] = []
    stream: Annotated[StrictBool, Field(description="Whether to send the answer as it grows, as events.")] = False
    keep: Annotated[StrictBool, Field(description="Whether the answer is kept among your conversations.")] = True

    def turns(self) -> tuple[Turn, ...]:
        """The history that was sent."""
        return tuple(Turn(each.question, each.answer) for each in self.history)


class Next(BaseModel):
    """A conversation for which to find next questions."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"conversation": "0123456789abcdef0123456789abcdef"}]}
    )

    conversation: Annotated[str, Field(min_length=1, max_length=100)]
