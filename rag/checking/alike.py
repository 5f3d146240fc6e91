"""Whether two words, or two names, name the same: "Italy" and "Italian", "ECB" and its long name."""

import re
from collections.abc import Sequence
from functools import lru_cache

from rag.language.statement import Name, Statement, Word
from rag.terms import STOP, fold

# Countries and their people that share no stem.
_IRREGULAR = """
france french; britain british uk briton britons; netherlands dutch; greece greek greeks; denmark danish dane danes;
switzerland swiss; wales welsh; spain spanish spaniard; ireland irish; finland finnish finn finns; poland polish pole
poles;
turkey turkish turk turks turkiye; us usa american americans america; emirates emirati uae; philippines filipino
filipinos;
sweden swedish swede swedes; scotland scottish scots; england english; niger; nigeria nigerian nigerians; kosovo
kosovar;
thailand thai thais; czechia czech czechs; serbia serb serbs serbian; croatia croat croats croatian; iceland icelandic;
afghanistan afghan afghans; pakistan pakistani pakistanis; eu european; un uno; moscow kremlin; cyprus cypriot; peru
peruvian
"""
_ROOTS = {fold(word): line.split()[0] for line in _IRREGULAR.replace("\n", " ").split(";") for word in line.split()}
_PEOPLE = re.compile(r"(?:ese|ian|ean|ish|an|ic|i|s)$")
_PLACES = re.compile(r"(?:ia|land|en|y|a|o|e|s)$")


def named_alike(word: Word, other: Word) -> bool:
    """Do both words name the same: the same word, a country and its people, or two spellings of one name?"""
    if word.low == other.low or word.base == other.base:
        return True
    if word.low in _ROOTS or other.low in _ROOTS:
        return _ROOTS.get(word.low, word.low) == _ROOTS.get(other.low, other.low)
    if not (other.text[0].isupper() and word.text[0].isupper()):
        return False
    short, long = sorted((word.low, other.low), key=len)
    if long.startswith(short) and len(short) > 5 and len(long) - len(short) < 3:
        return True  # Zelensky, Zelenskyy
    peoples = bool(_PEOPLE.search(word.low) or _PEOPLE.search(other.low))
    return peoples and _root(word.low) == _root(other.low)


def same_name(claim: Statement, name: Name, said: Statement, other: Name) -> bool:
    """Has ``name`` of ``claim`` a word that names the same as one of ``other`` in ``said``?"""
    return any(
        named_alike(word, given)
        for word in claim.words[name.first : name.last]
        for given in said.words[other.first : other.last]
        if word.low not in STOP and given.low not in STOP
    )


@lru_cache(maxsize=65_536)
def _root(low: str) -> str:
    """A country or its people without its ending: "Italy" and "Italian" give one root."""
    first = _without(_PEOPLE, low)
    return _without(_PEOPLE, first if first != low else _without(_PLACES, low))


def _without(ending: re.Pattern[str], low: str) -> str:
    shorter = ending.sub("", low)
    return shorter if len(shorter) > 2 else low


def in_initials(text: str, said: Statement) -> bool:
    """Is it the initials of a name, as "ECB" of the European Central Bank?"""
    letters = text.replace(".", "")
    if not (letters.isupper() and 1 < len(letters) < 7):
        return False
    initials = "".join(word.text[0] for word in said.words if word.text[0].isupper())
    return letters in initials


def stands_for(words: Sequence[Word], known: Sequence[Statement]) -> bool:
    """Does the evidence have the initials of this name?"""
    letters = "".join(word.text[0] for word in words if word.text[0].isupper())
    return len(letters) > 1 and any(word.text.replace(".", "") == letters for said in known for word in said.words)
