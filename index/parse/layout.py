"""Lines on pages -> blocks: margins dropped, lines joined to paragraphs by gap, indent and size, words made whole."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from index.parse.draft import Block, Kind
from index.parse.headings import is_heading_like, mark_headings
from index.parse.lines import bullet_end, ends_sentence, is_rule

_MARGIN = 4  # lines at either edge of a page that may be its header or footer
_PAGE_NUMBER = re.compile(
    r"(?:page|p\.)?\s*[-–|(]?\s*(?:[0-9]{1,4}|[ivxl]{1,6})\s*[-–|)]?(?:\s*(?:of|/)\s*[0-9]+)?", re.I
)
_BULLETS = ("•", "‣", "◦", "▪", "●", "○", "■", "\uf0b7", "\uf0a7", "\uf0d8", "\uf0fc")
_HYPHENS = ("-", "‐", "\u00ad")
# First parts that are mostly written with a hyphen; any other divided word loses it.
_PREFIXES = re.compile(
    r"anti|cross|ex|full|half|high|long|low|mid|non|one|part|post|pre|pro|quasi|self|semi|short|so|two|well",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+(?:[-‐][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: ``left``, ``right``, ``bottom`` (grows upwards) and ``height`` in points, ``page`` from 1.

    ``divided`` is true when the line ends inside a word and its hyphen is no longer in ``text``.
    """

    text: str
    page: int
    left: float
    right: float
    bottom: float
    height: float
    bold: bool
    divided: bool


@dataclass(frozen=True, slots=True)
class _Measure:
    """What is usual in a document, in points: height of its text, distance of its lines, its margins."""

    height: float
    pitch: float
    left: float
    right: float


def layout_blocks(pages: Sequence[Sequence[Line]]) -> tuple[Block, ...]:
    """Return the paragraphs of ``pages`` in order, each with the page it begins on; none when there are no lines."""
    bodies = _without_margins(pages)
    lines = [line for page in bodies for line in page]
    if not lines:
        return ()
    usual = _measure(bodies)
    paragraphs: list[list[Line]] = []
    for page in bodies:
        new = list(_paragraphs(page, usual))
        open_end = _open_end(paragraphs, usual)
        if new and open_end is not None and _runs_on(paragraphs[open_end], new[0], usual):
            paragraphs[open_end] += new.pop(0)
        paragraphs += new
    words = frozenset(word.lower() for line in lines for word in _WORD.findall(line.text))
    return mark_headings([_block(paragraph, usual, words) for paragraph in paragraphs])


