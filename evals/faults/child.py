"""One ingest in a process of its own, and what it said."""

import json
import os
import pwd
import resource
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from time import monotonic

from evals.faults.parsers import faulty
from index.errors import CitedeskError
from index.ingest import Progress, ingest
from index.parse import read as parse
from index.reading.job import Limits
from rag.desk import open_desk
from rag.settings import quiet_environment, read

_UNIT = 2**20 if sys.platform == "darwin" else 2**10  # what getrusage counts in, per megabyte


@dataclass(frozen=True, slots=True)
class Told:
    """What an ingest said: a line a failure, or why it ended; the titles that are in; what it took in seconds and, at
    most, in resident megabytes: this process's and its largest worker's."""

    said: tuple[str, ...]
    titles: tuple[str, ...]
    seconds: float
    own: float
    worker: float


def main(home: str, folder: str, trait: str) -> None:
    """Ingests ``folder`` into the library in ``home`` and prints a Told as JSON. ``trait`` is what is odd about the
    process itself; see ``evals.faults.inputs``."""
    quiet_environment()
    limits = Limits(seconds=3.0) if trait == "parser" else Limits()
    said, titles = list[str](), tuple[str, ...]()
    before = _peak(resource.RUSAGE_SELF)
    begun = monotonic()
    try:
        if trait == "read-only":
            _lose_rights(Path(home))
        with closing(open_desk(read({"CITEDESK_HOME": home}))) as desk:
            begun = monotonic()
            summary = ingest(
                desk.library,
                desk.index,
                desk.model,
                [Path(folder)],
                budget=desk.settings.chunk_tokens,
                advance=_advance(Path(folder), trait),
                limits=limits,
                parser=faulty if trait == "parser" else parse,
            )
            said = [f"{Path(each.path).name}: {each.reason}" for each in summary.failed]
            titles = tuple(sorted(entry.title for entry in desk.library.entries()))
    except CitedeskError as error:
        said.append(f"citedesk: {error}")
    seconds = monotonic() - begun
    own, worker = _peak(resource.RUSAGE_SELF), _peak(resource.RUSAGE_CHILDREN)
    sys.stdout.write(json.dumps(asdict(Told(tuple(said), titles, seconds, max(own, before), worker))))
    sys.stdout.flush()
    os._exit(0)


def _advance(folder: Path, trait: str) -> Callable[[Progress], None]:
    """What happens meanwhile."""

    def advance(step: Progress) -> None:
        if trait == "vanishing":  # it was listed, and is not read yet
            (folder / "vanishing.txt").unlink(missing_ok=True)
        if trait == "full" and step.chunks:  # the workers have started and may go on
            resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))

    return advance


def _lose_rights(home: Path) -> None:
    """The home folder can be written by nobody from here on; not by the superuser either, who becomes somebody else."""
    home.chmod(0o555)
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        for path in home.parents:
            with suppress(OSError):
                path.chmod(path.stat().st_mode | 0o11)
        os.setgid(nobody.pw_gid)
        os.setuid(nobody.pw_uid)


def _peak(who: int) -> float:
    return resource.getrusage(who).ru_maxrss / _UNIT
