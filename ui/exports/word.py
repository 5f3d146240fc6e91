"""A paper as a Word document (DOCX) with real footnotes; the only file here that knows python-docx.

python-docx writes no footnotes, so their part is made here: word/footnotes.xml with the two separators that Word wants,
and a footnote for each note. A note that is cited again is a cross-reference to the first footnote (NOTEREF), so that
it keeps its number.
"""

import io
from datetime import UTC, datetime, time
from urllib.parse import quote

import docx
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.oxml import serialize_part_xml
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml.ns import nsdecls, qn
from docx.oxml.parser import OxmlElement, parse_xml
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph as WordParagraph

from rag.words import day
from ui.exports.letters import inline
from ui.exports.paper import Note, Paper, Piece, Section

_SEPARATORS = (
    '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
    '<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>'
)
_GREY, _BLUE = RGBColor(0x55, 0x5B, 0x66), RGBColor(0x1D, 0x4E, 0xD8)


def word(paper: Paper) -> bytes:
    """The paper as the bytes of a .docx file, A4, with headings, lists, footnotes and their links."""
    document = docx.Document()
    _styles(document)
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(25)
    properties = document.core_properties
    made = datetime.combine(paper.made, time(), UTC).replace(tzinfo=None)  # python-docx wants UTC without saying so
    properties.title, properties.author, properties.comments = inline(paper.title)[:255], "citedesk", ""
    properties.created = properties.modified = made
    written = _Written(document)
    document.add_heading(inline(paper.title), 0)
    _soft(document, f"Made with citedesk on {day(paper.made)}.")
    for section in paper.sections:
        if heading := paper.heading(section):
            document.add_heading(inline(heading), 1)
        _section(document, section, written)
    if len(paper.sections) > 1 and paper.works:
        document.add_heading("Sources", 1)
        for work in paper.works:
            listed = document.add_paragraph(inline(work.name), style="List Bullet")
            if work.address:
                listed.add_run(" ")
                listed._p.append(_link(document.part, work.address, work.address))
            listed.add_run(f" ({'note' if len(work.notes) == 1 else 'notes'} {', '.join(map(str, work.notes))})")
    _attach(document, paper.notes)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


class _Written:
    """Writes references to notes: the first time a footnote's, from then on a cross-reference to it."""

    def __init__(self, document: WordDocument) -> None:
        self._document = document
        self._known: set[int] = set()

    def refer(self, paragraph: WordParagraph, number: int) -> None:
        """Adds the number of a note, raised."""
        if number in self._known:
            for child in _again(number):
                paragraph._p.append(child)
            return
        self._known.add(number)
        start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
        for mark in (start, end):
            mark.set(qn("w:id"), str(number))
        start.set(qn("w:name"), _bookmark(number))
        run = paragraph.add_run(style="Footnote Reference")
        reference = OxmlElement("w:footnoteReference")
        reference.set(qn("w:id"), str(number))
        run._r.append(reference)
        run._r.addprevious(start)
        run._r.addnext(end)


def _section(document: WordDocument, section: Section, written: _Written) -> None:
    for line in section.said:
        _soft(document, line)
    if section.message:
        document.add_paragraph().add_run(inline(section.message)).bold = True
    for paragraph in section.paragraphs:
        made = document.add_paragraph(style="List Bullet" if paragraph.bullet else None)
        for place, piece in enumerate(paragraph.pieces):
            _piece(made, piece, written, " " if place else "")
    for dissent in section.dissents:
        heading = document.add_paragraph()
        heading.add_run(inline(dissent.heading)).bold = True
        heading.paragraph_format.keep_with_next = True
        for side in dissent.sides:
            _piece(document.add_paragraph(style="List Bullet"), side, written, "")
        if dissent.note:
            document.add_paragraph(inline(dissent.note))
    for line in section.remarks:
        _soft(document, line)


def _piece(paragraph: WordParagraph, piece: Piece, written: _Written, before: str) -> None:
    if before:
        paragraph.add_run(before)
    paragraph.add_run(inline(piece.text)).font.strike = piece.struck or None
    for place, number in enumerate(piece.notes):
        if place:
            paragraph.add_run(",", style="Footnote Reference")
        written.refer(paragraph, number)
    if piece.remark:
        paragraph.add_run(f" ({inline(piece.remark)})").italic = True


