"""Rules on what stands in quotation marks: it must be in the paragraph word for word, and said by the same speaker."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from rag.checking.align import Finding, shown
from rag.checking.speaker import PRONOUNS, SAYING, meet
from rag.language.statement import Statement, statement
from rag.types import Verdict


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
    if any(word.low in PRONOUNS for word in outside) or not any(
        word.content and word.low not in SAYING for word in outside
    ):
        return ""
    if meet(subject, outside):
        return ""
    others = [word for piece in pieces if piece is not holding[0] for word in statement(piece).words]
    return holding[0] if meet(subject, others) else ""


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
