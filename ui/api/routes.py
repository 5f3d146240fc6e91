"""The API over HTTP: questions, documents, OpenAI's door, and the description of it all."""

from fastapi import APIRouter

from ui.api import ask, completions, described, documents
from ui.api.closed import close
from ui.server import Server


def routes(server: Server) -> APIRouter:
    """The routes of this part; each needs the person of the request, but for the description of the API itself."""
    router = APIRouter()
    parts = (ask.routes(server), documents.routes(server), completions.routes(server), described.routes())
    for part in parts:
        close(part)
        router.include_router(part)
    return router
