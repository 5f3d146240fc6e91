"""``citedesk users``: who may sign in, with which role and groups, and the API keys of programs.

Exit codes: 0 done, 2 it could not be done (it says why), 130 stopped by Ctrl-C. A running server knows at once.
"""

import argparse
import sys
from collections.abc import Sequence
from contextlib import closing

from index.errors import CitedeskError
from rag import settings
from ui.access import acts
from ui.access.accounts import Accounts
from ui.people import Role, Via

_VIAS = (Via.LOCAL, Via.PROXY, Via.OIDC)


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
    add.set_defaults(command=acts.add)

    password = commands.add_parser("password", help="set another password; the user's sessions end")
    password.add_argument("name")
    _password_options(password)
    password.set_defaults(command=acts.set_password)

    groups = commands.add_parser("groups", help="set a local user's groups")
    groups.add_argument("name")
    groups.add_argument("groups", type=_groups, metavar="A,B", help='"" for none')
    groups.set_defaults(command=acts.set_groups)

    role = commands.add_parser("role", help="set a local user's role")
    role.add_argument("name")
    role.add_argument("role", choices=[each.value for each in Role])
    role.set_defaults(command=acts.set_role)

    for word, said, what in (
        ("remove", "forget a user with sessions and API keys", acts.remove),
        ("disable", "let a user in no more, however recognised", acts.disable),
        ("enable", "let a disabled user in again", acts.enable),
        ("signout", "end a user's sessions", acts.sign_out),
    ):
        command = commands.add_parser(word, help=said)
        _name_options(command)
        command.set_defaults(command=what)

    commands.add_parser("list", help="list who is known").set_defaults(command=acts.list_users)
    _key_parsers(commands.add_parser("key", help="make, list and revoke API keys"))
    return parser


def _key_parsers(key: argparse.ArgumentParser) -> None:
    commands = key.add_subparsers(required=True, metavar="COMMAND")
    add = commands.add_parser("add", help="make a key; it is printed once, alone on standard output")
    _name_options(add)
    add.add_argument("--label", default="made with citedesk users", help="what it is for")
    add.set_defaults(command=acts.add_key)
    commands.add_parser("list", help="list the keys, without the keys themselves").set_defaults(command=acts.list_keys)
    revoke = commands.add_parser("revoke", help="end a key")
    revoke.add_argument("id", help="its id, as `key list` shows it")
    revoke.set_defaults(command=acts.revoke_key)


def _name_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("name", help="the name, or what the person is called there, or the e-mail address")
    command.add_argument("--via", type=Via, choices=_VIAS, metavar="WAY", help="local, proxy or oidc, if several match")


def _password_options(command: argparse.ArgumentParser) -> "argparse._MutuallyExclusiveGroup":
    either = command.add_mutually_exclusive_group()
    either.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    return either


def _groups(written: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.strip() for each in written.split(",") if each.strip()))
