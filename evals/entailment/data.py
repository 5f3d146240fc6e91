"""Claims with evidence that are made by rule, from which the claim check's model learns beside those written by hand.

They come from the train part of ``evals.reader.data``: statements out of crowd questions and their answers, or wrong
answers of the same kind from the same paragraph; and sentences of a paragraph as they stand, joined, shortened, or with
one thing changed.
"""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from evals.entailment.hand import Row
from evals.entailment.statements import stated
from evals.reader.data import Data, Paragraph
from index.sentences import sentences

_TIDY = 0.75  # share of made rows from encyclopaedia and news

_T = TypeVar("_T")

_FIGURE = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?![\w])")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*")
_MONTH = re.compile(
    r"\b(January|February|March|April|May|June|July|August|September|October|November|December)\b(?= \d| of|,)"
)
_DAY = re.compile(r"\b(Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)\b")
_AUXILIARY = re.compile(r"\b(was|were|is|are|has|have|had|will|would|can|could|did|does)\b(?! not)")
_NOT = re.compile(r"\b(was|were|is|are|has|have|had|will|would|can|could|did|does) not\b|\b(?:never|no longer) ")
_HEDGE = re.compile(r"\b(may|might|could|plans to|is expected to|are expected to|hopes to|wants to)\b ?(be )?")
_SOME = re.compile(r"\b(some|many|most|several|about|nearly|almost|at least|at most|up to|mainly|partly)\b ", re.I)
_OPPOSITES = (
    "rose fell,increased decreased,higher lower,more fewer,before after,first last,won lost,accepted rejected,"
    "approved refused,opened closed,largest smallest,early late,north south,east west,best worst,gained lost,"
    "began ended,joined left,bought sold,above below,supported opposed,started stopped,old new,always never,"
    "good bad,better worse,increase decrease,rise fall,growth decline,long short,major minor,most least,up down,"
    "older younger,male female,summer winter,public private,import export,imports exports,success failure,"
    "cheap expensive"
)
_OTHER = {
    one: other
    for pair in _OPPOSITES.split(",")
    for first, second in [pair.split()]
    for one, other in ((first, second), (second, first))
}
_OPPOSED = re.compile(rf"\b({'|'.join(_OTHER)})\b")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def made(data: Data, chance: random.Random) -> Iterator[Row]:
    """Rows made by rule from the train part, in random order, without end."""
    paragraphs = [each for each in data.paragraphs if each.part == "train" and len(each.text) > 120]
    asked: dict[int, list[tuple[str, str]]] = {}
    for question in data.part("train"):
        if question.spans:
            start, end = question.spans[0]
            answer = data.paragraphs[question.about].text[start:end]
            asked.setdefault(question.about, []).append((question.text, answer))
    mates: dict[str, list[Paragraph]] = {}
    for paragraph in paragraphs:
        mates.setdefault(f"{paragraph.source} {paragraph.group}", []).append(paragraph)
    # Posts and reviews are a part only: answers are asked of news and reports.
    places, rough = _split(list(asked), lambda at: bool(data.paragraphs[at].context))
    clean, others = _split(paragraphs, lambda paragraph: bool(paragraph.context))
    while True:
        tidy = chance.random() < _TIDY
        if chance.random() < 0.55:
            place = chance.choice(places if tidy else rough)
            own = data.paragraphs[place]
            near = chance.choice(mates.get(f"{own.source} {own.group}", [own]))
            yield from _from_questions(own, near, asked[place], chance)
        else:
            yield from _from_sentences(chance.choice(clean if tidy else others), chance.choice(paragraphs), chance)


def _split(items: Sequence[_T], first: Callable[[_T], bool]) -> tuple[list[_T], list[_T]]:
    """Those for which ``first`` holds, and the others."""
    return [each for each in items if first(each)], [each for each in items if not first(each)]


def _from_questions(
    paragraph: Paragraph, near: Paragraph, asked: Sequence[tuple[str, str]], chance: random.Random
) -> Iterator[Row]:
    """A statement with the right answer, and with a wrong one of the same kind that stands in the paragraph; sometimes
    the right one beside a paragraph of the same article that does not have it."""
    question, answer = chance.choice(asked)
    right = stated(question, answer)
    if right is None or len(answer.split()) > 12:
        return
    text = _window(paragraph.text, answer, chance)
    yield Row(right, text, True, paragraph.id)
    if near.id != paragraph.id and answer.lower() not in near.text.lower() and chance.random() < 0.25:
        yield Row(right, _window(near.text, "", chance), False, near.id)
    wrong = _like(answer, text, [other for _, other in asked], chance)
    if wrong is not None and (said := stated(question, wrong)) is not None:
        yield Row(said, text, False, paragraph.id)


def _like(answer: str, text: str, others: Sequence[str], chance: random.Random) -> str | None:
    """Another figure or name of the text, or another question's answer, that could be taken for ``answer``."""
    held = set(re.findall(r"\w+", answer.lower()))
    kinds = _FIGURE if _FIGURE.search(answer) else _NAME if answer[:1].isupper() else None
    found = [each.group() for each in kinds.finditer(text)] if kinds else list(others)
    found = [each for each in found if not held & set(re.findall(r"\w+", each.lower()))]
    if not found:
        return None
    chosen = chance.choice(found)
    return _FIGURE.sub(chosen, answer, count=1) if kinds is _FIGURE else chosen