def _soft(document: WordDocument, text: str) -> None:
    run = document.add_paragraph().add_run(inline(text))
    run.italic, run.font.color.rgb, run.font.size = True, _GREY, Pt(9.5)


def _styles(document: WordDocument) -> None:
    """The styles that python-docx's template lacks, under the names by which word processors know them."""
    styles = document.styles
    text = styles.add_style("Footnote Text", WD_STYLE_TYPE.PARAGRAPH, builtin=True)
    text.base_style, text.font.size = styles["Normal"], Pt(9)
    text.paragraph_format.space_after = Pt(2)
    styles.add_style("Footnote Reference", WD_STYLE_TYPE.CHARACTER, builtin=True).font.superscript = True
    link = styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER, builtin=True)
    link.font.color.rgb, link.font.underline = _BLUE, True


def _attach(document: WordDocument, notes: tuple[Note, ...]) -> None:
    """Gives the document its part of footnotes, and tells its settings of the separators."""
    if not notes:
        return
    root = parse_xml(f"<w:footnotes {nsdecls('w', 'r')}>{_SEPARATORS}</w:footnotes>")
    part = Part(PackURI("/word/footnotes.xml"), CONTENT_TYPE.WML_FOOTNOTES, b"", document.part.package)
    for note in notes:
        root.append(_footnote(part, document, note))
    part._blob = serialize_part_xml(root)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    separators = parse_xml(f'<w:footnotePr {nsdecls("w")}><w:footnote w:id="-1"/><w:footnote w:id="0"/></w:footnotePr>')
    settings = document.settings.element
    compat = settings.find(qn("w:compat"))  # the schema wants what is said of footnotes before this
    if compat is not None:
        compat.addprevious(separators)
    else:
        settings.append(separators)


def _footnote(part: Part, document: WordDocument, note: Note) -> BaseOxmlElement:
    footnote = OxmlElement("w:footnote")
    footnote.set(qn("w:id"), str(note.number))
    paragraph = WordParagraph(footnote.makeelement(qn("w:p")), document._body)
    footnote.append(paragraph._p)
    paragraph.style = document.styles["Footnote Text"]
    mark = paragraph.add_run(style="Footnote Reference")
    mark._r.append(OxmlElement("w:footnoteRef"))
    paragraph.add_run(f" {inline(note.name)}, ")
    if note.page:
        paragraph._p.append(_link(part, note.page, note.place))
    else:
        paragraph.add_run(note.place)
    if note.address:
        paragraph.add_run(", ")
        paragraph._p.append(_link(part, note.address, note.address))
    paragraph.add_run(f": “{inline(note.quote)}”")
    for told in filter(None, (note.also, note.since)):
        paragraph.add_run(f" {inline(told[:1].upper() + told[1:])}.").italic = True
    return footnote


def _link(part: Part, address: str, text: str) -> BaseOxmlElement:
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), part.relate_to(_uri(address), RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    link.append(_run(f'<w:rStyle {nsdecls("w")} w:val="Hyperlink"/>', inline(text)))
    return link


def _uri(address: str) -> str:
    return quote(address, safe="%/:?#[]@!$&'()*+,;=~-._")


def _again(number: int) -> list[BaseOxmlElement]:
    """The runs of a field that shows the number of a footnote that stands elsewhere."""
    raised = f'<w:rStyle {nsdecls("w")} w:val="FootnoteReference"/>'
    runs = [_run(raised, "") for _ in range(4)]
    for run, kind in zip((runs[0], runs[2], runs[3]), ("begin", "separate", "end"), strict=True):
        mark = OxmlElement("w:fldChar")
        mark.set(qn("w:fldCharType"), kind)
        run.append(mark)
    instruction = OxmlElement("w:instrText")
    instruction.text = f" NOTEREF {_bookmark(number)} \\f \\h "
    instruction.set(qn("xml:space"), "preserve")
    runs[1].append(instruction)
    return [*runs[:3], _run(raised, str(number)), runs[3]]


def _run(style: str, text: str) -> BaseOxmlElement:
    run, properties = OxmlElement("w:r"), OxmlElement("w:rPr")
    properties.append(parse_xml(style))
    run.append(properties)
    if text:
        written = OxmlElement("w:t")
        written.text = text
        written.set(qn("xml:space"), "preserve")
        run.append(written)
    return run


def _bookmark(number: int) -> str:
    return f"_Note{number}"
