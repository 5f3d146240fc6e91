"""The frame of our pages without script: source pages and the description of the API."""

import base64
import hashlib
from collections.abc import Mapping
from importlib.resources import files

from ui.render import plain


def _style() -> str:
    return files("ui.sources").joinpath("page.css").read_text(encoding="utf-8").replace("\r\n", "\n")


def page(title: str, body: str) -> str:
    """A whole page; ``title`` is text, ``body`` is HTML. It loads nothing, so it can be saved as it is."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="robots" content="noindex">\n'
        f'<link rel="icon" href="data:,">\n<title>{plain(title)}</title>\n<style>{_style()}</style>\n</head>\n'
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def headers(*, images: bool = False) -> Mapping[str, str]:
    """The headers of such a page: nothing is loaded or run but its own style sheet, by its hash, and ``images`` of this
    server where it shows some. It is kept by no cache, for who may see it can change."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    own = " 'self'" if images else ""
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:{own}; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'"
    )
    return {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
