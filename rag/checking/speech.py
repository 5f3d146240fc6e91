"""Rules on who said what: quotations word for word, and statements by those who made them."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.checking.align import Finding, Source, related, shown
from rag.checking.alike import named_alike
from rag.language.opposites import base
from rag.language.statement import Statement, Word, statement
from rag.terms import STOP
from rag.types import Verdict

_SAYING = """
said says say told tells stated states announced announces added warned warns argued argues claimed claims insisted
insists declared declares wrote writes reported reports noted notes explained explains acknowledged admitted conceded
confirmed confirms denied denies described describes called urged urges predicted predicts testified promised
pledged vowed accused accuses demanded demands estimated estimates suggested suggests believes believed complained
praised criticised criticized condemned blamed alleged concluded
"""
SAYING = frozenset(_SAYING.split())
_ASIDE = re.compile(r";\s+|,\s+(?:while|but|whereas|and)\s+")
_ACCORDING = re.compile(r"\b(?:according to|in the words of|as reported by|data from|figures from)\s+", re.IGNORECASE)
_BE = frozenset(["is", "are", "was", "were", "been", "being", "be"])
_PLAIN_SAYING = frozenset(["said", "says", "told", "stated", "according", "added", "announced"])
_PRONOUNS = frozenset(["he", "she", "they", "it", "i", "we", "who"])
_SOURCES = frozenset(
    [
        "article",
        "report",
        "document",
        "text",
        "paragraph",
        "source",
        "passage",
        "documents",
        "reports",
        "sources",
        "statement",
        "interview",
    ]
)
_OFFICE = frozenset(
    base(word)
    for word in [
        "official",
        "authority",
        "government",
        "ministry",
        "spokesman",
        "spokeswoman",
        "spokesperson",
        "police",
        "minister",
        "department",
        "agency",
        "office",
        "service",
    ]
)
_TIMES = frozenset(
    [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "yesterday",
        "today",
        "week",
        "month",
        "statement",
        "interview",
    ]
)


def misquoted(claim: Statement, evidence: Sequence[str]) -> Iterator[Finding]:
    """Quotations of two or more words that ``evidence`` does not hold word for word."""
    texts = [plain(text) for text in evidence]
    for quote in claim.quotes:
        pieces = [plain(piece) for piece in re.split(r"\.\.\.|…|\[[^\]]*\]", quote)]
        pieces = [piece for piece in pieces if piece]
        if sum(len(piece.split()) for piece in pieces) < 2:
            continue
        other = next((found for text in evidence if (found := _another_speaker(claim, quote, pieces[0], text))), "")
        if other and not any(
            pieces[0] in plain(text) and not _another_speaker(claim, quote, pieces[0], text) for text in evidence
        ):
            yield Finding(Verdict.UNSUPPORTED, f"The paragraph has somebody else say “{shown(quote)}”.")
        elif not any(_in_order(pieces, text) for text in texts):
            yield Finding(Verdict.UNSUPPORTED, f"“{shown(quote)}” is not in the cited paragraph word for word.")


def _another_speaker(claim: Statement, quote: str, start: str, text: str) -> str:
    """The part of a text that holds a quotation, where it names another subject than the claim, and another part
    names the claim's; "" otherwise."""
    pieces = [
        piece
        for piece in re.split(r";\s|,\s(?=while|but|though|and )|(?<=[.!?][”\"])\s|(?<=[a-z][.!?])\s", text)
        if piece.strip()
    ]
    holding = [piece for piece in pieces if start in plain(piece)]
    at = claim.text.find(quote)
    subject = [
        word
        for word in claim.words
        if word.content and word.low not in SAYING and not at <= word.start < at + len(quote)
    ][:4]
    if len(holding) != 1 or not subject or len(pieces) < 2:
        return ""
    outside = [word for word in statement(holding[0]).words if word.low not in plain(quote).split()]
    if any(word.low in _PRONOUNS for word in outside) or not any(
        word.content and word.low not in SAYING for word in outside
    ):
        return ""
    if _meet(subject, outside):
        return ""
    others = [word for piece in pieces if piece is not holding[0] for word in statement(piece).words]
    return holding[0] if _meet(subject, others) else ""


def plain(text: str) -> str:
    """``text`` as quotations are compared: without case, quotation marks, other marks at the ends, double spaces."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").replace("‘", "'")
    folded = re.sub(r"[“”„«»\"]|(?<!\w)'|'(?!\w)", "", folded)
    folded = re.sub(r"[‐-―]", "-", folded)
    return " ".join(folded.split()).strip(" .,;:!?")


def _in_order(pieces: Sequence[str], text: str) -> bool:
    at = 0
    for piece in pieces:
        match = re.search(rf"(?<!\w){re.escape(piece)}(?!\w)", text[at:])
        if match is None:
            return False
        at += match.end()
    return True


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
        if word.low in _PRONOUNS and not found:
            return ()
        if word.content and word.low not in _TIMES and word.low not in SAYING:
            found.append(word)
    return tuple(reversed(found))


def _noun(said: Statement, places: range) -> tuple[Word, ...]:
    found: list[Word] = []
    for index in places:
        word = said.words[index]
        if found and (word.low in SAYING or word.low in ("that", "when", "while", "after", "before", "as", "but")):
            break
        if (
            index > places.start
            and re.search(r"[;:.“”\"]|,\s*$", said.text[said.words[index - 1].end : word.start])
            and found
        ):
            break
        if word.low in _PRONOUNS and not found:
            return ()
        if word.content and word.low not in _TIMES:
            found.append(word)
    return tuple(found[:8])


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
        if _meet(claimed, own) or all(word.base in _OFFICE for word in (claimed[-1], own[-1])):
            return None
        names = [word for word in claimed if word.text[0].isupper()]
        if any(_meet(claimed, each.words) for each in context) and not _meet(claimed, said.words):
            return None
        other = shown(" ".join(word.text for word in own))
        return Finding(Verdict.UNSUPPORTED, f"The paragraph has {other} say it, not {who}.") if names or own else None
    earlier = [word for part in source.before for word in part.statement.words]
    if _meet(claimed, [*said.words, *earlier, *everywhere]) or any(_meet(claimed, each.words) for each in context):
        return None
    return Finding(Verdict.PARTIAL, f"The paragraph does not say that {who} said it.")


def _meet(one: Sequence[Word], other: Sequence[Word]) -> bool:
    return any(
        mine.base == given.base or (mine.text[0].isupper() and named_alike(mine, given))
        for mine in one
        for given in other
        if mine.low not in STOP and given.low not in STOP
    )


def _covered(content: frozenset[str], said: Statement) -> float:
    if not content:
        return 0.0
    return sum(any(related(each, word.base) for word in said.words if word.content) for each in content) / len(content)
