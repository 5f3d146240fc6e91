"""Files of files: archives, mailboxes, messages with attachments, and these inside of each other."""

import io
import random
import stat
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import ParseError
from index.parse import Parsed, limits, parse, read
from index.parse.archive import members
from index.parse.draft import Stated
from index.parse.inside import member
from index.parse.limits import DEEPEST, Allowance
from index.types import Document
from tests.test_parse import as_html, as_mail, as_markdown, as_text, check

NOW = datetime(2024, 6, 18, 12, tzinfo=UTC)
PROSE = "The two governments exchanged the instruments of ratification in Moscow in December."
WRITERS = {".txt": as_text, ".md": as_markdown, ".html": as_html, ".eml": as_mail}


def packed(files: dict[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return buffer.getvalue()


def message(text: str, files: Sequence[tuple[str, bytes]] = (), number: int = 0) -> bytes:
    built = EmailMessage()
    built["From"], built["Subject"], built["Message-ID"] = "Jane Doe <jane@example.org>", "Bridge", f"<{number}@x.org>"
    built.set_content(text)
    for name, content in files:
        built.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    if files:  # else it is drawn at random
        built.set_boundary(sha256(b"".join(content for _, content in files)).hexdigest())
    return built.as_bytes()


def mailbox(messages: Sequence[bytes]) -> bytes:
    line = b"From jane@example.org Tue Jun 18 10:00:00 2024\n"
    return b"".join(line + each.replace(b"\nFrom ", b"\n>From ") + b"\n" for each in messages)


def reading(data: bytes, suffix: str = ".zip", stated: Stated | None = None) -> Parsed:
    found = read(Path(f"/library/a{suffix}"), data, NOW, stated)
    assert len({each.id for each in found.documents}) == len(found.documents)
    return found


def parts(found: Parsed) -> list[str | None]:
    return [each.part for each in found.documents]


def told(found: Parsed) -> dict[str, str]:
    return {each.part: each.reason for each in found.problems}


@dataclass(frozen=True, slots=True)
class File:
    """A made-up file: its suffix and content, and what a naive reader expects in it: parts, suffixes and contents."""

    suffix: str
    data: bytes
    inside: tuple[tuple[str, str, bytes], ...]


@st.composite
def leaves(draw: st.DrawFn) -> File:
    suffix = draw(st.sampled_from(sorted(WRITERS)))
    texts = draw(st.lists(st.sampled_from(["café", "NATO", "x | y", "From here", "<b>"]), min_size=1, max_size=3))
    data = WRITERS[suffix]([f"So {text} it was, said {PROSE}" for text in texts])
    return File(suffix, data, (("", suffix, data),))


def below(name: str, file: File) -> list[tuple[str, str, bytes]]:
    return [(f"{name}/{part}" if part else name, suffix, data) for part, suffix, data in file.inside]


@st.composite
def containers(draw: st.DrawFn, children: st.SearchStrategy[File]) -> File:
    files = draw(st.lists(children, min_size=1, max_size=3))
    names = [f"{draw(st.sampled_from(['a', 'é', 'b c', 'report#1']))} {at}{f.suffix}" for at, f in enumerate(files)]
    kind = draw(st.sampled_from([".zip", ".eml", ".mbox"]))
    if kind == ".zip":
        names = [draw(st.sampled_from(["", "news/", "news/2024/"])) + name for name in names]
        held = sorted(zip(names, files, strict=True), key=lambda each: each[0])
        data = packed({name: file.data for name, file in held})
        return File(kind, data, tuple(each for name, file in held for each in below(name, file)))
    held = list(zip(names, files, strict=True))
    attached = [(name, file.data) for name, file in held]
    number = draw(st.integers(0, 10**9))
    own = message(f"So it was. {PROSE}\n", attached, number)
    sent = File(
        ".eml", own, (("", ".eml", message(f"So it was. {PROSE}\n")), *(e for n, f in held for e in below(n, f)))
    )
    if kind == ".eml":
        return sent
    name = f"message {sha256(f'<{number}@x.org>'.encode()).hexdigest()[:10]}"
    return File(kind, mailbox([own]), tuple(below(name, sent)))


def anchors(document: Document) -> tuple[object, ...]:
    return (document.text, document.paragraphs, document.title, document.outlet, document.author, document.encoding)


@settings(max_examples=20, deadline=None)
@given(containers(st.recursive(leaves(), containers, max_leaves=5)))
def test_what_is_in_a_container_is_what_each_file_is_alone(file: File) -> None:
    found = reading(file.data, file.suffix)
    assert not found.problems
    expected = [
        (part or None, anchors(document), document.position)
        for part, suffix, data in file.inside
        for document in parse(Path(f"/library/alone{suffix}"), data, NOW)
    ]
    assert [(each.part, anchors(each), each.position) for each in found.documents] == expected
    for each in found.documents:
        check(each)
    for part, suffix, data in file.inside:
        taken = member(Path(f"/library/a{file.suffix}"), file.data, part or None)
        if suffix != ".eml":  # a message is written anew, with the files in it
            assert taken == data


def test_ids_stay_when_files_come_and_go() -> None:
    files: dict[str, bytes | str] = {"a.txt": PROSE, "in/b.txt": f"First. {PROSE}\n\n---\n\nBy Jane Doe\n\n{PROSE}"}
    before = {each.id: each.version for each in reading(packed(files)).documents}
    assert len(before) == 3
    more = reading(packed({**files, "0.txt": PROSE, "in/a.txt": PROSE})).documents
    assert before.items() <= {each.id: each.version for each in more}.items()
    first, second = message(PROSE, number=1), message(PROSE, [("x.txt", b"Notes. " + PROSE.encode())], number=2)
    box = {each.id for each in reading(mailbox([first, second]), ".mbox").documents}
    assert len(box) == 3
    assert box < {each.id for each in reading(mailbox([message("New.", number=3), first, second]), ".mbox").documents}


def test_names_of_every_kind_are_only_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    out = ["../../up.txt", "/etc/root.txt", "C:\\x.txt", "in\\..\\..\\back.txt", "\\\\host\\share.txt", "a/../b.txt"]
    kept = {"./dot.txt": "dot.txt", "in\\side.txt": "in/side.txt", "cafe\u0301.txt": "café.txt", "x#1.txt": "x#1.txt"}
    hidden = ["__MACOSX/a.txt", ".hidden.txt", ".git/a.txt", "in/._a.txt", "~$a.txt", "folder.txt/", "photo.jpg"]
    found = reading(packed({name: f"{PROSE} {name}" for name in [*out, *kept, *hidden]}))
    assert parts(found) == sorted(kept.values())
    assert set(told(found)) == {"../../up.txt", "/etc/root.txt", "C:/x.txt", "in/../../back.txt", "/host/share.txt"} | {
        "a/../b.txt"
    }
    assert all("leads out of the archive" in reason for reason in told(found).values())
    assert list(tmp_path.iterdir()) == []


def test_names_in_utf8_that_are_not_said_to_be() -> None:
    data = packed({"xx.txt": PROSE})
    assert parts(reading(data.replace(b"xx.txt", "é".encode() + b".txt"))) == ["é.txt"]
    assert parts(reading(data.replace(b"xx.txt", b"\x82x.txt"))) == ["éx.txt"]  # as DOS writes it
    entry, real = zipfile.ZipInfo("xx.txt"), "дом.txt".encode()
    entry.extra = struct.pack("<HHHHBL", 9, 0, 0x7075, 5 + len(real), 1, zlib.crc32(b"\xa4x.txt")) + real
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(entry, PROSE)
    assert parts(reading(buffer.getvalue().replace(b"xx.txt", b"\xa4x.txt"))) == ["дом.txt"]
    assert parts(reading(buffer.getvalue())) == ["xx.txt"]  # renamed since by a program that knows nothing of the other


def test_the_later_of_two_files_with_one_name_counts() -> None:
    buffer = io.BytesIO(packed({"a.txt": PROSE}))
    with zipfile.ZipFile(buffer, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("a.txt", "It was new.")
    assert [each.text for each in reading(buffer.getvalue()).documents] == ["It was new."]


def flagged(data: bytes, offset: int, value: int) -> bytes:
    """``data``, an archive of one file, with a 16-bit field of its directory entry and its local header changed."""
    changed = bytearray(data)
    struct.pack_into("<H", changed, data.index(b"PK\x01\x02") + offset, value)
    struct.pack_into("<H", changed, data.index(b"PK\x03\x04") + offset - 2, value)
    return bytes(changed)


def test_what_must_not_be_unpacked_is_told() -> None:
    one = packed({"a.txt": PROSE})
    assert_refused(flagged(one, 8, 1), "a.txt is password-protected: pack it without a password")
    assert_refused(flagged(one, 10, zipfile.ZIP_BZIP2), "a.txt is packed in a way that is not read")
    assert_refused(packed({"a.txt": PROSE}, zipfile.ZIP_STORED).replace(b"Moscow", b"London", 1), "a.txt is damaged")
    link = zipfile.ZipInfo("a.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert_refused(buffer.getvalue(), "a.txt is a link")
    assert_refused(packed({"a.doc": b"x"}), "a.doc is not a kind of file that is read: save it as .docx")
    (problem,) = reading(packed({"a.doc": b"x", "b.txt": PROSE})).problems
    assert (problem.part, problem.skipped) == ("a.doc", True)
    assert_refused(packed({"a.jpg": b"x"}), "holds no file of a kind that is read")
    assert_refused(packed({}), "holds no file of a kind that is read")
    assert_refused(packed({"a.txt": ""}), "holds nothing that could be read: a.txt is empty")
    found = reading(packed({"a.zip": packed({"x.txt": PROSE}), "a.zip/b.txt": PROSE}))
    assert (parts(found), told(found)) == (
        ["a.zip/x.txt"],
        {"a.zip/b.txt": "lies in a.zip, which is a file of the archive: rename one of them"},
    )


def assert_refused(data: bytes, reason: str, suffix: str = ".zip") -> None:
    with pytest.raises(ParseError, match=reason):
        reading(data, suffix)


def test_bombs_are_let_off_harmlessly() -> None:
    bomb = packed({"bomb.txt": b" " * (12 * limits.MEGABYTE)})
    found = reading(packed({"a.txt": PROSE, "b.zip": bomb, "c.txt": PROSE}))
    assert parts(found) == ["a.txt", "c.txt"]
    assert "more than 200 times its size" in told(found)["b.zip/bomb.txt"]
    # What the archive says of the size is not believed: neither of these is larger than what it says.
    lying = bytearray(bomb)
    struct.pack_into("<L", lying, bomb.index(b"PK\x01\x02") + 24, 10)
    assert_refused(bytes(lying), "damaged")


def test_archives_deeper_than_the_limit_are_not_opened() -> None:
    data = packed({"a.txt": PROSE})
    for _ in range(DEEPEST - 1):
        data = packed({"a.zip": data, "b.txt": PROSE})
    deepest = reading(data)
    assert parts(deepest)[0] == "a.zip/" * (DEEPEST - 1) + "a.txt"
    assert not deepest.problems
    for _ in range(30):
        data = packed({"a.zip": data, "b.txt": PROSE})
    found = reading(data)
    assert len(found.documents) == DEEPEST
    assert list(told(found).values()) == [
        f"lies in {DEEPEST} archives or messages inside of each other: unpack it, then ingest it"
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="the memory of a process is limited on Linux only")
def test_a_part_that_takes_too_much_memory_costs_itself_only(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(
        packed({"a.txt": PROSE, "b.txt": b"a" * (60 * limits.MEGABYTE), "c.txt": PROSE}, zipfile.ZIP_STORED)
    )
    program = (
        "import re, resource, sys; from datetime import datetime, UTC; from pathlib import Path;"
        "from index.parse import read; path = Path(sys.argv[1]); now = datetime.now(UTC);"
        f"read(Path('/a.txt'), {PROSE!r}.encode(), now); data = path.read_bytes();"
        "used = 1024 * int(re.search('VmSize:\\s+(\\d+)', Path('/proc/self/status').read_text())[1]);"
        "resource.setrlimit(resource.RLIMIT_AS, (used + 80 * 2**20,) * 2); found = read(path, data, now);"
        "print([each.part for each in found.documents], found.problems[0].reason)"
    )
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['a.txt', 'c.txt'] takes more memory than there is: split it"


def test_what_is_too_much_refuses_the_whole_file() -> None:
    with pytest.raises(limits.TooMuch, match="holds more than 20,000 files or articles: split it"):
        Allowance(parts=limits.MOST).count()
    allowance = Allowance(unpacked=limits.TOTAL * limits.MEGABYTE - 10)
    (found,) = members(packed({"a.txt": PROSE}), allowance)
    with pytest.raises(limits.TooMuch, match="unpacks to more than 500 MB"):
        found.load()


def test_rights_of_a_container_hold_for_all_in_it() -> None:
    attached = [("a.txt", PROSE.encode()), ("b.md", f"---\ngroups: desk, press\n---\n{PROSE}".encode())]
    attached += [("c.md", f"---\ngroups: board\n---\n{PROSE}".encode()), ("in.zip", packed({"d.txt": PROSE}))]
    mail = message(PROSE, attached)
    stated = Stated(title="Stated", outlet="Reuters", groups=frozenset({"desk", "staff"}))
    for data, suffix, above in ((mail, ".eml", ""), (packed({"m.eml": mail}), ".zip", "m.eml/")):
        found = reading(data, suffix, stated)
        by_part = {each.part: each for each in found.documents}
        own = by_part[above.rstrip("/") or None]
        assert (own.outlet, sorted(own.groups)) == ("Reuters", ["desk", "staff"])
        assert own.title == ("Stated" if not above else "Bridge")
        assert by_part[f"{above}a.txt"].groups == by_part[f"{above}in.zip/d.txt"].groups == {"desk", "staff"}
        assert by_part[f"{above}a.txt"].outlet is None  # what is stated of a message is not said of its attachments
        assert by_part[f"{above}b.md"].groups == {"desk"}
        assert told(found) == {
            f"{above}c.md": "is for the groups board, but lies in what is for desk, staff only: name a group of both"
        }
    open_to_all = reading(mail, ".eml", Stated(groups=frozenset()))
    assert {each.part: set(each.groups) for each in open_to_all.documents}["c.md"] == {"board"}


def test_a_metadata_table_in_an_archive_is_followed() -> None:
    table = "file,groups,outlet,published\na.txt,desk,Reuters,2024-06-19\nin,board;desk,AP,\nin/*.txt,-,,\nno.txt,x,,"
    files: dict[str, bytes | str] = {"news/metadata.csv": table, "news/a.txt": PROSE, "b.txt": PROSE}
    files |= {"news/in/c.txt": PROSE, "news/in/d.zip": packed({"e.txt": PROSE})}
    found = reading(packed(files))
    by_part = {each.part: (each.outlet, sorted(each.groups)) for each in found.documents}
    assert by_part == {
        "b.txt": (None, []),
        "news/a.txt": ("Reuters", ["desk"]),
        "news/in/c.txt": ("AP", []),
        "news/in/d.zip/e.txt": ("AP", ["board", "desk"]),
    }
    assert told(found) == {
        "news/metadata.csv": "row 5: no file that is read is named 'no.txt'; correct or remove it",
    }
    closed = reading(packed(files), stated=Stated(groups=frozenset({"desk"})))
    assert {frozenset(each.groups) for each in closed.documents} == {frozenset({"desk"})}
    broken = reading(packed(files | {"news/metadata.csv": "file,gruops\na.txt,desk"}))
    assert parts(broken) == ["b.txt"]
    assert all("is below news/metadata.csv, which has a column 'gruops'" in reason for reason in told(broken).values())
    assert_refused(b"file,groups\na.txt,desk", "says what the files beside it are", "/metadata.csv")


def test_a_sidecar_in_an_archive_is_followed() -> None:
    files: dict[str, bytes | str] = {"a.txt": PROSE, "b.txt": PROSE, "metadata.csv": "file,groups\n*.txt,staff"}
    files |= {"a.txt.meta.json": '{"outlet": "AP", "groups": ["desk"]}', "c.txt.meta.json": "{}"}
    found = reading(packed(files))
    assert [(each.part, each.outlet, sorted(each.groups)) for each in found.documents] == [
        ("a.txt", "AP", ["desk"]),
        ("b.txt", None, ["staff"]),
    ]
    assert told(found) == {"c.txt.meta.json": "says what c.txt is, which is not there"}
    broken = reading(packed({**files, "a.txt.META.json": '{"groups": ["press"]}'}))
    assert parts(broken) == ["b.txt"]
    assert "is what a.txt.meta.json speaks of" in told(broken)["a.txt"]


def test_lists_in_containers() -> None:
    lines = "".join(f'{{"id": {at}, "title": "No. {at}", "text": "{PROSE}"}}\n' for at in (1, 2))
    data = packed({"news/a.jsonl": lines + "{broken\n"})
    alone, found = reading(lines.encode(), ".jsonl"), reading(data)
    assert [(f"news/a.jsonl/{each.part}", anchors(each)) for each in alone.documents] == [
        (each.part, anchors(each)) for each in found.documents
    ]
    assert [each.title for each in found.documents] == ["No. 1", "No. 2"]
    assert len(found.problems) == 1
    path = Path("/library/a.zip")
    assert {member(path, data, part) for part in parts(found)} == {(lines + "{broken\n").encode()}
    closed = reading(data, stated=Stated(title="Not theirs", outlet="AP", groups=frozenset({"desk"})))
    assert {(each.outlet, each.groups, each.title[:3]) for each in closed.documents} == {
        ("AP", frozenset({"desk"}), "No.")
    }


def test_a_part_that_is_gone_is_told() -> None:
    data = packed({"a.txt": PROSE, "m.eml": message(PROSE, [("n.txt", PROSE.encode())])})
    path = Path("/library/a.zip")
    assert member(path, data, "m.eml/n.txt") == member(path, data, "a.txt") == PROSE.encode()
    assert member(path, data, None) == data
    for gone in ("b.txt", "a.txt/x", "m.eml/o.txt", ""):
        with pytest.raises(ParseError, match="any more"):
            member(path, data, gone)


@pytest.mark.parametrize("suffix", [".zip", ".mbox", ".eml"])
def test_damaged_files_are_read_in_part_or_refused(suffix: str) -> None:
    made = random.Random(suffix)
    mail = message(PROSE, [("n.txt", PROSE.encode()), ("é.zip", packed({"x.md": PROSE, "metadata.csv": "file\nx.md"}))])
    whole = {
        ".zip": packed({"m.eml": mail, "a.txt": PROSE}, zipfile.ZIP_STORED),
        ".mbox": mailbox([mail, mail]),
        ".eml": mail,
    }[suffix]
    started = time.process_time()
    for _ in range(80):
        data = bytearray(whole)
        for _ in range(made.randint(1, 4)):
            at = made.randrange(len(data))
            match made.randrange(4):
                case 0:
                    data[at] = made.randrange(256)
                case 1:
                    data = data[: at + 1]
                case 2:
                    other = made.randrange(len(whole))
                    data[at:at] = whole[other : other + made.randint(1, 200)]
                case 3:
                    data[at : at + 4] = made.choice([b"\xff\xff\xff\xff", bytes(4), b"\r\n\r\n", b"PK\x01\x02", b'"'])
        try:
            found = reading(bytes(data), suffix)
        except ParseError:
            continue
        for each in found.documents:
            check(each)
    assert time.process_time() - started < 30
