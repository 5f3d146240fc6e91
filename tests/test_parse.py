"""Every format to canonical Documents: offsets, ids, versions, and text that is the file's own."""

import hashlib
import io
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from email import policy
from email.message import EmailMessage
from html import escape
from pathlib import Path

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate

from index.errors import ParseError
from index.parse import ADVICE, PARSER_VERSION, SUFFIXES, parse
from index.parse.canonical import document, first_words, fold, visible
from index.parse.draft import Block, Draft, Kind
from index.parse.formats import CONTENT_TYPES
from index.types import Document

NOW = datetime(2024, 6, 18, 12, tzinfo=UTC)
PROSE = "The two governments exchanged the instruments of ratification in Moscow in December."
# Combining marks, right-to-left, astral, joined emoji, no-break and other spaces, markup of every kind.
AWKWARD = [
    *"aZ9é中жא عकि",
    "e\u0301",
    "\u0646\u200c\u0645",
    "\u200f",
    "👩\u200d🚀",
    "🇰🇵",
    "𝔸",
    "\u00a0",
    "\u2003",
    " ",
    " ",
    " ",
]
AWKWARD += [
    "<b>",
    "</script>",
    "${x}",
    "{{x}}",
    "&amp;",
    "'",
    '"',
    "\\",
    "|",
    "#",
    "*",
    "_",
    "`",
    "[a](b)",
    "ﬁ",
    "№",
    "…",
]

pieces = st.lists(st.sampled_from(AWKWARD), max_size=30).map("".join)
awkward_paragraphs = st.lists(pieces.map(lambda text: f"So {text} it was."), min_size=1, max_size=6)


def naive(text: str) -> str:
    """Folding as one would write it in a hurry."""
    return re.sub(r"\s+", " ", text).strip()


def as_text(paragraphs: list[str]) -> bytes:
    return "\r\n\r\n".join(paragraphs).encode()


def as_markdown(paragraphs: list[str]) -> bytes:
    return "\n\n".join(re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text) for text in paragraphs).encode()


def as_html(paragraphs: list[str]) -> bytes:
    return "".join(f"<p>{escape(text)}</p>" for text in paragraphs).encode()


def as_word(paragraphs: list[str]) -> bytes:
    written, buffer = docx.Document(), io.BytesIO()
    for text in paragraphs:
        written.add_paragraph(text)
    written.save(buffer)
    return buffer.getvalue()


def as_mail(paragraphs: list[str]) -> bytes:
    message = EmailMessage(policy=policy.SMTP)
    message["Subject"] = "A subject"
    message.set_content("\n\n".join(paragraphs), cte="base64")
    return message.as_bytes()


def as_pdf(paragraphs: list[str]) -> bytes:
    buffer, style = io.BytesIO(), getSampleStyleSheet()["BodyText"]
    SimpleDocTemplate(buffer).build([Paragraph(escape(text), style) for text in paragraphs])
    return buffer.getvalue()


WRITERS: Mapping[str, Callable[[list[str]], bytes]] = {
    ".txt": as_text,
    ".md": as_markdown,
    ".html": as_html,
    ".docx": as_word,
    ".eml": as_mail,
}


def check(found: Document) -> None:
    """The invariants of a canonical text, whatever the format."""
    end = -2
    for number, paragraph in enumerate(found.paragraphs, 1):
        quote = found.text[paragraph.start : paragraph.end]
        assert paragraph.number == number
        assert paragraph.start == end + 2
        assert quote and quote == fold(quote) and len(quote.splitlines()) == 1
        assert not any(unicodedata.category(mark) in ("Cc", "Cs") for mark in quote)
        end = paragraph.end
    assert end == len(found.text)
    assert found.text.encode()


def quotes(found: Document) -> list[str]:
    return [found.text[paragraph.start : paragraph.end] for paragraph in found.paragraphs]


@pytest.mark.parametrize("suffix", WRITERS)
@settings(max_examples=60, deadline=None)
@given(paragraphs=awkward_paragraphs)
def test_every_paragraph_is_found_again_as_it_was(suffix: str, paragraphs: list[str]) -> None:
    (found,) = parse(Path(f"/library/a{suffix}"), WRITERS[suffix](paragraphs), NOW)
    check(found)
    assert quotes(found) == [naive(text) for text in paragraphs]


