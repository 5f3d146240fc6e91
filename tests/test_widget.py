"""The widget's tokens, what pages of other origins may ask, and the script as it is served."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as some

from rag.settings import read
from rag.sharing import Sharing
from tests.browser_support import FILLER, write, write_corpus
from tests.serving import opened, served
from ui.people import Person, Role, Via
from ui.widget.demo import Host, hosting, lacking, main, page
from ui.widget.rate import Rate
from ui.widget.script import LANGUAGES, script, squeezed, words
from ui.widget.tokens import TokenError, mint, read_token

WIDGET = Path(__file__).parent.parent / "ui" / "widget"
SECRET = "0123456789abcdef0123456789abcdef"
HOST = "https://intranet.example"
OTHER = "https://elsewhere.example"
NOW = 1_800_000_000.0
SECRETLY = "The pilot Edda Fenn was paid nine thousand crowns for the survey of the Tarn sandbank."


def test_a_token_names_a_person_with_groups() -> None:
    token = mint(SECRET, "mara", ["press", "board"], now=NOW, origin=HOST)
    assert read_token(SECRET, token, HOST, now=NOW + 599) == Person(
        "mara", Role.READER, frozenset({"press", "board"}), Via.WIDGET
    )
    assert read_token(SECRET, mint(SECRET, "mara", now=NOW), None, now=NOW).groups == frozenset()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"aud": "another"}, "aud"),
        ({"aud": ["citedesk-widget", "another"]}, "aud"),
        ({"exp": NOW + 3601}, "3600 seconds"),
        ({"exp": NOW}, "3600 seconds"),
        ({"exp": None}, "exp"),
        ({"iat": None}, "iat"),
        ({"sub": None}, "sub"),
        ({"sub": ""}, "sub"),
        ({"sub": "a\nb"}, "sub"),
        ({"sub": 7}, "sub"),
        ({"iat": NOW + 61, "exp": NOW + 99}, "future"),
        ({"nbf": NOW + 61}, "future"),
        ({"iat": NOW - 700, "exp": NOW - 61}, "expired"),
        ({"iat": True}, "iat"),
        ({"exp": "soon"}, "exp"),
        ({"groups": "press"}, "groups"),
        ({"groups": [1]}, "groups"),
        ({"origin": OTHER}, "another origin"),
        ({"origin": 1}, "another origin"),
    ],
)
def test_a_token_that_says_otherwise_opens_nothing(changed: dict[str, object], says: str) -> None:
    with pytest.raises(TokenError, match=says):
        read_token(SECRET, signed(changed), HOST, now=NOW)


def signed(changed: dict[str, object], header: str = '{"alg":"HS256","typ":"JWT"}') -> str:
    """A token with these claims instead, None for none, properly signed."""
    claims = {"aud": "citedesk-widget", "sub": "mara", "iat": NOW, "exp": NOW + 600, **changed}
    body = json.dumps({name: value for name, value in claims.items() if value is not None})
    parts = [base64.urlsafe_b64encode(part.encode()).rstrip(b"=") for part in (header, body)]
    mark = hmac.new(SECRET.encode(), b".".join(parts), hashlib.sha256).digest()
    return b".".join([*parts, base64.urlsafe_b64encode(mark).rstrip(b"=")]).decode()


def test_a_token_never_chooses_how_it_is_checked() -> None:
    assert read_token(SECRET, signed({}), None, now=NOW).name == "mara"
    none = signed({}, '{"alg":"none","typ":"JWT"}')
    for token in (none, none.rpartition(".")[0] + ".", signed({}, '{"alg":"HS512"}'), "", "a.b.c", "é.é.é", "a" * 5000):
        with pytest.raises(TokenError):
            read_token(SECRET, token, None, now=NOW)
    with pytest.raises(TokenError, match="not set"):
        read_token(None, signed({}), None, now=NOW)
    with pytest.raises(TokenError, match="WIDGET_SECRET"):
        read_token(SECRET[::-1], signed({}), None, now=NOW)
    listed = Sharing(widget_origins=frozenset({HOST}))
    assert read_token(SECRET, signed({}), HOST, listed, now=NOW).name == "mara"
    with pytest.raises(TokenError, match="ORIGINS"):
        read_token(SECRET, signed({}), OTHER, listed, now=NOW)


def _bits(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


@given(some.data())
def test_any_altered_token_is_refused(data: some.DataObject) -> None:
    token = mint(SECRET, "mara", ["press"], now=NOW)
    at = data.draw(some.integers(0, len(token) - 1))
    put = data.draw(some.sampled_from("ABYZabyz0189-_.="))
    altered = token[:at] + put + token[at + 1 :]
    parts = altered.split(".")
    if len(parts) == 3 and "=" not in altered and [*map(_bits, parts)] == [*map(_bits, token.split("."))]:
        return  # the last letter of a part holds bits that stand for nothing
    with pytest.raises(TokenError):
        read_token(SECRET, altered, None, now=NOW)


def test_the_five_lines_of_the_readme_make_a_token() -> None:
    text = (WIDGET / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    names: dict[str, object] = {}
    exec(block, names)
    make = names["citedesk_token"]
    assert callable(make)
    assert read_token(SECRET, make(SECRET, "mara", ["press"]), HOST) == Person(
        "mara", Role.READER, frozenset({"press"}), Via.WIDGET
    )
    assert len(block.strip().split("def ")[1].splitlines()) <= 5


def test_questions_are_counted_over_any_minute() -> None:
    now = [0.0]
    rate = Rate(2, lambda: now[0])
    assert [rate.take("a"), rate.take("a"), rate.take("b")] == [0, 0, 0]
    now[0] = 20.0
    assert (rate.take("a"), rate.take("b")) == (40, 0)
    now[0] = 59.5
    assert rate.take("a") == 1, "what was refused is not counted"
    now[0] = 60.0
    assert rate.take("a") == 0
    for number in range(2000):
        now[0] += 1.0
        assert rate.take(str(number)) == 0
    assert len(rate._asked) < 1100, "names that asked nothing lately are forgotten"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of one desk for all tests here; it serves this machine alone, and one other origin."""
    settings = {"CITEDESK_WIDGET_SECRET": SECRET, "CITEDESK_WIDGET_ORIGINS": HOST, "CITEDESK_WIDGET_RATE": "3"}
    folder = write_corpus(tmp_path_factory.mktemp("documents"))
    write(folder, "board.md", "title: Minutes\ndate: 2024-01-15\ngroups: board", [FILLER[0], SECRETLY, FILLER[1]])
    with opened(tmp_path_factory.mktemp("home"), folder, settings) as server, served(server) as address:
        yield address


