"""What is kept of a conversation, as values, and how it is read from and written into the store's rows."""

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from rag.record import Json, record
from rag.restore import restore
from rag.types import Answer, Filters, Searched, Timings
from ui.keeping.opinions import Opinion, opinion_of
from ui.keeping.rights import Eyes, Rest

WITHHELD = "This answer rests on documents that you may no longer see."
LONGEST_TITLE = 80  # characters
ID = re.compile(r"[0-9a-f]{16}", re.ASCII)
EXCHANGES = (
    "SELECT e.id, e.conversation, e.asked, e.record, o.given, o.vote, o.reason, o.comment, o.document, o.paragraph "
    "FROM exchanges e LEFT JOIN opinions o ON o.exchange = e.id WHERE e.conversation = ? ORDER BY e.number"
)
"""The rows of a conversation's exchanges, oldest first."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation as a list shows it; times are UTC."""

    id: str
    title: str
    begun: datetime
    changed: datetime
    exchanges: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A question with its answer as it was given.

    Of the answer's passages there are those that are related, flagged or have copies, as far as they are still there
    unchanged. ``withheld`` says that it rests on documents the person may no longer see: then there is only her own
    question, and a notice that says so. ``opinion`` is what she said of it.
    """

    id: str
    conversation: str
    asked: datetime
    answer: Answer
    withheld: bool = False
    opinion: Opinion | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """An exchange of which its asker gave an opinion, with the exchanges ``earlier`` in the conversation."""

    kept: Kept
    opinion: Opinion
    earlier: tuple[Kept, ...]


def lean(answer: Answer, id_: str) -> Json:
    """The answer's record without the texts of passages, and without those that nothing is said of once it is given."""
    cited = {citation.document_id for citation in answer.citations}
    told = (each for each in answer.passages if each.also and each.document.id in cited)
    passages = {each.chunk.id: each for each in (*told, *answer.related, *answer.flagged)}
    made = record(replace(answer, passages=tuple(passages.values()), draft=""), id_)
    rows = made["passages"]
    assert isinstance(rows, list)
    return {**made, "passages": [{name: value for name, value in row.items() if name != "text"} for row in rows]}


def emptied(question: str) -> Answer:
    """What there is of an answer that is withheld."""
    searched = Searched(0, Filters())
    return Answer(question, question, (), False, 0.0, (), (), searched, Timings(), notices=(WITHHELD,))


def read_conversation(row: Sequence[Any]) -> Conversation:
    """A conversation from its row: id, title, begun, changed, number of exchanges."""
    id_, title, begun, changed, exchanges = row
    return Conversation(id_, title, datetime.fromisoformat(begun), datetime.fromisoformat(changed), exchanges)


def read_exchanges(rows: Sequence[Any], rests: Sequence[Any], eyes: Eyes) -> tuple[Kept, ...]:
    """A conversation's exchanges from the rows of ``EXCHANGES``, as these ``eyes`` may see them. ``rests`` are rows of
    exchange, document and its groups.

    A question that was put in other words with what had been said before is given without them once any of that is
    withheld: they may be words of its answer.
    """
    resting: dict[str, list[Rest]] = {}
    for exchange, document, groups in rests:
        resting.setdefault(exchange, []).append(Rest(document, frozenset(json.loads(groups))))
    found: list[Kept] = []
    for id_, conversation, asked, kept, *opinion in rows:
        answer = restore(json.loads(kept), eyes.view)
        withheld = not eyes.may_see(resting.get(id_, []))
        if withheld:
            answer = emptied(answer.question)
        elif any(each.withheld for each in found):
            answer = replace(answer, standalone=answer.question)
        when = datetime.fromisoformat(asked)
        found.append(Kept(id_, conversation, when, answer, withheld, opinion_of(opinion)))
    return tuple(found)


def shortened(title: str) -> str:
    """A title in one line, shortened at a word where it is long."""
    words = " ".join(title.encode("utf-8", "replace").decode().replace("\0", "").split())
    if len(words) <= LONGEST_TITLE:
        return words
    cut = words[: LONGEST_TITLE - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[LONGEST_TITLE // 2 :] else cut).rstrip(" ,;:–-") + "…"


def folded(text: str) -> str:
    """A text as it is searched: without regard to case, accents and the width of letters."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(mark for mark in apart if not unicodedata.combining(mark))
