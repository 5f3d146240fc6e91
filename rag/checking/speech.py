"""Rules on who said what: a statement must be by whom the paragraph has make it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.checking.align import Finding, Source, related, shown
from rag.checking.speaker import meet, speaker
from rag.language.opposites import base
from rag.language.statement import Statement, Word, statement
from rag.types import Verdict

_ASIDE = re.compile(r";\s+|,\s+(?:while|but|whereas|and)\s+")
_PLAIN_SAYING = frozenset(["said", "says", "told", "stated", "according", "added", "announced"])
_TEXTS = """
article report document text paragraph source passage documents reports sources statement interview
"""
_SOURCES = frozenset(_TEXTS.split())
_OFFICES = """
official authority government ministry spokesman spokeswoman spokesperson police minister department agency office
service
"""
_OFFICE = frozenset(map(base, _OFFICES.split()))


def misattributed(claim: Statement, evidence: Sequence[Source], context: Sequence[Statement]) -> Iterator[Finding]:
    """``claim`` has somebody say what the evidence has another say, or nobody."""
    claimed = speaker(claim)
    if not claimed or any(word.low in _SOURCES for word in claimed):
        return
    content = frozenset(
        word.base for word in claim.words if word.content and word not in claimed and word.low not in _PLAIN_SAYING
    )
    split = [_split(each) for each in evidence]
    ranked = sorted(
        ((_covered(content, part.statement), part) for each in split for part in each), key=lambda pair: -pair[0]
    )
    if not ranked or ranked[0][0] < 0.3:
        return
    found: list[Finding] = []
    for share, source in ranked:
        if share < 0.85 * ranked[0][0]:
            break
        everywhere = [word for each in evidence if each.index == source.index for word in each.statement.words]
        finding = _attributed(claimed, source, context, everywhere)
        if finding is None:
            return
        found.append(finding)
    yield from found[:1]


def _split(source: Source) -> list[Source]:
    """A sentence in parts that may have a speaker each: "A said this; B said that"."""
    pieces = [piece for piece in _ASIDE.split(source.statement.text) if piece.strip()]
    if len(pieces) < 2 or not all(speaker(statement(piece)) for piece in pieces):
        return [source]
    return [replace(source, part=replace(source.part, statement=statement(piece))) for piece in pieces]


def _attributed(
    claimed: Sequence[Word], source: Source, context: Sequence[Statement], everywhere: Sequence[Word]
) -> Finding | None:
    said = source.statement
    own = speaker(said)
    who = shown(" ".join(word.text for word in claimed))
    if own:
        if meet(claimed, own) or all(word.base in _OFFICE for word in (claimed[-1], own[-1])):
            return None
        if any(meet(claimed, each.words) for each in context) and not meet(claimed, said.words):
            return None
        other = shown(" ".join(word.text for word in own))
        return Finding(Verdict.UNSUPPORTED, f"The paragraph has {other} say it, not {who}.")
    earlier = [word for part in source.before for word in part.statement.words]
    if meet(claimed, [*said.words, *earlier, *everywhere]) or any(meet(claimed, each.words) for each in context):
        return None
    return Finding(Verdict.PARTIAL, f"The paragraph does not say that {who} said it.")


def _covered(content: frozenset[str], said: Statement) -> float:
    if not content:
        return 0.0
    return sum(any(related(each, word.base) for word in said.words if word.content) for each in content) / len(content)
