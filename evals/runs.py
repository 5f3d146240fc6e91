"""A run on disk: a folder with run.json (what was run, with what), results.jsonl and the reports."""

import hashlib
import json
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from filelock import FileLock, Timeout

from evals.results import Row, encode, read_rows
from index.errors import UsageError

ROOT = Path(__file__).parent.parent
_LIBRARIES = ("chromadb", "llama-index", "onnxruntime", "numpy")


@dataclass(frozen=True, slots=True)
class Run:
    """What was run. ``code`` is the hash of the program that decides the figures, ``content`` that of the files they
    are about (by name, size and time of change). ``commit`` is empty outside a clone, and ends in "+" where the clone
    has changes that are not committed."""

    suites: tuple[str, ...]
    data: tuple[str, ...]
    documents: str
    content: str
    limit: int | None
    judge: str | None
    settings: Mapping[str, str | int | float | None]
    commit: str
    code: str
    machine: str
    versions: Mapping[str, str]
    started: str
    finished: bool = False
    seconds: float = 0.0

    def same(self, other: "Run") -> bool:
        """Whether rows of the two may stand in one results file."""
        return _decides(self) == _decides(other)


def describe(
    suites: Sequence[str],
    data: Sequence[Path],
    documents: Path,
    limit: int | None,
    judge: str | None,
    settings: Mapping[str, str | int | float | None],
) -> Run:
    """The run that is about to start on this machine, with this code. ``documents`` is the folder that questions of
    somebody's own, or our own cases, are about."""
    return Run(
        suites=tuple(suites),
        data=tuple(str(path.resolve()) for path in data),
        documents=str(documents.resolve()),
        content=_content([*data, documents]),
        limit=limit,
        judge=judge,
        settings=settings,
        commit=_commit(),
        code=code_hash(),
        machine=f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        versions={name: version(name) for name in _LIBRARIES},
        started=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def code_hash(rooms: Sequence[str] = ("index", "rag", "evals")) -> str:
    """One hash over the files of these rooms: what different code made must not be mixed."""
    digest = hashlib.sha256()
    for room in rooms:
        for path in sorted((ROOT / room).rglob("*")):
            if path.suffix in {".py", ".json", ".jsonl"} and path.name != "baseline.json":
                digest.update(f"{path.relative_to(ROOT).as_posix()}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _content(paths: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        for file in [path] if path.is_file() else sorted(path.rglob("*")):
            if file.is_file():
                about = file.stat()
                digest.update(f"{file.relative_to(path).as_posix()} {about.st_size} {about.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]


def _decides(run: Run) -> tuple[object, ...]:
    """What all rows of one results file have in common."""
    named = (run.suites, run.data, run.documents, run.limit, run.judge, dict(run.settings))
    return (*named, run.content, run.code)


class RunFolder:
    """A run's folder, with its rows so far. Whoever writes to it holds its lock until ``close``."""

    def __init__(self, folder: Path, run: Run, rows: Sequence[Row], lock: FileLock | None = None) -> None:
        self.folder, self.run, self.rows, self._lock = folder, run, list(rows), lock

    def add(self, row: Row) -> None:
        """Appends a row; once this returns it survives the end of the process."""
        with (self.folder / "results.jsonl").open("a", encoding="utf-8") as file:
            file.write(encode(row) + "\n")
        self.rows.append(row)

    def took(self, seconds: float) -> None:
        """Remembers how long this part of the run took."""
        self.run = replace(self.run, seconds=round(self.run.seconds + seconds, 1))
        _write(self.folder, self.run)

    def finish(self) -> None:
        """Marks the run as complete: it is not gone on with any more."""
        self.run = replace(self.run, finished=True)
        _write(self.folder, self.run)

    def close(self) -> None:
        """Lets others write to the folder."""
        if self._lock is not None:
            self._lock.release()


def open_run(home: Path, run: Run, out: Path | None, fresh: bool) -> RunFolder:
    """The folder to write to, locked: ``out``, or one named by the time below ``home``.

    An unfinished run of the same suites, data, settings and code that nobody is at is gone on with unless ``fresh``.
    Raises UsageError where ``out`` holds anything else.
    """
    if out is None:
        earlier = [] if fresh else sorted((path.parent for path in home.glob("*/run.json")), reverse=True)
        for folder in earlier:
            if (opened := _unfinished(folder, run)) is not None:
                return opened
        out = home / datetime.now().strftime("%Y%m%d-%H%M%S")
        while out.exists():
            out = out.with_name(out.name + "a")
    elif not fresh and (opened := _unfinished(out, run)) is not None:
        return opened
    if out.exists() and not (out.is_dir() and (not any(out.iterdir()) or (fresh and (out / "run.json").exists()))):
        raise UsageError(f"{out} holds a finished run, or one of other data or code; name another, or add --fresh")
    out.mkdir(parents=True, exist_ok=True)
    lock = _locked(out)
    if lock is None:
        raise UsageError(f"another `citedesk eval` is writing to {out}; name another folder")
    (out / "results.jsonl").write_bytes(b"")
    _write(out, run)
    return RunFolder(out, run, (), lock)


def _locked(folder: Path) -> FileLock | None:
    lock = FileLock(folder / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return None
    return lock


def read_run(path: Path) -> RunFolder:
    """A run by its folder. Raises UsageError where there is none."""
    try:
        run = _read(path)
        return RunFolder(path, run, tuple(read_rows(path / "results.jsonl")))
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(
            f"{path} is not the folder of a run ({error}); `citedesk eval` prints where it writes"
        ) from error


def _unfinished(folder: Path, run: Run) -> RunFolder | None:
    """The run in ``folder`` when it can be gone on with; its results file is cut after the last whole line."""
    try:
        found = _read(folder)
    except (OSError, ValueError, TypeError):
        return None
    if found.finished or not found.same(run):
        return None
    lock = _locked(folder)
    if lock is None:
        return None
    results = folder / "results.jsonl"
    os.truncate(results, results.read_bytes().rfind(b"\n") + 1)  # a line that was being written is graded again
    return RunFolder(folder, found, tuple(read_rows(results)), lock)


def _read(folder: Path) -> Run:
    given = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    return Run(**{**given, "suites": tuple(given["suites"]), "data": tuple(given["data"])})


def _write(folder: Path, run: Run) -> None:
    new = folder / "run.json.new"
    new.write_text(json.dumps(asdict(run), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    new.replace(folder / "run.json")


def _commit() -> str:
    def git(*words: str) -> str:
        try:
            done = subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, text=True, check=False)
        except OSError:  # git is not installed
            return ""
        return done.stdout.strip() if done.returncode == 0 else ""

    commit = git("rev-parse", "--short", "HEAD")
    return commit + "+" if commit and git("status", "--porcelain", "--", "index", "rag", "evals") else commit
