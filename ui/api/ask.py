"""POST /api/ask: a question, answered as JSON or as a stream of events; and the questions to ask first and next."""

import secrets
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, closing
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from starlette.concurrency import run_in_threadpool

from index.errors import UsageError
from rag.answer import stream
from rag.desk import Desk
from rag.record import record
from rag.suggesting.next_questions import following
from rag.types import Answer, Turn
from ui.api import described as words
from ui.api.asking import GONE, Asking, Failed, Growing, begin, begun, finished, history, kept, no_conversation
from ui.api.bodies import Next, Question
from ui.api.errors import Refused, Told, trouble
from ui.api.events import HEADERS as HEADERS
from ui.api.events import QUIET, Event, changes, failed, heard
from ui.api.events import STREAM as STREAM
from ui.api.shapes import Answered, Suggested
from ui.people import Person, person_of
from ui.server import Server

_WAIT = 2.0  # seconds for the example questions, which are worked out in the background


def routes(server: Server) -> APIRouter:
    """/api/ask, /api/suggestions and /api/next."""
    router = APIRouter(route_class=Told, tags=["ask"])

    @router.post("/api/ask", summary="Ask a question", responses=words.ASKED, response_model=Answered)
    async def ask(request: Request, body: Question, person: Annotated[Person, Depends(person_of)]) -> Response:
        """An answer in which every sentence is linked to its paragraph, or an honest refusal.

        Send `conversation` from one answer with the next question, so that “and when?” is understood and numbers of
        citations go on. With `stream` the answer comes as events while it is made.
        """
        if body.conversation is not None and body.history:
            said = "Send either a conversation or a history: a conversation has its own."
            raise Refused(400, "bad_request", said, "history")
        asked = await _asking(server, person, body)
        base = request.scope.get("root_path", "")
        if body.stream or STREAM in request.headers.get("accept", ""):
            answers = await begun(server, person, asked, QUIET)
            told = heard(_events(server, person, body, base, answers))
            return StreamingResponse(told, media_type=STREAM, headers=HEADERS)
        answer = await finished(request, server, person, asked)
        if answer is None:
            return Response(status_code=GONE)
        return JSONResponse(await _kept(server, person, body, base, answer), headers={"Cache-Control": "no-store"})

    @router.get("/api/suggestions", summary="Questions to begin with")
    def suggestions(person: Annotated[Person, Depends(person_of)]) -> Suggested:
        """Questions that the documents which you may see do answer; none while they are still being worked out."""
        return Suggested(suggestions=list(server.suggestions.wait(_WAIT, person.groups)))

    @router.post("/api/next", summary="Questions to go on with")
    async def next_questions(body: Next, person: Annotated[Person, Depends(person_of)]) -> Suggested:
        """Up to three questions that the documents answer and that follow on a conversation's last answer."""
        async with server.admission.turn(person.owner):
            return Suggested(suggestions=list(await run_in_threadpool(_following, server, person, body.conversation)))

    return router


async def _asking(server: Server, person: Person, body: Question) -> Asking:
    turns: tuple[Turn, ...] = body.turns()
    if body.conversation is not None:
        turns = await history(server, person, body.conversation)
    return Asking(body.question, turns, body.filters(), body.manner, body.writes, body.parts, body.today)


async def _kept(server: Server, person: Person, body: Question, base: str, answer: Answer) -> Mapping[str, object]:
    conversation = await begin(server, person, body.conversation, body.question, body.keep)
    return await _record(server, person, body, base, answer, conversation)


async def _record(
    server: Server, person: Person, body: Question, base: str, answer: Answer, conversation: str
) -> Mapping[str, object]:
    """The answer's record, with where it was kept."""
    place = await kept(server, person, conversation, answer, body.keep)
    id_ = place.exchange or secrets.token_hex(8)
    return {**record(answer, id_, base), "conversation": place.conversation or None, "kept": bool(place.exchange)}


async def _events(
    server: Server, person: Person, body: Question, base: str, answers: Growing
) -> AsyncGenerator[str | None, None]:
    """The events of an answer as text; None where there is nothing new. An error is the last event."""
    before: Answer | None = None
    conversation = ""
    async with aclosing(answers):
        async for now in answers:
            if isinstance(now, Failed):
                yield failed(trouble(now.error)).encoded()
                return
            if now is None:
                yield None
                continue
            if before is None:
                conversation = await begin(server, person, body.conversation, body.question, body.keep)
                yield _start(conversation, body).encoded()
            told = [event.encoded() for event in changes(before, now, base)]
            yield "".join(told) or None
            before = now
    if before is not None:
        done = await _record(server, person, body, base, before, conversation)
        yield Event("done", done).encoded()


def _start(conversation: str, body: Question) -> Event:
    told = {"id": secrets.token_hex(8), "conversation": conversation or None, "question": body.question}
    return Event("start", told)


def _following(server: Server, person: Person, conversation: str) -> tuple[str, ...]:
    desk = server.desk_of(person)
    try:
        exchanges = server.history.exchanges(person, conversation, desk)
    except UsageError:
        raise no_conversation() from None
    if not exchanges or exchanges[-1].withheld:
        return ()
    earlier = tuple(Turn(each.answer.standalone, each.answer.text, each.answer.citations) for each in exchanges[:-1])
    return following(desk, _with_passages(desk, exchanges[-1].answer), earlier)


def _with_passages(desk: Desk, answer: Answer) -> Answer:
    """A kept answer with the passages found for it, which are not kept."""
    limits = answer.searched.filters
    with closing(stream(desk, answer.standalone, (), limits, infer=(), write=False)) as states:
        found = next(states)
    return replace(answer, passages=found.passages, related=found.passages[:3], flagged=found.flagged)
