"""What OpenAI's clients are sent: the shapes of responses below /v1."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from ui.api.shapes import Cited, Claimed, Error


class OpenAIError(BaseModel):
    """What was wrong, as OpenAI's API says it."""

    message: str
    type: str
    param: str | None
    code: str | None


class OpenAIFailure(BaseModel):
    """An error, as OpenAI's API has it. One that stops a request before the API sees it may have only code and
    message."""

    error: OpenAIError | Error


class Card(BaseModel):
    """A model, as OpenAI's API lists it."""

    id: str
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str = "citedesk"


class Cards(BaseModel):
    """The models there are."""

    object: Literal["list"] = "list"
    data: list[Card]


class UrlCitation(BaseModel):
    """A marker of the content, ``content[start_index:end_index]``, and the page of the quote that it stands for."""

    start_index: int
    end_index: int
    title: str
    url: str


class Annotation(BaseModel):
    """A citation as OpenAI's API has it."""

    type: Literal["url_citation"]
    url_citation: UrlCitation


class Reply(BaseModel):
    """The assistant's message."""

    role: Literal["assistant"]
    content: Annotated[str, Field(description="The answer's text with [n] markers, or the refusal.")]
    refusal: str | None
    annotations: list[Annotation]


class Choice(BaseModel):
    """The one choice there is."""

    index: int
    message: Reply
    logprobs: None
    finish_reason: Literal["stop"]


class Usage(BaseModel):
    """Tokens (cl100k_base) of what was sent and of what came back."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class Record(BaseModel):
    """An answer, as ``/api/ask`` gives it but for where it was kept."""

    model_config = ConfigDict(extra="allow")

    question: str
    answer: str
    refused: bool
    claims: list[Claimed]
    citations: list[Cited]


class Completion(BaseModel):
    """A chat completion. ``citedesk`` is the whole answer as ``/api/ask`` gives it."""

    model_config = ConfigDict(extra="allow")

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[Choice]
    usage: Usage
    citedesk: Record
