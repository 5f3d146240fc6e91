"""Users, sessions and keys in their file, and the small rules of who is let in."""

import io
import logging
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from ipaddress import ip_network
from pathlib import Path

import pytest

from index.errors import LibraryError, SettingError, UsageError
from rag.settings import read
from rag.sharing import Sharing
from ui.access import check
from ui.access.accounts import IDLE, LIFE, RECENT, Accounts
from ui.access.command import main
from ui.access.cookies import SESSION, written
from ui.access.origin import local_target
from ui.access.peer import address_of
from ui.access.throttle import FORGET, Throttle
from ui.access.types import User
from ui.people import Person, Role, Via

PASSWORD = "correct horse battery"
NOTHING = {"type": "http", "headers": []}


@dataclass
class Clock:
    """A clock that is set by hand, in seconds."""

    now: float = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def accounts(tmp_path: Path, clock: Clock) -> Iterator[Accounts]:
    opened = Accounts(tmp_path / "accounts.sqlite", clock)
    yield opened
    opened.close()


def test_the_file_lets_nobody_in_and_only_its_owner_reads_it(accounts: Accounts, tmp_path: Path) -> None:
    user = accounts.add("ann", PASSWORD, Role.READER, ["staff"])
    secrets = [PASSWORD, accounts.begin_session(user), accounts.add_key(user, "script").text]
    for path in tmp_path.iterdir():
        assert path.stat().st_mode & 0o777 == 0o600, path
        assert not any(secret.encode() in path.read_bytes() for secret in secrets), path
    with sqlite3.connect(tmp_path / "accounts.sqlite") as connection:
        stored = connection.execute("SELECT password FROM people").fetchone()[0]
    connection.close()
    assert stored.startswith("$argon2id$")


def test_a_password_is_long_and_typed_alike_on_every_keyboard(accounts: Accounts) -> None:
    with pytest.raises(UsageError, match="at least 12"):
        accounts.add("ann", "short", Role.READER, [])
    accounts.add("ann", "cafe\u0301 au lait noir", Role.READER, [])
    assert accounts.authenticated("ann", "caf\u00e9 au lait noir")
    with pytest.raises(UsageError, match="already"):
        accounts.add("ann", PASSWORD, Role.READER, [])
    accounts.add("robot", None, Role.READER, [])
    assert accounts.authenticated("robot", "") is None


