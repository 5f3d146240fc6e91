"""The command line, from the first word to the exit code: ``rag.arguments`` parses it, ``rag.commands`` does it.

Exit codes: 0 done, 1 part of it failed (it says what), 2 it could not be done (it says why), 130 stopped by Ctrl-C.
"""

import gc
import os
import sys
from collections.abc import Sequence

from index.errors import CitedeskError
from rag.arguments import parser
from rag.commands import ELSEWHERE, elsewhere, say
from rag.settings import quiet_environment


def main() -> None:
    """The ``citedesk`` command."""
    # The libraries make no garbage while they are imported; looking for it costs a fifth of a cold start, and
    # taking half a million objects apart at the end another.
    gc.disable()
    code = run(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def run(arguments: Sequence[str]) -> int:
    """Runs one command line and returns its exit code; errors are told on standard error."""
    quiet_environment()
    if arguments and arguments[0] in ELSEWHERE:
        return elsewhere(ELSEWHERE[arguments[0]], f"citedesk {arguments[0]}", arguments[1:])
    try:
        parsed = parser().parse_args(arguments)
        code: int = parsed.command(parsed)
    except CitedeskError as error:
        say(f"citedesk: {error}")
        return 2
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 — the reader of the pipe has left
        return 0
    except KeyboardInterrupt:
        say("\nstopped")
        return 130
    except SystemExit as stop:  # argparse: --help or a wrong option
        return int(stop.code or 0)
    return code
