"""What `citedesk doctor --production` finds wrong with a machine, and what it passes."""

import socket
from pathlib import Path

from rag.settings import read
from ui.operations.production import checks


def found(home: Path, **environment: str) -> dict[str, str]:
    """What failed, with its remedy."""
    settings = read({"CITEDESK_HOME": str(home), **environment})
    return {check.what: f"{check.found} → {check.remedy}" for check in checks(settings) if not check.passed}


def test_a_machine_that_serves_its_own_user_is_not_ready_for_others(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "history.sqlite").touch(0o644)
    wrong = found(
        tmp_path, CITEDESK_KEEP_DAYS="0", CITEDESK_METRICS="aaaaaaaaaaaaaaaaaa", CHROMA_URL="http://127.0.0.1:1"
    )
    wrong.pop("user", None)  # where the tests are run by root
    assert set(wrong) == {"access", "address", "files", "audit log", "retention", "secrets", "Chroma"}
    assert f"chmod 700 {tmp_path} && chmod 600 {tmp_path / 'history.sqlite'}" in wrong["files"]
    assert "CITEDESK_METRICS" in wrong["secrets"] and "aaaa" not in wrong["secrets"]
    loose = found(
        tmp_path, CITEDESK_ACCESS="proxy", CITEDESK_PROXIES="10.0.0.0/8", CITEDESK_PUBLIC_URL="http://desk.example"
    )
    assert "10.0.0.0/8" in loose["proxies"] and "not encrypted" in loose["address"]
    assert "CITEDESK_PROXIES" in found(tmp_path, CITEDESK_ACCESS="proxy")["access"]


def test_one_that_is_set_up_passes(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with socket.create_server(("127.0.0.1", 0)) as chroma:
        wrong = found(
            tmp_path,
            CITEDESK_ACCESS="open",
            CITEDESK_PUBLIC_URL="https://desk.example/citedesk",
            CITEDESK_PROXIES="127.0.0.1",
            CITEDESK_AUDIT=str(tmp_path / "audit.jsonl"),
            CITEDESK_METRICS="0123456789abcdef0123",
            CHROMA_URL=f"http://127.0.0.1:{chroma.getsockname()[1]}",
        )
    wrong.pop("user", None)
    assert wrong == {}
