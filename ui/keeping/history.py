"""Conversations, kept on the server for the person who had them."""

import json
import secrets
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from index.errors import UsageError
from index.library import Library
from rag.desk import Desk
from rag.types import Answer, Turn
from ui.keeping.kept import EXCHANGES, ID, WITHHELD, emptied, folded, lean, read_conversation, read_exchanges, shortened
from ui.keeping.kept import Conversation as Conversation
from ui.keeping.kept import Judged as Judged
from ui.keeping.kept import Kept as Kept
from ui.keeping.opinions import Opinion, checked, written
from ui.keeping.rights import Eyes, groups_of, holds
from ui.keeping.store import Store, Value
from ui.people import Person

TURNS = 20
"""How many exchanges the next question is understood with."""


def _now() -> datetime:
    return datetime.now(UTC)


class History:
    """The conversations of all persons; each sees her own only. Methods may be called from any thread.

    Whatever a method is given as ``desk`` may be the whole desk or the person's own: what she may see is decided here.
    """

    def __init__(self, path: Path, now: Callable[[], datetime] = _now) -> None:
        """Opens or creates the file (mode 0600); ``now`` is the clock (UTC). Raises LibraryError when the file cannot
        be used."""
        self._store, self._now = Store(path), now

    def begin(self, person: Person, title: str) -> Conversation:
        """A new, empty conversation; a long title (a whole question, say) is shortened at a word."""
        id_, now = secrets.token_hex(8), self._now()
        found = Conversation(id_, shortened(title) or "New conversation", now, now, 0)
        self._store.change(
            "INSERT INTO conversations VALUES (?, ?, ?, ?, ?)",
            (id_, person.owner, found.title, now.isoformat(), now.isoformat()),
        )
        return found

    def add(self, person: Person, conversation: str, answer: Answer, desk: Desk, *, instead_of: str = "") -> Kept:
        """Keeps a finished answer, and forgets the exchange of the conversation that it was given ``instead_of``.

        UsageError when the person has no such conversation.
        """
        id_, now, library = secrets.token_hex(8), self._now(), desk.library.whole
        cited = sorted({citation.document_id for citation in answer.citations})
        groups = [(id_, each, json.dumps(sorted(groups_of(library, each)))) for each in cited]
        kept = json.dumps(lean(answer, id_))
        with self._store.transaction():
            self._own(person, conversation)
            self._store.change("DELETE FROM exchanges WHERE id = ? AND conversation = ?", (instead_of, conversation))
            ((number,),) = self._store.rows(
                "SELECT coalesce(max(number), 0) FROM exchanges WHERE conversation = ?",
                (conversation,),
            )
            self._store.change(
                "INSERT INTO exchanges VALUES (?, ?, ?, ?, ?, ?, ?)",
                (id_, conversation, number + 1, now.isoformat(), answer.question, answer.text, kept),
            )
            for values in groups:
                self._store.change("INSERT INTO rests_on VALUES (?, ?, ?)", values)
            self._store.change("UPDATE conversations SET changed = ? WHERE id = ?", (now.isoformat(), conversation))
        return Kept(id_, conversation, now, answer)

    def conversation(self, person: Person, id_: str) -> Conversation:
        """One of her conversations. UsageError when she has none of that id."""
        self._own(person, id_)
        return self._listed("c.id = ?", (id_,))[0]

    def conversations(
        self, person: Person, words: str = "", limit: int = 100, desk: Desk | None = None
    ) -> tuple[Conversation, ...]:
        """Her conversations, the last used first; with ``words``, those that contain all of them, in whatever case.

        Titles and her own questions are searched; answers as well where there is a ``desk`` to tell what she may see:
        what is withheld from her is not found.
        """
        wanted = folded(words).split()
        if not wanted:
            return tuple(self._listed("c.owner = ?", (person.owner,), limit))
        found: list[Conversation] = []
        for one in self._listed("c.owner = ?", (person.owner,)):
            if len(found) == limit:
                break
            missing = [word for word in wanted if word not in folded(one.title)]
            if not missing or self._contains(person, one.id, missing, desk):
                found.append(one)
        return tuple(found)

    def exchanges(self, person: Person, conversation: str, desk: Desk) -> tuple[Kept, ...]:
        """The exchanges of a conversation, oldest first. UsageError when she has no such conversation."""
        self._own(person, conversation)
        return self._read(conversation, _eyes(person, desk.library))

    def exchange(self, person: Person, id_: str, desk: Desk) -> Kept:
        """One exchange. UsageError when she has none of that id."""
        found = self._conversation_of(person, id_)
        # What came before decides what may be told of how this question was understood.
        return next(each for each in self.exchanges(person, found, desk) if each.id == id_)

    def turns(self, person: Person, conversation: str, desk: Desk) -> tuple[Turn, ...]:
        """The conversation as the next question needs it, without what is withheld; at most the last 20."""
        told = [each.answer for each in self.exchanges(person, conversation, desk) if not each.withheld]
        return tuple(Turn(each.standalone, each.text, each.citations) for each in told[-TURNS:])

    def rename(self, person: Person, conversation: str, title: str) -> None:
        """Another title. UsageError when she has no such conversation, or the title is blank."""
        self._own(person, conversation)
        if not shortened(title):
            raise UsageError("the title is empty; give it some words")
        self._store.change("UPDATE conversations SET title = ? WHERE id = ?", (shortened(title), conversation))

    def delete(self, person: Person, conversation: str) -> None:
        """Deletes a conversation for good. UsageError when she has no such conversation."""
        self._own(person, conversation)
        self._store.change("DELETE FROM conversations WHERE id = ?", (conversation,))

    def delete_all(self, person: Person) -> int:
        """Deletes all her conversations for good; returns how many there were."""
        return self._store.change("DELETE FROM conversations WHERE owner = ?", (person.owner,))

    def expire(self, days: int) -> int:
        """Deletes what was last used more than ``days`` days ago (nothing for 0); returns how many conversations."""
        if days <= 0:
            return 0
        before = self._now() - timedelta(days=days)
        return self._store.change("DELETE FROM conversations WHERE changed < ?", (before.isoformat(),))

    def judge(self, person: Person, exchange: str, opinion: Opinion, desk: Desk) -> Kept:
        """Keeps her opinion of an answer, in place of an earlier one. UsageError when she has no such exchange, may not
        see it now, or names a paragraph that is not there for her."""
        kept = self.exchange(person, exchange, desk)
        if kept.withheld:
            raise UsageError(WITHHELD)
        opinion = replace(checked(opinion), given=self._now())
        if (right := opinion.right) is not None:
            paragraphs = _eyes(person, desk.library).view.document(right.document_id).paragraphs
            if not 1 <= right.paragraph <= len(paragraphs):
                raise UsageError(f"the document has {len(paragraphs)} paragraphs; there is no ¶ {right.paragraph}")
        self._store.change("REPLACE INTO opinions VALUES (?, ?, ?, ?, ?, ?, ?)", (exchange, *written(opinion)))
        return replace(kept, opinion=opinion)

    def unjudge(self, person: Person, exchange: str) -> None:
        """Takes her opinion back. UsageError when she has no such exchange."""
        self._conversation_of(person, exchange)
        self._store.change("DELETE FROM opinions WHERE exchange = ?", (exchange,))

    def judged(self, person: Person, library: Library) -> tuple[Judged, ...]:
        """What all people gave an opinion of, the last opinion first, as far as ``person``, who is to be an
        administrator, may see it: of what is withheld from her, neither words nor the opinion's comment are there."""
        eyes = _eyes(person, library)
        found = []
        for exchange, conversation in self._store.rows(
            "SELECT e.id, e.conversation FROM opinions o JOIN exchanges e ON e.id = o.exchange "
            "ORDER BY o.given DESC, e.id"
        ):
            told = self._read(conversation, eyes)
            place = next((at for at, each in enumerate(told) if each.id == exchange), None)
            if place is None or (opinion := told[place].opinion) is None:  # deleted or taken back meanwhile
                continue
            kept = told[place]
            if kept.withheld:
                kept, opinion = replace(kept, answer=emptied("")), replace(opinion, comment="", right=None)
            elif opinion.right is not None and not holds(eyes.view, opinion.right.document_id):
                opinion = replace(opinion, right=None)
            found.append(Judged(replace(kept, opinion=opinion), opinion, told[:place]))
        return tuple(found)

    def close(self) -> None:
        """Closes the file."""
        self._store.close()

    def _own(self, person: Person, conversation: str) -> None:
        if not ID.fullmatch(conversation) or not self._store.rows(
            "SELECT 1 FROM conversations WHERE id = ? AND owner = ?", (conversation, person.owner)
        ):
            raise UsageError("you have no conversation of this id; it may have been deleted")

    def _conversation_of(self, person: Person, exchange: str) -> str:
        found = ID.fullmatch(exchange) and self._store.rows(
            "SELECT c.id FROM exchanges e JOIN conversations c ON c.id = e.conversation WHERE e.id = ? AND c.owner = ?",
            (exchange, person.owner),
        )
        if not found:
            raise UsageError("you have no answer of this id; it may have been deleted")
        return str(found[0][0])

    def _read(self, conversation: str, eyes: Eyes) -> tuple[Kept, ...]:
        rests = self._store.rows(
            "SELECT r.exchange, r.document, r.groups FROM rests_on r JOIN exchanges e ON e.id = r.exchange "
            "WHERE e.conversation = ?",
            (conversation,),
        )
        return read_exchanges(self._store.rows(EXCHANGES, (conversation,)), rests, eyes)

    def _listed(self, where: str, values: Iterable[Value], limit: int = -1) -> list[Conversation]:
        rows = self._store.rows(
            "SELECT c.id, c.title, c.begun, c.changed, (SELECT count(*) FROM exchanges WHERE conversation = c.id) "
            f"FROM conversations c WHERE {where} ORDER BY c.changed DESC, c.begun DESC, c.id LIMIT ?",
            (*values, limit),
        )
        return [read_conversation(row) for row in rows]

    def _contains(self, person: Person, conversation: str, words: Iterable[str], desk: Desk | None) -> bool:
        """Whether all of ``words`` are in the conversation's questions, or in its answers where she may see those."""
        told = self._store.rows("SELECT question, answer FROM exchanges WHERE conversation = ?", (conversation,))
        asked = " ".join(folded(question) for question, _ in told)
        missing = [word for word in words if word not in asked]
        if not missing or desk is None:
            return not missing
        answered = " ".join(folded(answer) for _, answer in told)
        if any(word not in answered for word in missing):
            return False
        shown = " ".join(folded(each.answer.text) for each in self.exchanges(person, conversation, desk))
        return all(word in shown for word in missing)


def _eyes(person: Person, library: Library) -> Eyes:
    whole = library.whole
    return Eyes(person, whole if person.groups is None else whole.restricted(person.groups), whole)
