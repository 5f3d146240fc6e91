"""Pages that are pictures -> strips, by the program tesseract where it is installed; none of it is in this package."""

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import accumulate
from statistics import median

import numpy as np

from index.parse.canonical import visible
from index.parse.pdf.pdfium import Picture, Size
from index.parse.pdf.places import Frame, Words, pieces
from index.parse.pdf.strips import Strip

DOTS = 200  # an inch: letters of 8 points are still 22 dots high
_SECONDS = 60  # for one page; an A4 page full of text takes 2 to 5
_LEAST = 30.0  # of 100: a word that tesseract is less sure of is a stain or a line
_WORD = "5"  # the level of words in tesseract's table
_EXTRAS = ("osd", "equ")  # models that are of no language
_LANGUAGE = re.compile(r"[a-z]{3}(?:_\w+)?")
_TOGETHER = 4  # languages that are tried on a page; each costs time


class OutOfTime(Exception):
    """A page was not recognised in time."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """The text of a picture; ``confidence`` is the mean over its letters of what tesseract says of their words, in
    [0, 100], 0 without letters."""

    strips: tuple[Strip, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    line: tuple[str, str, str]  # block, paragraph, line
    confidence: float
    left: int
    top: int
    width: int
    height: int


@cache
def languages() -> tuple[str, ...]:
    """The languages (ISO 639-2) that tesseract reads here, in the order of the alphabet; none where it is missing."""
    program = shutil.which("tesseract")
    if program is None:
        return ()
    try:
        told = subprocess.run([program, "--list-langs"], capture_output=True, timeout=_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError):
        return ()
    names = told.stdout.decode("utf-8", "replace").splitlines()[1:]
    return tuple(sorted(name for name in map(str.strip, names) if _LANGUAGE.fullmatch(name) and name not in _EXTRAS))


def recognise(picture: Picture, size: Size, page: int) -> Recognised:
    """Return the text of a grey ``picture`` of ``page`` (from 1), which has ``size``; best with DOTS dots to the inch.

    Read as English and up to three other languages that are installed. Raises OutOfTime after a minute, and OSError
    when tesseract cannot be run or fails.
    """
    program = shutil.which("tesseract") or "tesseract"
    wanted = "+".join(sorted(languages(), key=lambda name: name != "eng")[:_TOGETHER])
    scale = size.width / picture.width  # points a dot
    # Its threads wait for each other more than they work: with one, a page takes a quarter of the time on two cores.
    single = [env, "OMP_THREAD_LIMIT=1"] if (env := shutil.which("env")) else []
    command = [*single, program, "stdin", "stdout", "-l", wanted, "--dpi", str(round(72 / scale)), "tsv"]
    shown = b"P5 %d %d 255\n" % (picture.width, picture.height) + picture.dots
    try:
        told = subprocess.run(command, input=shown, capture_output=True, timeout=_SECONDS, check=True)
    except subprocess.TimeoutExpired as error:
        raise OutOfTime from error
    except subprocess.CalledProcessError as error:
        raise OSError(f"tesseract failed: {error.stderr.decode('utf-8', 'replace').strip()[:200]}") from error
    words = [word for word in _words(told.stdout.decode("utf-8", "replace")) if word.confidence >= _LEAST]
    letters = sum(len(word.text) for word in words)
    sure = sum(word.confidence * len(word.text) for word in words) / letters if letters else 0.0
    return Recognised(tuple(_strips(words, size, scale, page)), sure)


def _words(table: str) -> Iterator[_Word]:
    """Yield the words of tesseract's table, whose columns are level, page, block, paragraph, line, word, left, top,
    width, height, confidence and text."""
    for row in table.splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) == 12 and cells[0] == _WORD and visible(cells[11].strip()):
            left, top, width, height = map(int, cells[6:10])
            yield _Word(cells[11].strip(), (cells[2], cells[3], cells[4]), float(cells[10]), left, top, width, height)


def _strips(words: Sequence[_Word], size: Size, scale: float, page: int) -> Iterator[Strip]:
    frame = Frame(0, size.width, size.height, scale, 0, 0, 0, scale, 0)
    lines: dict[tuple[str, str, str], list[_Word]] = {}
    for word in words:
        lines.setdefault(word.line, []).append(word)
    # Boxes are those of the ink: a line without a "p" is less high than the next one. What is nearly alike is alike.
    highest = {line: max(word.height for word in held) * scale for line, held in lines.items()}
    usual = median(highest.values()) if highest else 0.0
    for line, held in lines.items():
        marks = " ".join(word.text for word in held)
        ends = list(accumulate(len(word.text) + 1 for word in held))
        spans = [(end - len(word.text) - 1, end - 1) for word, end in zip(held, ends, strict=True)]
        base = max(word.top + word.height for word in held)
        corners = [(word.left, word.top, word.left + word.width, base) for word in held]
        sides = frame.seen(np.array(corners, dtype=np.float64))
        own = highest[line]
        height = usual if abs(own - usual) < 0.3 * usual else own
        for piece in pieces(Words(marks, spans, [0] * len(held), sides)):
            strip = replace(piece, height=height).strip(frame, page, False, False)
            divided = strip.text.endswith(("-", "‐")) and len(strip.text) > 1 and strip.text[-2].isalpha()
            yield replace(strip, text=strip.text[:-1], divided=True) if divided else strip
