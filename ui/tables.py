"""The Documents tab's table and the summary of an ingest, as HTML."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from index.ingest import Summary
from index.types import Entry
from rag.catalogue import Wanted, file_name, listed
from rag.words import NO_DATE, count, iso
from ui.render import document_link, plain

SHOWN = 300
"""How many rows of documents are shown at once; the text filter narrows the rest."""


def documents(entries: Sequence[Entry], wanted: Wanted) -> str:
    """The table of the documents that are wanted."""
    if not entries:
        return '<p class="cd-empty">There are no documents yet.</p>'
    kept = listed(entries, wanted)
    line = count(len(entries), "document")
    if wanted != Wanted():
        line = f"{len(kept):,} of {line}"
    if len(kept) > SHOWN:
        line += f"; the first {SHOWN} are shown, type to narrow them"
    names = ["Title", "Outlet", "Date", "Author", "Paragraphs", "File"]
    limited = any(one.groups for one in entries)
    names += ["Only for"] if limited else []
    head = "".join(f'<th scope="col">{name}</th>' for name in names)
    rows = "".join(_row(one, limited=limited) for one in kept[:SHOWN])
    table = f'<table class="cd-table"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>' if kept else ""
    return f'<p class="cd-count" role="status">{line}</p><div class="cd-scroll">{table}</div>'


def summary(done: Summary) -> str:
    """What an ingest did: a line of counts, then a row a file that was added, changed, removed or failed."""
    parts = [
        f"{len(done.added):,} added",
        f"{len(done.changed):,} changed",
        f"{len(done.unchanged):,} unchanged",
        f"{len(done.removed):,} removed",
        f"{len(done.failed):,} failed",
        f"{len(done.skipped):,} of another kind left out" if done.skipped else "",
    ]
    rows = [
        f'<tr class="cd-failed"><td>Failed</td><td>{plain(_failed_name(one.path))}</td>'
        f"<td>{plain(one.reason)}</td></tr>"
        for one in done.failed[:SHOWN]
    ]
    for name, entries in (("Added", done.added), ("Changed", done.changed), ("Removed", done.removed)):
        rows += [_done(name, one) for one in entries[:SHOWN]]
    head = '<th scope="col">Result</th><th scope="col">File</th><th scope="col">Title or reason</th>'
    table = f'<table class="cd-table"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
    return (
        f'<p class="cd-count" role="status">{", ".join(part for part in parts if part)}.</p>'
        f'<div class="cd-scroll">{table if rows else ""}</div>'
    )


def _failed_name(path: str) -> str:
    """The name of a file without its folder, and of a part of it with that file's."""
    file, arrow, part = path.partition(" → ")
    return PurePosixPath(file).name + arrow + part


def failure(reason: str) -> str:
    """Why nothing was ingested."""
    return f'<p class="cd-problem" role="alert">{plain(reason)}</p>'


def _row(one: Entry, *, limited: bool) -> str:
    """The entry's row; ``limited`` says that there are documents which are for some groups only."""
    cells = [
        ("Title", f'<a href="{document_link(one.id)}">{plain(one.title)}</a>'),
        ("Outlet", plain(one.outlet or "")),
        ("Date", iso(one.published, one.precision) or NO_DATE),
        ("Author", plain(one.author or "")),
        ("Paragraphs", f"{one.paragraphs:,}"),
        ("File", plain(" → ".join(filter(None, (file_name(one), one.part))))),
    ]
    cells += [("Only for", plain(", ".join(sorted(one.groups))))] if limited else []
    row = "".join(f'<td data-name="{name}" dir="auto">{cell}</td>' for name, cell in cells)
    return f"<tr>{row}</tr>"


def _done(result: str, one: Entry) -> str:
    title = plain(one.title) if result == "Removed" else f'<a href="{document_link(one.id)}">{plain(one.title)}</a>'
    return f"<tr><td>{result}</td><td>{plain(file_name(one))}</td><td>{title}</td></tr>"
