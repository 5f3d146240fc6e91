"""What is remembered of one state of a library: its labels, its rights, and how many chunks contain what."""

import threading
from dataclasses import dataclass, field

from index.labels import Allowed, Labels, read_labels
from index.lexical import count_postings
from index.recent import Recent
from index.rights import Rights, read_groups
from index.tables import Select
from index.types import Filters
from index.weighing import Lengths, Rarity, Weighing, rarity, read_lengths

_COUNTS = 20_000  # words whose counts are remembered
_VIEWS = 32  # sets of groups whose counts are


@dataclass(slots=True)
class Counts:
    """Numbers of chunks that some groups may see: all of them, and those with a phrase or a stem, as far as counted.

    ``seen`` are the rows of these chunks, None when that is every one.
    """

    seen: Allowed | None
    total: int
    phrases: dict[str, int] = field(default_factory=dict)
    stems: dict[str, int] = field(default_factory=dict)

    def phrase(self, select: Select, phrase: str) -> int:
        """How many of the chunks contain the phrase."""
        number = self.phrases.get(phrase)
        if number is None:
            number = count_postings(select, phrase, self.seen) if self.total else 0
            if len(self.phrases) >= _COUNTS:
                self.phrases = {}
            self.phrases[phrase] = number
        return number

    def stem(self, select: Select, stem: str) -> int:
        """How many of the chunks contain the Porter stem."""
        number = self.stems.get(stem)
        if number is None:
            number = _count_stem(select, stem, self.seen) if self.total else 0
            if len(self.stems) >= _COUNTS:
                self.stems = {}
            self.stems[stem] = number
        return number


class Known:
    """What is remembered of one ``state``; every ``select`` must see the library in it."""

    def __init__(self, state: str) -> None:
        self.state = state
        self._labels: Labels | None = None
        self._lengths: Lengths | None = None
        self._rights: Rights | None = None
        self._labelling = threading.Lock()
        self._counts: Recent[frozenset[str] | None, Counts] = Recent(_VIEWS)

    def labels(self, select: Select) -> Labels:
        """The labels of all chunks."""
        with self._labelling:
            if self._labels is None:
                self._labels = read_labels(select, self.state)
            return self._labels

    def lengths(self, select: Select) -> Lengths:
        """The lengths of all chunks."""
        with self._labelling:
            if self._lengths is None:
                self._lengths = read_lengths(select)
            return self._lengths

    def rights(self, select: Select) -> Rights:
        """The sets of groups of all documents."""
        if self._rights is None:
            rows = select("SELECT DISTINCT groups FROM documents", ())
            self._rights = Rights(frozenset(read_groups(groups) for (groups,) in rows))
        return self._rights

    def counts(self, select: Select, groups: frozenset[str] | None) -> Counts:
        """What is counted of the chunks that ``groups`` (of ``Filters.groups``) leaves."""
        return self._counts.get(groups, lambda: self._counted(select, groups))

    def weighing(self, select: Select, groups: frozenset[str]) -> Weighing:
        """What puts lexical scores right for members of ``groups``, who see one chunk at least."""
        every, seen, lengths = self.counts(select, None), self.counts(select, groups), self.lengths(select)

        def rare(phrase: str) -> Rarity:
            everywhere = rarity(every.phrase(select, phrase), every.total)
            return Rarity(everywhere, rarity(seen.phrase(select, phrase), seen.total))

        return Weighing(lengths, lengths.mean(None), lengths.mean(seen.seen), rare)

    def _counted(self, select: Select, groups: frozenset[str] | None) -> Counts:
        if groups is None:
            ((total,),) = select("SELECT count(*) FROM chunks", ())
            return Counts(None, int(total))
        seen = self.labels(select).allowed(Filters(groups=groups))
        return Counts(seen, seen.number if seen else 0)


class Memory:
    """What is remembered of a library, for all its views and threads; it forgets when the library changed."""

    def __init__(self) -> None:
        self._known = Known("")

    def at(self, select: Select) -> Known:
        """What is known of the state that ``select`` sees."""
        state = read_state(select)
        known = self._known
        if known.state != state:
            known = self._known = Known(state)
        return known

    def forget(self) -> None:
        """Frees it all."""
        self._known = Known("")


def read_state(select: Select) -> str:
    """A name for the library's present content: it changes with every change, and no two libraries share one."""
    rows = dict(select("SELECT key, value FROM meta WHERE key IN ('identity', 'generation')", ()))
    return f"{rows.get('identity')}:{rows.get('generation')}"


def _count_stem(select: Select, stem: str, seen: Allowed | None) -> int:
    if seen is None:
        rows = select("SELECT doc FROM chunk_terms WHERE term = ?", (stem,))
    else:
        rows = select(
            "SELECT count(DISTINCT doc) FROM chunk_places WHERE term = ? "
            "AND doc BETWEEN ? AND ? AND substr(?, doc - ? + 1, 1) = x'01'",
            (stem, seen.first, seen.last, seen.flags, seen.first),
        )
    return int(rows[0][0]) if rows else 0
