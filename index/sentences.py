"""Sentence boundaries with exact offsets: rules for what is plain, syntok for what they leave open."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from syntok import segmenter
from syntok.tokenizer import Tokenizer

from index.endings import STARTER, Place, Verdict, verdict

_TOKENIZER = Tokenizer(emit_hyphen_or_underscore_sep=True, replace_not_contraction=False)
_CLOSE = "\"'”’»›)\\]}」』）】》〉＂"
# What stands behind a mark and points to a note: [12], [a], [3 - 5], [...], or a number that was in small print.
_NOTES = (
    r"(?:\s?\[(?:[0-9]{1,3}(?:\s?[-–,]\s?[0-9]{1,3}){0,8}|[a-z]|(?:note|nb) [0-9]{1,2}|[a-z]{2,20} needed|\.\.\.|…)\])+"
    r"|[¹²³⁰-⁹]+"
    r"|(?<=[a-z]{3}[.!?])[0-9]{1,3}(?=\s[\"“(]?[A-Z])|(?<=[.!?][”\"’)])[0-9]{1,3}(?=\s[\"“(]?[A-Z])"
    rf"|\s[0-9]{{1,3}}(?=\s{STARTER})"
)
_SPACE = r"[\s\u200b]"
_STOPS = ".!?…‼⁇⁈⁉"
_FULL_STOPS = "。！？｡؟۔।॥։።។"  # of scripts that need no space behind them, nor use them in numbers or abbreviations
# It begins with one set of characters, which is what the regular expression engine skips to; and with the first mark
# of a run only, so that long runs take no more than linear time.
_MARKS = (
    rf"[{_STOPS}{_FULL_STOPS}](?<![{_STOPS}{_FULL_STOPS}].)(?:"
    rf"(?<=[{_STOPS}])[{_STOPS}]*(?:\s\.(?=[\s{_CLOSE}])){{0,3}}(?P<close>(?:[{_CLOSE}]|[“«](?={_SPACE}))*)"
    rf"(?:{_NOTES})?(?:{_SPACE}+(?=\S)|(?:(?<=[a-z]{{2}}[.!?])|(?<=[0-9]{{3}}[.!?]))(?=(?:[A-Z][a-z]+|Mrs?\.|Ms\.|Dr\.){_SPACE})|\Z)"
    rf"|(?<=[{_FULL_STOPS}])[{_FULL_STOPS}]*(?P<full>[{_CLOSE}]*){_SPACE}*(?=[^\s{_CLOSE}{_FULL_STOPS}]))"
)
_MARK = re.compile(_MARKS)
_BULLETS = "•‣⁃▪●"
_MARK_OR_BULLET = re.compile(rf"{_MARKS}|(?P<bullet>{_SPACE}+)(?=[{_BULLETS}]\s)")
_QUOTED_ON = re.compile(r"[」』”](?=(?:と|って|という))")
_BRACKETS = re.compile(r"\([^()]{1,70}\)|\[[^\[\]]{1,70}\]")
_FIRST_ITEM = re.compile(r"\s*\(?1[.)]")
_LONGEST = 5000  # characters of a sentence; what is longer is none, and the more parts it has the better
_AROUND = 80  # characters looked at before and after a mark
_OPEN = "\"'“‘«([{—–-"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text: ``text[start:end]``, in code points."""

    start: int
    end: int


def sentences(text: str, offset: int = 0) -> tuple[Span, ...]:
    """The sentences of one paragraph in order, without the white space around them; ``offset`` is added to each.

    Together they cover every character that is not white space. What points to a note behind a full stop ("[12]")
    belongs to the sentence that it ends.
    """
    found: list[Span] = []
    start = 0
    for end in (*_cuts(text), len(text)):
        piece = text[start:end]
        body = piece.strip()
        if body:
            first = offset + start + len(piece) - len(piece.lstrip())
            found.append(Span(first, first + len(body)))
        start = end
    return tuple(found)


def _cuts(text: str) -> Iterator[int]:
    """Where in ``text`` the sentences but the first begin, in order."""
    sure = 0  # where the last sentence begins that is no matter of doubt
    doubts: list[tuple[int, int]] = []
    brackets = [found.span() for found in _BRACKETS.finditer(text)] if "(" in text or "[" in text else []
    inside = 0
    item = 1 if _FIRST_ITEM.match(text) else 0
    marks = _MARK_OR_BULLET if any(bullet in text for bullet in _BULLETS) else _MARK
    for found in marks.finditer(text):
        at, cut = found.start(), found.end()
        while inside < len(brackets) and brackets[inside][1] < cut:
            inside += 1
        if inside < len(brackets) and brackets[inside][0] < at:
            continue
        if found["close"] is None:
            judged = _plain(text, found)
        else:
            place = _place(text, found, sure)
            if item and place.before == str(item + 1) and place.earlier[-1:].isalnum():
                item, cut, judged = item + 1, at - len(place.before), Verdict.ENDS
            else:
                judged = verdict(place)
        if judged is Verdict.OPEN:
            doubts.append((at, cut))
        elif judged is Verdict.ENDS and cut > sure:
            yield from _settled(text, sure, cut, doubts)
            yield cut
            sure, doubts = cut, []
    yield from _settled(text, sure, len(text), doubts)


def _plain(text: str, found: re.Match[str]) -> Verdict:
    """Before a bullet, and at the full stops of scripts without capitals, but for a quote that the sentence uses."""
    if found["full"] and _QUOTED_ON.match(text, found.end("full") - 1):
        return Verdict.GOES_ON
    return Verdict.ENDS


def _place(text: str, found: re.Match[str], begin: int) -> Place:
    window = text[max(begin, found.start() - _AROUND) : found.start()]
    words = window.rsplit(None, 2)
    if window[-1:].isspace():
        words.append("")
    before, earlier = (words[-1].lstrip(_OPEN) if words else ""), (words[-2] if len(words) > 1 else "")
    mark = text[found.start() : found.start("close")]
    return Place(before, earlier, mark, found["close"], text[found.end() : found.end() + _AROUND])


def _settled(text: str, start: int, end: int, doubts: list[tuple[int, int]]) -> Iterator[int]:
    """The cuts among ``doubts`` (where the mark stands, where the next sentence would begin) that syntok makes too."""
    if not doubts:
        return
    if end - start > _LONGEST:
        yield from (cut for _, cut in doubts)
        return
    parted = segmenter.segment(_TOKENIZER.tokenize(text[start:end]))
    begins = [start + tokens[0].offset for tokens in map(list, parted) if tokens]
    for at, cut in doubts:
        if bisect_right(begins, cut) > bisect_right(begins, at):
            yield cut
