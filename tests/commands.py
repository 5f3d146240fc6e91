"""A command line run in this process: one of its own costs seconds, most of them to import what is here already."""

import io
import os
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path

from rag.cli import run

_OURS = ("CITEDESK", "OPENAI", "CHROMA")


def told(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """What ``citedesk ARGUMENTS`` writes, and its exit code, when it is started in ``folder`` with these settings and
    no others. What only a process can show (signals, pipes, a clean end) is not seen here."""
    environment, words = dict(os.environ), sys.argv
    out, errors = io.StringIO(), io.StringIO()
    for name in environment:
        if name.startswith(_OURS):
            del os.environ[name]
    os.environ.update(variables)
    try:
        with chdir(folder), redirect_stdout(out), redirect_stderr(errors):
            code = run(arguments)
    finally:
        sys.argv = words
        os.environ.clear()
        os.environ.update(environment)
    return subprocess.CompletedProcess(list(arguments), code, out.getvalue(), errors.getvalue())
