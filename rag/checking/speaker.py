"""Who a sentence has say something, in its own words."""

import re
from collections.abc import Sequence

from rag.checking.alike import named_alike
from rag.language.statement import Statement, Word
from rag.terms import STOP

_SAYING = """
said says say told tells stated states announced announces added warned warns argued argues claimed claims insisted
insists declared declares wrote writes reported reports noted notes explained explains acknowledged admitted conceded
confirmed confirms denied denies described describes called urged urges predicted predicts testified promised
pledged vowed accused accuses demanded demands estimated estimates suggested suggests believes believed complained
praised criticised criticized condemned blamed alleged concluded
"""
SAYING = frozenset(_SAYING.split())
_ACCORDING = re.compile(r"\b(?:according to|in the words of|as reported by|data from|figures from)\s+", re.IGNORECASE)
_BE = frozenset(["is", "are", "was", "were", "been", "being", "be"])
PRONOUNS = frozenset(["he", "she", "they", "it", "i", "we", "who"])
_WHEN = """
monday tuesday wednesday thursday friday saturday sunday yesterday today week month statement interview
"""
_TIMES = frozenset(_WHEN.split())


def speaker(said: Statement) -> tuple[Word, ...]:
    """The words of whoever a sentence has say something; () where it has nobody, or only a pronoun."""
    found: list[Word] = []
    if match := _ACCORDING.search(said.text):
        found += _noun(said, range(said.at(match.end()), len(said.words)))
    for at, word in enumerate(said.words):
        if word.low not in SAYING or not at:
            continue
        if _is_passive(said, at):
            by = next((i for i in range(at + 1, len(said.words)) if said.words[i].low == "by"), len(said.words))
            found += _noun(said, range(by + 1, len(said.words)))
            continue
        before = _before(said, at)
        if not before and re.search(r"[,”\"’']\s*$", said.text[: word.start]):
            before = _noun(said, range(at + 1, len(said.words)))
        found += before
    return tuple(found)


def _is_passive(said: Statement, at: int) -> bool:
    """Is it "was said", "were never warned": told, and not telling?"""
    first = next((i for i in range(max(0, at - 2), at) if said.words[i].low in _BE), at)
    return first < at and not re.search(r"[,“”\"]", said.text[said.words[first].end : said.words[at].start])


def _before(said: Statement, at: int) -> tuple[Word, ...]:
    """The subject of the verb of saying at ``at``: back to where its sentence or quotation begins."""
    found: list[Word] = []
    for index in range(at - 1, -1, -1):
        word = said.words[index]
        gap = said.text[word.end : said.words[index + 1].start]
        if re.search(r"[“”\"«»;:]", gap) or word.low in ("but", "while", "whereas", "although", "that", "because"):
            break
        if word.low in PRONOUNS and not found:
            return ()
        if word.content and word.low not in _TIMES and word.low not in SAYING:
            found.append(word)
    return tuple(reversed(found))


def _noun(said: Statement, places: range) -> tuple[Word, ...]:
    """The meaningful words with which the text at ``places`` begins, up to eight of one phrase; () for a pronoun."""
    found: list[Word] = []
    for index in places:
        word = said.words[index]
        if found and (word.low in SAYING or word.low in ("that", "when", "while", "after", "before", "as", "but")):
            break
        if found and re.search(r"[;:.“”\"]|,\s*$", said.text[said.words[index - 1].end : word.start]):
            break
        if word.low in PRONOUNS and not found:
            return ()
        if word.content and word.low not in _TIMES:
            found.append(word)
    return tuple(found[:8])


def meet(one: Sequence[Word], other: Sequence[Word]) -> bool:
    """Whether two descriptions of speakers have a word or a name in common, stop words apart."""
    return any(
        mine.base == given.base or (mine.text[0].isupper() and named_alike(mine, given))
        for mine in one
        for given in other
        if mine.low not in STOP and given.low not in STOP
    )
