"""metadata.csv: what it says of files counts, and where it cannot be followed nobody sees more than before."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.embed import MiniLM
from index.errors import ParseError
from index.exact import ExactIndex
from index.ingest import Summary, ingest
from index.library import Library
from index.metadata import Metadata, read_table
from index.parse.draft import Stated
from index.sidecars import read_sidecar
from index.types import Entry, Precision
from tests.conftest import open_library

HOME = Path("/news")
TABLE = HOME / "metadata.csv"


def stated(text: str, file: str) -> Stated:
    """What a table says of a file below its folder."""
    return Metadata([read_table(TABLE, text.encode())]).stated(HOME / file)


def groups(text: str, file: str) -> set[str] | None:
    found = stated(text, file).groups
    return None if found is None else set(found)


# -- the table --------------------------------------------------------------------------------------------------------


def test_every_column_says_what_it_says() -> None:
    text = (
        "\ufeffGroups , title,file,outlet,author,published,url\r\n"
        '"board, press office;staff",A “title”,a.txt,The Outlet,Jane Doe,19 June 2024,https://example.org/a\r\n'
        ",,,,,,\r\n"
        ',,b.txt,"Outlet, with a comma",,2024-06-19,\r\n'
    )
    assert stated(text, "a.txt") == Stated(
        *("A “title”", "The Outlet", "Jane Doe", date(2024, 6, 19), "https://example.org/a"),
        frozenset({"board", "press office", "staff"}),
    )
    assert stated(text, "b.txt") == Stated(outlet="Outlet, with a comma", published=date(2024, 6, 19))
    assert stated(text, "c.txt") == Stated()


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_spreadsheets_write_it_in_many_ways(mark: str, encoding: str) -> None:
    text = mark.join(["file", "outlet", "groups"]) + "\r\n" + mark.join(["café.txt", "Übersicht", "a"]) + "\r\n"
    found = Metadata([read_table(TABLE, text.encode(encoding))]).stated(HOME / "cafe\u0301.txt")
    assert found == Stated(outlet="Übersicht", groups=frozenset({"a"}))


@pytest.mark.parametrize(
    ("row", "about", "not_about"),
    [
        ("a.txt", ["a.txt"], ["b/a.txt", "A.txt", "a.txt.txt"]),
        ("./b/a.txt", ["b/a.txt"], ["a.txt", "b/b/a.txt"]),
        ("b\\a.txt", ["b/a.txt"], ["a.txt"]),
        ("b", ["b/a.txt", "b/c/a.txt"], ["a.txt", "bb/a.txt", "c/b/a.txt"]),
        ("b/", ["b/a.txt", "b/c/a.txt"], ["a.txt"]),
        (".", ["a.txt", "b/a.txt"], []),
        ("*", ["a.txt"], ["b/a.txt"]),
        ("*.txt", ["a.txt", ".txt"], ["b/a.txt", "a.md"]),
        ("b/**", ["b/a.txt", "b/c/a.txt"], ["a.txt", "bb/a.txt"]),
        ("**", ["a.txt", "b/c/a.txt"], []),
        ("**/a.txt", ["a.txt", "b/c/a.txt"], ["b/aa.txt"]),
        ("b/**/a.txt", ["b/a.txt", "b/c/d/a.txt"], ["a.txt", "c/b/a.txt"]),
        ("a?.txt", ["ab.txt"], ["a.txt", "a/.txt"]),
        ("a[1].(x)+.txt", ["a[1].(x)+.txt"], ["a1.x.txt"]),
        ("a*b.txt", ["a*b.txt", "axb.txt"], ["a/b.txt"]),
        ("../a.txt", [], ["a.txt"]),
        ("/news/a.txt", [], ["a.txt"]),
    ],
)
def test_rows_are_about_files_folders_and_patterns(row: str, about: list[str], not_about: list[str]) -> None:
    text = f"file,groups\n{row},g\n"
    assert [file for file in [*about, *not_about] if groups(text, file)] == about


def test_later_rows_and_nearer_tables_count_before_others() -> None:
    far = read_table(TABLE, b'file,groups,outlet\nb/**,far,Far\nb/a.txt,"later",\nb/open.txt,-,\n')
    near = read_table(HOME / "b" / "metadata.csv", b"file,groups,outlet\nnear.txt,near,\nopen.txt,,Near\n*.md,-,\n")
    metadata = Metadata([near, far])
    told = {name: metadata.stated(HOME / "b" / name) for name in ("a.txt", "near.txt", "open.txt", "x.md", "c/x.md")}
    assert told == {
        "a.txt": Stated(groups=frozenset({"later"}), outlet="Far"),
        "near.txt": Stated(groups=frozenset({"near"}), outlet="Far"),
        "open.txt": Stated(groups=frozenset(), outlet="Near"),
        "x.md": Stated(groups=frozenset(), outlet="Far"),
        "c/x.md": Stated(groups=frozenset({"far"}), outlet="Far"),
    }


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        ("PK\x03\x04", "binary data"),
        ("title,groups\na,b\n", "has no column 'file'"),
        ("file,group\na,b\n", "has a column 'group' that is not known; .*file, title, outlet"),
        ("file,groups,Groups\na,b,c\n", "has two columns 'groups'"),
        ("file,groups\na.txt,board, staff\n", "row 2 has 3 cells, the first row has 2; .*quotation marks"),
        ("file,groups\na.txt\n", "row 2 has 1 cells"),
        ("file,groups\n,board\n", "row 2 names no file"),
        ("file,groups\na.txt,;\n", "row 2: ';' names no groups"),
        ('file,groups\na.txt,"-, board"\n', "row 2: '-, board' names no groups; - alone means everybody"),
        ('file,groups\n"a.txt,board\n', "is no CSV file"),
    ],
)
def test_a_table_that_could_mean_something_else_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ParseError, match=reason):
        read_table(TABLE, text.encode())


def test_a_wrong_cell_is_told_and_says_nothing() -> None:
    table = read_table(TABLE, b"file,published,url,outlet\na.txt,03/04/2024,not an address,O\nb.txt,,,\n")
    metadata = Metadata([table])
    assert metadata.stated(HOME / "a.txt") == Stated(outlet="O")
    assert [problem.split(";")[0] for problem in metadata.problems(table)] == [
        "row 2: '03/04/2024' is not a date such as 2024-06-19",
        "row 2: 'not an address' is not a web address",
        "row 3: no file that is read is named 'b.txt'",
    ]


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes_are_a_table_or_a_parse_error(data: bytes) -> None:
    for start in (b"", b"file,groups\n"):
        try:
            table = read_table(TABLE, start + data)
        except ParseError:
            continue
        Metadata([table]).stated(HOME / "a.txt")


# -- ingest -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """A folder, and a library that follows it; ``embedded`` counts the texts that were embedded."""

    folder: Path
    library: Library
    model: MiniLM

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def ingest(self, *paths: Path, allow_empty: bool = False) -> Summary:
        given = paths or (self.folder,)
        return ingest(self.library, ExactIndex(), self.model, given, budget=200, allow_empty=allow_empty)

    def entries(self) -> dict[str, Entry]:
        """By the file's path in the folder."""
        return {Path(e.source).relative_to(self.folder).as_posix(): e for e in self.library.entries()}

    def groups(self) -> dict[str, str]:
        """Who sees the files."""
        return {name: ",".join(sorted(entry.groups)) for name, entry in sorted(self.entries().items())}


