"""What servers send as a chat completion, streamed or whole, read as leniently as it can be read for certain."""

import json
from dataclasses import dataclass

from pydantic import BaseModel, JsonValue, ValidationError

_LONGEST_LINE = 1_000_000  # bytes; an event is a few hundred, a whole completion some ten thousand
_FIELDS = (b"data", b"error", b"event", b"id", b"retry")  # of server-sent events; llama.cpp has used "error"


class Malformed(Exception):
    """This is no chat completion; the message says what it is instead, in a few words of ours."""


class Reported(Exception):
    """The server reports an error in the place of a completion. ``said`` is its report, which may hold secrets;
    ``status`` the HTTP status it gives there, 0 if none."""

    def __init__(self, said: str, status: int) -> None:
        super().__init__("an error in the place of a completion")
        self.said = said
        self.status = status


@dataclass(frozen=True, slots=True)
class Step:
    """What one event adds: ``text`` of the reply; ``thought`` says that the model is at work on something that is not
    shown (reasoning, a tool call); ``finish`` is the finish_reason, "" before the end; ``over`` ends the stream."""

    text: str = ""
    thought: bool = False
    finish: str = ""
    over: bool = False


class _Part(BaseModel):
    type: str = ""
    text: str | None = None


class _Delta(BaseModel):
    content: str | list[_Part] | None = None
    reasoning_content: JsonValue = None
    reasoning: JsonValue = None
    tool_calls: JsonValue = None


class _Choice(BaseModel):
    delta: _Delta | None = None
    message: _Delta | None = None
    finish_reason: str | None = None


class _Event(BaseModel):
    choices: list[_Choice] | None = None
    error: JsonValue = None


class _Model(BaseModel):
    id: str


class _Models(BaseModel):
    data: list[_Model] | None


class Reader:
    """Turns the bytes of a reply, in whatever portions they come, into steps.

    Server-sent events are read line by line: no server spreads the JSON of one over several, and some leave out the
    blank lines between. A JSON object without "data:" is a whole completion, from a server that does not stream.
    """

    def __init__(self) -> None:
        self._rest = bytearray()  # what is not a whole line yet
        self._begun = self._whole = False

    def feed(self, data: bytes) -> list[Step]:
        """The steps that ``data`` completes, in order. Raises Malformed or Reported."""
        self._rest += data
        if not self._begun and not self._begins():
            return []
        if len(self._rest) > _LONGEST_LINE:
            raise Malformed("a line without end")
        if self._whole or b"\n" not in data:  # the second, or a long line would be split anew for each of its portions
            return []
        *lines, rest = self._rest.split(b"\n")
        self._rest = rest
        return [step for line in lines for step in _line(bytes(line).strip())]

    def end(self) -> list[Step]:
        """The steps in what is left when the reply has ended. Raises Malformed or Reported."""
        rest, self._rest = bytes(self._rest).strip(), bytearray()
        return [_step(rest, whole=True)] if self._whole else _line(rest)

    def _begins(self) -> bool:
        """Whether it can be told what this is; no content type is trusted."""
        self._rest = self._rest.lstrip(b"\xef\xbb\xbf \t\r\n")  # blank lines, or the mark that says UTF-8
        if self._rest.startswith(b"<"):
            raise Malformed("a web page")
        self._begun, self._whole = bool(self._rest), self._rest.startswith(b"{")
        return self._begun


def model_names(body: bytes) -> tuple[str, ...]:
    """The names in a reply to GET /models, in its order. Raises Malformed."""
    try:
        listed = _Models.model_validate_json(body)
    except ValidationError:
        raise Malformed("no list of models") from None
    return tuple(model.id for model in listed.data or ())


def _line(line: bytes) -> list[Step]:
    name, _, value = line.partition(b":")
    if not name:  # blank, or a comment that keeps the connection alive
        return []
    if name not in _FIELDS:
        raise Malformed("neither events nor JSON")
    value = value.strip()
    if name not in (b"data", b"error") or not value:
        return []
    return [Step(over=True)] if value == b"[DONE]" else [_step(value, whole=False)]


def _step(data: bytes, *, whole: bool) -> Step:
    try:
        event = _Event.model_validate_json(data)
    except ValidationError:
        raise Malformed("JSON that is broken or says something else") from None
    if event.error:
        status = event.error.get("code") if isinstance(event.error, dict) else None
        raise Reported(json.dumps(event.error), status if isinstance(status, int) and 400 <= status < 600 else 0)
    if not event.choices:  # such as the event that tells the tokens used
        if whole:
            raise Malformed("JSON that is broken or says something else")
        return Step()
    choice = event.choices[0]
    delta = choice.delta or choice.message or _Delta()
    parts = delta.content if isinstance(delta.content, list) else []
    text = delta.content if isinstance(delta.content, str) else ""
    text += "".join(part.text or "" for part in parts if part.type == "text")
    thought = delta.reasoning_content or delta.reasoning or delta.tool_calls or parts
    return Step(text, bool(thought) and not text, choice.finish_reason or "")
