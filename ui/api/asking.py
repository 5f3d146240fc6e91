"""A question of a program -> its answer as it grows, in turn with everybody else's, and kept."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from index.errors import CitedeskError, UsageError
from rag.answer import stream
from rag.desk import Desk
from rag.types import Answer, Citation, Filters, Part, Style, Turn
from ui.api.errors import Refused
from ui.ask import relayed
from ui.people import Person
from ui.server import Server

GONE = 499
"""The status of a response that nobody reads any more."""
FIRST = 0.2
"""Seconds to wait for what refuses a question at once, before a stream begins whose status is 200."""
_TICK = 0.25  # seconds between two looks whether a program that waits for the whole answer is still there

log = logging.getLogger(__name__)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Asking:
    """What ``rag.answer.stream`` is called with; ``shown`` are citations whose numbers are taken."""

    question: str
    history: Sequence[Turn] = ()
    filters: Filters = field(default_factory=Filters)
    style: Style | None = None
    write: bool = True
    infer: Sequence[Part] = tuple(Part)
    today: date | None = None
    shown: Sequence[Citation] = ()


async def growing(server: Server, person: Person, asked: Asking) -> AsyncGenerator[Answer, None]:
    """The answer as it grows, once it is this person's turn; the last one is finished.

    Raises Busy where there is no room, and what ``rag.answer.stream`` raises. Closing the generator gives the turn back
    and hangs up on the model.
    """
    async with server.admission.turn(person.owner) as turn:
        await run_in_threadpool(server.audit.note, person, "ask", asked.question)
        async with aclosing(worked(server.desk_of(person), asked)) as answers:
            async for answer in answers:
                turn.answered(answer)
                yield answer


def worked(desk: Desk, asked: Asking) -> AsyncGenerator[Answer, None]:
    """The answer as it grows, worked out in a thread of its own at once; see ``rag.answer.stream``."""
    work = stream(
        desk,
        asked.question,
        asked.history,
        asked.filters,
        today=asked.today,
        infer=asked.infer,
        write=asked.write,
        style=asked.style,
        shown=asked.shown,
    )
    return relayed(work)


async def last(answers: AsyncGenerator[Answer, None]) -> Answer:
    """The finished answer of one that grows; cancelled, it hangs up on the model."""
    async with aclosing(answers):
        return [answer async for answer in answers][-1]


@dataclass(frozen=True, slots=True)
class Failed:
    """What ended the items before their end."""

    error: BaseException


Growing = AsyncGenerator[Answer | Failed | None, None]
"""An answer as it grows, with None for every while in which it did not; what ended it too early is the last item."""


async def begun(server: Server, person: Person, asked: Asking, quiet: float) -> Growing:
    """The answer of ``growing`` for a stream, with None for every ``quiet`` seconds in which it did not grow.

    Raises what refuses the question at once, while the response can still say so by its status.
    """
    answers = ticking(growing(server, person, asked), quiet, FIRST)
    first = await anext(answers)
    if isinstance(first, Failed):
        raise first.error
    return _resumed(first, answers)


async def _resumed(first: Answer | None, answers: Growing) -> Growing:
    async with aclosing(answers):
        yield first
        async for item in answers:
            yield item


async def ticking(
    items: AsyncGenerator[_T, None], seconds: float, first: float
) -> AsyncGenerator[_T | Failed | None, None]:
    """The items, and None for every ``seconds`` in which there was none (for the first time after ``first``).

    An error of theirs, of any kind, is the last item. Closed or cancelled, it ends ``items`` at once, whatever they
    wait for.
    """
    pending: asyncio.Task[_T | None] | None = None
    try:
        while True:
            pending = asyncio.create_task(_next(items))
            while not (await asyncio.wait({pending}, timeout=first))[0]:
                first = seconds
                yield None
            first, failure = seconds, pending.exception()
            if failure is not None:
                yield Failed(failure)
                return
            item = pending.result()
            if item is None:
                return
            yield item
    finally:
        if pending is not None and not pending.done():
            pending.cancel()  # which ends the items from within
        else:
            await items.aclose()


async def _next(items: AsyncGenerator[_T, None]) -> _T | None:
    return await anext(items, None)


async def finished(request: Request, server: Server, person: Person, asked: Asking) -> Answer | None:
    """The finished answer; None when the program that asked has gone away meanwhile, and nobody answers any more.

    Raises what ``growing`` raises.
    """
    answer = None
    async with aclosing(ticking(growing(server, person, asked), _TICK, _TICK)) as answers:
        async for item in answers:
            if isinstance(item, Failed):
                raise item.error
            answer = item or answer
            if await request.is_disconnected():
                return None
    return answer


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer was kept: the ids of the conversation and of the exchange; both empty where it was not."""

    conversation: str = ""
    exchange: str = ""


async def history(server: Server, person: Person, conversation: str) -> tuple[Turn, ...]:
    """The turns of one of her conversations. Refused (404) when she has no such conversation."""
    try:
        return await run_in_threadpool(server.history.turns, person, conversation, server.desk_of(person))
    except UsageError:
        raise no_conversation() from None


def no_conversation() -> Refused:
    """The answer to whoever names a conversation that is not there, or not theirs."""
    return Refused(404, "not_found", "You have no such conversation; leave `conversation` out to begin one.")


async def begin(server: Server, person: Person, conversation: str | None, question: str, keep: bool) -> str:
    """The id of the conversation that an answer belongs to; "" where it is not to be kept, or cannot be."""
    if conversation is not None or not keep:
        return conversation or ""
    try:
        return (await run_in_threadpool(server.history.begin, person, question)).id
    except CitedeskError as error:
        log.warning("a conversation could not be begun: %s", error)
        return ""


async def kept(server: Server, person: Person, conversation: str, answer: Answer, keep: bool) -> Place:
    """Keeps a finished answer. When that fails (a full disk, a conversation deleted meanwhile) the answer stands."""
    if not keep or not conversation:
        return Place(conversation)
    try:
        added = await run_in_threadpool(server.history.add, person, conversation, answer, server.desk_of(person))
    except CitedeskError as error:
        log.warning("an answer could not be kept: %s", error)
        return Place(conversation)
    return Place(conversation, added.id)
