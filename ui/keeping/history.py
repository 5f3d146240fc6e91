"""Conversations, kept on the server for the person who had them."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rag.desk import Desk
from rag.types import Answer, Turn
from ui.people import Person


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
    """A question with its answer as it was given. ``answer`` has no passages (they hold whole texts). ``withheld`` says
    that it rests on documents the person may no longer see: then question and answer are empty of their words."""

    id: str
    conversation: str
    asked: datetime
    answer: Answer
    withheld: bool = False


class History:
    """The conversations of all persons; each sees her own only. Methods may be called from any thread."""

    def __init__(self, path: Path) -> None:
        """Opens or creates the file (mode 0600)."""
        self._path = path

    def begin(self, person: Person, title: str) -> Conversation:
        """A new, empty conversation."""
        raise NotImplementedError

    def add(self, person: Person, conversation: str, answer: Answer, desk: Desk) -> Kept:
        """Keeps a finished answer. UsageError when the person has no such conversation."""
        raise NotImplementedError

    def conversations(self, person: Person, words: str = "", limit: int = 100) -> tuple[Conversation, ...]:
        """Her conversations, the last used first; with ``words``, those that contain all of them."""
        raise NotImplementedError

    def exchanges(self, person: Person, conversation: str, desk: Desk) -> tuple[Kept, ...]:
        """The exchanges of a conversation, oldest first. UsageError when she has no such conversation."""
        raise NotImplementedError

    def exchange(self, person: Person, id_: str, desk: Desk) -> Kept:
        """One exchange. UsageError when she has none of that id."""
        raise NotImplementedError

    def turns(self, person: Person, conversation: str, desk: Desk) -> tuple[Turn, ...]:
        """The conversation as the next question needs it, without what is withheld; at most the last 20."""
        raise NotImplementedError

    def rename(self, person: Person, conversation: str, title: str) -> None:
        """Another title. UsageError when she has no such conversation, or the title is blank."""
        raise NotImplementedError

    def delete(self, person: Person, conversation: str) -> None:
        """Deletes a conversation for good. UsageError when she has no such conversation."""
        raise NotImplementedError

    def expire(self, days: int) -> int:
        """Deletes what was last used more than ``days`` days ago (nothing for 0); returns how many conversations."""
        raise NotImplementedError

    def close(self) -> None:
        """Closes the file."""
