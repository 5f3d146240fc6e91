"""Who may see a document: everybody, or the members of its groups."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_BETWEEN = re.compile(r"[,;]")
NOBODY = "nobody until it is read again"
"""The group of documents that nobody may see for now; it is shown as the name of a group, and nobody is in it."""


def read_groups(text: str) -> frozenset[str]:
    """The group names in ``text``, with commas or semicolons between them.

    White space around a name is dropped and inside it folded; otherwise names are compared as they are written, capital
    letters included. No name holds a comma or a semicolon.
    """
    return frozenset(name for part in _BETWEEN.split(text) if (name := " ".join(part.split())))


def write_groups(groups: Iterable[str]) -> str:
    """The names as one text that ``read_groups`` reads again, always the same for the same groups; "" for none."""
    return ", ".join(sorted(groups))


def may_see(groups: frozenset[str], document: frozenset[str]) -> bool:
    """Whether members of ``groups`` see a document with those groups."""
    return not document or not document.isdisjoint(groups)


def narrowed(groups: frozenset[str], around: frozenset[str]) -> frozenset[str]:
    """The groups of what was for ``groups`` and now lies in what is for ``around``: members of both, none for everybody
    in either. Where they have none in common, NOBODY sees it: it cannot be asked which of the two still counts."""
    return groups & around or frozenset([NOBODY]) if groups and around else groups or around


@dataclass(frozen=True, slots=True)
class Rights:
    """The different sets of groups that the documents of a library have in one state."""

    sets: frozenset[frozenset[str]]

    def relevant(self, groups: frozenset[str]) -> frozenset[str] | None:
        """Those of ``groups`` that some document names, so that people with the same rights count as one; None when
        members of ``groups`` see every document."""
        if all(may_see(groups, each) for each in self.sets):
            return None
        return groups & frozenset[str]().union(*self.sets)

    def seen(self, groups: frozenset[str]) -> tuple[str, ...]:
        """The sets that ``groups`` may see, as they are written in the library."""
        return tuple(write_groups(each) for each in self.sets if may_see(groups, each))
