"""Lines -> one text, words divided at line ends made whole, with the place of each line in it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.parse.draft import Line
from index.parse.pdf.strips import Strip

_HYPHENS = ("-", "‐", "\u00ad")
# First parts that are mostly written with a hyphen; any other divided word loses it.
_PREFIXES = re.compile(
    r"anti|cross|ex|full|half|high|long|low|mid|non|one|part|post|pre|pro|quasi|self|semi|short|so|two|well",
    re.IGNORECASE,
)
WORD = re.compile(r"[^\W_]+(?:[-‐][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Woven:
    """The ``text`` of some lines, folded, and where each of them stands in it, in order."""

    text: str
    lines: tuple[Line, ...]

    def after(self, start: int) -> "Woven":
        """The same without its first ``start`` characters."""
        kept = (line for line in self.lines if line.end > start)
        return Woven(self.text[start:], tuple(_moved(line, -start) for line in kept))


def woven(strips: Sequence[Strip], words: frozenset[str]) -> Woven:
    """Return the text of ``strips``, at least one: a space between two, none where a word is divided between them;
    whether that word keeps its hyphen is told by its letters and by ``words`` (lower case), those of the document."""
    kept = [strips[0].text]
    lines: list[Line] = []
    start = 0
    for above, below in pairwise(strips):
        head, gap = _joint(kept[-1], below.text, above.divided, words)
        end = start + len(head) + (gap == "-")
        lines.append(_line(above, start, end))
        kept[-1] = f"{head}{gap}"
        start += len(kept[-1])
        kept.append(below.text)
    lines.append(_line(strips[-1], start, start + len(kept[-1])))
    return Woven("".join(kept), tuple(lines))


def beside(cells: Sequence[Woven], gap: str) -> Woven:
    """Return the texts of ``cells`` in one, with ``gap`` between two."""
    lines: list[Line] = []
    start = 0
    for cell in cells:
        lines += [_moved(line, start) for line in cell.lines]
        start += len(cell.text) + len(gap)
    return Woven(gap.join(cell.text for cell in cells), tuple(lines))


def _line(strip: Strip, start: int, end: int) -> Line:
    box = strip.box
    return Line(start, end, strip.page, box.left, box.top, box.right, box.bottom)


def _moved(line: Line, by: int) -> Line:
    start = max(0, line.start + by)
    return Line(start, line.end + by, line.page, line.left, line.top, line.right, line.bottom)


def _joint(above: str, below: str, divided: bool, words: frozenset[str]) -> tuple[str, str]:
    """Return what is kept of ``above``, and what stands between it and ``below``."""
    head = above
    if not divided:
        if not (above.endswith(_HYPHENS) and above[-2:-1].isalnum() and below[0].isalnum()):
            return above, " "
        head = above[:-1]
    left, right = WORD.findall(head)[-1:], WORD.match(below)
    if not left or right is None:
        return head, "-"
    return head, "-" if _keeps_hyphen(left[0], right[0], words) else ""


def _keeps_hyphen(left: str, right: str, words: frozenset[str]) -> bool:
    """Whether a word divided at its hyphen has one anyway: by its letters, by the rest of the text, by its prefix."""
    if not right[0].islower() or not left[-1].islower():
        return True  # Russian-Ukraine, NATO-led, 12-hour
    whole, hyphened = (left + right).lower(), f"{left}-{right}".lower()
    if (whole in words) != (hyphened in words):
        return hyphened in words
    return _PREFIXES.fullmatch(left) is not None
