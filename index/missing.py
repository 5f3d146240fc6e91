"""What stays of a file of files when a part of it cannot be read any more: the documents that were stored of that part.

As with a whole file, bad input loses nothing; a part that is gone from its file loses its documents. Nobody sees what
stays who may not see the part by what is said around it now.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from index.lists import Stays, Stored, staying_in
from index.parse.parts import OWN_TEXT, Listed, Problem
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


def staying(select: Select, source: str, parts: Missing) -> Mapping[str, Stays]:
    """What stays of a file's stored documents because their part could not be read, by their ids; those of a list in
    the order in which they stood there."""
    if not parts:
        return {}
    rows = select(
        "SELECT id, part, groups FROM documents d WHERE source = ? "
        "ORDER BY (SELECT min(rowid) FROM chunks WHERE document_id = d.id)",
        (source,),
    )
    stored = [Stored(id_, part, read_groups(groups)) for id_, part, groups in rows]
    found = {
        one.id: Stays(problem, narrowed(one.groups, problem.groups))
        for one in stored
        if (problem := problem_of(one.part, parts)) is not None and problem.listed is None
    }
    lists = defaultdict[Listed, list[Problem]](list)
    for problem in parts.values():
        if problem.listed is not None:
            lists[problem.listed].append(problem)
    for listed, problems in lists.items():
        found |= staying_in(listed, stored, problems)
    return found
