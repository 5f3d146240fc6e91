"""The flow: a question is understood, searched and read; what comes out is cited to the paragraph, or refused.

Without a chat model an answer is made of quotations. With one, the model writes while the passages are read; every
sentence it writes is checked against its paragraphs, and where it fails, the quotations stand in its place.
"""

import os
from collections.abc import Collection, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from threading import BoundedSemaphore
from time import perf_counter

from index.errors import UsageError
from rag.copies import collapse
from rag.desk import Desk
from rag.disputes.conflicts import conflicts, disagreements, further, with_sides
from rag.followup import standalone, topic
from rag.found import Found
from rag.guarding.guard import instructions
from rag.limits import limited
from rag.model.endpoint import Chat, EndpointError
from rag.numbering import Numbering
from rag.quote import claims
from rag.reader import Reading, read
from rag.retrieve import retrieve
from rag.standing import cautioned, cautions, weighed
from rag.types import Answer, Citation, Conflict, Filters, Part, Style, Timings, Turn, Verdict
from rag.writing.condense import standalone_by
from rag.writing.second import second_opinion
from rag.writing.writer import Dictation, Order

LONGEST_QUESTION = 2000  # characters; more is a pasted document, not a question
CANDIDATES = 30  # passages found for the reader; how many of them it reads is limited by their tokens
_RELATED = 3  # passages offered with a refusal
# So many questions are searched or read at a time, in all threads: more only take each other's cores and memory.
_WORKING = BoundedSemaphore(2 * (os.cpu_count() or 1))


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
    with _WORKING:
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
        timings=Timings(_ms(started, rewritten), _ms(rewritten, retrieved)),
        flagged=tuple(each for each in found.passages[: desk.settings.top_k] if instructions(each.text)),
    )
    yield growing
    earlier = (*shown, *(citation for turn in history for citation in turn.citations))
    if chat is None:
        timed = _read(desk, found, growing)
        answers = _quoted(desk, timed.reading, _after_reading(desk, growing, timed), earlier)
    else:
        answers = _written(desk, chat, found, growing, earlier, today, style or Style(desk.settings.style))
    yield from cautioned(desk.library, found, answers)


@dataclass(frozen=True, slots=True)
class _Timed:
    """A reading and the milliseconds it took."""

    reading: Reading
    took: float


def _read(desk: Desk, found: Found, growing: Answer) -> _Timed:
    started = perf_counter()
    newest_first = growing.searched.understood is not None and growing.searched.understood.newest_first
    with _WORKING:
        reading = read(found, desk.model, growing.standalone, desk.settings.read_tokens, newest_first)
        if found.held and reading.confidence < desk.settings.refuse_below:  # better a rewrite than no answer
            every = replace(found, passages=(*found.held, *found.passages))
            again = read(every, desk.model, growing.standalone, desk.settings.read_tokens, newest_first)
            reading = again if again.confidence >= desk.settings.refuse_below else reading
    return _Timed(reading, _ms(started, perf_counter()))


def _after_reading(desk: Desk, growing: Answer, timed: _Timed) -> Answer:
    kept = timed.reading.passages[: desk.settings.top_k]
    timings = replace(growing.timings, read=timed.took)
    return replace(growing, confidence=timed.reading.confidence, passages=kept, timings=timings)


def _quoted(
    desk: Desk, reading: Reading, growing: Answer, earlier: Collection[Citation], notice: str = ""
) -> Generator[Answer, None, None]:
    """The answer in quotations, or the refusal. ``notice`` says why it is not written, where it might have been."""
    if not reading.chosen or reading.confidence < desk.settings.refuse_below:
        yield _refused(replace(growing, notices=(notice,) if notice else ()))
        return
    growing = replace(growing, notices=(f"{notice} What follows is quoted from the documents.",) if notice else ())
    numbering = Numbering(earlier)
    found = disagreements(growing.standalone, reading.answers)
    for claim in claims(with_sides(reading.chosen, found), numbering):
        growing = replace(growing, claims=(*growing.claims, claim))
        yield growing
    if found:
        others = list(claims(further(found), numbering))
        cited = (*growing.citations, *(citation for claim in others for citation in claim.citations))
        yield replace(growing, conflicts=conflicts(found, cited))


