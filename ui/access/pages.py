"""The pages of signing in: plain HTML that needs no script."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

import jinja2
from starlette.responses import HTMLResponse, Response

from rag.sharing import Sharing
from ui.access.passwords import SHORTEST
from ui.access.types import Key, Session
from ui.people import Person

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; "
    "form-action 'self'"
)


@dataclass(frozen=True, slots=True)
class Account:
    """What the account page shows: keys and sessions newest first; ``made`` is the text of a key made just now.

    ``problem`` says why there is none, ``wrong`` why the password was not changed, ``changed`` that it was.
    """

    keys: Sequence[Key] = ()
    sessions: Sequence[Session] = ()
    current: str = ""  # the id of the session that asks
    has_keys: bool = False
    made: str = ""
    problem: str = ""
    wrong: str = ""
    changed: bool = False


def sign_in(
    sharing: Sharing, target: str, name: str = "", problem: str = "", *, status: int = 200, wait: int = 0
) -> Response:
    """The form for name and password; ``problem`` says why the last try failed, ``wait`` in how many seconds another
    is heard."""
    headers = {"Retry-After": str(wait)} if wait else {}
    return _page("signin", sharing, status, headers, target=target, name=name, problem=problem)


def message(title: str, text: str, sharing: Sharing, *, status: int = 200, path: str = "/", link: str = "") -> Response:
    """A page that says ``text``, with a ``link`` to ``path`` of this server."""
    return _page("message", sharing, status, {}, title=title, text=text, path=path, link=link)


def confirm_sign_out(person: Person, sharing: Sharing, also: str = "") -> Response:
    """A button that signs out; ``also`` is the origin of a provider that the browser is sent to from there."""
    return _page("signout", sharing, 200, {}, also, person=person)


def account(person: Person, sharing: Sharing, shown: Account, *, status: int = 200) -> Response:
    """Who one is, one's API keys and sessions."""
    return _page("account", sharing, status, {}, person=person, shown=shown, shortest=SHORTEST)


def _page(
    template: str, sharing: Sharing, status: int, headers: Mapping[str, str], also: str = "", **values: object
) -> Response:
    text = _environment().get_template(f"{template}.html").render(base=sharing.base, **values)
    policy = f"{_POLICY} {also}".rstrip()
    return HTMLResponse(text, status, {**headers, "Content-Security-Policy": policy, "Cache-Control": "no-store"})


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("ui.access", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["when"] = _when
    return environment


def _when(seconds: float | None) -> str:
    if seconds is None:
        return "never"
    return f"{datetime.fromtimestamp(seconds, UTC):%-d %B %Y, %H:%M} UTC"
