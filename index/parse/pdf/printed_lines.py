"""Strips -> printed rows and lines: what stands beside each other, list markers and drop caps put to their lines."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from index.parse.lines import bullet_end
from index.parse.pdf.strips import Strip, joined, overlap

_MARKER = re.compile(r"\(?(?:[0-9]{1,3}|[a-z]|[ivx]{1,5})[.)]|[A-Z]\.", re.IGNORECASE)
_TOUCHING = 0.12  # of the height of the type: a smaller gap is none between words
_MOST_CAPS = 40  # large letters on a page; more are a poster
_OPEN_ROWS = 4  # rows that a strip may still belong to, from top to bottom


@dataclass(frozen=True, slots=True)
class Row:
    """Strips beside each other, from left to right."""

    strips: tuple[Strip, ...]
    left: float
    right: float
    top: float


def rows(strips: Sequence[Strip]) -> list[Row]:
    """Return ``strips`` in rows, from top to bottom; what overlaps by half of its height stands in one row."""
    open_rows: list[list[Strip]] = []
    widest: list[Strip] = []
    for strip in sorted(strips, key=lambda strip: (strip.top, strip.left)):
        for place in range(len(open_rows) - 1, max(-1, len(open_rows) - 1 - _OPEN_ROWS), -1):
            # The first condition is part of the second, and answers most of it at once.
            if widest[place].bottom > strip.top and overlap(widest[place], strip) >= 0.5:
                open_rows[place].append(strip)
                if strip.right - strip.left > widest[place].right - widest[place].left:
                    widest[place] = strip
                break
        else:
            open_rows.append([strip])
            widest.append(strip)
    found = [
        Row(
            tuple(sorted(row, key=lambda strip: strip.left)),
            min(strip.left for strip in row),
            max(strip.right for strip in row),
            main.top,
        )
        for row, main in zip(open_rows, widest, strict=True)
    ]
    return sorted(found, key=lambda row: row.top)


def line_of(row: Row) -> Iterator[Strip]:
    """Yield ``row`` as one line; as several where strips lie upon each other."""
    strips = list(row.strips)
    if sum(_is_rightward(strip) for strip in strips) * 2 > len(strips):
        strips.reverse()
    line = strips[0]
    for strip in strips[1:]:
        gap = max(strip.left - line.right, line.left - strip.right)
        if gap < -0.5 * min(strip.right - strip.left, line.right - line.left):
            yield line
            line = strip
        else:
            # A raised note number is set close, and would become a part of a year before it.
            noted = line.text[-1].isdigit() and strip.text[0].isdigit() and strip.height < 0.85 * line.height
            apart = noted or gap > _TOUCHING * min(line.height, strip.height)
            line = joined(line, strip, " " if apart else "")
    yield line


def _is_rightward(strip: Strip) -> bool:
    """Whether the strip is of a script that is read from right to left."""
    return next((unicodedata.bidirectional(mark) in ("R", "AL") for mark in strip.text if mark.isalpha()), False)


def with_markers(strips: Sequence[Strip], height: float) -> list[Strip]:
    """Return ``strips`` with bullets and numbers of list items put to the text that stands to their right."""
    left: list[Strip] = []
    for row in rows(strips):
        held: list[Strip] = []
        for strip in row.strips:
            marked = held and _is_marker(held[-1].text) and -0.1 * height < strip.left - held[-1].right < 4 * height
            if marked:
                held[-1] = joined(held[-1], strip)
            else:
                held.append(strip)
        left += held
    return left


def _is_marker(text: str) -> bool:
    return len(text) <= 6 and (bullet_end(f"{text} x", numbered=False) > 0 or _MARKER.fullmatch(text) is not None)


def with_caps(strips: Sequence[Strip], height: float, words: frozenset[str]) -> list[Strip]:
    """Return ``strips`` with large initial letters put to the words that they begin; ``words`` are the document's."""
    caps = [strip for strip in strips if len(strip.text) <= 2 and strip.text.isalpha() and strip.height > 1.8 * height]
    left = list(strips)
    for cap in caps if len(caps) <= _MOST_CAPS else ():
        beside = [
            strip
            for strip in left
            if strip is not cap
            and -0.5 * height < strip.left - cap.right < 1.5 * height
            and strip.height < 0.7 * cap.height
            and strip.bottom > cap.top
            and strip.top < cap.bottom - 0.2 * cap.height
        ]
        if len(beside) < 2:  # a letter beside a single line is none that lines were set around
            continue
        first = min(beside, key=lambda strip: strip.top)
        rest = first.text.split()[0]
        whole, alone = (cap.text + rest).lower() in words, cap.text.upper() in ("A", "I", "O") and rest.lower() in words
        line = joined(replace(cap, height=first.height), first, " " if alone and not whole else "")
        left[left.index(first)] = replace(line, left=first.left, bold=first.bold, top=first.top, bottom=first.bottom)
        left.remove(cap)
    return left
