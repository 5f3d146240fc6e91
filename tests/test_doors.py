"""Every door of a whole server, tried by everybody who may not come in or may not see all."""

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.routing import iter_route_contexts
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from evals.serving.doors.listed import doors
from evals.serving.doors.scene import PASSWORD, SETTINGS, Operator, prepare
from evals.serving.doors.texts import NOBODY, write_documents
from evals.serving.doors.trial import Trial, tried
from rag.desk import ingest_paths
from tests.serving import opened, served
from ui.api import closed
from ui.people import Role, Via
from ui.server import Server
from ui.web import application

# Gradio makes a summary of its events now and then, with an option that its pandas no longer likes.
pytestmark = pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting':Warning")


def by_hand(server: Server, folder: Path) -> Operator:
    """The operator of a server in this process."""
    accounts = server.accounts

    def add(name: str, groups: frozenset[str], admin: bool) -> None:
        accounts.add(name, PASSWORD, Role.ADMIN if admin else Role.READER, groups)

    def key(name: str) -> str:
        user = accounts.user(Via.LOCAL, name)
        assert user is not None
        return accounts.add_key(user, "trial").text

    def disable(name: str) -> None:
        user = accounts.user(Via.LOCAL, name)
        assert user is not None
        accounts.set_disabled(user, True)

    def ingest() -> None:
        assert len(ingest_paths(server.desk, [folder]).changed) == 1

    return Operator(add, key, disable, accounts.set_groups, ingest)


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    base = tmp_path_factory.mktemp("doors")
    folder, home = base / "documents", base / "home"
    folder.mkdir()
    write_documents(folder)
    with opened(home, folder, SETTINGS) as server:
        operator = by_hand(server, folder)
        operator.add("admin", NOBODY, True)
        logging.disable()  # Gradio fails at some of its doors, and tells so at length
        try:
            with served(server) as address:
                yield tried(prepare(address, operator, folder, home))
        finally:
            logging.disable(logging.NOTSET)


def test_no_door_shows_anybody_what_is_not_theirs(trial: Trial) -> None:
    assert trial.faults() == []


def test_the_trial_can_fail(trial: Trial) -> None:
    members = [row for row in trial.rows if row.cells[-1].own]
    assert len(members) > 50, "whoever may see it all does see it"
    others = replace(members[0].cells[-1], own=(), seen=members[0].cells[-1].own)
    seen = replace(members[0], cells=(others, *members[0].cells[1:]))
    (fault,) = replace(trial, rows=(seen,), foreign=()).faults()
    assert fault.startswith("nobody learns")
    assert replace(trial, rows=(), foreign=(replace(members[0], cells=(others,) * 4),), harmed="").faults()


def test_every_route_of_the_server_is_tried(tmp_path: Path) -> None:
    known = {(door.method, door.route) for door in doors()}
    with opened(tmp_path / "home", None, SETTINGS) as server:

        async def built() -> set[tuple[str, str]]:  # in an event loop, or Gradio would leave some of its own
            return routes(application(server, lambda: None))

        every = asyncio.run(built())
    assert len(every) > 100
    anyhow = {("", route) for _, route in known}
    untried = {each for each in every - known if each[0] or each not in anyhow}
    assert untried == set()


def routes(app: object) -> set[tuple[str, str]]:
    """Method and path of every route, "" for a method where it takes any; the application is behind what guards it."""
    found = set()
    for context in iter_route_contexts(having_routes(app).routes):
        route = context.original_route
        if isinstance(route, Mount):
            found |= routes(route.app)
        elif isinstance(route, Route) and route.endpoint.__module__ != closed.__name__:
            path = context.path or route.path
            found |= {(method, path.rstrip("/") or "/") for method in route.methods or {""}}
    return found


def having_routes(app: object) -> Starlette:
    """The application inside what is wrapped around it, in functions or in objects."""
    if isinstance(app, Starlette):
        return app
    held = [cell.cell_contents for cell in getattr(app, "__closure__", None) or ()]
    held += vars(app).values() if hasattr(app, "__dict__") else []
    return next(found for each in held if callable(each) and (found := maybe(each)))


def maybe(app: object) -> Starlette | None:
    try:
        return having_routes(app)
    except StopIteration:
        return None
