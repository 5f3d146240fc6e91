"""Markdown -> blocks: the text of every block, link text without targets, raw HTML as the text inside it."""

import re
from collections.abc import Iterator, Mapping, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from index.errors import ParseError
from index.parse.dates import find_date
from index.parse.draft import Block, Draft, Kind
from index.parse.encoding import decode
from index.parse.lines import find_link

_FRONT = re.compile(r"\A---[ \t]*\n(?P<fields>.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_FIELD = re.compile(r"(?P<key>[A-Za-z][\w -]*?)\s*:(?:[ \t]+(?P<value>.*))?")
_OUTLETS = ("outlet", "publication", "publisher", "site", "sitename", "source")
_DATES = ("date", "published", "pubdate", "publish_date")
_LINKS = ("url", "link", "canonical", "canonical_url", "source_url", "source")
_ENTRY = re.compile(r"\s*-\s+(?P<value>.*)")


def parse_markdown(data: bytes) -> Draft:
    """Return the blocks of a Markdown file (CommonMark with tables) and what its YAML front matter says.

    Raises ParseError for an empty or binary file, and when there is no text beside the front matter.
    """
    text = re.sub(r"\r\n?", "\n", decode(data))
    front = _FRONT.match(text)
    fields = _read_fields(front["fields"]) if front else {}
    body = text[front.end() :] if front and fields else text
    # Quotes and lists nested deeper than maxNesting are silently dropped; the preset's 20 is soon reached in a thread.
    markdown = MarkdownIt("commonmark", {"html": True, "maxNesting": 200}).enable(["table", "strikethrough"])
    tokens = markdown.parse(body)
    blocks = tuple(_blocks(tokens))
    if not any(block.text.strip() for block in blocks):
        raise ParseError("holds no text")
    return Draft(
        blocks=blocks,
        title=next(_all(fields, "title"), None),
        outlet=next((name for name in _all(fields, *_OUTLETS) if find_link(name) is None), None),
        author=next(_all(fields, "author", "authors", "byline"), None),
        published=next(filter(None, map(find_date, _all(fields, *_DATES))), None),
        url=next(filter(None, map(find_link, _all(fields, *_LINKS))), None),
    )


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


def _read_fields(source: str) -> Mapping[str, str]:
    """Read 'key: value' lines, keys in lower case, and of a list its entries joined by ", "."""
    fields: dict[str, str] = {}
    last = ""
    for line in source.splitlines():
        entry = _ENTRY.fullmatch(line)
        if entry and last:
            fields[last] = ", ".join(filter(None, (fields[last], _unquote(entry["value"]))))
        elif field := _FIELD.fullmatch(line):
            last = field["key"].lower().replace("-", "_").replace(" ", "_")
            fields[last] = _value(field["value"] or "")
    return fields


def _value(source: str) -> str:
    source = source.strip()
    if source.startswith("[") and source.endswith("]"):
        return ", ".join(_unquote(part) for part in source[1:-1].split(","))
    return _unquote(source)


def _unquote(source: str) -> str:
    source = source.strip()
    if len(source) >= 2 and source[0] == source[-1] and source[0] in "\"'":
        return source[1:-1]
    return source


def _all(fields: Mapping[str, str], *keys: str) -> Iterator[str]:
    return (fields[key] for key in keys if fields.get(key))
