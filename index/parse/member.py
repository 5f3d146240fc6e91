"""A file inside of a file, before it is read."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NoReturn

from index.errors import ParseError
from index.parse.draft import Stated


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive, a mailbox or a message.

    ``name`` is its path in there with "/", another one for each member; ``suffix`` says how it is read, in lower case.
    ``load`` gives its content, and raises ParseError where it cannot be taken out, or must not be. ``stated`` is what
    the container says of it.
    """

    name: str
    suffix: str
    load: Callable[[], bytes]
    stated: Stated = field(default_factory=Stated)


class NotRead(ParseError):
    """It is of a kind that is not read, and nothing is wrong with it."""


def refused(name: str, reason: str, error: type[ParseError] = ParseError) -> Member:
    """A member that is not read, and why."""

    def load() -> NoReturn:
        raise error(reason)

    return Member(name, "", load)


def not_read(name: str, advice: str) -> Member:
    """A member of a kind that is not read, and what to do with it."""
    return refused(name, f"is not a kind of file that is read: {advice}", NotRead)


@dataclass(frozen=True, slots=True)
class Names:
    """The names that members of one container have so far."""

    taken: set[str] = field(default_factory=set)
    asked: Counter[str] = field(default_factory=Counter)

    def another(self, name: str) -> str:
        """``name``, or where another member has it already, the next one like it: "report (2).pdf"."""
        stem, dot, suffix = name.rpartition(".")
        found = name
        while not self.asked[name] or found in self.taken:
            self.asked[name] += 1
            number = f" ({self.asked[name]})" if self.asked[name] > 1 else ""
            found = f"{stem}{number}.{suffix}" if dot and stem else f"{name}{number}"
        self.taken.add(found)
        return found
