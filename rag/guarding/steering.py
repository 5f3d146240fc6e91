"""Sentences of a document that speak to an AI: found by what such orders are made of, not by a list of known ones.

It is no proof: who writes the text can word it so that no rule sees it. It is made for precision, so that news,
recipes, manuals and letters, which are full of orders to people, are not kept from being quoted.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from index.sentences import Span, sentences
from rag.guarding.orders import SAY, STEERS, TAKES_OVER

# Someone else was told so: the words before it in the sentence say who.
_REPORTED = re.compile(
    r"\b(?:told|asked|urged|ordered|advised|instructed|warned|directed|trained|taught|tricked|got|made|forced|decided|"
    r"tried|refused|agreed|promised|wanted|allowed|how|can|could|would|will|might|may|must)\b[^.!?:;,\"]*$"
)
_QUOTED = re.compile(r"\"[^\"]{2,300}\"|(?<!\w)'[^']{2,300}'(?!\w)")
_TELLS = re.compile(
    r"\b(?:said|says|wrote|writes|read|reads|phrase|sentence|words|hid|hidden|researchers?|attack(?:s|ers?)?|told|"
    r"called|injection|showed|shows|found|asked|typed|entered|examples?|such as|advised|warned|argued|replied)\b"
)
_SPEAKS_ON = re.compile(
    rf"\b(?:you|your|user)\b|^\W*(?:please |also |then |instead )*{SAY}\b|^\W*(?:do not|don't|never|always|tell)\b"
)
_WINDOW = 1200  # characters that an order fits into
_TAGS = re.compile("[\U000e0020-\U000e007e]{4,}")  # letters that no font draws


@lru_cache(maxsize=4096)  # an answer asks twice of the same paragraphs
def instructions(text: str) -> tuple[Span, ...]:
    """The sentences of ``text`` that speak to an AI or would steer its answer, in order, without overlap.

    Offsets are into ``text``, which may be a whole document; the lines of it are split into sentences one by one.
    After a sentence that takes over (“ignore the above”), those of its paragraph that go on giving orders belong to it.
    What a text reports of such orders ("the bot was told to ignore its instructions", or a quotation of one) does not.
    """
    return tuple(_found(text))


def _found(text: str) -> Iterator[Span]:
    start, taken = 0, False
    for line in text.splitlines(keepends=True):
        plain = _plain(line)
        taken = taken and bool(plain)  # to the end of its paragraph
        if _TAGS.search(line):
            body = line.strip()
            begin = start + line.index(body)
            yield Span(begin, begin + len(body))
        elif taken or any(_matches(plain, STEERS)):  # most lines hold nothing, and need not be split
            for span in sentences(line):
                plain = _plain(line[span.start : span.end])
                found = _steers(plain, STEERS)
                if found or (taken and _SPEAKS_ON.search(plain)):
                    yield Span(start + span.start, start + span.end)
                taken = taken or (found and _steers(plain, TAKES_OVER))
        start += len(line)


def _steers(plain: str, rules: re.Pattern[str]) -> bool:
    # A quotation is looked into only where nothing around it tells of it.
    told = _QUOTED.sub('""', plain)
    if told != plain and len(told.split()) >= 4 and _TELLS.search(told):
        plain = told
    return any(not _REPORTED.search(plain, 0, match.start()) for match in _matches(plain, rules))


def _matches(plain: str, rules: re.Pattern[str]) -> Iterator[re.Match[str]]:
    # In windows: in a long text without a stop, some rules would look from each word to its end.
    for at in range(0, max(len(plain), 1), _WINDOW // 2):
        yield from rules.finditer(plain, at, at + _WINDOW)


_QUOTES = str.maketrans("“”„«»‘’‚ʼ", '"""""\'\'\'\'')


def _plain(text: str) -> str:
    """The text as the rules read it: small letters, straight quotes, single spaces, nothing invisible."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", visible(text)).translate(_QUOTES)
    return " ".join(text.lower().split())


# Control, format (zero width, bidirectional, tags), private and unassigned characters, and halves of surrogate pairs.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
# Those that count as letters or marks, and yet show nothing.
_SELECTS = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")


def visible(text: str) -> str:
    """The text without characters that show nothing and can hide words: control characters other than tab and line
    break, zero-width and bidirectional marks, Unicode tags, variation selectors."""
    if text.isascii() and text.isprintable():
        return text
    kept = (char for char in text if char in "\t\n" or unicodedata.category(char) not in _UNSEEN)
    return _SELECTS.sub("", "".join(kept))
