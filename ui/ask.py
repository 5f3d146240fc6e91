"""A question in a session -> the session with its answer, as it grows, and kept; and the questions to ask next."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import perf_counter
from typing import TypeVar

from index.errors import CitedeskError, UsageError
from rag.answer import stream
from rag.desk import Desk
from rag.suggesting.next_questions import following
from rag.types import Answer, Part, Style
from ui import filters
from ui.people import Person
from ui.server import Server
from ui.session import ALL, Session, finish, grow, history, keep, shown

STOPPED = "Stopped before the answer was complete."
FAILED = "Something went wrong while answering; the server's log says what. The question can be asked again."
PAUSE = 0.1
"""Seconds between two states of a draft; a checked sentence is shown at once."""

log = logging.getLogger(__name__)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question is asked with: the filter bar as it is filled in, how a model is to write (None: the answer is
    quoted, no model is asked), and what the question's own words may limit where the filters do not."""

    question: str
    since: str = ""
    until: str = ""
    outlets: Sequence[str] = ()
    style: Style | None = None
    infer: frozenset[Part] = ALL


def ask(server: Server, person: Person, session: Session, asked: Asked) -> Generator[Session, None, None]:
    """Yields the session, whose last exchange was begun with this question, as its answer grows; the last one is done
    and, if the answer is complete, kept.

    An error that the user can be shown becomes the exchange's note; any other is raised. Closing the generator ends a
    request to a model.
    """
    server.audit.note(person, "ask", asked.question)
    desk, write = server.desk_of(person), asked.style is not None
    try:
        limits = filters.read(asked.since, asked.until, asked.outlets)
        earlier, taken = history(session), shown(session)
        answers = stream(
            desk, asked.question, earlier, limits, infer=asked.infer, write=write, style=asked.style, shown=taken
        )
        for grown in _shown(session, answers):
            session = grown
            yield grown if grown.last is None or not grown.last.done else remember(server, person, grown)
    except CitedeskError as error:
        log.warning("a question could not be answered: %s", error)
        yield finish(session, str(error))


def remember(server: Server, person: Person, session: Session) -> Session:
    """The session with its last exchange kept, in a conversation that is begun with its first complete answer.

    As it is when the answer cannot be kept (the disk is full): the log says so, the answer stands.
    """
    last = session.last
    if last is None or last.answer is None or last.note:
        return session
    try:
        return _remembered(server, person, session, last.answer)
    except CitedeskError as error:
        log.warning("an answer could not be kept: %s", error)
        return session


def _remembered(server: Server, person: Person, session: Session, answer: Answer) -> Session:
    desk = server.desk_of(person)
    if session.conversation:
        try:
            added = server.history.add(person, session.conversation, answer, desk, instead_of=session.replaced)
            return keep(session, session.conversation, added.id)
        except UsageError:
            log.info("a conversation was deleted while it went on; it begins anew")
    begun = server.history.begin(person, answer.question)
    return keep(session, begun.id, server.history.add(person, begun.id, answer, desk).id)


def _shown(session: Session, answers: Iterator[Answer]) -> Iterator[Session]:
    """The session with each answer that is worth showing, and at last done."""
    claims, shown = 0, 0.0
    try:
        for answer in answers:
            session, more = grow(session, answer), len(answer.claims) != claims
            claims = len(answer.claims)
            if more or not answer.draft or perf_counter() - shown >= PAUSE:
                shown = perf_counter()
                yield session
        yield finish(session)
    finally:
        if isinstance(answers, Generator):
            answers.close()  # and with it what a model is still writing


async def relayed(work: Generator[_T, None, None]) -> AsyncGenerator[_T, None]:
    """What ``work`` yields, worked out in a thread of its own.

    Once this generator is closed or cancelled, ``work`` is closed as soon as its next item is there, and nobody waits
    for that: a person can ask again while a stopped model is still silent.
    """
    worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="answer")
    loop = asyncio.get_running_loop()
    try:
        while (item := await loop.run_in_executor(worker, _next, work)) is not None:
            yield item
    finally:
        worker.submit(work.close)
        worker.shutdown(wait=False)


def _next(work: Generator[_T, None, None]) -> _T | None:
    return next(work, None)


def next_questions(desk: Desk, session: Session) -> tuple[str, ...]:
    """Up to three questions that the documents answer and that follow on the last answer, surest first; none after one
    that was stopped or failed. Takes up to a second."""
    last = session.last
    if last is None or last.answer is None or not last.done or last.note:
        return ()
    try:
        return following(desk, last.answer, history(session)[:-1])
    except CitedeskError as error:
        log.warning("no next questions could be found: %s", error)
        return ()
