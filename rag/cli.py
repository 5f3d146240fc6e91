"""The command line: ingest, ask, serve, users, documents, doctor, eval and the rest.

Exit codes: 0 done, 1 part of it failed (it says what), 2 it could not be done (it says why), 130 stopped by Ctrl-C.
"""

import argparse
import gc
import os
import runpy
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from index.errors import CitedeskError, UsageError
from rag import early
from rag.settings import quiet_environment, read

_ELSEWHERE = {  # commands of rooms that stand on this one
    "serve": "ui",
    "users": "ui.access",
    "feedback": "ui.keeping",
    "mcp": "ui.mcp",
    "widget-demo": "ui.widget",
    "eval": "evals",
    "bench": "evals.bench",
}


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
    if arguments and arguments[0] in _ELSEWHERE:
        return _module(_ELSEWHERE[arguments[0]], f"citedesk {arguments[0]}", arguments[1:])
    try:
        parsed = _parser().parse_args(arguments)
        code: int = parsed.command(parsed)
    except CitedeskError as error:
        _say(f"citedesk: {error}")
        return 2
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 — the reader of the pipe has left
        return 0
    except KeyboardInterrupt:
        _say("\nstopped")
        return 130
    except SystemExit as stop:  # argparse: --help or a wrong option
        return int(stop.code or 0)
    return code


def _module(name: str, command: str, arguments: Sequence[str]) -> int:
    gc.enable()
    sys.argv = [command, *arguments]
    try:
        runpy.run_module(name, run_name="__main__", alter_sys=True)
    except ModuleNotFoundError as error:
        _say(f"citedesk: the package {error.name} is missing; `python -m pip install {error.name}` may bring it")
        return 2
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="citedesk",
        description="Answers questions over a folder of documents; every sentence is cited to its paragraph.",
        epilog="`citedesk COMMAND --help` tells more. Settings are environment variables; the README lists them.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    ingest = commands.add_parser("ingest", help="read files and folders into the library, or bring it up to date")
    ingest.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="a file, or a folder with its sub-folders")
    ingest.add_argument(
        "--allow-empty",
        action="store_true",
        help="forget documents though a whole PATH is gone, and ingest without a metadata.csv that is gone",
    )
    ingest.add_argument("--reembed", action="store_true", help="embed the whole library again with the model now set")
    ingest.set_defaults(command=_ingest)

    ask = commands.add_parser("ask", help="answer a question, or many")
    ask.add_argument("question", nargs="?", help="the question")
    ask.add_argument(
        "--questions", metavar="FILE", help="a question a line, or JSONL with id and question; - for stdin"
    )
    ask.add_argument("--json", action="store_true", help="print the answer as one JSON object")
    ask.add_argument("--since", type=_day, metavar="DATE", help="only documents published on or after YYYY-MM-DD")
    ask.add_argument("--until", type=_day, metavar="DATE", help="only documents published on or before YYYY-MM-DD")
    ask.add_argument("--outlet", action="append", default=[], help="only this outlet (may be given several times)")
    ask.add_argument("--document", action="append", default=[], metavar="ID", help="only this document (several too)")
    ask.add_argument("--today", type=_day, metavar="DATE", help='count "this week" and the like from YYYY-MM-DD')
    ask.add_argument("--no-infer", action="store_true", help="read no dates or outlets from the question as limits")
    ask.add_argument("--style", choices=("brief", "detailed", "bullets"), help="how the model writes, if there is one")
    ask.add_argument("--quote", action="store_true", help="answer with quotations, even where a model could write")
    ask.set_defaults(command=_ask)

    commands.add_parser("serve", help="open the chat page in a browser", add_help=False)

    commands.add_parser("users", help="people who may sign in, and their API keys", add_help=False)

    commands.add_parser("feedback", help="what people thought of answers, as cases for eval", add_help=False)

    commands.add_parser("mcp", help="serve assistants that speak the Model Context Protocol", add_help=False)

    commands.add_parser("widget-demo", help="serve a page of another site with the widget in it", add_help=False)

    documents = commands.add_parser("documents", help="list what is in the library")
    documents.add_argument("words", nargs="*", metavar="WORD", help="only with each of these in title, outlet, file…")
    documents.add_argument("--since", type=_day, metavar="DATE", help="only published on or after YYYY-MM-DD")
    documents.add_argument("--until", type=_day, metavar="DATE", help="only published on or before YYYY-MM-DD")
    documents.add_argument("--outlet", action="append", default=[], help="only of this outlet (several too)")
    documents.add_argument("--language", action="append", default=[], metavar="CODE", help="only in this one, as en")
    documents.add_argument("--kind", action="append", default=[], metavar="SUFFIX", help="only of such files, as pdf")
    documents.add_argument("--json", action="store_true", help="print one JSON object a document")
    documents.set_defaults(command=_documents)

    show = commands.add_parser("show", help="show a document: what is known of it, and its paragraphs")
    show.add_argument("id", metavar="ID", help="as `citedesk documents` lists it")
    show.add_argument("--json", action="store_true", help="print one JSON object")
    show.set_defaults(command=_show)

    remove = commands.add_parser("remove", help="take files out of the library, and keep them out of later ingests")
    remove.add_argument("named", nargs="+", metavar="ID|PATH", help="a document, a file, or a folder with all below it")
    remove.add_argument("--yes", action="store_true", help="do not ask")
    remove.set_defaults(command=_remove)

    doctor = commands.add_parser("doctor", help="check library, index, model and endpoint, and say what to do")
    doctor.add_argument("--production", action="store_true", help="check also what a server for others needs")
    doctor.set_defaults(command=_doctor)

    backup = commands.add_parser("backup", help="write library, accounts and conversations to one file")
    backup.add_argument("file", type=Path, metavar="FILE", help="the file to write; a server may run meanwhile")
    backup.add_argument("--force", action="store_true", help="write over FILE where there is one")
    backup.add_argument("--verify", action="store_true", help="only read FILE, and say whether it is whole")
    backup.set_defaults(command=_backup)

    restore = commands.add_parser("restore", help="put back what a backup holds")
    restore.add_argument("file", type=Path, metavar="FILE", help="what `citedesk backup` wrote")
    restore.add_argument("--into", type=Path, metavar="HOME", help="the folder to restore to (default: CITEDESK_HOME)")
    restore.add_argument("--force", action="store_true", help="move what is there aside")
    restore.set_defaults(command=_restore)

    commands.add_parser("eval", help="measure answers, citations, refusals and retrieval", add_help=False)

    commands.add_parser("bench", help="measure speed and memory on this machine", add_help=False)
    return parser


