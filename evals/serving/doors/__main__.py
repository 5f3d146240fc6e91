"""``python -m evals.serving.doors``: what every door of a server shows to those without rights, as a Markdown table."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from evals.bench.tools import child, command, say, table
from evals.serving.doors.scene import PASSWORD, SETTINGS, Operator, prepare
from evals.serving.doors.texts import NOBODY, write_documents
from evals.serving.doors.trial import ELSEWHERE, Row, Trial, tried
from evals.serving.server import filled, running
from index.errors import CitedeskError
from rag.settings import quiet_environment

_CLI = (sys.executable, "-c", "from rag.cli import main; main()")


def main() -> int:
    """The command; returns its exit code: 0 every door holds, 1 one does not, 2 nothing could be tried."""
    quiet_environment()
    try:
        with TemporaryDirectory(prefix="citedesk-doors-") as place:
            folder, home = Path(place, "documents"), Path(place, "home")
            folder.mkdir()
            write_documents(folder)
            filled(home, folder)
            operator = by_commands(home, folder)
            operator.add("admin", NOBODY, True)  # a server that nobody could sign in to does not start
            with running(home, SETTINGS) as server:
                found = tried(prepare(server.address, operator, folder, home))
    except (CitedeskError, subprocess.CalledProcessError) as error:
        sys.stderr.write(f"evals.serving.doors: {error}\n")
        return 2
    report(found)
    return 1 if found.faults() else 0


def by_commands(home: Path, folder: Path) -> Operator:
    """The server's operator at a terminal."""

    def users(*arguments: str, typed: str = "") -> str:
        with child([*_CLI, "users", *arguments], home, subprocess.PIPE) as process:
            output, _ = process.communicate(typed.encode())
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, f"citedesk users {arguments[0]}")
        return output.decode().strip()

    def add(name: str, groups: frozenset[str], admin: bool) -> None:
        role = ["--admin"] if admin else []
        users("add", name, *role, "--groups", ",".join(groups), "--password-stdin", typed=f"{PASSWORD}\n")

    def disable(name: str) -> None:
        users("disable", name)

    def join(name: str, groups: frozenset[str]) -> None:
        users("groups", name, ",".join(groups))

    def ingest() -> None:
        command(home, ["ingest", str(folder)])

    return Operator(add, lambda name: users("key", "add", name), disable, join, ingest)


def report(found: Trial) -> None:
    """Prints both tables, and what is wrong."""
    knocks = sum(len(row.cells) for row in (*found.rows, *found.foreign))
    table(
        "Doors",
        f"{len(found.rows)} doors, {len(found.ranks)} ranks, {knocks} cells with the table below; 5 documents, 3 of "
        "them for the group board (one only since it was asked about), 1 for another group. Access: local users, API "
        "keys, widget tokens. `–`: nothing of what is not for them; `own`: documents of their own group; `SEEN`: id, "
        "title, outlet, file name or words of another group's; `TOLD`: another answer than for a made-up name.",
        ["door", *found.ranks],
        _lines(found.rows),
    )
    table(
        "Pages that are not ours",
        f"The {len(found.foreign)} doors that change something, with the session of a member of the group.",
        ["door", *(name for name, _ in ELSEWHERE)],
        _lines(found.foreign),
    )
    faults = found.faults()
    say("\n" + ("\n".join(f"- {each}" for each in faults) if faults else "Every door holds."))


def _lines(rows: Sequence[Row]) -> list[list[str]]:
    return [[f"`{row.door}`", *map(str, row.cells)] for row in rows]


if __name__ == "__main__":
    raise SystemExit(main())
