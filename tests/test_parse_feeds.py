"""RSS, Atom and JSONL: an article an item, under a name that stays; web pages saved as MHTML."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from html import escape
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import ParseError
from index.parse import parse, read
from index.parse.draft import Draft, Item
from index.parse.feeds import parse_feed
from index.parse.feeds.json_lines import parse_json_lines
from index.parse.html.saved import parse_saved
from index.types import Precision
from tests.package_support import LAUGHS, damaged

NOW = datetime(2024, 6, 18, 12, tzinfo=UTC)
SPACES = 'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'


def rss(*items: str, channel: str = "<title>Harbour Wire</title>") -> bytes:
    inside = "".join(f"<item>{item}</item>" for item in items)
    return f'<?xml version="1.0"?><rss version="2.0" {SPACES}><channel>{channel}{inside}</channel></rss>'.encode()


def lines(*values: object) -> bytes:
    return "\n".join(json.dumps(value) for value in values).encode()


def draft(item: Item) -> Draft:
    assert item.draft is not None, item.problem
    return item.draft


def texts(item: Item) -> list[str]:
    return [block.text for block in draft(item).blocks]


def test_rss() -> None:
    full, summary, bare, empty = parse_feed(
        rss(
            "<title>Bridge &amp;amp; river</title><link>https://wire.example/a</link><guid>g1</guid>"
            "<pubDate>Tue, 18 Jun 2024 23:30:00 -0500</pubDate><dc:creator>Jane Doe</dc:creator>"
            "<description>Short.</description><content:encoded><![CDATA[<p>First <b>paragraph</b>.</p>"
            "<script>x</script><p>Second one.</p><p>The post Bridge appeared first on Harbour Wire.</p>"
            "]]></content:encoded>",
            "<title>Two</title><description>A plain text.\n\nIn two parts.</description>"
            '<source url="https://other.example">Other Paper</source><author>desk@wire.example</author>',
            "<title>Only a title</title>",
            "",
        )
    )
    assert texts(full) == ["First paragraph.", "Second one."]
    assert replace(draft(full), blocks=()) == Draft(
        blocks=(),
        title="Bridge & river",
        outlet="Harbour Wire",
        author="Jane Doe",
        published=date(2024, 6, 18),  # as it is written, though it was the 19th in Greenwich
        url="https://wire.example/a",
        encoding="utf-8",
    )
    assert texts(summary) == ["A plain text.", "In two parts."]
    assert (draft(summary).outlet, draft(summary).author, draft(summary).published) == ("Other Paper", None, None)
    assert texts(bare) == ["Only a title"]
    assert (empty.draft, empty.problem) == (None, "holds no text")


def test_atom() -> None:
    (item,) = parse_feed(
        b'<?xml version="1.0" encoding="iso-8859-1"?><feed xmlns="http://www.w3.org/2005/Atom">'
        b'<title type="html">&lt;b&gt;Caf\xe9&lt;/b&gt;</title><entry><id>tag:1</id><title>T</title>'
        b'<updated>2024-06-18T10:00:00Z</updated><link href="https://a.example/1"/><author><name>Jo Roe</name></author>'
        b'<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One <i>caf\xe9</i>.</p><p>Two.</p></div>'
        b"</content></entry></feed>"
    )
    assert texts(item) == ["One café.", "Two."]
    found = draft(item)
    assert (found.outlet, found.author, found.published) == ("Café", "Jo Roe", date(2024, 6, 18))
    assert (found.url, found.encoding) == ("https://a.example/1", "cp1252")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b"plain text", "is not an RSS or Atom feed"),
        (b"<html><body>rss</body></html>", "is not an RSS or Atom feed"),
        (rss(), "lists no articles"),
        (LAUGHS + b"<rss><channel><item><title>&j;</title></item></channel></rss>", "XML entities"),
        (b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + rss("<title>&x;</title>"), "XML entities"),
        (b'<!DOCTYPE r [<!ENTITY a "' + b"a" * 200 + b'">]><rss/>', "XML entities"),
    ],
)
def test_what_is_no_feed(data: bytes, reason: str) -> None:
    with pytest.raises(ParseError, match=reason):
        parse_feed(data)


def test_harmless_entities_and_broken_xml_are_read() -> None:
    data = b'<!DOCTYPE rss [<!ENTITY nbsp "&#160;">]>' + rss("<title>A&nbsp;b & c</title>").partition(b"?>")[2]
    assert [texts(item) for item in parse_feed(data)] == [["A b & c"]]


def test_jsonl() -> None:
    first, second, third, fourth = parse_json_lines(
        lines(
            {
                "ID": 7,
                "headline": "A bridge",
                "articleBody": "One.\n\nTwo.",
                "datePublished": "2024-06-18T23:30:00-05:00",
                "author": [{"name": "Jane Doe"}, {"name": "John Roe"}],
                "publisher": {"@type": "Organization", "name": "Harbour Wire"},
                "url": "https://wire.example/a",
                "groups": ["Desk", "Board"],
                "inLanguage": "en-GB",
            },
            {
                "title": "T",
                "content": "<p>One <b>bold</b>.</p><p>Two.</p>",
                "publish_date": "2024-06",
                "source": "Paper",
            },
            {"_id": "x", "_source": {"text": ["One.", "Two."], "published_at": 1718700000000, "language": "unknown"}},
            {"title": "Only a summary", "text": "", "description": "It says this.", "date": "2024"},
        )
    )
    assert [texts(item) for item in (first, second, third)] == [
        ["One.", "Two."],
        ["One bold.", "Two."],
        ["One.", "Two."],
    ]
    assert replace(draft(first), blocks=()) == Draft(
        blocks=(),
        title="A bridge",
        outlet="Harbour Wire",
        author="Jane Doe, John Roe",
        published=date(2024, 6, 18),
        url="https://wire.example/a",
        groups=frozenset({"Desk", "Board"}),
        language="en",
        encoding="utf-8",
    )
    assert (draft(second).published, draft(second).precision) == (date(2024, 6, 1), Precision.MONTH)
    assert (draft(third).published, draft(third).language) == (date(2024, 6, 18), None)
    assert (texts(fourth), draft(fourth).precision) == (["It says this."], Precision.YEAR)


def test_lines_that_are_no_articles_are_told_and_the_others_read() -> None:
    whole = b'{"text": "Kept."}\r\n{bad\n\n[1]\n{"id": 2}\n{"text": "x", "groups": 5}\n{"text": "x", "groups": [","]}\n'
    found = parse_json_lines(whole + b"[" * 100_000)
    assert [(item.name, item.problem) for item in found if item.draft is None] == [
        ("line 2", "is not JSON: Expecting property name enclosed in double quotes at character 2"),
        ("line 4", "is not a JSON object with the fields of an article"),
        ("line 5", "holds no text: its fields text, body, content, description and the like are missing or empty"),
        ("line 6", 'has groups that are not understood: write them as ["name", "other name"]'),
        ("line 7", 'has groups that are not understood: write them as ["name", "other name"]'),
        ("line 8", "is nested too deeply"),
    ]
    assert [texts(item) for item in found if item.draft] == [["Kept."]]
    assert [texts(item) for item in parse_json_lines(b'[{"text": "a"}, {"text": "b"}]')] == [["a"], ["b"]]
    with pytest.raises(ParseError, match="no text"):
        parse_json_lines(b"\n \n")


def test_a_csv_file_with_an_article_a_row() -> None:
    body = "The two governments exchanged the instruments of ratification in Moscow. " * 4
    table = f'Title;Body;Date;URL;Groups\nOne;"{body}\n\nIts end.";2024-06-18;https://wire.example/1;Desk\n\n;{body};;;\n;;;;x\n'
    found = read(Path("/news/a.csv"), table.encode(), NOW)
    first, second = found.documents
    assert (first.title, first.published, first.url) == ("One", date(2024, 6, 18), "https://wire.example/1")
    assert (first.groups, first.encoding) == (frozenset({"Desk"}), "utf-8")
    assert [paragraph.row for paragraph in (*first.paragraphs, *second.paragraphs)] == [2, 2, 4]
    assert [(problem.part, problem.reason[:13]) for problem in found.problems] == [("row 5", "holds no text")]
    short = read(Path("/news/a.csv"), b"Title,Body,Date\nOne,Two words,2024-06-18\n", NOW).documents
    assert [each.text for each in short] == ["Title: One | Body: Two words | Date: 2024-06-18"]


words = st.lists(st.sampled_from(["treaty", "bridge", "café", "Straße", "NATO", "19"]), min_size=1, max_size=8)
articles = st.lists(
    st.lists(words.map(lambda each: f"So {' '.join(each)} it was."), min_size=1, max_size=4), min_size=1
)


@settings(max_examples=40)
@given(articles, articles, st.sampled_from([".rss", ".jsonl"]))
def test_each_article_is_read_whole_and_keeps_its_name(old: list[list[str]], new: list[list[str]], suffix: str) -> None:
    def written(first: int, bodies: list[list[str]]) -> bytes:
        named = list(enumerate(bodies, first))
        if suffix == ".jsonl":
            return lines(*({"id": number, "text": "\n\n".join(body)} for number, body in named))
        items = (
            f"<guid>{number}</guid><description>{escape(''.join(f'<p>{p}</p>' for p in body))}</description>"
            for number, body in named
        )
        return rss(*items)

    before = parse(Path(f"/news/a{suffix}"), written(0, old), NOW)
    assert [[each.text[p.start : p.end] for p in each.paragraphs] for each in before] == old
    after = parse(Path(f"/news/a{suffix}"), written(-len(new), [*new, *old]), NOW)
    assert after[len(new) :] == before
    assert len({each.id for each in after}) == len(after)


PAGE = (
    "<html><body><article><p>The café opened on Tuesday, and everyone who came was pleased.</p></article></body></html>"
)
SAVED = (
    b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://news.example/a\r\n"
    b"Subject: =?utf-8?Q?A_caf=C3=A9?=\r\n"
    b"Date: Wed, 19 Jun 2024 10:00:00 -0000\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/related; type="text/html"; boundary="B"\r\n\r\n'
    b"--B\r\nContent-Type: text/css\r\n\r\np {}\r\n"
    b"--B\r\nContent-Type: text/html; charset=windows-1252\r\nContent-ID: <frame>\r\n"
    b"Content-Transfer-Encoding: 8bit\r\n"
    b"Content-Location: https://news.example/b\r\n\r\n" + PAGE.encode("cp1252") + b"\r\n"
    b"--B\r\nContent-Type: text/html\r\nContent-ID: <other>\r\n\r\n<p>An advertisement in a frame.</p>\r\n--B--\r\n"
)


def test_a_saved_page() -> None:
    found = parse_saved(SAVED)
    assert [block.text for block in found.blocks] == ["The café opened on Tuesday, and everyone who came was pleased."]
    assert (found.title, found.url, found.published) == ("A café", "https://news.example/a", None)
    assert found.encoding == "cp1252"
    named = parse_saved(SAVED.replace(b'type="text/html";', b'type="text/html"; start="<other>";'))
    assert [block.text for block in named.blocks] == ["An advertisement in a frame."]
    for data, reason in [(b"", "is empty"), (b"Subject: x\n\ntext", "holds no web page"), (b"\n--" * 50_000, "parts")]:
        with pytest.raises(ParseError, match=reason):
            parse_saved(data)


@pytest.mark.parametrize(
    ("suffix", "whole"),
    [
        (
            ".rss",
            rss(
                "<guid>1</guid><title>A &amp; b</title><description>&lt;p&gt;x&lt;/p&gt;</description>",
                "<title>c</title>",
            ),
        ),
        (
            ".jsonl",
            lines({"id": 1, "text": "One.", "date": 1718700000, "author": [{"name": "J"}]}, {"text": "<p>b</p>"}),
        ),
        (".csv", b'Title,Body\nOne,"' + b"A sentence of it. " * 20 + b'"\nTwo,"' + b"Another one. " * 30 + b'"\n'),
        (".mhtml", SAVED),
    ],
)
def test_damaged_files_are_read_or_refused(suffix: str, whole: bytes) -> None:
    chance = Random(7)
    for _ in range(150):
        try:
            read(Path(f"/news/a{suffix}"), damaged(whole, chance), NOW)
        except ParseError:
            continue
