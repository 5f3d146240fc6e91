"""Sign-in, sign-out, accounts over HTTP."""

from importlib.resources import files

from fastapi import APIRouter
from starlette.responses import Response

from ui.access.account import account_routes
from ui.access.signin import (
    ADDRESS_TRIES,
    ADDRESS_WAIT,
    NAME_TRIES,
    NAME_WAIT,
    Door,
    Ending,
    sign_in_routes,
    sign_out_routes,
)
from ui.access.throttle import Throttle
from ui.server import Server


def routes(server: Server) -> APIRouter:
    """The routes of this part: those of /account and /api/me need the person of the request, the others nobody."""
    router = APIRouter()
    style = files("ui.access").joinpath("access.css").read_text(encoding="utf-8")
    end: Ending | None = None
    if server.sharing.access == "oidc":
        from ui.access.oidc import oidc_routes  # its library takes a while to import, and few servers need it
        from ui.access.provider import Provider

        provider = Provider(server.sharing)
        end = provider.end
        router.include_router(oidc_routes(server, provider))
    door = Door(server, Throttle(NAME_TRIES, NAME_WAIT), Throttle(ADDRESS_TRIES, ADDRESS_WAIT))
    router.include_router(sign_in_routes(server, door))
    router.include_router(sign_out_routes(server, end))
    router.include_router(account_routes(server, door))

    @router.get("/access.css", include_in_schema=False)
    def access_style() -> Response:
        return Response(style, media_type="text/css", headers={"Cache-Control": "no-cache"})

    return router
