"""The whole product with every connection that leaves the machine refused, and none attempted."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser_support import ask, chromium, serving, visiting

ROOT = Path(__file__).parent.parent
QUESTION = "When did Putin arrive in Hanoi?"


def offline(home: Path) -> dict[str, str]:
    """An environment in which child processes are blocked, without keys, settings or caches of this user."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CITEDESK", "OPENAI", "CHROMA"))}
    return kept | {
        "HOME": str(home),
        "CITEDESK_HOME": str(home / "data"),
        "CITEDESK_TEST_LEAKS": str(home / "leaks"),
        "PYTHONPATH": f"{ROOT / 'tests' / 'blocked'}{os.pathsep}{ROOT}",
    }


def leaks(home: Path) -> str:
    """What tried to leave the machine, a line each."""
    noted = home / "leaks"
    return noted.read_text(encoding="utf-8") if noted.exists() else ""


def cli(environment: dict[str, str], *arguments: str, prefix: tuple[str, ...] = ()) -> str:
    """The standard output of one citedesk command, which must succeed."""
    command = [*prefix, sys.executable, "-c", "from rag.cli import main; main()", *arguments]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_block_blocks(tmp_path: Path) -> None:
    script = "import socket; socket.getaddrinfo('outside.invalid', 80)"
    done = subprocess.run([sys.executable, "-c", script], env=offline(tmp_path), capture_output=True, text=True)
    assert "would leave the machine" in done.stderr
    assert "outside.invalid" in leaks(tmp_path)


def test_ingest_ask_documents_and_doctor(tmp_path: Path) -> None:
    environment = offline(tmp_path)
    assert "0 failed" in cli(environment, "ingest", "corpus")
    found = json.loads(cli(environment, "ask", "--json", QUESTION))
    assert found["citations"] and not found["refused"]
    assert "Hanoi" in cli(environment, "documents")
    assert "FAIL" not in cli(environment, "doctor")
    assert leaks(tmp_path) == ""


def test_in_a_network_namespace_without_any_network(tmp_path: Path) -> None:
    prefix = ("unshare", "--map-root-user", "--net")
    if not shutil.which("unshare") or subprocess.run([*prefix, "true"], capture_output=True).returncode:
        pytest.skip("this machine gives no network namespaces to its users")
    environment = offline(tmp_path)
    assert "0 failed" in cli(environment, "ingest", "corpus", prefix=prefix)
    assert json.loads(cli(environment, "ask", "--json", QUESTION, prefix=prefix))["citations"]


@pytest.mark.browser
def test_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = offline(tmp_path)
    with chromium() as browser:
        for name in ("PYTHONPATH", "CITEDESK_TEST_LEAKS", "HOME"):
            monkeypatch.setenv(name, blocked[name])
        with serving(ROOT / "corpus", tmp_path / "data") as server, visiting(browser, server) as watched:
            ask(watched.page, QUESTION)
            assert watched.page.locator(".cd-claims a").count() > 0
    assert leaks(tmp_path) == ""
