"""``citedesk backup`` and ``citedesk restore``: the home folder to one file and back."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from index.backup import Step, backup, verify
from index.manifest import Manifest
from index.restore import restore
from rag.settings import Settings
from rag.words import count


def backup_command(settings: Settings, file: Path, force: bool) -> int:
    """``citedesk backup FILE``: writes it, and says what is in it."""
    with _bar() as advance:
        manifest = backup(settings.home, file, force=force, advance=advance)
    size = file.stat().st_size / 1e6
    _write(f"{file}: {_told(manifest)}; {size:,.1f} MB, read back and verified")
    return 0


def verify_command(file: Path) -> int:
    """``citedesk backup --verify FILE``: reads all of it, and says what is in it."""
    with _bar() as advance:
        manifest = verify(file, advance)
    _write(f"{file}: {_told(manifest)}; whole, made {manifest.made:%Y-%m-%d %H:%M} UTC")
    return 0


def restore_command(settings: Settings, file: Path, into: Path | None, force: bool) -> int:
    """``citedesk restore FILE``: puts it back, and says where what was there before is."""
    home = settings.home if into is None else into.expanduser().absolute()
    with _bar() as advance:
        done = restore(file, home, force=force, advance=advance)
    _write(f"{home}: {_told(done.manifest)}, as of {done.manifest.made:%Y-%m-%d %H:%M} UTC")
    if done.aside is not None:
        _write(f"What was there before is in {done.aside}; delete it when you do not need it any more")
    return 0


def _told(manifest: Manifest) -> str:
    others = len(manifest.members) - 1
    held = f"{count(manifest.documents, 'document')}, {count(manifest.chunks, 'chunk')}"
    return f"{held} and {count(others, 'other file')}" if others else held


@contextmanager
def _bar() -> Iterator[Callable[[Step], None]]:
    """A progress bar on standard error, and the function that moves it; nothing where that is no terminal."""
    columns = (TextColumn("{task.description:32.32}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Bar(*columns, console=console, transient=True, disable=not console.is_terminal) as shown:
        task = shown.add_task("", total=None)
        yield lambda step: shown.update(task, completed=step.done, total=step.total or None, description=step.name)


def _write(text: str) -> None:
    sys.stdout.write(text.encode("utf-8", "replace").decode("utf-8") + "\n")
