"""A file with all that is in it -> Documents: each part is read as if it were a file of its own."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from index.errors import ParseError
from index.parse.articles import split
from index.parse.canonical import document
from index.parse.draft import NO_TRACE, Draft, Item, Stated, Trace, with_stated
from index.parse.formats import ARTICLES, CONTAINERS, LISTS, SUFFIXES
from index.parse.limits import DEEPEST, Allowance, TooMuch
from index.parse.member import NotRead
from index.parse.office.grid import entitled
from index.reading.pace import progressed
from index.rights import narrowed
from index.types import Document

OWN_TEXT = "its own text"
"""What a Problem names when the text of the file itself cannot be read, and other parts of it can."""
_NOTHING = "holds no text"
_TOLD = 3  # problems told where nothing at all could be read


@dataclass(frozen=True, slots=True, eq=False)
class Listed:
    """The ``parts`` of a list of articles, such as a feed, in its order, those that could not be read among them; all
    lie in the part ``within``. Each such list is equal to itself alone."""

    within: str | None
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """A part of a file that could not be read (see ``Document.part``), and why; the others were. ``skipped`` is true
    where nothing is wrong with it but that it is not a kind of file that is read, as with files that lie in folders.

    ``own`` and ``below`` say what of it is missing: its own text, what lies in it. ``groups`` are those outside of
    which nobody may see it, by what is said around it; none are everybody. Of an article that a list ``listed``,
    ``trace`` has which part it was.
    """

    part: str
    reason: str
    skipped: bool = False
    own: bool = True
    below: bool = True
    groups: frozenset[str] = frozenset()
    trace: Trace = NO_TRACE
    listed: Listed | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """The articles of a file, in order, and those of its parts that could not be read."""

    documents: tuple[Document, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in a file one stands: the ``part``, how many containers it lies in, and what is stated of it.

    ``stated`` stands in the place of what the part says itself. ``within`` are the groups of what it lies in: nobody
    else sees it, whatever is said in there.
    """

    part: str | None = None
    depth: int = 0
    stated: Stated = field(default_factory=Stated)
    within: frozenset[str] = frozenset()

    @property
    def groups(self) -> frozenset[str]:
        """Who may see it at the most, whatever it says itself."""
        return narrowed(self.within, self.stated.groups or frozenset())


@dataclass(slots=True)
class _Reading:
    path: Path
    modified: datetime
    allowance: Allowance = field(default_factory=Allowance)
    documents: list[Document] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_parts(path: Path, data: bytes, modified: datetime, stated: Stated) -> Parsed:
    """See ``index.parse.read``."""
    suffix = path.suffix.lower()
    # Imported here: it stands on the parsers itself.
    from index.metadata import is_table

    if is_table(path):
        raise ParseError("says what the files beside it are; ingest its folder")
    if suffix not in SUFFIXES:
        raise ParseError(f"has a suffix that is not read; these are: {', '.join(SUFFIXES)}")
    reading = _Reading(path, modified)
    _read(reading, suffix, data, _Place(stated=stated))
    if not reading.documents:
        raise ParseError(_all_of(reading.problems))
    return Parsed(tuple(reading.documents), tuple(reading.problems))


def joined(part: str | None, name: str) -> str:
    """The part that is called ``name`` in ``part``."""
    return name if part is None else f"{part}/{name}"


def _all_of(problems: list[Problem]) -> str:
    """Why nothing of a file could be read."""
    told = "; ".join(f"{problem.part} {problem.reason}" for problem in problems[:_TOLD])
    more = f"; and {len(problems) - _TOLD:,} more like these" if len(problems) > _TOLD else ""
    return f"holds nothing that could be read: {told}{more}" if told else _NOTHING


def _read(reading: _Reading, suffix: str, data: bytes, place: _Place) -> None:
    """Reads one file. Raises ParseError when nothing of it can be read; what is wrong with parts of it is noted."""
    before = len(reading.documents), len(reading.problems)
    failed: ParseError | None = None
    shut: ParseError | None = None
    if suffix in ARTICLES:
        try:
            draft = entitled(ARTICLES[suffix](data), place.part or reading.path.name)
            _add(reading, place, (replace(each, encoding=each.encoding or draft.encoding) for each in split(draft)))
            reading.problems += [Problem(joined(place.part, page.name), page.problem) for page in draft.unread]
        except RecursionError as error:  # any format that nests can be made to nest deeper than its library recurses
            failed = ParseError("is nested too deeply")
            failed.__cause__ = error
        except ParseError as error:
            failed = error
    if suffix in LISTS:
        _list(reading, suffix, data, place)
    if suffix in CONTAINERS:
        try:
            _members(reading, suffix, data, place)
        except TooMuch:
            raise
        except ParseError as error:
            shut = error
    problem = failed or shut
    if before == (len(reading.documents), len(reading.problems)):
        raise problem or ParseError(_NOTHING)
    # A message that does nothing but carry files is no problem.
    if problem is not None and (str(problem) != _NOTHING or len(reading.documents) == before[0]):
        missing = Problem(place.part or OWN_TEXT, str(problem), own=failed is not None, below=shut is not None)
        reading.problems.append(replace(missing, groups=place.groups))


