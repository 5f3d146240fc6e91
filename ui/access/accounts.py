"""Who is known to the server, their sessions and API keys, in one SQLite file beside the library.

Passwords are kept as argon2id hashes, sessions and keys as SHA-256 of 256 random bits: the file lets nobody in.
"""

import hashlib
import json
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from index.errors import UsageError
from ui.access import passwords
from ui.access.file import File, Row
from ui.access.types import Key, Made, Session, User
from ui.people import Role, Via

LIFE = 12 * 3600.0
"""Seconds after which a session ends, however busy."""
IDLE = 2 * 3600.0
"""Seconds without a request after which a session ends."""
RECENT = 30 * 86400.0
"""Seconds that an API key works after its owner's last visit, where others say who the owner is and in which groups."""
PREFIX = "cd_"
"""What every API key begins with."""
KEYS = 20
"""API keys that one user may have."""
_COARSE = 60.0  # seconds: the last use is not noted more often
_USER = "p.via, p.name, p.shown, p.email, p.role, p.member_of, p.disabled, p.seen"


class Accounts:
    """The users of this server; methods may be called from any thread.

    What is asked for on every request (``session``, ``key``, ``user``) reads by primary key and never waits for a
    writer, so it may be called on the event loop; everything else belongs in a thread.
    """

    def __init__(self, path: Path, now: Callable[[], float] = time.time) -> None:
        """Opens or creates the file (mode 0600). ``now`` gives seconds since 1970. Raises LibraryError."""
        self._file, self._now = File(path), now
        self._read, self._write = self._file.read, self._file.write

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    def secret(self) -> str:
        """A random text of this server, the same after a restart; it signs what a browser keeps while signing in."""
        self._write("INSERT OR IGNORE INTO secrets VALUES ('signing', ?)", secrets.token_urlsafe(32))
        return str(self._read("SELECT value FROM secrets WHERE name = 'signing'")[0][0])

    # Users

    def users(self) -> tuple[User, ...]:
        """Everybody who is known, by name."""
        return tuple(_user(row) for row in self._read(f"SELECT {_USER} FROM people p ORDER BY p.name, p.via"))

    def user(self, via: Via, name: str) -> User | None:
        """The user of that name, or None."""
        rows = self._read(f"SELECT {_USER} FROM people p WHERE p.via = ? AND p.name = ?", via.value, name)
        return _user(rows[0]) if rows else None

    def add(self, name: str, password: str | None, role: Role, groups: Iterable[str]) -> User:
        """A new local user; without a password, one who has only API keys. UsageError if the name is taken."""
        known = passwords.hashed(passwords.checked(password)) if password is not None else None
        values = (name, known, role.value, _written(groups))
        sql = "INSERT OR IGNORE INTO people VALUES ('local', ?, '', NULL, ?, ?, ?, 0, NULL)"
        if not self._write(sql, *values):
            raise UsageError(f"there is a user {name!r} already")
        return self._known(Via.LOCAL, name)

    def meet(self, user: User) -> User:
        """Notes who was sent by a proxy or provider, with the groups of now; as kept, which says if it is disabled."""
        self._write(
            "INSERT INTO people VALUES (?, ?, ?, ?, NULL, 'reader', ?, 0, ?) ON CONFLICT DO UPDATE SET "
            "shown = excluded.shown, email = excluded.email, member_of = excluded.member_of, seen = excluded.seen",
            *(user.via.value, user.name, user.shown, user.email, _written(user.groups), self._now()),
        )
        return self._known(user.via, user.name)

    def is_news(self, user: User, kept: User | None) -> bool:
        """Whether ``meet`` would change more than a minute of ``kept``."""
        same = kept is not None and replace(user, disabled=kept.disabled, seen=kept.seen, role=kept.role) == kept
        return not same or kept is None or self._now() - (kept.seen or 0.0) > _COARSE

    def set_password(self, name: str, password: str) -> None:
        """Another password for a local user, whose sessions end."""
        self._change(Via.LOCAL, name, "password", passwords.hashed(passwords.checked(password)))
        self.end_sessions(self._known(Via.LOCAL, name))

    def set_role(self, name: str, role: Role) -> None:
        """Another role for a local user."""
        self._change(Via.LOCAL, name, "role", role.value)

    def set_groups(self, name: str, groups: Iterable[str]) -> None:
        """Other groups for a local user."""
        self._change(Via.LOCAL, name, "member_of", _written(groups))

    def set_disabled(self, user: User, disabled: bool) -> None:
        """Lets somebody in no more, by password, proxy, provider or key; or lets them in again."""
        self._change(user.via, user.name, "disabled", int(disabled))
        if disabled:
            self.end_sessions(user)

    def remove(self, user: User) -> None:
        """Forgets a user with all sessions and keys."""
        self._write("DELETE FROM people WHERE via = ? AND name = ?", user.via.value, user.name)

    def authenticated(self, name: str, password: str) -> User | None:
        """The local user of that name and password, or None; it takes as long for a name that is unknown."""
        rows = self._read("SELECT password FROM people WHERE via = 'local' AND name = ?", name)
        stored = rows[0][0] if rows else None
        right = passwords.matches(stored, password)
        user = self.user(Via.LOCAL, name)
        if not right or user is None or user.disabled:
            return None
        if stored and passwords.is_outdated(stored):
            self._change(Via.LOCAL, name, "password", passwords.hashed(password))
        self._change(Via.LOCAL, name, "seen", self._now())
        return user

    # Sessions

    def begin_session(self, user: User, hint: str | None = None) -> str:
        """The token of a new session; only its hash is kept."""
        token, now = secrets.token_urlsafe(32), self._now()
        self._write("DELETE FROM sessions WHERE begun < ? OR used < ?", now - LIFE, now - IDLE)
        values = (_hash(token), user.via.value, user.name, now, now, hint)
        self._write("INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?)", *values)
        return token

    def session(self, token: str) -> Session | None:
        """The session of that token, or None if there is none, it has ended, or its user is disabled."""
        found = self._sessions("s.hash = ?", _hash(token))
        return found[0] if found else None

    def sessions(self, user: User) -> tuple[Session, ...]:
        """The user's sessions, the latest first."""
        return self._sessions("s.via = ? AND s.name = ?", user.via.value, user.name)

    def touch_session(self, token: str) -> None:
        """Notes that a session is in use."""
        self._write("UPDATE sessions SET used = ? WHERE hash = ?", self._now(), _hash(token))

    def is_stale(self, used: float | None) -> bool:
        """Whether a last use is worth noting anew."""
        return used is None or self._now() - used > _COARSE

    def end_session(self, token: str) -> None:
        """Ends a session."""
        self._write("DELETE FROM sessions WHERE hash = ?", _hash(token))

    def end_sessions(self, user: User, but: str = "") -> int:
        """Ends all sessions of a user except that of the token ``but``; how many there were."""
        values = (user.via.value, user.name, _hash(but))
        return self._write("DELETE FROM sessions WHERE via = ? AND name = ? AND hash != ?", *values)

    def _sessions(self, where: str, *values: str) -> tuple[Session, ...]:
        now = self._now()
        rows = self._read(
            f"SELECT {_USER}, s.hash, s.begun, s.used, s.hint FROM sessions s JOIN people p USING (via, name) "
            f"WHERE {where} AND NOT p.disabled AND s.begun >= ? AND s.used >= ? ORDER BY s.used DESC",
            *values,
            now - LIFE,
            now - IDLE,
        )
        return tuple(Session(row[8][:12], _user(row), row[9], row[10], row[11]) for row in rows)

    # API keys

    def add_key(self, user: User, label: str) -> Made:
        """A new API key of that user. UsageError if there are ``KEYS`` already."""
        if len(self.api_keys(user)) >= KEYS:
            raise UsageError(f"{user.shown or user.name} has {KEYS} API keys already; revoke one first")
        text, now = f"{PREFIX}{secrets.token_urlsafe(32)}", self._now()
        values = (_hash(text), user.via.value, user.name, label, now)
        self._write("INSERT INTO keys VALUES (?, ?, ?, ?, ?, NULL)", *values)
        return Made(text, Key(_hash(text)[:12], user.via, user.name, label, now, None))

    def api_keys(self, user: User | None = None) -> tuple[Key, ...]:
        """The keys of that user, or of everybody, the newest first."""
        sql = "SELECT substr(hash, 1, 12), via, name, label, made, used FROM keys"
        if user is None:
            rows = self._read(f"{sql} ORDER BY made DESC")
        else:
            rows = self._read(f"{sql} WHERE via = ? AND name = ? ORDER BY made DESC", user.via.value, user.name)
        return tuple(Key(row[0], Via(row[1]), *row[2:]) for row in rows)

    def key_owner(self, text: str) -> User | None:
        """Whose key that is, or None if nobody's, its user is disabled, or sent by others and not seen for long."""
        rows = self._read(
            f"SELECT {_USER} FROM keys k JOIN people p USING (via, name) "
            "WHERE k.hash = ? AND NOT p.disabled AND (p.via = 'local' OR p.seen >= ?)",
            *(_hash(text), self._now() - RECENT),
        )
        return _user(rows[0]) if rows else None

    def touch_key(self, text: str) -> None:
        """Notes that a key is in use, once a minute at most."""
        now, known = self._now(), _hash(text)
        if self._read("SELECT 1 FROM keys WHERE hash = ? AND (used IS NULL OR used < ?)", known, now - _COARSE):
            self._write("UPDATE keys SET used = ? WHERE hash = ?", now, known)

    def revoke_key(self, user: User | None, id_: str) -> bool:
        """Ends the key of that id, if it is the user's (None: whosever); whether there was one."""
        sql = "DELETE FROM keys WHERE substr(hash, 1, 12) = ?"
        if user is None:
            return bool(self._write(sql, id_))
        return bool(self._write(f"{sql} AND via = ? AND name = ?", id_, user.via.value, user.name))

    def _known(self, via: Via, name: str) -> User:
        found = self.user(via, name)
        if found is None:
            raise UsageError(f"there is no user {name!r}; `citedesk users list` shows who there is")
        return found

    def _change(self, via: Via, name: str, column: str, value: str | float) -> None:
        self._known(via, name)
        self._write(f"UPDATE people SET {column} = ? WHERE via = ? AND name = ?", value, via.value, name)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _written(groups: Iterable[str]) -> str:
    return json.dumps(sorted(set(groups)))


def _user(row: Row) -> User:
    via, name, shown, email, role, groups, disabled, seen = row[:8]
    return User(Via(via), name, shown, email, Role(role), frozenset(json.loads(groups)), bool(disabled), seen)
