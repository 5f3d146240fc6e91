"""Plain text -> blocks: blank lines part paragraphs, single line breaks are hard wraps."""

import re
from collections.abc import Iterator, Sequence

from index.errors import ParseError
from index.parse.boilerplate import is_furniture
from index.parse.dates import find_date
from index.parse.draft import Block, Draft, Kind, Stated, with_stated
from index.parse.encoding import decoded
from index.parse.exports import is_break, read_export
from index.parse.front import read_front
from index.parse.headings import mark_headings
from index.parse.lines import bullet_end, ends_sentence, find_byline, find_link, is_rule

_BREAKS = re.compile(r"\r\n?|[\x0b\x85\u2028]")
_ENDS = re.compile(r"[\x0c\u2029]")
_WIDEST_WRAP = 120  # characters; nothing wraps text by hand wider than this
_MOST_HEAD_LINES = 5


def parse_text(data: bytes) -> Draft:
    """Return the blocks of a plain text file, and what front matter says that it begins with, if any does.

    Raises ParseError for an empty or binary file, and when there is no text beside the front matter.
    """
    found = decoded(data)
    text = _BREAKS.sub("\n", found.text)
    front, stated = read_front(text), Stated()
    if front is not None:
        # Between two rules may also stand text. The groups count even so: better seen by too few than by too many.
        stated = front.stated if front.sure else Stated(groups=front.stated.groups)
    blocks = text_blocks(text[front.end :] if front and front.sure and stated != Stated() else text)
    if not blocks:
        raise ParseError("holds no text")
    return with_stated(Draft(blocks, encoding=found.encoding), stated)


def text_blocks(text: str) -> tuple[Block, ...]:
    """Return the blocks of ``text`` in order: bullets are items without their bullet, short lines over prose headings.

    Blank lines part blocks. Inside a group of lines a new block starts at a bullet and around a line that is a date,
    a byline, a link, a rule or page furniture. A text without any blank line and with long lines has a block a line.
    """
    groups = list(_groups(_ENDS.sub("\n\n", _BREAKS.sub("\n", text))))
    one_a_line = len(groups) == 1 and max(map(len, groups[0])) > _WIDEST_WRAP
    blocks: list[Block] = []
    for group in groups:
        blocks.extend(_blocks(group, one_a_line or _is_head(group) or _is_listed(group)))
    return mark_headings(blocks)


def _groups(text: str) -> Iterator[list[str]]:
    group: list[str] = []
    for line in text.split("\n"):
        if line.strip():
            group.append(line)
        elif group:
            yield group
            group = []
    if group:
        yield group


def _is_head(group: Sequence[str]) -> bool:
    """A few short lines that each begin afresh (title, name, place): their breaks are meant."""
    if not 2 <= len(group) <= _MOST_HEAD_LINES:
        return False
    return all(
        len(line) <= _WIDEST_WRAP and not ends_sentence(line) and not line.rstrip().endswith(",") and _begins(line)
        for line in group
    )


def _is_listed(group: Sequence[str]) -> bool:
    """Fields of a press database or of a mail ("LENGTH: 512 words"), two at least, with short lines around them."""
    lines = [line.strip() for line in group]
    return sum(1 for line in lines if is_break(line) or read_export(line)) > 1 and max(map(len, lines)) <= _WIDEST_WRAP


def _begins(line: str) -> bool:
    first = line.strip()[0]
    return not first.islower() and (first.isalnum() or first in "\"“‘'([")


def _blocks(group: Sequence[str], one_a_line: bool) -> Iterator[Block]:
    held: list[str] = []
    kind = Kind.PARAGRAPH
    for place, line in enumerate(group):
        if held and _underlines(line, held, kind):
            yield Block(held[0], Kind.HEADING)
            held = []
            continue
        # A wrapped sentence may go on with "- that is" or "18. ": a bullet needs the line above to have ended.
        fresh = not held or kind is Kind.ITEM or ends_sentence(held[-1]) or bullet_end(group[0]) > 0
        start = bullet_end(line, numbered=fresh)
        if held and (start or _parts(group[place - 1], line, one_a_line)):
            yield Block("\n".join(held), kind)
            held = []
        if not held:
            kind = Kind.ITEM if start and not is_rule(line) else Kind.PARAGRAPH
        held.append(line[start:] if kind is Kind.ITEM and not held else line)
    if held:
        yield Block("\n".join(held), kind)


def _parts(above: str, line: str, one_a_line: bool) -> bool:
    """Whether the line break between two lines of a group ends a block."""
    if _stands_alone(above) or _stands_alone(line):
        return True
    return one_a_line and (ends_sentence(above) or not line.strip()[0].islower())


def _stands_alone(line: str) -> bool:
    text = line.strip()
    if is_rule(text) or find_date(text) or find_link(text) or find_byline(text) or is_break(text):
        return True
    # A single word such as "more" may be the end of a wrapped sentence.
    return is_furniture(text, alone=False)


def _underlines(line: str, held: Sequence[str], kind: Kind) -> bool:
    mark = line.strip()
    title = held[0].strip()
    return (
        len(held) == 1
        and kind is Kind.PARAGRAPH
        and set(mark) in ({"="}, {"-"})
        and len(mark) >= max(3, len(title) // 2)
        and not ends_sentence(title)
        and not is_rule(title)
    )
