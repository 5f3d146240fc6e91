"""What was found is read, and the answer made of quotations, or refused."""

import os
from collections.abc import Collection, Generator
from dataclasses import dataclass, replace
from threading import BoundedSemaphore
from time import perf_counter

from rag.desk import Desk
from rag.disputes.conflicts import conflicts, disagreements, further, with_sides
from rag.found import Found
from rag.numbering import Numbering
from rag.quote import claims
from rag.reader import Reading, read
from rag.types import Answer, Citation

WORKING = BoundedSemaphore(2 * (os.cpu_count() or 1))
"""So many questions are searched or read at a time, in all threads: more only take each other's cores and memory."""
_RELATED = 3  # passages offered with a refusal


@dataclass(frozen=True, slots=True)
class Timed:
    """A reading and the milliseconds it took."""

    reading: Reading
    took: float


def timed_reading(desk: Desk, found: Found, growing: Answer) -> Timed:
    """The passages of ``found`` read for the question; those of rewrites only where the others do not answer it."""
    started = perf_counter()
    newest_first = growing.searched.understood is not None and growing.searched.understood.newest_first
    with WORKING:
        reading = read(found, desk.model, growing.standalone, desk.settings.read_tokens, newest_first)
        if found.held and reading.confidence < desk.settings.refuse_below:  # better a rewrite than no answer
            every = replace(found, passages=(*found.held, *found.passages))
            again = read(every, desk.model, growing.standalone, desk.settings.read_tokens, newest_first)
            reading = again if again.confidence >= desk.settings.refuse_below else reading
    return Timed(reading, milliseconds(started, perf_counter()))


def after_reading(desk: Desk, growing: Answer, timed: Timed) -> Answer:
    """The answer with the reading's passages, best first, its confidence and its time."""
    kept = timed.reading.passages[: desk.settings.top_k]
    timings = replace(growing.timings, read=timed.took)
    return replace(growing, confidence=timed.reading.confidence, passages=kept, timings=timings)


def quoted(
    desk: Desk, reading: Reading, growing: Answer, earlier: Collection[Citation], notice: str = ""
) -> Generator[Answer, None, None]:
    """The answer in quotations, or the refusal. ``notice`` says why it is not written, where it might have been."""
    if not reading.chosen or reading.confidence < desk.settings.refuse_below:
        yield refused(replace(growing, notices=(notice,) if notice else ()))
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


def refused(growing: Answer) -> Answer:
    """The refusal: no claim, no citation, the nearest passages as related reading."""
    related = growing.passages[:_RELATED]
    return replace(growing, claims=(), conflicts=(), draft="", refused=True, related=related)


def milliseconds(start: float, end: float) -> float:
    """From seconds to milliseconds."""
    return (end - start) * 1000
