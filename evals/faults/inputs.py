"""The bad inputs: each is made in a folder beside two good files."""

import os
import socket
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

_GOOD = "The {name} bridge was closed for repairs by the Brenn council on 3 June 2024."


@dataclass(frozen=True, slots=True)
class Fault:
    """A bad input: its name in the table, and what makes it in a folder. ``trait`` is what is odd about the ingesting
    process: its parser is ``faulty`` ("parser"), a file is removed while it works ("vanishing"), its disk is full
    ("full"), or its home is read-only ("read-only"). ``while_read`` goes on in a thread until the ingest is over."""

    name: str
    make: Callable[[Path], None]
    trait: str = ""
    while_read: Callable[[Path], None] | None = None


def good(folder: Path) -> None:
    """Two files that nothing is wrong with; one is read before all others, one after them."""
    for name in ("a first", "z last"):
        (folder / f"{name}.txt").write_text(f"Good {name}\n\n{_GOOD.format(name=name)}\n", encoding="utf-8")


def _bytes(name: str, data: bytes) -> Callable[[Path], None]:
    return lambda folder: _write(folder / name, data)


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def _repeated(name: str, start: bytes, middle: bytes, times: int, end: bytes = b"") -> Callable[[Path], None]:
    return lambda folder: _write(folder / name, start + middle * times + end)


def _archive(name: str, entries: dict[str, bytes], *, repeat: int = 1) -> Callable[[Path], None]:
    """A ZIP; of each entry the content is ``repeat`` times what is given."""

    def make(folder: Path) -> None:
        with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for inside, data in entries.items():
                with archive.open(inside, "w") as out:
                    for _ in range(repeat):
                        out.write(data)

    return make


def _nested(folder: Path) -> None:
    data = b"Deep\n\nAt the bottom of it all lies a sentence."
    for depth in range(60):
        inside = BytesIO()
        with zipfile.ZipFile(inside, "w") as archive:
            archive.writestr("deep.txt" if depth == 0 else f"{depth}.zip", data)
        data = inside.getvalue()
    _write(folder / "nested.zip", data)


def _links(folder: Path) -> None:
    (folder / "loop.txt").symlink_to(folder / "loop.txt")
    (folder / "nowhere.txt").symlink_to(folder / "not there.txt")
    (folder / "device.txt").symlink_to("/dev/zero")
    (folder / "up").symlink_to(folder)


def _no_files(folder: Path) -> None:
    os.mkfifo(folder / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as listener:
        here = Path.cwd()
        os.chdir(folder)  # the path of a socket may have 100 characters
        listener.bind("socket.txt")
        os.chdir(here)


def _sparse(folder: Path) -> None:
    with (folder / "large.txt").open("wb") as file:
        file.truncate(2**31)


def _deep(folder: Path) -> None:
    here = Path.cwd()
    os.chdir(folder)  # the path of the last one is longer than a system call takes
    for _ in range(3000):
        Path("d").mkdir()
        os.chdir("d")
        if _ == 1000:
            Path("bottom.txt").write_text("Bottom\n\nA thousand folders down, a sentence.\n", encoding="utf-8")
    os.chdir(here)


def _names(folder: Path) -> None:
    (folder / "line\nbreak \x1b[31m.txt").write_text("Line\n\nA name of two lines.\n", encoding="utf-8")
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.txt")).write_text("Cafe\n\nA name of old.\n", encoding="utf-8")


def _growing(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"More of it. " * 1000)


def _pdf(*objects: bytes, trailer: bytes = b"") -> bytes:
    """A PDF file of these objects, the first of which is its catalogue; without the table that says where they are,
    which readers make anew."""
    body = b"".join(b"%d 0 obj %s endobj\n" % (number, each) for number, each in enumerate(objects, 1))
    return b"%PDF-1.7\n" + body + b"trailer <</Root 1 0 R /Size 99 " + trailer + b">>\n%%EOF\n"


_CATALOGUE = b"<</Type /Catalog /Pages 2 0 R>>"
_PAGES = b"<</Type /Pages /Count 1 /Kids [3 0 R]>>"
_PAGE = b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842]>>"
_LOCK = b"/Encrypt <</Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O (%s) /U (%s)>> /ID [(a) (a)]"
_LOCKED = _pdf(_CATALOGUE, _PAGES, _PAGE, trailer=_LOCK % (b"o" * 32, b"u" * 32))
_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12)).encode()
_WORD = "[Content_Types].xml", "word/document.xml"

