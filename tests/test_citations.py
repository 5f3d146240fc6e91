"""Property: whatever the format and the characters, a citation's quote is the slice of the canonical text."""

import email.message
import io
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate

from index.types import Filters
from rag.answer import answer
from rag.desk import Desk, ingest_paths, open_desk
from rag.record import record
from rag.settings import read

AWKWARD = (
    *(
        "é",
        "e\u0301",
        "ñ",
        "한국",
        "Приве\u0301т",
        "עברית",
        "مرحبا",
        "𝔘𝔫𝔦",
        "👩\u200d👩\u200d👧",
        "🇰🇵",
        "\u00a0",
        "\u202e",
    ),
    *("ﬁ", "½", "“quoted”", "it’s", "${a}", "{{b}}", "<b>", "&", "#"),
)
WORDS = st.sampled_from([*AWKWARD, "treaty", "bridge", "Kim", "Dr.", "U.S.", "2024", "3.5", "signed", "the", "river"])
SENTENCE = st.lists(WORDS, min_size=3, max_size=12).map(lambda words: "The " + " ".join(words) + ".")
TEXT = st.lists(st.lists(SENTENCE, min_size=1, max_size=4).map(" ".join), min_size=1, max_size=5)


def _txt(paragraphs: list[str]) -> bytes:
    return "\r\n\r\n".join(paragraphs).encode()


def _html(paragraphs: list[str]) -> bytes:
    body = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    return f"<!doctype html><meta charset=utf-8><title>t</title><article>{body}</article>".encode()


def _pdf(paragraphs: list[str]) -> bytes:
    out = io.BytesIO()
    style = getSampleStyleSheet()["Normal"]
    # The built-in fonts have Latin letters only; what they lack is left out.
    latin = [paragraph.encode("latin-1", "ignore").decode("latin-1") for paragraph in paragraphs]
    SimpleDocTemplate(out).build([Paragraph(escape(paragraph), style) for paragraph in latin])
    return out.getvalue()


def _docx(paragraphs: list[str]) -> bytes:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _eml(paragraphs: list[str]) -> bytes:
    message = email.message.EmailMessage()
    message["Subject"], message["From"] = "Situation", "Desk <desk@example.org>"
    message["Date"] = "Fri, 21 Jun 2024 09:00:00 +0000"
    message.set_content("\n\n".join(paragraphs))
    return message.as_bytes()


FORMATS: dict[str, Callable[[list[str]], bytes]] = {
    ".txt": _txt,
    ".md": _txt,
    ".html": _html,
    ".pdf": _pdf,
    ".docx": _docx,
    ".eml": _eml,
}


@dataclass(frozen=True, slots=True)
class Shelf:
    """A desk, and the folder that its library holds."""

    desk: Desk
    folder: Path

    def put(self, paragraphs: list[str]) -> None:
        """Makes the library hold a file of each format with these paragraphs, and nothing else."""
        for suffix, write in FORMATS.items():
            (self.folder / f"file{suffix}").write_bytes(write(paragraphs))
        summary = ingest_paths(self.desk, [self.folder])
        assert not summary.failed


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    top = tmp_path_factory.mktemp("shelf")
    (top / "documents").mkdir()
    # Nothing is refused, so that every example cites.
    with closing(open_desk(replace(read({}), home=top / "home", refuse_below=0.0))) as desk:
        yield Shelf(desk, top / "documents")


# All formats at once: to start what reads them takes longer than to read them.
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(paragraphs=TEXT)
def test_every_quote_is_the_slice_it_claims_to_be(shelf: Shelf, paragraphs: list[str]) -> None:
    shelf.put(paragraphs)
    entries = {Path(entry.source).suffix: entry.id for entry in shelf.desk.library.entries()}
    assert entries.keys() == FORMATS.keys()
    for suffix, id_ in entries.items():
        for question in ("What did the treaty say?", paragraphs[-1][:200]):
            found = answer(shelf.desk, question, filters=Filters(documents=(id_,)))
            assert found.citations, suffix
            for citation in found.citations:
                assert citation.document_id == id_
                document = shelf.desk.library.document(id_)
                assert document.text[citation.start : citation.end] == citation.quote, suffix
                paragraph = document.paragraphs[citation.paragraph - 1]
                assert paragraph.start <= citation.start < citation.end <= paragraph.end, suffix
            sent = json.loads(json.dumps(record(found, "1")))
            assert [row["quote"] for row in sent["citations"]] == [c.quote for c in found.citations]
