"""A server in a process of its own over the sample documents, and its memory."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from evals.bench.tools import child, command

_CLI = ("-c", "from rag.cli import main; main()")
# Everybody is who a header says, so that one process can ask as many people.
SETTINGS = {"CITEDESK_ACCESS": "proxy", "CITEDESK_PROXIES": "127.0.0.1", "CITEDESK_ADMINS": ""}


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers: its address and its process."""

    address: str
    process: int

    def megabytes(self) -> float:
        """Resident memory of the process now. Linux only."""
        status = Path(f"/proc/{self.process}/status").read_text(encoding="utf-8")
        held = dict(line.split(":", 1) for line in status.splitlines())
        return int(held["VmRSS"].split()[0]) / 1e3

    def threads(self) -> int:
        """Threads of the process now. Linux only."""
        return len(list(Path(f"/proc/{self.process}/task").iterdir()))


def filled(home: Path, corpus: Path) -> Path:
    """``home`` with a library of ``corpus``. Raises CalledProcessError when it cannot be made."""
    command(home, ["ingest", str(corpus)])
    return home


@contextmanager
def running(home: Path, settings: Mapping[str, str]) -> Iterator[Running]:
    """A server with default settings but for ``settings``; at the end it is gone. In the main thread only.

    Raises CalledProcessError when it does not start.
    """
    given = [f"{name}={value}" for name, value in {**SETTINGS, **settings}.items()]
    # The shell becomes `env`, and that the server: all have one number. What it logs goes into a file.
    start = ["sh", "-c", 'exec "$@" 2>"$0"', str(home / "log"), "env", *given]
    with child([*start, sys.executable, *_CLI, "serve", "--port", "0"], home) as process:
        assert process.stdout is not None
        line = process.stdout.readline().decode()
        if " at " not in line:
            sys.stderr.write((home / "log").read_text(encoding="utf-8"))
            raise subprocess.CalledProcessError(process.wait(), "citedesk serve")
        yield Running(line.split(" at ")[1].split()[0], process.pid)
