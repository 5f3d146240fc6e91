"""The answer as a model writes it, while the passages are read; every sentence of it checked against its paragraphs."""

from collections.abc import Collection, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import date
from time import perf_counter

from rag.desk import Desk
from rag.disputes.conflicts import conflicts, disagreements
from rag.found import Found
from rag.model.endpoint import Chat, EndpointError
from rag.numbering import Numbering
from rag.quote import claims
from rag.quoted import Timed, after_reading, milliseconds, quoted, refused, timed_reading
from rag.reader import Reading
from rag.standing import cautions
from rag.types import Answer, Citation, Conflict, Style, Verdict
from rag.writing.second import second_opinion
from rag.writing.writer import Dictation, Draft, Order


def written(
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
        reading = worker.submit(timed_reading, desk, found, growing)
        try:
            with closing(Dictation(chat, order, numbering, desk.model)) as reply:
                reading.add_done_callback(lambda done: reply.close() if _doubtful(desk, done) else None)
                for last in reply.drafts():
                    yield replace(growing, claims=last.claims, draft=last.rest, writing=last.writing)
        except EndpointError as error:
            trouble = str(error)
    timed = reading.result()
    growing = after_reading(desk, growing, timed)
    rest = max(0.0, milliseconds(started, perf_counter()) - timed.took)  # the model wrote while the passages were read
    growing = replace(growing, timings=replace(growing.timings, write=rest))
    if growing.confidence < desk.settings.write_from:
        yield refused(growing)
    elif trouble:
        yield from quoted(desk, timed.reading, growing, earlier, f"{trouble[:1].upper()}{trouble[1:]}.")
    elif last is None or last.refused:
        yield from _silent(desk, found, timed.reading, growing, earlier)
    elif all(claim.verdict is Verdict.UNSUPPORTED for claim in last.claims):
        notice = "Nothing that the model wrote is supported by the documents."
        yield from quoted(desk, timed.reading, growing, earlier, notice)
    elif not any(claim.citations for claim in last.claims):  # it says at length what the documents do not say
        yield from _silent(desk, found, timed.reading, growing, earlier)
    else:
        yield from _finished(desk, growing, last, timed.reading, numbering)


def _finished(
    desk: Desk, growing: Answer, last: Draft, reading: Reading, numbering: Numbering
) -> Generator[Answer, None, None]:
    """What the model wrote, with the conflicts between what was read; then with the second model's verdicts."""
    limit = f"The model stopped at its limit of {desk.settings.answer_tokens:,} tokens; the answer may be incomplete."
    growing = replace(growing, claims=last.claims, writing=last.writing, notices=(limit,) if last.cut else ())
    growing = replace(growing, conflicts=_disputed(growing, reading, numbering))
    yield growing
    if desk.checker is not None:
        yield from _checked_again(desk, desk.checker, growing)


def _silent(
    desk: Desk, found: Found, reading: Reading, growing: Answer, earlier: Collection[Citation]
) -> Generator[Answer, None, None]:
    """What there is where the model finds no answer: quotations of the rewrites that it was not given, where these
    answer, and else the refusal."""
    held = {passage.document.id for passage in found.held}
    chosen = {choice.best.passage.document.id for choice in reading.chosen}
    if chosen and chosen <= held and reading.confidence >= desk.settings.refuse_below:
        yield from quoted(desk, reading, growing, earlier, "The model found no answer in what it was given.")
    else:
        yield refused(growing)


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
        yield refused(growing)
    elif desk.settings.unsupported == "drop" and growing.writing is not None and standing != growing.claims:
        dropped = growing.writing.dropped + len(growing.claims) - len(standing)
        yield replace(growing, claims=standing, writing=replace(growing.writing, dropped=dropped))


def _doubtful(desk: Desk, done: Future[Timed]) -> bool:
    """Whether what was read is too doubtful for a model to be heard; where reading failed, it is not heard either."""
    return done.exception() is not None or done.result().reading.confidence < desk.settings.write_from