def send(desk: str, method: str, path: str, **headers: str | None) -> httpx.Response:
    """The answer to a request; header names with _ for -."""
    sent = {name.replace("_", "-"): value for name, value in headers.items() if value is not None}
    body = {"question": "Which shipyard built the ferry Aurora?"} if (method, path) == ("POST", "/api/ask") else None
    return httpx.request(method, f"{desk}{path}", headers=sent, json=body, timeout=30)


def test_who_may_ask_from_where(desk: str) -> None:
    good, old = f"Bearer {mint(SECRET, 'mara')}", f"Bearer {mint(SECRET, 'mara', now=NOW - 9e8)}"
    bound = f"Bearer {mint(SECRET, 'mara', origin=OTHER)}"
    table = [
        # origin, token, path -> status, CORS headers
        (HOST, good, "/api/suggestions", 200, True),
        (HOST, None, "/api/suggestions", 401, True),
        (HOST, old, "/api/suggestions", 401, True),
        (HOST, bound, "/api/suggestions", 401, True),
        (HOST, "Bearer cd_an_api_key", "/api/suggestions", 401, True),
        (HOST, "Basic bWFyYTp4", "/api/suggestions", 401, True),
        (HOST, good, "/api/widget/config", 200, True),
        (HOST, good, "/api/documents/none/paragraphs/1", 404, True),
        (HOST, good, "/api/documents", 403, False),
        (HOST, good, "/api/conversations", 403, False),
        (OTHER, good, "/api/suggestions", 403, False),
        (OTHER, None, "/api/suggestions", 403, False),
        ("null", good, "/api/suggestions", 403, False),
        (None, good, "/api/suggestions", 200, False),
        (None, good, "/api/documents", 403, False),
        (None, None, "/api/suggestions", 200, False),
        (HOST, None, "/widget.js", 200, True),
        (None, None, "/widget.js", 200, True),
    ]
    found = [send(desk, "GET", path, origin=origin, authorization=token) for origin, token, path, _, _ in table]
    seen = [
        (*row[:3], answer.status_code, "access-control-allow-origin" in answer.headers)
        for row, answer in zip(table, found, strict=True)
    ]
    assert seen == table
    assert all("access-control-allow-credentials" not in answer.headers for answer in found)
    assert found[0].headers["access-control-allow-origin"] == HOST and "origin" in found[0].headers["vary"].lower()
    assert found[1].json()["error"]["message"].startswith("The widget sent no token")
    assert "expired" in found[2].json()["error"]["message"]


