"""What one browser session has asked: the last exchanges of a conversation, as values."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rag.types import Answer, Citation, Part, Turn
from ui import render, render_answer
from ui.render_answer import PLAIN, Marks

KEPT = 20
"""How many exchanges a session keeps and shows."""
ALL = frozenset(Part)
"""What a question's own words may limit, until a limit is taken off."""

_WIDEN = re.compile(r"widen-(?P<turn>\d{1,9})-(?P<part>time|outlet) \d{1,9}", re.ASCII)
_NEXT = re.compile(r"next-\d{1,9} \d{1,9} (?P<question>.+)", re.ASCII | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and as much of its answer as there is.

    ``number`` is never reused in a session, so a link of an exchange never points into another. ``note`` is a message
    of ours: why there is no answer, or that it was stopped. ``done`` is false while the answer is still growing.
    ``infer`` is what the question's own words may limit. ``shown`` is the reply as it is shown, kept once it is done:
    all of a conversation is sent with every word of its last answer. ``kept`` is the id under which the server keeps
    the exchange, "" where it does not. ``marks`` is what is known of it beside the answer.
    """

    number: int
    question: str
    answer: Answer | None = None
    note: str = ""
    done: bool = False
    infer: frozenset[Part] = ALL
    shown: str = ""
    kept: str = ""
    marks: Marks = PLAIN


@dataclass(frozen=True, slots=True)
class Session:
    """The exchanges of one browser session, oldest first, and the number of the next one.

    ``owner`` is whose it is, "" before anything was asked. ``conversation`` is the id under which the server keeps it,
    "" as long as nothing is kept. ``left_out`` is how many exchanges before these are not shown. ``replaced`` is the id
    of a kept exchange whose place the next kept one takes, "" for none.
    """

    exchanges: tuple[Exchange, ...] = ()
    upcoming: int = 1
    owner: str = ""
    conversation: str = ""
    left_out: int = 0
    replaced: str = ""

    @property
    def last(self) -> Exchange | None:
        """The newest exchange, None when nothing was asked."""
        return self.exchanges[-1] if self.exchanges else None


@dataclass(frozen=True, slots=True)
class Message:
    """One chat bubble; ``content`` is inert Markdown."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Again:
    """A question that is asked once more: of which session, and what its own words may limit now."""

    session: Session
    question: str
    infer: frozenset[Part] = ALL


def belonging(session: Session, owner: str) -> Session:
    """The session, if it is that owner's or nobody's yet; else an empty one. Whoever comes to know the number of
    somebody else's browser session must not find that conversation in it."""
    return replace(session, owner=owner) if session.owner in ("", owner) else Session(owner=owner)


def place(session: Session) -> str:
    """What tells a session's last exchange from any other, whatever is noted of it later; "" when nothing was asked."""
    last = session.last
    return f"{session.conversation} {last.number} {last.question}" if last else ""


def begin(session: Session, question: str, infer: frozenset[Part] = ALL) -> Session:
    """The session with a new, unanswered exchange; the oldest beyond ``KEPT`` are dropped, and of the passages of the
    others, which hold whole texts, those that the page says nothing of."""
    earlier = [replace(one, answer=_lean(one.answer)) if one.answer else one for one in session.exchanges]
    every = (*earlier, Exchange(session.upcoming, question, infer=infer))
    left_out = session.left_out + max(0, len(every) - KEPT)
    return replace(session, exchanges=every[-KEPT:], upcoming=session.upcoming + 1, left_out=left_out)


def restored(owner: str, conversation: str, exchanges: Sequence[Exchange]) -> Session:
    """A session that goes on where a kept conversation (all its exchanges, oldest first, numbered from 1) ended."""
    shown = tuple(replace(one, shown=_reply(one)) for one in exchanges[-KEPT:])
    return Session(shown, len(exchanges) + 1, owner, conversation, max(0, len(exchanges) - KEPT))


def keep(session: Session, conversation: str, id_: str) -> Session:
    """The session whose last, finished exchange is kept by the server under ``id_``."""
    *earlier, last = session.exchanges
    changed = replace(last, kept=id_)
    exchanges = (*earlier, replace(changed, shown=_reply(changed)))
    return replace(session, exchanges=exchanges, conversation=conversation, replaced="")


def grow(session: Session, answer: Answer) -> Session:
    """The session with its last exchange’s answer replaced by what it has grown to."""
    return _with_last(session, answer=answer)


def finish(session: Session, note: str = "") -> Session:
    """The session with its last exchange done, without what was not checked yet; unchanged if it is."""
    last = session.last
    if last is None or last.done:
        return session
    answer = replace(last.answer, draft="") if last.answer else None
    return _with_last(session, answer=answer, note=note, done=True)


def undo(session: Session) -> Session:
    """The session without its last exchange, which is forgotten once another is kept in its place."""
    replaced = (session.last.kept if session.last else "") or session.replaced
    return replace(session, exchanges=session.exchanges[:-1], replaced=replaced)


def again(session: Session) -> Again:
    """The last question in its own place; blank when nothing was asked."""
    last = session.last
    return Again(undo(session), last.question, last.infer) if last else Again(session, "")


def linked(session: Session, link: str) -> Again:
    """The question of a followed link; blank for a link to nothing.

    ``widen-3-time 17`` asks that of exchange 3 without its limit in time: the last one in its own place, an earlier one
    anew and as it stands alone. ``next-1 17 Who …?`` asks the question that it ends with. 17 numbers the click.
    """
    if chosen := _NEXT.fullmatch(link):
        return Again(session, chosen["question"])
    followed = _WIDEN.fullmatch(link)
    one = find(session.exchanges, int(followed["turn"])) if followed else None
    if followed is None or one is None or one.answer is None:
        return Again(session, "")
    infer = one.infer - {Part(followed["part"])}
    return replace(again(session), infer=infer) if one is session.last else Again(session, one.answer.standalone, infer)


def history(session: Session) -> tuple[Turn, ...]:
    """The completed exchanges as turns, oldest first, for the next question."""
    return tuple(
        Turn(question=one.answer.standalone, answer=one.answer.text, citations=one.answer.citations)
        for one in session.exchanges
        if one.done and one.answer is not None and not one.note
    )


def shown(session: Session) -> tuple[Citation, ...]:
    """All citations on the page, also those of answers that were stopped; their numbers are taken."""
    return tuple(citation for one in session.exchanges if one.answer for citation in one.answer.citations)


def messages(session: Session) -> tuple[Message, ...]:
    """The chat as it is shown."""
    shown: list[Message] = []
    if session.left_out:
        shown.append(Message("assistant", render_answer.left_out(session.left_out)))
    for one in session.exchanges:
        shown.append(Message("user", render.question(one.question)))
        shown.append(Message("assistant", one.shown or _reply(one)))
    return tuple(shown)


def find(exchanges: Sequence[Exchange], number: int) -> Exchange | None:
    """The exchange of that number, None when it is no longer kept."""
    return next((one for one in exchanges if one.number == number), None)


def _with_last(session: Session, *, answer: Answer | None, note: str = "", done: bool = False) -> Session:
    *earlier, last = session.exchanges
    changed = replace(last, answer=answer, note=note, done=done)
    changed = replace(changed, shown=_reply(changed) if done else "")
    return replace(session, exchanges=(*earlier, changed))


def _lean(answer: Answer) -> Answer:
    """``answer`` with no more passages than those whose copies are named beside its sources."""
    cited = {citation.document_id for citation in answer.citations}
    return replace(answer, passages=tuple(one for one in answer.passages if one.also and one.document.id in cited))


def _reply(one: Exchange) -> str:
    if one.answer is not None and (one.answer.claims or one.answer.refused or not one.note):
        return render_answer.answer(
            one.number, one.answer, done=one.done, note=one.note, kept=one.kept, marks=one.marks
        )
    return render.notice(one.note) if one.done else render_answer.working()
