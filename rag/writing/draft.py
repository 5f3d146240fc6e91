"""What a model writes, piece by piece, becomes sentences with the handles they cite; nothing half is ever shown.

Models write handles in many ways: "[P1, P2]", "[P1][P2]", "[p 3]", "(P4)", "【P5】", "[6]", "[P1-P3]", and forget to
close them. All are read; a handle that stands for no paragraph is dropped and counted.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from index.sentences import sentences
from rag.guarding.guard import clean
from rag.writing.prompt import REFUSAL

_ONE = r"(?:\^|¶|#)?\s*(?:P(?:aragraphs?|ara\.?)?\.?\s*)?\d{1,3}(?!\d)"
_MANY = rf"{_ONE}(?:(?:\s*(?:,|;|/|&|and|-|–|to)\s*|\s+){_ONE})*"
_CLOSED = r"(?:[\]】]|(?=[.!?\n]|\s+[A-Z]|$))(?:\([^()\s]*\))?"
_ROUND = r"\(\s*P\s*\d{1,3}(?:\s*[,;]\s*P\s*\d{1,3})*\s*\)"
_MARKER = re.compile(rf"[ \t]*(?:[\[【]\s*{_MANY}\s*{_CLOSED}|{_ROUND})", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,3}")
_RANGE = re.compile(r"(\d{1,3})\s*(?:-|–|to)\s*P?\s*(\d{1,3})", re.IGNORECASE)
_LONGEST_RANGE = 8
_LEAD = re.compile(r"^\s*(?:[-*•‣–]|\d{1,2}[.)])\s+")
_HEADING = re.compile(r"^\s*#{1,6}\s+")
_EMPHASIS = re.compile(r"\*\*|__|(?<!\w)[*_`](?=\w)|(?<=[\w.,;:!?])[*_`](?!\w)|`")
# What could still become a marker, a link or a tag when more is written; at the least, the last word.
_HALF = re.compile(r"\s*(?:!?[\[【][^\]】]{0,60}(?:[\]】](?:\([^)]*\)?)?\S?)?|\(\s*P?[\s\d,;P]*|<[^>]{0,200}|\S*)$")
_FOLLOWED = 2  # whole words that must follow a sentence before it is taken for finished
_REFUSED = re.compile(
    rf"\W*(?:{REFUSAL}|not in (?:these|the|those) (?:documents|paragraphs|sources)|not in (?:these )?documents)\W*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A finished sentence of a draft: its text without markers, the handles' numbers in their order, each once, how
    many ``unknown`` ones were dropped, and where it stands (see ``rag.types.Claim``)."""

    text: str
    cited: tuple[int, ...]
    unknown: int = 0
    lead: str = ""
    breaks: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """A draft as far as it is written: its finished ``sentences``, and ``rest``, the beginning of the next one as it
    may be shown, without markers; a line break comes first where it begins a new paragraph."""

    sentences: tuple[Sentence, ...]
    rest: str


def is_refusal(text: str) -> bool:
    """Whether a whole draft says that the documents do not answer, as it was told to."""
    return _REFUSED.fullmatch(text.strip()) is not None or text.strip().strip("*_. ").upper().startswith(REFUSAL)


def may_refuse(text: str) -> bool:
    """Whether a draft that begins so may still become the refusal; then nothing of it is shown yet."""
    begun = re.sub(r"\W+", " ", text).strip().upper()
    return REFUSAL.startswith(begun) or begun.startswith(REFUSAL)


def written(raw: str, offered: int, allowed: Collection[str] = (), *, finished: bool = False) -> Written:
    """What a draft ``raw`` holds, whose prompt had handles 1 to ``offered``. Links outside ``allowed`` are taken out.

    A sentence is finished once words of another one, or a new line, follow what may be its handles; with ``finished``
    all are.
    """
    found: list[Sentence] = []
    *lines, last = raw.split("\n")
    for place, line in enumerate(lines):
        found += _line(line, offered, allowed, bool(place) and bool(found))
    if finished:
        return Written((*found, *_line(last, offered, allowed, bool(lines) and bool(found))), "")
    some = _line(_HALF.sub("", last), offered, allowed, bool(lines) and bool(found))
    if not some:
        return Written(tuple(found), "")
    begun = some[-2:] if len(some) > 1 and len(some[-1].text.split()) < _FOLLOWED else some[-1:]
    rest = " ".join(sentence.text for sentence in begun)
    breaks = "\n" if begun[0].breaks else ""
    return Written((*found, *some[: len(some) - len(begun)]), breaks + begun[0].lead + rest)


def _line(line: str, offered: int, allowed: Collection[str], breaks: bool) -> list[Sentence]:
    """The sentences of one line; the last one may be half."""
    lead = "- " if _LEAD.match(line) else ""
    body = _HEADING.sub("", _LEAD.sub("", line))
    text, marks = "", list[tuple[int, str]]()
    end = 0
    for match in _MARKER.finditer(body):
        text += _EMPHASIS.sub("", body[end : match.start()])
        marks.append((len(text.rstrip()), match.group()))
        end = match.end()
        if body[end : end + 1].isalnum():
            text += " "
    text = text + _EMPHASIS.sub("", body[end:])
    spans = sentences(text)
    found: list[Sentence] = []
    for place, span in enumerate(spans):
        until = spans[place + 1].start if place + 1 < len(spans) else len(text) + 1
        own = [mark for at, mark in marks if (span.start < at < until) or (at == until == span.end)]
        numbers = [number for mark in own for number in _numbers(mark)]
        known = tuple(dict.fromkeys(number for number in numbers if 1 <= number <= offered))
        said = clean(text[span.start : span.end], allowed).text.strip()
        unknown = sum(not 1 <= number <= offered for number in numbers)
        if re.search(r"\w", said):
            found.append(Sentence(said, known, unknown, lead if not found else "", breaks and not found))
    return found


def _numbers(mark: str) -> list[int]:
    numbers: list[int] = []
    covered = _RANGE.sub(lambda match: _spread(match, numbers), mark)
    return [*numbers, *(int(each) for each in _NUMBER.findall(covered))]


def _spread(match: re.Match[str], numbers: list[int]) -> str:
    low, high = int(match[1]), int(match[2])
    if low < high <= low + _LONGEST_RANGE:
        numbers += range(low, high + 1)
        return ""
    return match.group()
