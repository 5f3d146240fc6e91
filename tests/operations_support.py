"""The server in a process of its own, over one document, with the settings that a test wants."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
FERRY = "title: Ferry\noutlet: Coast Courier\n\nThe ferry Aurora was built by the Halden shipyard in 1987.\n"
QUESTION = "Which shipyard built the ferry Aurora?"


@contextmanager
def process(home: Path, settings: Mapping[str, str]) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """``python -m ui`` over one document, and its address."""
    (home / "corpus").mkdir(parents=True)
    (home / "corpus" / "ferry.md").write_text(FERRY, encoding="utf-8")
    environment = {**os.environ, "CITEDESK_HOME": str(home / "home"), **settings}
    command = [sys.executable, "-m", "ui", "--port", "0", str(home / "corpus")]
    with (
        (home / "errors").open("w") as errors,
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True) as run,
    ):
        try:
            assert run.stdout is not None
            line = run.stdout.readline()
            assert " at http://" in line, (home / "errors").read_text()
            yield run, line.split(" at ")[1].split()[0]
        finally:
            run.kill()
