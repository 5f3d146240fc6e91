"""What each command does with its arguments; ``rag.arguments`` says what these are.

The rooms' libraries take a second to import, so each command imports what it needs: --help is immediate.
"""

import gc
import runpy
import sys
from argparse import Namespace
from collections.abc import Sequence

from index.errors import UsageError
from rag import early
from rag.settings import read

ELSEWHERE = {  # commands of rooms that stand on this one
    "serve": "ui",
    "users": "ui.access",
    "feedback": "ui.keeping",
    "mcp": "ui.mcp",
    "widget-demo": "ui.widget",
    "eval": "evals",
    "bench": "evals.bench",
}


def elsewhere(module: str, command: str, arguments: Sequence[str]) -> int:
    """Runs a module of another room as ``command``, and returns its exit code: 2 where a package of its is missing, 130
    where it was stopped."""
    gc.enable()
    sys.argv = [command, *arguments]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except ModuleNotFoundError as error:
        say(f"citedesk: the package {error.name} is missing; `python -m pip install {error.name}` may bring it")
        return 2
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except KeyboardInterrupt:
        return 130
    return 0


def say(text: str) -> None:
    """One line on standard error."""
    sys.stderr.write(text + "\n")


# Each of the following returns the exit code, and raises CitedeskError where it cannot be done.


def ingest(parsed: Namespace) -> int:
    """Reads ``paths`` into the library, or embeds it again with ``reembed``."""
    if bool(parsed.paths) == parsed.reembed:
        raise UsageError("name the files or folders to ingest, or give --reembed alone")
    from rag.batch import ingest_command, reembed_command

    _imported()
    if parsed.reembed:
        return reembed_command(read())
    return ingest_command(read(), parsed.paths, parsed.allow_empty)


def ask(parsed: Namespace) -> int:
    """Answers ``question``, or each of ``questions``."""
    if (parsed.question is None) == (parsed.questions is None):
        raise UsageError("give one question in quotation marks, or --questions FILE")
    settings = read()
    early.models()
    # The first two now, in a hurry, and not within the time that an answer takes.
    import index.chroma  # noqa: F401
    import rag.llama  # noqa: F401
    from rag.batch import Limits, ask_command
    from rag.types import Filters, Part, Style

    _imported()
    filters = Filters(parsed.since, parsed.until, tuple(parsed.outlet), tuple(parsed.document))
    style = Style(parsed.style) if parsed.style else None
    limits = Limits(filters, () if parsed.no_infer else tuple(Part), parsed.today, not parsed.quote, style)
    return ask_command(settings, parsed.question, parsed.questions, limits, parsed.json)


def documents(parsed: Namespace) -> int:
    """Lists the documents in the library that are wanted."""
    from rag.catalogue import Wanted
    from rag.shown import documents_command

    suffixes = frozenset(f".{kind.lower().lstrip('.')}" for kind in parsed.kind)
    languages = frozenset(code.lower() for code in parsed.language)
    wanted = Wanted(tuple(parsed.words), frozenset(parsed.outlet), languages, suffixes, parsed.since, parsed.until)
    return documents_command(read(), wanted, parsed.json)


def show(parsed: Namespace) -> int:
    """Shows the document ``id``."""
    from rag.shown import show_command

    return show_command(read(), parsed.id, parsed.json)


def remove(parsed: Namespace) -> int:
    """Takes what is ``named`` out of the library, after asking."""
    from rag.shown import remove_command

    return remove_command(read(), parsed.named, lambda asked: parsed.yes or _agreed(asked))


def _agreed(asked: str) -> bool:
    """Asks at the terminal; UsageError where there is none."""
    if not sys.stdin.isatty():
        raise UsageError("there is nobody to ask; give --yes to do it")
    return input(f"{asked} [y/N] ").strip().lower() in ("y", "yes")


def backup(parsed: Namespace) -> int:
    """Writes a backup to ``file``, or reads one with ``verify``."""
    from rag.keeping import backup_command, verify_command

    return verify_command(parsed.file) if parsed.verify else backup_command(read(), parsed.file, parsed.force)


def restore(parsed: Namespace) -> int:
    """Puts back the backup in ``file``."""
    from rag.keeping import restore_command

    return restore_command(read(), parsed.file, parsed.into, parsed.force)


def doctor(parsed: Namespace) -> int:
    """Prints what was checked, and what to do where a check failed; then the code is 1."""
    from rag.doctor import checks

    healthy = True
    for check in checks(read()):
        sys.stdout.write(f"{'ok  ' if check.passed else 'FAIL'}  {check.what}: {check.found}\n")
        healthy = healthy and check.passed
        if not check.passed:
            sys.stdout.write(f"      → {check.remedy}\n")
    if parsed.production:
        sys.stdout.flush()
        return max(int(not healthy), elsewhere("ui.operations.production", "citedesk doctor --production", ()))
    return 0 if healthy else 1


def _imported() -> None:
    """From here on garbage is collected again; what was imported is no garbage and is not looked at."""
    gc.freeze()
    gc.enable()
