"""A whole server over a small corpus, in this process, for tests that speak HTTP with it."""

import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import uvicorn

from rag.desk import ingest_paths, open_desk
from rag.settings import read
from ui.serve import close_server, open_server
from ui.server import Server
from ui.web import application


@contextmanager
def opened(home: Path, corpus: Path | None, environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """The parts of a server over ``corpus``; ``environment`` holds its settings."""
    with closing(open_desk(read({"CITEDESK_HOME": str(home), **(environment or {})}))) as desk:
        if corpus is not None:
            ingest_paths(desk, [corpus])
        server = open_server(desk)
        try:
            yield server
        finally:
            close_server(server)


@contextmanager
def served(server: Server) -> Iterator[str]:
    """The address of the server, running in a thread until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        begun = threading.Event()
        config = uvicorn.Config(
            lambda: application(server, begun.set),
            factory=True,  # in its event loop: Gradio would make two of its own and leave them
            log_level="error",
            access_log=False,
            proxy_headers=False,
            timeout_graceful_shutdown=1,
        )
        running = uvicorn.Server(config)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            assert begun.wait(30)
            while not running.started:
                time.sleep(0.01)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            running.should_exit = True
            thread.join(20)
