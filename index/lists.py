"""Which of the stored articles of a list, such as an export or a feed, are those that cannot be read in it any more.

An article is known by its name where what is left of it tells that. Else by its place: it is one of those that stood
between the two articles around the damage and are not there now. Before the first and after the last of the articles,
where lists grow and shrink, only as many stay as are damaged, those next to them: a line that never was an article
must not keep all that ever leaves the list. Where the file ends in the middle of an article it was cut short, and what
stood below stays too.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise

from index.parse.parts import Listed, Problem
from index.rights import narrowed


@dataclass(frozen=True, slots=True)
class Stored:
    """A document of a file as it is stored: its id, its part, and who may see it."""

    id: str
    part: str | None
    groups: frozenset[str]


@dataclass(frozen=True, slots=True)
class Stays:
    """Why a stored document stays, who may see it now, and the id of the document of its list that it stands ``after``
    and that was read; None where there is none, and outside of lists."""

    problem: Problem
    groups: frozenset[str]
    after: str | None = None


@dataclass(frozen=True, slots=True)
class _Kept:
    """The number of an article among those stored of its list, the problem that is likely its own, and who may see it
    at the most."""

    rank: int
    problem: Problem
    groups: frozenset[str]


def staying_in(listed: Listed, stored: Sequence[Stored], problems: Sequence[Problem]) -> Mapping[str, Stays]:
    """Which of the documents ``stored`` of a file, in its order, stay for the ``problems`` of this one of its lists; by
    their ids, in that order."""
    mine = [one for one in stored if one.part is not None and _within(one.part) == listed.within]
    damaged = {one.part: one for one in problems}
    whole = set(listed.parts) - damaged.keys()
    read = [rank for rank, one in enumerate(mine) if one.part in whole]
    found = dict[str, Stays]()
    for kept in sorted(_kept(listed, mine, damaged, whole), key=lambda each: each.rank):
        one, before = mine[kept.rank], bisect_left(read, kept.rank)
        after = mine[read[before - 1]].id if before else None
        found[one.id] = Stays(kept.problem, narrowed(one.groups, kept.groups), after)
    return found


def _within(part: str) -> str | None:
    return part.rpartition("/")[0] or None


def _kept(listed: Listed, mine: Sequence[Stored], damaged: Mapping[str, Problem], whole: set[str]) -> Iterator[_Kept]:
    ranks = {one.part: rank for rank, one in enumerate(mine)}
    known = dict[str, int]()
    free = {rank for part, rank in ranks.items() if part not in whole}
    for part, problem in damaged.items():
        rank = next((ranks[name] for name in problem.trace.names if ranks.get(name) in free), None)
        if rank is not None:
            known[part] = rank
            free.remove(rank)
            yield _Kept(rank, problem, problem.groups)
    places = [known.get(part, ranks.get(part) if part in whole else None) for part in listed.parts]
    standing = [place for place in places if place is not None]
    if any(first > second for first, second in pairwise(standing)):
        places = [None] * len(places)  # in another order now: no place tells anything
    yield from _by_place(listed, places, damaged, known, sorted(free))


def _by_place(
    listed: Listed,
    places: Sequence[int | None],
    damaged: Mapping[str, Problem],
    known: Mapping[str, int],
    free: Sequence[int],
) -> Iterator[_Kept]:
    """Of the ranks ``free``, those that stood where something is damaged that is not ``known``; ``places`` are the
    ranks of the list's parts where they have one."""
    low, unknown = -1, list[Problem]()
    for part, place in zip(listed.parts, places, strict=True):
        if part in damaged and part not in known and not damaged[part].trace.sure:
            unknown.append(damaged[part])
        if place is None:
            continue
        between = free[bisect_right(free, low) : bisect_left(free, place)]
        if unknown:
            yield from _paired(between if low >= 0 else between[-len(unknown) :], unknown)
        low, unknown = place, []
    between, end = free[bisect_right(free, low) :], damaged.get(listed.parts[-1])
    if end is not None and end.trace.last:
        yield from _paired(between, unknown or [end])
    elif unknown and (low >= 0 or len(between) <= len(unknown)):
        yield from _paired(between[: len(unknown)], unknown)


def _paired(ranks: Sequence[int], problems: Sequence[Problem]) -> Iterator[_Kept]:
    """Each with the problem that is likeliest its own; as nobody knows, it is for those whom all of them allow."""
    groups = reduce(narrowed, (each.groups for each in problems), frozenset[str]())
    for number, rank in enumerate(ranks):
        yield _Kept(rank, problems[min(number, len(problems) - 1)], groups)
