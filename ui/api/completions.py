"""The OpenAI-compatible door: /v1/models and /v1/chat/completions, answered from the documents and cited."""

import secrets
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse

from index.tokens import count
from rag.record import record
from rag.types import Answer
from ui.api import described as words
from ui.api.asking import GONE, Failed, Growing, begun, finished
from ui.api.errors import Refused, Told, error_body, trouble
from ui.api.events import HEADERS, QUIET, STREAM, encoded, heard
from ui.api.messages import MODEL, Completing, asking, prompt_text
from ui.api.openai_shapes import Card, Cards
from ui.api.told import Text, told
from ui.people import Person, person_of
from ui.server import Server

_DONE = "data: [DONE]\n\n"


@dataclass(frozen=True, slots=True)
class _Reply:
    """What every part of one reply repeats: its id, when it was begun (seconds since 1970), the prompt's tokens, the
    address that source links begin with, and the path that the server's addresses begin with."""

    id: str
    created: int
    prompt: int
    address: str
    base: str


def routes(server: Server) -> APIRouter:
    """/v1/models and /v1/chat/completions."""
    router = APIRouter(route_class=Told, tags=["openai"])

    @router.get("/v1/models", summary="List models", responses=words.OPENAI_ERRORS)
    def models(person: Annotated[Person, Depends(person_of)]) -> Cards:
        """The one model there is: the documents, and whatever writes about them."""
        return Cards(data=[Card(id=MODEL)])

    @router.get("/v1/models/{model}", summary="Describe a model", responses=words.OPENAI_ERRORS)
    def model(model: str, person: Annotated[Person, Depends(person_of)]) -> Card:
        """The model, if it is the one there is."""
        if model != MODEL:
            raise Refused(404, "model_not_found", f"There is no model {model[:100]!r}; use {MODEL!r}.", "model")
        return Card(id=MODEL)

    @router.post("/v1/chat/completions", summary="Chat completion", responses=words.COMPLETED)
    async def completions(
        request: Request, body: Completing, person: Annotated[Person, Depends(person_of)]
    ) -> Response:
        asked = asking(body)
        base = request.scope.get("root_path", "")
        address = server.sharing.public_url or str(request.base_url).rstrip("/")
        reply = _Reply(f"chatcmpl-{secrets.token_hex(12)}", int(time.time()), count(prompt_text(body)), address, base)
        if body.stream:
            answers = await begun(server, person, asked, QUIET)
            with_usage = body.stream_options is not None and body.stream_options.include_usage
            chunks = heard(_chunks(reply, answers, usage=with_usage))
            return StreamingResponse(chunks, media_type=STREAM, headers=HEADERS)
        answer = await finished(request, server, person, asked)
        if answer is None:
            return Response(status_code=GONE)
        return Response(encoded(_completion(reply, answer)), media_type="application/json")

    return router


def _completion(reply: _Reply, answer: Answer) -> Mapping[str, object]:
    text = told(answer, reply.address)
    message = {
        "role": "assistant",
        "content": text.content,
        "refusal": None,
        "annotations": [each.as_openai() for each in text.annotations],
    }
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    return {
        "id": reply.id,
        "object": "chat.completion",
        "created": reply.created,
        "model": MODEL,
        "choices": [choice],
        "usage": _usage(reply, text),
        "citedesk": record(answer, reply.id, reply.base),
    }


def _usage(reply: _Reply, text: Text) -> Mapping[str, int]:
    written = count(text.content)
    return {"prompt_tokens": reply.prompt, "completion_tokens": written, "total_tokens": reply.prompt + written}


async def _chunks(reply: _Reply, answers: Growing, usage: bool) -> AsyncGenerator[str | None, None]:
    """The chunks of a streamed completion as text; None where there is nothing new.

    A quotation stands from when it is made: it is sent at once. What a model writes may still be taken back as a whole
    (the passages turn out too doubtful, a second check lets nothing stand), so it is sent when the answer is finished.
    """
    yield _chunk(reply, {"role": "assistant", "content": ""})
    sent, last = "", None
    async with aclosing(answers):
        async for now in answers:
            if isinstance(now, Failed):
                yield _data(error_body(trouble(now.error), openai=True)) + _DONE
                return
            last = now or last
            text = told(now, reply.address).content if now and now.claims and now.writing is None else sent
            if text == sent or not text.startswith(sent):
                yield None
                continue
            yield _chunk(reply, {"content": text[len(sent) :]})
            sent = text
    if last is None:
        return
    whole = told(last, reply.address)
    for piece in whole.pieces(len(sent)):
        yield _chunk(reply, {"content": piece})
    annotations = [each.as_openai() for each in whole.annotations]
    yield _chunk(reply, {"annotations": annotations}, record(last, reply.id, reply.base))
    if usage:
        yield _data({**_envelope(reply), "choices": [], "usage": _usage(reply, whole)})
    yield _DONE


def _chunk(reply: _Reply, delta: Mapping[str, object], record: Mapping[str, object] | None = None) -> str:
    """One chunk; the last one of the answer has its ``record``."""
    finish = None if record is None else "stop"
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    chunk = {**_envelope(reply), "choices": [choice]}
    return _data(chunk if record is None else {**chunk, "citedesk": record})


def _envelope(reply: _Reply) -> Mapping[str, object]:
    return {"id": reply.id, "object": "chat.completion.chunk", "created": reply.created, "model": MODEL}


def _data(chunk: Mapping[str, object]) -> str:
    return f"data: {encoded(chunk)}\n\n"