words = st.lists(
    st.sampled_from(["treaty", "bridge", "café", "Straße", "NATO", "19", "cease-fire"]), min_size=1, max_size=80
)


@settings(max_examples=30, deadline=None)
@given(st.lists(words.map(lambda each: f"So {' '.join(each)} it was."), min_size=1, max_size=6))
def test_pdf_paragraphs_are_found_again(paragraphs: list[str]) -> None:
    (found,) = parse(Path("/library/a.pdf"), as_pdf(paragraphs), NOW)
    check(found)
    assert quotes(found) == paragraphs
    assert {paragraph.page for paragraph in found.paragraphs} <= {1, 2}


@given(st.lists(st.tuples(st.text(), st.sampled_from(Kind))))
def test_any_blocks_become_a_canonical_text_or_none(parts: list[tuple[str, Kind]]) -> None:
    draft = Draft(tuple(Block(text, kind) for text, kind in parts))
    found = document(draft, Path("/library/a.txt"), 0, NOW)
    kept = [fold(text) for text, _ in parts if visible(fold(text))]
    assert (found is None) == (not kept)
    if found is not None:
        check(found)
        assert quotes(found) == kept


@settings(deadline=None)
@given(st.text(), st.sampled_from([".txt", ".md"]))
def test_any_text_is_read_or_refused(text: str, suffix: str) -> None:
    data = text.encode("utf-8", "replace")
    try:
        found = parse(Path(f"/library/a{suffix}"), data, NOW)
    except ParseError:
        return
    for each in found:
        check(each)


def test_folding() -> None:
    assert fold(" a\u00a0\u2003b\r\n\tc\x0b\x85d\u2028e ") == "a b c d e"
    assert fold("a\x00b\x07 \x1b c") == "ab c"
    assert fold("a\ud800b") == "a\ufffdb"
    assert fold("e\u0301 \u200b\u200d ﬁ") == "e\u0301 \u200b\u200d ﬁ"
    assert not visible("\u200b\ufeff")


def test_identical_neighbours_each_have_their_place() -> None:
    (found,) = parse(Path("/library/a.txt"), as_text([PROSE, PROSE, PROSE]), NOW)
    length = len(PROSE)
    assert [(each.start, each.end) for each in found.paragraphs] == [
        (0, length),
        (length + 2, 2 * length + 2),
        (2 * length + 4, 3 * length + 4),
    ]


def test_ids_come_from_path_and_position_and_versions_from_content() -> None:
    data = f"A title\n\n{PROSE}\n\n---\n\nBy Jane Doe\n\n{PROSE}".encode()
    first, second = parse(Path("/library/a.txt"), data, NOW)
    assert first.id == hashlib.sha256(b"/library/a.txt#0").hexdigest()[:16]
    assert second.id == hashlib.sha256(b"/library/a.txt#1").hexdigest()[:16]
    assert (first.source, first.position, second.position, first.modified) == ("/library/a.txt", 0, 1, NOW)
    later, _ = parse(Path("/library/a.txt"), data, datetime(2025, 1, 1, tzinfo=UTC))
    assert (later.id, later.version) == (first.id, first.version)
    changed, _ = parse(Path("/library/a.txt"), data.replace(b"December", b"November"), NOW)
    assert changed.id == first.id
    assert changed.version != first.version


def test_every_field_counts_in_the_version() -> None:
    draft = Draft((Block(PROSE),), "T", "O", "A", date(2024, 1, 1), "https://example.org")
    drafts = [
        draft,
        replace(draft, title="U"),
        replace(draft, outlet=None),
        replace(draft, author="B"),
        replace(draft, published=None),
        replace(draft, url=None),
        replace(draft, blocks=(Block(PROSE, Kind.HEADING),)),
        replace(draft, blocks=(Block(PROSE, page=1),)),
        replace(draft, blocks=(Block(PROSE), Block(PROSE))),
    ]
    documents = [document(each, Path("/library/a.txt"), 0, NOW) for each in drafts]
    assert len({each.version for each in documents if each is not None}) == len(drafts)


