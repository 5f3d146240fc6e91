"""Whether somebody may still see what an answer rests on."""

from collections.abc import Collection
from dataclasses import dataclass

from index.errors import UsageError
from index.library import Library
from index.types import Filters
from ui.people import Person


@dataclass(frozen=True, slots=True)
class Rest:
    """A document that an answer rests on, and the ``groups`` it was for when the answer was given."""

    document: str
    groups: frozenset[str]


@dataclass(frozen=True, slots=True)
class Eyes:
    """What a person may see now: her ``view``, the part of the ``whole`` library that is for her."""

    person: Person
    view: Library
    whole: Library

    def may_see(self, rests: Collection[Rest]) -> bool:
        """Whether all of these documents are in the view, or were removed and had not been for others only."""
        ids = {rest.document for rest in rests}
        if not ids or self.view.count_documents(Filters(documents=tuple(sorted(ids)))) == len(ids):
            return True
        return all(self._may_see(rest) for rest in rests)

    def _may_see(self, rest: Rest) -> bool:
        if self.person.groups is None or holds(self.view, rest.document):
            return True
        if holds(self.whole, rest.document):
            return False
        return not rest.groups or not rest.groups.isdisjoint(self.person.groups)


def holds(library: Library, document_id: str) -> bool:
    """Whether the library has this document."""
    return library.count_documents(Filters(documents=(document_id,))) > 0


def groups_of(library: Library, document_id: str) -> frozenset[str]:
    """The groups that a document is for; empty for one that is for everybody, or is gone."""
    try:
        return library.document(document_id).groups
    except UsageError:
        return frozenset()
