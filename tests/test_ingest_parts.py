"""Files of files of which one part cannot be read any more: its document stays until the part is gone, and is seen by
nobody who may not see it now."""

import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from index.embed import MiniLM
from index.errors import UsageError
from index.exact import ExactIndex
from index.library import Library
from index.missing import missing, problem_of
from index.pages import original
from index.parse import Problem, read
from index.parse.draft import Stated
from index.parse.parts import OWN_TEXT
from index.rights import NOBODY
from index.split import chunks
from index.tables import Embedded
from index.types import Document, Filters
from rag.desk import Desk
from rag.settings import read as read_settings
from tests.conftest import NOON, RANDOM, directions, open_library
from tests.test_ingest import Place, assert_consistent, counts
from ui.render_pane import View, pane
from ui.sources.printed import around

# Too short for their language to be looked for, which would take most of the time.
TREATY, EGGS, VISIT, HARBOUR = (
    "They signed a treaty.",
    "It needs two eggs.",
    "He went to Hanoi.",
    "The harbour is open.",
)
CUT = b"PK\x03\x04 cut short"


class Counting(MiniLM):
    """The product's model, and how many texts it was given."""

    texts: int = 0

    def get_text_embedding_batch(self, texts: list[str]) -> list[list[float]]:
        self.texts += len(texts)
        return super().get_text_embedding_batch(texts)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with closing(open_library(tmp_path / "home")) as library:
        yield library


