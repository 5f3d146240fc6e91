"""The letters of a text that may leave in a file."""

import unicodedata

# Marks that turn the direction of whatever follows them, also of what is ours.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def inline(text: str) -> str:
    """``text`` on one line, white space folded, without control characters, halves of surrogate pairs and what else no
    XML file may hold, and without marks that turn the direction of what stands beside it."""
    return " ".join("".join(map(_letter, text)).split())


def _letter(mark: str) -> str:
    if mark in _TURNING or mark in "\ufffe\uffff":
        return ""
    return " " if unicodedata.category(mark) in ("Cc", "Cs", "Zl", "Zp") else mark
