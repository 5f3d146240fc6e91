"""Briefs over HTTP: as events for programs, and as a form that needs no script."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import date
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse
from pydantic import ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from index.errors import UsageError
from rag.answer import LONGEST_QUESTION
from rag.types import Filters, Style
from ui import filters
from ui.api.ask import HEADERS, STREAM
from ui.api.asking import FIRST, Asking, Failed, ticking
from ui.api.bodies import Limits
from ui.api.errors import Trouble, trouble
from ui.api.events import ALIVE, QUIET, Event, failed
from ui.api.shapes import Failure
from ui.exports import brief_page
from ui.exports.brief import LONGEST_TITLE, MOST_QUESTIONS, Wanted, checked, written
from ui.exports.page import POLICY
from ui.people import Person, person_of
from ui.server import Server

Asker = Annotated[Person, Depends(person_of)]
_PAGE = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class Brief(Limits):
    """Several questions that become one document."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"title": "The treaty", "questions": ["Who signed it?", "Who published it?"]}]},
    )

    title: Annotated[str, Field(min_length=1, max_length=LONGEST_TITLE)]
    questions: Annotated[
        list[Annotated[str, Field(max_length=LONGEST_QUESTION)]], Field(min_length=1, max_length=MOST_QUESTIONS)
    ]


def add(router: APIRouter, server: Server) -> None:
    """Adds /api/briefs and /brief to ``router``."""

    @router.post(
        "/api/briefs",
        summary="Write a brief",
        tags=["exports"],
        response_class=StreamingResponse,
        responses={
            200: {"content": {STREAM: {}}, "description": "Events: `progress`, at last `done` or `error`."},
            **{status: {"model": Failure} for status in (400, 401, 403)},
        },
    )
    async def brief(body: Brief, person: Asker) -> StreamingResponse:
        """Answers the questions one after the other, and keeps them as a conversation that can be exported.

        Before each question there is an event `progress` {"conversation", "done", "of", "question"}, where
        `conversation` is null before the first answer; `done` {"conversation"} is the last, or `error` {"code",
        "message"}: what was answered until then is kept.
        """
        like = Asking("", (), body.filters(), body.manner, body.writes, body.parts, body.today)
        wanted = Wanted(body.title, checked(body.title, body.questions), like)
        return StreamingResponse(_events(server, person, wanted), media_type=STREAM, headers=HEADERS)

    @router.get("/brief", include_in_schema=False)
    def form(request: Request, person: Asker) -> HTMLResponse:
        return HTMLResponse(_form(server, person, request, brief_page.Filled()), headers=_PAGE)

    @router.post("/brief", include_in_schema=False)
    async def filled(request: Request, person: Asker) -> Response:
        given = brief_page.Filled()
        try:
            given = _read(await request.body())
            wanted = _wanted(given)
        except UsageError as error:
            told = await run_in_threadpool(_form, server, person, request, given, str(error))
            return HTMLResponse(told, 400, headers=_PAGE)
        base = str(request.scope.get("root_path", ""))
        return StreamingResponse(_pages(server, person, wanted, base), media_type="text/html", headers=_PAGE)


async def _events(server: Server, person: Person, wanted: Wanted) -> AsyncGenerator[str, None]:
    async with aclosing(ticking(written(server, person, wanted), QUIET, FIRST)) as steps:
        async for step in steps:
            if step is None:
                yield ALIVE
            elif isinstance(step, Failed):
                yield failed(_told(step)).encoded()
            elif step.done < step.of:
                at = {"done": step.done, "of": step.of, "question": step.question}
                yield Event("progress", {"conversation": step.conversation or None, **at}).encoded()
            else:
                yield Event("done", {"conversation": step.conversation}).encoded()


async def _pages(server: Server, person: Person, wanted: Wanted, base: str) -> AsyncGenerator[str, None]:
    """The page of a brief as it grows: a line for each question, and at last where the brief is."""
    yield brief_page.begun(wanted.title, base)
    conversation = ""
    async with aclosing(ticking(written(server, person, wanted), QUIET, FIRST)) as steps:
        async for step in steps:
            if step is None:
                yield "\n"  # so that nothing between here and the browser takes it for dead
            elif isinstance(step, Failed):
                yield brief_page.broken(_told(step).message, conversation, base)
                return
            else:
                conversation = step.conversation
                yield brief_page.line(step)
    yield brief_page.ended(conversation, base)


def _told(failure: Failed) -> Trouble:
    if not isinstance(failure.error, Exception):
        raise failure.error
    return trouble(failure.error)


def _form(server: Server, person: Person, request: Request, given: brief_page.Filled, wrong: str = "") -> str:
    desk = server.desk_of(person)
    offered = brief_page.Offered(desk.library.outlets(), desk.library.count_documents(), desk.chat is not None)
    return brief_page.form(given, offered, str(request.scope.get("root_path", "")), wrong)


def _read(body: bytes) -> brief_page.Filled:
    """The form as it was filled in. Raises UsageError for one with too many fields."""
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=500)
    except ValueError:
        raise UsageError("The form has too many fields; choose fewer outlets.") from None

    def one(name: str) -> str:
        return fields.get(name, [""])[0].strip()

    return brief_page.Filled(
        title=one("title"),
        questions=fields.get("questions", [""])[0],
        since=one("since"),
        until=one("until"),
        outlets=tuple(fields.get("outlet", [])),
        style=one("style"),
    )


def _wanted(given: brief_page.Filled) -> Wanted:
    questions = checked(given.title, given.questions.splitlines())
    limits: Filters = filters.read(given.since, given.until, given.outlets)
    style = Style(given.style) if given.style in {each.value for each in Style} else None
    like = Asking("", (), limits, style, given.style != "quote", today=date.today())
    return Wanted(given.title, questions, like)
