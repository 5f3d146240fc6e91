"""PDF: columns, tables, notes, captions, running heads and initials in the order of reading."""

import io
from collections.abc import Callable, Sequence
from itertools import count

import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from index.parse.draft import Block, Kind
from index.parse.pdf import parse_pdf

WORDS = ["harbour", "minister", "treaty", "envoy", "convoy", "ferry", "bridge"]
WORDS += ["ledger", "summit", "border", "tariff", "railway", "island", "reactor"]
FONT, SIZE, STEP = "Times-Roman", 10, 13
LEFT, TOP = 60, 760


def prose(first: int, sentences: int = 4) -> str:
    """Sentences no two of which are alike."""
    return " ".join(
        f"The {WORDS[number % 14]} of {number} met the {WORDS[number // 14 % 14]} and a long talk followed at the "
        f"{WORDS[number // 3 % 14]} before dusk."
        for number in range(first, first + sentences)
    )


def set_in(text: str, width: float, size: int = SIZE) -> list[str]:
    lines = [""]
    for word in text.split():
        wider = f"{lines[-1]} {word}".strip()
        lines = [*lines[:-1], wider] if stringWidth(wider, FONT, size) <= width else [*lines, word]
    return lines


def drawn(*pages: Callable[[Canvas], None]) -> tuple[Block, ...]:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842))
    for page in pages:
        canvas.setFont(FONT, SIZE)
        page(canvas)
        canvas.showPage()
    canvas.save()
    return parse_pdf(buffer.getvalue()).blocks


def put(canvas: Canvas, x: float, y: float, lines: Sequence[str], size: int = SIZE) -> float:
    canvas.setFont(FONT, size)
    for number, line in enumerate(lines):
        canvas.drawString(x, y - number * (STEP * size / SIZE), line)
    return y - len(lines) * STEP * size / SIZE


@pytest.mark.parametrize("columns", [2, 3])
@pytest.mark.parametrize("stored", ["by column", "by row", "backwards"])
@pytest.mark.parametrize("shift", [0, 5])
def test_columns_are_read_one_after_the_other(columns: int, stored: str, shift: int) -> None:
    width = (475 - 20 * (columns - 1)) / columns
    texts = [prose(20 * number + 1, 6) for number in range(columns)]
    placed = [
        (LEFT + column * (width + 20), TOP - 60 - row * STEP - shift * column, line)
        for column, text in enumerate(texts)
        for row, line in enumerate(set_in(text, width))
    ]
    if stored == "by row":
        placed.sort(key=lambda place: (-place[1], place[0]))
    elif stored == "backwards":
        placed.reverse()

    def page(canvas: Canvas) -> None:
        canvas.setFont("Helvetica-Bold", 16)
        canvas.drawString(LEFT, TOP, "A heading over all of the columns of this page")
        canvas.setFont(FONT, SIZE)
        for x, y, line in placed:
            canvas.drawString(x, y, line)

    found = drawn(page)
    assert [block.kind for block in found[:1]] == [Kind.HEADING]
    assert " ".join(block.text for block in found[1:]) == " ".join(texts)


def test_a_heading_over_the_columns_parts_two_bands() -> None:
    texts = [prose(20 * number + 1, 4) for number in range(4)]

    def page(canvas: Canvas) -> None:
        for band, title in enumerate(("What the coast of the north has seen", "What the coast of the south has seen")):
            canvas.setFont("Helvetica-Bold", 14)
            canvas.drawString(LEFT + 110, TOP - 300 * band, title)
            for column in range(2):
                put(canvas, LEFT + 245 * column, TOP - 30 - 300 * band, set_in(texts[2 * band + column], 230))

    words = " ".join(block.text for block in drawn(page))
    order = ["of the north", texts[0], texts[1], "of the south", texts[2], texts[3]]
    assert [words.find(text) for text in order] == sorted(words.find(text) for text in order)
    assert all(text in words for text in order)


def test_rows_of_a_table() -> None:
    rows = [
        ["Port", "Ships", "Change"],
        ["Hanoi", "1,204", "+3 %"],
        ["Rason", "88", "-12 %"],
        ["Pusan", "9,310", "0 %"],
    ]

    def page(canvas: Canvas) -> None:
        y = put(canvas, LEFT, TOP, set_in(prose(1), 475)) - 20
        for number, row in enumerate(rows):
            for cell, x in zip(row, (LEFT, LEFT + 150, LEFT + 260), strict=True):
                canvas.drawString(x, y - 16 * number, cell)
        put(canvas, LEFT, y - 90, set_in(prose(9), 475))

    found = drawn(page)
    assert [(block.text, block.kind) for block in found] == [
        (prose(1), Kind.PARAGRAPH),
        *((" | ".join(row), Kind.ROW) for row in rows),
        (prose(9), Kind.PARAGRAPH),
    ]
    cells = [found[2].text[line.start : line.end] for line in found[2].lines]
    assert cells == rows[1] and found[2].lines[0].right < found[2].lines[1].left


