"""Words as the lexical search sees them: folded, stemmed, without stop words."""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

import Stemmer

_WORD = re.compile(r"\w+")
_STEMMER = Stemmer.Stemmer("porter")  # the algorithm of SQLite's porter tokenizer, so stems can be looked up there

# Function words and question words: in a search they match everything and tell nothing.
_STOP = """
a about after again all also am an and any are as at be because been before being between both but by can could did do
does doing done down during each few for from further had has have having he her here hers herself him himself his how
i if in into is it its itself just let like many may me might more most much must my myself no nor not now of off on
once one only or other our ours ourselves out over own please s same say said says she should so some such t tell than
that the their theirs them themselves then there these they this those through to too under until up us very was we
were what when where which while who whom whose why will with would you your yours yourself according happen happened
"""
STOP = frozenset(_STOP.split())


def fold(text: str) -> str:
    """``text`` in lower case without accents, as SQLite's unicode61 tokenizer folds it (lengths may change)."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def sequence(text: str) -> list[str]:
    """All words of ``text`` in order, folded: two sentences with the same sequence say the same in the same words."""
    return _WORD.findall(fold(text))


def words(text: str) -> list[str]:
    """The words of ``text`` in order, folded, stop words left out."""
    return [word for word in sequence(text) if word not in STOP]


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The Porter stem of one folded word."""
    return str(_STEMMER.stemWord(word))


def stems(text: str) -> frozenset[str]:
    """The different stems of the words of ``text``, stop words left out."""
    return frozenset(stem(word) for word in words(text))


def coverage(wanted: Mapping[str, float], found: frozenset[str]) -> float:
    """The share of the ``wanted`` stems' weight that ``found`` contains, in [0, 1]; 0 when nothing is wanted."""
    total = sum(wanted.values())
    return sum(weight for word, weight in wanted.items() if word in found) / total if total else 0.0
