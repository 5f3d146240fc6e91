"""What a model writes, piece by piece, becomes sentences with the handles they cite; nothing half is ever shown.

Handles are read in many spellings (``rag.writing.markers``); one that stands for no paragraph is dropped and counted.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from index.sentences import Span, sentences
from rag.guarding.guard import clean
from rag.writing.markers import MARK, Marked

_PLACED = re.compile(rf"[ \t]*({MARK})")
_MONTH = r"(?:Januar|Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember)\b"
_LEAD = re.compile(rf"^\s*(?:[-*•‣–]|(?P<number>\d{{1,2}})[.)](?!\s+{_MONTH}))(?:\s+|$)")
_HEADING = re.compile(r"^\s*#{1,6}\s+")
_ENDED = re.compile(r"[.!?…。！？؟।][\"'“”‘’«»)\]）」』]*$")
_STOP = re.compile(r"(?<=[。！？])(?=\w)")  # writing without spaces ends a sentence where the next one begins
# "Am 12. Mai", "des 19. Jahrhunderts": the stop makes an ordinal, and ends nothing.
_ORDINAL = re.compile(r"(?:^|\b(?:am|vom|zum|bis|seit|dem|den|der|des|im|ab|beim)\s+)\d{1,2}\.$", re.IGNORECASE)
# What could still become a marker, a link or a tag when more is written; at the least, the last word, or what follows
# the last stop or comma in writing without spaces.
_PART = r"[^\s。！？、，]*"
_HALF = re.compile(
    rf"\s*(?:[*_(\\]*!?[\[【][^\]】]{{0,60}}(?:[\]】]{{1,2}}(?:\([^)]*\)?)?{_PART})?|\((?=\s*(?:[PpSs]|$))[^()]{{0,60}}\)?{_PART}"
    rf"|<[^>]{{0,200}}|{_PART})$"
)
_HALF_LEAD_IN = re.compile(
    r"(?:^\s*(?:(?:[-*•‣–]|\d{1,2}[.)])\s+)?|(?<=[.!?…”\"\]])\s+)"
    r"(?:According(?: to)?|Based(?: on)?|As(?: \w+(?: in| by)?)?)\s*$"
)
_FOLLOWED = 2  # whole words that must follow a sentence before it is taken for finished
_WORDS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\s\u3040-\u30ff\u3400-\u9fff]+")


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


def written(raw: str, offered: int, allowed: Collection[str] = (), *, finished: bool = False) -> Written:
    """What a draft ``raw`` holds, whose prompt had handles 1 to ``offered``. Links outside ``allowed`` are taken out.

    A sentence is finished once words of another one, on its line or on a later one, follow what may be its handles;
    with ``finished`` all are. Handles on a line of their own belong to the sentence before them.
    """
    found: list[Sentence] = []
    some: list[Sentence] = []
    lines = raw.split("\n")
    if not finished:
        lines[-1] = _HALF_LEAD_IN.sub("", _HALF.sub("", lines[-1]))
    bullets, loose = 0, list[int]()
    for place, line in enumerate(lines):
        lead = _LEAD.match(line)
        if lead and lead["number"] and int(lead["number"]) not in (1, bullets + 1):
            lead = None
        if lead:
            bullets = int(lead["number"] or bullets + 1)
        some, numbers = _line(line[lead.end() if lead else 0 :], offered, allowed, loose)
        if not some:
            loose = [] if found else numbers
            if found:
                found[-1] = _citing(found[-1], numbers, offered)
            continue
        loose = []
        found += [replace(some[0], lead="- " if lead else "", breaks=bool(place and found)), *some[1:]]
    if finished or not found:
        return Written(tuple(found), "")
    open_ = 2 if len(some) > 1 and len(_WORDS.findall(some[-1].text)) < _FOLLOWED else 1
    begun = found[-open_:]
    rest = " ".join(sentence.text for sentence in begun)
    return Written(tuple(found[:-open_]), ("\n" if begun[0].breaks else "") + begun[0].lead + rest)


def _citing(sentence: Sentence, numbers: list[int], offered: int) -> Sentence:
    """The sentence with more handles."""
    known = [number for number in numbers if 1 <= number <= offered]
    cited = tuple(dict.fromkeys((*sentence.cited, *known)))
    return replace(sentence, cited=cited, unknown=sentence.unknown + len(numbers) - len(known))


def _line(line: str, offered: int, allowed: Collection[str], loose: list[int]) -> tuple[list[Sentence], list[int]]:
    """The sentences of one line without its lead, the first of which cites ``loose`` too; the last one may be half.
    Where there is none, the numbers of the handles that stand on the line alone."""
    marked = Marked(_HEADING.sub("", line), offered)
    text, places = "", list[tuple[int, str]]()
    end = 0
    for match in _PLACED.finditer(marked.text):
        text += marked.text[end : match.start()]
        places.append((len(text.rstrip()), match[1]))
        end = match.end()
        if marked.text[end : end + 1].isalnum() and marked.text[end] < "\u2e80" and text.strip():
            text += " "
    text += marked.text[end:]
    shown = [(span, clean(text[span.start : span.end], allowed).text.strip()) for span in _joined(text)]
    shown = [(span, said) for span, said in shown if re.search(r"\w", said)]
    if not shown:
        return [], [*loose, *(number for _, mark in places for number in marked.numbers[mark])]
    numbers = [list(loose) if not place else [] for place in range(len(shown))]
    leading = bool(places) and places[0][0] == 0  # then they all stand before their sentences
    for at, mark in places:
        before = [place for place, (span, _) in enumerate(shown) if span.start < at]
        after = [place for place, (span, _) in enumerate(shown) if span.end > at]
        forward = after and (leading or mark in marked.forward or not before)
        numbers[after[0] if forward else before[-1]] += marked.numbers[mark]
    return [_citing(Sentence(said, ()), own, offered) for (_, said), own in zip(shown, numbers, strict=True)], []


def _joined(text: str) -> list[Span]:
    """The sentences; a piece that does not end like one belongs to the next."""
    found: list[Span] = []
    for span in (part for each in sentences(text) for part in _unspaced(text, each)):
        before = text[found[-1].start : found[-1].end] if found else ""
        if found and (not _ENDED.search(before) or _ordinal(before, text[span.start : span.end])):
            found[-1] = Span(found[-1].start, span.end)
        else:
            found.append(span)
    return found


def _unspaced(text: str, span: Span) -> list[Span]:
    """The span cut after every full stop of writing without spaces, but within quotation marks."""
    stops = [match.start() for match in _STOP.finditer(text, span.start, span.end)]
    said = [(stop, text[span.start : stop]) for stop in stops]
    cuts = [stop for stop, before in said if all(before.count(a) <= before.count(b) for a, b in ("“”", "「」", "『』"))]
    return [Span(start, end) for start, end in zip((span.start, *cuts), (*cuts, span.end), strict=True)]


def _ordinal(before: str, after: str) -> bool:
    return bool(_ORDINAL.search(before)) and not re.search(r"\bI am \d+\.$", before) and after[:1].isalnum()