def _list(reading: _Reading, suffix: str, data: bytes, place: _Place) -> None:
    stated = replace(place.stated, title=None)
    try:
        items = LISTS[suffix](data)
    except RecursionError as error:
        raise ParseError("is nested too deeply") from error
    listed = Listed(place.part, tuple(joined(place.part, item.name) for item in items))
    for item, part in zip(items, listed.parts, strict=True):
        reading.allowance.count()
        try:
            if item.draft is None:
                raise ParseError(item.problem)
            _add(reading, replace(place, part=part, stated=stated), [item.draft])
        except ParseError as error:
            trace = _trace(item, place)
            groups = narrowed(place.groups, trace.groups)
            reading.problems.append(Problem(part, str(error), groups=groups, trace=trace, listed=listed))


def _trace(item: Item, place: _Place) -> Trace:
    """What is known of an article that was not read, by the names of parts."""
    own = Trace((item.name,), sure=True, groups=item.draft.groups) if item.draft else item.trace
    groups = own.groups if place.stated.groups is None else frozenset[str]()  # what is said around it counts instead
    return replace(own, names=tuple(joined(place.part, name) for name in own.names), groups=groups)


def _members(reading: _Reading, suffix: str, data: bytes, place: _Place) -> None:
    within = _narrowed(place.within, place.stated.groups)
    # What is said of an archive is said of all in it; what is said of a message is not, but for who may see it.
    inherited = Stated() if suffix == ".eml" else replace(place.stated, title=None, groups=None)
    deeper = place.depth + (suffix != ".mbox")  # which holds messages and nothing else
    for member in CONTAINERS[suffix](data, reading.allowance):
        if place.depth == DEEPEST:
            raise ParseError(f"lies in {DEEPEST} archives or messages inside of each other: unpack it, then ingest it")
        reading.allowance.count()
        part = joined(place.part, member.name)
        inside = _Place(part, deeper, _nearer(member.stated, inherited), within)
        try:
            _read(reading, member.suffix, member.load(), inside)
        except TooMuch:
            raise
        except ParseError as error:
            skipped = isinstance(error, NotRead)
            reading.problems.append(Problem(part, str(error), skipped, groups=inside.groups))
        except MemoryError:  # of a process whose memory is limited; what this part took is free again
            reason = "takes more memory than there is: split it"
            reading.problems.append(Problem(part, reason, groups=inside.groups))
        progressed()


def _add(reading: _Reading, place: _Place, drafts: Iterable[Draft]) -> None:
    """Adds the articles of one part. Raises ParseError when there is none, or nobody could see them."""
    added = list[Document]()
    for number, draft in enumerate(drafts):
        said = with_stated(draft, replace(place.stated, title=None) if number else place.stated)
        ready = replace(said, groups=_narrowed(place.within, said.groups))
        found = document(ready, reading.path, number, reading.modified, place.part)
        if found is not None:
            added.append(found)
    if not added:
        raise ParseError(_NOTHING)
    reading.documents += added


def _narrowed(within: frozenset[str], groups: frozenset[str] | None) -> frozenset[str]:
    """Who may see a part for ``groups`` of what is for those ``within``; none are everybody. Raises ParseError when
    that would be nobody, as a document without groups is seen by all."""
    if within and groups and within.isdisjoint(groups):
        inner, outer = ", ".join(sorted(groups)), ", ".join(sorted(within))
        raise ParseError(f"is for the groups {inner}, but lies in what is for {outer} only: name a group of both")
    return within & groups if within and groups else within or groups or frozenset()


def _nearer(near: Stated, far: Stated) -> Stated:
    """``far`` with what is stated nearer by in the place of it."""
    dated = near if near.published else far
    return Stated(
        title=near.title or far.title,
        outlet=near.outlet or far.outlet,
        author=near.author or far.author,
        published=dated.published,
        url=near.url or far.url,
        groups=far.groups if near.groups is None else near.groups,
        precision=dated.precision,
        language=near.language or far.language,
    )