@pytest.fixture
def place(tmp_path: Path, model: MiniLM) -> Iterator[Place]:
    with closing(open_library(tmp_path / "home")) as library:
        place = Place(tmp_path / "news", library, model)
        for name in ("a.txt", "secret/b.txt", "secret/deep/c.md"):
            place.write(name, f"What {name} says is not much. It says it twice.")
        yield place


def reasons(summary: Summary) -> list[str]:
    return [f"{Path(failure.path).name}: {failure.reason}" for failure in summary.failed]


OPEN = {"a.txt": "", "secret/b.txt": "", "secret/deep/c.md": ""}
CLOSED = {"a.txt": "", "secret/b.txt": "board", "secret/deep/c.md": "board"}


def test_a_new_table_changes_rights_without_embedding_again(place: Place) -> None:
    place.ingest()
    before = place.library.embedding(), place.library.vectors(), place.entries()
    assert place.groups() == OPEN
    place.write("metadata.csv", "file,groups\nsecret/**,board\n")
    summary = place.ingest()
    assert place.groups() == CLOSED
    assert {Path(each.source).name for each in summary.changed} == {"b.txt", "c.md"}
    assert (len(summary.unchanged), summary.failed, summary.skipped) == (1, (), ())
    assert place.library.vectors().ids == before[1].ids  # the version of no document changed
    state = place.library.state()
    assert place.ingest().changed == ()
    assert place.library.state() == state  # nothing is written the second time
    place.write("metadata.csv", "file,groups,outlet\nsecret/**,-,The Outlet\n")
    assert len(place.ingest().changed) == 2
    assert place.groups() == OPEN
    assert place.entries()["secret/b.txt"].outlet == "The Outlet"
    assert place.entries()["secret/b.txt"].version != before[2]["secret/b.txt"].version


