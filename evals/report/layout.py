"""Numbers as the reports write them, and tables in Markdown that are readable in a terminal, too."""

import math
import textwrap
from collections.abc import Collection, Sequence
from pathlib import Path

from rich.cells import cell_len

from evals.metrics import Estimate
from evals.runs import Run

NONE = "–"  # what stands where there is no number
_WIDTH = 140  # of a line of prose


def number(value: float | None, signed: bool = False) -> str:
    """A figure with three decimals; a dash where it is not defined."""
    if value is None or math.isnan(value):
        return NONE
    text = f"{value:+.3f}" if signed else f"{value:.3f}"
    return text.lstrip("+-") if not text.strip("+-0.") else text.replace("-", "−")


def interval(estimate: Estimate, signed: bool = False) -> str:
    """A figure with its interval, such as ``0.571 [0.400, 0.743]``."""
    value = number(estimate.value, signed)
    if math.isnan(estimate.value) or math.isnan(estimate.low):
        return value
    return f"{value} [{number(estimate.low, signed)}, {number(estimate.high, signed)}]"


def milliseconds(value: float) -> str:
    """Milliseconds, with decimals where they are few."""
    digits = 2 if value < 0.995 else 1 if value < 9.95 else 0
    return NONE if math.isnan(value) else f"{value:,.{digits}f}"


def duration(seconds: float) -> str:
    """Seconds, or minutes and seconds."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if seconds >= 100 else f"{seconds:.0f} s"


def settings(run: Run) -> str:
    """All settings that have a value, in one line."""
    return " · ".join(f"{name} {value}" for name, value in run.settings.items() if value not in (None, ""))


def heading(run: Run, n: int) -> str:
    """What was run, on what, and how long it took, in one line."""
    told = [
        f"**{plain(', '.join(run.suites)) or 'no suite'}**",
        f"{n:,} case{'' if n == 1 else 's'}",
        f"commit {plain(run.commit)}" if run.commit else f"code {plain(run.code)}",
        plain(run.machine),
        duration(run.seconds),
        *([] if run.finished else ["**not finished**"]),
        *([f"at most {run.limit} cases a suite"] if run.limit is not None else []),
        *([f"judge {plain(run.judge)}"] if run.judge else []),
        *([f"data {plain(', '.join(Path(each).name for each in run.data))}"] if run.data else []),
    ]
    return " · ".join(told)


def plain(text: str, most: int | None = None) -> str:
    """``text`` as it reads in a line of Markdown, cut after ``most`` characters: no control characters, no markup."""
    shown = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    if most is not None and len(shown) > most:
        shown = shown[: most - 1].rstrip() + "…"
    for mark in "\\`|<[*":
        shown = shown.replace(mark, "\\" + mark)
    return shown


def wrapped(text: str, indent: str = "") -> list[str]:
    """``text`` in lines that fit a terminal; all but the first begin with ``indent``."""
    return textwrap.wrap(text, _WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def table(head: Sequence[str], rows: Sequence[Sequence[str]], left: Collection[int] = (0,)) -> list[str]:
    """A Markdown table, padded, with an empty line after it; columns in ``left`` are set left, others right."""
    widths = [max(3, *(cell_len(row[place]) for row in (head, *rows))) for place in range(len(head))]

    def cell(text: str, place: int) -> str:
        pad = " " * (widths[place] - cell_len(text))
        return text + pad if place in left else pad + text

    rule = ["-" * width if place in left else "-" * (width - 1) + ":" for place, width in enumerate(widths)]
    shown = [[cell(text, place) for place, text in enumerate(row)] for row in (head, *rows)]
    return [f"| {' | '.join(row)} |" for row in (shown[0], rule, *shown[1:])] + [""]
