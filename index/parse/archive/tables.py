"""What is said in an archive of its files: in metadata tables, and beside single files (see ``index.metadata``)."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from index.errors import ParseError
from index.metadata import Metadata, Table, is_table, read_table
from index.parse.draft import Stated
from index.parse.limits import TooMuch
from index.sidecars import ENDING, is_sidecar, read_sidecar

_ROOT = Path("/")  # where the names in an archive are put to be looked up; nothing is read from there
_MOST = 10  # problems told of one table


def tells(name: str) -> bool:
    """Whether a file of that name only says what others are."""
    return is_table(Path(name)) or is_sidecar(Path(name))


class Tables:
    """The tables of one archive, and what is said beside its files."""

    def __init__(self, files: Mapping[str, Callable[[], bytes]]) -> None:
        """``files`` are all of the archive by their names, and what gives the content of each."""
        self._tables, self._shut = list[Table](), dict[PurePosixPath, str]()
        self._stray = list[tuple[str, str]]()
        known = {name: PurePosixPath(name).parent for name in sorted(files) if is_table(Path(name))}
        folders = Counter(known.values())
        for name, folder in known.items():
            try:
                if folders[folder] > 1:
                    raise ParseError("stands beside another one that differs in capital letters only; keep one")
                self._tables.append(read_table(_ROOT / name, files[name]()))
            except TooMuch:
                raise
            except ParseError as error:
                self._shut[folder] = f"is below {name}, which {error}"
        beside = dict[Path, Stated]()
        for name in filter(lambda name: is_sidecar(Path(name)), sorted(files)):
            about = name[: -len(ENDING)]
            try:
                if _ROOT / about in beside:
                    raise ParseError("stands beside another one that differs in capital letters only; keep one")
                beside[_ROOT / about] = read_sidecar(files[name]())
            except TooMuch:
                raise
            except ParseError as error:
                self._shut[PurePosixPath(about)] = f"is what {name} speaks of, which {error}"
            if about not in files:
                self._stray.append((name, f"says what {PurePosixPath(about).name} is, which is not there"))
        self._metadata = Metadata(self._tables, beside)

    def shut(self, name: str) -> str:
        """Why the file must not be read: what is said of it might be who must not see it. "" when it may."""
        path = PurePosixPath(name)
        return next((self._shut[each] for each in (path, *path.parents) if each in self._shut), "")

    def stated(self, name: str) -> Stated:
        """What is said of the file."""
        return self._metadata.stated(_ROOT / name)

    def problems(self) -> Iterator[tuple[str, str]]:
        """The name of what tells and what is wrong in it, once ``stated`` was asked of every file."""
        yield from self._stray
        for table in self._tables:
            found = self._metadata.problems(table)
            told = found[:_MOST] + ([f"and {len(found) - _MOST} more like these"] if len(found) > _MOST else [])
            yield from ((table.source.relative_to(_ROOT).as_posix(), problem) for problem in told)
