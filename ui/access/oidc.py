"""The way to an OpenID Connect provider and back over HTTP."""

from anyio import to_thread
from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from ui.access import pages
from ui.access.cookies import UNDERWAY, named, written
from ui.access.origin import local_target
from ui.access.peer import address_of
from ui.access.provider import Identity, Provider, SignInFailed
from ui.access.sealed import seal, unseal
from ui.access.signin import begun
from ui.access.types import User
from ui.people import PERSON, Role, Via
from ui.server import Server

PATIENCE = 900
"""Seconds that somebody may take at the provider."""


def oidc_routes(server: Server, provider: Provider) -> APIRouter:
    """/signin/start and /oidc/callback, for which no person is needed."""
    router, sharing = APIRouter(include_in_schema=False), server.sharing
    secret = server.accounts.secret()

    @router.get("/signin/start")
    async def start(to: str = "") -> Response:
        try:
            made = await provider.begin(local_target(to, sharing))
        except SignInFailed as error:
            return failed(error)
        answer = RedirectResponse(made.url, 302, {"Cache-Control": "no-store"})
        answer.headers.append("set-cookie", written(UNDERWAY, seal(secret, made.kept), sharing, PATIENCE))
        return answer

    @router.get("/oidc/callback")
    async def back(request: Request) -> Response:
        kept = unseal(secret, request.cookies.get(named(UNDERWAY, sharing), ""), PATIENCE)
        if kept is None and PERSON in request.scope:  # the way back was gone a second time
            return RedirectResponse(f"{sharing.base}/", 303)
        try:
            if kept is None:
                raise SignInFailed("The sign-in took too long, or the browser keeps no cookies. Try again.", 400)
            identity = await provider.finish(request.query_params, kept)
            user = await to_thread.run_sync(meet, identity, address_of(request.scope, sharing))
        except SignInFailed as error:
            answer = failed(error)
        else:
            answer = await begun(request, server, user, local_target(identity.target, sharing), identity.id_token)
        answer.headers.append("set-cookie", written(UNDERWAY, "", sharing, 0))
        return answer

    def meet(identity: Identity, address: str) -> User:
        sent = User(Via.OIDC, identity.name, identity.shown, identity.email, Role.READER, identity.groups, False, None)
        user = server.accounts.meet(sent)
        server.audit.note(user.person(sharing), "sign in failed" if user.disabled else "sign in", address)
        if user.disabled:
            raise SignInFailed("You may not use this server any more; whoever runs it can tell why.", 403)
        return user

    def failed(error: SignInFailed) -> Response:
        return pages.message(
            "Not signed in", str(error), sharing, status=error.status, path="/signin", link="Try again"
        )

    return router
