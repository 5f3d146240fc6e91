"""Conversations and feedback over HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

from index.errors import UsageError
from rag.desk import Desk
from rag.record import citation_record, record
from rag.types import Citation
from ui.api.errors import Refused, Told
from ui.api.shapes import Failure
from ui.keeping import bodies
from ui.keeping.kept import Conversation, Kept
from ui.keeping.kept import Judged as Reviewed
from ui.keeping.opinions import Fault, Opinion, Spot, Vote
from ui.keeping.since import standing
from ui.people import Person, person_of
from ui.server import Server

Asker = Annotated[Person, Depends(person_of)]
_ERRORS: dict[int | str, dict[str, Any]] = {status: {"model": Failure} for status in (400, 401, 403, 404, 429, 503)}
_TALK: list[str | Enum] = ["conversations"]
_THOUGHT: list[str | Enum] = ["feedback"]


def routes(server: Server) -> APIRouter:
    """/api/conversations, /api/exchanges and /api/feedback."""
    router = APIRouter(route_class=Told, responses=_ERRORS)
    _conversations(router, server)
    _feedback(router, server)
    return router


def _conversations(router: APIRouter, server: Server) -> None:
    history, tags = server.history, _TALK

    @router.get("/api/conversations", summary="Your conversations", tags=tags)
    def conversations(
        person: Asker,
        q: Annotated[str, Query(max_length=400, description="Words that all occur in it.")] = "",
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> bodies.Listing:
        """The last used first. Searched are titles, your questions and the answers that you may see."""
        found = history.conversations(person, q, limit, server.desk_of(person))
        return bodies.Listing(conversations=[_listed(each) for each in found])

    @router.post("/api/conversations", summary="Begin a conversation", status_code=201, tags=tags)
    def begin(body: bodies.Titled, person: Asker) -> bodies.Listed:
        """An empty one; a question asked without a conversation begins one by itself."""
        return _listed(history.begin(person, body.title))

    @router.delete("/api/conversations", summary="Delete all your conversations", tags=tags)
    def delete_all(person: Asker) -> bodies.Deleted:
        """For good, with the feedback given in them."""
        return bodies.Deleted(deleted=history.delete_all(person))

    @router.get("/api/conversations/{id}", summary="A conversation", tags=tags)
    def conversation(id: str, request: Request, person: Asker) -> bodies.Whole:
        """With every answer as it was given, and what became of its sources since."""
        desk, base = server.desk_of(person), str(request.scope.get("root_path", ""))
        with looked_for():
            found, kept = history.conversation(person, id), history.exchanges(person, id, desk)
        answers = [exchange_body(each, desk, base) for each in kept]
        return bodies.Whole(**_listed(found).model_dump(), answers=answers)

    @router.patch("/api/conversations/{id}", summary="Rename a conversation", tags=tags)
    def rename(id: str, body: bodies.Titled, person: Asker) -> bodies.Listed:
        with looked_for():
            history.conversation(person, id)
        history.rename(person, id, body.title)
        return _listed(history.conversation(person, id))

    @router.delete("/api/conversations/{id}", summary="Delete a conversation", status_code=204, tags=tags)
    def delete(id: str, person: Asker) -> None:
        """For good, with the feedback given in it."""
        with looked_for():
            history.delete(person, id)

    @router.get("/api/exchanges/{id}", summary="A question with its answer", tags=tags)
    def exchange(id: str, request: Request, person: Asker) -> bodies.Exchange:
        """As it was given, and what became of its sources since."""
        desk = server.desk_of(person)
        with looked_for():
            kept = history.exchange(person, id, desk)
        return exchange_body(kept, desk, str(request.scope.get("root_path", "")))


def _feedback(router: APIRouter, server: Server) -> None:
    history, tags = server.history, _THOUGHT

    @router.post("/api/feedback", summary="Say what you think of an answer", tags=tags)
    def judge(body: bodies.Judgement, person: Asker) -> bodies.Judged:
        """One opinion of each of your answers, in place of an earlier one."""
        desk = server.desk_of(person)
        with looked_for():
            history.exchange(person, body.exchange, desk)
        right = Spot(body.paragraph.document_id, body.paragraph.paragraph) if body.paragraph else None
        opinion = Opinion(Vote(body.vote), Fault(body.reason) if body.reason else None, body.comment, right)
        kept = history.judge(person, body.exchange, opinion, desk)
        server.audit.note(person, "feedback", body.exchange)
        assert kept.opinion is not None
        return _judged(kept.id, kept.opinion)

    @router.delete("/api/feedback/{id}", summary="Take an opinion back", status_code=204, tags=tags)
    def unjudge(id: str, person: Asker) -> None:
        with looked_for():
            history.unjudge(person, id)

    @router.get("/api/feedback", summary="What people think of their answers", tags=tags)
    def reviews(person: Asker) -> bodies.Reviews:
        """For administrators; what they may not see themselves has no words here."""
        if not person.is_admin:
            raise Refused(403, "forbidden", "Only administrators may read what others think.")
        server.audit.note(person, "feedback", "all")
        return bodies.Reviews(
            feedback=[_reviewed(each) for each in history.judged(person, server.desk_of(person).library)]
        )


@contextmanager
def looked_for() -> Iterator[None]:
    """Makes the error of what a person has not a 404."""
    try:
        yield
    except UsageError as error:
        said = str(error)
        raise Refused(404, "not_found", f"{said[:1].upper()}{said[1:]}.") from None


def exchange_body(kept: Kept, desk: Desk, base: str) -> bodies.Exchange:
    """An exchange as programs get it; ``base`` is the path that the server's addresses begin with."""
    made = dict(record(kept.answer, kept.id, base))
    made["citations"] = [_remembered(each, desk, base) for each in kept.answer.citations]
    feedback = _judged(kept.id, kept.opinion) if kept.opinion else None
    place = {"conversation": kept.conversation, "kept": True, "asked": kept.asked, "withheld": kept.withheld}
    return bodies.Exchange.model_validate({**made, **place, "feedback": feedback})


def _remembered(citation: Citation, desk: Desk, base: str) -> bodies.Remembered:
    found = standing(citation, desk)
    now = {"document_id": citation.document_id, "paragraph": found.paragraph} if found.paragraph else None
    row = {**citation_record(citation, base), "state": found.state.value, "now": now}
    return bodies.Remembered.model_validate(row)


def _listed(found: Conversation) -> bodies.Listed:
    return bodies.Listed(
        id=found.id, title=found.title, begun=found.begun, changed=found.changed, exchanges=found.exchanges
    )


def _judged(exchange: str, opinion: Opinion) -> bodies.Judged:
    assert opinion.given is not None
    right = opinion.right
    place = bodies.Place(document_id=right.document_id, paragraph=right.paragraph) if right else None
    return bodies.Judged(
        exchange=exchange,
        vote=opinion.vote.value,
        reason=opinion.reason.value if opinion.reason else None,
        comment=opinion.comment,
        paragraph=place,
        given=opinion.given,
    )


def _reviewed(one: Reviewed) -> bodies.Reviewed:
    answer = one.kept.answer
    return bodies.Reviewed(
        **_judged(one.kept.id, one.opinion).model_dump(),
        question=answer.question,
        answer="" if one.kept.withheld else answer.text,
        refused=answer.refused,
        withheld=one.kept.withheld,
    )
