"""The widget's script and what it needs to know over HTTP."""

import hashlib
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from rag.answer import LONGEST_QUESTION
from ui.people import Person, person_of
from ui.server import Server
from ui.widget.script import LANGUAGES, script, words

STYLES = ("brief", "detailed", "bullets", "quote")
"""How an answer may be written (data-style)."""
_HEADERS = {
    "Cache-Control": "public, max-age=300",  # a new version reaches every page within minutes
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Access-Control-Allow-Origin": "*",  # it is the same for everybody, and holds no secret
}


class Config(BaseModel):
    """What the widget can do here."""

    documents: int = Field(description="How many documents this person may ask.", examples=[12])
    writes: bool = Field(description="Whether a model writes the answers; otherwise they are quotations.")
    longest_question: int = Field(description="Characters that a question may have.", examples=[LONGEST_QUESTION])
    styles: tuple[str, ...] = Field(description="Values of data-style.", examples=[STYLES])
    languages: tuple[str, ...] = Field(description="Values of data-lang.", examples=[LANGUAGES])


def routes(server: Server) -> APIRouter:
    """``/widget.js``, which is for everybody, and ``/api/widget/config``, which needs the person of the request."""
    router = APIRouter()
    bodies = {each: words(each) or script() for each in LANGUAGES}
    tags = {each: f'"{hashlib.sha256(body).hexdigest()[:32]}"' for each, body in bodies.items()}

    @router.api_route("/widget.js", methods=["GET", "HEAD"], include_in_schema=False)
    def widget(request: Request) -> Response:
        """The script; with ``?words=de``, its words in that language as JSON."""
        language = request.query_params.get("words", "en")
        if language not in bodies:
            return Response(status_code=404, headers={"Access-Control-Allow-Origin": "*"})
        headers = {**_HEADERS, "ETag": tags[language]}
        known = (each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(","))
        if tags[language] in known:
            return Response(status_code=304, headers=headers)
        kind = "text/javascript" if language == "en" else "application/json"
        return Response(bodies[language], media_type=kind, headers=headers)

    @router.get("/api/widget/config", tags=["widget"], summary="What the widget can do here")
    def config(person: Annotated[Person, Depends(person_of)]) -> Config:
        """Read by the widget when it is opened."""
        desk = server.desk_of(person)
        return Config(
            documents=desk.library.count_documents(),
            writes=desk.chat is not None,
            longest_question=LONGEST_QUESTION,
            styles=STYLES,
            languages=LANGUAGES,
        )

    return router
