"""The text of one article as feeds and exports hold it, HTML or plain -> blocks; and the names of such articles."""

import hashlib
import html
import re
from dataclasses import replace

from index.parse.canonical import fold, visible
from index.parse.draft import Block
from index.parse.heads import is_separator
from index.parse.html import fragment_blocks, parse_html
from index.parse.text import text_blocks

_TAG = re.compile(
    r"</?(?:p|br|div|h[1-6]|[uo]l|li|a|span|strong|em|[biu]|figure|img|blockquote|table|section|article)\b[^<>]*>",
    re.IGNORECASE,
)
_PAGE = re.compile(r"<(?:html|body)\b", re.IGNORECASE)
# What programs write below the items of their feeds.
_APPENDED = re.compile(
    r"The post .{1,300} (?:first )?appeared (?:first )?on .{1,100}\.?|(?:Continue reading|Read more)\b.{0,200}(?:→|…|»)"
)


def item_blocks(text: str) -> tuple[Block, ...]:
    """Return the blocks of ``text`` in order, page furniture left out unless nothing else is there.

    It is read as HTML when it holds a tag of HTML (of a whole page, the article), else as plain text.
    """
    blocks: tuple[Block, ...]
    if _PAGE.search(text):
        blocks = parse_html(text.encode("utf-8", "replace")).blocks
    elif _TAG.search(text):
        blocks = fragment_blocks(text, whole=True)
    else:
        blocks = text_blocks(html.unescape(text))
    found = tuple(replace(block, text=folded) for block in blocks if visible(folded := fold(block.text)))
    return tuple(each for each in found if not (is_separator(each) or _APPENDED.fullmatch(each.text))) or found


def plain(text: str) -> str:
    """Return ``text``, such as a title, without the markup it may hold, white space folded."""
    if "<" in text:
        text = " ".join(block.text for block in fragment_blocks(text)) or text
    return fold(html.unescape(text))


def item_name(key: str) -> str:
    """A short name for the article with that identifier, address or, where there is none, title."""
    return f"item {hashlib.sha256(key.encode('utf-8', 'replace')).hexdigest()[:8]}"
