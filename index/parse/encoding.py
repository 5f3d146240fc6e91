"""Bytes of a text file -> str; the only file that knows charset-normalizer."""

import codecs
import re
from dataclasses import dataclass

from index.errors import ParseError

# The UTF-32 mark begins with the UTF-16 one, so it is looked for first.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BINARY = "holds binary data, not text: check that the file has the right suffix"
# Control characters that no text editor writes; tab, newlines, form feed, escape and Ctrl-Z are left out.
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x19\x1c-\x1f]")
_FORMATS = (b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x7fELF", b"\x1f\x8b")
_LATIN = ("cp1250", "cp1252", "cp1254", "cp1257", "cp1258", "latin_1", "iso8859_2", "iso8859_10", "iso8859_15")
# Pure ASCII to look at, so that strict UTF-8 would take them; only the declaration tells.
_SEVEN_BIT = ("iso2022", "hz", "utf-7")
_SOUND = 4  # bytes that go on with a UTF-8 character, for each place where it is broken; other code pages reach about 1
# What Polish, Czech or Croatian in their own code page look like when read as Windows-1252.
_CENTRAL = re.compile(r"[šžŠŽ]|(?<=[A-Za-z])[¹³¿¼¾£¥]|[¹³¿](?=[a-z])")
# What Western text read as Windows-1252 does not hold: two accented letters together, and marks that are not of print
# (quotes, dashes, currencies, degrees).
_FOREIGN = re.compile(r"[À-ÿ]{2}|[^\x00-\x7fÀ-ÖØ-öø-ÿ\xa0–—…€£§©®°«»“”‘’„‚•·]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file, and Python's name of the encoding it was in ("utf-8" for plain ASCII too)."""

    text: str
    encoding: str


def decode(data: bytes, declared: str | None = None) -> str:
    """The text of ``decoded``."""
    return decoded(data, declared).text


def decoded(data: bytes, declared: str | None = None) -> Decoded:
    """Return the text of ``data``, without a byte order mark, and its encoding.

    Tried in order: byte order mark, ``declared`` (what the file says of itself) where it is a 7-bit encoding such as
    ISO-2022-JP, strict UTF-8, UTF-16 without a mark, UTF-8 with a few broken places (each becomes U+FFFD),
    ``declared``, code pages of East Asia and Cyrillic that make sense of the file (see ``index.parse.code_pages``),
    detection. Raises ParseError for an empty file and for binary data.
    """
    if not data:
        raise ParseError("is empty (0 bytes)")
    if data.startswith(_FORMATS):
        raise ParseError(_BINARY)
    found = _decode(data, declared)
    # A handful of stray control characters are kept out later; more of them mean that this was never text.
    if len(_CONTROLS.findall(found.text)) > max(3, len(found.text) // 200):
        raise ParseError(_BINARY)
    return found


def _decode(data: bytes, declared: str | None) -> Decoded:
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _replaced(data[len(mark) :], name)
    if declared is not None and _is_seven_bit(declared) and data.isascii():
        return _replaced(data, declared)
    if b"\x00" not in data[:4096]:
        try:
            return Decoded(data.decode("utf-8"), "utf-8")
        except UnicodeDecodeError:
            return _broken_utf8(data) or _declared(data, declared) or _detect(data)
    # Every other byte of Latin text in UTF-16 is NUL, and only on one side.
    even, odd = data[0:4096:2].count(0), data[1:4096:2].count(0)
    if max(even, odd) > 10 * min(even, odd) and max(even, odd) * 8 > min(len(data), 4096):
        return _replaced(data, "utf-16-be" if even > odd else "utf-16-le")
    return _replaced(data, "utf-8")


def _replaced(data: bytes, encoding: str) -> Decoded:
    """What cannot be decoded becomes U+FFFD. Raises LookupError for an unknown encoding."""
    return Decoded(data.decode(encoding, errors="replace"), codecs.lookup(encoding).name)


def _is_seven_bit(declared: str) -> bool:
    try:
        return codecs.lookup(declared).name.startswith(_SEVEN_BIT)
    except (LookupError, ValueError):
        return False


def _broken_utf8(data: bytes) -> Decoded | None:
    """The text of UTF-8 with a few wrong bytes or cut inside its last character; None for any other encoding."""
    # Not final: what a cut leaves of the last character is no broken place.
    text = codecs.getincrementaldecoder("utf-8")("replace").decode(data)
    broken = text.count("\ufffd") - data.count("\ufffd".encode())  # a file may hold U+FFFD of its own
    whole = text.replace("\ufffd", "")
    sound = len(whole.encode("utf-8")) - len(whole)
    return _replaced(data, "utf-8") if sound and sound >= _SOUND * broken else None


def _declared(data: bytes, declared: str | None) -> Decoded | None:
    if declared is None:
        return None
    try:
        # Pages that say Latin-1 mean Windows-1252, as every browser reads them.
        name = codecs.lookup(declared).name
        # How Python writes strings is no encoding of files, and what is no valid escape in it raises a warning.
        return None if "escape" in name else _replaced(data, "cp1252" if name in ("iso8859-1", "ascii") else name)
    except (LookupError, ValueError):  # an encoding of no text, such as base64, is a LookupError as well
        return None


def _detect(data: bytes) -> Decoded:
    # Imported here: almost every file is UTF-8, and start-up need not pay for what tells other encodings.
    from index.parse.code_pages import is_western, likeliest

    # Of a few names in an English text the detector makes nothing.
    if name := likeliest(data):
        return _replaced(data, name)
    western = data.decode("cp1252", errors="replace")
    # A few letters tell the detector too little.
    if _FOREIGN.search(western) is None and _CENTRAL.search(western) is None:
        return Decoded(western, "cp1252")
    from charset_normalizer import from_bytes

    best = from_bytes(data).best()
    if best is None:
        raise ParseError(_BINARY)
    # The detector cannot tell code pages apart that differ in a few letters ("señora" reads "seńora" in another).
    # Nor does it know that a text of few accents is more often Western than of a Macintosh, or Korean.
    of_few = best.encoding in _LATIN or is_western(data)
    if of_few and "\ufffd" not in western and _CENTRAL.search(western) is None:
        return Decoded(western, "cp1252")
    return Decoded(str(best), codecs.lookup(best.encoding).name)
