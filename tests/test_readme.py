"""What the README tells a newcomer to type works, and what it points to is there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import told

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
ALL = ["ask", "backup", "bench", "doctor", "documents", "eval", "feedback", "ingest", "mcp", "remove", "restore"]
ALL += ["serve", "show", "users", "widget-demo"]
COMMANDS = sorted(set(re.findall(rf"citedesk ({'|'.join(ALL)})\b", README)))


def test_the_readme_names_every_command() -> None:
    assert COMMANDS == ALL


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_in_the_readme_is_in_the_help(command: str) -> None:
    rows = [line for line in README.splitlines() if line.startswith(f"| `citedesk {command}")]
    wanted = {option for row in rows for option in re.findall(r"--[a-z-]+", row)}
    if command == "serve":  # it settles the garbage collector for its whole process
        line = [sys.executable, "-c", "from rag.cli import main; main()", command, "--help"]
        done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True)
    else:
        done = told(ROOT, command, "--help")
    assert rows and done.returncode == 0
    assert f"usage: citedesk {command}" in done.stdout
    assert wanted <= set(re.findall(r"--[a-z-]+", done.stdout))


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#:]+)\)", README))
def test_every_link_leads_to_a_file(target: str) -> None:
    assert (ROOT / target).is_file()


def test_the_two_commands_are_targets_that_need_nothing_else() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in ("serve", "test"):
        assert f"make {target}" in README
        assert re.search(rf"^{target}: \.venv/", makefile, re.MULTILINE)


@pytest.mark.parametrize("name", ["rag.llama.CitedRetriever", "index.embed.embed"])
def test_names_in_the_readme_exist(name: str) -> None:
    assert f"`{name}`" in README
    module, _, attribute = name.rpartition(".")
    assert hasattr(__import__(module, fromlist=[attribute]), attribute)


def test_lock_files_carry_hashes_and_no_registry() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text and "--index" not in text
        pinned = re.findall(r"^[A-Za-z0-9_.\[\]-]+==", text, re.MULTILINE)
        assert len(pinned) > 100 and text.count("--hash=sha256:") >= len(pinned)