def test_a_session_ends_when_idle_or_old(accounts: Accounts, clock: Clock) -> None:
    user = accounts.add("ann", None, Role.READER, [])
    token = accounts.begin_session(user)
    clock.now += IDLE - 1
    assert accounts.session(token)
    accounts.touch_session(token)
    clock.now += IDLE - 1
    assert accounts.session(token)
    clock.now += 2
    assert accounts.session(token) is None
    token = accounts.begin_session(user)
    for _ in range(int(LIFE // IDLE) + 1):
        clock.now += IDLE - 1
        if accounts.session(token):
            accounts.touch_session(token)
    assert accounts.session(token) is None
    first, second = accounts.begin_session(user), accounts.begin_session(user)
    assert accounts.end_sessions(user, but=second) == 1
    assert (accounts.session(first), len(accounts.sessions(user))) == (None, 1)


def test_a_key_of_somebody_others_sign_in_rests_until_they_come_again(accounts: Accounts, clock: Clock) -> None:
    sent = User(Via.PROXY, "bea", "", None, Role.READER, frozenset({"staff"}), disabled=False, seen=None)
    met = accounts.meet(sent)
    key = accounts.add_key(met, "script").text
    clock.now += RECENT + 1
    assert accounts.key_owner(key) is None
    assert accounts.is_news(sent, met)
    accounts.meet(replace(sent, groups=frozenset({"press"})))
    owner = accounts.key_owner(key)
    assert owner
    assert owner.groups == {"press"}
    assert owner.person(Sharing(), Via.KEY).owner == met.person(Sharing()).owner == "proxy:bea"


def test_a_file_of_a_newer_program_and_one_that_is_none_are_told(tmp_path: Path) -> None:
    Accounts(tmp_path / "new.sqlite").close()
    with sqlite3.connect(tmp_path / "new.sqlite") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    (tmp_path / "none.sqlite").write_text("no database, and longer than a hundred bytes" * 9)
    for name in ("new", "none"):
        with pytest.raises(LibraryError, match=name):
            Accounts(tmp_path / f"{name}.sqlite")


def test_tries_wait_longer_each_time(clock: Clock) -> None:
    throttle = Throttle(free=3, longest=8.0, now=clock)
    waits = []
    for _ in range(8):
        waits.append(throttle.wait("ann"))
        clock.now += waits[-1]
        throttle.failed("ann")
    assert waits == [0, 0, 0, 1, 2, 4, 8, 8]
    assert throttle.wait("bob") == 0
    clock.now += 2.5
    assert throttle.wait("ann") == 5.5
    throttle.take_back("ann", all_of_them=False)
    assert throttle.wait("ann") > 0, "one good try does not make the others good"
    clock.now += FORGET
    assert throttle.wait("ann") == 0


@pytest.mark.parametrize(
    ("target", "kept"),
    [
        ("/citedesk/account?x=1", True),
        ("/citedesk/?conversation=3", True),
        ("/citedesk", False),
        ("/elsewhere", False),
        ("//evil.example/citedesk/", False),
        ("https://evil.example/citedesk/", False),
        ("/\\evil.example", False),
        ("/citedesk/\t/x", False),
        ("/citedesk/\r\nSet-Cookie: a=b", False),
        ("/citedesk/ü", False),
        ("javascript:alert(1)", False),
        ("/citedesk/signin?to=/citedesk/", False),
        ("", False),
    ],
)
def test_only_a_path_of_ours_is_gone_back_to(target: str, kept: bool) -> None:
    sharing = Sharing(public_url="https://desk.example/citedesk")
    assert local_target(target, sharing) == (target if kept else "/citedesk/")


@pytest.mark.parametrize(
    ("public", "name", "path", "secure"),
    [
        (None, "citedesk", "/", False),
        ("http://desk.example/x", "citedesk", "/x", False),
        ("https://desk.example", "__Host-citedesk", "/", True),
        ("https://desk.example/x", "__Secure-citedesk", "/x", True),
    ],
)
def test_a_cookie_is_as_closed_as_its_address_allows(public: str | None, name: str, path: str, secure: bool) -> None:
    flags = set(written(SESSION, "token", Sharing(public_url=public)).split("; "))
    assert flags == {f"{name}=token", "HttpOnly", "SameSite=Lax", f"Path={path}", *(["Secure"] if secure else [])}


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("10.0.0.5", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.5", "1.1.1.1, 203.0.113.9, 10.0.0.6", "203.0.113.9"),
        ("203.0.113.7", "1.1.1.1", "203.0.113.7"),
        ("10.0.0.5", "2001:db8::1:2:3:4", "2001:db8::/64"),
        ("::ffff:203.0.113.7", "", "203.0.113.7"),
    ],
)
def test_an_address_is_the_last_that_no_stranger_could_invent(peer: str, forwarded: str, address: str) -> None:
    sharing = Sharing(proxies=(ip_network("10.0.0.0/24"),))
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    assert address_of({**NOTHING, "client": (peer, 1), "headers": headers}, sharing) == address


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"HOST": "0.0.0.0"}, "CITEDESK_ACCESS to `local`"),
        ({"HOST": "192.168.1.4"}, "192.168.1.4 is reached from other computers"),
        ({"ACCESS": "proxy"}, "CITEDESK_PROXIES"),
        ({"ACCESS": "proxy", "PROXIES": "0.0.0.0/0"}, "every address"),
        ({"ACCESS": "oidc"}, "needs CITEDESK_OIDC_ISSUER and CITEDESK_OIDC_CLIENT"),
        ({"ACCESS": "local", "HOST": "0.0.0.0"}, "citedesk users add NAME --admin"),
    ],
)
def test_no_server_listens_that_nobody_was_chosen_for(tmp_path: Path, settings: dict[str, str], said: str) -> None:
    given = {f"CITEDESK_{name}": value for name, value in settings.items()}
    with pytest.raises((SettingError, UsageError), match=said):
        check(read({"CITEDESK_HOME": str(tmp_path), **given}))