def test_vectors_of_what_did_not_change_are_kept(place: Place) -> None:
    place.ingest()
    ids = sorted(place.library.chunk_ids())
    marked = place.library.vectors(ids)
    model = place.library.model()
    assert model is not None
    place.library.replace_vectors(model, dict(zip(marked.ids, marked.matrix[::-1].copy(), strict=True)))
    place.write("metadata.csv", "file,groups\n**,board\n")
    place.ingest()
    assert place.groups() == dict.fromkeys(OPEN, "board")
    assert (place.library.vectors(ids).matrix == marked.matrix[::-1]).all()  # so they were not embedded again


@pytest.mark.parametrize(
    "broken",
    ["file,group\nsecret/**,board\n", "file,groups\nsecret/**,board, staff\n", "", "file;groups\nsecret/**,board\n"],
)
def test_what_is_below_a_table_that_cannot_be_read_stays_as_it_was(place: Place, broken: str) -> None:
    place.write("metadata.csv", "file,groups\nsecret/**,board\n")
    place.ingest()
    place.write("metadata.csv", broken)
    place.write("secret/b.txt", "Something else.")
    place.write("secret/new.txt", "Something new.")
    summary = place.ingest()
    assert place.groups() == CLOSED
    assert (summary.added, summary.changed, summary.removed) == ((), (), ())
    assert [reason.split(":")[0] for reason in reasons(summary)] == ["metadata.csv"]
    assert "(the 4 files in its folder and below stayed as before)" in reasons(summary)[0]
    place.write("metadata.csv", "file,groups\nsecret/**,board\n")
    fixed = place.ingest()
    assert (len(fixed.added), len(fixed.changed), fixed.failed) == (1, 1, ())
    assert place.groups() == {**CLOSED, "secret/new.txt": "board"}


def test_a_file_that_cannot_be_read_any_more_is_hidden_as_the_table_says(place: Place) -> None:
    place.ingest()
    place.write("metadata.csv", "file,groups\nsecret/**,board\n")
    (place.folder / "secret" / "b.txt").write_bytes(b"PK\x03\x04")
    assert [reason.split(":")[0] for reason in reasons(place.ingest())] == ["b.txt"]
    assert place.groups() == CLOSED


def test_a_table_that_is_gone_opens_nothing_by_itself(place: Place) -> None:
    table = place.write("metadata.csv", "file,groups\nsecret/**,board\n")
    place.ingest()
    table.unlink()
    place.write("secret/b.txt", "Something else.")
    for path in (place.folder, place.folder / "secret", place.folder / "secret" / "b.txt"):
        assert "is gone; put it back, or add --allow-empty" in reasons(place.ingest(path))[0]
        assert place.groups() == CLOSED
    assert place.ingest(allow_empty=True).failed == ()
    assert place.groups() == OPEN
    assert place.ingest().failed == ()


@pytest.mark.parametrize("given", ["secret", "secret/b.txt", "secret/deep"])
def test_a_table_counts_from_wherever_its_files_are_ingested(place: Place, given: str) -> None:
    place.write("metadata.csv", "file,groups\nsecret/**,board\nnone.txt,board\n")
    assert "no file that is read is named 'none.txt'" in reasons(place.ingest())[0]
    place.write("secret/b.txt", "Something else.")
    assert reasons(place.ingest(place.folder / given)) == []  # of its other files nothing was asked
    assert place.groups() == CLOSED


def test_a_table_beside_a_single_file_counts(place: Place) -> None:
    place.write("secret/Metadata.CSV", "file,groups\nb.txt,board\n")
    place.ingest(place.folder / "secret" / "b.txt")
    assert place.groups() == {"secret/b.txt": "board"}
    place.write("secret/metadata.csv", "file,groups\n")
    assert "stands beside another one" in " ".join(reasons(place.ingest(place.folder / "secret")))
    assert place.groups() == {"secret/b.txt": "board"}


def test_a_table_is_no_document(place: Place) -> None:
    table = place.write("metadata.csv", "file,groups\nsecret,board\n")
    assert "ingest its folder" in reasons(place.ingest(table))[0]
    assert place.ingest().skipped == ()
    assert place.groups() == CLOSED


# -- metadata beside one file ------------------------------------------------------------------------------------------


