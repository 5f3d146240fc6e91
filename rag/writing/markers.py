"""How models write the handles of what they cite, and where each of these markers stands in a line.

"[P1, P2]", "[P1][P2]", "[p 3]", "(P4)", "【P5†L2】", "[6]", "[P1-P3]", "According to [P7], ", and "[P8"
that they forget to close: all are read. Other text in brackets stays: "[12 May 2024]", "[1,234]", "the permanent
members (P5) agreed".
"""

import re

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
MARK = f"[{_FIRST}-{_LAST}]"
_BETWEEN = re.compile(rf"(?<={MARK})\s*(?:,\s*and|,|;|&|and)\s*(?={MARK})")
_AROUND = re.compile(rf"(?<!\w)[*_]{{1,3}}({MARK}+)[*_]{{1,3}}(?!\w)|\(\s*({MARK}+)\s*\)")
_SAYS = r"(?:says?|said|states?|stated)"
_TELLS = rf"(?:{_SAYS}|reports?|reported|notes?|noted|adds?|added|confirms?|confirmed|indicates?|shows?)"
# "According to [P1], …", "As [P1] says, …", "[P1] says that …": the source is cited, so its handle need not be named.
_LEAD_IN = re.compile(
    rf"(?P<before>^\s*|[.!?…][\"”’]?(?:\s*{MARK})*\s+)(?:"
    rf"(?:according to|based on|as (?:stated|reported|noted) (?:in|by)) (?P<to>{MARK}+)(?:\s*,?\s*(?:and|&)\s*$|\s*,)?"
    rf"|as (?P<as>{MARK}+)(?:\s*(?:and|&)?\s*$|\s*{_TELLS}\s*(?:,|$))"
    rf"|(?P<says>{MARK}+)\s*(?:(?:also\s+)?(?:{_TELLS}\s+that\b|{_SAYS}\b(?!\s+(?:nothing|no|little|so)\b)),?|[:–—](?=\s|$))"
    rf")\s*(?P<next>\w?)",
    re.IGNORECASE,
)
_LEAD_OUT = re.compile(rf"(?:,\s+according to ({MARK}+),?|\s+according to ({MARK}+))(?=\s|[.;!?]|$)")
_EMPHASIS = re.compile(rf"\*\*|__|(?<!\w)[*_`](?=\w)|(?<=[\w.,;:!?{_FIRST}-{_LAST}])[*_`](?!\w)|`")


class Marked:
    """The line ``body`` of a draft whose prompt had handles 1 to ``offered``: its ``text`` with one character
    (``MARK``) for every marker, the ``numbers`` that each stands for, and those markers that belong to the sentence
    after them (``forward``). Numbers over ``offered`` are kept, for the caller to count."""

    def __init__(self, body: str, offered: int) -> None:
        self.numbers: dict[str, list[int]] = {}
        self.forward: set[str] = set()
        self._offered = offered
        text = _EMPHASIS.sub("", re.sub(MARK, "", body))
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
        numbers = _handles(re.sub(MARK, "", match[1]), self._offered)
        return "".join(re.findall(MARK, match[1])) + self._mark(numbers) if numbers else match.group()

    def _unclosed(self, match: re.Match[str]) -> str:
        return self._mark(_numbers(match.group()))

    def _round(self, match: re.Match[str]) -> str:
        before, after = match.string[: match.start()], match.string[match.end() :]
        ends = _BEFORE_END.match(after) or re.match(MARK, after.lstrip()) or _AFTER_END.search(re.sub(MARK, "", before))
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
