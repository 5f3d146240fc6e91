"""The documents, the people, and what none of them may learn: what the doors of a server are tried with."""

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Self

from evals.serving.doors.knock import Request, knock, signed_in
from evals.serving.doors.texts import BOARD, CIRCULAR, COPY, LATE, LOST, MINUTES, NOBODY, REPAIRED, SENT, STAFF, UPLOADS
from index.errors import CitedeskError

WIDGET_ORIGIN = "https://intranet.example"
WIDGET_SECRET = "a secret that only this trial knows, of no use elsewhere"
SETTINGS = {
    "CITEDESK_ACCESS": "local",
    "CITEDESK_WIDGET_SECRET": WIDGET_SECRET,
    "CITEDESK_WIDGET_ORIGINS": WIDGET_ORIGIN,
    "CITEDESK_WIDGET_RATE": "10000",
    "CITEDESK_METRICS": "a token of the trial's own",
}
PASSWORD = "correct horse battery staple"


@dataclass(frozen=True, slots=True)
class Mark:
    """Words by which something of a document is known, in lower case, and the groups that may learn them."""

    word: str
    groups: frozenset[str]


@dataclass(frozen=True, slots=True)
class Names:
    """What somebody without rights may know, by hearsay or from before, and put into a request as ``<name>``."""

    document: str
    version: str
    late: str
    title: str
    outlet: str
    file: str
    home: str
    conversation: str
    exchange: str
    key: str
    session: str
    upload: str = ""
    own_conversation: str = "none"
    own_exchange: str = "none"

    def filled(self, template: str) -> str:
        """``template`` with the values."""
        for one in fields(self):
            template = template.replace(f"<{one.name}>", str(getattr(self, one.name)))
        return template

    def made_up(self) -> Self:
        """The same names for what there is not: of equal length, and of the same letters and figures."""
        turned = {one.name: _turned(getattr(self, one.name)) for one in fields(self) if one.name in SECRET}
        return replace(self, **turned)


SECRET = ("document", "late", "title", "outlet", "conversation", "exchange")
"""Names of which nobody without rights may learn whether they are of something."""


@dataclass(frozen=True, slots=True)
class Rank:
    """Somebody who knocks: the headers of every request, and the groups whose documents are theirs to see."""

    name: str
    groups: frozenset[str]
    headers: Mapping[str, str]
    names: Names | None = None


@dataclass(frozen=True, slots=True)
class Operator:
    """What whoever runs the server can do: add a user (name, groups, whether an administrator), make an API key of one,
    disable one, set one's groups, and read the folder of documents in again."""

    add: Callable[[str, frozenset[str], bool], None]
    key: Callable[[str], str]
    disable: Callable[[str], None]
    groups: Callable[[str, frozenset[str]], None]
    ingest: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Scene:
    """A server as it is when the doors are tried: its address, who tries (who may see it all last), and the marks."""

    address: str
    ranks: tuple[Rank, ...]
    marks: tuple[Mark, ...]
    member: Rank = field(repr=False)


def token(secret: str, groups: Sequence[str], name: str = "guest") -> str:
    """A widget token (a JSON Web Token, HS256, RFC 7519)."""
    now = int(time.time())
    claims = {"aud": "citedesk-widget", "sub": name, "groups": list(groups), "iat": now, "exp": now + 3600}
    signed = ".".join(_part(json.dumps(each).encode()) for each in ({"alg": "HS256", "typ": "JWT"}, claims))
    return f"{signed}.{_part(hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest())}"


