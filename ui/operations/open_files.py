"""How many connections the system lets this process hold."""

import sys

WANTED = 65_536
"""Open files and connections that a server asks the system for."""


def allow() -> int:
    """Raises this process's limit of open files, each connection being one, as far as the system lets it; returns
    what it is now (``WANTED`` where there is none)."""
    if sys.platform == "win32":
        return WANTED
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = WANTED if hard == resource.RLIM_INFINITY else min(WANTED, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        return most
    return WANTED if soft == resource.RLIM_INFINITY else soft
