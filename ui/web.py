"""The whole server as one ASGI application: the page, the API, sign-in, the widget, and what stands around them."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.resources import files

import gradio as gr
from fastapi import FastAPI, Response
from starlette.types import ASGIApp

from ui.access import routes as access
from ui.access.identified import identified
from ui.api import routes as api
from ui.api.errors import handlers
from ui.app import HEAD, build, theme
from ui.exports import routes as exports
from ui.keeping import routes as keeping
from ui.mcp import routes as mcp
from ui.operations import routes as operations
from ui.operations.below import below
from ui.operations.observed import observed
from ui.server import Server
from ui.shield import guarded, inside
from ui.sources import routes as sources
from ui.widget import routes as widget
from ui.widget.crossing import crossing

MAX_UPLOAD = "200mb"


def application(server: Server, started: Callable[[], None]) -> ASGIApp:
    """The whole server: the page at ``/``, its script and style below ``/citedesk``, the API and the rest beside it,
    all behind what observes, guards and identifies. ``started`` is called when requests are about to be answered.
    """
    script = files("ui").joinpath("page.js").read_text(encoding="utf-8")
    style = files("ui").joinpath("style.css").read_text(encoding="utf-8")

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        started()
        yield

    app = FastAPI(title="citedesk", lifespan=life, docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/citedesk/page.js", include_in_schema=False)
    def page_script() -> Response:
        return Response(script, media_type="text/javascript", headers={"Cache-Control": "no-cache"})

    @app.get("/citedesk/style.css", include_in_schema=False)
    def page_style() -> Response:
        return Response(style, media_type="text/css", headers={"Cache-Control": "no-cache"})

    for part in (access, api, exports, keeping, mcp, operations, sources, widget):
        app.include_router(part.routes(server))
    gr.mount_gradio_app(
        app,
        build(server),
        path="/",
        server_name=server.desk.settings.host,
        server_port=server.desk.settings.port,
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size=MAX_UPLOAD,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        theme=theme(),
        head=HEAD,
    )
    handlers(app)
    known = identified(inside(app), server)
    inner = guarded(crossing(known, server), server.operator, server.sharing)
    return observed(below(inner, server.sharing.base), server)
