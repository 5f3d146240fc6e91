"""DOCX -> blocks in body order, each followed by its notes; the only file that knows python-docx."""

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import takewhile

import docx
from docx.document import Document as WordDocument
from docx.exceptions import PythonDocxError
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.styles.style import BaseStyle
from docx.text.paragraph import Paragraph

from index.errors import ParseError
from index.parse.canonical import fold
from index.parse.draft import Block, Draft, Kind
from index.parse.office.column_names import Cell, Row, is_value
from index.parse.office.grid import named_rows, plain_row
from index.parse.office.package import WORD, check_package, stated_author, stated_title, told
from index.types import table_name

_HEADING = re.compile(r"(?:heading \d|title$|subtitle$)", re.IGNORECASE)
_CONTENTS = re.compile(r"toc\b|table of (?:figures|authorities)", re.IGNORECASE)
# Removed and moved-away text, what older programs are shown instead, and text boxes, which are read on their own.
_QUOTE = 20  # characters; fewer stand in a long text by chance
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_SKIPPED = (qn("w:del"), qn("w:moveFrom"), qn("w:txbxContent"), _FALLBACK)
_NOTES = ((RELATIONSHIP_TYPE.FOOTNOTES, "w:footnote"), (RELATIONSHIP_TYPE.ENDNOTES, "w:endnote"))
_WRAPPERS = (qn("w:sdt"), qn("w:sdtContent"), qn("w:ins"), qn("w:moveTo"), qn("w:customXml"), qn("w:smartTag"))


@dataclass(frozen=True, slots=True)
class _Word:
    """A document, and the paragraphs of its notes by the tag of what refers to them and their id. ``tables`` has an
    entry for each table whose rows were read."""

    document: WordDocument
    notes: Mapping[str, tuple[str, ...]]
    boxed: list[Block] = field(default_factory=list)  # those that stand in text boxes, as they are come across
    tables: list[str] = field(default_factory=list)


def parse_word(data: bytes) -> Draft:
    """Return the body of a DOCX file: headings by style, list items, table rows; title and author.

    A row of a table is "cell | cell", with the names of its columns before the cells where numbers below a row of
    words tell these; it has its number, and that of its table. Footnotes, endnotes and text boxes follow the paragraph
    or row that they belong to, a box that only repeats words of the body is left out. Insertions still marked as
    changes are kept, deletions are not; headers, footers, comments and the table of contents are left out. The dates in
    the properties are those of the file, not of publication, and are not used. Raises ParseError for an empty,
    truncated, password-protected or foreign file, and for one without text.
    """
    check_package(data, WORD)
    with told(WORD, PythonDocxError, OpcError):
        document = docx.Document(io.BytesIO(data))
        word = _Word(document, _read_notes(document))
        found = list(_blocks(word, document.element.body))
        title, author = document.core_properties.title, document.core_properties.author
    boxed = {id(block) for block in word.boxed}
    body = "\n".join(fold(block.text) for block in found if id(block) not in boxed)
    blocks = tuple(block for block in found if id(block) not in boxed or not _repeats(fold(block.text), body))
    if not any(block.text.strip() for block in blocks):
        raise ParseError("holds no text")
    return Draft(blocks=blocks, title=stated_title(title), author=stated_author(author))


def _repeats(text: str, body: str) -> bool:
    """Whether a text box is a pull quote: it says what the body says too."""
    return len(text) >= _QUOTE and text in body


def _read_notes(document: WordDocument) -> Mapping[str, tuple[str, ...]]:
    notes: dict[str, tuple[str, ...]] = {}
    for kind, tag in _NOTES:
        for relation in document.part.rels.values():
            if relation.reltype == kind and not relation.is_external:
                for note in parse_xml(relation.target_part.blob).iter(qn(tag)):
                    if note.get(qn("w:type")) in (None, "normal"):  # the others are the lines above the notes
                        name = f"{qn(tag)}Reference {note.get(qn('w:id'))}"
                        notes[name] = tuple(_text(each) for each in note.iter(qn("w:p")))
    return notes


def _blocks(word: _Word, parent: BaseOxmlElement) -> Iterator[Block]:
    for child in _children(parent, qn("w:p"), qn("w:tbl")):
        if child.tag == qn("w:tbl"):
            yield from _table(word, child)
        else:
            yield from _paragraph(word, child)
            yield from _beside(word, child)


def _beside(word: _Word, element: BaseOxmlElement) -> Iterator[Block]:
    """The notes and text boxes of a paragraph or a row."""
    for child in element.iter():
        if not isinstance(child.tag, str) or _is_skipped(child, element):
            continue
        if child.tag.endswith("noteReference"):
            for text in word.notes.get(f"{child.tag} {child.get(qn('w:id'))}", ()):
                yield Block(text)
        elif child.tag == qn("w:txbxContent"):
            inside = list(_blocks(word, child))
            word.boxed.extend(inside)
            yield from inside


def _is_skipped(element: BaseOxmlElement, root: BaseOxmlElement) -> bool:
    """Whether an element below ``root`` stands in a text box, in removed text, or in what older programs are shown."""
    return any(above.tag in _SKIPPED for above in takewhile(lambda above: above is not root, element.iterancestors()))


def _children(parent: BaseOxmlElement, *tags: str) -> Iterator[BaseOxmlElement]:
    """The children with one of ``tags``, in order, those inside content controls and insertions too."""
    for child in parent:
        if child.tag in tags:
            yield child
        elif child.tag in _WRAPPERS:
            yield from _children(child, *tags)


def _paragraph(word: _Word, element: BaseOxmlElement) -> Iterator[Block]:
    text = _text(element)
    if not text.strip():
        return
    style = Paragraph(element, word.document._body).style
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


def _table(word: _Word, table: BaseOxmlElement) -> Iterator[Block]:
    elements = [row for row in _children(table, qn("w:tr")) if row.find(f"{qn('w:trPr')}/{qn('w:del')}") is None]
    rows = [list(_children(row, qn("w:tc"))) for row in elements]
    if max(map(len, rows), default=0) <= 1:  # a box around prose
        for row in rows:
            for cell in row:
                yield from _blocks(word, cell)
        return
    filled = [_filled(number, row) for number, row in enumerate(rows, 1)]
    word.tables.append(table_name(len(word.tables) + 1))
    name = word.tables[-1]
    named = named_rows([row for row in filled if row.cells], name)
    if named is not None:
        yield from named
        yield from (block for row in elements for block in _beside(word, row))
        return
    for texts, element in zip(filled, elements, strict=True):
        yield plain_row(texts, name)
        yield from _beside(word, element)


def _filled(number: int, cells: list[BaseOxmlElement]) -> Row:
    """The cells of a row that show something, in the columns that they stand in."""
    found, column = list[Cell](), 1
    for cell in cells:
        span = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
        width = max(1, int(span.get(qn("w:val")) or 1)) if span is not None else 1
        if text := " ".join(_text(cell).split()):
            found.append(Cell(column, text, is_value(text), width))
        column += width
    return Row(number, tuple(found))


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
