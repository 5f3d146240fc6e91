"""PPTX: each text with its slide, in the order of reading; fixtures are written with python-pptx."""

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pptx import Presentation
from pptx.chart.chart import Chart
from pptx.chart.data import ChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.oxml import parse_xml
from pptx.presentation import Presentation as Deck
from pptx.shapes.graphfrm import GraphicFrame
from pptx.shapes.shapetree import GroupShapes, SlideShapes
from pptx.slide import Slide
from pptx.util import Inches

from index.errors import ParseError
from index.parse import parse
from index.parse.draft import Block, Kind
from index.parse.office.slides import parse_slides
from tests.package_support import refusals, survives, with_laughs, with_part

BLANK, TITLED = 6, 1


def saved(deck: Deck) -> bytes:
    buffer = io.BytesIO()
    deck.save(buffer)
    return buffer.getvalue()


def slide(deck: Deck, layout: int = BLANK) -> Slide:
    made: Slide = deck.slides.add_slide(deck.slide_layouts[layout])
    return made


def box(shapes: SlideShapes | GroupShapes, text: str, left: float, top: float) -> None:
    shapes.add_textbox(Inches(left), Inches(top), Inches(2), Inches(0.5)).text_frame.text = text


def quarters(page: Slide) -> Chart:
    """A chart of two series, one without its last value."""
    data = ChartData()  # type: ignore[no-untyped-call]
    data.categories = ["Q1", "Q2"]
    data.add_series("Sales", (1.5, 2))  # type: ignore[no-untyped-call]
    data.add_series("Cost", (3, None))  # type: ignore[no-untyped-call]
    frame = page.shapes.add_chart(XL_CHART_TYPE.LINE, Inches(1), Inches(5), Inches(3), Inches(1), data)
    assert isinstance(frame, GraphicFrame)
    return frame.chart


def blocks(deck: Deck) -> tuple[Block, ...]:
    return parse_slides(saved(deck)).blocks


def test_titles_lists_notes_and_hidden_slides() -> None:
    deck = Presentation()
    first = slide(deck, TITLED)
    assert first.shapes.title is not None
    first.placeholders[1].text_frame.text = "First point\nSecond point"
    first.shapes.title.text_frame.text = "Exports"
    frame = first.notes_slide.notes_text_frame
    assert frame is not None
    frame.text = "Say this.\nAnd that."
    slide(deck)
    hidden = slide(deck)
    box(hidden.shapes, "A backup figure", 1, 1)
    hidden._element.set("show", "0")
    assert blocks(deck) == (
        Block("Exports", Kind.HEADING, slide=1),
        Block("First point", Kind.ITEM, slide=1),
        Block("Second point", Kind.ITEM, slide=1),
        Block("Speaker notes", Kind.HEADING, slide=1),
        Block("Say this.", slide=1),
        Block("And that.", slide=1),
        Block("Hidden slide", Kind.HEADING, slide=3),
        Block("A backup figure", slide=3),
    )
    sentence = "Exports to the north fell by a tenth in May."
    first.shapes.title.text_frame.text = sentence  # a title that is a sentence may be quoted
    assert blocks(deck)[0] == Block(sentence, slide=1)
    first.shapes.title.text_frame.text = "Exports"
    deck.core_properties.title, deck.core_properties.author = "PowerPoint Presentation", "Jane Doe"
    draft = parse_slides(saved(deck))
    assert (draft.title, draft.author, draft.published) == ("Exports", "Jane Doe", None)
    deck.core_properties.title = "Trade in June"
    assert parse_slides(saved(deck)).title == "Trade in June"


def test_shapes_are_read_line_by_line_and_groups_as_a_whole() -> None:
    deck = Presentation()
    page = slide(deck)
    box(page.shapes, "bottom", 1, 6)
    box(page.shapes, "right", 5, 1)
    box(page.shapes, "left", 1, 1.1)
    group = page.shapes.add_group_shape()
    box(group.shapes, "second of the group", 1, 4)
    box(group.shapes, "first of the group", 1, 3)
    box(page.shapes, "beside the group", 6, 3.5)
    assert [block.text for block in blocks(deck)] == [
        *("left", "right", "first of the group", "second of the group", "beside the group", "bottom")
    ]


