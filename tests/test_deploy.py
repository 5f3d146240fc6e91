"""The reverse-proxy recipe as it is shipped, in a real nginx with HTTPS; and what the other recipes promise."""

import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from evals.model_script import Script, Text
from evals.model_server import model_server
from tests.browser_support import WAIT, Watched, ask, chromium, open_reader
from tests.operations_support import QUESTION, process

DEPLOY = Path(__file__).parent.parent / "ui" / "deploy"


@dataclass(frozen=True)
class Site:
    """The address people use, and that of citedesk behind it."""

    public: str
    inner: str


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """citedesk with a slow model, below /citedesk of an nginx that has the shipped recipe."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if found is None:
        if os.environ.get("CITEDESK_REQUIRE_NGINX") == "1":
            pytest.fail("no nginx was found, and CITEDESK_REQUIRE_NGINX=1 requires one")
        pytest.skip("no nginx was found")
    home = tmp_path_factory.mktemp("deploy")
    port = free_port()
    public = f"https://localhost:{port}/citedesk"
    reply = Text("The Halden shipyard built the ferry Aurora in 1987 [1].", delay=0.1)
    settings = {"CITEDESK_ACCESS": "open", "CITEDESK_PUBLIC_URL": public, "CITEDESK_PROXIES": "127.0.0.1"}
    with (
        model_server(Script(reply=reply)) as model,
        process(home, {**settings, "OPENAI_BASE_URL": model}) as (_, inner),
        nginx(found, home, port, inner),
    ):
        yield Site(public, inner)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


@contextmanager
def nginx(program: str, home: Path, port: int, inner: str) -> Iterator[None]:
    """An nginx with the shipped recipe; only addresses, names and files are put in place."""
    made = ["-keyout", str(home / "key"), "-out", str(home / "certificate"), "-subj", "/CN=localhost", "-days", "1"]
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *made], check=True, capture_output=True)
    recipe = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    for shipped, ours in (
        ("127.0.0.1:7860", urlsplit(inner).netloc),
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("server_name intranet.example", "server_name localhost"),
        ("/etc/ssl/intranet.example.crt", str(home / "certificate")),
        ("/etc/ssl/intranet.example.key", str(home / "key")),
    ):
        assert shipped in recipe
        recipe = recipe.replace(shipped, ours)
    temporary = "".join(
        f"{kind}_temp_path {home / kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;\n" if os.getuid() == 0 else ""
    whole = f"{user}pid {home / 'pid'};\nevents {{}}\nhttp {{\naccess_log off;\n{temporary}{recipe}\n}}\n"
    (home / "nginx.conf").write_text(whole, encoding="utf-8")
    command = [program, "-c", str(home / "nginx.conf"), "-e", str(home / "nginx.log"), "-g", "daemon off;"]
    with subprocess.Popen(command) as running:
        try:
            while socket.socket().connect_ex(("127.0.0.1", port)):
                assert running.poll() is None, (home / "nginx.log").read_text(encoding="utf-8")
                time.sleep(0.02)
            yield
        finally:
            running.terminate()


def test_an_answer_comes_through_it_as_it_is_written(site: Site) -> None:
    body = {"question": QUESTION, "stream": True}
    drafts: list[float] = []
    with (
        httpx.Client(verify=False) as client,
        client.stream("POST", f"{site.public}/api/ask", json=body, timeout=20) as answer,
    ):
        assert answer.status_code == 200
        assert answer.headers["strict-transport-security"]
        lines = []
        for line in answer.iter_lines():
            lines.append(line)
            if line == "event: draft":
                drafts.append(time.perf_counter())
    assert len(drafts) > 2 and drafts[-1] - drafts[0] > 0.3, "each word when it was written, not all at the end"
    assert any('"source": "/citedesk/source/' in line.replace('":"', '": "') for line in lines)


def test_what_is_not_below_the_path_is_not_served(site: Site) -> None:
    with httpx.Client(verify=False) as client:
        plain = client.get(site.public)
        assert (plain.status_code, plain.headers["location"]) in (
            (308, f"{site.public}/"),
            (308, f"{site.public.replace('localhost', 'localhost')}/"),
        )
        assert client.get(f"{site.public}/metrics").status_code == 404
        assert client.get(f"{site.public}/healthz").text == "ok\n"
    with httpx.Client() as direct:
        assert direct.get(f"{site.inner}/healthz").text == "ok\n"
        assert direct.get(f"{site.inner}/readyz").text == "ready\n"
        assert direct.get(f"{site.inner}/citedesk").headers["location"] == "/citedesk/"
        lost = direct.get(f"{site.inner}/api/documents")
        assert (lost.status_code, lost.json()["error"]["code"]) == (404, "not_found")


def test_a_visitor_cannot_say_what_the_proxy_says(site: Site) -> None:
    forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http", "X-Forwarded-For": "127.0.0.1"}
    parts = urlsplit(site.public)
    told = ssl.create_default_context()
    told.check_hostname, told.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection(parts.netloc, context=told)
    connection.request("GET", "/citedesk/api/documents", headers=forged)
    assert connection.getresponse().status == 200, "and not refused as evil.example"
    connection.close()
    named = httpx.get(f"{site.inner}/citedesk/api/documents", headers={"Host": "evil.example"})
    assert named.status_code == 403


@pytest.mark.browser
def test_the_page_works_below_a_path(site: Site) -> None:
    with chromium() as browser:
        icon = f"{site.public.removesuffix('/citedesk')}/favicon.ico"  # asked of the root, which is another's
        context = browser.new_context(ignore_https_errors=True, viewport={"width": 1280, "height": 800})
        context.set_default_timeout(WAIT)
        page = context.new_page()
        watched = Watched(page, f"{site.public}/")
        page.on("request", watched.request)
        page.on("console", lambda told: watched.console(told) if told.location["url"] != icon else None)
        page.on("pageerror", lambda error: watched.errors.append(str(error)))
        missing: list[str] = []
        page.on("response", lambda told: missing.append(told.url) if told.status >= 400 else None)
        page.goto(f"{site.public}/")
        page.wait_for_selector(".cd-welcome")
        ask(page, QUESTION)
        assert "1987" in page.locator(".message.bot, .bot.message").last.inner_text()
        open_reader(page, '.bot a[href^="#"]')
        assert "Halden" in page.locator(".cd-body mark").first.inner_text()
        assert missing == []
        watched.assert_quiet()
        context.close()


def test_the_recipes_agree_with_each_other_and_with_the_requirements() -> None:
    compose = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    pinned = (DEPLOY.parent.parent / "requirements.txt").read_text(encoding="utf-8")
    (chroma,) = re.findall(r"image: chromadb/chroma:(\S+)", compose)
    assert f"chromadb=={chroma} " in pinned, "the server has the client's version"
    dockerfile = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    assert "--require-hashes" in dockerfile and "\nUSER citedesk" in dockerfile and "HEALTHCHECK" in dockerfile
    unit = (DEPLOY / "citedesk.service").read_text(encoding="utf-8")
    assert (
        int(re.findall(r"TimeoutStopSec=(\d+)s", unit)[0])
        > 30
        < int(re.findall(r"stop_grace_period: (\d+)s", compose)[0])
    )


def test_the_systemd_unit_is_well_formed(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze was found")
    unit = (DEPLOY / "citedesk.service").read_text(encoding="utf-8")
    unit = unit.replace("/opt/citedesk/venv/bin/citedesk", "/bin/true").replace("/opt/citedesk", "/")
    (tmp_path / "citedesk.service").write_text(unit, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", str(tmp_path / "citedesk.service")], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr.strip()) == (0, "")
