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
    that are for everybody; None means every document. Administrators see every document only where ``groups`` is None.
    """

    name: str
    role: Role
    groups: frozenset[str] | None
    via: Via

    @property
    def owner(self) -> str:
        """Whose conversations and limits these are: one text for a person, however often recognised."""
        kept = {Via.KEY: Via.LOCAL}.get(self.via, self.via)
        return f"{kept.value}:{self.name}"

    @property
    def is_admin(self) -> bool:
        """Whether the person may add documents and see figures."""
        return self.role is Role.ADMIN


MACHINE = Person("you", Role.ADMIN, None, Via.MACHINE)
"""Whoever sits at the machine, where nobody signs in."""
VISITOR = Person("visitor", Role.READER, None, Via.OPEN)
"""Everybody, where the operator chose that nobody signs in. They share nothing: see ``ui.access``."""


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
