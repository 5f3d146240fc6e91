"""What the commands do and print: ingest with progress and summary, ask one or many."""

import json
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import monotonic

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as Bar

from index.errors import CitedeskError, UsageError
from index.ingest import Progress, Summary, reembed
from index.parse import ADVICE
from index.progress import WAITING
from rag.answer import stream
from rag.desk import Desk, ingest_paths, open_desk, with_the_only_model
from rag.record import record
from rag.settings import Settings
from rag.shown import entry_line
from rag.tell import tell_growing
from rag.types import Answer, Filters, Part, Style, Turn

_EVERY = 30.0  # seconds between lines about progress, where there is no terminal


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a batch; ``history`` is what was said before it, oldest first."""

    id: str
    text: str
    history: tuple[Turn, ...] = ()


def ingest_command(settings: Settings, paths: Sequence[Path], allow_empty: bool) -> int:
    """``citedesk ingest PATH…``: 0, or 1 when a file or folder could not be ingested."""
    with closing(open_desk(settings)) as desk, bar() as advance:
        summary = ingest_paths(desk, paths, advance, allow_empty=allow_empty)
    _write(summarise(summary))
    return 1 if summary.failed else 0


def reembed_command(settings: Settings) -> int:
    """``citedesk ingest --reembed``."""
    with closing(open_desk(settings)) as desk, bar() as advance:
        number = reembed(desk.library, desk.index, desk.model, advance)
    _write(f"embedded {number} chunks again with {desk.model.model_name}")
    return 0


@dataclass(frozen=True, slots=True)
class Limits:
    """What the command line limits a search to: ``filters``, and ``infer``, what a question's own words may add to
    them, with dates counted from ``today`` (None: the day it is); whether a model may ``write``, and in which style
    (None: the settings')."""

    filters: Filters
    infer: Collection[Part] = tuple(Part)
    today: date | None = None
    write: bool = True
    style: Style | None = None


def ask_command(settings: Settings, question: str | None, file: str | None, limits: Limits, as_json: bool) -> int:
    """``citedesk ask``: 0, or 1 when some question of a file could not be answered for an error."""
    with closing(open_desk(with_the_only_model(settings) if limits.write else settings)) as desk:
        _check(desk, limits.filters)

        def answers(text: str, history: Sequence[Turn] = ()) -> Iterator[Answer]:
            return stream(
                desk,
                text,
                history,
                limits.filters,
                today=limits.today,
                infer=limits.infer,
                write=limits.write,
                style=limits.style,
            )

        if question is not None:
            if as_json:
                *_, found = answers(question)
                _write(json.dumps(record(found, "1"), ensure_ascii=False))
            else:
                tell_growing(answers(question))
            return 0
        failed = False
        for each in list(questions(_lines(file or "-"))):  # a line that is wrong is told before any is answered
            try:
                *_, found = answers(each.text, each.history)
                line = record(found, each.id)
            except CitedeskError as error:
                failed = True
                line = {"id": each.id, "question": each.text, "error": str(error)}
            _write(json.dumps(line, ensure_ascii=False))
            sys.stdout.flush()
        return 1 if failed else 0


def questions(lines: Sequence[str]) -> Iterator[Question]:
    """The questions of a file: a line each, as plain text or as a JSON object with ``question`` and, if it likes,
    ``id`` (default: the line's number) and ``history`` (objects with question and answer). Blank lines are skipped.
    Raises UsageError, with the line's number, for a line that is neither."""
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text.startswith("{"):
            if text:
                yield Question(str(number), text)
            continue
        try:
            given = json.loads(text)
            turns = tuple(Turn(str(turn["question"]), str(turn["answer"])) for turn in given.get("history", []))
            yield Question(str(given.get("id", number)), str(given["question"]), turns)
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise UsageError(
                f"line {number} is not a JSON object with a question: {error}; "
                'it should look like {"id": "1", "question": "Who signed?"}'
            ) from error


def summarise(summary: Summary) -> str:
    """An ingest's summary for the terminal: what is new or different by name, the rest by number, failures last."""
    lines = []
    for label, entries in (("added", summary.added), ("changed", summary.changed), ("removed", summary.removed)):
        lines += [f"  {label:9} {entry_line(entry)}" for entry in entries]
    lines += [f"  {'failed':9} {failure.path}: {failure.reason}" for failure in summary.failed]
    advised = [name for name in summary.skipped if Path(name).suffix.lower() in ADVICE]
    lines += [f"  {'skipped':9} {name}: {ADVICE[Path(name).suffix.lower()]}" for name in advised]
    for names, why in (
        ([name for name in summary.skipped if name not in advised], "not a kind of file that is read"),
        (summary.excluded, "taken out before; name the file itself to have it back"),
    ):
        if names:
            some = ", ".join(Path(name).name for name in names[:5])
            more = f" and {len(names) - 5:,} more" if len(names) > 5 else ""
            lines.append(f"  {'skipped':9} {some}{more} ({why})")
    counts = [
        f"{len(summary.added)} added",
        f"{len(summary.changed)} changed",
        f"{len(summary.unchanged)} unchanged",
        f"{len(summary.removed)} removed",
        f"{len(summary.failed)} failed",
    ]
    return "\n".join([*lines, ", ".join(counts)])


@contextmanager
def bar() -> Iterator[Callable[[Progress], None]]:
    """A progress bar on standard error, some lines where that is no terminal, and the function that moves it."""
    columns = (
        TextColumn("{task.description:32.32}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[said]}"),
    )
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _lines_of_progress()
        return
    with Bar(*columns, console=console, transient=True) as shown:
        task = shown.add_task("", total=None, said="")

        def advance(progress: Progress) -> None:
            shown.update(
                task,
                completed=progress.done,
                total=progress.total or None,
                description=escape(progress.name),
                said=progress.words,
            )

        yield advance


def _lines_of_progress() -> Callable[[Progress], None]:
    """Says every half a minute how far an ingest is, and at once when it waits."""
    due, waiting = monotonic() + _EVERY, False

    def advance(progress: Progress) -> None:
        nonlocal due, waiting
        if progress.name == WAITING and not waiting:
            waiting = True
            sys.stderr.write(f"{progress.name}\n")
            sys.stderr.flush()
        elif progress.total and monotonic() >= due:
            due = monotonic() + _EVERY
            said = f", {progress.words}" if progress.words else ""
            sys.stderr.write(f"{progress.name}: {progress.done:,} of {progress.total:,}{said}\n")
            sys.stderr.flush()

    return advance


def _check(desk: Desk, filters: Filters) -> None:
    if not desk.library.count_chunks():
        raise UsageError("the library is empty; add documents with `citedesk ingest PATH…`")
    unknown = sorted(set(filters.outlets) - set(desk.library.outlets()))
    if unknown:
        raise UsageError(
            f"no document is from {', '.join(unknown)}; the outlets are: {', '.join(desk.library.outlets())}"
        )
    for document_id in filters.documents:
        desk.library.document(document_id)


def _lines(file: str) -> list[str]:
    # Not splitlines(): JSON may hold U+2028 and other characters that it takes for the end of a line.
    if file == "-":
        return sys.stdin.read().split("\n")
    try:
        return Path(file).read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read as UTF-8 text: {error}") from error


def _write(text: str) -> None:
    sys.stdout.write(text.encode("utf-8", "replace").decode("utf-8") + "\n")
