"""``citedesk doctor --production``: whether this machine is set up to serve others, and what to do where it is not."""

import os
import shutil
import socket
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from index.errors import CitedeskError
from rag.doctor import Check
from rag.settings import Settings, read
from rag.sharing import Sharing
from ui.access import check as check_access
from ui.access.choice import is_loopback
from ui.operations import open_files

_SHORTEST = 16  # characters of a secret that somebody made up
_CONNECTIONS = 4096
_SPARE = 1_000_000_000  # bytes
_WIDEST = 256  # addresses that one entry of CITEDESK_PROXIES may stand for


def checks(settings: Settings) -> Iterator[Check]:
    """What a server for others needs beside a library that can be asked; settings first, then files, then the machine.
    Nothing is changed, but for the process's own limit of open files."""
    yield _access(settings)
    yield _address(settings.sharing)
    yield _proxies(settings.sharing)
    yield _secrets(settings.sharing)
    yield from _files(settings)
    yield _audit(settings.sharing)
    yield _retention(settings.sharing)
    yield _metrics(settings.sharing)
    yield _user()
    yield _disk(settings.home)
    yield _connections()
    yield _chroma(settings)


def _access(settings: Settings) -> Check:
    what, chosen = "access", settings.sharing.access
    if not chosen:
        remedy = "set CITEDESK_ACCESS to local, proxy, oidc or open"
        return Check(what, False, "nothing says who may use the server", remedy)
    try:
        check_access(settings)
    except CitedeskError as error:
        return Check(what, False, str(error), "see the message")
    return Check(what, True, {"open": "open: everybody who reaches it"}.get(chosen, chosen))


def _address(sharing: Sharing) -> Check:
    what, public = "address", sharing.public_url
    remedy = "set CITEDESK_PUBLIC_URL to the https address that people use"
    if public is None:
        return Check(what, False, "not known", remedy)
    if urlsplit(public).scheme != "https" and not is_loopback(urlsplit(public).hostname or ""):
        return Check(what, False, f"{public} is not encrypted", remedy)
    return Check(what, True, public)


def _proxies(sharing: Sharing) -> Check:
    what, wide = "proxies", [str(each) for each in sharing.proxies if each.num_addresses > _WIDEST]
    if wide:
        found = f"{', '.join(wide)}: anybody there is believed"
        return Check(what, False, found, "name the proxy's own address in CITEDESK_PROXIES")
    if not sharing.proxies and (sharing.public_url or "").startswith("https://"):
        remedy = "name its address in CITEDESK_PROXIES, or visitors cannot be told apart when passwords are tried"
        return Check(what, False, "none is named, and something must do the https", remedy)
    return Check(what, True, ", ".join(map(str, sharing.proxies)) or "none")


def _secrets(sharing: Sharing) -> Check:
    held = {
        "CITEDESK_WIDGET_SECRET": sharing.widget_secret,
        "CITEDESK_OIDC_SECRET": sharing.oidc_secret,
        "CITEDESK_METRICS": sharing.metrics,
    }
    weak = [name for name, value in held.items() if value and (len(value) < _SHORTEST or len(set(value)) < 8)]
    if weak:
        return Check("secrets", False, f"easily guessed: {', '.join(weak)}", "`openssl rand -hex 32` makes one")
    return Check("secrets", True, ", ".join(name for name, value in held.items() if value) or "none")


def _files(settings: Settings) -> Iterator[Check]:
    """The folder, and each file in it that holds what not everybody may read, as far as they are there."""
    home, audit = settings.home, settings.sharing.audit
    private = [home, home / "accounts.sqlite", home / "history.sqlite", *([audit] if audit else [])]
    found = {path: stat.S_IMODE(path.stat().st_mode) for path in private if path.exists()}
    open_ = [path for path, mode in found.items() if mode & 0o077]
    if open_:
        told = ", ".join(f"{path} has mode {found[path]:o}" for path in open_)
        remedy = " && ".join(f"chmod {700 if path.is_dir() else 600} {path}" for path in open_)
        yield Check("files", False, told, remedy)
    else:
        yield Check("files", True, f"{home} is read by its owner only" if found else f"{home} is not there yet")


def _audit(sharing: Sharing) -> Check:
    if sharing.audit is None:
        return Check("audit log", False, "none", "set CITEDESK_AUDIT to a file, such as /var/log/citedesk/audit.jsonl")
    folder = sharing.audit.parent
    writable = os.access(sharing.audit if sharing.audit.exists() else folder, os.W_OK)
    if not writable:
        return Check("audit log", False, f"{sharing.audit} cannot be written", "let the server's user write it")
    return Check("audit log", True, str(sharing.audit))


def _retention(sharing: Sharing) -> Check:
    if not sharing.keep_days:
        return Check("retention", False, "conversations are kept for ever", "set CITEDESK_KEEP_DAYS")
    return Check("retention", True, f"conversations are deleted {sharing.keep_days} days after their last question")


def _metrics(sharing: Sharing) -> Check:
    return Check("metrics", True, "with a token" if sharing.metrics else "no token: from this machine only")


def _user() -> Check:
    root = sys.platform != "win32" and os.geteuid() == 0
    remedy = "run it, and this command, as a user of its own; ui/deploy/citedesk.service does"
    return Check("user", not root, "root" if root else "not root", remedy)


def _disk(home: Path) -> Check:
    there = next((each for each in (home, *home.parents) if each.exists()), home)
    free = shutil.disk_usage(there).free
    found = f"{free / 1e9:.1f} GB free for {home}"
    return Check("disk", free >= _SPARE, found, f"make room: at least {_SPARE / 1e9:.0f} GB")


def _connections() -> Check:
    most = open_files.allow()
    remedy = "raise the limit of open files: LimitNOFILE=65536 in the systemd unit, or `ulimit -Hn 65536`"
    return Check("connections", most >= _CONNECTIONS, f"up to {most} open files", remedy)


def _chroma(settings: Settings) -> Check:
    if settings.chroma_url is None:
        return Check("Chroma", True, "in the server's own process")
    parts = urlsplit(settings.chroma_url)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        socket.create_connection((parts.hostname or "", port), timeout=3).close()
    except (OSError, ValueError) as error:
        remedy = "start it, or correct CHROMA_URL; until then every search is an exact one"
        return Check("Chroma", False, f"{settings.chroma_url} cannot be reached: {error}", remedy)
    return Check("Chroma", True, f"{settings.chroma_url} answers")


def main(say: Callable[[str], object] = sys.stdout.write) -> int:
    """Prints the checks of this process's settings; 0 where all passed, 1 where one did not, 2 for a wrong setting."""
    try:
        settings = read()
    except CitedeskError as error:
        sys.stderr.write(f"citedesk: {error}\n")
        return 2
    healthy = True
    for check in checks(settings):
        say(f"{'ok  ' if check.passed else 'FAIL'}  {check.what}: {check.found}\n")
        healthy = healthy and check.passed
        if not check.passed:
            say(f"      → {check.remedy}\n")
    return 0 if healthy else 1


if __name__ == "__main__":
    raise SystemExit(main())