# The rooms' libraries take a second to import, so each command imports what it needs: --help is immediate.


def _ingest(parsed: argparse.Namespace) -> int:
    if bool(parsed.paths) == parsed.reembed:
        raise UsageError("name the files or folders to ingest, or give --reembed alone")
    from rag.batch import ingest_command, reembed_command

    _imported()
    if parsed.reembed:
        return reembed_command(read())
    return ingest_command(read(), parsed.paths, parsed.allow_empty)


def _ask(parsed: argparse.Namespace) -> int:
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


def _documents(parsed: argparse.Namespace) -> int:
    from rag.catalogue import Wanted
    from rag.shown import documents_command

    suffixes = frozenset(f".{kind.lower().lstrip('.')}" for kind in parsed.kind)
    languages = frozenset(code.lower() for code in parsed.language)
    wanted = Wanted(tuple(parsed.words), frozenset(parsed.outlet), languages, suffixes, parsed.since, parsed.until)
    return documents_command(read(), wanted, parsed.json)


def _show(parsed: argparse.Namespace) -> int:
    from rag.shown import show_command

    return show_command(read(), parsed.id, parsed.json)


def _remove(parsed: argparse.Namespace) -> int:
    from rag.shown import remove_command

    return remove_command(read(), parsed.named, lambda asked: parsed.yes or _agreed(asked))


def _agreed(asked: str) -> bool:
    """Asks at the terminal; UsageError where there is none."""
    if not sys.stdin.isatty():
        raise UsageError("there is nobody to ask; give --yes to do it")
    return input(f"{asked} [y/N] ").strip().lower() in ("y", "yes")


def _backup(parsed: argparse.Namespace) -> int:
    from rag.keeping import backup_command, verify_command

    return verify_command(parsed.file) if parsed.verify else backup_command(read(), parsed.file, parsed.force)


def _restore(parsed: argparse.Namespace) -> int:
    from rag.keeping import restore_command

    return restore_command(read(), parsed.file, parsed.into, parsed.force)


def _doctor(parsed: argparse.Namespace) -> int:
    from rag.doctor import checks

    healthy = True
    for check in checks(read()):
        sys.stdout.write(f"{'ok  ' if check.passed else 'FAIL'}  {check.what}: {check.found}\n")
        healthy = healthy and check.passed
        if not check.passed:
            sys.stdout.write(f"      → {check.remedy}\n")
    if parsed.production:
        sys.stdout.flush()
        return max(int(not healthy), _module("ui.operations.production", "citedesk doctor --production", ()))
    return 0 if healthy else 1


def _imported() -> None:
    """From here on garbage is collected again; what was imported is no garbage and is not looked at."""
    gc.freeze()
    gc.enable()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date of the form YYYY-MM-DD") from None


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
