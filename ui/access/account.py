"""Who one is, over HTTP: /api/me for programs, and a page with one's API keys and sessions."""

import math
from dataclasses import replace
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Depends, Form, Request
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from index.errors import UsageError
from ui.access import pages
from ui.access.cookies import SESSION, named
from ui.access.peer import address_of
from ui.access.signin import HASHING, Door, begun, too_many
from ui.access.types import User
from ui.api.errors import Refused, Told
from ui.people import Person, Via, person_of
from ui.server import Server

_OWNERS = frozenset({Via.LOCAL, Via.PROXY, Via.OIDC})
_NOTHING = pages.Account()
Asking = Annotated[Person, Depends(person_of)]


class Me(BaseModel):
    """Who is asking."""

    name: str = Field(description="Unique together with `via`.", examples=["ann"])
    called: str = Field(description="What pages call the person.", examples=["Ann"])
    role: str = Field(description="`reader`, or `admin`, who may add documents and see figures.", examples=["reader"])
    groups: list[str] | None = Field(
        description="Groups whose documents the person may see beside those for everybody; null means every document.",
        examples=[["staff"]],
    )
    via: str = Field(description="How the person was recognised.", examples=["key"])


def account_routes(server: Server, door: Door) -> APIRouter:
    """/api/me and /account."""
    router = APIRouter(route_class=Told)

    @router.get("/api/me", summary="Who is asking", tags=["you"])
    def me(person: Asking) -> Me:
        groups = None if person.groups is None else sorted(person.groups)
        return Me(name=person.name, called=person.called, role=person.role.value, groups=groups, via=person.via.value)

    @router.get("/account", include_in_schema=False)
    def page(request: Request, person: Asking, changed: bool = False) -> Response:
        return shown(request, server, person, pages.Account(changed=changed))

    @router.post("/account/keys", include_in_schema=False)
    def make(request: Request, person: Asking, label: Annotated[str, Form(max_length=60)] = "") -> Response:
        user, name = owner_in(server, person), label.strip()
        if not name or not name.isprintable():
            return shown(request, server, person, pages.Account(problem="Say what the key is for."), 400)
        try:
            made = server.accounts.add_key(user, name)
        except UsageError:
            said = "You have as many keys as one may have; revoke one first."
            return shown(request, server, person, pages.Account(problem=said), 400)
        server.audit.note(person, "make key", made.key.id)
        return shown(request, server, person, pages.Account(made=made.text))

    @router.post("/account/keys/{key}/revoke", include_in_schema=False)
    def revoke(person: Asking, key: str) -> Response:
        if server.accounts.revoke_key(owner_in(server, person), key):
            server.audit.note(person, "revoke key", key)
        return RedirectResponse(f"{server.sharing.base}/account", 303)

    @router.post("/account/elsewhere", include_in_schema=False)
    def elsewhere(request: Request, person: Asking) -> Response:
        token = request.cookies.get(named(SESSION, server.sharing), "")
        server.accounts.end_sessions(owner_in(server, person), but=token)
        server.audit.note(person, "sign out elsewhere", "")
        return RedirectResponse(f"{server.sharing.base}/account", 303)

    @router.post("/account/password", include_in_schema=False)
    async def change(
        request: Request,
        person: Asking,
        current: Annotated[str, Form(max_length=1000)] = "",
        new: Annotated[str, Form(max_length=1000)] = "",
    ) -> Response:
        user, address = owner_in(server, person), address_of(request.scope, server.sharing)
        if user.via is not Via.LOCAL:
            raise Refused(403, "forbidden", "Your password is kept where you signed in.")
        if wait := math.ceil(door.knock(user.name, address)):
            return shown(request, server, person, pages.Account(wrong=too_many(wait)), 429)
        if await to_thread.run_sync(door.enter, user.name, current, address, limiter=HASHING) is None:
            return shown(request, server, person, pages.Account(wrong="The current password is not right."), 400)
        try:
            await to_thread.run_sync(server.accounts.set_password, user.name, new, limiter=HASHING)
        except UsageError as error:
            said = f"{str(error)[:1].upper()}{str(error)[1:]}."
            return shown(request, server, person, pages.Account(wrong=said), 400)
        await to_thread.run_sync(server.audit.note, person, "change password", address)
        return await begun(request, server, user, f"{server.sharing.base}/account?changed=1")

    return router


def owner_in(server: Server, person: Person) -> User:
    """The user whose account it is. Raises Refused for who came by a key or nobody knows: they have none."""
    user = server.accounts.user(person.via, person.name) if person.via in _OWNERS else None
    if user is None:
        raise Refused(403, "forbidden", "Keys and passwords are changed by people who have signed in.")
    return user


def shown(
    request: Request, server: Server, person: Person, given: pages.Account = _NOTHING, status: int = 200
) -> Response:
    """The account page of a person, with what came of the last request."""
    if person.via not in _OWNERS:
        return pages.account(person, server.sharing, pages.Account())
    user, token = owner_in(server, person), request.cookies.get(named(SESSION, server.sharing), "")
    session = server.accounts.session(token) if token else None
    account = replace(
        given,
        keys=server.accounts.api_keys(user),
        sessions=server.accounts.sessions(user) if session else (),
        current=session.id if session else "",
        has_keys=True,
    )
    return pages.account(person, server.sharing, account, status=status)
