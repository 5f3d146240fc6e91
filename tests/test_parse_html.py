"""HTML: the body of the page in its own words, its metadata, and nothing interpreted or fetched."""

import json
import socket
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from index.errors import ParseError
from index.parse import parse
from index.parse.draft import Kind
from index.parse.html import fragment_blocks, parse_html
from index.types import Document, Precision

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


def parsed(data: bytes) -> tuple[Document, ...]:
    return parse(Path("/page.html"), data, datetime(2024, 7, 1, tzinfo=UTC))


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


def test_tables_whose_rows_cannot_be_counted_say_nothing() -> None:
    rows = "<tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr>"
    layout = f"<tr><td><p>{ONE}</p><p>{TWO}</p></td></tr>"
    for table in (
        rows + layout,
        "<tr><td>a</td></tr><tr><td>b</td></tr>",
        f"<tfoot>{rows}</tfoot><tbody>{rows}</tbody>",
    ):
        found = fragment_blocks(f"<p>{ONE}</p><table>{table}</table><p>{TWO}</p><table>{rows}</table>", whole=True)
        anchors = [(block.sheet, block.row) for block in found if block.kind is Kind.ROW]
        assert anchors[-2:] == [("table 1", 1), ("table 1", 2)] and set(anchors[:-2]) == {(None, None)}


shown_rows = st.lists(st.tuples(st.lists(st.integers(0, 99), max_size=3), st.booleans()), max_size=6)


@settings(max_examples=25, deadline=None)
@given(st.lists(shown_rows, min_size=1, max_size=3))
def test_every_row_is_where_it_says(tables: list[list[tuple[list[int], bool]]]) -> None:
    """Rows that are hidden or empty are counted by nobody who looks at the page."""
    body, naive = "", list[tuple[str | None, int | None, str]]()
    for rows in tables:
        body += f"<p>{ONE}</p><table>"
        seen = list[str]()
        for cells, hidden in rows:
            style = " style='display: none'" if hidden else ""
            body += f"<tr{style}>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
            seen += [" | ".join(map(str, cells))] if cells and not hidden else []
        body += "</table>"
        counted = any(len(cells) > 1 for cells, _ in rows)
        name = f"table {len({each[0] for each in naive if each[0]}) + 1}" if counted else None
        naive += [(name, row if counted else None, text) for row, text in enumerate(seen, 1)]
    blocks = fragment_blocks(f"{body}<p>{TWO}</p>", whole=True)
    assert [(each.sheet, each.row, each.text) for each in blocks if each.kind is Kind.ROW] == naive


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


PARTS = [ONE, TWO, f"{TWO} It was said by nobody.", f"{ONE} Both of them denied it.", f"{TWO} Then came the winter."]


def paragraphs(parts: Sequence[str] = PARTS) -> str:
    return "".join(f"<p>{part}</p>" for part in parts)


@pytest.mark.parametrize(
    "extra",
    [
        "<figure><img src=x><figcaption>A bridge seen from the north, as it was last year.</figcaption></figure>",
        "<aside><p>Our newsletter tells you every morning what happened in the world overnight.</p></aside>",
        f"<div class='related-stories'><p>{ONE} This one is another story.</p></div>",
        f"<div class='inlineShareBar'><p>{ONE} Tell your friends about it.</p></div>",
        "<p><a href='/other'>Another story about the same river and its ferries</a></p>",
        f"<div style='display: none'><p>{ONE} Nobody sees it.</p></div>",
        f"<div hidden><p>{ONE} Nobody sees it.</p></div>",
        "<p>Follow Harbour Wire on Facebook, Twitter and Instagram.</p>",
        "<p>Sign up for our free morning newsletter and never miss a story.</p>",
        "<h3>More on this story</h3>",
    ],
)
def test_what_stands_beside_an_article_is_left_out(extra: str) -> None:
    for body in (paragraphs() + extra, paragraphs(PARTS[:2]) + extra + paragraphs(PARTS[2:])):
        [document] = parsed(page(body))
        kept = document.text.split("\n\n")
        assert [part for part in kept if part in PARTS] == PARTS
        assert len(kept) == len(PARTS) or extra.startswith("<h3>")