FAULTS: tuple[Fault, ...] = (
    Fault("empty file", _bytes("empty.txt", b"")),
    Fault("binary noise named .txt", _bytes("noise.txt", bytes(range(256)) * 400)),
    Fault("binary noise named .docx", _bytes("noise.docx", bytes(range(256)) * 400)),
    Fault("PDF with a password", _bytes("locked.pdf", _LOCKED)),
    Fault("PDF without text", _bytes("scan.pdf", _pdf(_CATALOGUE, _PAGES, _PAGE))),
    Fault("PDF cut short", _bytes("cut.pdf", _pdf(_CATALOGUE, _PAGES, _PAGE)[:40])),
    Fault("PDF whose pages contain themselves", _bytes("loop.pdf", _pdf(_CATALOGUE, _PAGES.replace(b"3 0", b"2 0")))),
    Fault("file of 2 GB", _sparse),
    Fault("million paragraphs", _repeated("paragraphs.txt", b"Many\n\n", b"One more line.\n\n", 1_000_000)),
    Fault("one word of 20 MB", _repeated("word.txt", b"Long\n\n", b"a", 20_000_000)),
    Fault("one paragraph of 20 MB", _repeated("paragraph.txt", b"Long\n\n", b"and so on, ", 2_000_000)),
    Fault("ZIP bomb: 1 GB in 4 MB", _archive("bomb.zip", {"zeros.txt": bytes(2**20)}, repeat=1000)),
    Fault("DOCX bomb: 1 GB of XML", _archive("bomb.docx", dict.fromkeys(_WORD, b"<a/>" * 2**18), repeat=1000)),
    Fault(
        "ZIP with paths out of it",
        _archive("paths.zip", dict.fromkeys(("../../out.txt", "/etc/out.txt", "in.txt"), b"Out\n\nA sentence.")),
    ),
    Fault("ZIP in ZIP, 60 deep", _nested),
    Fault("HTML nested 200,000 deep", _repeated("nested.html", b"<html><body>", b"<div>", 200_000, b"deep")),
    Fault("mail nested 5,000 deep", _repeated("nested.eml", b"", b"Content-Type: message/rfc822\n\n", 5000, b"deep")),
    Fault("JSON nested 200,000 deep", _repeated("nested.jsonl", b'{"text": ', b"[", 200_000)),
    Fault(
        "XML entities that multiply",
        _bytes("laughs.rss", b"<!DOCTYPE r [<!ENTITY l0 'ha'>%s]><rss>&l11;</rss>" % _LAUGHS),
    ),
    Fault("folders 3,000 deep, a file 1,000 down", _deep),
    Fault("links: in a circle, to nothing, to a device, up", _links),
    Fault("a pipe and a socket named .txt", _no_files),
    Fault("names with a line break, and not in UTF-8", _names),
    Fault("file removed after it was listed", _bytes("vanishing.txt", b"Gone\n\nA sentence."), "vanishing"),
    Fault(
        "file that is being written",
        _bytes("growing.txt", b"Growing\n\n" + b"More of it. " * 10_000),
        while_read=lambda folder: _growing(folder / "growing.txt"),
    ),
    Fault("a parser that hangs (limit 3 s here)", _bytes("hangs.txt", b"A sentence."), "parser"),
    Fault("a parser that crashes", _bytes("crashes.txt", b"A sentence."), "parser"),
    Fault("a parser that takes all memory", _bytes("eats memory.txt", b"A sentence."), "parser"),
    Fault("a parser with a fault", _bytes("is wrong.txt", b"A sentence."), "parser"),
    Fault("disk full", _repeated("more.txt", b"More\n\n", b"A line of text that fills the disk.\n\n", 1000), "full"),
    Fault("library in a folder that is read-only", lambda folder: None, "read-only"),
)
