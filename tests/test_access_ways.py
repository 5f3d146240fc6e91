"""Each way in, over HTTP with a real server: who is recognised as whom, and what is refused."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from tests.serving import opened, served
from ui.access.signin import NAME_TRIES
from ui.people import Role, Via
from ui.server import Server
from ui.widget.tokens import mint

PASSWORD = "correct horse battery"
SECRET = "s" * 32
HTML = {"Accept": "text/html"}
HERE = {"Sec-Fetch-Site": "same-origin"}


@dataclass(frozen=True, slots=True)
class Running:
    """A server, and a client of it that follows no redirects and keeps cookies."""

    server: Server
    client: httpx.Client

    def me(self, **headers: str) -> str:
        """Who the server says is asking: "via name role groups", or the status and code of the refusal."""
        told = self.client.get("/api/me", headers={name.replace("_", "-"): value for name, value in headers.items()})
        if told.status_code != 200:
            return f"{told.status_code} {told.json()['error']['code']}"
        me = told.json()
        groups = "all" if me["groups"] is None else ",".join(me["groups"]) or "none"
        return f"{me['via']} {me['name']} {me['role']} {groups}"


def running(tmp: pytest.TempPathFactory, address: str = "127.0.0.1", **settings: str) -> Iterator[Running]:
    environment = {f"CITEDESK_{name}": value for name, value in settings.items()}
    with opened(tmp.mktemp("home"), None, environment) as server:
        if server.sharing.access == "local":
            server.accounts.add("ann", PASSWORD, Role.READER, ["staff"])
        with served(server) as url, _client(url, address) as client:
            yield Running(server, client)


def _client(url: str, address: str) -> httpx.Client:
    return httpx.Client(base_url=url, transport=httpx.HTTPTransport(local_address=address), timeout=30)


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    widget = {"WIDGET_SECRET": SECRET, "WIDGET_ORIGINS": "https://intranet.example"}
    yield from running(tmp_path_factory, ACCESS="local", ADMINS="ann", **widget)


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The proxy is 127.0.0.2; whoever else asks is nobody."""
    rights = {"ADMINS": "Zoë", "ADMIN_GROUP": "desk-admins"}
    yield from running(tmp_path_factory, "127.0.0.2", ACCESS="proxy", PROXIES="127.0.0.2", **rights)


@pytest.fixture(scope="module")
def open_to_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    yield from running(tmp_path_factory, ACCESS="open")


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    yield from running(tmp_path_factory, WIDGET_SECRET=SECRET, WIDGET_ORIGINS="https://intranet.example")


def sign_in(way: Running, name: str = "ann", password: str = PASSWORD, to: str = "/account") -> httpx.Response:
    way.client.cookies.clear()
    return way.client.post("/signin", data={"name": name, "password": password, "to": to}, headers=HERE)


def test_on_this_machine_everybody_is_its_owner_and_needs_no_key(machine: Running) -> None:
    assert machine.me() == "machine you admin all"
    assert machine.me(Authorization="Bearer sk-whatever-a-client-sends") == "machine you admin all"
    assert machine.me(Authorization="Bearer cd_never-made") == "401 unauthorized"
    assert machine.client.get("/signin", headers=HTML).headers["location"] == "/"
    page = machine.client.get("/account", headers=HTML)
    assert "all documents are open to you" in page.text
    assert "API keys" not in page.text


def test_a_widget_token_opens_the_widgets_paths_and_no_others(machine: Running) -> None:
    bearer = {"Authorization": f"Bearer {mint(SECRET, 'eve', ['staff'])}"}
    for path in ("/api/suggestions", "/source/nothing"):
        assert machine.client.get(path, headers=bearer).status_code not in (401, 403), path
    for path in ("/api/me", "/account", "/api/documents", "/api/conversations", "/mcp", "/v1/models", "/"):
        assert machine.client.get(path, headers=bearer).status_code == 403, path
    stale = {"Authorization": f"Bearer {mint(SECRET, 'eve', now=1_000_000)}"}
    told = machine.client.get("/api/me", headers=stale)
    assert (told.status_code, told.json()["error"]["message"]) == (401, "The token has expired.")


