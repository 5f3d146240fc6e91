"""HTML: the body of the page in its own words, its metadata, and nothing interpreted or fetched."""

import socket
from datetime import date

import pytest

from index.errors import ParseError
from index.parse.draft import Kind
from index.parse.html import fragment_blocks, parse_html

ONE = "The two governments exchanged the instruments of ratification in Moscow in December, a year after the summit."
TWO = "Nobody outside two defence ministries knows how many shells have travelled since the treaty was signed in June."
HEAD = """<title>A bridge over the river | Harbour Wire</title>
<meta property="og:site_name" content="Harbour Wire"><meta name="author" content="Jane Doe">
<meta property="article:published_time" content="2024-06-18T10:00:00Z">
<link rel="canonical" href="https://harbour.example/bridge">"""


def page(body: str, head: str = HEAD) -> bytes:
    menu = "<nav><a href='/'>Home</a> <a href='/world'>World</a></nav>"
    footer = "<footer>© 2024 Harbour Wire</footer>"
    return (
        f"<!doctype html><html><head>{head}</head><body>{menu}<article>{body}</article>{footer}</body></html>".encode()
    )


def texts(data: bytes) -> list[str]:
    return [block.text for block in parse_html(data).blocks]


def test_blocks_and_metadata() -> None:
    body = (
        f"<h1>A bridge over the river</h1><p>{ONE}</p><h2>The route</h2><p>{TWO} A <a href='/x'>link</a> and"
        " <b>bold</b>.</p><ul><li>One item of the list</li><li>Two<ul><li>Nested item</li></ul></li></ul>"
        "<table><tr><th>Year</th><th>Shells</th></tr><tr><td>2023</td><td>one <i>million</i></td></tr></table>"
        f"<blockquote><p>{ONE} So it was said.</p></blockquote>"
    )
    draft = parse_html(page(body))
    assert (draft.title, draft.outlet, draft.author) == ("A bridge over the river", "Harbour Wire", "Jane Doe")
    assert (draft.published, draft.url) == (date(2024, 6, 18), "https://harbour.example/bridge")
    assert [(block.text, block.kind) for block in draft.blocks] == [
        ("A bridge over the river", Kind.HEADING),
        (ONE, Kind.PARAGRAPH),
        ("The route", Kind.HEADING),
        (f"{TWO} A link and bold.", Kind.PARAGRAPH),
        ("One item of the list", Kind.ITEM),
        ("Two", Kind.ITEM),
        ("Nested item", Kind.ITEM),
        ("Year | Shells", Kind.ROW),
        ("2023 | one million", Kind.ROW),
        (f"{ONE} So it was said.", Kind.PARAGRAPH),
    ]


def test_identical_neighbours_are_kept() -> None:
    assert texts(page(f"<p>{ONE}</p><p>{TWO}</p><p>{TWO}</p><p>{TWO}</p><p>{ONE}</p>")) == [ONE, TWO, TWO, TWO, ONE]


def test_zero_width_and_combining_characters_are_the_pages_own() -> None:
    odd = f"Cafe\u0301, \u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 and 👩\u200d🚀. {ONE}"
    assert odd in texts(page(f"<p>{odd}</p><p>{TWO}</p>"))


def test_a_page_without_an_article_gives_all_its_blocks() -> None:
    assert texts(b"<p>Hello world.</p>") == ["Hello world."]
    assert texts(b"Just text, no markup at all.") == ["Just text, no markup at all."]


def test_two_line_breaks_part_paragraphs() -> None:
    assert texts(page(f"<div>{ONE}<br><br>{TWO}<br>{ONE}</div>")) == [ONE, f"{TWO} {ONE}"]


def test_hostile_markup_vanishes_or_stays_text() -> None:
    body = (
        f"<p>{ONE} <img src=x onerror=alert(1)> ${{x}} {{{{x}}}} <a href='javascript:alert(1)'>link</a>"
        f" &lt;script&gt;alert(2)&lt;/script&gt;</p><script>alert(3)</script><style>p{{}}</style><p>{TWO}</p>"
    )
    head = "<title>T</title><link rel=canonical href='javascript:alert(1)'>"
    draft = parse_html(page(body, head))
    assert [block.text for block in draft.blocks] == [f"{ONE} ${{x}} {{{{x}}}} link <script>alert(2)</script>", TWO]
    assert draft.url is None


@pytest.mark.parametrize(
    ("prefix", "encoding"),
    [
        ("<meta charset=utf-8>", "utf-8"),
        ("<meta charset='iso-8859-1'>", "cp1252"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">', "cp1251"),
        ('<?xml version="1.0" encoding="utf-8"?>', "utf-8"),
        ("<meta charset=no-such-charset>", "utf-8"),
        ("", "utf-16"),
    ],
)
def test_encodings(prefix: str, encoding: str) -> None:
    odd = "Пхеньян" if encoding == "cp1251" else "Malmö – café"
    assert f"{odd}. {ONE}" in texts(
        f"{prefix}<html><body><p>{odd}. {ONE}</p><p>{TWO}</p></body></html>".encode(encoding)
    )


def test_no_connection_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the parser opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert texts(page(f"<p>{ONE}</p><img src='https://example.org/x.png'><iframe src='https://example.org'></iframe>"))


def test_layout_tables_are_not_rows() -> None:
    body = f"<table><tr><td><p>{ONE}</p><p>{TWO}</p></td></tr></table>"
    assert [block.text for block in fragment_blocks(body)] == [ONE, TWO]
    assert {block.kind for block in fragment_blocks(body)} == {Kind.PARAGRAPH}


@pytest.mark.parametrize("data", [b"", b"   ", b"<script>alert(1)</script>", b"<html></html>", bytes(range(256)) * 9])
def test_no_text(data: bytes) -> None:
    with pytest.raises(ParseError):
        parse_html(data)


def test_deep_nesting_is_read_or_refused() -> None:
    assert texts(b"<div>" * 500 + ONE.encode()) == [ONE]
    with pytest.raises(ParseError):
        parse_html(b"<div>" * 20000 + ONE.encode())


@pytest.mark.parametrize(
    "page",
    [
        "<!doctype html><title>Tides</title><article><p>The tide rose.</p></article><p>It fell.</p>",
        "<!doctype html><head><title>Tides</title></head><main><p>The tide rose.</p></main><p>It fell.</p>",
        "<title>Tides</title><section>The tide rose.</section><p>It fell.",
    ],
)
def test_a_page_may_leave_body_to_be_understood(page: str) -> None:
    assert [block.text for block in parse_html(page.encode()).blocks] == ["The tide rose.", "It fell."]