def _written(
    desk: Desk,
    chat: Chat,
    found: Found,
    growing: Answer,
    earlier: Collection[Citation],
    today: date,
    style: Style,
) -> Generator[Answer, None, None]:
    """The answer as the model writes it, checked; quotations where it fails, a refusal where the documents are silent.

    The passages are read while the model begins: it is hung up on where their confidence is too low.
    """
    started, settings, numbering = perf_counter(), desk.settings, Numbering(earlier)
    order = Order(
        question=growing.standalone,
        passages=found.passages,
        context_tokens=settings.context_tokens,
        answer_tokens=settings.answer_tokens,
        style=style,
        today=today,
        drop=settings.unsupported == "drop",
        cautions=cautions(desk.library, found.doubtful),
    )
    last, trouble = None, ""
    with ThreadPoolExecutor(1) as worker:
        reading = worker.submit(_read, desk, found, growing)
        try:
            with closing(Dictation(chat, order, numbering, desk.model)) as reply:
                reading.add_done_callback(lambda done: reply.close() if _doubtful(desk, done) else None)
                for last in reply.drafts():
                    yield replace(growing, claims=last.claims, draft=last.rest, writing=last.writing)
        except EndpointError as error:
            trouble = str(error)
    timed = reading.result()
    growing = _after_reading(desk, growing, timed)
    rest = max(0.0, _ms(started, perf_counter()) - timed.took)  # the model wrote while the passages were read
    growing = replace(growing, timings=replace(growing.timings, write=rest))
    if growing.confidence < desk.settings.write_from:
        yield _refused(growing)
    elif trouble:
        yield from _quoted(desk, timed.reading, growing, earlier, f"{trouble[:1].upper()}{trouble[1:]}.")
    elif last is None or last.refused:
        yield from _silent(desk, found, timed.reading, growing, earlier)
    elif all(claim.verdict is Verdict.UNSUPPORTED for claim in last.claims):
        notice = "Nothing that the model wrote is supported by the documents."
        yield from _quoted(desk, timed.reading, growing, earlier, notice)
    elif not any(claim.citations for claim in last.claims):  # it says at length what the documents do not say
        yield from _silent(desk, found, timed.reading, growing, earlier)
    else:
        limit = f"The model stopped at its limit of {settings.answer_tokens:,} tokens; the answer may be incomplete."
        growing = replace(growing, claims=last.claims, writing=last.writing, notices=(limit,) if last.cut else ())
        growing = replace(growing, conflicts=_disputed(growing, timed.reading, numbering))
        yield growing
        if desk.checker is not None:
            yield from _checked_again(desk, desk.checker, growing)


def _silent(
    desk: Desk, found: Found, reading: Reading, growing: Answer, earlier: Collection[Citation]
) -> Generator[Answer, None, None]:
    """What there is where the model finds no answer: quotations of the rewrites that it was not given, where these
    answer, and else the refusal."""
    held = {passage.document.id for passage in found.held}
    quoted = {choice.best.passage.document.id for choice in reading.chosen}
    if quoted and quoted <= held and reading.confidence >= desk.settings.refuse_below:
        yield from _quoted(desk, reading, growing, earlier, "The model found no answer in what it was given.")
    else:
        yield _refused(growing)


def _disputed(growing: Answer, reading: Reading, numbering: Numbering) -> tuple[Conflict, ...]:
    """The conflicts between what was read, whatever was written about it; their quotes are cited beside it."""
    found = disagreements(growing.standalone, reading.answers)
    quotes = [quote for each in found for stand in each.stands for quote in stand.quotes]
    return conflicts(found, [citation for claim in claims(quotes, numbering) for citation in claim.citations])


def _checked_again(desk: Desk, checker: Chat, growing: Answer) -> Iterator[Answer]:
    """The answer with the second model's verdicts, as they come; a refusal where it lets nothing stand."""
    for found in second_opinion(checker, growing.claims, desk.library):
        notices = (
            (*growing.notices, f"The second check was not finished: {found.trouble}")
            if found.trouble
            else growing.notices
        )
        growing = replace(growing, claims=found.claims, notices=notices)
        yield growing
    standing = tuple(claim for claim in growing.claims if claim.verdict is not Verdict.UNSUPPORTED)
    if not any(claim.citations for claim in standing):
        yield _refused(growing)
    elif desk.settings.unsupported == "drop" and growing.writing is not None and standing != growing.claims:
        dropped = growing.writing.dropped + len(growing.claims) - len(standing)
        yield replace(growing, claims=standing, writing=replace(growing.writing, dropped=dropped))


def _doubtful(desk: Desk, done: Future[_Timed]) -> bool:
    """Whether what was read is too doubtful for a model to be heard; where reading failed, it is not heard either."""
    return done.exception() is not None or done.result().reading.confidence < desk.settings.write_from


def _refused(growing: Answer) -> Answer:
    related = growing.passages[:_RELATED]
    return replace(growing, claims=(), conflicts=(), draft="", refused=True, related=related)


def _checked(question: str) -> str:
    # Half a surrogate pair, as a terminal or a JSON file may hold, can be neither stored nor printed.
    question = " ".join(question.encode("utf-8", "replace").decode("utf-8").split())
    if not question:
        raise UsageError("the question is empty; ask something")
    if len(question) > LONGEST_QUESTION:
        raise UsageError(f"the question has {len(question)} characters; at most {LONGEST_QUESTION} are read")
    return question


def _ms(start: float, end: float) -> float:
    return (end - start) * 1000
