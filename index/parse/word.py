"""DOCX -> blocks in body order; the only file that knows python-docx."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

import docx
from docx.document import Document as WordDocument
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.styles.style import BaseStyle
from docx.text.paragraph import Paragraph

from index.errors import ParseError
from index.parse.draft import Block, Draft, Kind

_LARGEST = 500_000_000  # bytes unpacked; a small archive that claims more is a bomb, not a report
_NOT_DOCX = "is not a DOCX file, or is cut short: open it in a word processor and save it again as .docx"
_LOCKED = "is password-protected, or an old .doc: save it as .docx without a password"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# What zipfile and python-docx raise on damaged packages and missing or foreign parts, found by feeding them such.
_MALFORMED = (
    zipfile.BadZipFile,
    zlib.error,
    PackageNotFoundError,
    AttributeError,
    KeyError,
    ValueError,
    SyntaxError,
    EOFError,
    OSError,
)
_HEADING = re.compile(r"(?:heading \d|title$|subtitle$)", re.IGNORECASE)
_CONTENTS = re.compile(r"toc\b|table of (?:figures|authorities)", re.IGNORECASE)
# Removed and moved-away text, what older programs are shown instead, and text boxes that float beside the page.
_SKIPPED = (
    qn("w:del"),
    qn("w:moveFrom"),
    qn("w:txbxContent"),
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
)
_WRAPPERS = (qn("w:sdt"), qn("w:sdtContent"), qn("w:ins"), qn("w:moveTo"), qn("w:customXml"), qn("w:smartTag"))
_NO_TITLE = re.compile(
    r"microsoft word\b.*|document\d*|untitled.*|.*\.(?:docx?|dotx?|rtf)|word document", re.IGNORECASE
)
_NO_AUTHOR = re.compile(r"python-docx|user\d*|admin\w*|.*microsoft.*|author|unknown|.*\d.*|.*@.*", re.IGNORECASE)


def parse_word(data: bytes) -> Draft:
    """Return the body of a DOCX file: headings by style, list items, table rows as "cell | cell"; title and author.

    Insertions still marked as changes are kept, deletions are not; headers, footers, notes, text boxes and the table
    of contents are left out. The dates in the properties are those of the file, not of publication, and are not used.
    Raises ParseError for an empty, truncated, password-protected or foreign file, and for one without text.
    """
    document = _open(data)
    try:
        blocks = tuple(_blocks(document, document.element.body))
        title, author = document.core_properties.title, document.core_properties.author
    except _MALFORMED as error:
        raise ParseError(_NOT_DOCX) from error
    if not any(block.text.strip() for block in blocks):
        raise ParseError("holds no text")
    return Draft(
        blocks=blocks,
        title=title if title.strip() and not _NO_TITLE.fullmatch(title.strip()) else None,
        author=author if author.strip() and not _NO_AUTHOR.fullmatch(author.strip()) else None,
    )


def _open(data: bytes) -> WordDocument:
    if not data:
        raise ParseError("is empty (0 bytes)")
    if data.startswith(_OLE):
        raise ParseError(_LOCKED)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
        if size > _LARGEST:
            raise ParseError(f"unpacks to {size / 1e6:.0f} MB, which is more than a document holds")
        return docx.Document(io.BytesIO(data))
    except _MALFORMED as error:
        raise ParseError(_NOT_DOCX) from error
    except (RuntimeError, NotImplementedError) as error:  # how zipfile refuses encrypted entries
        raise ParseError(_LOCKED) from error


def _blocks(document: WordDocument, parent: BaseOxmlElement) -> Iterator[Block]:
    for child in _children(parent, qn("w:p"), qn("w:tbl")):
        yield from (_paragraph if child.tag == qn("w:p") else _table)(document, child)


def _children(parent: BaseOxmlElement, *tags: str) -> Iterator[BaseOxmlElement]:
    """The children with one of ``tags``, in order, those inside content controls and insertions too."""
    for child in parent:
        if child.tag in tags:
            yield child
        elif child.tag in _WRAPPERS:
            yield from _children(child, *tags)


def _paragraph(document: WordDocument, element: BaseOxmlElement) -> Iterator[Block]:
    text = _text(element)
    if not text.strip():
        return
    style = Paragraph(element, document._body).style
    names = [each.name or "" for each in _ancestry(style)]
    if any(_CONTENTS.match(name) for name in names):
        return
    kind = Kind.PARAGRAPH
    if any(_HEADING.match(name) for name in names):
        kind = Kind.HEADING
    elif _is_numbered(element) or any(name.startswith("List") for name in names) or _style_is_numbered(style):
        kind = Kind.ITEM
    yield Block(text, kind)


def _ancestry(style: BaseStyle | None) -> Iterator[BaseStyle]:
    """A style and those it is based on; at most ten, for a broken file may hold a circle."""
    for _ in range(10):
        if style is None:
            return
        yield style
        style = getattr(style, "base_style", None)


def _is_numbered(element: BaseOxmlElement) -> bool:
    number = element.find(f"{qn('w:pPr')}/{qn('w:numPr')}/{qn('w:numId')}")
    return number is not None and number.get(qn("w:val")) != "0"  # 0 switches the style's numbering off


def _style_is_numbered(style: BaseStyle | None) -> bool:
    return any(_is_numbered(each.element) for each in _ancestry(style))


def _table(document: WordDocument, table: BaseOxmlElement) -> Iterator[Block]:
    rows = [list(_children(row, qn("w:tc"))) for row in _children(table, qn("w:tr"))]
    if max(map(len, rows), default=0) <= 1:  # a box around prose
        for row in rows:
            for cell in row:
                yield from _blocks(document, cell)
        return
    for row in rows:
        cells = [" ".join(_text(cell).split()) for cell in row]
        yield Block(" | ".join(cell for cell in cells if cell), Kind.ROW)


def _text(element: BaseOxmlElement) -> str:
    """The visible text below an element; python-docx's own leaves out insertions and content controls."""
    parts: list[str] = []
    for child in element:
        if child.tag in _SKIPPED:
            continue
        if child.tag == qn("w:t"):
            parts.append(child.text or "")
        elif child.tag in (qn("w:tab"), qn("w:br"), qn("w:cr")):
            parts.append("\n")
        elif child.tag == qn("w:noBreakHyphen"):
            parts.append("‑")
        elif isinstance(child.tag, str):
            parts.append(_text(child))
            if child.tag in (qn("w:p"), qn("w:tc")):
                parts.append("\n")
    return "".join(parts)
