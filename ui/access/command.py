"""``citedesk users``: who may sign in, with which role and groups, and the API keys of programs.

Exit codes: 0 done, 2 it could not be done (it says why), 130 stopped by Ctrl-C. A running server knows at once.
"""

import argparse
import getpass
import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime

from index.errors import CitedeskError, UsageError
from rag import settings
from ui.access.accounts import Accounts
from ui.access.passwords import SHORTEST
from ui.access.types import User, plain_name
from ui.people import Role, Via

_VIAS = (Via.LOCAL, Via.PROXY, Via.OIDC)
_LONGEST_NAME = 64


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command line and returns its exit code; errors are told on standard error."""
    asked = _parser().parse_args(arguments)
    try:
        with closing(Accounts(settings.read().home / "accounts.sqlite")) as accounts:
            asked.command(accounts, asked)
    except CitedeskError as error:
        sys.stderr.write(f"citedesk users: {error}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("\nstopped\n")
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="citedesk users",
        description="Who may sign in to a shared server, and the API keys of programs.",
        epilog="People whom a proxy or an OpenID Connect provider has sent are listed as well; their role and groups "
        "come from there. A user without a password (add --no-password) serves a program that has an API key.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    add = commands.add_parser("add", help="add a local user; the password is asked for")
    add.add_argument("name")
    add.add_argument("--admin", action="store_true", help="may add documents and see figures")
    add.add_argument("--groups", type=_groups, default=(), metavar="A,B", help="groups whose documents may be seen")
    _password_options(add).add_argument("--no-password", action="store_true", help="only API keys, for a program")
    add.set_defaults(command=_add)

    password = commands.add_parser("password", help="set another password; the user's sessions end")
    password.add_argument("name")
    _password_options(password)
    password.set_defaults(command=_password)

    groups = commands.add_parser("groups", help="set a local user's groups")
    groups.add_argument("name")
    groups.add_argument("groups", type=_groups, metavar="A,B", help='"" for none')
    groups.set_defaults(command=_set_groups)

    role = commands.add_parser("role", help="set a local user's role")
    role.add_argument("name")
    role.add_argument("role", choices=[each.value for each in Role])
    role.set_defaults(command=_set_role)

    for word, said, what in (
        ("remove", "forget a user with sessions and API keys", _remove),
        ("disable", "let a user in no more, however recognised", _disable),
        ("enable", "let a disabled user in again", _enable),
        ("signout", "end a user's sessions", _sign_out),
    ):
        command = commands.add_parser(word, help=said)
        _name_options(command)
        command.set_defaults(command=what)

    commands.add_parser("list", help="list who is known").set_defaults(command=_list)
    _key_parsers(commands.add_parser("key", help="make, list and revoke API keys"))
    return parser


def _key_parsers(key: argparse.ArgumentParser) -> None:
    commands = key.add_subparsers(required=True, metavar="COMMAND")
    add = commands.add_parser("add", help="make a key; it is printed once, alone on standard output")
    _name_options(add)
    add.add_argument("--label", default="made with citedesk users", help="what it is for")
    add.set_defaults(command=_add_key)
    commands.add_parser("list", help="list the keys, without the keys themselves").set_defaults(command=_list_keys)
    revoke = commands.add_parser("revoke", help="end a key")
    revoke.add_argument("id", help="its id, as `key list` shows it")
    revoke.set_defaults(command=_revoke_key)


def _name_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("name", help="the name, or what the person is called there, or the e-mail address")
    command.add_argument("--via", type=Via, choices=_VIAS, metavar="WAY", help="local, proxy or oidc, if several match")


def _password_options(command: argparse.ArgumentParser) -> "argparse._MutuallyExclusiveGroup":
    either = command.add_mutually_exclusive_group()
    either.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    return either


def _groups(written: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.strip() for each in written.split(",") if each.strip()))


def _add(accounts: Accounts, asked: argparse.Namespace) -> None:
    name = plain_name(asked.name)
    if not name or len(name) > _LONGEST_NAME or not name.isprintable() or "," in name or ":" in name:
        raise UsageError(f"{asked.name!r} cannot be a name: 1 to {_LONGEST_NAME} characters without commas and colons")
    if accounts.user(Via.LOCAL, name):  # before the password is asked for
        raise UsageError(f"there is a user {name!r} already; `citedesk users password {name}` sets another password")
    password = None if asked.no_password else _typed(asked.password_stdin)
    accounts.add(name, password, Role.ADMIN if asked.admin else Role.READER, asked.groups)
    next_step = f"; `citedesk users key add {name}` makes a key" if password is None else ""
    _say(f"{name} may use the server now as {'an administrator' if asked.admin else 'a reader'}{next_step}")


def _password(accounts: Accounts, asked: argparse.Namespace) -> None:
    user = _local(accounts, asked.name)
    accounts.set_password(user.name, _typed(asked.password_stdin))
    keys = len(accounts.api_keys(user))
    still = f"; {keys} API key{'s' * (keys != 1)} still good (`citedesk users key list`)" if keys else ""
    _say(f"{user.name} has another password, and is signed out everywhere{still}")


def _set_groups(accounts: Accounts, asked: argparse.Namespace) -> None:
    user = _local(accounts, asked.name)
    accounts.set_groups(user.name, asked.groups)
    _say(f"{user.name} is in {', '.join(asked.groups) or 'no group'}")


def _set_role(accounts: Accounts, asked: argparse.Namespace) -> None:
    user = _local(accounts, asked.name)
    accounts.set_role(user.name, Role(asked.role))
    _say(f"{user.name} is {'an administrator' if asked.role == Role.ADMIN.value else 'a reader'}")


def _remove(accounts: Accounts, asked: argparse.Namespace) -> None:
    user = _found(accounts, asked)
    accounts.remove(user)
    again = (
        "" if user.via is Via.LOCAL else f"; who comes by {user.via.value} is known again then (`disable` keeps out)"
    )
    _say(f"{asked.name} is forgotten{again}")


def _disable(accounts: Accounts, asked: argparse.Namespace) -> None:
    accounts.set_disabled(_found(accounts, asked), True)
    _say(f"{asked.name} is let in no more")


def _enable(accounts: Accounts, asked: argparse.Namespace) -> None:
    accounts.set_disabled(_found(accounts, asked), False)
    _say(f"{asked.name} is let in again")


def _sign_out(accounts: Accounts, asked: argparse.Namespace) -> None:
    ended = accounts.end_sessions(_found(accounts, asked))
    _say(f"{ended} session{'s' * (ended != 1)} of {asked.name} ended")


def _list(accounts: Accounts, _: argparse.Namespace) -> None:
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


def _add_key(accounts: Accounts, asked: argparse.Namespace) -> None:
    user = _found(accounts, asked)
    made = accounts.add_key(user, asked.label)
    sys.stderr.write(f"The key {made.key.id} of {asked.name}; it is shown this once:\n")
    _say(made.text)


def _list_keys(accounts: Accounts, _: argparse.Namespace) -> None:
    keys = accounts.api_keys()
    if not keys:
        _say("there are no API keys; `citedesk users key add NAME` makes one")
        return
    rows = [(key.id, key.name, key.via.value, key.label, _day(key.made), _day(key.used)) for key in keys]
    _table([("ID", "NAME", "VIA", "FOR", "MADE", "LAST USED"), *rows])


def _revoke_key(accounts: Accounts, asked: argparse.Namespace) -> None:
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