def test_visitors_of_an_open_server_are_kept_apart_and_see_what_is_for_everybody(open_to_all: Running) -> None:
    way = open_to_all
    way.client.cookies.clear()
    first = way.client.get("/api/me")
    cookie = first.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    me = first.json()
    assert (me["via"], me["role"], me["groups"]) == ("open", "reader", [])
    assert "set-cookie" not in (second := way.client.get("/api/me")).headers
    assert second.json()["name"] == me["name"]
    way.client.cookies.clear()
    assert way.client.get("/api/me").json()["name"] != me["name"]
    assert way.me(Cookie="citedesk-visitor=short").startswith("open visitor-")


def test_nobody_gets_a_page_but_is_asked_to_sign_in_and_led_back(local: Running) -> None:
    local.client.cookies.clear()
    asked = local.client.get("/account?x=1&y=a%20b", headers=HTML)
    assert asked.status_code == 303
    assert asked.headers["location"] == "/signin?to=/account%3Fx%3D1%26y%3Da%2520b"
    form = local.client.get(asked.headers["location"])
    assert 'value="/account?x=1&amp;y=a%20b"' in form.text
    told = local.client.get("/api/me")
    assert (told.status_code, told.headers["www-authenticate"]) == (401, "Bearer")
    assert "/v1/" not in told.text
    for path in ("/", "/gradio_api/info", "/config", "/api/documents", "/source/x", "/mcp", "/api/openapi.json"):
        assert local.client.get(path).status_code == 401, path
    assert "type" in local.client.get("/v1/models").json()["error"], "OpenAI's clients know their own shape"


def test_name_and_password_open_a_session_that_is_new_each_time(local: Running) -> None:
    local.client.cookies.clear()
    planted = secrets.token_urlsafe(32)
    form = {"name": " Ann ", "password": PASSWORD, "to": "/account"}
    entered = local.client.post("/signin", data=form, headers={**HERE, "Cookie": f"citedesk={planted}"})
    assert (entered.status_code, entered.headers["location"]) == (303, "/account")
    assert planted not in entered.headers["set-cookie"], "no session that somebody else knows"
    cookie = entered.headers["set-cookie"].lower()
    assert all(flag in cookie for flag in ("httponly", "samesite=lax", "path=/"))
    assert local.me() == "local ann reader staff", "CITEDESK_ADMINS is for people that others have signed in"
    first = local.client.cookies["citedesk"]
    local.client.post("/signin", data=form, headers=HERE)
    assert local.client.cookies["citedesk"] != first
    assert local.me(Cookie=f"citedesk={first}").startswith("401"), "the browser's old session has ended"
    page = local.client.get("/account", headers=HTML)
    assert "This browser" in page.text
    out = local.client.post("/signout", headers=HERE)
    assert out.headers["location"] == "/signout"
    assert "You are not signed in" in local.client.get("/signout").text
    assert local.me() == "401 unauthorized"


def test_wrong_passwords_and_unknown_names_are_told_alike_and_slowed_down(local: Running) -> None:
    local.server.accounts.add("bob", PASSWORD, Role.READER, [])
    answers = {name: sign_in(local, name, "not the password") for name in ("bob", "nobody-of-that-name")}
    assert {answer.status_code for answer in answers.values()} == {401}
    assert len({answer.text.replace(name, "") for name, answer in answers.items()}) == 1
    assert 'role="alert"' in answers["bob"].text
    for _ in range(NAME_TRIES - 1):
        assert sign_in(local, "bob", "not the password").status_code == 401
    refused = sign_in(local, "Bob")
    assert refused.status_code == 429, "the right password is not heard either"
    assert int(refused.headers["retry-after"]) >= 1
    assert "citedesk" not in local.client.cookies


def test_the_way_back_leads_nowhere_else(local: Running) -> None:
    assert sign_in(local, to="//evil.example").headers["location"] == "/"
    again = local.client.get("/signin?to=https://evil.example")
    assert (again.status_code, again.headers["location"]) == (303, "/"), "nor for whoever is signed in"


