"""Exports: every sentence with its note, in every format; nothing without support as if it had any; text as text."""

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser

import docx
import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from index.parse.office.word import parse_word
from rag.desk import Desk, ingest_paths, open_desk
from rag.settings import read
from rag.types import (
    Answer,
    Citation,
    Claim,
    Conflict,
    Dispute,
    Filters,
    Searched,
    Side,
    Timings,
    Verdict,
    Writing,
)
from tests.browser_support import AURORA, FILLER, write
from tests.word_notes import footnotes
from ui.exports.letters import inline
from ui.exports.markdown import escaped, markdown
from ui.exports.page import page
from ui.exports.paper import Paper, Unsupported, paper
from ui.exports.plain import plain_text
from ui.exports.word import word
from ui.keeping.kept import Kept, emptied

SITE = "https://desk.example/citedesk"
HOSTILE = (
    "Mira <script>window.pwned=1</script> ![i](http://outside.example/i.png) [l](javascript:alert(1)) <b>x</b> "
    "http://outside.example/j ~~s~~ `c` | a | [^1] \u202e *b* _u_ $x$ &amp; \x0b\x00 1. & end"
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    home = tmp_path_factory.mktemp("exports")
    (home / "documents").mkdir()
    fields = (
        "title: The Aurora goes into dock\noutlet: Coast Courier\ndate: 2022-05-03\nurl: https://courier.example/a(1)/b"
    )
    write(home / "documents", "aurora.md", fields, [FILLER[0], AURORA, FILLER[1]])
    with closing(open_desk(replace(read({}), home=home))) as desk:
        ingest_paths(desk, [home / "documents"])
        yield desk


def cited(desk: Desk, number: int = 1) -> Citation:
    """The sentence about the ferry."""
    (entry,) = desk.library.entries()
    start = desk.library.document(entry.id).text.index(AURORA)
    place = (start, start + len(AURORA), AURORA)
    return Citation(
        number, entry.id, entry.version, entry.title, entry.outlet, entry.published, entry.url, 2, 4, *place, "p. 4"
    )


def kept(question: str, claims: tuple[Claim, ...] = ()) -> Kept:
    answer = Answer(question, question, claims, not claims, 0.9, (), (), Searched(1, Filters()), Timings())
    return Kept("0" * 16, "1" * 16, datetime(2026, 11, 20, 9, tzinfo=UTC), answer)


def everything(desk: Desk) -> list[Kept]:
    """All that can stand in an export: each verdict, bullets, a conflict, a refusal, what is withheld, hostile text."""
    one = cited(desk, 7)
    gone = replace(one, number=8, document_id="gone", title="Gone, all gone", url="javascript:alert(1)", outlet=None)
    evil = replace(one, number=9, document_id="evil", title=HOSTILE, quote=HOSTILE, url=None, published=None)
    written = kept(
        "Who built the Aurora?",
        (
            Claim("Halden built it.", (one, gone)),
            Claim("It was in 1988.", (one,), Verdict.PARTIAL, "The source says 1987."),
            Claim("She sank.", (), Verdict.UNSUPPORTED, "No paragraph says so."),
            Claim("She carries 400.", (one,), lead="- ", breaks=True),
            Claim("She floats.", (), Verdict.UNSUPPORTED, "No paragraph says so.", "- ", True),
        ),
    )
    told = replace(
        written.answer,
        conflicts=(Conflict(Dispute.DATE, (Side("1987", (one,)), Side("1988", (gone,))), "The second is later."),),
        writing=Writing("small-model"),
        notices=("The model stopped at its limit.",),
    )
    return [
        replace(written, answer=told),
        kept("Is there bread?"),
        replace(kept("What was it?"), answer=emptied("What was it?"), withheld=True),
        kept(HOSTILE, (Claim(HOSTILE, (evil,)),)),
    ]


def made(desk: Desk, unsupported: Unsupported = Unsupported.STRIKE) -> Paper:
    return paper("Ferries & more", everything(desk), desk, SITE, date(2026, 11, 22), unsupported)


def test_markdown_has_a_footnote_for_every_place(desk: Desk) -> None:
    text = markdown(made(desk))
    (id_,) = (entry.id for entry in desk.library.entries())
    assert "Halden built it.[^1][^2] It was in 1988.[^1] *(partly supported: The source says 1987)*" in text
    assert "~~She sank.~~ *(not supported by the documents: No paragraph says so)*" in text
    assert "- She carries 400.[^1]\n- ~~She floats.~~" in text
    assert (
        f"[^1]: Coast Courier, “The Aurora goes into dock”, 3 May 2022, [¶ 2, p. 4]({SITE}/source/{id_}#p2), " in text
    )
    assert f"<https://courier.example/a%281%29/b>: “{AURORA}”" in text
    assert re.search(r"\[\^2\]: “Gone, all gone”, 3 May 2022, ¶ 2, p. 4: “.*” \*Source removed since\.\*", text)
    assert "**Not in these documents.**" in text and "*The model stopped at its limit.*" in text
    assert "**This answer rests on documents that you may no longer see.**" in text
    assert "**The documents disagree on a date**\n\n- 1987[^1]\n- 1988[^2]\n\nThe second is later." in text
    marks = set(re.findall(r"\[\^(\d+)\](?!:)", text))
    assert marks == set(re.findall(r"^\[\^(\d+)\]: ", text, re.M)) == {"1", "2", "3"}


def test_what_has_no_support_may_be_left_out_and_is_counted(desk: Desk) -> None:
    text = markdown(made(desk, Unsupported.DROP))
    assert "She sank" not in text and "She floats" not in text
    assert "*2 sentences without support left out of this export.*" in text
    copied = plain_text(made(desk))
    assert "She sank" not in copied and "2 sentences without support left out." in copied
    assert "Halden built it. [1] [2] It was in 1988. [1] (partly supported: The source says 1987)" in copied
    source = "[1] Coast Courier, “The Aurora goes into dock”, 3 May 2022, ¶ 2, p. 4, https://courier.example/a(1)/b"
    assert f"{source}: “{AURORA}”\n" in copied


def test_a_hostile_text_is_only_text_in_markdown(desk: Desk) -> None:
    tokens = [
        token
        for block in MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(markdown(made(desk)))
        for token in (block, *(block.children or ()))
    ]
    assert not {"html_block", "html_inline", "image", "code_inline", "fence", "table_open"} & {t.type for t in tokens}
    links = {str(token.attrGet("href")) for token in tokens if token.type == "link_open"}
    assert links and all(link.startswith((f"{SITE}/source/", "https://courier.example/")) for link in links)
    assert not any(letter in markdown(made(desk)) for letter in "\x00\x0b\u202e")


@settings(max_examples=150, deadline=None)
@given(
    st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("*_`[]()!<>&#~|\\-+=.:/0189@$^ "), max_size=40)
)
def test_markdown_reads_an_escaped_text_back_letter_by_letter(text: str) -> None:
    paragraph = MarkdownIt("gfm-like", {"linkify": False}).parse(f"x{escaped(text)}")
    begun = MarkdownIt("gfm-like", {"linkify": False}).parse(escaped(text))
    assert len(paragraph) == 3 and {t.type for t in paragraph[1].children or ()} <= {"text", "text_special"}
    assert "".join(t.content for t in paragraph[1].children or ()) == f"x{inline(text)}".strip()
    assert [t.type for t in begun] in ([], ["paragraph_open", "inline", "paragraph_close"])


