"""A sentence as the claim check sees it: its words, names, figures, dates and quotations."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.sentences import sentences
from rag.language.figure import Figure
from rag.language.moments import Moment, moments
from rag.language.opposites import base
from rag.language.quantities import figures
from rag.language.units import MAGNITUDES, NUMBERS, PLURALS, UNITS
from rag.terms import STOP, fold

_WORD = re.compile(r"(?:[A-Z]\.){2,}|\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*")
_QUOTED = re.compile(
    r"“([^“”]+)[”\"]|\"([^\"“”]+)\"|«\s*([^«»]+?)\s*»|„([^„“”]+)[“”]|(?<!\w)‘([^‘’]+(?:’\w[^‘’]*)*)’(?!\w)|(?<!\w)'([^']+(?:'\w[^']*)*)'(?!\w)"
)
_BREAK = re.compile(r"[,;:()—–\[\]]|\s-\s|\.\.\.|…")
_CLAUSES = frozenset(
    [
        "but",
        "while",
        "whereas",
        "although",
        "though",
        "because",
        "who",
        "which",
        "whose",
        "since",
        "unless",
        "where",
        "when",
        "if",
    ]
)
# Capitalised, and yet no name by itself.
_TITLES = """
mr mrs ms dr sir lord lady president prime minister chancellor senator general captain judge mayor secretary chief
king queen prince princess professor governor ambassador colonel sergeant commissioner director chairman chairwoman
deputy vice foreign finance interior defence defense health justice i january february march april may june july august
september october november december monday tuesday wednesday thursday friday saturday sunday
"""
TITLES = frozenset(_TITLES.split())
_EMPTY = STOP | frozenset(
    [
        "along",
        "across",
        "near",
        "around",
        "within",
        "without",
        "toward",
        "towards",
        "upon",
        "among",
        "amid",
        "via",
        "also",
        "still",
    ]
)
_LINKS = frozenset(
    [
        "of",
        "the",
        "de",
        "la",
        "van",
        "von",
        "der",
        "den",
        "al",
        "el",
        "bin",
        "ibn",
        "du",
        "da",
        "dos",
        "and",
        "&",
        "for",
    ]
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word at ``text[start:end]``: ``low`` is folded, ``base`` its stem. ``clause`` counts the clauses before it;
    ``content`` says whether it carries meaning of its own (numbers are compared as figures)."""

    text: str
    start: int
    end: int
    low: str
    base: str
    clause: int
    content: bool


@dataclass(frozen=True, slots=True)
class Name:
    """The capitalised words ``words[first:last]``; ``sure`` is False where only its place makes its first word so."""

    first: int
    last: int
    sure: bool


@dataclass(frozen=True, slots=True, eq=False)  # compared as one object: ``statement`` makes one of each text
class Statement:
    """One sentence, taken apart; positions of figures, dates and words are offsets into ``text``."""

    text: str
    words: tuple[Word, ...]
    names: tuple[Name, ...]
    figures: tuple[Figure, ...]
    moments: tuple[Moment, ...]
    quotes: tuple[str, ...]
    content: frozenset[str]

    def at(self, offset: int) -> int:
        """The index of the first word that ends behind ``offset``; the number of words where none does."""
        return next((index for index, word in enumerate(self.words) if word.end > offset), len(self.words))


@dataclass(frozen=True, slots=True)
class Part:
    """A sentence of a text: ``text[start:end]``."""

    start: int
    end: int
    statement: Statement


def _is_content(low: str) -> bool:
    return low not in _EMPTY and not low[0].isdigit() and len(low) > 1 and not _counts(low)


def _counts(low: str) -> bool:
    return (
        low in NUMBERS
        or low in MAGNITUDES
        or low in PLURALS
        or low in ("percent", "per", "cent")
        or (low in UNITS and len(low) < 3)
    )


@lru_cache(maxsize=4096)
def parts(text: str) -> tuple[Part, ...]:
    """The sentences of ``text``, each line of which is a paragraph, in order."""
    found: list[Part] = []
    offset = 0
    for line in text.split("\n"):
        found += [Part(s.start, s.end, statement(text[s.start : s.end])) for s in sentences(line, offset)]
        offset += len(line) + 1
    return tuple(found)


@lru_cache(maxsize=16_384)
def statement(text: str) -> Statement:
    """``text``, one sentence, taken apart."""
    words = _words(text)
    dates = moments(text)
    numbers = tuple(each for each in figures(text) if not any(m.start < each.end and each.start < m.end for m in dates))
    content = frozenset(word.base for word in words if word.content)
    return Statement(text, words, _names(words, text), numbers, dates, quotations(text), content)


def quotations(text: str) -> tuple[str, ...]:
    """What stands within quotation marks in ``text``, in order."""
    return tuple(next(group for group in match.groups() if group) for match in _QUOTED.finditer(text))


def _words(text: str) -> tuple[Word, ...]:
    found: list[Word] = []
    clause, last = 0, 0
    for match in _WORD.finditer(text):
        written = re.sub(r"['’]s$|['’]$", "", match.group())
        low = fold(written).replace("’", "'")
        low = low.replace(".", "") if not low[0].isdigit() else low
        if _BREAK.search(text, last, match.start()) or low in _CLAUSES:
            clause += 1
        low = low or written
        found.append(Word(written, match.start(), match.end(), low, base(low), clause, _is_content(low)))
        last = match.end()
    return tuple(found)


def _names(words: Sequence[Word], text: str) -> tuple[Name, ...]:
    capital = [word.text[0].isupper() and word.low not in TITLES for word in words]
    meant = [word for word in words if word.content]
    headline = len(meant) > 4 and sum(word.text[0].isupper() for word in meant) > 0.7 * len(meant)
    found: list[Name] = []
    at = 0
    while at < len(words):
        if not capital[at] or (words[at].low in STOP and not words[at].text.isupper()):
            at += 1
            continue
        first = at
        at += 1
        while at < len(words) and (joined := _joined(words, capital, at, text)):
            at = joined
        begins = _begins(words, first, text)
        found.append(Name(first, at, not headline and (not begins or at - first > 1 or words[first].text.isupper())))
    return tuple(found)


def _joined(words: Sequence[Word], capital: Sequence[bool], at: int, text: str) -> int:
    """Where a name goes on that holds the words before ``at``: the index after its next capitalised word, or 0."""
    gap = text[words[at - 1].end : words[at].start]
    if not re.fullmatch(r"[ -]|\. | & ", gap) or re.search(r"['’]s?$", text[: words[at - 1].end][-2:]):
        return 0
    if capital[at] and not (words[at].low in STOP and not words[at].text.isupper()):
        return at + 1
    step = at
    while step < len(words) and words[step].low in _LINKS and words[step].low not in ("and", "for") and step - at < 2:
        step += 1
    return step + 1 if at < step < len(words) and capital[step] else 0


def _begins(words: Sequence[Word], at: int, text: str) -> bool:
    """Whether a word is capitalised because a sentence or a quotation begins with it."""
    return at == 0 or re.search(r"[.!?:“\"‘]\s*$", text[words[at - 1].end : words[at].start]) is not None
