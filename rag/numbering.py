"""The numbers of citations: one paragraph or quote keeps its number for a whole conversation."""

from collections.abc import Iterable

from rag.types import Citation


class Numbering:
    """Hands out numbers from 1 for one answer. Those that ``earlier`` citations of the conversation have stay theirs,
    but no number stands for two places in one answer."""

    def __init__(self, earlier: Iterable[Citation] = ()) -> None:
        self._known: dict[tuple[str, str, int, int], int] = {}  # document, version and a quote's start and end
        self._paragraphs: dict[tuple[str, str, int], int] = {}
        self._taken: dict[int, object] = {}  # in this answer: what a number stands for
        self._last = 0
        for one in earlier:
            self._known.setdefault((one.document_id, one.version, one.start, one.end), one.number)
            self._paragraphs.setdefault((one.document_id, one.version, one.paragraph), one.number)
            self._last = max(self._last, one.number)

    def of_quote(self, document_id: str, version: str, start: int, end: int) -> int:
        """The number of this exact quote; a new one for a new quote."""
        key = (document_id, version, start, end)
        self._known[key] = self._number(self._known.get(key), key)
        return self._known[key]

    def of_paragraph(self, document_id: str, version: str, paragraph: int) -> int:
        """The number of this paragraph: that of what was first cited from it, else a new one."""
        key = (document_id, version, paragraph)
        self._paragraphs[key] = self._number(self._paragraphs.get(key), key)
        return self._paragraphs[key]

    def _number(self, known: int | None, place: object) -> int:
        if known is None or self._taken.get(known, place) != place:
            self._last += 1
            known = self._last
        self._taken[known] = place
        return known
