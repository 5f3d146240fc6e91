"""Rule on names: those of a claim must be in the evidence."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from rag.checking.align import Finding, Source
from rag.checking.alike import in_initials, named_alike, stands_for
from rag.checking.roles import BE, COMMON_NOUNS, SAME
from rag.language.statement import TITLES, Name, Statement, Word
from rag.language.units import NUMBERS, UNITS
from rag.terms import STOP, stem
from rag.types import Verdict


def strangers(claim: Statement, evidence: Sequence[Source], context: Sequence[Statement]) -> Iterator[Finding]:
    """The names of ``claim`` that are neither in the evidence nor in its context."""
    said = [source.statement for source in evidence]
    known = [*said, *context]
    for name in claim.names:
        words = claim.words[name.first : name.last]
        meant = [
            word
            for word in words
            if word.low not in STOP | TITLES and word.low not in NUMBERS and word.low not in UNITS and len(word.low) > 1
        ]
        missing = [word for word in meant if not any(_is_in(word, each) for each in known)]
        if not missing or (not name.sure and not _is_subject(claim, name)):
            continue
        text = " ".join(word.text for word in words)
        if len(missing) == len(meant) and stands_for(words, known):
            continue
        part = len(missing) < len(meant) and not _other_first_name(meant, missing, said)
        shown = " ".join(word.text for word in missing) if part else text
        yield Finding(
            Verdict.PARTIAL if part or not name.sure else Verdict.UNSUPPORTED,
            f"“{shown}” is not in the cited paragraph.",
        )


def _is_subject(claim: Statement, name: Name) -> bool:
    """Is a capitalised first word a name: followed by a verb, and no common noun?"""
    word, after = claim.words[name.first], claim.words[name.last : name.last + 1]
    if word.low in COMMON_NOUNS or re.search(r"(?:s|ing|tion|ment|ness|ity|ly|ism|ed)$", word.low) or not after:
        return False
    return (
        after[0].low in BE or after[0].low.endswith("ed") or stem(after[0].low) != after[0].base or after[0].low in SAME
    )


@lru_cache(maxsize=65_536)
def _is_in(word: Word, said: Statement) -> bool:
    return any(named_alike(word, other) for other in said.words) or in_initials(word.text, said)


def _other_first_name(meant: Sequence[Word], missing: Sequence[Word], said: Sequence[Statement]) -> bool:
    """Does the evidence have another word before the last name?"""
    last = meant[-1]
    if last in missing or meant[0] not in missing:
        return False
    for each in said:
        for at, word in enumerate(each.words[1:], 1):
            before = each.words[at - 1]
            if named_alike(last, word) and before.text[0].isupper() and before.low not in TITLES | STOP:
                return True
    return False