def test_a_browser_is_told_beforehand(desk: str) -> None:
    asks = {"access_control_request_method": "POST", "access_control_request_headers": "authorization,content-type"}
    here = send(desk, "OPTIONS", "/api/ask", origin=HOST, **asks)
    elsewhere = send(desk, "OPTIONS", "/api/ask", origin=OTHER, **asks)
    beside = send(desk, "OPTIONS", "/api/documents", origin=HOST, **asks)
    assert (here.status_code, here.headers["access-control-allow-origin"]) == (204, HOST)
    assert here.headers["access-control-allow-headers"] == "Authorization, Content-Type"
    assert int(here.headers["access-control-max-age"]) >= 300
    assert elsewhere.status_code == 403 and "access-control-allow-origin" not in elsewhere.headers
    assert "access-control-allow-origin" not in beside.headers


def test_one_person_may_ask_so_often_and_another_still_may(desk: str) -> None:
    mara, jon = (f"Bearer {mint(SECRET, name)}" for name in ("mara", "jon"))
    asked = [(HOST, mara), (HOST, mara), (HOST, mara), (None, mara), (HOST, jon)]
    found = [send(desk, "POST", "/api/ask", origin=origin, authorization=token) for origin, token in asked]
    assert [answer.status_code for answer in found] == [200, 200, 200, 429, 200]
    assert 1 <= int(found[3].headers["retry-after"]) <= 60
    assert found[3].json()["error"]["code"] == "rate_limited"


def test_a_token_opens_the_documents_of_its_groups_and_no_others(desk: str) -> None:
    board, other = (f"Bearer {mint(SECRET, 'edda', groups)}" for groups in (["board"], ["press"]))
    asked = {"question": "How much was the pilot Edda Fenn paid for the survey of the Tarn sandbank?"}
    sees, sees_not = (
        httpx.post(f"{desk}/api/ask", json=asked, headers={"Authorization": token}, timeout=30).json()
        for token in (board, other)
    )
    assert SECRETLY in sees["answer"] and "Fenn" not in str([sees_not["answer"], sees_not["passages"]])
    cited = sees["citations"][0]
    place = f"/api/documents/{cited['document_id']}/paragraphs/{cited['paragraph']}"
    assert [send(desk, "GET", place, authorization=each).status_code for each in (board, other)] == [200, 404]
    config = "/api/widget/config"
    assert [send(desk, "GET", config, authorization=each).json()["documents"] for each in (board, other)] == [5, 4]