def test_a_path_that_is_not_unicode_has_an_id() -> None:
    (found,) = parse(Path("/library/\udcff.txt"), as_text([PROSE]), NOW)
    assert len(found.id) == 16


def test_suffixes() -> None:
    assert {".txt", ".md", ".html", ".pdf", ".docx", ".eml", ".mbox", ".zip"} <= set(SUFFIXES)
    assert set(CONTENT_TYPES.values()) <= set(SUFFIXES)
    assert not set(ADVICE) & set(SUFFIXES)
    assert PARSER_VERSION >= 3
    assert parse(Path("/library/A.TXT"), as_text([PROSE]), NOW)[0].text == PROSE
    with pytest.raises(ParseError, match=r"suffix"):
        parse(Path("/library/a.xyz"), as_text([PROSE]), NOW)


LATIN = "Zoë Müller saß im Café und fragte, wann die Brücke über den Fluß geöffnet würde – niemand wußte es genau."


@pytest.mark.parametrize(
    ("suffix", "data", "encoding"),
    [
        (".txt", b"Plain words.", "utf-8"),
        (".txt", LATIN.encode("utf-8-sig"), "utf-8"),
        (".txt", LATIN.encode("cp1252"), "cp1252"),
        (".md", LATIN.encode("utf-16"), "utf-16-le"),
        (".html", b'<meta charset="ISO-8859-1"><p>' + LATIN.encode("cp1252"), "cp1252"),
        (".htm", b'<meta charset="windows-1251"><p>' + "Мост открыт".encode("cp1251"), "cp1251"),
        (
            ".eml",
            b"From: a@b.c\nContent-Type: text/plain; charset=KOI8-R\n\n" + "Мост открыт".encode("koi8-r"),
            "koi8-r",
        ),
        (".eml", b"From: a@b.c\nContent-Type: text/html; charset=latin1\n\n<p>" + LATIN.encode("cp1252"), "cp1252"),
        (".eml", b"From: a@b.c\nContent-Type: text/plain; charset=unicode_escape\n\n\\d caf\xe9", "cp1252"),
        (".docx", as_word([PROSE]), None),
    ],
)
def test_the_encoding_is_recorded(suffix: str, data: bytes, encoding: str | None) -> None:
    (found,) = parse(Path(f"/library/a{suffix}"), data, NOW)
    assert found.encoding == encoding
    assert "\ufffd" not in found.text


@pytest.mark.parametrize("suffix", sorted(SUFFIXES))
@pytest.mark.parametrize("data", [b"", bytes(range(256)) * 20])
def test_empty_and_foreign_files_are_refused(suffix: str, data: bytes) -> None:
    with pytest.raises(ParseError):
        parse(Path(f"/library/a{suffix}"), data, NOW)


def test_a_title_from_the_first_words() -> None:
    assert first_words("A short one.") == "A short one."
    assert first_words("word " * 40) == ("word " * 16).strip() + "…"
    assert first_words("中" * 100) == "中" * 80 + "…"
    assert not first_words("e\u0301" * 100)[:-1].endswith("e")


def test_slow_libraries_are_imported_only_when_needed() -> None:
    slow = ["trafilatura", "docx", "pypdfium2", "markdown_it", "charset_normalizer", "lxml"]
    program = f"import sys, index.parse; print([name for name in {slow} if name in sys.modules])"
    root = Path(__file__).resolve().parent.parent
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_masthead_in_capitals_is_the_same_outlet(tmp_path: Path) -> None:
    body = "\n\nThe minister said on Monday that the bridge would open in the spring of next year.\n"
    outlets = []
    for number, line in enumerate(("INSTITUTE OF COASTAL STUDIES", "Institute of Coastal Studies")):
        text = f"June 18, 2024\n\nBridge to open\n\n{line}{body}"
        (found,) = parse(tmp_path / f"{number}.txt", text.encode(), datetime(2024, 7, 1, tzinfo=UTC))
        outlets.append(found.outlet)
    assert outlets == ["Institute of Coastal Studies"] * 2
