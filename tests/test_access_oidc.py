"""Signing in at an OpenID Connect provider, a real one over HTTP, and every lie that must not be believed."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.oidc_provider import CLIENT, SECRET, Told, oidc_provider
from tests.serving import opened, served
from ui.server import Server

PUBLIC = "http://localhost:7999/desk"
BASE = "/desk"


@dataclass(frozen=True, slots=True)
class Running:
    """A provider, a server that trusts it, and a browser's client of that server under its public address."""

    told: Told
    server: Server
    client: httpx.Client

    def to_provider(self, to: str = f"{BASE}/account") -> str:
        """Asks to sign in; the address at the provider."""
        asked = self.client.get("/signin", params={"to": to})
        assert asked.status_code == 303
        assert asked.headers["location"].startswith(f"{BASE}/signin/start?")
        begun = self.client.get(asked.headers["location"].removeprefix(BASE))
        assert begun.status_code == 302
        return str(begun.headers["location"])

    def from_provider(self, address: str) -> str:
        """Goes to the provider; the path and query with which it sends the browser back."""
        back = httpx.get(address).headers["location"]
        assert back.startswith(f"{PUBLIC}/oidc/callback?")
        return str(back.removeprefix(PUBLIC))

    def signs_in(self, to: str = f"{BASE}/account") -> httpx.Response:
        """The whole way, in a new browser."""
        self.client.cookies.clear()
        return self.client.get(self.from_provider(self.to_provider(to)))

    def me(self) -> str:
        """Who the server says is asking, or the refusal's status."""
        told = self.client.get("/api/me")
        if told.status_code != 200:
            return str(told.status_code)
        me = told.json()
        return f"{me['via']} {me['name']} {me['called']} {me['role']} {','.join(me['groups'])}"


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with oidc_provider() as told:
        environment = {
            "CITEDESK_ACCESS": "oidc",
            "CITEDESK_PUBLIC_URL": PUBLIC,
            "CITEDESK_OIDC_ISSUER": told.issuer,
            "CITEDESK_OIDC_CLIENT": CLIENT,
            "CITEDESK_OIDC_SECRET": SECRET,
            "CITEDESK_ADMINS": "ann@desk.example",
        }
        home = tmp_path_factory.mktemp("home")
        with (
            opened(home, None, environment) as server,
            served(server) as url,
            httpx.Client(base_url=f"{url}{BASE}", headers={"Host": "localhost:7999"}, timeout=30) as client,
        ):
            yield Running(told, server, client)


@pytest.fixture
def running(started: Running) -> Running:
    """The provider tells the truth again."""
    honest = Told()
    for name in ("claims", "info", "description", "forged", "symmetric", "denies"):
        setattr(started.told, name, getattr(honest, name))
    return started


def test_nobody_is_sent_to_sign_in_below_the_base(running: Running) -> None:
    running.client.cookies.clear()
    asked = running.client.get("/account?x=1", headers={"Accept": "text/html"})
    assert asked.headers["location"] == f"{BASE}/signin?to={BASE}/account%3Fx%3D1"


def test_a_person_comes_back_as_who_the_provider_says_and_where_asked(running: Running) -> None:
    running.told.claims = {"groups": ["staff", "press"]}
    entered = running.signs_in(f"{BASE}/account?x=1")
    assert (entered.status_code, entered.headers["location"]) == (303, f"{BASE}/account?x=1")
    cookies = entered.headers.get_list("set-cookie")
    for flag in ("httponly", "samesite=lax", f"path={BASE}"):
        assert all(flag in each.lower() for each in cookies), flag
    assert running.me() == "oidc 8f1c ann admin press,staff"
    assert "ann" in running.client.get("/account").text


def test_an_address_that_was_not_verified_makes_nobody_an_administrator(running: Running) -> None:
    running.told.claims = {"email_verified": False, "groups": "staff"}
    running.signs_in()
    assert running.me() == "oidc 8f1c ann reader staff"