def test_an_end_is_an_end(local: Running) -> None:
    accounts = local.server.accounts
    user = accounts.add("cy", PASSWORD, Role.ADMIN, [])
    sign_in(local, "cy")
    assert local.me() == "local cy admin none", "an administrator sees groups' documents as a member only"
    accounts.set_password("cy", f"{PASSWORD} 2")
    assert local.me().startswith("401")
    sign_in(local, "cy", f"{PASSWORD} 2")
    key = accounts.add_key(user, "script").text
    accounts.set_disabled(user, True)
    assert local.me().startswith("401")
    assert local.me(Authorization=f"Bearer {key}").startswith("401")
    assert sign_in(local, "cy", f"{PASSWORD} 2").status_code == 401
    accounts.set_disabled(user, False)
    assert local.me(Authorization=f"Bearer {key}") == "key cy admin none"
    accounts.remove(user)
    assert local.me(Authorization=f"Bearer {key}").startswith("401")


def test_keys_are_made_on_the_account_page_shown_once_and_revoked(local: Running) -> None:
    sign_in(local)
    made = local.client.post("/account/keys", data={"label": "<b>night</b> job"}, headers=HERE)
    key = made.text.split("<code>cd_")[1].split("</code>")[0]
    assert "&lt;b&gt;night&lt;/b&gt; job" in made.text
    again = local.client.get("/account").text
    assert key not in again
    bearer = {"Authorization": f"Bearer cd_{key}"}
    own = next(each for each in local.server.accounts.api_keys() if each.label == "<b>night</b> job")
    local.client.cookies.clear()
    assert local.me(**bearer) == "key ann reader staff"
    refused = local.client.post("/account/keys", data={"label": "more"}, headers=bearer)
    assert refused.status_code == 403, "a key makes no keys"
    sign_in(local)
    other = local.server.accounts.add_key(local.server.accounts.add("dan", None, Role.READER, []), "dan's").key
    for id_ in (own.id, other.id):
        local.client.post(f"/account/keys/{id_}/revoke", headers=HERE)
    assert local.me(**bearer).startswith("401")
    assert other.id in {each.id for each in local.server.accounts.api_keys()}, "others' keys are not mine to revoke"
    assert local.client.post("/account/keys", data={"label": " "}, headers=HERE).status_code == 400


def test_a_password_is_changed_by_who_knows_it(local: Running) -> None:
    accounts = local.server.accounts
    user = accounts.add("flo", PASSWORD, Role.READER, [])
    elsewhere = accounts.begin_session(user)
    sign_in(local, "flo")
    old = local.client.cookies["citedesk"]
    for form, said in (
        ({"current": "not the password", "new": f"{PASSWORD} 2"}, "not right"),
        ({"current": PASSWORD, "new": "short"}, "at least 12"),
    ):
        refused = local.client.post("/account/password", data=form, headers=HERE)
        assert refused.status_code == 400
        assert said in refused.text
    form = {"current": PASSWORD, "new": f"{PASSWORD} 2"}
    changed = local.client.post("/account/password", data=form, headers=HERE)
    assert "You have a new password" in local.client.get(changed.headers["location"]).text
    assert local.client.cookies["citedesk"] != old
    assert accounts.session(elsewhere) is None
    assert accounts.authenticated("flo", f"{PASSWORD} 2")


OWN = "http://{host}"


@pytest.mark.parametrize(
    ("headers", "cookie", "key"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True, True),
        ({"Sec-Fetch-Site": "none"}, True, True),
        ({"Sec-Fetch-Site": "same-site"}, False, True),
        ({"Sec-Fetch-Site": "cross-site"}, False, True),
        ({"Sec-Fetch-Site": "cross-site", "Origin": OWN}, False, True),
        ({"Origin": OWN}, True, True),
        ({"Origin": "https://evil.example"}, False, True),
        ({"Origin": "null"}, False, True),
        ({}, False, True),
    ],
)
def test_what_a_browser_sends_by_itself_counts_from_our_pages_only(
    local: Running, headers: dict[str, str], cookie: bool, key: bool
) -> None:
    user = local.server.accounts.user(Via.LOCAL, "ann")
    assert user is not None
    local.client.cookies.clear()
    token = local.server.accounts.begin_session(user)
    sent = {name: value.format(host=local.client.base_url.netloc.decode()) for name, value in headers.items()}
    for way, allowed in (({"Cookie": f"citedesk={token}"}, cookie), ({"Authorization": f"Bearer {_key(local)}"}, key)):
        told = local.client.post("/account/elsewhere", headers={**sent, **way})
        if allowed:
            assert told.status_code in (303, 403), told.text
            assert "another site" not in told.text
        else:
            assert (told.status_code, told.json()["error"]["code"]) == (403, "cross_site")
    if not cookie and headers:
        entered = local.client.post("/signin", data={"name": "ann", "password": PASSWORD}, headers=sent)
        assert entered.status_code == 403, "nor is anybody signed in by another site"