def test_word_has_real_footnotes(desk: Desk) -> None:
    data = word(made(desk))
    notes = footnotes(data)
    assert list(notes) == [1, 2, 3]
    assert notes[1].endswith(f"¶ 2, p. 4, https://courier.example/a(1)/b: “{AURORA}”") and "Source removed" in notes[2]
    document = docx.Document(io.BytesIO(data))
    referred = [int(each.get(qn("w:id"))) for each in document.element.body.iter(qn("w:footnoteReference"))]
    assert referred == [1, 2, 3]  # each once; every later one is a cross-reference
    fields = [each.text for each in document.element.body.iter(qn("w:instrText"))]
    assert fields == [f" NOTEREF _Note{n} \\f \\h " for n in (1, 1, 1, 2)]
    named = {each.get(qn("w:name")) for each in document.element.body.iter(qn("w:bookmarkStart"))}
    assert named == {"_Note1", "_Note2", "_Note3"}
    struck = [run.text for each in document.paragraphs for run in each.runs if run.font.strike]
    assert struck == ["She sank.", "She floats."]
    headings = [each.text for each in document.paragraphs if each.style and each.style.name == "Heading 1"]
    assert headings == ["Who built the Aurora?", "Is there bread?", "What was it?", inline(HOSTILE), "Sources"]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        relations = archive.read("word/_rels/footnotes.xml.rels").decode()
        assert "javascript" not in relations and f"{SITE}/source/" in relations
        assert "footnotes+xml" in archive.read("[Content_Types].xml").decode()
    assert parse_word(data).title == "Ferries & more"  # our own reader takes it


class Read(HTMLParser):
    """The text of a page, and its elements with what could do harm."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.text, self.tags, self.links = "", set[str](), list[str]()
        self.ids = set[str]()
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "link":
            assert given == {"rel": "icon", "href": "data:,"}  # so that browsers ask for no other
            return
        self.tags.add(tag)
        self.links += [given["href"] or ""] if "href" in given else []
        self.ids |= {given["id"] or ""} if "id" in given else set()
        assert not any(name.startswith("on") or name == "src" for name in given)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_print_view_numbers_its_notes_and_runs_nothing(desk: Desk) -> None:
    found = Read(page(made(desk)))
    assert not found.tags & {"script", "img", "iframe", "form", "b"}
    own = [link for link in found.links if link.startswith("#")]
    assert {link[1:] for link in own} == {"n1", "n2", "n3"} <= found.ids
    rest = set(found.links) - set(own)
    assert all(link.startswith((f"{SITE}/source/", "https://courier.example/")) for link in rest)
    assert "source removed since" in found.text and AURORA in found.text
    assert "Mira <script>window.pwned=1</script>" in found.text


def test_one_question_is_no_heading_twice(desk: Desk) -> None:
    one = [kept("Who built it?", (Claim("Halden.", (cited(desk),)),))]
    text = markdown(paper("Who built it?", one, desk, SITE, date(2026, 11, 22)))
    assert text.count("Who built it?") == 1 and "Sources" not in text