def test_groups_may_be_told_by_the_user_info_only(running: Running) -> None:
    running.told.info = {"groups": ["board"], "email": "other@desk.example"}
    running.signs_in()
    assert running.me() == "oidc 8f1c ann admin board"
    running.told.info = {"groups": ["board"], "sub": "somebody else"}
    assert running.signs_in().status_code == 403


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another-client"},
        {"aud": ["another-client"], "azp": CLIENT},
        {"iss": "https://evil.example"},
        {"exp": 1_000_000},
        {"exp": None},
        {"nonce": "of another sign-in"},
        {"nonce": None},
        {"sub": None},
    ],
    ids=str,
)
def test_a_token_for_others_or_another_time_is_refused(running: Running, claims: dict[str, object]) -> None:
    running.told.claims = claims
    refused = running.signs_in()
    assert refused.status_code == 403
    assert "could not be verified" in refused.text
    assert running.me() == "401"


def test_a_forged_token_is_refused(running: Running) -> None:
    running.told.forged = True
    assert running.signs_in().status_code == 403
    running.told.forged, running.told.symmetric = False, True
    assert running.signs_in().status_code == 403, "a token does not choose how it is checked"
    assert running.me() == "401"


def test_an_answer_of_another_browser_or_a_second_time_is_refused(running: Running) -> None:
    running.client.cookies.clear()
    back = running.from_provider(running.to_provider())
    kept = dict(running.client.cookies)
    running.client.cookies.clear()
    assert running.client.get(back).status_code == 400, "somebody else's link signs nobody in"
    query = parse_qs(urlsplit(back).query)
    running.client.cookies.update(kept)
    assert running.client.get("/oidc/callback", params={"code": query["code"][0], "state": "guess"}).status_code == 400
    running.client.cookies.update(kept)
    assert running.client.get(back).status_code == 303
    running.client.cookies.clear()
    running.client.cookies.update(kept)
    assert running.client.get(back).status_code == 403, "a code is good once"
    running.client.cookies.clear()
    running.client.cookies.update({name: f"{value}x" for name, value in kept.items()})
    assert running.client.get(back).status_code == 400, "a browser cannot change what it keeps"


def test_whoever_declines_is_told_so_and_may_try_again(running: Running) -> None:
    running.told.denies = True
    refused = running.signs_in()
    assert refused.status_code == 403
    assert "you declined" in refused.text
    assert f'href="{BASE}/signin"' in refused.text


def test_the_way_back_leads_nowhere_else(running: Running) -> None:
    assert running.signs_in("https://evil.example/").headers["location"] == f"{BASE}/"


def test_signing_out_ends_both_sessions(running: Running) -> None:
    running.signs_in()
    asked = running.client.get("/signout")
    assert "Sign out?" in asked.text
    assert f"form-action 'self' {running.told.issuer}" in asked.headers["content-security-policy"]
    assert running.me() != "401", "asking signs nobody out"
    out = running.client.post("/signout", headers={"Origin": PUBLIC.removesuffix(BASE)})
    assert out.headers["location"].startswith(f"{running.told.issuer}/logout?")
    back = httpx.get(out.headers["location"]).headers["location"]
    assert back.startswith(f"{PUBLIC}/signout")
    assert running.told.ended[-1]["id_token_hint"].count(".") == 2
    assert "You are not signed in" in running.client.get(back.removeprefix(PUBLIC)).text
    assert running.me() == "401"


def test_a_disabled_person_is_let_in_no_more(running: Running) -> None:
    running.signs_in()
    user = next(each for each in running.server.accounts.users() if each.name == "8f1c")
    running.server.accounts.set_disabled(user, True)
    assert running.me() == "401"
    assert "whoever runs it" in running.signs_in().text
    assert running.me() == "401"
    running.server.accounts.set_disabled(user, False)
