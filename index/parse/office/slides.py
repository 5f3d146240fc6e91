"""PPTX -> blocks slide by slide in the order of reading; the only file that knows python-pptx."""

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count

from pptx import Presentation
from pptx.chart.chart import Chart
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.exc import PythonPptxError
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.shapes.base import BaseShape
from pptx.shapes.graphfrm import GraphicFrame
from pptx.shapes.group import GroupShape
from pptx.slide import Slide
from pptx.table import Table
from pptx.text.text import TextFrame

from index.errors import ParseError
from index.parse.canonical import fold
from index.parse.draft import Block, Draft, Kind
from index.parse.lines import is_prose
from index.parse.office.column_names import Cell, Row, is_value
from index.parse.office.grid import named_rows, plain_row
from index.parse.office.package import SLIDES, check_package, stated_author, stated_title, told
from index.parse.office.shown import shown
from index.types import table_name

# What stands on every slide.
_REPEATED = (PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.HEADER, PP_PLACEHOLDER.SLIDE_NUMBER)
_TITLES = (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE, PP_PLACEHOLDER.VERTICAL_TITLE)
_LISTS = (PP_PLACEHOLDER.BODY, PP_PLACEHOLDER.OBJECT, PP_PLACEHOLDER.VERTICAL_BODY, PP_PLACEHOLDER.VERTICAL_OBJECT)
_LINE = 228_600  # a quarter of an inch, in the format's units: shapes this close in height stand in one line
_DEEPEST = 30  # groups inside of each other
_MOST_POINTS = 2_000  # of a series; a longer one is a curve, which nobody cites point by point
_DIAGRAM = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
_NOTES = Block("Speaker notes", Kind.HEADING)
_HIDDEN = Block("Hidden slide", Kind.HEADING)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A shape and where it stands, measured from the top left of what it stands in; what is unknown comes first."""

    shape: BaseShape
    top: int
    left: int


@dataclass(frozen=True, slots=True)
class _Series:
    name: str
    values: tuple[float | None, ...]

    def at(self, place: int) -> str:
        """The value at ``place`` with the name of the series; "" for none."""
        value = self.values[place] if place < len(self.values) else None
        return "" if value is None else f"{self.name}: {shown(value)}"


def parse_slides(data: bytes) -> Draft:
    """Return the text of a PPTX file, each block with its slide: title, shapes from top to bottom, speaker notes.

    Shapes in one line follow each other from left to right, a group is read as a whole; tables are rows (with the names
    of their columns where numbers below a row of words tell these), charts "category | series: value", diagrams items.
    A row of a table has its number, and that of its table on the slide. Notes stand below the heading "Speaker notes";
    a hidden slide, which is read too, below "Hidden slide". Slides count as the program counts them, hidden ones
    included. Footers and slide numbers, pictures and what is linked are left out. Raises ParseError for an empty,
    truncated, password-protected or foreign file, and for one without text.
    """
    check_package(data, SLIDES)
    with told(SLIDES, PythonPptxError):
        deck = Presentation(io.BytesIO(data))
        blocks = tuple(block for number, slide in enumerate(deck.slides, 1) for block in _slide(number, slide))
        title, author = deck.core_properties.title, deck.core_properties.author
    if not blocks:
        raise ParseError("holds no text: its slides may be pictures")
    first = next((block.text for block in blocks if block.kind is Kind.HEADING and block != _on(_HIDDEN, block)), None)
    return Draft(blocks, title=stated_title(title) or first, author=stated_author(author))


def _on(mark: Block, block: Block) -> Block:
    return replace(mark, slide=block.slide)


def _slide(number: int, slide: Slide) -> Iterator[Block]:
    found = [block for block in _shapes(slide.shapes, count(1), 0) if block.text.strip()]
    notes = list(_notes(slide))
    if found and slide.element.get("show") in ("0", "false"):
        found.insert(0, _HIDDEN)
    if notes:
        found += [_NOTES, *notes]
    return (replace(block, slide=number) for block in found)


def _notes(slide: Slide) -> Iterator[Block]:
    frame = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
    if frame is not None:
        yield from (block for block in _paragraphs(frame, Kind.PARAGRAPH) if block.text.strip())


def _shapes(shapes: Iterable[BaseShape], tables: Iterator[int], depth: int) -> Iterator[Block]:
    """The blocks of ``shapes``; ``tables`` numbers the tables of the slide."""
    if depth > _DEEPEST:
        raise RecursionError
    for shape in _ordered(shapes):
        if isinstance(shape, GroupShape):
            yield from _shapes(shape.shapes, tables, depth + 1)
        elif isinstance(shape, GraphicFrame):
            yield from _graphic(shape, tables)
        elif shape.has_text_frame:
            yield from _paragraphs(shape.text_frame, _kind(shape))  # type: ignore[attr-defined]


def _ordered(shapes: Iterable[BaseShape]) -> Sequence[BaseShape]:
    """The shapes as they are read: titles, then from top to bottom, those in one line from left to right."""
    placed = sorted(
        (_Placed(shape, shape.top or 0, shape.left or 0) for shape in shapes if _type(shape) not in _REPEATED),
        key=lambda each: (_type(each.shape) not in _TITLES, each.top),
    )
    lines = list[list[_Placed]]()
    for each in placed:
        is_title = _type(each.shape) in _TITLES
        if lines and not is_title and _type(lines[-1][0].shape) not in _TITLES and each.top - lines[-1][0].top < _LINE:
            lines[-1].append(each)
        else:
            lines.append([each])
    return [each.shape for line in lines for each in sorted(line, key=lambda each: each.left)]


def _type(shape: BaseShape) -> PP_PLACEHOLDER | None:
    return shape.placeholder_format.type if shape.is_placeholder else None


def _kind(shape: BaseShape) -> Kind:
    if _type(shape) in _TITLES:
        return Kind.HEADING
    return Kind.ITEM if _type(shape) in _LISTS else Kind.PARAGRAPH


def _paragraphs(frame: TextFrame, kind: Kind) -> Iterator[Block]:
    if kind is Kind.HEADING:
        # A title that is a whole sentence says what the slide has to say, and may be quoted.
        yield Block(frame.text, Kind.PARAGRAPH if is_prose(fold(frame.text)) else kind)
        return
    for paragraph in frame.paragraphs:
        yield Block(paragraph.text, kind)


def _graphic(frame: GraphicFrame, tables: Iterator[int]) -> Iterator[Block]:
    if frame.has_table:
        yield from _table(frame.table, table_name(next(tables)))
    elif frame.has_chart:
        yield from _chart(frame.chart)
    else:
        yield from _diagram(frame)


def _table(table: Table, name: str) -> Iterator[Block]:
    """The rows of a table; merged cells stand where they begin."""
    rows = list[Row]()
    for number, row in enumerate(table.rows, 1):
        cells = [
            Cell(column, text, is_value(text), cell.span_width if cell.is_merge_origin else 1)
            for column, cell in enumerate(row.cells, 1)
            if not cell.is_spanned and (text := " ".join(cell.text_frame.text.split()))
        ]
        rows += [Row(number, tuple(cells))] if cells else []
    named = named_rows(rows, name)
    yield from named if named is not None else (plain_row(row, name) for row in rows)


def _chart(chart: Chart) -> Iterator[Block]:
    """The title of a chart and a row a category, from the values stored with it; the workbook inside is not opened."""
    if chart.has_title and chart.chart_title.has_text_frame:
        yield Block(chart.chart_title.text_frame.text, Kind.HEADING)
    points = (int(count.get("val") or 0) for count in chart._chartSpace.iter(qn("c:ptCount")))
    if max(points, default=0) > _MOST_POINTS:
        return
    for plot in chart.plots:
        categories = [str(category) for category in plot.categories]
        series = [_Series(str(each.name), tuple(each.values)) for each in plot.series]
        for place, category in enumerate(categories):
            if values := [text for each in series if (text := each.at(place))]:
                yield Block(" | ".join([category, *values]), Kind.ROW)


def _diagram(frame: GraphicFrame) -> Iterator[Block]:
    """The texts of a diagram such as a flow or an organisation chart, in the order they were typed."""
    for ids in frame._element.iter(f"{{{_DIAGRAM}}}relIds"):
        relation = frame.part.rels.get(ids.get(qn("r:dm"), ""))
        if relation is None or relation.is_external or relation.reltype != RELATIONSHIP_TYPE.DIAGRAM_DATA:
            continue
        for point in parse_xml(relation.target_part.blob).iter(f"{{{_DIAGRAM}}}pt"):
            for paragraph in point.iter(qn("a:p")):
                yield Block("".join(text.text or "" for text in paragraph.iter(qn("a:t"))), Kind.ITEM)
