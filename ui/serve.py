"""``citedesk serve`` and ``python -m ui``: open the desk, read in the given paths, serve the page until Ctrl-C."""

import argparse
import asyncio
import logging
import socket
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

import uvicorn
from rich.console import Console

from index.errors import CitedeskError, ModelMismatch, UsageError
from rag import early, settings
from rag.batch import bar, summarise
from rag.desk import Desk, ingest_paths, open_desk, with_the_only_model
from rag.sharing import Sharing
from rag.words import count
from ui.access import check
from ui.access.accounts import Accounts
from ui.keeping.history import History
from ui.operations import logs, open_files
from ui.operations.admission import Admission
from ui.operations.audit import Audit
from ui.operations.retention import expiring
from ui.operations.stopping import Stopping
from ui.server import Server
from ui.shield import LOOPBACK
from ui.suggestions import Suggestions
from ui.web import application

TRIES = 10
"""How many ports after the usual one are tried when none was chosen."""
USUAL_PORT = 7860
MOST_HEAD = 65_536
"""Bytes of a request's first line and headers; a longer one is answered with 400."""
BREATH = 0.2
"""Seconds from the start until example questions are worked out: in them the page that is waited for can be sent."""
LATER = 1.0
"""Seconds from the start until what the first question needs is begun: the page has its example questions by then."""
PATIENCE = 5.0
"""Seconds to wait for a command that is using the vector index; a server keeps what it starts with."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves until interrupted; 0 after Ctrl-C, 2 when the server cannot start."""
    asked = _parser().parse_args(arguments)
    errors = Console(stderr=True)
    try:
        read = settings.read()
        shared = bool(read.sharing.access)
        logs.set_up(read.sharing.log, each_request=shared or read.sharing.log == "json")
        host, port = asked.host or read.host, read.port if asked.port is None else asked.port
        check(replace(read, host=host))
        if asked.watch and not asked.paths:
            raise UsageError("--watch needs the files or folders to watch: citedesk serve --watch PATH…")
        with _listen(host, port, chosen=asked.port is not None or port != USUAL_PORT) as listener:
            chosen = replace(read, host=host, port=listener.getsockname()[1])
            _serve(chosen, asked.paths, listener, errors, watch=asked.watch)
    except CitedeskError as error:
        errors.print(f"citedesk serve: {error}", style="red", markup=False, highlight=False, soft_wrap=True)
        return 2
    except KeyboardInterrupt:  # before there was anything to finish
        pass
    errors.print("Stopped.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="citedesk serve", description="Serve the page on which documents are asked and read."
    )
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="files or folders to read in first")
    parser.add_argument("--watch", action="store_true", help="read in again what changes there while the server runs")
    parser.add_argument("--host", help="address to listen on (default: CITEDESK_HOST or 127.0.0.1)")
    parser.add_argument(
        "--port", type=_port, help="port to listen on, 0 for a free one (default: CITEDESK_PORT or 7860)"
    )
    return parser


def _port(written: str) -> int:
    if not written.isdecimal() or int(written) > 65535:
        raise argparse.ArgumentTypeError(f"{written!r} is not a whole number from 0 to 65535")
    return int(written)


def _listen(host: str, port: int, *, chosen: bool) -> socket.socket:
    """A socket that listens on the port, or, unless it was chosen, on one of the next ``TRIES``."""
    last = port if chosen else min(port + TRIES, 65535)
    for candidate in range(port, last + 1):
        try:
            family, _, _, _, address = socket.getaddrinfo(host, candidate, type=socket.SOCK_STREAM)[0]
            return socket.create_server(address[:2], family=family)
        except socket.gaierror:
            raise UsageError(f"{host!r} is not an address of this computer; use 127.0.0.1 or 0.0.0.0.") from None
        except OSError as error:
            reason = error.strerror or str(error)
    where = f"port {port}" if last == port else f"ports {port} to {last}"
    raise UsageError(f"Cannot listen on {host}, {where}: {reason}. Choose another with --port.")


