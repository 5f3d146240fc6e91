"""Markdown: blocks in order, link text only, front matter, and raw HTML never interpreted."""

import inspect
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from index.errors import ParseError
from index.parse import parse
from index.parse.draft import Kind
from index.parse.markdown import parse_markdown


def blocks(text: str) -> list[tuple[str, Kind]]:
    return [(" ".join(block.text.split()), block.kind) for block in parse_markdown(text.encode()).blocks]


def test_every_kind_of_block() -> None:
    text = """
# A *title* with `code`

A paragraph over
two lines with a [link](https://example.org/x "tip"), **bold** and ~~struck~~ text.\\
A line break. ![a picture](p.png)

> A quote.

- one
- two
  goes on

  second paragraph
    1. nested

| a | b |
|---|---|
| 1 | *2* |

```python
x = 1
```

Setext
======
"""
    assert blocks(text) == [
        ("A title with code", Kind.HEADING),
        ("A paragraph over two lines with a link, bold and struck text. A line break.", Kind.PARAGRAPH),
        ("A quote.", Kind.PARAGRAPH),
        ("one", Kind.ITEM),
        ("two goes on", Kind.ITEM),
        ("second paragraph", Kind.ITEM),
        ("nested", Kind.ITEM),
        ("a | b", Kind.ROW),
        ("1 | 2", Kind.ROW),
        ("x = 1", Kind.PARAGRAPH),
        ("Setext", Kind.HEADING),
    ]


def test_front_matter() -> None:
    draft = parse_markdown(
        b'---\r\ntitle: "A piece: its title"\r\nAuthors:\r\n  - Jane Doe\r\n  - John Roe\r\ndate: 2024-06-18\r\n'
        b"outlet: 'The Ledger'\r\nurl: https://example.org/a\r\ntags: [a, b]\r\n---\r\n\r\nThe body.\r\n"
    )
    assert (draft.title, draft.author, draft.outlet) == ("A piece: its title", "Jane Doe, John Roe", "The Ledger")
    assert (draft.published, draft.url) == (date(2024, 6, 18), "https://example.org/a")
    assert [block.text for block in draft.blocks] == ["The body."]


def test_front_matter_that_says_nothing_usable() -> None:
    draft = parse_markdown(
        b"---\ndate: 03/04/2024\nurl: javascript:alert(1)\nsource: https://example.org\n---\nThe body."
    )
    assert draft.published is None
    assert draft.url == "https://example.org"
    assert draft.title is None


def test_a_rule_at_the_top_is_no_front_matter() -> None:
    assert [text for text, _ in blocks("---\n\nJust a rule above.\n\n---\n\nMore.")] == [
        "---",
        "Just a rule above.",
        "---",
        "More.",
    ]


def test_hostile_text_stays_text() -> None:
    text = (
        "Before <script>alert(1)</script> after <img src=x onerror=alert(1)> and ${x} {{x}} {% x %}.\n\n"
        "[click](javascript:alert(1)) and <https://example.org>\n\n"
        "<div onclick='x()'>\n<p>Inside <b>a</b> block.</p><script>alert(2)</script>\n</div>\n"
    )
    found = [text for text, _ in blocks(text)]
    assert found[0] == "Before alert(1) after and ${x} {{x}} {% x %}."
    assert found[1] == "[click](javascript:alert(1)) and https://example.org"
    assert found[2] == "Inside a block."
    assert not any("<" in line and ">" in line for line in found)


def test_deeply_nested_lists_are_read() -> None:
    text = "".join(f"{'  ' * depth}- level {depth}\n" for depth in range(40))
    assert len(blocks(text)) == 40


@pytest.mark.parametrize("data", [b"", b"\n \n", b"---\ntitle: Only this\n---\n", bytes(range(256)) * 9])
def test_no_text(data: bytes) -> None:
    with pytest.raises(ParseError):
        parse_markdown(data)


def test_what_nests_deeper_than_python_recurses_is_refused() -> None:
    path, now = Path("/library/a.md"), datetime(2024, 6, 18, tzinfo=UTC)
    nested = b"> " * 15 + b"Some text."
    assert parse(path, nested, now)[0].text == "Some text."
    limit = sys.getrecursionlimit()
    # markdown-it stops at 20 levels by itself, so the room is made small instead of the file deep.
    sys.setrecursionlimit(len(inspect.stack(0)) + 25)
    try:
        with pytest.raises(ParseError, match="nested too deeply"):
            parse(path, nested, now)
    finally:
        sys.setrecursionlimit(limit)
