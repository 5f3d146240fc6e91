"""Archive (ZIP) -> the files in it. Nothing is ever unpacked to disk: a name in an archive is only a name."""

import io
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import PurePosixPath

from index.errors import ParseError
from index.parse.archive.tables import Tables, tells
from index.parse.formats import ADVICE, SUFFIXES
from index.parse.limits import LARGEST, MEGABYTE, MOST, Allowance
from index.parse.member import Member, not_read, refused

_UTF8, _LOCKED = 0x800, 0x1  # flags of an entry: its name is UTF-8, its content is encrypted
_ENTRY = b"PK\x01\x02"
_MOST_ENTRIES = 10 * MOST  # of all kinds: the list of them alone takes memory
_LITTLE = 10 * MEGABYTE
_RATIO = 200  # times smaller than unpacked; text is packed to a fifth, tables to a thirtieth
_FIELD = struct.Struct("<HH")  # of what programs add to an entry: its kind, its size in bytes
_UNICODE_PATH = 0x7075
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_DRIVE = re.compile(r"[A-Za-z]:")
# What zipfile raises on damaged archives, found by feeding it such.
_MALFORMED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, LookupError, NotImplementedError, ValueError)


def members(data: bytes, allowance: Allowance) -> Iterator[Member]:
    """Yield the files in an archive that are of a kind that is read, in the order of their names.

    Names are in Unicode's NFC, with "/" between folders. Hidden files, and what Macintosh puts beside files, are left
    out, as they are in a folder. Of two files with one name the later one counts, as it does for programs that unpack
    the archive. What metadata.csv and file.meta.json in there say of the files is stated of them; a file of which one
    speaks that cannot be understood is refused. Refused are also links, names that lead out of the archive, and files
    that are encrypted or unpack to more than ``index.parse.limits`` allow. Raises ParseError for what is no archive,
    and for one without any file that is read.
    """
    archive = _opened(data)
    named = {name: entry for entry in archive.infolist() if (name := _name(entry))}
    tables = Tables({name: partial(_unpacked, archive, named[name], allowance) for name in named if not _astray(name)})
    empty = True
    for name in sorted(named):
        suffix = PurePosixPath(name).suffix.lower()
        if tells(name) or not (suffix in SUFFIXES or suffix in ADVICE):
            continue
        reason = _astray(name) or _through(name, named) or tables.shut(name)
        if reason:
            yield refused(name, reason)
        elif suffix not in SUFFIXES:
            yield not_read(name, ADVICE[suffix])
        else:
            yield Member(name, suffix, partial(_unpacked, archive, named[name], allowance), tables.stated(name))
        empty = False
    for name, problem in tables.problems():
        yield refused(name, problem)
    if empty:
        raise ParseError("holds no file of a kind that is read")


def _opened(data: bytes) -> zipfile.ZipFile:
    if not data:
        raise ParseError("is empty (0 bytes)")
    if data.count(_ENTRY) > _MOST_ENTRIES:
        raise ParseError(f"holds more than {_MOST_ENTRIES:,} files: split it into several archives")
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except _MALFORMED as error:
        raise ParseError("is not a ZIP file, or is damaged or cut short: pack it again") from error


def _name(entry: zipfile.ZipInfo) -> str:
    """The path of an entry in the archive; "" for a folder and for what is hidden."""
    name = entry.orig_filename
    if not entry.flag_bits & _UTF8:
        # Said to be in the code page of DOS, but many programs write UTF-8 without saying so, or say it elsewhere.
        with suppress(UnicodeError):
            raw = name.encode("cp437")
            name = (_unicode_name(raw, entry.extra) or raw).decode("utf-8")
    parts = _CONTROLS.sub("", unicodedata.normalize("NFC", name)).replace("\\", "/").split("/")
    hidden = any(part.startswith((".", "~$")) and part not in (".", "..") for part in parts)
    if hidden or parts[0] == "__MACOSX" or not parts[-1]:
        return ""
    kept = "/".join(part for part in parts if part not in ("", "."))
    return f"/{kept}" if not parts[0] and kept else kept


def _unicode_name(raw: bytes, extra: bytes) -> bytes | None:
    """The name in UTF-8 that stands beside the ``raw`` one in Info-ZIP's Unicode Path Extra Field (APPNOTE 4.6.9)."""
    while len(extra) >= _FIELD.size:
        kind, size = _FIELD.unpack_from(extra)
        value, extra = extra[_FIELD.size : _FIELD.size + size], extra[_FIELD.size + size :]
        if kind == _UNICODE_PATH and value[:5] == b"\x01" + zlib.crc32(raw).to_bytes(4, "little"):
            return value[5:]
    return None


def _astray(name: str) -> str:
    """Why a name does not lead to a place in the archive; "" when it does."""
    out = name.startswith("/") or _DRIVE.match(name) or ".." in name.split("/")
    return "has a name that leads out of the archive: left out; pack it again from its folder" if out else ""


def _through(name: str, named: Mapping[str, zipfile.ZipInfo]) -> str:
    """Why a name is in doubt that leads through another file of the archive, as if that were a folder."""
    above = next((str(parent) for parent in PurePosixPath(name).parents if str(parent) in named), "")
    return f"lies in {above}, which is a file of the archive: rename one of them" if above else ""


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, allowance: Allowance) -> bytes:
    """The content of an entry. What the archive says of its size is not believed: no more is unpacked than allowed."""
    if entry.flag_bits & _LOCKED:
        raise ParseError("is password-protected: pack it without a password")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise ParseError("is a link, and these are not followed: pack the file that it leads to")
    # The other methods unpack without a bound.
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ParseError("is packed in a way that is not read: pack it as a plain ZIP (method deflate)")
    pieces, size = list[bytes](), 0
    try:
        with archive.open(entry) as content:
            while piece := content.read(MEGABYTE):
                size += len(piece)
                allowance.take(len(piece))
                if size > LARGEST * MEGABYTE:
                    raise ParseError(f"unpacks to more than {LARGEST} MB: split it")
                if size > _LITTLE and size > _RATIO * entry.compress_size:
                    raise ParseError(f"unpacks to more than {_RATIO} times its size, as only a bomb does: leave it out")
                pieces.append(piece)
    except _MALFORMED as error:
        raise ParseError("is damaged: pack it again") from error
    return b"".join(pieces)
