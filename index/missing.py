"""What stays of a file of files when a part of it cannot be read any more: the documents that were stored of that part.

As with a whole file, bad input loses nothing; a part that is gone from its file loses its documents. Nobody sees what
stays who may not see the part by what is said around it now.
"""

from collections.abc import Mapping, Sequence

from index.parse.parts import OWN_TEXT, Problem
from index.rights import narrowed, read_groups
from index.tables import Select

Missing = Mapping[str | None, Problem]
"""Why parts of one file could not be read, by part; None is the file's own text."""


def missing(problems: Sequence[Problem]) -> Missing:
    """The parts of one file that could not be read; none that are of a kind that is not read."""
    return {None if one.part == OWN_TEXT else one.part: one for one in problems if not one.skipped}


def problem_of(part: str | None, parts: Missing) -> Problem | None:
    """Why a document of ``part`` (see ``index.types.Document``) could not be read anew; None when it could have been,
    had it still been there."""
    found = parts.get(part)
    if found is not None and found.own:
        return found
    while part is not None:
        part = part.rpartition("/")[0] or None
        found = parts.get(part)
        if found is not None and found.below:
            return found
    return None


def staying(select: Select, source: str, parts: Missing) -> Mapping[str, frozenset[str]]:
    """The ids of a file's stored documents that stay because their part could not be read, and who may see them now."""
    if not parts:
        return {}
    rows = select("SELECT id, part, groups FROM documents WHERE source = ?", (source,))
    return {
        id_: narrowed(read_groups(groups), found.groups)
        for id_, part, groups in rows
        if (found := problem_of(part, parts)) is not None
    }