def test_the_script_is_small_public_and_known_by_its_tag(desk: str) -> None:
    first = send(desk, "GET", "/widget.js")
    assert first.content == script() and len(first.content) < 20_000
    assert first.headers["content-type"].startswith("text/javascript")
    assert first.headers["cross-origin-resource-policy"] == "cross-origin"
    assert first.headers["x-content-type-options"] == "nosniff"
    again = send(desk, "GET", "/widget.js", if_none_match=first.headers["etag"])
    german = send(desk, "GET", "/widget.js?words=de", origin=HOST)
    none = send(desk, "GET", "/widget.js?words=xx", origin=HOST)
    assert (again.status_code, again.content) == (304, b"")
    assert german.json()["send"] == "Senden"
    assert none.status_code == 404


def test_every_language_has_every_word() -> None:
    source = (WIDGET / "widget.js").read_text(encoding="utf-8")
    table = source[source.index("const t = {") : source.index("// as the API names them")]
    names = set(re.findall(r"(\w+): \"", table))
    assert len(names) > 30
    for language in set(LANGUAGES) - {"en"}:
        found = json.loads(words(language) or b"")
        assert set(found) == names
        assert found["reasons"].count("|") == 5
        for name in names:
            english = re.search(rf'\b{name}: "([^"]*)"', table)
            assert english is not None and found[name].count("{}") == english[1].count("{}"), name


def test_the_script_keeps_nothing_and_makes_no_markup() -> None:
    source = squeezed((WIDGET / "widget.js").read_text(encoding="utf-8"))
    forbidden = ("innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", "Function(", "localStorage", "sessionStorage")
    assert [word for word in (*forbidden, "indexedDB", "cookie", "document.write") if word in source] == []


def test_squeezing_leaves_strings_templates_and_expressions_alone() -> None:
    source = 'const a = "b  //  c";\n// gone\nconst d = `e  ${ a }`; // gone\n'
    source += 'if (/f  \\/ "/.test(a)) {\n  g = (h) => h / 2;\n}\n'
    assert squeezed(source) == 'const a="b  //  c";const d=`e  ${ a }`;if(/f  \\/ "/.test(a)){g=h=>h / 2}'


def test_the_demo_says_what_is_lacking(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CITEDESK_WIDGET_SECRET", raising=False)
    assert main([]) == 2
    assert "CITEDESK_WIDGET_ORIGINS=http://localhost:8900" in capsys.readouterr().err
    monkeypatch.setenv("CITEDESK_WIDGET_SECRET", SECRET)
    assert main(["--desk", "desk.example"]) == 2
    assert "http://127.0.0.1:7860" in capsys.readouterr().err
    assert any("cannot be reached" in line for line in lacking("http://127.0.0.1:9", HOST))


def test_the_demo_is_a_host_with_a_strict_policy() -> None:
    host = Host("http://127.0.0.1:7860", SECRET, "Mara <b>", ("press",))
    with hosting(host) as address:
        first = httpx.get(f"{address}/?lang=de&color=%22%3E%3Cscript%3E&unknown=1")
        token = httpx.get(f"{address}/citedesk-token")
        none = httpx.get(f"{address}/etc/passwd")
    assert "unsafe" not in first.headers["content-security-policy"]
    assert 'data-lang="de"' in first.text and "&quot;&gt;&lt;script&gt;" in first.text and "unknown" not in first.text
    assert "Mara &lt;b&gt;" in first.text
    assert token.headers["cache-control"] == "no-store"
    person = read_token(SECRET, token.json()["token"], address)
    assert (person.name, person.groups) == ("Mara <b>", frozenset({"press"}))
    assert none.status_code == 404
    assert (
        page(replace(host, desk="https://desk.example/citedesk"), "").count("https://desk.example/citedesk/widget.js")
        == 1
    )


def test_its_settings_are_read() -> None:
    found = read({"CITEDESK_WIDGET_ORIGINS": f"{HOST}, {OTHER}", "CITEDESK_WIDGET_SECRET": SECRET}).sharing
    assert found.widget_origins == {HOST, OTHER} and SECRET not in repr(found)
