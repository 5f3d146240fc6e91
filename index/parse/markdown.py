"""Markdown -> blocks: the text of every block, link text without targets, raw HTML as the text inside it."""

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from index.errors import ParseError
from index.parse.draft import Block, Draft, Kind, Stated, with_stated
from index.parse.encoding import decoded
from index.parse.front import read_front


def parse_markdown(data: bytes) -> Draft:
    """Return the blocks of a Markdown file (CommonMark with tables) and what its YAML front matter says.

    Raises ParseError for an empty or binary file, and when there is no text beside the front matter.
    """
    found = decoded(data)
    text = re.sub(r"\r\n?", "\n", found.text)
    front = read_front(text)
    body = text[front.end :] if front else text
    # Quotes and lists nested deeper than maxNesting are silently dropped; the preset's 20 is soon reached in a thread.
    markdown = MarkdownIt("commonmark", {"html": True, "maxNesting": 200}).enable(["table", "strikethrough"])
    tokens = markdown.parse(body)
    blocks = tuple(_blocks(tokens))
    if not any(block.text.strip() for block in blocks):
        raise ParseError("holds no text")
    return with_stated(Draft(blocks, encoding=found.encoding), front.stated if front else Stated())


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    cells: list[str] = []
    depth = 0
    for place, token in enumerate(tokens):
        match token.type:
            case "list_item_open":
                depth += 1
            case "list_item_close":
                depth -= 1
            case "inline":
                opener = tokens[place - 1].type
                if opener in ("th_open", "td_open"):
                    cells.append(_plain(token))
                elif opener == "heading_open":
                    yield Block(_plain(token), Kind.HEADING)
                else:
                    yield Block(_plain(token), Kind.ITEM if depth else Kind.PARAGRAPH)
            case "tr_close":
                yield Block(" | ".join(cell for cell in cells if cell.strip()), Kind.ROW)
                cells = []
            case "fence" | "code_block":
                yield Block(token.content)
            case "hr":
                yield Block("---")
            case "html_block":
                yield from _html_blocks(token.content)


def _plain(inline: Token) -> str:
    """The text a reader sees: tags and targets gone, line breaks kept as white space."""
    parts: list[str] = []
    for child in inline.children or ():
        if child.type in ("text", "text_special", "code_inline"):
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak") or (
            child.type == "html_inline" and child.content.startswith(("<br", "<BR"))
        ):
            parts.append("\n")
    return "".join(parts)


def _html_blocks(source: str) -> tuple[Block, ...]:
    # Imported here: few Markdown files hold HTML, and the HTML parser takes 0.4 s to import.
    from index.parse.html import fragment_blocks

    return fragment_blocks(source)
