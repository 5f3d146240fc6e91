"""What each command takes: the words of the command line, and what ``--help`` says of them."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from pathlib import Path

from rag import commands as does


def parser() -> ArgumentParser:
    """The parser of the command line; what it parses has as ``command`` the function that does it.

    Commands of other rooms (``rag.commands.ELSEWHERE``) are only listed: they parse their own arguments.
    """
    found = ArgumentParser(
        prog="citedesk",
        description="Answers questions over a folder of documents; every sentence is cited to its paragraph.",
        epilog="`citedesk COMMAND --help` tells more. Settings are environment variables; the README lists them.",
    )
    commands = found.add_subparsers(required=True, metavar="COMMAND")
    _ingest(commands.add_parser("ingest", help="read files and folders into the library, or bring it up to date"))
    _ask(commands.add_parser("ask", help="answer a question, or many"))
    commands.add_parser("serve", help="open the chat page in a browser", add_help=False)
    commands.add_parser("users", help="people who may sign in, and their API keys", add_help=False)
    commands.add_parser("feedback", help="what people thought of answers, as cases for eval", add_help=False)
    commands.add_parser("mcp", help="serve assistants that speak the Model Context Protocol", add_help=False)
    commands.add_parser("widget-demo", help="serve a page of another site with the widget in it", add_help=False)
    _documents(commands.add_parser("documents", help="list what is in the library"))
    _show(commands.add_parser("show", help="show a document: what is known of it, and its paragraphs"))
    _remove(commands.add_parser("remove", help="take files out of the library, and keep them out of later ingests"))
    _doctor(commands.add_parser("doctor", help="check library, index, model and endpoint, and say what to do"))
    _backup(commands.add_parser("backup", help="write library, accounts and conversations to one file"))
    _restore(commands.add_parser("restore", help="put back what a backup holds"))
    commands.add_parser("eval", help="measure answers, citations, refusals and retrieval", add_help=False)
    commands.add_parser("bench", help="measure speed and memory on this machine", add_help=False)
    return found


def _ingest(ingest: ArgumentParser) -> None:
    ingest.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="a file, or a folder with its sub-folders")
    ingest.add_argument(
        "--allow-empty",
        action="store_true",
        help="forget documents though a whole PATH is gone, and ingest without a metadata.csv that is gone",
    )
    ingest.add_argument("--reembed", action="store_true", help="embed the whole library again with the model now set")
    ingest.set_defaults(command=does.ingest)


def _ask(ask: ArgumentParser) -> None:
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
    ask.set_defaults(command=does.ask)


def _documents(documents: ArgumentParser) -> None:
    documents.add_argument("words", nargs="*", metavar="WORD", help="only with each of these in title, outlet, file…")
    documents.add_argument("--since", type=_day, metavar="DATE", help="only published on or after YYYY-MM-DD")
    documents.add_argument("--until", type=_day, metavar="DATE", help="only published on or before YYYY-MM-DD")
    documents.add_argument("--outlet", action="append", default=[], help="only of this outlet (several too)")
    documents.add_argument("--language", action="append", default=[], metavar="CODE", help="only in this one, as en")
    documents.add_argument("--kind", action="append", default=[], metavar="SUFFIX", help="only of such files, as pdf")
    documents.add_argument("--json", action="store_true", help="print one JSON object a document")
    documents.set_defaults(command=does.documents)


def _show(show: ArgumentParser) -> None:
    show.add_argument("id", metavar="ID", help="as `citedesk documents` lists it")
    show.add_argument("--json", action="store_true", help="print one JSON object")
    show.set_defaults(command=does.show)


def _remove(remove: ArgumentParser) -> None:
    remove.add_argument("named", nargs="+", metavar="ID|PATH", help="a document, a file, or a folder with all below it")
    remove.add_argument("--yes", action="store_true", help="do not ask")
    remove.set_defaults(command=does.remove)


def _doctor(doctor: ArgumentParser) -> None:
    doctor.add_argument("--production", action="store_true", help="check also what a server for others needs")
    doctor.set_defaults(command=does.doctor)


def _backup(backup: ArgumentParser) -> None:
    backup.add_argument("file", type=Path, metavar="FILE", help="the file to write; a server may run meanwhile")
    backup.add_argument("--force", action="store_true", help="write over FILE where there is one")
    backup.add_argument("--verify", action="store_true", help="only read FILE, and say whether it is whole")
    backup.set_defaults(command=does.backup)


def _restore(restore: ArgumentParser) -> None:
    restore.add_argument("file", type=Path, metavar="FILE", help="what `citedesk backup` wrote")
    restore.add_argument("--into", type=Path, metavar="HOME", help="the folder to restore to (default: CITEDESK_HOME)")
    restore.add_argument("--force", action="store_true", help="move what is there aside")
    restore.set_defaults(command=does.restore)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a date of the form YYYY-MM-DD") from None
