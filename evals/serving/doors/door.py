"""One way to ask a server: a route, and what is sent to it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from evals.serving.doors.knock import Request, form
from evals.serving.doors.scene import SECRET, Names, Rank

Json = Mapping[str, object]
_CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True, slots=True)
class Door:
    """One way to ask: ``route`` as the server declares it, ``path`` what is asked of it (the route where it is left
    out), with ``<names>`` in path and body. ``shows`` says that members of the group see their documents behind it,
    ``endless`` that the answer may never end, ``last`` that it takes something away from whoever asks."""

    method: str
    route: str
    path: str = ""
    body: Json | None = None
    fields: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    shows: bool = False
    endless: bool = False
    last: bool = False

    @property
    def name(self) -> str:
        """What the table calls it."""
        return f"{self.method} {self.path or self.route}" + (f" ({self.note})" if self.note else "")

    @property
    def changes(self) -> bool:
        """Whether it may change something."""
        return self.method in _CHANGING

    @property
    def names_something(self) -> bool:
        """Whether it names something of which nobody without rights may learn whether it is there."""
        template = f"{self.path} {json.dumps(self.body)} {self.fields}"
        return any(f"<{name}>" in template for name in SECRET)

    def request(self, rank: Rank, names: Names) -> Request:
        """The request of somebody, with what they know."""
        path = quote(names.filled(self.path or self.route), safe="/?&=%:;,+@")
        if self.body is not None:
            body, kind = names.filled(json.dumps(self.body)).encode(), "application/json"
        elif self.fields is not None:
            filled = {name: names.filled(value) for name, value in self.fields.items()}
            body, kind = form(filled), "application/x-www-form-urlencoded"
        else:
            body, kind = b"", ""
        headers = {**rank.headers, **({"Content-Type": kind} if kind else {}), **self.headers}
        return Request(self.method, path, body, headers, self.endless)