def _without_margins(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Drop page numbers, and lines at the edge of pages that several pages share but for their digits."""
    shared = Counter(key for page in pages for key in {_key(line) for line in [*page[:_MARGIN], *page[-_MARGIN:]]})
    often = 2 if len(pages) <= 5 else 3
    bodies: list[list[Line]] = []
    for page in pages:
        body = list(page)
        for edge in (0, -1):
            for _ in range(_MARGIN):
                if not body or not (shared[_key(body[edge])] >= often or _PAGE_NUMBER.fullmatch(body[edge].text)):
                    break
                del body[edge]
        bodies.append(body)
    return bodies


def _key(line: Line) -> tuple[str, int]:
    # Same words at the same height, within about 5 points, and not merely the same words
    return re.sub(r"[0-9]+", "#", line.text.casefold()), round(line.bottom / 5)


def _measure(pages: Sequence[Sequence[Line]]) -> _Measure:
    heights = [line.height for page in pages for line in page for _ in range(1 + len(line.text) // 10)]
    height = median(heights)
    # Only inside paragraphs: in a text of one-line paragraphs the other steps are gaps.
    steps = [
        above.bottom - below.bottom
        for page in pages
        for above, below in pairwise(page)
        if 0.5 * height < above.bottom - below.bottom < 2.5 * height
        and max(abs(above.height - height), abs(below.height - height)) < 0.1 * height
        and not ends_sentence(above.text)
    ]
    # A low quantile, for headings that are set like the text add gaps too.
    pitch = sorted(steps)[len(steps) // 3] if steps else 1.2 * height
    lines = [line for page in pages for line in page]
    return _Measure(height, pitch, min(line.left for line in lines), max(line.right for line in lines))


def _paragraphs(page: Sequence[Line], usual: _Measure) -> Iterator[list[Line]]:
    held: list[Line] = []
    for line in page:
        if held and _begins(held, line, usual):
            yield held
            held = []
        held.append(line)
    if held:
        yield held


def _begins(held: Sequence[Line], line: Line, usual: _Measure) -> bool:
    """Whether ``line`` begins a paragraph after the lines in ``held``."""
    above = held[-1]
    if above.divided:
        return False
    step = above.bottom - line.bottom
    size = max(above.height, line.height)
    mid_sentence = line.text[0].islower() and not ends_sentence(above.text)
    if abs(above.height - line.height) > 0.08 * size and min(len(above.text), len(line.text)) > 2 and not mid_sentence:
        return True
    # Large type has wide lines: what counts is the gap left between them.
    if step < -0.5 * size or step > 1.22 * usual.pitch * max(1.0, size / usual.height):
        return True
    if _is_bullet(line.text) or (bullet_end(line.text) and (ends_sentence(above.text) or bullet_end(held[0].text))):
        return True
    if above.bold != line.bold:
        title = " ".join(each.text for each in held) if above.bold else line.text
        if is_heading_like(title) and (ends_sentence(above.text) if line.bold else not line.text[0].islower()):
            return True
    if not ends_sentence(above.text):
        return False
    indented = line.left - above.left > 0.8 * usual.height and not bullet_end(held[0].text)
    short = usual.right - above.right > 0.25 * (usual.right - usual.left)
    return indented or short


def _is_bullet(text: str) -> bool:
    return text.startswith(_BULLETS)


def _open_end(paragraphs: Sequence[Sequence[Line]], usual: _Measure) -> int | None:
    """Return the index of the last paragraph of the last page that is not a note in smaller type."""
    for index in range(len(paragraphs) - 1, -1, -1):
        last = paragraphs[index][-1]
        if last.page != paragraphs[-1][-1].page:
            return None
        if last.height > 0.93 * usual.height:
            return index
    return None


def _runs_on(above: Sequence[Line], below: Sequence[Line], usual: _Measure) -> bool:
    """Whether the paragraph ``below``, first of its page, goes on with the one ``above`` from the page before."""
    last, first = above[-1], below[0]
    if last.divided:
        return True
    if abs(last.height - first.height) > 0.08 * usual.height or ends_sentence(last.text) or last.bold != first.bold:
        return False
    if _is_bullet(first.text) or bullet_end(first.text):
        return False
    full = usual.right - last.right < 0.2 * (usual.right - usual.left)
    return first.text[0].islower() or full


def _block(lines: Sequence[Line], usual: _Measure, words: frozenset[str]) -> Block:
    text = lines[0].text
    for above, below in pairwise(lines):
        text = _join(text, below.text, above.divided, words)
    page = lines[0].page
    stands_out = lines[0].height > 1.15 * usual.height or all(line.bold for line in lines)
    # "1. Introduction" in large or bold type is a heading with its number.
    titled = stands_out and is_heading_like(text) and not _is_bullet(text)
    if (start := bullet_end(text)) and not titled:
        return Block(text[start:], Kind.ITEM, page)
    if stands_out and len(lines) <= 4 and len(text) <= 250 and not is_rule(text) and is_heading_like(text[:150]):
        return Block(text, Kind.HEADING, page)
    return Block(text, Kind.PARAGRAPH, page)


def _join(above: str, below: str, divided: bool, words: frozenset[str]) -> str:
    """Join two lines by a space, or without one where a word is divided between them."""
    head = above
    if not divided:
        if not (above.endswith(_HYPHENS) and above[-2:-1].isalnum() and below[0].isalnum()):
            return f"{above} {below}"
        head = above[:-1]
    left, right = _WORD.findall(head)[-1:], _WORD.match(below)
    if not left or right is None:
        return f"{head}-{below}"
    return head + ("-" if _keeps_hyphen(left[0], right[0], words) else "") + below


def _keeps_hyphen(left: str, right: str, words: frozenset[str]) -> bool:
    """Whether a word divided at its hyphen has one anyway: by its letters, by the rest of the text, by its prefix."""
    if not right[0].islower() or not left[-1].islower():
        return True  # Russian-Ukraine, NATO-led, 12-hour
    whole, hyphened = (left + right).lower(), f"{left}-{right}".lower()
    if (whole in words) != (hyphened in words):
        return hyphened in words
    return _PREFIXES.fullmatch(left) is not None
