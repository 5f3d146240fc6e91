"""A server with users, groups and a scripted model, for tests of its doors for programs."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from evals.model_server import Script, model_server
from tests.browser_support import FILLER, write, write_corpus
from tests.serving import opened, served
from ui.people import Role
from ui.server import Server

SECRET = "The board of the Halden shipyard decided to close the yard in Brenn in 2027."
SECRET_QUESTION = "What did the board of the Halden shipyard decide?"
NO_MODEL = {"CITEDESK_MODEL": "", "OPENAI_BASE_URL": "", "OPENAI_API_KEY": ""}
PERSONS: Mapping[str, tuple[str, ...]] = {"ann": ("board",), "bob": ()}


@dataclass(frozen=True, slots=True)
class Doors:
    """A running server: its address, its parts, the model that it asks, and an API key of each person."""

    address: str
    server: Server
    script: Script
    keys: Mapping[str, str] = field(repr=False)

    def client(self, name: str | None) -> httpx.Client:
        """An HTTP client of that person; of nobody for None. To be closed."""
        headers = {} if name is None else {"Authorization": f"Bearer {self.keys[name]}"}
        return httpx.Client(base_url=self.address, headers=headers, timeout=30)

    @property
    def secret(self) -> str:
        """The id of the board's document."""
        return next(one.id for one in self.server.desk.library.entries() if one.title == "Minutes of the board")


@contextmanager
def doors(folder: Path, more: Mapping[str, str] | None = None) -> Iterator[Doors]:
    """A server over the browser tests' documents and one that only the group board may see. Ann is of the board, Bob is
    not. A person may ask one question at a time, and nobody waits."""
    corpus = folder / "documents"
    corpus.mkdir()
    write_corpus(corpus)
    write(
        corpus,
        "minutes.md",
        "title: Minutes of the board\noutlet: Halden\ndate: 2024-02-01\ngroups: board",
        [FILLER[0], SECRET, FILLER[1]],
    )
    script = Script()
    with model_server(script) as model:
        environment = {
            "CITEDESK_ACCESS": "local",
            "CITEDESK_EACH": "1",
            "CITEDESK_WAITING": "0",
            "CITEDESK_MODEL": "scripted",
            "OPENAI_BASE_URL": model,
            "OPENAI_API_KEY": "a-key",
            **(more or {}),
        }
        with opened(folder / "home", corpus, environment) as server:
            keys = {
                name: server.accounts.add_key(server.accounts.add(name, None, Role.READER, groups), "test").text
                for name, groups in PERSONS.items()
            }
            with served(server) as address:
                yield Doors(address, server, script, keys)