def test_what_is_unwise_is_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        for host in ("127.0.0.1", "localhost", "::1"):
            check(read({"CITEDESK_HOME": str(tmp_path), "CITEDESK_HOST": host}))
        assert not caplog.records
        public = {"CITEDESK_PUBLIC_URL": "http://desk.example", "CITEDESK_ACCESS": "open"}
        check(read({"CITEDESK_HOME": str(tmp_path), "CITEDESK_HOST": "0.0.0.0", **public}))
    assert "not https" in caplog.text


@pytest.mark.parametrize(
    ("user", "role"),
    [
        (User(Via.OIDC, "8f1c", "ann", None, Role.READER, frozenset(), False, None), Role.READER),
        (User(Via.OIDC, "8f1c", "", "ann", Role.READER, frozenset(), False, None), Role.ADMIN),
        (User(Via.PROXY, "ann", "", None, Role.READER, frozenset(), False, None), Role.ADMIN),
        (User(Via.PROXY, "bea", "", None, Role.READER, frozenset({"desk"}), False, None), Role.ADMIN),
        (User(Via.LOCAL, "ann", "", None, Role.READER, frozenset({"desk"}), False, None), Role.READER),
        (User(Via.LOCAL, "bea", "", None, Role.ADMIN, frozenset(), False, None), Role.ADMIN),
    ],
)
def test_who_administers_and_what_for_groups_an_administrator_sees(user: User, role: Role) -> None:
    person = user.person(Sharing(admins=frozenset({"ann"}), admin_group="desk"))
    assert (person.role, person.groups) == (role, user.groups)


def test_a_person_has_one_owner_however_recognised() -> None:
    nobody = frozenset[str]()
    by_session = Person("8f1c", Role.READER, nobody, Via.OIDC, "ann")
    by_key = Person("8f1c", Role.READER, nobody, Via.KEY, "ann", Via.OIDC)
    by_widget = Person("8f1c", Role.READER, nobody, Via.WIDGET)
    assert by_session.owner == by_key.owner != by_widget.owner
    assert by_key.called == "ann"


@pytest.fixture
def users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CITEDESK_HOME", str(tmp_path))
    return tmp_path / "accounts.sqlite"


def test_users_are_added_changed_and_removed_on_the_command_line(
    users: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PASSWORD}\n"))
    assert main(["add", "Ann", "--admin", "--groups", "staff, press", "--password-stdin"]) == 0
    assert main(["add", "robot", "--no-password"]) == 0
    assert main(["role", "ann", "reader"]) == main(["groups", "ANN", "board"]) == 0
    capsys.readouterr()
    assert main(["key", "add", "ann", "--label", "script"]) == 0
    key = capsys.readouterr().out.strip()
    opened = Accounts(users)
    assert opened.authenticated("ann", PASSWORD)
    owner = opened.key_owner(key)
    assert owner
    assert (owner.role, sorted(owner.groups)) == (Role.READER, ["board"])
    assert main(["list"]) == main(["key", "list"]) == 0
    listed = capsys.readouterr().out
    assert "board" in listed
    assert "script" in listed
    assert key not in listed
    assert main(["key", "revoke", opened.api_keys()[0].id]) == 0
    assert opened.key_owner(key) is None
    assert main(["disable", "ann"]) == 0
    assert opened.authenticated("ann", PASSWORD) is None
    assert main(["remove", "ann"]) == 0
    assert [user.name for user in opened.users()] == ["robot"]
    opened.close()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["password", "nobody"], "no local user 'nobody'"),
        (["remove", "nobody"], "citedesk users list"),
        (["key", "revoke", "abc"], "citedesk users key list"),
        (["add", "a,b"], "cannot be a name"),
        (["add", "ann", "--password-stdin"], "at least 12"),
    ],
)
def test_what_cannot_be_done_is_told(
    users: Path,
    arguments: list[str],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("short\n"))
    assert main(arguments) == 2
    told = capsys.readouterr().err
    assert told.startswith("citedesk users: ")
    assert said in told
