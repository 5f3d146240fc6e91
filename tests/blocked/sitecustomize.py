"""On PYTHONPATH of a child process: refuses every connection and look-up that leaves the machine, and notes it."""

import ipaddress
import os
import sys

_ALLOWED = {"", "localhost", "0.0.0.0", "::"}


def _stays(host: object) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if not isinstance(name, str) or name in _ALLOWED:
        return True
    try:
        return ipaddress.ip_address(name.split("%")[0]).is_loopback
    except ValueError:
        return False


def _hook(event: str, given: tuple[object, ...]) -> None:
    host: object = None
    if event in {"socket.connect", "socket.sendto", "socket.sendmsg"} and isinstance(given[1], tuple):
        host = given[1][0]
    elif event in {"socket.getaddrinfo", "socket.gethostbyname"}:
        host = given[0]
    if not _stays(host):
        with open(os.environ["CITEDESK_TEST_LEAKS"], "a", encoding="utf-8") as file:  # noqa: PTH123
            file.write(f"{event} {host!r}\n")
        raise PermissionError(f"{event} {host!r} would leave the machine")


sys.addaudithook(_hook)
