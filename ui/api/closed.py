"""What a path does not do is said by the path itself."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute

from ui.api.errors import Refused, response

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})


def close(router: APIRouter) -> None:
    """Answers every other method of the router's paths with 405; without this the page, which is mounted at the root,
    would take such a request for one of its own."""
    found: dict[str, set[str]] = {}
    for route in router.routes:
        if isinstance(route, APIRoute):
            found.setdefault(route.path, set()).update(route.methods or ())
    for path, methods in found.items():
        router.add_route(path, _not_allowed(methods), methods=sorted(_METHODS - methods), include_in_schema=False)


def _not_allowed(methods: set[str]) -> Callable[[Request], Awaitable[Response]]:
    allowed = ", ".join(sorted(methods))

    async def refuse(request: Request) -> Response:
        said = f"{request.method} does nothing here; use {allowed}."
        told = response(request, Refused(405, "method_not_allowed", said))
        told.headers["Allow"] = allowed
        return told

    return refuse