def test_links_that_are_the_article_stay() -> None:
    links = [f"The best offer of the day at the {place} market" for place in ("north", "south", "east", "west")]
    body = paragraphs(PARTS[:1]) + "".join(f"<p><a href='/{link}'>{link}</a></p>" for link in links) + paragraphs([TWO])
    assert set(links) < set(texts(page(body)))


def test_an_article_in_parts_with_advertisements_between_is_whole() -> None:
    parts = [f"{part} This is part {number}." for number in range(3) for part in PARTS]
    grid = "<div class='grid'><div class='body'>{}</div><div class='rail'><div class='ad'>Buy!</div></div></div>"
    cut = [grid.format(paragraphs(parts[number : number + 5])) for number in (0, 5, 10)]
    assert texts(page("<div class='ad'>Buy this now!</div>".join(cut))) == parts


def test_the_class_of_what_is_around_everything_says_nothing() -> None:
    html = f"<body class='navigation-open'><div class='page has-sidebar comments-on'>{paragraphs()}</div></body>"
    assert texts(f"<html>{html}</html>".encode()) == PARTS


def test_comments_are_no_article_however_long() -> None:
    comments = "".join(f"<div class='comment'><p>{ONE} I do not believe it, number {n}.</p></div>" for n in range(20))
    html = f"<div class='post'><h1>A bridge</h1>{paragraphs()}</div><div id='comments'>{comments}</div>"
    assert [text for text in texts(f"<body>{html}</body>".encode()) if text != "A bridge"] == PARTS


def test_what_is_hidden_is_kept_where_the_page_hides_all_of_it() -> None:
    assert texts(f"<body><div style='display:none'>{paragraphs()}</div></body>".encode()) == PARTS


def test_a_page_written_by_a_script_has_the_article_of_its_metadata() -> None:
    data = {"@graph": [{"@type": ["NewsArticle"], "headline": "A bridge", "articleBody": "\n\n".join(PARTS)}]}
    html = (
        f"<script type='application/ld+json'>{json.dumps(data)}</script><div>Loading, please wait for the page.</div>"
    )
    assert texts(html.encode()) == PARTS
    data["@graph"][0]["articleBody"] = paragraphs()
    html = (
        f"<script type='application/ld+json'>{json.dumps(data)}</script><div>Loading, please wait for the page.</div>"
    )
    assert texts(html.encode()) == PARTS


def test_a_page_of_several_articles_gives_each() -> None:
    article = (
        "<article><h2>Headline number {0}</h2><p class='byline'>By Jane Doe</p><time>June {0}, 2024</time>{1}</article>"
    )
    html = "".join(article.format(number, paragraphs()) for number in (11, 12, 13))
    found = parsed(f"<html lang='en'><title>A blog</title><body><main>{html}</main></body></html>".encode())
    assert [each.title for each in found] == ["Headline number 11", "Headline number 12", "Headline number 13"]
    assert [each.published for each in found] == [date(2024, 6, day) for day in (11, 12, 13)]
    assert {each.text for each in found} == {"\n\n".join(PARTS)}
    teasers = "".join(f"<article><h3>Teaser {number}</h3><p>{TWO}</p></article>" for number in range(6))
    [only] = parsed(f"<body><main><article><h1>One</h1>{paragraphs()}</article>{teasers}</main></body>".encode())
    assert only.text.endswith(PARTS[-1])


