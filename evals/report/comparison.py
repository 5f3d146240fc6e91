"""Two runs side by side, as Markdown."""

from collections.abc import Iterator, Sequence

from evals.compare import Change, Flip
from evals.report.layout import heading, interval, number, plain, table, wrapped
from evals.report.sheets import comparison, got_worse
from evals.results import Row, by_suite
from evals.runs import Run

_CUT = 80  # characters of a question


def compare_markdown(before: Run, before_rows: Sequence[Row], after: Run, after_rows: Sequence[Row]) -> str:
    """Every figure of our system in both runs over the cases that both graded, then the cases whose outcome changed."""
    lines = [
        *_run("before", before, len(before_rows)),
        *_run("after", after, len(after_rows)),
        *("", *_warnings(before, after)),
    ]
    found = comparison(before_rows, after_rows, "before")
    lines += [f"{found.compared:,} cases are in both runs.", ""]
    for suite in by_suite(after_rows):
        lines += _figures(suite, [change for change in found.changes if change.suite == suite])
    lines += _flips(found.flips)
    return "\n".join(lines).rstrip("\n") + "\n"


def _run(name: str, run: Run, n: int) -> list[str]:
    return wrapped(f"- {name}: {heading(run, n)} · code {plain(run.code)} · started {plain(run.started)}", "  ")


def _warnings(one: Run, other: Run) -> Iterator[str]:
    names = dict.fromkeys((*one.settings, *other.settings))
    told = [
        f"{name} {_value(one.settings.get(name))} → {_value(other.settings.get(name))}"
        for name in names
        if one.settings.get(name) != other.settings.get(name)
    ]
    for name, was, now in (
        ("suites", ", ".join(one.suites), ", ".join(other.suites)),
        ("data", ", ".join(one.data), ", ".join(other.data)),
        ("limit", _value(one.limit), _value(other.limit)),
        ("judge", _value(one.judge), _value(other.judge)),
        ("machine", one.machine, other.machine),
    ):
        if was != now:
            told.append(f"{name} {was or 'none'} → {now or 'none'}")
    if told:
        yield from wrapped(f"**Warning:** the runs differ in {plain('; '.join(told))}.")
        yield ""


def _figures(suite: str, changes: Sequence[Change]) -> Iterator[str]:
    yield f"## {plain(suite)}"
    yield ""
    if not changes:
        yield "No figure of citedesk was graded on the same cases in both runs."
        yield ""
        return
    head = ("figure", "before", "after", "difference", "n", "")
    yield from table(head, [_change(change) for change in changes], left=(0, 5))


def _change(change: Change) -> tuple[str, ...]:
    mark = "▲ better" if change.better else "▼ worse" if change.worse else "· within noise"
    by = interval(change.difference, signed=True)
    if change.difference.low == change.difference.high == 0:
        mark, by = "= same", number(0.0)
    return change.figure.name, number(change.before), number(change.after), by, f"{change.difference.n:,}", mark


def _flips(found: Sequence[Flip]) -> Iterator[str]:
    worse = sum(map(got_worse, found))
    yield f"## Changed outcomes: {worse} worse, {len(found) - worse} better"
    yield ""
    if found:
        yield from table(
            ("suite", "id", "question", "was → became", ""), [_flip(flip) for flip in found], left=range(5)
        )


def _flip(flip: Flip) -> tuple[str, ...]:
    row, mark = flip.after, "▼ worse" if got_worse(flip) else "▲ better"
    told = f"{flip.was.value} → {flip.became.value}"
    return plain(row.suite), plain(row.id), plain(row.question, _CUT), told, mark


def _value(value: str | int | float | None) -> str:
    return "none" if value in (None, "") else str(value)
