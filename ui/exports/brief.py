"""A brief: several questions, answered one after the other, kept as one conversation whose numbers go on."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace

from starlette.concurrency import run_in_threadpool

from index.errors import UsageError
from rag.answer import LONGEST_QUESTION
from rag.types import Answer, Citation
from rag.words import count
from ui.api.asking import Asking, growing
from ui.operations.admission import Busy
from ui.people import Person
from ui.server import Server

MOST_QUESTIONS = 20
LONGEST_TITLE = 200  # characters
_TRIES = 5  # times that a question is asked again when the server is busy


@dataclass(frozen=True, slots=True)
class Wanted:
    """A brief to be written: its ``title``, its ``questions`` in their order, and what all are asked with (the question
    of ``like`` says nothing)."""

    title: str
    questions: tuple[str, ...]
    like: Asking


@dataclass(frozen=True, slots=True)
class Step:
    """How far a brief is: ``done`` of ``of`` questions are answered, the last one with this ``outcome`` in words;
    ``question`` is being asked now, "" when all are done. ``conversation`` is where it is kept, "" before there is an
    answer."""

    conversation: str
    done: int
    of: int
    question: str
    outcome: str = ""


def checked(title: str, questions: list[str]) -> tuple[str, ...]:
    """The questions, without blank ones. Raises UsageError for a blank or long title, for none or too many questions,
    and for one that is too long."""
    found = tuple(" ".join(each.split()) for each in questions if each.strip())
    if not title.strip():
        raise UsageError("The brief has no title; give it one.")
    if len(title) > LONGEST_TITLE:
        raise UsageError(f"The title has {len(title)} characters; at most {LONGEST_TITLE} fit.")
    if not found:
        raise UsageError("There is no question; write at least one, each on a line of its own.")
    if len(found) > MOST_QUESTIONS:
        raise UsageError(f"There are {len(found)} questions; a brief has at most {MOST_QUESTIONS}.")
    for place, each in enumerate(found, 1):
        if len(each) > LONGEST_QUESTION:
            raise UsageError(f"Question {place} has {len(each)} characters; at most {LONGEST_QUESTION} are read.")
    return found


async def written(server: Server, person: Person, wanted: Wanted) -> AsyncGenerator[Step, None]:
    """Answers the questions one after the other; yields before each, and when all are done.

    Every question stands alone, but what is cited keeps its number. Each answer is kept as soon as it is there: a brief
    that is broken off holds what was answered. Where the server is busy it waits as it is told to, some times. Raises
    what ``ui.api.asking.growing`` raises.
    """
    shown: tuple[Citation, ...] = ()
    conversation, outcome, of = "", "", len(wanted.questions)
    for done, question in enumerate(wanted.questions):
        yield Step(conversation, done, of, question, outcome)
        answer = await _answered(server, person, replace(wanted.like, question=question, shown=shown))
        conversation = await run_in_threadpool(_keep, server, person, conversation, wanted.title, answer)
        shown += answer.citations
        outcome = _outcome(answer)
    yield Step(conversation, of, of, "", outcome)


def _keep(server: Server, person: Person, conversation: str, title: str, answer: Answer) -> str:
    """Keeps the answer; returns the id of the conversation, which is begun with its first answer."""
    found = conversation or server.history.begin(person, title).id
    server.history.add(person, found, answer, server.desk_of(person))
    return found


async def _answered(server: Server, person: Person, asked: Asking) -> Answer:
    for attempt in range(_TRIES + 1):
        answer: Answer | None = None
        try:
            async with aclosing(growing(server, person, asked)) as answers:
                async for each in answers:
                    answer = each
        except Busy as busy:
            if attempt == _TRIES or server.admission.closed:
                raise
            await asyncio.sleep(busy.retry_after)
        if answer is not None:
            return replace(answer, draft="")
    raise AssertionError("an answer has at least one state")


def _outcome(answer: Answer) -> str:
    if answer.refused:
        return answer.refusal.rstrip(".").lower()
    documents = {citation.document_id for citation in answer.citations}
    return f"answered from {count(len(documents), 'document')}"