def _key(way: Running) -> str:
    user = way.server.accounts.user(Via.LOCAL, "robot") or way.server.accounts.add("robot", None, Role.READER, [])
    for each in way.server.accounts.api_keys(user):
        way.server.accounts.revoke_key(user, each.id)
    return way.server.accounts.add_key(user, "robot").text


def test_programs_need_no_origin_where_nobody_signs_in(machine: Running) -> None:
    path = "/api/no-such-route"
    assert machine.client.post(path).status_code not in (401, 403)
    assert machine.client.post(path, headers={"Origin": "https://evil.example"}).status_code == 403
    assert machine.client.post(path, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_a_proxy_is_believed_and_nobody_else(proxied: Running) -> None:
    named = {"X_Forwarded_User": "bea", "X_Forwarded_Groups": "staff, press"}
    assert proxied.me(**named) == "proxy bea reader press,staff"
    assert proxied.me(X_Forwarded_User="cy", X_Forwarded_Groups="desk-admins") == "proxy cy admin desk-admins"
    zoe = proxied.client.get("/api/me", headers={b"X-Forwarded-User": "Zoë".encode()}).json()
    assert (zoe["name"], zoe["role"]) == ("Zoë", "admin")
    assert proxied.me() == "401 unauthorized"
    assert proxied.me(X_Forwarded_User="") == "401 unauthorized"
    twice = [("X-Forwarded-User", "bea"), ("X-Forwarded-User", "cy")]
    assert proxied.client.get("/api/me", headers=twice).status_code == 401, "one of them came from outside"
    assert "X-Forwarded-User header" in proxied.client.get("/", headers=HTML).text
    url = str(proxied.client.base_url)
    spoof = {"X-Forwarded-User": "bea", "Forwarded": "for=127.0.0.2"}
    for address, more in (("127.0.0.1", {}), ("127.0.0.3", {"X-Forwarded-For": "127.0.0.2"})):
        with _client(url, address) as stranger:
            assert stranger.get("/api/me", headers={**spoof, **more}).status_code == 401, address
            assert "through its proxy" in stranger.get("/", headers={**spoof, **more, **HTML}).text


def test_behind_a_proxy_keys_work_and_its_own_tokens_are_not_ours(proxied: Running) -> None:
    named = {"X-Forwarded-User": "bea", "X-Forwarded-Groups": "staff"}
    made = proxied.client.post("/account/keys", data={"label": "script"}, headers={**named, **HERE})
    key = made.text.split("<code>")[1].split("</code>")[0]
    assert proxied.me(Authorization=f"Bearer {key}") == "key bea reader staff"
    with _client(str(proxied.client.base_url), "127.0.0.1") as direct:
        told = direct.get("/api/me", headers={"Authorization": f"Bearer {key}", "X-Forwarded-User": "root"})
        assert told.json()["name"] == "bea"
    assert proxied.me(Authorization="Bearer aaa.bbb.ccc", X_Forwarded_User="bea").startswith("proxy bea")
    assert proxied.me(Authorization="Bearer cd_wrong", X_Forwarded_User="bea").startswith("401")
    crossed = proxied.client.post("/account/elsewhere", headers={**named, "Origin": "https://evil.example"})
    assert crossed.json()["error"]["code"] == "cross_site"
    user = proxied.server.accounts.user(Via.PROXY, "bea")
    assert user is not None
    proxied.server.accounts.set_disabled(user, True)
    assert proxied.me(X_Forwarded_User="bea").startswith("401")
    assert proxied.me(Authorization=f"Bearer {key}").startswith("401")
