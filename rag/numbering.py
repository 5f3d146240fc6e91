"""The numbers of citations: one paragraph or quote keeps its number for a whole conversation."""

from collections.abc import Iterable

from rag.types import Citation


class Numbering:
    """Hands out numbers from 1. Those that ``earlier`` citations of the conversation have stay theirs."""

    def __init__(self, earlier: Iterable[Citation] = ()) -> None:
        self._quotes: dict[tuple[str, str, int, int], int] = {}
        self._paragraphs: dict[tuple[str, str, int], int] = {}
        self._last = 0
        for one in earlier:
            self._quotes.setdefault((one.document_id, one.version, one.start, one.end), one.number)
            self._paragraphs.setdefault((one.document_id, one.version, one.paragraph), one.number)
            self._last = max(self._last, one.number)

    def of_quote(self, document_id: str, version: str, start: int, end: int) -> int:
        """The number of this exact quote; a new one for a new quote."""
        key = (document_id, version, start, end)
        if key not in self._quotes:
            self._last += 1
            self._quotes[key] = self._last
        return self._quotes[key]

    def of_paragraph(self, document_id: str, version: str, paragraph: int) -> int:
        """The number of this paragraph: that of what was first cited from it, else a new one."""
        key = (document_id, version, paragraph)
        if key not in self._paragraphs:
            self._last += 1
            self._paragraphs[key] = self._last
        return self._paragraphs[key]
