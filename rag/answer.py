"""The flow: a question is understood, searched and read; what comes out is cited to the paragraph, or refused.

Without a chat model an answer is made of quotations. With one, the model writes while the passages are read; every
sentence it writes is checked against its paragraphs, and where it fails, the quotations stand in its place.
"""

from collections.abc import Collection, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import date
from time import perf_counter

from index.errors import UsageError
from rag.copies import collapse
from rag.desk import Desk
from rag.disputes.conflicts import conflicts, disagreements, further, with_sides
from rag.followup import standalone, topic
from rag.guarding.guard import instructions
from rag.limits import limited
from rag.model.endpoint import Chat, EndpointError
from rag.numbering import Numbering
from rag.quote import claims
from rag.reader import Reading, read
from rag.retrieve import Found, retrieve
from rag.types import Answer, Conflict, Filters, Part, Style, Timings, Turn, Verdict
from rag.writing.condense import standalone_by
from rag.writing.second import second_opinion
from rag.writing.writer import Dictation, Order

LONGEST_QUESTION = 2000  # characters; more is a pasted document, not a question
CANDIDATES = 30  # passages found for the reader; how many of them it reads is limited by their tokens
_RELATED = 3  # passages offered with a refusal


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
) -> Generator[Answer, None, None]:
    """The answer as it grows: once when the passages are found, then claim by claim; the last one is finished.

    ``history`` is the conversation so far, oldest first; it is used to understand ``question``, and its citations keep
    their numbers. ``infer`` is what the question's own words may limit where ``filters`` do not, with dates counted
    from ``today`` (default: the day it is); ``Answer.searched`` says what they did. The desk's model, if it has one,
    writes in ``style`` (default: the settings'), unless ``write`` is false. Closing the generator hangs up on it.
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
    searched = limited(desk.library, understood, filters, today, infer)
    rewritten = perf_counter()
    about = topic(question, history)
    found = retrieve(desk.library, desk.index, desk.model, understood, searched.filters, CANDIDATES, about)
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
    numbering = Numbering(citation for turn in history for citation in turn.citations)
    if chat is None:
        reading = _read(desk, found, growing)
        yield from _quoted(desk, reading, _after_reading(desk, growing, reading, retrieved), numbering)
    else:
        yield from _written(desk, chat, found, growing, numbering, today, style or Style(desk.settings.style))


def _read(desk: Desk, found: Found, growing: Answer) -> Reading:
    newest_first = growing.searched.understood is not None and growing.searched.understood.newest_first
    return read(found, desk.model, growing.standalone, desk.settings.read_tokens, newest_first)


def _after_reading(desk: Desk, growing: Answer, reading: Reading, since: float) -> Answer:
    kept = reading.passages[: desk.settings.top_k]
    timings = replace(growing.timings, read=_ms(since, perf_counter()))
    return replace(growing, confidence=reading.confidence, passages=kept, timings=timings)


def _quoted(desk: Desk, reading: Reading, growing: Answer, numbering: Numbering) -> Iterator[Answer]:
    """The answer in quotations, or the refusal."""
    if not reading.chosen or reading.confidence < desk.settings.refuse_below:
        yield _refused(growing)
        return
    found = disagreements(growing.standalone, reading.answers)
    for claim in claims(with_sides(reading.chosen, found), numbering):
        growing = replace(growing, claims=(*growing.claims, claim))
        yield growing
    if found:
        others = list(claims(further(found), numbering))
        cited = (*growing.citations, *(citation for claim in others for citation in claim.citations))
        yield replace(growing, conflicts=conflicts(found, cited))


def _written(
    desk: Desk, chat: Chat, found: Found, growing: Answer, numbering: Numbering, today: date, style: Style
) -> Iterator[Answer]:
    """The answer as the model writes it, checked; quotations where it fails, a refusal where the documents are silent.

    The passages are read while the model begins: it is hung up on where their confidence is too low.
    """
    started, settings = perf_counter(), desk.settings
    order = Order(
        question=growing.standalone,
        passages=found.passages,
        context_tokens=settings.context_tokens,
        answer_tokens=settings.answer_tokens,
        style=style,
        today=today,
        drop=settings.unsupported == "drop",
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
    growing = _after_reading(desk, growing, reading.result(), started)
    growing = replace(growing, timings=replace(growing.timings, write=_ms(started, perf_counter())))
    if growing.confidence < desk.settings.write_from:
        yield _refused(growing)
    elif trouble:
        noted = replace(
            growing, notices=(f"{trouble[:1].upper()}{trouble[1:]}. What follows is quoted from the documents.",)
        )
        yield from _quoted(desk, reading.result(), noted, numbering)
    elif last is None or last.refused:
        yield _refused(growing)
    elif all(claim.verdict is Verdict.UNSUPPORTED for claim in last.claims):
        notice = "Nothing that the model wrote is supported by the documents. What follows is quoted from them."
        yield from _quoted(desk, reading.result(), replace(growing, notices=(notice,)), numbering)
    else:
        limit = f"The model stopped at its limit of {settings.answer_tokens:,} tokens; the answer may be incomplete."
        growing = replace(growing, claims=last.claims, writing=last.writing, notices=(limit,) if last.cut else ())
        growing = replace(growing, conflicts=_disputed(growing, reading.result(), numbering))
        yield growing
        if desk.checker is not None:
            yield from _checked_again(desk, desk.checker, growing)


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
    if all(claim.verdict is Verdict.UNSUPPORTED for claim in growing.claims):
        yield _refused(growing)


def _doubtful(desk: Desk, reading: Future[Reading]) -> bool:
    """Whether what was read is too doubtful for a model to be heard; where reading failed, it is not heard either."""
    return reading.exception() is not None or reading.result().confidence < desk.settings.write_from


def _refused(growing: Answer) -> Answer:
    return replace(growing, claims=(), draft="", refused=True, related=growing.passages[:_RELATED])


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
