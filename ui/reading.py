"""A followed link -> what the reader pane shows."""

import re
from urllib.parse import unquote

from index.errors import UsageError
from index.types import Document
from rag.copies import also_in, same_in
from rag.desk import Desk
from rag.types import Answer, Citation
from ui.render_pane import View
from ui.session import Session, find

GONE = "This document is not in the library any more, or not for you to see."
FLAGGED = "This passage holds text addressed to an AI assistant. It was not followed."

_LINK = re.compile(
    r"(?:(?P<kind>cite|related|flagged)-(?P<turn>\d{1,9})-(?P<place>\d{1,9})|doc-(?P<document>[\w.~%-]{1,600}))"
    r" \d{1,9}",
    re.ASCII,
)


def followed(desk: Desk, session: Session, asked: str) -> View:
    """What the pane is to show for a link's target and the number of the click, for instance ``cite-3-2 17``.

    Targets are ``cite-<turn>-<number>``, ``related-<turn>-<place>``, ``flagged-<turn>-<place>`` and ``doc-<id>``.
    Raises a CitedeskError that says why nothing can be shown: a document that is gone, an answer no longer kept, a
    target that is none of these.
    """
    opening = opening_of(asked)
    chosen = _LINK.fullmatch(asked)
    if chosen is None:
        raise UsageError("This link leads nowhere.")
    if chosen["document"]:
        return View(_document(desk, unquote(chosen["document"])), opening)
    return _of_answer(desk, session, chosen["kind"], int(chosen["turn"]), int(chosen["place"]), opening)


def opening_of(asked: str) -> int:
    """The number of the click at the end of ``asked``; 0 when there is none."""
    written = asked.rpartition(" ")[2]
    return int(written) if re.fullmatch(r"\d{1,9}", written, re.ASCII) else 0


def _of_answer(desk: Desk, session: Session, kind: str, turn: int, place: int, opening: int) -> View:
    exchange = find(session.exchanges, turn)
    answer = exchange.answer if exchange else None
    if answer is None:
        raise UsageError("The answer it belongs to is no longer kept in this session. Ask again to open it.")
    if kind == "cite":
        return _citation(desk, answer, turn, place, opening)
    return _passage(desk, answer, kind, turn, place, opening)


def _citation(desk: Desk, answer: Answer, turn: int, number: int, opening: int) -> View:
    cited = answer.citations
    index = next((at for at, one in enumerate(cited) if one.number == number), None)
    if index is None:
        raise UsageError("The answer has no citation of that number.")
    one = cited[index]
    try:
        document = _document(desk, one.document_id)
    except UsageError as error:
        raise UsageError(f"{error} It was cited for: “{one.quote}”") from None
    start, end, warning = _quoted(document, one)
    # Later in a conversation an answer's numbers need not begin with 1.
    named = f"{index + 1}" if number == index + 1 else f"[{number}], {index + 1}"
    return View(
        document,
        opening,
        start,
        end,
        exact=True,
        label=f"Citation {named} of {len(cited)}",
        previous=f"#cite-{turn}-{cited[index - 1].number}" if index else "",
        following=f"#cite-{turn}-{cited[index + 1].number}" if index + 1 < len(cited) else "",
        warning=warning,
        also=also_in(answer, one),
    )


def _document(desk: Desk, document_id: str) -> Document:
    try:
        return desk.library.document(document_id)
    except UsageError:  # its words are for the command line
        raise UsageError(GONE) from None


def _quoted(document: Document, one: Citation) -> tuple[int, int, str]:
    """Where the quote stands in the document as it is now, and what to say when it changed since the answer."""
    if document.version == one.version and document.text[one.start : one.end] == one.quote:
        return one.start, one.end, ""
    if document.text.count(one.quote) == 1:
        start = document.text.index(one.quote)
        return (
            start,
            start + len(one.quote),
            "This document changed after the answer; the quoted words are still in it.",
        )
    return 0, 0, f"This document changed after the answer, and the quoted words are no longer in it: “{one.quote}”"


def _passage(desk: Desk, answer: Answer, kind: str, turn: int, place: int, opening: int) -> View:
    """A related passage, or a flagged one with what is the matter with it."""
    flagged = kind == "flagged"
    passages = answer.flagged if flagged else answer.related
    if not 1 <= place <= len(passages):
        raise UsageError(f"The answer has no {kind} passage of that number.")
    one = passages[place - 1]
    document = _document(desk, one.document.id)
    unchanged = document.version == one.document.version
    warnings = [] if unchanged else ["This document changed after the answer."]
    warnings += [FLAGGED] if flagged else []
    return View(
        document,
        opening,
        one.chunk.start if unchanged else 0,
        one.chunk.end if unchanged else 0,
        label=f"{kind.capitalize()} passage {place} of {len(passages)}",
        previous=f"#{kind}-{turn}-{place - 1}" if place > 1 else "",
        following=f"#{kind}-{turn}-{place + 1}" if place < len(passages) else "",
        warning=" ".join(warnings),
        also=same_in(one) if unchanged else (),
    )
