"""Sign-in, sign-out, accounts over HTTP."""

from fastapi import APIRouter

from ui.server import Server


def routes(server: Server) -> APIRouter:
    """The routes of this part; each needs the person of the request, but for those that say otherwise."""
    return APIRouter()
