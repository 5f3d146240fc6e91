"""The Documents tab's table and the summary of an ingest, as HTML."""

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from index.ingest import Summary
from index.types import Entry, Relation
from rag.catalogue import Wanted, file_name
from rag.words import NO_DATE, count, iso
from ui.render import document_link, plain

SHOWN = 300
"""How many rows of documents are shown at once; the text filter narrows the rest."""

_SIGNS = {Relation.EARLIER: "superseded", Relation.REWORDED: "garbled rewrite"}


def documents(total: int, kept: Sequence[Entry], wanted: Wanted, standing: Mapping[str, Relation]) -> str:
    """The table of the ``kept`` documents, those ``wanted`` of the ``total``. ``standing`` says of the ids of documents
    that have a later version or a better source which of the two it is."""
    if not total:
        return (
            '<p class="cd-empty cd-vacant">There are no documents yet, or none that you may see. Administrators '
            "of this server add some under “Add documents”.</p>"
        )
    line = count(total, "document")
    if wanted != Wanted():
        line = f"{len(kept):,} of {line}"
    if len(kept) > SHOWN:
        line += f"; the newest {SHOWN} are shown. Narrow the list to see the others."
    if not kept:
        return (
            f'<p class="cd-count" role="status">{line}</p><p class="cd-empty">No document matches all of this. Take a '
            "word or a filter away, or clear the filters.</p>"
        )
    names = ["Title", "Outlet", "Date", "Author", "Paragraphs", "File"]
    limited = any(one.groups for one in kept)
    names += ["Only for"] if limited else []
    head = "".join(f'<th scope="col">{name}</th>' for name in names)
    rows = "".join(_row(one, standing.get(one.id), limited=limited) for one in kept[:SHOWN])
    table = f'<table class="cd-table"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
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


def _row(one: Entry, standing: Relation | None, *, limited: bool) -> str:
    """The entry's row; ``limited`` says that there are documents which are for some groups only."""
    sign = f' <span class="cd-sort">{_SIGNS[standing]}</span>' if standing in _SIGNS else ""
    cells = [
        ("Title", f'<a href="{document_link(one.id)}">{plain(one.title)}</a>{sign}'),
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
