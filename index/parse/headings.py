"""Which lines of plain text are headings: short, without end punctuation, and followed by prose or a list."""

import re
from collections.abc import Sequence
from dataclasses import replace

from index.parse.boilerplate import is_furniture
from index.parse.canonical import fold
from index.parse.dates import find_date
from index.parse.draft import Block, Kind
from index.parse.lines import ends_sentence, find_byline, find_link, is_prose, is_rule

_LONGEST = 150  # characters; titles of articles reach about 140
_MOST_WORDS = 24
_MOST_IN_A_ROW = 4  # kicker, title, subtitle, name; a longer run of short lines is a list or a poem
# A line of prose that was cut: it ends in a word that needs another, or a sentence ends inside it.
_BROKEN = re.compile(r"\s(?:a|an|and|of|or|the)$|[a-z]{4}[.!?] [A-Z]")
_SPEECH = re.compile(r"\b(?:said|says|asked|added|wrote|writes|told|tells|replied|note[sd]?|stated)\b", re.IGNORECASE)


def mark_headings(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return ``blocks`` with those paragraphs turned into headings that stand as titles over what follows them."""
    marked = list(blocks)
    row = 0
    for place in range(len(marked) - 2, -1, -1):  # backwards: a heading may stand over another heading
        block, below = marked[place], marked[place + 1]
        text = fold(block.text)
        over_heading = below.kind is Kind.HEADING
        if block.kind is not Kind.PARAGRAPH or not (over_heading or _is_body(below)) or not is_heading_like(text):
            row = 0
            continue
        row = row + 1 if over_heading else 1
        if row <= _MOST_IN_A_ROW:
            marked[place] = replace(block, kind=Kind.HEADING)
    return tuple(marked)


def is_heading_like(text: str) -> bool:
    """Whether folded ``text`` could be a heading: by its length, first letter and last mark, and not a date or link."""
    if not 2 <= len(text) <= _LONGEST or len(text.split()) > _MOST_WORDS or text[0].islower():
        return False
    if not any(mark.isalpha() for mark in text):
        return False
    if text.endswith(":"):
        return _is_label(text)
    if ends_sentence(text) or text.endswith((",", ";", "-", "–", "—")) or _BROKEN.search(text):
        return False
    return not (is_rule(text) or is_furniture(text) or find_date(text) or find_link(text) or find_byline(text))


def _is_label(text: str) -> bool:
    words = text.split()
    capitals = sum(word[0].isupper() or word[0].isdigit() for word in words)
    return len(words) <= 8 and 2 * capitals >= len(words) and _SPEECH.search(text) is None


def _is_body(block: Block) -> bool:
    return block.kind in (Kind.ITEM, Kind.ROW) or is_prose(fold(block.text))
