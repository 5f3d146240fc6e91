"""Somebody known to the server, a session, an API key: what ``Accounts`` hands out."""

import unicodedata
from dataclasses import dataclass

from rag.sharing import Sharing
from ui.people import Person, Role, Via


@dataclass(frozen=True, slots=True)
class User:
    """Somebody the server knows: a local user, or a person whom a proxy or an OpenID Connect provider has sent.

    ``name`` is unique together with ``via`` (LOCAL, PROXY or OIDC). ``groups`` and ``email`` of the latter are those of
    their last visit; ``email`` is None unless the provider has verified it. ``role`` holds for local users: that of
    the others follows from the settings. ``seen`` is in seconds since 1970, None before the first sign-in.
    """

    via: Via
    name: str
    shown: str
    email: str | None
    role: Role
    groups: frozenset[str]
    disabled: bool
    seen: float | None

    def person(self, sharing: Sharing, via: Via | None = None) -> Person:
        """The user as a Person with the rights of now; ``via`` tells if it was not in the user's own way."""
        role = self.role
        if self.via is not Via.LOCAL:
            by_name = not sharing.admins.isdisjoint({self.name, self.email or self.name})
            role = Role.ADMIN if by_name or sharing.admin_group in self.groups else Role.READER
        return Person(self.name, role, self.groups, via or self.via, self.shown, self.via)


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who signed in: ``id`` names the session without being its token; times are in seconds since 1970.

    ``hint`` is the id token of an OpenID Connect session, with which the provider is asked to end it.
    """

    id: str
    user: User
    begun: float
    used: float
    hint: str | None


@dataclass(frozen=True, slots=True)
class Key:
    """An API key without the key itself; times are in seconds since 1970, ``used`` None if it never was."""

    id: str
    via: Via
    name: str
    label: str
    made: float
    used: float | None


@dataclass(frozen=True, slots=True)
class Made:
    """A new API key: ``text`` is the key, which is kept nowhere."""

    text: str
    key: Key


def plain_name(typed: str) -> str:
    """A local user's name as it is kept, however it was typed: a phone begins it with a capital letter."""
    return unicodedata.normalize("NFKC", typed).strip().casefold()