def _part(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _turned(name: str) -> str:
    return name[::-1] if name[::-1] != name else f"0{name[1:]}"


def prepare(address: str, operator: Operator, folder: Path, home: Path) -> Scene:
    """Everybody is there and has asked; then a group is left, a document restricted, one disabled, one signed out.
    There is an administrator "admin" already.

    Raises CitedeskError when a question was not answered as the trial needs it.
    """
    people = {
        "member": BOARD,
        "left": BOARD,
        "staff": STAFF,
        "reader": NOBODY,
        "program": NOBODY,
        "gone": NOBODY,
        "out": NOBODY,
    }
    for name, groups in people.items():
        operator.add(name, groups, False)
    signed = {name: signed_in(address, name, PASSWORD) for name in (*people, "admin") if name != "gone"}

    def person(name: str, groups: frozenset[str], called: str = "") -> Rank:
        return Rank(called or name, groups, {"Cookie": signed[name], "Origin": address})

    def bearer(called: str, secret: str, **more: str) -> Rank:
        return Rank(called, NOBODY, {"Authorization": f"Bearer {secret}", **more})

    member = person("member", BOARD)
    tokens = {"Origin": WIDGET_ORIGIN}
    others = [
        Rank("nobody", NOBODY, {}),
        person("out", NOBODY, "signed out"),
        bearer("disabled", operator.key("gone")),
        bearer("forged token", token(WIDGET_SECRET[::-1], ["board"]), **tokens),
        bearer("widget token", token(WIDGET_SECRET, []), **tokens),
        bearer("API key", operator.key("program")),
        person("reader", NOBODY),
        person("admin", UPLOADS, "administrator"),
        person("left", NOBODY, "left the group"),
        person("staff", STAFF, "other group"),
    ]
    operator.key("member")
    names = replace(_known(address, member, folder, home), upload=_uploaded(address, person("admin", NOBODY)))
    own = {each.name: _asked(address, each, names) for each in (*others, member)}
    replace(LATE).write(folder)
    operator.ingest()
    operator.groups("left", NOBODY)
    operator.disable("gone")
    knock(address, Request("POST", "/signout", headers={"Cookie": signed["out"], "Origin": address}))
    ranks = tuple(replace(each, names=own[each.name]) for each in (*others, member))
    return Scene(address, ranks, _marks(address, member, signed["staff"]), ranks[-1])


def _known(address: str, member: Rank, folder: Path, home: Path) -> Names:
    listed = {each["title"]: each for each in _json(address, member, "/api/documents")["documents"]}
    asked = _ask(address, member, LOST, MINUTES.words[-1])
    vote = json.dumps({"exchange": asked["id"], "vote": "down", "comment": "Zyxomma said less."}).encode()
    headers = {**member.headers, "Content-Type": "application/json"}
    if knock(address, Request("POST", "/api/feedback", vote, headers)).status != 200:
        raise CitedeskError("the member's opinion was not taken")
    return Names(
        listed[MINUTES.title]["id"],
        listed[MINUTES.title]["version"],
        listed[LATE.title]["id"],
        MINUTES.title,
        MINUTES.outlet,
        str(folder / MINUTES.file),
        str(home),
        asked["conversation"],
        asked["id"],
        key_ids(address, member)[0],
        "membersownpage",
    )


def key_ids(address: str, rank: Rank) -> list[str]:
    """The ids of somebody's API keys, as their account shows them."""
    return re.findall(
        r"/account/keys/(\w+)/revoke", knock(address, Request("GET", "/account", headers=rank.headers)).body
    )


def _uploaded(address: str, rank: Rank) -> str:
    """Where the server puts a file that ``rank`` sends, and does not read in."""
    body = (
        '--x\r\nContent-Disposition: form-data; name="files"; filename="sent.txt"\r\n'
        f"Content-Type: text/plain\r\n\r\n{SENT}\r\n--x--\r\n"
    )
    headers = {**rank.headers, "Content-Type": "multipart/form-data; boundary=x"}
    heard = knock(address, Request("POST", "/gradio_api/upload", body.encode(), headers))
    if heard.status != 200:
        raise CitedeskError(f"the administrator's file was not taken: {heard.status}")
    (path,) = json.loads(heard.body)
    return str(path)


def _asked(address: str, rank: Rank, names: Names) -> Names:
    """The names with those of the rank's own conversation, where it may have one; asked before anything is shut."""
    if rank.name in ("nobody", "forged token"):
        return names
    asked = _ask(address, rank, REPAIRED, LATE.words[-1])
    if rank.name == "left the group":
        _ask(address, rank, LOST, MINUTES.words[-1], asked["conversation"])
    return replace(names, own_conversation=asked["conversation"] or "none", own_exchange=asked["id"])


def _ask(address: str, rank: Rank, question: str, expected: str, conversation: str | None = None) -> dict[str, str]:
    body = {"question": question, "conversation": conversation, "style": "quote"}
    headers = {**rank.headers, "Content-Type": "application/json"}
    heard = knock(address, Request("POST", "/api/ask", json.dumps(body).encode(), headers))
    if heard.status != 200 or expected not in heard.body.lower():
        raise CitedeskError(f"{rank.name} was not answered {question!r} with {expected!r}: {heard.body[-600:]}")
    found: dict[str, str] = json.loads(heard.body)
    return found


def _json(address: str, rank: Rank, path: str) -> dict[str, list[dict[str, str]]]:
    heard = knock(address, Request("GET", path, headers=rank.headers))
    found: dict[str, list[dict[str, str]]] = json.loads(heard.body)
    return found


def _marks(address: str, member: Rank, staff: str) -> tuple[Mark, ...]:
    """Ids and words of all documents that are not for everybody; what two groups have in common is either's."""
    found = [Mark("grendwick", BOARD | STAFF), Mark("hollowmere", UPLOADS)]
    listed: dict[str, str] = {}
    for headers in (member.headers, {"Cookie": staff}):
        rank = replace(member, headers=headers)
        listed |= {each["title"]: each["id"] for each in _json(address, rank, "/api/documents")["documents"]}
    for text in (MINUTES, COPY, CIRCULAR, LATE):
        found += [Mark(word, text.groups) for word in (listed[text.title], *text.words)]
    return tuple(found)
