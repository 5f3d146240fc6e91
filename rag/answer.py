"""The flow: a question is understood, searched and read; what comes out is cited to the paragraph, or refused.

Without a chat model an answer is made of quotations. With one, the model writes while the passages are read; every
sentence it writes is checked against its paragraphs, and where it fails, the quotations stand in its place.
"""

from collections.abc import Collection, Generator, Sequence
from dataclasses import replace
from datetime import date
from time import perf_counter

from index.errors import UsageError
from rag.copies import collapse
from rag.desk import Desk
from rag.followup import standalone, topic
from rag.guarding.guard import instructions
from rag.limits import limited
from rag.quoted import WORKING, after_reading, milliseconds, quoted, timed_reading
from rag.retrieve import retrieve
from rag.standing import cautioned, weighed
from rag.types import Answer, Citation, Filters, Part, Style, Timings, Turn
from rag.writing.condense import standalone_by
from rag.written import written

LONGEST_QUESTION = 2000  # characters; more is a pasted document, not a question
CANDIDATES = 30  # passages found for the reader; how many of them it reads is limited by their tokens


def answer(
    desk: Desk,
    question: str,
    history: Sequence[Turn] = (),
    filters: Filters | None = None,
    *,
    today: date | None = None,
    infer: Collection[Part] = tuple(Part),
    write: bool = True,
    style: Style | None = None,
) -> Answer:
    """The finished answer to ``question``; see ``stream``."""
    *_, last = stream(desk, question, history, filters, today=today, infer=infer, write=write, style=style)
    return last


def stream(
    desk: Desk,
    question: str,
    history: Sequence[Turn] = (),
    filters: Filters | None = None,
    *,
    today: date | None = None,
    infer: Collection[Part] = tuple(Part),
    write: bool = True,
    style: Style | None = None,
    shown: Sequence[Citation] = (),
) -> Generator[Answer, None, None]:
    """The answer as it grows: once when the passages are found, then claim by claim; the last one is finished.

    ``history`` is the conversation so far, oldest first; it is used to understand ``question``, and its citations keep
    their numbers, as do others that were ``shown`` in it (of an answer that was stopped). ``infer`` is what the
    question's own words may limit where ``filters`` do not, with dates counted from ``today`` (default: the day it
    is); ``Answer.searched`` says what they did. The desk's model, if it has one, writes in ``style`` (default: the
    settings'), unless ``write`` is false. Closing the generator hangs up on it.
    Raises UsageError for a question that is blank or too long, ModelMismatch or EmbeddingError when the library cannot
    be searched; trouble with the model is no error but a notice, and quotations in its place.
    """
    filters, today = filters or Filters(), today or date.today()
    chat = desk.chat if write else None
    started = perf_counter()
    question = _checked(question)
    if chat is not None and desk.condenser is not None:
        understood = standalone_by(desk.condenser, question, history).question
    else:
        understood = standalone(question, history)
    with WORKING:
        searched = limited(desk.library, understood, filters, today, infer)
        rewritten = perf_counter()
        about = topic(question, history)
        found = retrieve(desk.library, desk.index, desk.model, understood, searched.filters, CANDIDATES, about)
        found = weighed(desk.library, found, searched.filters)
        found = replace(found, passages=collapse(found.passages))
        retrieved = perf_counter()
    growing = Answer(
        question=question,
        standalone=understood,
        claims=(),
        refused=False,
        confidence=0.0,
        passages=found.passages[: desk.settings.top_k],
        related=(),
        searched=searched,
        timings=Timings(milliseconds(started, rewritten), milliseconds(rewritten, retrieved)),
        flagged=tuple(each for each in found.passages[: desk.settings.top_k] if instructions(each.text)),
    )
    yield growing
    earlier = (*shown, *(citation for turn in history for citation in turn.citations))
    if chat is None:
        timed = timed_reading(desk, found, growing)
        answers = quoted(desk, timed.reading, after_reading(desk, growing, timed), earlier)
    else:
        answers = written(desk, chat, found, growing, earlier, today, style or Style(desk.settings.style))
    yield from cautioned(desk.library, found, answers)


def _checked(question: str) -> str:
    # Half a surrogate pair, as a terminal or a JSON file may hold, can be neither stored nor printed.
    question = " ".join(question.encode("utf-8", "replace").decode("utf-8").split())
    if not question:
        raise UsageError("the question is empty; ask something")
    if len(question) > LONGEST_QUESTION:
        raise UsageError(f"the question has {len(question)} characters; at most {LONGEST_QUESTION} are read")
    return question
