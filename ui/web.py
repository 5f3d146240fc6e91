"""The whole server as one ASGI application: the page, the API, sign-in, the widget, and what stands around them."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import gradio as gr
from fastapi import FastAPI
from starlette.types import ASGIApp

from ui import page_files
from ui.access import routes as access
from ui.access.identified import identified
from ui.api import routes as api
from ui.api.errors import handlers
from ui.app import build, theme
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
    """The whole server: the page at ``/``, its scripts and style below ``/citedesk``, the API and the rest beside it,
    all behind what observes, guards and identifies. ``started`` is called when requests are about to be answered.
    """

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        started()
        yield

    app = FastAPI(title="citedesk", lifespan=life, docs_url=None, redoc_url=None, openapi_url=None)

    app.include_router(page_files.routes())
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
        head=page_files.head(),
    )
    handlers(app)
    known = identified(inside(app), server)
    inner = guarded(crossing(known, server), server.operator, server.sharing)
    return observed(below(inner, server.sharing.base), server)
