"""What the commands of ``citedesk users`` do: each is given the accounts and the command line as it was parsed, says
on standard output what it did, and raises UsageError, with nothing done, for what cannot be done.
"""

import argparse
import getpass
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from index.errors import UsageError
from ui.access.accounts import Accounts
from ui.access.passwords import SHORTEST
from ui.access.types import User, plain_name
from ui.people import Role, Via

_LONGEST_NAME = 64


def add(accounts: Accounts, asked: argparse.Namespace) -> None:
    """Adds a local user; the password is asked for, unless there shall be none."""
    name = plain_name(asked.name)
    if not name or len(name) > _LONGEST_NAME or not name.isprintable() or "," in name or ":" in name:
        raise UsageError(f"{asked.name!r} cannot be a name: 1 to {_LONGEST_NAME} characters without commas and colons")
    if accounts.user(Via.LOCAL, name):  # before the password is asked for
        raise UsageError(f"there is a user {name!r} already; `citedesk users password {name}` sets another password")
    password = None if asked.no_password else _typed(asked.password_stdin)
    accounts.add(name, password, Role.ADMIN if asked.admin else Role.READER, asked.groups)
    next_step = f"; `citedesk users key add {name}` makes a key" if password is None else ""
    _say(f"{name} may use the server now as {'an administrator' if asked.admin else 'a reader'}{next_step}")


def set_password(accounts: Accounts, asked: argparse.Namespace) -> None:
    """Gives a local user another password; the user's sessions end."""
    user = _local(accounts, asked.name)
    accounts.set_password(user.name, _typed(asked.password_stdin))
    keys = len(accounts.api_keys(user))
    still = f"; {keys} API key{'s' * (keys != 1)} still good (`citedesk users key list`)" if keys else ""
    _say(f"{user.name} has another password, and is signed out everywhere{still}")


def set_groups(accounts: Accounts, asked: argparse.Namespace) -> None:
    """Sets a local user's groups."""
    user = _local(accounts, asked.name)
    accounts.set_groups(user.name, asked.groups)
    _say(f"{user.name} is in {', '.join(asked.groups) or 'no group'}")


def set_role(accounts: Accounts, asked: argparse.Namespace) -> None:
    """Sets a local user's role."""
    user = _local(accounts, asked.name)
    accounts.set_role(user.name, Role(asked.role))
    _say(f"{user.name} is {'an administrator' if asked.role == Role.ADMIN.value else 'a reader'}")


def remove(accounts: Accounts, asked: argparse.Namespace) -> None:
    """Forgets a user, with sessions and API keys."""
    user = _found(accounts, asked)
    accounts.remove(user)
    again = (
        "" if user.via is Via.LOCAL else f"; who comes by {user.via.value} is known again then (`disable` keeps out)"
    )
    _say(f"{asked.name} is forgotten{again}")


def disable(accounts: Accounts, asked: argparse.Namespace) -> None:
    """Lets a user in no more."""
    accounts.set_disabled(_found(accounts, asked), True)
    _say(f"{asked.name} is let in no more")


def enable(accounts: Accounts, asked: argparse.Namespace) -> None:
    """Lets a disabled user in again."""
    accounts.set_disabled(_found(accounts, asked), False)
    _say(f"{asked.name} is let in again")


def sign_out(accounts: Accounts, asked: argparse.Namespace) -> None:
    """Ends a user's sessions."""
    ended = accounts.end_sessions(_found(accounts, asked))
    _say(f"{ended} session{'s' * (ended != 1)} of {asked.name} ended")


def list_users(accounts: Accounts, _: argparse.Namespace) -> None:
    """Lists who is known."""
    users = accounts.users()
    if not users:
        _say("nobody is known yet; `citedesk users add NAME --admin` adds the first")
        return
    rows = [("NAME", "VIA", "ROLE", "GROUPS", "LAST SEEN")]
    for user in users:
        role = "disabled" if user.disabled else user.role.value if user.via is Via.LOCAL else "by settings"
        called = f"{user.name} ({user.shown})" if user.shown and user.shown != user.name else user.name
        rows.append((called, user.via.value, role, ",".join(sorted(user.groups)) or "-", _day(user.seen)))
    _table(rows)


def add_key(accounts: Accounts, asked: argparse.Namespace) -> None:
    """Makes an API key, which alone goes to standard output."""
    user = _found(accounts, asked)
    made = accounts.add_key(user, asked.label)
    sys.stderr.write(f"The key {made.key.id} of {asked.name}; it is shown this once:\n")
    _say(made.text)


def list_keys(accounts: Accounts, _: argparse.Namespace) -> None:
    """Lists the keys, without the keys themselves."""
    keys = accounts.api_keys()
    if not keys:
        _say("there are no API keys; `citedesk users key add NAME` makes one")
        return
    rows = [(key.id, key.name, key.via.value, key.label, _day(key.made), _day(key.used)) for key in keys]
    _table([("ID", "NAME", "VIA", "FOR", "MADE", "LAST USED"), *rows])


def revoke_key(accounts: Accounts, asked: argparse.Namespace) -> None:
    """Ends a key; UsageError for one that is not there."""
    if not accounts.revoke_key(None, asked.id):
        raise UsageError(f"there is no key {asked.id!r}; `citedesk users key list` shows their ids")
    _say(f"the key {asked.id} is good no more")


def _local(accounts: Accounts, name: str) -> User:
    user = accounts.user(Via.LOCAL, plain_name(name))
    if user is None:
        raise UsageError(f"there is no local user {name!r}; `citedesk users list` shows who there is")
    return user


def _found(accounts: Accounts, asked: argparse.Namespace) -> User:
    names = {asked.name, plain_name(asked.name)}
    fits = [
        user
        for user in accounts.users()
        if not names.isdisjoint({user.name, user.shown, user.email}) and asked.via in (None, user.via)
    ]
    exact = [user for user in fits if user.name == asked.name] or fits
    if not exact:
        raise UsageError(f"there is no user {asked.name!r}; `citedesk users list` shows who there is")
    if len(exact) > 1:
        raise UsageError(
            f"several users are called {asked.name!r}; give --via, or the name as `citedesk users list` has it"
        )
    return exact[0]


def _typed(from_input: bool) -> str:
    if from_input:
        return sys.stdin.readline().rstrip("\r\n")
    try:
        first = getpass.getpass(f"Password (at least {SHORTEST} characters): ")
        again = getpass.getpass("Once more: ")
    except EOFError:
        raise UsageError("no password was given; --password-stdin reads it from standard input") from None
    if first != again:
        raise UsageError("the two passwords differ; nothing was changed")
    return first


def _table(rows: Sequence[tuple[str, ...]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        _say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _day(seconds: float | None) -> str:
    return "never" if seconds is None else f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d}"


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