def _from_sentences(paragraph: Paragraph, foreign: Paragraph, chance: random.Random) -> Iterator[Row]:
    """A sentence of the paragraph, or two joined; the same with one thing changed, or with a foreign clause."""
    text = _window(paragraph.text, "", chance)
    kept = [text[span.start : span.end] for span in sentences(text)]
    kept = [each for each in kept if 5 <= len(each.split()) <= 40]
    if not kept:
        return
    at = chance.randrange(len(kept))
    said = kept[at]
    if chance.random() < 0.25 and at + 1 < len(kept):
        said = f"{said.rstrip('.!? ')}, and {kept[at + 1][:1].lower()}{kept[at + 1][1:]}"
    elif chance.random() < 0.3:
        said = _shortened(said, chance)
    yield Row(said, text, True, paragraph.id)
    changed = _changed(said, text, chance)
    if changed is not None:
        yield Row(changed, text, False, paragraph.id)
    if chance.random() < 0.3:
        other = chance.choice([foreign.text[span.start : span.end] for span in sentences(foreign.text)])
        clause = re.split(r"[,;:] ", other.rstrip(".!? "))[0]
        if 3 <= len(clause.split()) <= 15:
            yield Row(f"{said.rstrip('.!? ')}, and {clause[:1].lower()}{clause[1:]}.", text, False, paragraph.id)


def _shortened(said: str, chance: random.Random) -> str:
    """The sentence without one of its parts between commas or in brackets, which leaves it true."""
    parts = list(re.finditer(r" \([^()]*\)|, (?:which|who|where) [^,]*(?=[,.])", said))
    if not parts:
        return said
    one = chance.choice(parts)
    return (said[: one.start()] + said[one.end() :]).replace(",,", ",")


def _changed(said: str, text: str, chance: random.Random) -> str | None:
    """The sentence with one thing changed, so that the text does not say it any more; None where nothing can be."""
    ways = [_figure, _named, _calendar, _denied, _opposed, _certain, _general]
    chance.shuffle(ways)
    for way in ways:
        changed = way(said, text, chance)
        if changed is not None and changed.lower() not in text.lower() and changed != said:
            return changed
    return None


def _figure(said: str, text: str, chance: random.Random) -> str | None:
    own = list(_FIGURE.finditer(said))
    if not own:
        return None
    one = chance.choice(own)
    others = [each.group() for each in _FIGURE.finditer(text) if each.group() != one.group()]
    digits = re.sub(r"\D", "", one.group())
    fresh = str(max(1, int(digits) + chance.choice((-3, -2, -1, 1, 2, 3, 5, 10)))) if len(digits) < 5 else digits[:-1]
    other = chance.choice(others) if others and chance.random() < 0.6 else fresh
    return said[: one.start()] + other + said[one.end() :]


def _named(said: str, text: str, chance: random.Random) -> str | None:
    own = list(_NAME.finditer(said))
    if len(own) > 1 and chance.random() < 0.4:
        first, second = own[0], own[-1]
        if first.group() != second.group():
            middle = said[first.end() : second.start()]
            return said[: first.start()] + second.group() + middle + first.group() + said[second.end() :]
    others = [each.group() for each in _NAME.finditer(text) if each.group() not in said]
    if not own or not others:
        return None
    one = chance.choice(own)
    return said[: one.start()] + chance.choice(others) + said[one.end() :]


def _calendar(said: str, text: str, chance: random.Random) -> str | None:
    for pattern, names in ((_DAY, _DAYS), (_MONTH, _MONTHS)):
        if match := pattern.search(said):
            other = chance.choice([name for name in names if name != match.group()])
            return said[: match.start()] + other + said[match.end() :]
    return None


def _denied(said: str, text: str, chance: random.Random) -> str | None:
    if match := _NOT.search(said):
        return said[: match.start()] + (f"{match[1]}" if match[1] else "") + said[match.end() :]
    found = list(_AUXILIARY.finditer(said))
    if not found:
        return None
    one = found[0]
    return said[: one.end()] + chance.choice((" not", " never", " no longer")) + said[one.end() :]


def _opposed(said: str, text: str, chance: random.Random) -> str | None:
    found = list(_OPPOSED.finditer(said))
    if not found:
        return None
    one = chance.choice(found)
    return said[: one.start()] + _OTHER[one.group()] + said[one.end() :]


def _certain(said: str, text: str, chance: random.Random) -> str | None:
    match = _HEDGE.search(said)
    if match is None:
        return None
    return said[: match.start()] + ("is " if match[2] else "will certainly ") + said[match.end() :]


def _general(said: str, text: str, chance: random.Random) -> str | None:
    match = _SOME.search(said)
    if match is None:
        return None
    return said[: match.start()] + chance.choice(("all ", "exactly ", "only ", "none of ")) + said[match.end() :]


def _window(text: str, answer: str, chance: random.Random) -> str:
    """Whole sentences of at most 700 characters that hold ``answer``."""
    if len(text) <= 700:
        return text
    at = text.find(answer) if answer else 0
    spans = sentences(text)
    starts = [span.start for span in spans if span.start <= max(at, 0) and at + len(answer) <= span.start + 700]
    low = chance.choice(starts) if starts else 0
    ends = [span.end for span in spans if span.end <= low + 700 and span.end > low]
    return text[low : max([*ends, min(len(text), low + 200)])]