def _serve(
    chosen: settings.Settings, paths: Sequence[Path], listener: socket.socket, errors: Console, *, watch: bool
) -> None:
    desk = open_desk(with_the_only_model(chosen), PATIENCE)
    try:
        if paths:
            with bar() as advance:
                done = ingest_paths(desk, paths, advance)
            errors.print(summarise(done), markup=False, highlight=False, soft_wrap=True)
        _warn(desk, errors)
        server = open_server(desk)
        try:
            with _watching(desk, paths) if watch else nullcontext():
                _run(server, chosen, listener, errors)
        finally:
            close_server(server)
    finally:
        desk.close()


def _warn(desk: Desk, errors: Console) -> None:
    """Says so where no question can be answered; what can be read can be served all the same."""
    try:
        desk.library.require(desk.model.model_name)
    except ModelMismatch as error:
        errors.print(f"No question can be answered: {error}", markup=False, highlight=False, soft_wrap=True)


def _watching(desk: Desk, paths: Sequence[Path]) -> AbstractContextManager[None]:
    from ui.watch import watching  # its library takes a while to import, and few servers watch

    return watching(desk, paths)


def _run(server: Server, chosen: settings.Settings, listener: socket.socket, errors: Console) -> None:
    """Answers requests until a signal comes, and then until what is under way is answered."""
    tasks: list[asyncio.Task[None]] = []
    open_files.allow()

    def started() -> None:
        stopping.listen()
        tasks.append(asyncio.create_task(expiring(server.history, chosen.sharing.keep_days)))
        number = count(len(server.desk.library.entries()), "document")
        line = f"citedesk is serving {number} at {_address(chosen)} (Ctrl-C stops)"
        Console().print(line, highlight=False, soft_wrap=True)
        # Only now, so that nothing but the page is made before it can be seen. It also reads the models.
        asyncio.get_running_loop().call_later(BREATH, server.suggestions.refresh)
        asyncio.get_running_loop().call_later(LATER, early.search, server.desk)
        if chosen.sharing.access:
            errors.print(_who(chosen.sharing), markup=False, highlight=False, soft_wrap=True)

    def end() -> None:
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # that pages were still open is no error
        running.should_exit = True

    config = uvicorn.Config(
        lambda: application(server, started),
        factory=True,  # in its event loop: Gradio would make two of its own and leave them
        http="h11",  # the one that limits the length of a request's head
        h11_max_incomplete_event_size=MOST_HEAD,
        log_config=None,
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,  # ui.operations.forwarded reads them, of the proxies that are named
        timeout_graceful_shutdown=1,  # for what is not an answer: the page's streams, which never end by themselves
    )
    running = uvicorn.Server(config)
    stopping = Stopping(
        server.admission, end, lambda line: errors.print(line, markup=False, highlight=False, soft_wrap=True)
    )
    running.run(sockets=[listener])


def open_server(desk: Desk) -> Server:
    """The parts of a server over an open desk; to be given back with ``close_server``."""
    sharing, home = desk.settings.sharing, desk.settings.home
    return Server(
        desk,
        Suggestions(desk),
        Accounts(home / "accounts.sqlite"),
        History(home / "history.sqlite"),
        Admission(sharing.at_once, sharing.waiting, sharing.each),
        Audit(sharing.audit),
        operator=not sharing.access and desk.settings.host in LOOPBACK,
    )


def close_server(server: Server) -> None:
    """Closes all parts but the desk."""
    server.suggestions.close()
    server.audit.close()
    server.history.close()
    server.accounts.close()


def _who(sharing: Sharing) -> str:
    """Who may use a server that others reach, in a sentence."""
    who = {
        "open": "Everybody who reaches it may ask and read what is for everybody.",
        "local": "Whoever has a name and a password here may use it (`citedesk users`).",
        "proxy": f"Whoever a proxy at {', '.join(map(str, sharing.proxies))} names may use it.",
        "oidc": f"Whoever signs in at {sharing.oidc_issuer} may use it.",
    }[sharing.access]
    return f"{who} Its address: {sharing.public_url}/" if sharing.public_url else who


def _address(chosen: settings.Settings) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(chosen.host, chosen.host)
    return f"http://{f'[{host}]' if ':' in host else host}:{chosen.port}"
