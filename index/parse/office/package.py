"""Office packages (DOCX, XLSX, PPTX): what is checked before a library opens one, and the words for what is wrong."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from index.errors import ParseError

_LARGEST = 500_000_000  # bytes unpacked; a small archive that holds more is a bomb, not a report
_LARGEST_TREE = 64_000_000  # bytes of a part that a library reads as one tree, which takes ten times as much memory
_MOST_PARTS = 20_000
_STREAMED = re.compile(r"xl/worksheets/[^/]+\.xml")  # the only parts that are read piece by piece
_TREES = (".xml", ".rels")
_PIECE = 1 << 20
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OLD = ("WordDocument", "Workbook", "PowerPoint Document")  # the streams of files older than 2007
_MAIN = re.compile(rb"(?P<kind>wordprocessingml|spreadsheetml|presentationml)\.(?:document|sheet|presentation)\.main")


@dataclass(frozen=True, slots=True)
class Office:
    """A format: its ``name`` with an article, the suffixes of its files and of those before 2007, and the word in
    content types that tells it."""

    name: str
    suffix: str
    old: str
    content: str

    @property
    def foreign(self) -> str:
        """What is said of a file that is not of this format."""
        return f"is not {self.name} file, or is cut short: open it in an office program and save it as {self.suffix}"


WORD = Office("a DOCX", ".docx", ".doc", "wordprocessingml")
SHEETS = Office("an XLSX", ".xlsx", ".xls", "spreadsheetml")
SLIDES = Office("a PPTX", ".pptx", ".ppt", "presentationml")
_NO_TITLE = re.compile(
    r"microsoft (?:word|excel|powerpoint)\b.*|(?:document|book|workbook|presentation|slide|sheet)\d*|untitled.*"
    r"|.*\.(?:docx?|dotx?|rtf|xlsx?|csv|pptx?|potx?)|word document|power ?point.*",
    re.IGNORECASE,
)
_NO_AUTHOR = re.compile(
    r"python-docx|openpyxl|xlsxwriter|steve canny|user\d*|admin\w*|.*microsoft.*|author|unknown|.*\d.*|.*@.*",
    re.IGNORECASE,
)
# What zipfile, lxml and the libraries that stand on them raise on damaged packages and on missing or foreign parts,
# found by feeding them such. SyntaxError is the base of all errors of XML parsers.
MALFORMED = (
    *(zipfile.BadZipFile, zlib.error, SyntaxError, EOFError, OSError, AssertionError),
    *(ArithmeticError, AttributeError, LookupError, TypeError, ValueError),
)


@contextmanager
def told(office: Office, *own: type[Exception]) -> Iterator[None]:
    """Raises ParseError in the place of what is raised inside on a damaged file of the kind ``office``, which may be
    one of the library's ``own`` errors."""
    malformed: tuple[type[Exception], ...] = (*MALFORMED, *own)
    try:
        yield
    except malformed as error:
        raise ParseError(office.foreign) from error
    except (RuntimeError, NotImplementedError) as error:  # how zipfile refuses encrypted entries
        if isinstance(error, RecursionError):
            raise ParseError("is nested too deeply") from error
        raise ParseError(f"is password-protected: save it as {office.suffix} without a password") from error


def check_package(data: bytes, office: Office) -> None:
    """Raises ParseError unless ``data`` is a ZIP that unpacks to what memory holds and whose main part is ``office``'s.

    Every part is unpacked once, a piece at a time: what an archive says of its own sizes is not believed.
    """
    if not data:
        raise ParseError("is empty (0 bytes)")
    if data.startswith(_OLE):
        raise ParseError(_ole(data, office))
    with told(office), zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        if len(entries) > _MOST_PARTS:
            raise ParseError(f"has {len(entries)} parts, more than the {_MOST_PARTS} that are read")
        _refuse_above(sum(entry.file_size for entry in entries), _LARGEST)
        total = 0
        for entry in entries:
            limit = _LARGEST - total
            if entry.filename.endswith(_TREES) and not _STREAMED.fullmatch(entry.filename):
                limit = min(limit, _LARGEST_TREE)
            total += _unpacked(archive, entry, limit)
        content = archive.read("[Content_Types].xml")
    found = {kind["kind"].decode() for kind in _MAIN.finditer(content)}
    if found and office.content not in found:
        other = next(each for each in (WORD, SHEETS, SLIDES) if each.content in found)
        raise ParseError(f"is not {office.name} file but {other.name}: give it the suffix {other.suffix}")


def stated_title(title: str | None) -> str | None:
    """The title in the properties of a document, unless it is the name of a program, of a file, or of none."""
    return None if title is None or not title.strip() or _NO_TITLE.fullmatch(title.strip()) else title


def stated_author(author: str | None) -> str | None:
    """The author in the properties of a document, unless it is a program, an account or nobody."""
    return None if author is None or not author.strip() or _NO_AUTHOR.fullmatch(author.strip()) else author


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int) -> int:
    """The bytes that an entry unpacks to; ParseError above ``limit``."""
    size = 0
    with archive.open(entry) as part:
        while piece := part.read(_PIECE):
            size += len(piece)
            _refuse_above(size, limit)
    return size


def _refuse_above(size: int, limit: int) -> None:
    if size > limit:
        raise ParseError(f"unpacks to {size / 1e6:.0f} MB, which is more than a document holds; save it in parts")


def _ole(data: bytes, office: Office) -> str:
    """What is said of a file in the container of old Office files, which also holds encrypted new ones."""
    if _ENCRYPTED in data:
        return f"is password-protected: save it as {office.suffix} without a password"
    if any(name.encode("utf-16-le") in data for name in _OLD):
        return f"is an old {office.old} file: save it as {office.suffix}"
    return f"is password-protected, or an old {office.old} file: save it as {office.suffix} without a password"