@pytest.mark.parametrize(
    ("head", "published", "precision"),
    [
        ("<meta name='citation_publication_date' content='2024/06/18'>", date(2024, 6, 18), Precision.DAY),
        ("<meta name='citation_date' content='2024-06'>", date(2024, 6, 1), Precision.MONTH),
        ("<meta name='dc.date' content='2024'>", date(2024, 1, 1), Precision.YEAR),
        ("<meta property='article:modified_time' content='2024-06-18T10:00:00Z'>", None, Precision.DAY),
        ("<link rel=canonical href='https://a.example/2024/06/18/bridge'>", date(2024, 6, 18), Precision.DAY),
        (
            '<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"2024-06-19T01:00:00Z"}</script>'
            '<meta property="article:published_time" content="2024-06-18T20:00:00-05:00">',
            date(2024, 6, 18),
            Precision.DAY,
        ),
        ('<script type="application/ld+json">[[[{"@type":</script>', None, Precision.DAY),
    ],
)
def test_dates_of_publication(head: str, published: date | None, precision: Precision) -> None:
    draft = parse_html(page(paragraphs(), head))
    assert (draft.published, draft.precision) == (published, precision)


def test_who_wrote_it_and_when_may_stand_under_the_heading() -> None:
    lines = "<h1>A bridge</h1><div class='byline'>By Jane Doe</div><div class='meta'>Updated: June 20, 2024</div>"
    html = page(f"{lines}<div class='date'>Published: June 18, 2024</div>{paragraphs()}", "<title>A bridge</title>")
    draft = parse_html(html)
    assert (draft.author, draft.published) == ("Jane Doe", date(2024, 6, 18))


def test_authors_of_json_ld() -> None:
    data = {"@type": "BlogPosting", "author": [{"name": "Jane Doe"}, {"name": "Li Wei"}], "publisher": {"name": "Wire"}}
    draft = parse_html(page(paragraphs(), f"<script type='application/ld+json'>{json.dumps(data)}</script>"))
    assert (draft.author, draft.outlet) == ("Jane Doe, Li Wei", "Wire")


@pytest.mark.parametrize(
    ("stated", "text", "language"),
    [
        ("en-GB", ONE, "en"),
        ("de", ONE, "de"),
        ("nb-NO", ONE, "no"),
        ("xx", ONE, None),
        ("en", "これは橋です。" * 9, None),
    ],
)
def test_language_is_what_the_page_states(stated: str, text: str, language: str | None) -> None:
    assert parse_html(f"<html lang='{stated}'><body><p>{text}</p><p>{text}</p></body>".encode()).language == language


INLINE = st.sampled_from(["{}", "<b>{}</b>", "<a href='/x'>{}</a> too", "<i>{}</i>&amp;", "\u00a0{}", "{}\u200b"])
WRAPPED = st.lists(st.tuples(INLINE, st.integers(0, 999)), min_size=4, max_size=12)


@given(WRAPPED)
@settings(max_examples=20, deadline=None)
def test_every_paragraph_is_the_pages_own_in_its_order(wrapped: list[tuple[str, int]]) -> None:
    parts = [f"{ONE} {shape.format(number)} {TWO}" for shape, number in wrapped]
    naive = [" ".join(lxml_html.fromstring(f"<p>{part}</p>").text_content().split()) for part in parts]
    assert texts(page(paragraphs(parts))) == naive


@given(st.randoms(use_true_random=False), st.sampled_from(["cut", "flip", "splice"]))
@settings(max_examples=50, deadline=None)
def test_broken_pages_are_read_or_refused(random: Random, way: str) -> None:
    data = bytearray(page(paragraphs() + "<table><tr><td>1</td></tr></table><ul><li>2</li></ul>"))
    if way == "cut":
        del data[random.randrange(len(data)) :]
    for _ in range(20 if way == "flip" else 0):
        data[random.randrange(len(data))] = random.randrange(256)
    if way == "splice":
        data[random.randrange(len(data)) :] = data[random.randrange(len(data)) :] * 3
    with suppress(ParseError):
        assert parse_html(bytes(data)).blocks
