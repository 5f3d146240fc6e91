"""What a model writes, piece by piece, becomes sentences with the handles they cite; nothing half is ever shown.

Models write handles in many ways: "[P1, P2]", "[P1][P2]", "[p 3]", "(P4)", "【P5†L2】", "[6]", "[P1-P3]", "According to
[P7], ", and forget to close them. All are read; a handle that stands for no paragraph is dropped and counted. Other
text in brackets stays: "[12 May 2024]", "[1,234]", "the permanent members (P5) agreed".
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from index.sentences import Span, sentences
from rag.guarding.guard import clean
from rag.writing.prompt import REFUSAL

# One handle, a list of them, and what may follow it within its brackets: "P1†L3", "P1, Reuters", "P1: para 2".
_WORD = r"(?:sources?\s*:?\s*)?P(?:aragraphs?|aras?\.?)?|sources?\s*:?"
_ONE = rf"(?:\^|¶|#)?\s*(?:(?:{_WORD})\.?\s*)?\d{{1,3}}(?!\.?\d)(?:\s*†[^,;]{{0,20}})?"
_AND = r"(?:\s*(?:,|;|/|&|and|-|–|to)\s*|\s+)"
_MANY = rf"{_ONE}(?:{_AND}{_ONE})*"
_INSIDE = re.compile(rf"\s*(?P<many>{_MANY})\s*(?P<note>[,;:|–—-].*)?", re.IGNORECASE)
_NAMED = re.compile(rf"\s*(?:[\^¶#]|(?:{_WORD})\.?\s*\d|\d+\s*†)", re.IGNORECASE)
_CLOSED = re.compile(r"\\?[\[【]{1,2}([^\[\]【】\n\\]{1,60})\\?[\]】]{1,2}(?:\([^()\s]*\))?")
_UNCLOSED = re.compile(rf"[\[【](?![^\[\]【】\n]{{0,60}}[\]】])\s*(?=P){_MANY}(?!\w)", re.IGNORECASE)
_ROUNDED = rf"[ \t]*\(\s*(?:see\s+)?(?:(?:{_WORD})\s*\d{{1,3}}(?!\.?\d))(?:{_AND}{_ONE})*\s*\)"
_ROUND = re.compile(rf"(?:{_ROUNDED})+", re.IGNORECASE)
_AFTER_END = re.compile(r"[.!?…。！？؟][\"'”’»]*$")
_BEFORE_END = re.compile(r"[*_]*\s*(?:[.!?…。！？؟\[【]|$)")
_NUMBER = re.compile(r"\d{1,3}")
_HANDLE = re.compile(r"\bP\s?(\d{1,3})\b", re.IGNORECASE)
_RANGE = re.compile(r"(\d{1,3})\s*(?:-|–|to)\s*P?\s*(\d{1,3})", re.IGNORECASE)
_THOUSANDS = re.compile(r"\s*\d{1,3}(?:,\d{3})+\s*")
_LONGEST_RANGE = 8

# While a line is read, every marker is one character of this area, which no text of a language uses.
_FIRST, _LAST = "\ue000", "\uf8ff"
_M = f"[{_FIRST}-{_LAST}]"
_BETWEEN = re.compile(rf"(?<={_M})\s*(?:,\s*and|,|;|&|and)\s*(?={_M})")
_AROUND = re.compile(rf"(?<!\w)[*_]{{1,3}}({_M}+)[*_]{{1,3}}(?!\w)|\(\s*({_M}+)\s*\)")
_PLACED = re.compile(rf"[ \t]*({_M})")
_SAYS = r"(?:says?|said|states?|stated)"
_TELLS = rf"(?:{_SAYS}|reports?|reported|notes?|noted|adds?|added|confirms?|confirmed|indicates?|shows?)"
# "According to [P1], …", "As [P1] says, …", "[P1] says that …": the source is cited, so its handle need not be named.
_LEAD_IN = re.compile(
    rf"(?P<before>^\s*|[.!?…][\"”’]?(?:\s*{_M})*\s+)(?:"
    rf"(?:according to|based on|as (?:stated|reported|noted) (?:in|by)) (?P<to>{_M}+)(?:\s*,?\s*(?:and|&)\s*$|\s*,)?"
    rf"|as (?P<as>{_M}+)(?:\s*(?:and|&)?\s*$|\s*{_TELLS}\s*(?:,|$))"
    rf"|(?P<says>{_M}+)\s*(?:(?:also\s+)?(?:{_TELLS}\s+that\b|{_SAYS}\b(?!\s+(?:nothing|no|little|so)\b)),?|[:–—](?=\s|$))"
    rf")\s*(?P<next>\w?)",
    re.IGNORECASE,
)
_LEAD_OUT = re.compile(rf"(?:,\s+according to ({_M}+),?|\s+according to ({_M}+))(?=\s|[.;!?]|$)")
_MONTH = r"(?:Januar|Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember)\b"
_LEAD = re.compile(rf"^\s*(?:[-*•‣–]|(?P<number>\d{{1,2}})[.)](?!\s+{_MONTH}))(?:\s+|$)")
_HEADING = re.compile(r"^\s*#{1,6}\s+")
_EMPHASIS = re.compile(rf"\*\*|__|(?<!\w)[*_`](?=\w)|(?<=[\w.,;:!?{_FIRST}-{_LAST}])[*_`](?!\w)|`")
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
_REFUSALS = (
    REFUSAL,
    *(
        f"NOT IN {these} {those}"
        for these in ("THE", "THESE", "THOSE")
        for those in ("DOCUMENTS", "PARAGRAPHS", "SOURCES")
    ),
    "NOT IN DOCUMENTS",
)
_REFUSED = re.compile(rf"\W*(?:{'|'.join(_REFUSALS)})\W*", re.IGNORECASE)
_REFUSED_FIRST = re.compile(rf"\W*{REFUSAL}(?:\W*$|[*_\"”’)\s]*(?:[.!?:;…—–(-]|\n)|(?P<comma>[*_]*,))", re.IGNORECASE)
_REFUSED_LAST = re.compile(rf"\b{REFUSAL}\W*$")  # so shouted, it is no sentence's own
_MOST = 999  # handles that any prompt could have


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
    """Whether a whole draft says that the documents do not answer, as it was told to: it is the refusal, or begins
    with it, or ends with it and cites nothing before."""
    if _REFUSED.fullmatch(text.strip()):
        return True
    first = _REFUSED_FIRST.match(text)
    if first and not (first["comma"] and _cites(text)):
        return True
    if not re.search(rf"(?:{'|'.join(_REFUSALS)})", text[-80:], re.IGNORECASE):
        return False
    *others, last = written(text, _MOST, finished=True).sentences or (Sentence("", ()),)
    refused = _REFUSED.fullmatch(last.text) or _REFUSED_LAST.search(last.text)
    return bool(refused) and not any(one.cited or one.unknown for one in others)


def may_refuse(text: str) -> bool:
    """Whether a draft that begins so is, or may still become, the refusal; then nothing of it is shown yet. Of one
    that first says something else this is known only when the refusal has begun, in capitals."""
    begun = re.sub(r"\W+", " ", text).strip()
    if any(each.startswith(begun.upper()) for each in _REFUSALS):
        return True
    ends = any(begun.endswith(f" {REFUSAL[:length]}") for length in range(len("NOT"), len(REFUSAL)))
    return (ends and not _cites(text)) or is_refusal(text)


def _cites(text: str) -> bool:
    return any(one.cited or one.unknown for one in written(text, _MOST, finished=True).sentences)


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
    marked = _Marked(_HEADING.sub("", line), offered)
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


class _Marked:
    """A line's ``text`` with one character for every marker, the ``numbers`` that each stands for, and those markers
    that belong to the sentence after them (``forward``)."""

    def __init__(self, body: str, offered: int) -> None:
        self.numbers: dict[str, list[int]] = {}
        self.forward: set[str] = set()
        self._offered = offered
        text = _EMPHASIS.sub("", re.sub(_M, "", body))
        before = ""
        while text != before:  # what a marker leaves may be one
            before = text
            text = _ROUND.sub(self._round, _UNCLOSED.sub(self._unclosed, _CLOSED.sub(self._closed, text)))
        text = _BETWEEN.sub("", _AROUND.sub(lambda match: match[1] or match[2], text))
        text = _LEAD_OUT.sub(lambda match: match[1] or match[2], _LEAD_IN.sub(self._lead_in, text))
        self.text = _EMPHASIS.sub("", text)

    def _mark(self, numbers: list[int]) -> str:
        mark = chr(min(ord(_FIRST) + len(self.numbers), ord(_LAST)))
        self.numbers.setdefault(mark, []).extend(numbers)
        return mark

    def _closed(self, match: re.Match[str]) -> str:
        numbers = _handles(re.sub(_M, "", match[1]), self._offered)
        return "".join(re.findall(_M, match[1])) + self._mark(numbers) if numbers else match.group()

    def _unclosed(self, match: re.Match[str]) -> str:
        return self._mark(_numbers(match.group()))

    def _round(self, match: re.Match[str]) -> str:
        before, after = match.string[: match.start()], match.string[match.end() :]
        ends = _BEFORE_END.match(after) or re.match(_M, after.lstrip()) or _AFTER_END.search(re.sub(_M, "", before))
        return self._mark(_numbers(match.group())) if ends else match.group()

    def _lead_in(self, match: re.Match[str]) -> str:
        marks = match["to"] or match["as"] or match["says"]
        self.forward.update(marks)
        return match["before"] + marks + match["next"].upper()


def _handles(inside: str, offered: int) -> list[int]:
    """The numbers of the handles that brackets hold, none where they hold text. Bare numbers that are more than a list
    must all be handles: "[61-39]" is a result."""
    match = _INSIDE.fullmatch(inside)
    if not match:
        return []
    if _NAMED.match(inside):
        return [*_numbers(match["many"]), *(int(each) for each in _HANDLE.findall(match["note"] or ""))]
    numbers = _numbers(inside)
    plain = re.fullmatch(r"[\d,\s]+", inside) and not _THOUSANDS.fullmatch(inside)
    rising = numbers == sorted(numbers) or not re.search(r"\d\s*[-–]", inside)
    if match["note"] or not (plain or (rising and all(1 <= number <= offered for number in numbers))):
        return []
    return numbers


def _numbers(mark: str) -> list[int]:
    numbers: list[int] = []
    covered = _RANGE.sub(lambda match: _spread(match, numbers), re.sub(r"†[^,;]*", "", mark))
    return [*numbers, *(int(each) for each in _NUMBER.findall(covered))]


def _spread(match: re.Match[str], numbers: list[int]) -> str:
    low, high = int(match[1]), int(match[2])
    if low < high <= low + _LONGEST_RANGE:
        numbers += range(low, high + 1)
        return ""
    return match.group()
