"""PDF -> blocks with their pages and printed lines; pages that are pictures go through text recognition."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from string import ascii_lowercase

from index.errors import ParseError
from index.parse.draft import Draft, Item
from index.parse.pdf.layout import layout_blocks
from index.parse.pdf.pdfium import PageText, Pdf
from index.parse.pdf.recognition import DOTS, OutOfTime, languages, recognise
from index.parse.pdf.strips import Strip
from index.reading.pace import progressed

_NO_TITLE = re.compile(
    r"microsoft (?:word|powerpoint)\b.*|powerpoint presentation|(?:slide|document)\s?\d*|untitled.*|\(?anonymous\)?"
    r"|\(?unspecified\)?|.*\.(?:docx?|pptx?|pdf|indd|qxd|tex|dvi|rtf|html?)",
    re.IGNORECASE,
)
_NO_AUTHOR = re.compile(
    r"\(?anonymous\)?|\(?unspecified\)?|user\d*|admin\w*|.*microsoft.*|author|unknown|.*\d.*|.*@.*|\S+", re.IGNORECASE
)
_GIBBERISH = 0.3  # of the letters of a page; formulas and symbols make up less
_LETTERS = ascii_lowercase.encode()
_FREQUENT = b"etaoinsr"
_RARE = 0.3  # of the letters of a page
_ENOUGH = 200  # letters, to tell how frequent each is
_PICTURED = 0.4  # of a page with little text: the rest of it is a picture
_DRAWN = 0.02  # of a page without text: more than a rule or a mark
_MOST_RECOGNISED = 200  # pages of a file, at some seconds each
_SURE = 80.0  # of 100, on a whole page: at 78 a third of the words were wrong, from 90 on one in twenty
_SCANNED = "no text layer (scanned pages?)"
_NO_LETTERS = "its letters cannot be read (no Unicode table)"
_ADVICE = "install tesseract, or run text recognition (OCR) on it first"


@dataclass(frozen=True, slots=True)
class _Page:
    """The text of a page; ``recognised`` is true where it comes from its picture, ``tried`` where that was tried.
    ``problem`` says why it was left."""

    strips: tuple[Strip, ...]
    recognised: bool = False
    tried: bool = False
    problem: str = ""


def parse_pdf(data: bytes) -> Draft:
    """Return the paragraphs of a PDF with their printed lines and the page each begins on (from 1), and the title and
    author it states.

    Columns are read one after the other, tables row by row ("cell | cell"), running headers, footers and page numbers
    dropped, words divided at line ends joined. Pages without text, and those whose letters have no meaning in the file,
    are read by tesseract where it is installed (200 of them at most), which ``encoding`` then says; where that fails
    they are among ``unread``. Dates in the properties are those of the file, not of publication, and are not used.

    Raises ParseError for a file that is empty, damaged, password-protected, beyond the bounds of
    ``index.parse.pdf.pdfium``, or of which no page can be read.
    """
    with Pdf(data) as pdf:
        pages: list[_Page] = []
        budget = _MOST_RECOGNISED
        for number in range(1, pdf.pages + 1):
            pages.append(_page(pdf, number, budget))
            budget -= pages[-1].tried
            progressed()
        title, author = pdf.stated("Title"), pdf.stated("Author")
    blocks = layout_blocks([page.strips for page in pages])
    if not blocks:
        reasons = [page.problem for page in pages if page.problem]
        nothing = f"has {_SCANNED}{', and tesseract finds no text on it' if languages() else f': {_ADVICE}'}"
        raise ParseError(reasons[0] if reasons else nothing)
    return Draft(
        blocks=blocks,
        title=title if title and not _NO_TITLE.fullmatch(title) else None,
        author=author if author and not _NO_AUTHOR.fullmatch(author) else None,
        encoding=_encoding(pages),
        unread=tuple(_unread(pages)),
    )


def _page(pdf: Pdf, number: int, budget: int) -> _Page:
    """Read page ``number``; its picture only where ``budget`` is left."""
    try:
        text = pdf.text(number)
    except ParseError as error:  # the other pages are read
        return _Page((), problem=str(error))
    garbled = text.unread > _GIBBERISH or _is_cipher(text.strips)
    if not garbled and not _is_picture(text):
        return _Page(text.strips)
    # Gibberish is worse than nothing: it would be searched and quoted.
    kept = () if garbled else text.strips
    reason = _NO_LETTERS if garbled else f"has {_SCANNED}"
    if not languages():
        return _left(kept, f"{reason}: {_ADVICE}")
    if not budget:
        return _left(kept, f"{reason}, and tesseract reads {_MOST_RECOGNISED} pages at most: split the file")
    return replace(_recognised(pdf, number, kept, reason, garbled), tried=True)


def _recognised(pdf: Pdf, number: int, kept: tuple[Strip, ...], reason: str, garbled: bool) -> _Page:
    """Read the picture of page ``number``; where that does not give more than what was ``kept``, it stays."""
    size = pdf.size(number)
    try:
        found = recognise(pdf.picture(number, round(size.width / 72 * DOTS), grey=True), size, number)
    except OutOfTime:
        return _left(kept, f"{reason}, and tesseract takes too long to read it")
    except (OSError, ParseError) as error:
        return _left(kept, f"{reason}, and tesseract cannot read it ({error})")
    if found.strips and found.confidence < _SURE:
        return _left(kept, f"{reason}, and tesseract is only {found.confidence:.0f} % sure of what it reads there")
    if _letters(found.strips) <= _letters(kept):
        # A photograph is no fault, but a file of nothing else is.
        return _left(kept, f"{reason}, and tesseract finds no text there" if garbled else "")
    return _Page(found.strips, recognised=True)


def _left(kept: tuple[Strip, ...], problem: str) -> _Page:
    """A page that stays as it is. That a picture could not be read is worth a word only where no text was."""
    return _Page(kept, problem="" if kept else problem)


def _letters(strips: Sequence[Strip]) -> int:
    return sum(len(strip.text) for strip in strips)


def _is_cipher(strips: Sequence[Strip]) -> bool:
    """Whether letters stand for others, as where a font numbers its own: those that are frequent in every language of
    the Latin alphabet are then rare."""
    text = "".join(strip.text for strip in strips).lower()
    plain = text.encode("ascii", "ignore")
    latin = len(plain) - len(plain.translate(None, _LETTERS))
    if latin < _ENOUGH or latin < 4 * (len(text) - len(plain)):
        return False
    return len(plain) - len(plain.translate(None, _FREQUENT)) < _RARE * latin


def _is_picture(text: PageText) -> bool:
    return text.covered > (_PICTURED if text.strips else _DRAWN)


def _encoding(pages: Sequence[_Page]) -> str | None:
    """What says that text was recognised, and on which pages if not on all."""
    numbers = [number for number, page in enumerate(pages, 1) if page.recognised]
    if not numbers:
        return None
    every = all(page.recognised for page in pages if page.strips)
    return "OCR by tesseract" if every else f"OCR by tesseract ({_named(numbers)})"


def _unread(pages: Sequence[_Page]) -> Iterable[Item]:
    for problem in dict.fromkeys(page.problem for page in pages if page.problem):
        numbers = [number for number, page in enumerate(pages, 1) if page.problem == problem]
        yield Item(_named(numbers), None, problem)


def _named(numbers: Sequence[int]) -> str:
    """Rising page numbers in words: ``p. 2-4, 7``."""
    runs = (list(run) for _, run in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0]))
    ends = ((run[0][1], run[-1][1]) for run in runs)
    return "p. " + ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in ends)
