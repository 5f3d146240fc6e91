"""How damaged a text is: marks that careful editing never leaves and careless rewriting does.

Glued words ("inUkraine"), words written twice ("the the"), an article that does not fit its word ("a agreement"), a
space behind a hyphen ("pro- Chinese"), names that have lost their capitals ("soviet union" beside "Soviet Union"), and
quotation marks that are opened and never closed.
"""

import re
from collections.abc import Sequence

_MOST = 120_000  # characters that are looked at
_SMALL = "in|the|of|and|to|for|from|with|at|by|on|that|as|its|his|her|their|our|was|were|is|are|into|after|before|said"
_GLUED = re.compile(rf"\W*(?:{_SMALL})[A-Z][a-z]{{2,}}")
_INSIDE = re.compile(r"[A-Z](?<=[a-z][A-Z])[a-z]{2}")  # whatever is glued has such a capital, and few texts have one
_TWICE = re.compile(r" (the|of|and|to|in|for|on|with|at|by|from|is|was|an|it|its) \1 ")
_AFTER_A = re.compile(r"(?!one\b|once\b|uni|use|usu|uti|eu|ou?i\b|ur[aiou]|ub)[aeiou][a-z]{2,}")
_AFTER_AN = re.compile(r"(?!h(?:ours?|onest\w*|onou?r\w*|eir\w*|istori\w*|erb\w*|otel)\b)[b-df-hj-np-tv-z][a-z]{2,}\b")
_SPLIT = re.compile(r"\b\w{2,}- (?!(?:and|or|to|und|oder|bis|et|en|y|e)\b)[\w]{2,}")
# A pattern that begins with a set of characters, and looks behind it only then, is twice as fast.
_NAME = re.compile(r"[A-Z](?<=[a-z,] [A-Z])[a-z]{2,} [A-Z][a-z]{2,}\b")
_BEGINS = re.compile(r"\s*[“„«\"]")


def damage(text: str) -> float:
    """How many marks of damage there are to 1,000 words of ``text``, whose paragraphs two line breaks part; each
    glued word and each name counts once. 0 for a text with fewer than two: one slip says nothing."""
    text = text[:_MOST]
    words = text.split()
    glued = _glued(words) if _INSIDE.search(text) else 0
    lowered = sum(1 for name in set(_NAME.findall(text)) if f" {name.lower()}" in text)
    marks = glued + lowered + _unclosed(text) + sum(1 for _ in _TWICE.finditer(text))
    # Looking behind each "a" is several times faster than a pattern that begins with it.
    marks += sum(1 for rest in text.split(" a ")[1:] if _AFTER_A.match(rest))
    marks += sum(1 for rest in text.split(" an ")[1:] if _AFTER_AN.match(rest))
    if text.count("- ") > text.count(" - "):
        marks += sum(1 for _ in _SPLIT.finditer(text))
    return 1000.0 * marks / max(250, len(words)) if marks > 1 else 0.0


def _glued(words: Sequence[str]) -> int:
    mixed = {word for word in words if not (word.islower() or word.istitle())}
    return sum(1 for word in mixed if _GLUED.match(word) and words.count(word) == 1)


def _unclosed(text: str) -> int:
    """Paragraphs that open a quotation and do not close it, though the next one does not open it anew."""
    paragraphs = text.split("\n\n")
    number = 0
    for place, paragraph in enumerate(paragraphs):
        below = paragraphs[place + 1] if place + 1 < len(paragraphs) else ""
        odd = paragraph.count("“") != paragraph.count("”") or paragraph.count('"') % 2 == 1
        above = paragraphs[place - 1] if place else ""
        number += odd and not (_BEGINS.match(below) or (_BEGINS.match(paragraph) and _BEGINS.match(above)))
    return number