def test_cells_of_several_lines_are_one_row() -> None:
    rows = [
        ["Measure", "What was said of it"],
        ["Ports", prose(1, 2)],
        ["Rail and road", prose(5, 3)],
        ["Air", prose(9, 1)],
    ]

    def page(canvas: Canvas) -> None:
        y: float = TOP
        for name, text in rows:
            put(canvas, LEFT, y, [name])
            y = put(canvas, LEFT + 120, y, set_in(text, 300)) - 8

    assert [(block.text, block.kind) for block in drawn(page)] == [(" | ".join(row), Kind.ROW) for row in rows]

    def wide(canvas: Canvas) -> None:
        y: float = TOP
        for number in (1, 11, 21):
            ends = [
                put(canvas, LEFT + 230 * cell, y, set_in(prose(number + 5 * cell, 2 + cell), 210)) for cell in (0, 1)
            ]
            y = min(ends) - 9

    assert [block.text for block in drawn(wide)] == [f"{prose(n, 2)} | {prose(n + 5, 3)}" for n in (1, 11, 21)]


def test_notes_and_captions_do_not_cut_a_sentence() -> None:
    text = set_in(prose(1, 12), 475)

    def first(canvas: Canvas) -> None:
        y = put(canvas, LEFT, TOP, text[:6])
        put(canvas, LEFT, y - 30, ["1 See the report of the harbour office, which nobody had asked for."], 7)

    def second(canvas: Canvas) -> None:
        put(canvas, LEFT, TOP, text[6:])

    found = drawn(first, second)
    assert [block.text for block in found] == [
        prose(1, 12),
        "1 See the report of the harbour office, which nobody had asked for.",
    ]
    assert found[0].page == 1 and {line.page for line in found[0].lines} == {1, 2}


def test_running_heads_of_odd_and_even_pages_are_dropped() -> None:
    def page(number: int) -> Callable[[Canvas], None]:
        def draw(canvas: Canvas) -> None:
            if number > 1:
                canvas.drawString(LEFT if number % 2 else 400, 810, ("The Annual Report", "Harbour Office")[number % 2])
            canvas.drawString(LEFT if number % 2 == 0 else 520, 810, str(number))
            put(canvas, LEFT, TOP, set_in(prose(10 * number), 475))

        return draw

    pages = [page(number) for number in range(1, 8)]
    assert [block.text for block in drawn(*pages)] == [prose(10 * number) for number in range(1, 8)]


def test_initials_bullets_and_turned_pages() -> None:
    def page(canvas: Canvas) -> None:
        canvas.setFont(FONT, 38)
        canvas.drawString(LEFT, TOP - 22, "T")
        text = set_in(prose(1)[1:], 440)
        put(canvas, LEFT + 30, TOP, text[:2])
        put(canvas, LEFT, TOP - 2 * STEP, text[2:])
        for number in count(1):
            canvas.drawString(LEFT, TOP - 120 - 20 * number, "•")
            canvas.drawString(LEFT + 25, TOP - 120 - 20 * number, f"Point {number} of those that were made.")
            if number == 3:
                break

    expected = [prose(1), *(f"Point {number} of those that were made." for number in (1, 2, 3))]
    assert [block.text for block in drawn(page)] == expected

    def turned(canvas: Canvas) -> None:
        canvas.translate(595, 0)
        canvas.rotate(90)
        canvas.translate(0, -220)
        page(canvas)

    assert [block.text for block in drawn(turned)] == expected


def test_stamps_across_and_along_the_page_stay_out_of_the_text() -> None:
    text = set_in(prose(1, 12), 440)

    def page(lines: Sequence[str], along: str) -> Callable[[Canvas], None]:
        def draw(canvas: Canvas) -> None:
            put(canvas, LEFT, TOP, lines)
            for x, y, angle, size, stamp in ((200, 300, 45, 60, "DRAFT"), (30, 200, 90, 15, along)):
                canvas.saveState()
                canvas.setFont(FONT, size)
                canvas.translate(x, y)
                canvas.rotate(angle)
                canvas.drawString(0, 0, stamp)
                canvas.restoreState()

        return draw

    found = drawn(page(text[:6], "Received in June by the registry"), page(text[6:], ""))
    assert [block.text for block in found] == [prose(1, 12), "Received in June by the registry"]
