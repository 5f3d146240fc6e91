"""What programs are sent: the shapes of responses, as the description of the API has them."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class Error(BaseModel):
    """What was wrong, for a program and for people."""

    code: Annotated[str, Field(examples=["not_found"])]
    message: Annotated[str, Field(description="What was wrong and what to do.")]


class Failure(BaseModel):
    """An error."""

    error: Error


Precision = Annotated[
    Literal["day", "month", "year"],
    Field(description="How much of the date is stated; of a month or a year it is the first day."),
]


class Cited(BaseModel):
    """The exact place that supports a sentence. ``start`` and ``end`` are offsets (Unicode code points, half open) into
    the text of the document in this version."""

    model_config = ConfigDict(extra="allow")

    number: Annotated[int, Field(description="The marker in the answer's text, from 1.")]
    document_id: str
    version: str
    title: str
    outlet: str | None
    date: Annotated[str | None, Field(description="The day of publication, YYYY-MM-DD; see precision.")]
    precision: Precision
    paragraph: Annotated[int, Field(description="Its number in the document, from 1.")]
    page: int | None
    where: Annotated[str, Field(description="Its place in its file in words, as p. 4 or sheet Budget, row 12.")]
    start: int
    end: int
    quote: str
    url: str | None
    source: Annotated[str, Field(description="The paragraph's own page, a path on this server.")]


class Claimed(BaseModel):
    """One statement of an answer; ``citations`` are numbers. ``lead`` stands before it ("- " for a bullet), ``breaks``
    says that a new paragraph or bullet begins with it."""

    model_config = ConfigDict(extra="allow")

    text: str
    citations: list[int]
    verdict: Literal["supported", "partial", "unsupported"]
    reason: str
    lead: str
    breaks: bool


class Side(BaseModel):
    """One side of a conflict."""

    value: str
    citations: list[int]


class Disputed(BaseModel):
    """Quotes that cannot all be right."""

    dispute: str
    sides: list[Side]
    note: str


class Filtered(BaseModel):
    """What a search was limited to."""

    since: str | None
    until: str | None
    outlets: list[str]
    documents: list[str]


class Searched(BaseModel):
    """How many documents were searched, and under which limits; ``understood`` are those that the question set."""

    model_config = ConfigDict(extra="allow")

    documents: int
    filters: Filtered


class Found(BaseModel):
    """A passage that was found."""

    model_config = ConfigDict(extra="allow")

    chunk_id: str
    document_id: str
    title: str
    outlet: str | None
    date: str | None
    precision: Precision
    first_paragraph: int
    last_paragraph: int
    page: int | None
    where: Annotated[str, Field(description="Its place in its file in words, as p. 4 or sheet Budget, row 12.")]
    text: str
    source: str


class Answered(BaseModel):
    """A finished answer. ``refused`` says that the documents do not answer: then there are no claims."""

    model_config = ConfigDict(extra="allow")

    id: Annotated[str, Field(description="The exchange, for feedback and exports, if it was kept.")]
    conversation: Annotated[str | None, Field(description="Send it with the next question to go on.")]
    kept: bool
    question: str
    standalone: Annotated[str, Field(description="The question as it was searched, after any rewriting.")]
    answer: Annotated[str, Field(description="The answer as plain text with [n] markers, or the refusal.")]
    refused: bool
    confidence: Annotated[float, Field(ge=0, le=1, description="How surely the documents answer the question.")]
    claims: list[Claimed]
    citations: list[Cited]
    conflicts: list[Disputed]
    notices: list[str]
    passages: list[Found]
    searched: Searched


class Suggested(BaseModel):
    """Questions that the documents answer, surest first."""

    suggestions: list[str]


class Listed(BaseModel):
    """A document, without its text."""

    id: str
    version: Annotated[str, Field(description="Changes with whatever can be quoted.")]
    title: str
    outlet: str | None
    author: str | None
    date: Annotated[str | None, Field(description="The day of publication, YYYY-MM-DD; see precision.")]
    precision: Precision
    language: Annotated[str | None, Field(description="ISO 639-1, null where it cannot be told.")]
    part: Annotated[str | None, Field(description="Where in a file of several files it stands, null for the file.")]
    url: str | None
    length: Annotated[int, Field(description="Number of paragraphs.")]
    source: Annotated[str, Field(description="Its page on this server, readable without JavaScript.")]


class Page(BaseModel):
    """Some of the documents, newest first, undated ones last."""

    documents: list[Listed]
    total: Annotated[int, Field(description="How many documents there are under these filters.")]
    next: Annotated[str | None, Field(description="Send it as `after` for more; null at the end.")]


class Numbered(BaseModel):
    """A paragraph. ``start`` and ``end`` are offsets into the document's text, in code points, half open."""

    number: int
    text: str
    heading: Annotated[bool, Field(description="Whether it is a heading: shown and searched, never quoted.")]
    page: int | None
    where: Annotated[str, Field(description="Its place in its file in words, as p. 4 or sheet Budget, row 12.")]
    start: int
    end: int


class Whole(Listed):
    """A document with its paragraphs."""

    relations: Annotated[list[str], Field(description="What it is to others in words: superseded by, also in.")]
    paragraphs: list[Numbered]


class Placed(BaseModel):
    """A paragraph with where it stands, and its neighbours."""

    document_id: str
    version: str
    title: str
    outlet: str | None
    author: str | None
    date: str | None
    url: str | None
    number: int
    text: str
    heading: Annotated[str | None, Field(description="The nearest heading above it.")]
    page: int | None
    where: Annotated[str, Field(description="Its place in its file in words, as p. 4 or sheet Budget, row 12.")]
    start: int
    end: int
    before: list[Numbered]
    after: list[Numbered]
    source: Annotated[str, Field(description="The paragraph's own page, a path on this server.")]
