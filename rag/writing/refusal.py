"""Whether a model's draft says that the documents do not answer, or may be about to."""

import re

from rag.writing.draft import Sentence, written
from rag.writing.prompt import REFUSAL

_REFUSALS = (
    REFUSAL,
    *(
        f"NOT IN {these} {those}"
        for these in ("THE", "THESE", "THOSE")
        for those in ("DOCUMENTS", "PARAGRAPHS", "SOURCES")
    ),
    "NOT IN DOCUMENTS",
)
_REFUSED = re.compile(rf"\W*(?:{'|'.join(_REFUSALS)})\W*", re.IGNORECASE)
_REFUSED_FIRST = re.compile(rf"\W*{REFUSAL}(?:\W*$|[*_\"”’)\s]*(?:[.!?:;…—–(-]|\n)|(?P<comma>[*_]*,))", re.IGNORECASE)
_REFUSED_LAST = re.compile(rf"\b{REFUSAL}\W*$")  # so shouted, it is no sentence's own
_MOST = 999  # handles that any prompt could have


def is_refusal(text: str) -> bool:
    """Whether a whole draft says that the documents do not answer, as it was told to: it is the refusal, or begins
    with it, or ends with it and cites nothing before."""
    if _REFUSED.fullmatch(text.strip()):
        return True
    first = _REFUSED_FIRST.match(text)
    if first and not (first["comma"] and _cites(text)):
        return True
    if not re.search(rf"(?:{'|'.join(_REFUSALS)})", text[-80:], re.IGNORECASE):
        return False
    *others, last = written(text, _MOST, finished=True).sentences or (Sentence("", ()),)
    refused = _REFUSED.fullmatch(last.text) or _REFUSED_LAST.search(last.text)
    return bool(refused) and not any(one.cited or one.unknown for one in others)


def may_refuse(text: str) -> bool:
    """Whether a draft that begins so is, or may still become, the refusal; then nothing of it is shown yet. Of one
    that first says something else this is known only when the refusal has begun, in capitals."""
    begun = re.sub(r"\W+", " ", text).strip()
    if any(each.startswith(begun.upper()) for each in _REFUSALS):
        return True
    ends = any(begun.endswith(f" {REFUSAL[:length]}") for length in range(len("NOT"), len(REFUSAL)))
    return (ends and not _cites(text)) or is_refusal(text)


def _cites(text: str) -> bool:
    return any(one.cited or one.unknown for one in written(text, _MOST, finished=True).sentences)