def packed(files: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def mailbox(*letters: Mapping[str, str | bytes]) -> bytes:
    """One with a message each with these attachments."""
    found = b""
    for number, files in enumerate(letters, 1):
        made = EmailMessage()
        made["Subject"], made["Message-ID"] = f"Letter {number}", f"<{number}@example.org>"
        made.set_content(f"Letter {number}.")
        for name, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            made.add_attachment(data, "application", "octet-stream", filename=name)
        found += b"From ann@example.org Tue Jun 18 10:00:00 2024\n" + made.as_bytes() + b"\n\n"
    return found


def held(library: Library) -> dict[str, Document]:
    """The documents by the last name of their part, whatever the time stamps of their file."""
    documents = [replace(library.document(entry.id), modified=NOON) for entry in library.entries()]
    return {str(document.part).rpartition("/")[2]: document for document in documents}


def test_a_part_that_is_damaged_keeps_its_documents_until_it_is_gone(tmp_path: Path, library: Library) -> None:
    news, mail = tmp_path / "news" / "news.zip", tmp_path / "news" / "mail.mbox"
    news.parent.mkdir()
    model = Counting()
    with closing(ExactIndex()) as index:
        place = Place(news.parent, library, index, model)
        inner = packed({"treaty.txt": TREATY, "visit.txt": VISIT})
        news.write_bytes(packed({"a.txt": HARBOUR, "b.txt": EGGS, "in.zip": inner}))
        mail.write_bytes(mailbox({"c.txt": EGGS, "also.zip": packed({"d.txt": VISIT})}, {}))
        assert counts(place.ingest()) == (8, 0, 0, 0, 0, 0)
        before, texts = held(library), model.texts

        news.write_bytes(packed({"a.txt": f"{HARBOUR} Now.", "b.txt": "", "in.zip": CUT}))
        mail.write_bytes(mailbox({"c.txt": "", "also.zip": CUT}, {}))
        summary = place.ingest()
        assert counts(summary) == (0, 1, 2, 0, 4, 0)
        told = [failure.path.removeprefix(f"{place.folder}/") for failure in summary.failed]
        letter = before["c.txt"].part.rpartition("/")[0] if before["c.txt"].part else ""
        assert sorted(told) == sorted(
            ["news.zip → b.txt", "news.zip → in.zip", f"mail.mbox → {letter}/c.txt", f"mail.mbox → {letter}/also.zip"]
        )
        found = held(library)
        assert found.pop("a.txt") != before.pop("a.txt")
        assert found == before
        assert model.texts == texts + 1, "what did not change is not embedded again"
        assert len(library.search(["eggs"], Filters(), 9)) == 2
        assert_consistent(library, index)

        state = library.state()
        assert replace(place.ingest(), changed=(), unchanged=()) == replace(summary, changed=(), unchanged=())
        assert (library.state(), model.texts) == (state, texts + 1), "a second run writes and embeds nothing"

        news.write_bytes(packed({"a.txt": HARBOUR, "in.zip": packed({"visit.txt": f"{VISIT} Late."})}))
        mail.write_bytes(mailbox({"c.txt": EGGS}, {}))
        assert counts(place.ingest()) == (0, 2, 3, 3, 0, 0)
        assert held(library).keys() == before.keys() - {"b.txt", "treaty.txt", "d.txt"} | {"a.txt"}


def store(library: Library, path: Path, groups: str | None = None) -> None:
    """What an ingest does with one file, in this process and with any vectors."""
    stated = Stated(groups=None if groups is None else frozenset(groups.split()))
    parsed = read(path, path.read_bytes(), NOON, stated)
    pieces = [(document, chunks(document, 200)) for document in parsed.documents]
    embedded = [Embedded(document, parts, directions(len(parts))) for document, parts in pieces]
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    library.replace(path.as_posix(), sha256, embedded, RANDOM, missing(parsed.problems))


def test_what_stays_of_a_part_is_seen_by_nobody_who_may_not_see_it_now(tmp_path: Path, library: Library) -> None:
    path, files = tmp_path / "news.zip", ("good.txt", "all.txt", "some.txt", "in.zip/one.txt")

    def put(groups: str, within: str, **texts: str | bytes) -> list[set[str]]:
        table = f"file,groups\none.txt,{within}\n"
        inner = packed({"metadata.csv": table, "one.txt": texts.pop("one"), "x.txt": "X."})
        named: dict[str, str | bytes] = {f"{name}.txt": each for name, each in texts.items()}
        path.write_bytes(packed({**named, "good.txt": VISIT, "in.zip": inner}))
        store(library, path, groups)
        found = {str(document.part): set(document.groups) for document in held(library).values()}
        return [found[name] for name in files]

    whole: dict[str, str | bytes] = {"all": TREATY, "some": f"---\ngroups: a\n---\n{EGGS}", "one": HARBOUR}
    cut: dict[str, str | bytes] = dict.fromkeys(whole, "")
    both = {"a", "b"}
    assert put("a b", "b", **whole) == [both, both, {"a"}, {"b"}]
    assert put("a b", "b", **cut) == [both, both, {"a"}, {"b"}]
    assert put("a b c", "a", **cut) == [{"a", "b", "c"}, both, {"a"}, {NOBODY}]
    assert put("b c", "b", **cut) == [{"b", "c"}, {"b"}, {NOBODY}, {NOBODY}]
    assert put("", "b", **cut) == [set(), {"b"}, {NOBODY}, {NOBODY}], "nobody knows any more what it was for"
    library.set_groups(path.as_posix(), frozenset("c"))  # as where the whole archive cannot be read
    assert {name: set(one.groups) for name, one in held(library).items()}["all.txt"] == {NOBODY}
    assert library.fingerprint(path.as_posix()) == "", "it is read again though it may be what it was"
    assert put("a b", "b", **whole) == [both, both, {"a"}, {"b"}]


def test_what_a_problem_is_about_is_what_stays() -> None:
    problems = [
        Problem("letter", "its text", below=False),
        Problem("letter/in.zip", "is cut"),
        Problem("digest", "its attachments", own=False),
        Problem("digest/old.doc", "is not read", skipped=True),
        Problem("june.pdf/page 3", "has no text layer"),
    ]
    stays = ["letter", "letter/in.zip/a.txt", "letter/in.zip/b/c.txt", "digest/a.txt", "digest/in.zip/a.txt"]
    goes = [None, "letter/a.txt", "letter/in.zip.txt", "digest", "june.pdf", "other"]
    assert [part for part in [*stays, *goes] if problem_of(part, missing(problems))] == stays
    (own,) = missing([Problem(OWN_TEXT, "is malformed", below=False)]).items()
    assert [problem_of(part, dict([own])) is not None for part in (None, "a.txt")] == [True, False]


def test_pages_of_a_part_that_stayed_are_not_drawn_from_what_stands_there_now(
    tmp_path: Path, library: Library, model: MiniLM
) -> None:
    def printed(*texts: str) -> bytes:
        buffer = io.BytesIO()
        canvas = Canvas(buffer, pagesize=(400, 300))
        for text in texts:
            canvas.drawString(50, 200, text)
            canvas.showPage()
        canvas.save()
        return buffer.getvalue()

    desk = Desk(replace(read_settings({}), home=tmp_path), library, ExactIndex(), model)
    path, whole = tmp_path / "news.zip", printed("A treaty.", "Two eggs.")
    for june, readable in ((whole, True), (printed("", ""), False), (whole, True)):
        path.write_bytes(packed({"june.pdf": june, "a.txt": EGGS}))
        store(library, path)
        document = held(library)["june.pdf"]
        assert document.paragraphs[1].page == 2
        if readable:
            assert original(library, document) == whole
            assert len(around(desk, document, 0, 5).sheets) == 2
        else:
            leaves = around(desk, document, 0, 5)
            shown = pane(View(document, 1, 0, 5, sheets=leaves.sheets, unprinted=leaves.reason))
            assert 'data-seen="text"' in shown and "<img" not in shown and "Two eggs." in shown
            assert "june.pdf in news.zip could not be read when it was ingested again; its text is that of" in shown
            with pytest.raises(UsageError, match=r"^june\.pdf in news\.zip could not be read when"):
                original(library, document)
