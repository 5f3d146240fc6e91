"""A question in a session -> the session with its answer, claim by claim."""

import logging
from collections.abc import Iterator, Sequence

from index.errors import CitedeskError
from rag.answer import Desk, stream
from rag.types import Part
from ui import filters
from ui.session import ALL, Session, begin, finish, grow, history

STOPPED = "Stopped before the answer was complete."
FAILED = "Something went wrong while answering; the server's log says what. The question can be asked again."

log = logging.getLogger(__name__)


def ask(
    desk: Desk,
    session: Session,
    question: str,
    since: str,
    until: str,
    outlets: Sequence[str],
    infer: frozenset[Part] = ALL,
) -> Iterator[Session]:
    """Yields the session as the answer grows; the last one is done. Yields nothing for a blank question.

    ``infer`` is what the question's own words may limit where the filters do not.

    An error that the user can be shown becomes the exchange's note; any other is raised, and the caller ends the
    exchange with ``FAILED``.
    """
    if not question.strip():
        return
    earlier = history(session)
    session = begin(session, question.strip(), infer)
    yield session
    try:
        limits = filters.read(since, until, outlets)
        for answer in stream(desk, question.strip(), earlier, limits, infer=infer):
            session = grow(session, answer)
            yield session
    except CitedeskError as error:
        log.warning("a question could not be answered: %s", error)
        yield finish(session, str(error))
        return
    yield finish(session)
