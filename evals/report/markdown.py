"""The report of a run as Markdown: for the terminal, and to be pasted into a document."""

import math
from collections.abc import Iterator, Sequence

from evals.compare import Change
from evals.judge import agreement
from evals.report.layout import NONE, heading, interval, milliseconds, number, plain, settings, table, wrapped
from evals.report.sheets import (
    PARTS,
    QUESTIONS,
    Against,
    Comparison,
    Findings,
    Line,
    Sheet,
    by_type,
    findings,
    got_worse,
    systems,
)
from evals.results import OURS, Row
from evals.runs import Run

_RANKINGS = ("hit@1", "hit@10", "nDCG@10", "MRR@10", "MAP@5")  # the others are in the HTML report only


def markdown(run: Run, rows: Sequence[Row], against: Against | None, found: Findings | None = None) -> str:
    """The report of a run; with ``against``, what changed since. ``found`` are the findings, where already computed."""
    found = found or findings(rows, against)
    lines = [*_header(run, len(rows))]
    lines += _summary(found.sheets) if rows else ["No case was graded.", ""]
    if (told := agreement(rows)) is not None:
        lines += [*wrapped(told), ""]
    if found.comparison is not None:
        lines += _changed(found.comparison)
    for sheet in found.sheets:
        lines += _suite(sheet)
    return "\n".join(lines).rstrip("\n") + "\n"


def said(change: Change) -> str:
    """A changed figure in words, such as ``own: hit@1 0.900 → 0.800, −0.100 [−0.200, −0.010], n=76``."""
    was, now, by = number(change.before), number(change.after), interval(change.difference, signed=True)
    return f"{plain(change.suite)}: {change.figure.name} {was} → {now}, {by}, n={change.difference.n}"


def _header(run: Run, n: int) -> Iterator[str]:
    yield from wrapped(heading(run, n))
    yield ""
    if shown := settings(run):
        yield from wrapped(f"Settings: {plain(shown)}")
        yield ""


def _summary(found: Sequence[Sheet]) -> Iterator[str]:
    kept = {name: short for name, short in QUESTIONS.items() if any(sheet.line(name) for sheet in found)}
    having = [sheet for sheet in found if any(sheet.line(name) for name in kept)]
    if having:
        body = [(*_named(sheet), *(_brief(sheet.line(name)) for name in kept)) for sheet in having]
        yield from table(("suite", "n", *kept.values()), body)
    if any(_plain(line) for sheet in having for line in sheet.headline()):
        yield "citedesk; in brackets the best plain baseline of the same run."
        yield ""
    lines = [(sheet, line) for sheet in found for name in PARTS if (line := sheet.line(name)) is not None]
    if lines:
        body = [(*_named(sheet), line.figure.name, _ours(line), _plain(line)) for sheet, line in lines]
        yield from table(("suite", "n", "figure", "citedesk", "best plain baseline"), body, left=(0, 2))


def _named(sheet: Sheet) -> tuple[str, str]:
    return plain(sheet.suite), f"{len(sheet.rows):,}"


def _ours(line: Line) -> str:
    return interval(line.estimates[OURS]) if OURS in line.estimates else NONE


def _plain(line: Line) -> str:
    best = line.best_plain()
    return f"{plain(best[0])} {interval(best[1])}" if best else ""


def _brief(line: Line | None) -> str:
    """Ours with the best baseline in brackets, with two decimals: an overview needs no more."""
    if line is None:
        return NONE
    ours, best = line.estimates.get(OURS), line.best_plain()
    value = NONE if ours is None or math.isnan(ours.value) else f"{ours.value:.2f}"
    return f"{value} ({plain(best[0])} {best[1].value:.2f})" if best else value


def _changed(found: Comparison) -> Iterator[str]:
    yield f"## Against {plain(found.name)}"
    yield ""
    worse = sum(got_worse(flip) for flip in found.flips)
    others = f"; {found.new:,} cases are in this run only" if found.new else ""
    yield (
        f"{found.compared:,} cases in both{others}. Outcomes changed: {len(found.flips)} "
        f"({worse} worse, {len(found.flips) - worse} better)."
    )
    yield ""
    for change in found.changes:
        if change.worse:
            yield from wrapped(f"- ▼ worse: {said(change)}", "  ")
    for change in found.changes:
        if change.better:
            yield from wrapped(f"- ▲ better: {said(change)}", "  ")
    if not any(change.worse or change.better for change in found.changes):
        yield "No figure changed beyond its interval."
    yield ""


def _suite(sheet: Sheet) -> Iterator[str]:
    yield f"## {plain(sheet.suite)}, {len(sheet.rows):,} case{'' if len(sheet.rows) == 1 else 's'}"
    yield ""
    for name, lines in sheet.sections().items():
        if kept := [line for line in lines if name != "Retrieval" or _kept(line)]:
            yield from _section(name, kept)
    if sheet.times():
        yield f"### Time, {sheet.times()[0][1].main.n:,} cases"
        yield ""
        yield from table(("stage, ms", "p50", "p95"), [_stage(*each) for each in sheet.times()])
    if len(sheet.types()) > 1:
        head, body = by_type(sheet)
        yield "### By type"
        yield ""
        yield from table(head, [[plain(cell) for cell in row] for row in body])


def _section(name: str, lines: Sequence[Line]) -> Iterator[str]:
    found = systems(lines)
    counts = {line.main.n for line in lines}
    unscored = any(line.main.unscored for line in lines)
    yield f"### {name}" + (f", n={min(counts):,}" if len(counts) == 1 else "")
    yield ""
    head = ["figure", *map(plain, found), *(["n"] if len(counts) > 1 else []), *(["unscored"] if unscored else [])]
    body = []
    for line in lines:
        values = [interval(line.estimates[system]) if system in line.estimates else "" for system in found]
        count = [f"{line.main.n:,}"] if len(counts) > 1 else []
        body.append([line.figure.name, *values, *count, *([str(line.main.unscored)] if unscored else [])])
    yield from table(head, body)


def _stage(name: str, middle: Line, high: Line) -> tuple[str, str, str]:
    return name, milliseconds(middle.main.value), milliseconds(high.main.value)


def _kept(line: Line) -> bool:
    return line.figure.name.split(" ", 1)[-1] in _RANKINGS
