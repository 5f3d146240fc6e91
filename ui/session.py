"""What one browser session has asked: the last exchanges, as values."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rag.types import Answer, Turn
from ui import render

KEPT = 20
"""How many exchanges a session keeps and shows."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and as much of its answer as there is.

    ``number`` is never reused in a session, so a link of an exchange never points into another. ``note`` is a message
    of ours: why there is no answer, or that it was stopped. ``done`` is false while the answer is still growing.
    """

    number: int
    question: str
    answer: Answer | None = None
    note: str = ""
    done: bool = False


@dataclass(frozen=True, slots=True)
class Session:
    """The exchanges of one browser session, oldest first, and the number of the next one."""

    exchanges: tuple[Exchange, ...] = ()
    upcoming: int = 1

    @property
    def last(self) -> Exchange | None:
        """The newest exchange, None when nothing was asked."""
        return self.exchanges[-1] if self.exchanges else None


@dataclass(frozen=True, slots=True)
class Message:
    """One chat bubble; ``content`` is inert Markdown."""

    role: Literal["user", "assistant"]
    content: str


def begin(session: Session, question: str) -> Session:
    """The session with a new, unanswered exchange; the oldest beyond ``KEPT`` are dropped."""
    kept = (*session.exchanges, Exchange(session.upcoming, question))[-KEPT:]
    return Session(kept, session.upcoming + 1)


def grow(session: Session, answer: Answer) -> Session:
    """The session with its last exchange’s answer replaced by what it has grown to."""
    return _with_last(session, answer=answer)


def finish(session: Session, note: str = "") -> Session:
    """The session with its last exchange done, its passages dropped (they hold whole texts); unchanged if it is."""
    last = session.last
    if last is None or last.done:
        return session
    answer = replace(last.answer, passages=()) if last.answer else None
    return _with_last(session, answer=answer, note=note, done=True)


def stop(session: Session, note: str, instead_of: str) -> Session:
    """The session with its last exchange stopped; ``instead_of`` is a note that the same stop may have caused."""
    last = session.last
    if last is not None and last.done and last.note == instead_of:
        return _with_last(session, answer=last.answer, note=note, done=True)
    return finish(session, note)


def undo(session: Session) -> Session:
    """The session without its last exchange."""
    return replace(session, exchanges=session.exchanges[:-1])


def history(session: Session) -> tuple[Turn, ...]:
    """The completed exchanges as turns, oldest first, for the next question."""
    return tuple(
        Turn(question=one.answer.standalone, answer=one.answer.text)
        for one in session.exchanges
        if one.done and one.answer is not None and not one.note
    )


def messages(session: Session) -> tuple[Message, ...]:
    """The chat as it is shown."""
    shown: list[Message] = []
    for one in session.exchanges:
        shown.append(Message("user", render.question(one.question)))
        shown.append(Message("assistant", _reply(one)))
    return tuple(shown)


def find(exchanges: Sequence[Exchange], number: int) -> Exchange | None:
    """The exchange of that number, None when it is no longer kept."""
    return next((one for one in exchanges if one.number == number), None)


def _with_last(session: Session, *, answer: Answer | None, note: str = "", done: bool = False) -> Session:
    *earlier, last = session.exchanges
    changed = replace(last, answer=answer, note=note, done=done)
    return replace(session, exchanges=(*earlier, changed))


def _reply(one: Exchange) -> str:
    if one.answer is not None and (one.answer.claims or one.answer.refused or not one.note):
        return render.answer(one.number, one.answer, done=one.done, note=one.note)
    return render.notice(one.note) if one.done else render.working()
