"""What OpenAI's clients send to /v1/chat/completions, read as a question with its history."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from rag.answer import LONGEST_QUESTION
from rag.types import Turn
from ui.api.asking import Asking
from ui.api.bodies import MOST_TURNS, Limits
from ui.api.errors import Refused

MODEL = "citedesk"
_NOT_TEXT = "This model reads text only: send `content` as a string, or as parts of type `text`."


class Piece(BaseModel):
    """A part of a message's content; only parts of type ``text`` are read."""

    model_config = ConfigDict(extra="ignore")

    type: Annotated[str, Field(examples=["text"])]
    text: str | None = None


class Message(BaseModel):
    """A message of a conversation. Only user and assistant messages are read; system messages are not followed."""

    model_config = ConfigDict(extra="ignore")

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[Piece] | None = None


class StreamOptions(BaseModel):
    """What a stream tells besides the answer."""

    model_config = ConfigDict(extra="ignore")

    include_usage: bool = False


class Completing(BaseModel):
    """A request for a chat completion. Settings of sampling (temperature, max_tokens, seed, stop, …) and tools are
    ignored: an answer rests on the documents, not on them. What would change its form is refused."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={
            "examples": [{"model": MODEL, "messages": [{"role": "user", "content": "Who signed the treaty?"}]}]
        },
    )

    model: Annotated[str, Field(description="`citedesk`, the one model there is.")]
    messages: Annotated[list[Message], Field(min_length=1, max_length=1000)]
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: Annotated[int | None, Field(description="There is one answer: only 1.")] = 1
    response_format: Annotated[
        dict[str, object] | None, Field(description='Answers are text: only `{"type": "text"}`.')
    ] = None
    tool_choice: Annotated[object, Field(description="No tool is ever called: `required` is refused.")] = None
    citedesk: Annotated[Limits | None, Field(description="Our own: what is searched, and how the answer is made.")] = (
        None
    )


def asking(body: Completing) -> Asking:
    """The last user message as a question, the exchanges before it as its history.

    Refused for another model, for what this one cannot do, and for a conversation without a question.
    """
    _check(body)
    last = max((at for at, one in enumerate(body.messages) if one.role == "user"), default=None)
    question = _text(body.messages[last]).strip() if last is not None else ""
    if last is None or not question:
        raise Refused(400, "bad_request", "There is no question: the last user message has no text.", "messages")
    if len(question) > LONGEST_QUESTION:
        said = f"The last user message has {len(question)} characters; a question has at most {LONGEST_QUESTION}."
        raise Refused(400, "context_length_exceeded", said, "messages")
    limits = body.citedesk or Limits()
    return Asking(
        question,
        _turns(body.messages[:last]),
        limits.filters(),
        limits.manner,
        limits.writes,
        limits.parts,
        limits.today,
    )


def prompt_text(body: Completing) -> str:
    """All text that was sent, for counting it."""
    return "\n".join(_text(one) for one in body.messages)


def _check(body: Completing) -> None:
    if body.model != MODEL:
        raise Refused(404, "model_not_found", f"There is no model {body.model[:100]!r}; use {MODEL!r}.", "model")
    if body.n not in (None, 1):
        raise Refused(400, "bad_request", "There is one answer to a question; leave `n` out.", "n")
    if body.response_format is not None and body.response_format.get("type") != "text":
        said = "Answers are text with citations; leave `response_format` out."
        raise Refused(400, "bad_request", said, "response_format")
    if body.tool_choice == "required" or isinstance(body.tool_choice, dict):
        raise Refused(400, "bad_request", "This model calls no tools; leave `tool_choice` out.", "tool_choice")


def _turns(messages: Sequence[Message]) -> tuple[Turn, ...]:
    """Each user message with the assistant's next one, oldest first; a question that got no answer is left out."""
    turns, question = list[Turn](), ""
    for one in messages:
        if one.role == "user":
            question = _text(one).strip()[:LONGEST_QUESTION]
        elif one.role == "assistant" and question and (answer := _text(one).strip()):
            turns.append(Turn(question, answer))
            question = ""
    return tuple(turns[-MOST_TURNS:])


def _text(message: Message) -> str:
    if message.content is None or isinstance(message.content, str):
        return message.content or ""
    if message.role == "user" and any(piece.type != "text" for piece in message.content):
        raise Refused(400, "bad_request", _NOT_TEXT, "messages")
    return "\n".join(piece.text or "" for piece in message.content)
