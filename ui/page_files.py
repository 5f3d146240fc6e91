"""What a browser loads for the page: the scripts and the style sheet in ``ui/page``.

Their addresses hold a hash of them all. So a browser keeps them as long as they are the same, and asks for none of
them when the page is opened again; the scripts import each other by name, which finds those of the same hash.
"""

import hashlib
from importlib.resources import files

from fastapi import APIRouter, Response

_KINDS = {".js": "text/javascript", ".css": "text/css"}
_FIRST = "main.js"  # it imports the others
_ICON = (  # in the page itself: a browser would ask for one at the site's root, which may be another's
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' "
    "rx='3' fill='%231d4ed8'/%3E%3Cpath d='M4 5h3v3L5 11H4V8M9 5h3v3l-2 3H9V8' fill='white'/%3E%3C/svg%3E"
)


def routes() -> APIRouter:
    """GET /citedesk/{version}/{name}: one of the files; 404 for other names, and for another version's."""
    router = APIRouter()
    bodies, now = _read(), _version()

    @router.get("/citedesk/{version}/{name}", include_in_schema=False)
    def page_file(version: str, name: str) -> Response:
        if version != now or name not in bodies:
            return Response("There is nothing here.", 404, media_type="text/plain")
        kind = _KINDS[name[name.rindex(".") :]]
        return Response(
            bodies[name], media_type=kind, headers={"Cache-Control": "private, max-age=31536000, immutable"}
        )

    return router


def head() -> str:
    """The elements of the page's head that load them, all at once, by addresses relative to the page's own; and its
    icon."""
    base = f"citedesk/{_version()}"
    others = sorted(name for name in _read() if name.endswith(".js") and name != _FIRST)
    return (
        f'<link rel="stylesheet" href="{base}/style.css"><script type="module" src="{base}/{_FIRST}"></script>'
        f'<link rel="icon" href="{_ICON}">'
        + "".join(f'<link rel="modulepreload" href="{base}/{name}">' for name in others)
    )


def _version() -> str:
    whole = hashlib.sha256()
    for name, body in sorted(_read().items()):
        whole.update(f"{name} {len(body)} ".encode() + body)
    return whole.hexdigest()[:16]


def _read() -> dict[str, bytes]:
    """The files by their names."""
    there = files("ui").joinpath("page").iterdir()
    return {each.name: each.read_bytes() for each in there if each.name.endswith(tuple(_KINDS))}