def test_tables_and_charts_are_rows() -> None:
    deck = Presentation()
    page = slide(deck)
    table = page.shapes.add_table(3, 3, Inches(1), Inches(1), Inches(4), Inches(1)).table
    texts = ["Country", "2022", "2023", "Norway", "4.1", "4.2", "Sweden", "5", ""]
    for place, text in enumerate(texts):
        table.cell(place // 3, place % 3).text_frame.text = text
    words = page.shapes.add_table(2, 2, Inches(1), Inches(3), Inches(4), Inches(1)).table
    for place, text in enumerate(["Capital", "Oslo", "Head of state", "the king"]):
        words.cell(place // 2, place % 2).text_frame.text = text
    chart = quarters(page)
    chart.has_title = True
    chart.chart_title.text_frame.text = "Sales by quarter"
    whole = saved(deck)
    assert [block.text for block in parse_slides(whole).blocks] == [
        "Country: Norway | 2022: 4.1 | 2023: 4.2",
        "Country: Sweden | 2022: 5",
        "Capital | Oslo",
        "Head of state | the king",
        "Sales by quarter",
        "Q1 | Sales: 1.5 | Cost: 3",
        "Q2 | Sales: 2",
    ]
    found = parse(Path("/deck.pptx"), whole, datetime(2024, 6, 18, tzinfo=UTC))[0].paragraphs
    assert [each.where for each in found] == [
        *("slide 1, table 1, row 2", "slide 1, table 1, row 3", "slide 1, table 2, row 1", "slide 1, table 2, row 2"),
        *("slide 1", "slide 1", "slide 1"),
    ]
    assert {each.leaf for each in found} == {"slide 1"}
    name = chart.part.partname.lstrip("/")
    endless = with_part(whole, name, lambda xml: xml.replace(b'ptCount val="2"', b'ptCount val="4000000000"'))
    assert parse_slides(endless).blocks[-1].text == "Sales by quarter"


def test_diagrams_are_items() -> None:
    deck = Presentation()
    page = slide(deck)
    spaces = (
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
        'xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    )
    points = "".join(
        f"<dgm:pt><dgm:t><a:p><a:r><a:t>{text}</a:t></a:r></a:p></dgm:t></dgm:pt>" for text in ("Ask", "Check")
    )
    data = f"<dgm:dataModel {spaces}><dgm:ptLst>{points}</dgm:ptLst></dgm:dataModel>".encode()
    kind = "application/vnd.openxmlformats-officedocument.drawingml.diagramData+xml"
    part = Part(PackURI("/ppt/diagrams/data1.xml"), kind, page.part.package, data)
    ids = [page.part.relate_to(part, RELATIONSHIP_TYPE.DIAGRAM_DATA), "rId99"]
    for each in ids:
        frame = (
            f"<p:graphicFrame {spaces}><p:nvGraphicFramePr><p:cNvPr id='9' name='x'/><p:cNvGraphicFramePr/><p:nvPr/>"
            "</p:nvGraphicFramePr><p:xfrm><a:off x='0' y='0'/><a:ext cx='9' cy='9'/></p:xfrm><a:graphic>"
            "<a:graphicData uri='http://schemas.openxmlformats.org/drawingml/2006/diagram'>"
            f"<dgm:relIds r:dm='{each}'/></a:graphicData></a:graphic></p:graphicFrame>"
        )
        page.shapes._spTree.append(parse_xml(frame))
    assert blocks(deck) == (Block("Ask", Kind.ITEM, slide=1), Block("Check", Kind.ITEM, slide=1))


words = st.text("abc éß中", min_size=1, max_size=12).filter(str.strip)
places = st.tuples(words, st.integers(0, 8), st.integers(0, 6))


@settings(max_examples=20)
@given(st.lists(st.lists(places, max_size=4), min_size=1, max_size=3).filter(any))
def test_every_block_leads_to_a_slide_that_says_it(pages: list[list[tuple[str, int, int]]]) -> None:
    deck = Presentation()
    for page in pages:
        made = slide(deck)
        for text, left, top in page:
            box(made.shapes, text, left, top)
    found = blocks(deck)
    for number, each in enumerate(deck.slides, 1):
        plain = sorted(shape.text_frame.text for shape in each.shapes)
        assert sorted(block.text for block in found if block.slide == number) == plain


def test_errors() -> None:
    deck = Presentation()
    whole = saved(deck)
    refusals(parse_slides, whole, "PPTX", "PowerPoint Document")
    with pytest.raises(ParseError, match="no text: its slides may be pictures"):
        parse_slides(whole)
    box(slide(deck).shapes, "Text of a slide", 1, 1)
    whole = saved(deck)
    laughs = with_part(whole, "ppt/slides/slide1.xml", lambda xml: with_laughs(xml, b"<a:t>"))
    with pytest.raises(ParseError, match="is not a PPTX"):
        parse_slides(laughs)
    survives(parse_slides, whole, ["ppt/slides/slide1.xml", "ppt/presentation.xml", "[Content_Types].xml"], 30)