def test_a_file_of_metadata_says_what_a_row_does() -> None:
    data = """\ufeff{"Title": "A title", "outlet": "The Outlet", "author": null, "published": "June 2024",
    "language": "EN", "url": "https://example.org/a", "groups": ["board", "press office"]}"""
    assert read_sidecar(data.encode()) == Stated(
        *("A title", "The Outlet", None, date(2024, 6, 1), "https://example.org/a"),
        *(frozenset({"board", "press office"}), Precision.MONTH, "en"),
    )
    assert read_sidecar(b'{"groups": "-", "published": 2024}') == Stated(
        published=date(2024, 1, 1), precision=Precision.YEAR, groups=frozenset()
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "is not valid JSON"),
        ("[" * 100_000, "is not valid JSON"),
        ("[]", "is no JSON object"),
        ('{"group": "board"}', "has a key 'group' that is not known"),
        ('{"groups": []}', "says for 'groups' what is no text"),
        ('{"groups": ["-", "board"]}', "names no groups"),
        ('{"outlet": {"name": "x"}}', "says for 'outlet' what is no text"),
        ('{"published": "03/04/2024"}', "is not a date"),
        ('{"url": "example"}', "is not a web address"),
        ('{"language": "English"}', "is not a language"),
        (f'{{"title": "{"x" * 200_000}"}}', "has 200,013 bytes"),
    ],
)
def test_a_file_of_metadata_that_could_mean_something_else_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ParseError, match=reason):
        read_sidecar(text.encode())


@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_a_file_of_metadata_or_a_parse_error(data: bytes) -> None:
    for start in (b"", b'{"groups": '):
        try:
            read_sidecar(start + data)
        except ParseError:
            continue


def test_metadata_beside_a_file_count_before_a_table_and_open_nothing_when_they_are_gone(place: Place) -> None:
    place.write("metadata.csv", "file,groups,published\nsecret/**,board,2024\n")
    beside = place.write("secret/b.txt.meta.json", '{"groups": "staff", "outlet": "The Outlet"}')
    assert (place.ingest().failed, place.ingest().skipped) == ((), ())
    assert place.groups() == {**CLOSED, "secret/b.txt": "staff"}
    entry = place.entries()["secret/b.txt"]
    assert (entry.outlet, entry.published, entry.precision) == ("The Outlet", date(2024, 1, 1), Precision.YEAR)
    for text, reason in (
        ("{", "is not valid JSON: correct it (b.txt stayed as before)"),
        (None, "is gone; put it back"),
    ):
        beside.unlink() if text is None else beside.write_text(text)
        place.write("secret/b.txt", f"Something else: {text}.")
        summary = place.ingest()
        assert reason in reasons(summary)[0]
        assert (summary.changed, place.entries()["secret/b.txt"]) == ((), entry)
    assert place.ingest(allow_empty=True).failed == ()
    assert place.groups() == CLOSED
    place.write("secret/none.txt.meta.json", "{}")
    assert "no file that is read is named 'none.txt'" in reasons(place.ingest())[0]


# -- what files say themselves ----------------------------------------------------------------------------------------


def test_files_say_who_sees_them_and_a_table_says_otherwise(place: Place) -> None:
    head = "---\ntitle: A title\noutlet: The Outlet\n{}\n---\n"
    place.write("a.md", head.format("groups: [board, 'press office']") + "A text.")
    place.write("b.md", head.format("groups:\n  - board\n  - staff") + "A text.")
    place.write("c.txt", head.format("groups: board; staff # both") + "A text.")
    place.write("d.txt", "---\n\ngroups: board\n\nSome text between two rules, which stays.\n\n---\n\nA text.")
    place.write(
        "e.html", "<html><head><meta name=Groups content='board, staff'></head><body><p>A text.</p></body></html>"
    )
    place.write("f.md", head.format("groups: ") + "A text.")
    two = "First Outlet\nJune 19, 2024\n\nA headline\n\n{0}\n\n---\n\nSecond Outlet\nJune 20, 2024\n\nAnother\n\n{0}\n"
    place.write(
        "g.txt", head.format("groups: board") + two.format("A sentence that is long enough for prose to be. " * 3)
    )
    place.ingest()
    found = place.groups()
    assert {name: found[name] for name in found if name not in OPEN} == {
        "a.md": "board,press office",
        "b.md": "board,staff",
        "c.txt": "board,staff # both",
        "d.txt": "board",
        "e.html": "board,staff",
        "f.md": "",
        "g.txt": "board",
    }
    assert place.entries()["c.txt"].outlet == "The Outlet"
    articles = [entry for entry in place.library.entries() if entry.source.endswith("/g.txt")]
    assert [entry.groups for entry in articles] == [frozenset({"board"})] * 2
    assert "which stays" in place.library.document(place.entries()["d.txt"].id).text
    place.write("metadata.csv", "file,groups,title,author\n*,-,One title,Jane Doe\n")
    place.ingest()
    assert set(place.groups().values()) == {""}
    articles = [entry for entry in place.library.entries() if entry.source.endswith("/g.txt")]
    assert sum(entry.title == "One title" for entry in articles) == 1  # of the first one
    assert {entry.author for entry in articles} == {"Jane Doe"}
