"""What stands between a document's text and a model, and between a model's text and the reader.

Four pure functions: ``instructions`` finds sentences that speak to an AI, ``spotlit`` makes a text safe to stand in a
prompt, ``clean`` takes addresses, images and HTML out of what a model wrote, ``leaks`` notices our own prompt in it.
"""

import re
from functools import lru_cache

from rag.guarding.outgoing import Cleaned as Cleaned
from rag.guarding.outgoing import Cleaner as Cleaner
from rag.guarding.outgoing import clean as clean
from rag.guarding.steering import instructions as instructions
from rag.guarding.steering import visible

LEAK = 8  # words in a row that are the prompt's own, and not chance

# Roles that chat templates know, where a heading or a colon gives them out as such.
_ROLES = r"(?:system|assistant|user|human|developer|tool|instructions?|response|input|prompt)"
_HEADING = re.compile(rf"^([^\S\n]*)#+[^\S\n]*(?={_ROLES}\b)", re.IGNORECASE | re.MULTILINE)
_ROLE = re.compile(rf"^([^\S\n]*[*_]*{_ROLES}[*_]*[^\S\n]*)[:：]", re.IGNORECASE | re.MULTILINE)
# [P12] is how our prompt marks a paragraph, and a model may write [12] for it; [INST] is how Llama's marks a turn;
# 【】 is what some models write for [].
_ONE = r"[PpＰ]?[^\S\n]*\d{1,3}"
_MARKER = re.compile(
    rf"[\[［【〔]([^\S\n]*(?:{_ONE}(?:(?:[^\S\n]*[,;&–-][^\S\n]*|[^\S\n]+){_ONE}){{0,8}}|/?[^\S\n]*inst)"
    r"[^\S\n]*)[\]］】〕]",
    re.IGNORECASE,
)
_RULER = re.compile(r"([-=_*#~`\"'])\1{2,}")  # fences and rulers, which may mark where a prompt's part ends
_OPENS = re.compile(r"[<＜](?=[^\s\d=])")
_CLOSES = re.compile(r"(?<=[^\s\d=])[>＞]")


def spotlit(text: str) -> str:
    """``text`` as it may stand in a prompt: readable as before, but nothing in it is a tag, a token of a chat template,
    a role, a fence or a paragraph marker of ours. Not of the same length; doing it twice changes nothing more.

    Angle brackets become ‹ and ›, so "<|im_end|>" and "</passage>" are words; "[P3]" becomes "(P3)" and "[3]" "(3)";
    "System:" at the start of a line becomes "System -"; three or more of a fence's characters become one. What cannot
    be seen goes.
    """
    text = _CLOSES.sub("›", _OPENS.sub("‹", visible(text)))
    text = _HEADING.sub(r"\1", _MARKER.sub(r"(\1)", text))
    return _RULER.sub(r"\1", _ROLE.sub(r"\1 -", text))


def leaks(text: str, prompt: str) -> bool:
    """Whether ``text`` repeats ``LEAK`` or more words of ``prompt`` in a row, whatever their case and punctuation."""
    theirs = _words(text)
    runs = _runs(prompt)
    return any(tuple(theirs[at : at + LEAK]) in runs for at in range(len(theirs) - LEAK + 1))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


@lru_cache(maxsize=8)
def _runs(prompt: str) -> frozenset[tuple[str, ...]]:
    words = _words(prompt)
    return frozenset(tuple(words[at : at + LEAK]) for at in range(len(words) - LEAK + 1))
