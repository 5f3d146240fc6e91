"""``citedesk feedback`` and ``python -m ui.keeping``: what people think of answers, as a list or as eval cases."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from index.errors import CitedeskError, UsageError
from index.library import Library
from rag.record import Json
from rag.settings import read
from rag.words import count
from ui.keeping.cases import cases
from ui.keeping.history import History
from ui.keeping.kept import Judged
from ui.people import MACHINE


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns its exit code: 0 done, 2 it could not be done."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    asked = _parser().parse_args(given[1:] if given[:1] == ["feedback"] else given)
    try:
        return _run(asked)
    except CitedeskError as error:
        sys.stderr.write(f"citedesk feedback: {error}\n")
    except OSError as error:
        sys.stderr.write(f"citedesk feedback: {error.filename or 'the disk'}: {error.strerror or error}\n")
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="citedesk feedback", description="What people think of the answers that the server gave them."
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON object for each opinion")
    form.add_argument(
        "--cases",
        metavar="FILE",
        help="write them as cases: `citedesk eval --data FILE --documents FOLDER` runs them; - for standard output",
    )
    parser.add_argument("--force", action="store_true", help="write over FILE where there is one")
    return parser


def _run(asked: argparse.Namespace) -> int:
    home = read().home
    if not (home / "history.sqlite").exists():
        raise UsageError(f"there are no conversations in {home}; set CITEDESK_HOME to the home of the server")
    with closing(Library(home / "library.sqlite")) as library, closing(History(home / "history.sqlite")) as history:
        judged = history.judged(MACHINE, library)
        if asked.cases:
            return _cases(judged, library, asked.cases, force=asked.force)
    for one in judged:
        sys.stdout.write((json.dumps(_row(one), ensure_ascii=False) if asked.json else _line(one)) + "\n")
    if not judged and not asked.json:
        sys.stdout.write("Nobody has said anything of an answer yet.\n")
    return 0


def _cases(judged: Sequence[Judged], library: Library, file: str, *, force: bool) -> int:
    found = cases(judged, library)
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in found.rows)
    if file == "-":
        sys.stdout.write(text)
    elif not found.rows:
        sys.stderr.write("No opinion says what would have been right, so no cases were written.\n")
    elif Path(file).exists() and not force:
        raise UsageError(f"{file} is there already; name another file, or write over it with --force")
    else:
        Path(file).write_text(text, encoding="utf-8")
        sys.stderr.write(f"{count(len(found.rows), 'case')} written to {file}.\n")
    for reason, times in Counter(found.without).most_common():
        sys.stderr.write(f"No case of {count(times, 'opinion')}: {reason}.\n")
    return 0


def _row(one: Judged) -> Json:
    answer, opinion = one.kept.answer, one.opinion
    right = opinion.right
    return {
        "exchange": one.kept.id,
        "given": opinion.given.isoformat() if opinion.given else None,
        "vote": opinion.vote.value,
        "reason": opinion.reason.value if opinion.reason else None,
        "comment": opinion.comment,
        "paragraph": {"document_id": right.document_id, "paragraph": right.paragraph} if right else None,
        "question": answer.question,
        "answer": answer.text,
        "refused": answer.refused,
    }


def _line(one: Judged) -> str:
    opinion = one.opinion
    when = f"{opinion.given:%Y-%m-%d}" if opinion.given else ""
    told = " · ".join(filter(None, (opinion.reason.value if opinion.reason else "", opinion.comment)))
    return f"{when}  {opinion.vote.value:4}  {one.kept.answer.question}" + (
        f"\n                  {told}" if told else ""
    )
