"""Signing in with name and password, and signing out, in whatever way one came in."""

import math
from collections.abc import Awaitable, Callable
from typing import Annotated
from urllib.parse import quote

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from ui.access import pages
from ui.access.cookies import SESSION, named, written
from ui.access.origin import local_target, origin_of
from ui.access.peer import address_of
from ui.access.throttle import Throttle
from ui.access.types import User, plain_name
from ui.people import PERSON, Person, Role, Via
from ui.server import Server

NAME_TRIES, NAME_WAIT = 5, 60.0
"""Wrong passwords for one name before waiting begins, and its longest wait in seconds: short, or anybody could lock a
user out."""
ADDRESS_TRIES, ADDRESS_WAIT = 20, 900.0
"""The same for one address, which may be that of a whole office."""
HASHING = CapacityLimiter(2)
"""Threads that work on passwords: each takes 64 MiB."""
WRONG = "The name or the password is not right."
Ending = Callable[[str | None], Awaitable[str]]
"""From the id token of a session to the address where its provider ends its own; "" if it cannot."""
NOBODY = "Nobody signs in to this server."


class Door:
    """Name and password of local users, with a pause after failures."""

    def __init__(self, server: Server, names: Throttle, addresses: Throttle) -> None:
        self._server, self._names, self._addresses = server, names, addresses

    def knock(self, name: str, address: str) -> float:
        """Seconds until this name, from this address, is heard again; 0 for now, and then ``enter`` has to follow."""
        wait = max(self._names.wait(name), self._addresses.wait(address))
        if not wait:  # counted before it is known, so that many at once are no way around
            self._names.failed(name)
            self._addresses.failed(address)
        return wait

    def enter(self, name: str, password: str, address: str) -> User | None:
        """The user of this name and password, or None; either is noted in the audit log. It blocks: for threads."""
        accounts, audit = self._server.accounts, self._server.audit
        user = accounts.authenticated(name, password)
        if user is None:
            # Some type their password where the name belongs, so that no name is logged that nobody has.
            known = accounts.user(Via.LOCAL, name)
            nobody = Person(known.name if known else "unknown", Role.READER, frozenset(), Via.LOCAL)
            audit.note(nobody, "sign in failed", address)
            return None
        self._names.take_back(name, all_of_them=True)
        self._addresses.take_back(address, all_of_them=False)
        audit.note(user.person(self._server.sharing), "sign in", address)
        return user


def too_many(wait: int) -> str:
    """What is told to whoever has to wait that many seconds."""
    return f"Too many tries. Wait {wait} second{'s' * (wait != 1)}, then try again."


async def begun(request: Request, server: Server, user: User, target: str, hint: str | None = None) -> Response:
    """The way to ``target`` (see ``local_target``) with a new session; the browser's old one ends."""
    old = request.cookies.get(named(SESSION, server.sharing))
    if old:
        await to_thread.run_sync(server.accounts.end_session, old)
    token = await to_thread.run_sync(server.accounts.begin_session, user, hint)
    answer = RedirectResponse(target, 303, {"Cache-Control": "no-store"})
    answer.headers.append("set-cookie", written(SESSION, token, server.sharing))
    return answer


def sign_in_routes(server: Server, door: Door) -> APIRouter:
    """/signin, for which no person is needed."""
    router, sharing = APIRouter(include_in_schema=False), server.sharing

    @router.get("/signin")
    async def form(request: Request, to: str = "") -> Response:
        target = local_target(to, sharing)
        if PERSON in request.scope:
            return RedirectResponse(target, 303)
        if sharing.access == "oidc":
            return RedirectResponse(f"{sharing.base}/signin/start?to={quote(target, safe='/')}", 303)
        if sharing.access == "local":
            return pages.sign_in(sharing, target)
        text = "This server is reached through its proxy, where people sign in."
        return pages.message("Not signed in", text, sharing, status=401, link="Try again")

    @router.post("/signin")
    async def try_in(
        request: Request,
        name: Annotated[str, Form(max_length=200)] = "",
        password: Annotated[str, Form(max_length=1000)] = "",
        to: Annotated[str, Form(max_length=2000)] = "",
    ) -> Response:
        target = local_target(to, sharing)
        if sharing.access != "local":
            return RedirectResponse(f"{sharing.base}/signin", 303)
        who, address = plain_name(name), address_of(request.scope, sharing)
        if wait := math.ceil(door.knock(who, address)):
            return pages.sign_in(sharing, target, name, too_many(wait), status=429, wait=wait)
        user = await to_thread.run_sync(door.enter, who, password, address, limiter=HASHING)
        if user is None:
            return pages.sign_in(sharing, target, name, WRONG, status=401)
        return await begun(request, server, user, target)

    return router


def sign_out_routes(server: Server, end: Ending | None) -> APIRouter:
    """/signout, for which no person is needed; where ``end`` gives an address, the browser is sent there afterwards."""
    router, sharing = APIRouter(include_in_schema=False), server.sharing

    @router.get("/signout")
    async def ask_out(request: Request) -> Response:
        person = request.scope.get(PERSON)
        if sharing.access not in ("local", "oidc"):
            said = "The proxy in front of this server signs people in and out." if sharing.access == "proxy" else NOBODY
            return pages.message("Nothing to sign out of", said, sharing, link="Back to the questions")
        if not isinstance(person, Person):
            return pages.message("Signed out", "You are not signed in.", sharing, path="/signin", link="Sign in")
        asked = (request.headers.get("sec-fetch-site"), request.headers.get("sec-fetch-dest"))
        if asked == ("same-origin", "document"):  # a link on a page of ours, not a picture's address or another site's
            return await out(request)
        return pages.confirm_sign_out(person, sharing, origin_of(await end(None)) if end else "")

    @router.post("/signout")
    async def out(request: Request) -> Response:
        token = request.cookies.get(named(SESSION, sharing), "")
        session = await to_thread.run_sync(server.accounts.session, token)
        elsewhere = ""
        if session is not None:
            await to_thread.run_sync(server.accounts.end_session, token)
            await to_thread.run_sync(server.audit.note, session.user.person(sharing), "sign out", "")
            elsewhere = await end(session.hint) if end else ""
        answer = RedirectResponse(elsewhere or f"{sharing.base}/signout", 303, {"Cache-Control": "no-store"})
        answer.headers.append("set-cookie", written(SESSION, "", sharing, 0))
        return answer

    return router
