"""Who is asking: a person, what that person may do, and which documents may be seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from starlette.requests import HTTPConnection

PERSON = "citedesk_person"
"""Where a request's scope holds its Person; only ``ui.access`` writes there."""


class Role(Enum):
    """What a person may do: readers ask and read, administrators add documents and see figures as well."""

    READER = "reader"
    ADMIN = "admin"


class Via(Enum):
    """How a person was recognised."""

    MACHINE = "machine"  # nobody signs in, and only this machine is served
    OPEN = "open"  # nobody signs in, by the operator's choice
    LOCAL = "local"
    PROXY = "proxy"
    OIDC = "oidc"
    KEY = "key"  # an API key
    WIDGET = "widget"  # a token of the widget


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may use the server.

    ``name`` is unique together with ``via``. ``groups`` are those whose documents the person may see beside the ones
    that are for everybody; None means every document, which only whoever sits at the machine has: an administrator who
    signs in sees a group's documents only as its member. ``shown`` is what the person is called where ``name`` is no
    word, as OpenID Connect's often is not; ``behind`` says, of an API key, how its owner is recognised otherwise.
    """

    name: str
    role: Role
    groups: frozenset[str] | None
    via: Via
    shown: str = ""
    behind: Via | None = None

    @property
    def owner(self) -> str:
        """Whose conversations and limits these are: one text for a person, by key or by session."""
        kept = self.behind or (Via.LOCAL if self.via is Via.KEY else self.via)
        return f"{kept.value}:{self.name}"

    @property
    def called(self) -> str:
        """What a page calls the person."""
        return self.shown or self.name

    @property
    def is_admin(self) -> bool:
        """Whether the person may add documents and see figures."""
        return self.role is Role.ADMIN


MACHINE = Person("you", Role.ADMIN, None, Via.MACHINE)
"""Whoever sits at the machine, where nobody signs in."""
VISITOR = Person("visitor", Role.READER, frozenset(), Via.OPEN)
"""Everybody, where the operator chose that nobody signs in: they see what is for everybody.

Each browser gets a name of its own (``ui.access.identified``), so that visitors do not see each other's conversations.
"""


class NotSignedIn(Exception):
    """A request of nobody reached what needs a person."""


def person_of(request: HTTPConnection) -> Person:
    """The person of a request (a FastAPI dependency). Raises NotSignedIn, which is answered with 401."""
    return person_in(request.scope)


def person_in(scope: Mapping[str, object]) -> Person:
    """The person in an ASGI scope; see ``person_of``."""
    found = scope.get(PERSON)
    if not isinstance(found, Person):
        raise NotSignedIn
    return found
