"""The page's own events, sent by hand: every function behind it, with what somebody without rights may know."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evals.serving.doors.knock import Heard, Request, knock
from evals.serving.doors.scene import Names, Rank
from evals.serving.doors.texts import LOST

_TYPED = {
    "cd-clicked": "doc-<document> 1",
    "cd-opened": "open-<conversation> 1",
    "cd-managed": "again-<document> 1",
    "cd-changed": "rename-<conversation> 1 Taken",
    "cd-voted": "up-1 1",
    "cd-spotted": "right-2 1 <document>",
    "cd-question": LOST,
    "cd-find": "minutes",
    "cd-path": "<file>",
}


@dataclass(frozen=True, slots=True)
class Event:
    """A function behind the page: its number, what sets it off, and what is put into it (as JSON, with ``<names>``)."""

    number: int
    name: str
    data: str
    trigger: int | None


def events(address: str, rank: Rank) -> tuple[Event, ...]:
    """All functions of the page, as its description tells ``rank``, who has to be let in."""
    told: dict[str, Any] = json.loads(knock(address, Request("GET", "/config", headers=rank.headers)).body)
    parts = {one["id"]: _part(one["type"], one["props"]) for one in told["components"]}
    found = []
    for one in told["dependencies"]:
        if one["backend_fn"]:
            (target, act), *_ = one["targets"]
            name = f"{parts[target].name if target in parts else 'page'} {act}"
            data = json.dumps([_value(parts[each]) for each in one["inputs"]])
            found.append(Event(one["id"], name, data, target))
    return tuple(found)


def join(address: str, rank: Rank, names: Names, event: Event, session: str) -> Heard:
    """Puts an event into the page's queue; with the status and words of that."""
    body = {
        "data": json.loads(names.filled(event.data)),
        "fn_index": event.number,
        "session_hash": session,
        "trigger_id": event.trigger,
    }
    path = names.filled("/gradio_api/queue/join?conversation=<conversation>")
    headers = {**rank.headers, "Content-Type": "application/json"}
    return knock(address, Request("POST", path, json.dumps(body).encode(), headers))


def results(address: str, rank: Rank, session: str) -> Heard:
    """What the queue tells of a session, until all of it is told."""
    return knock(address, Request("GET", f"/gradio_api/queue/data?session_hash={session}", headers=rank.headers))


def sent(address: str, rank: Rank, names: Names, event: Event, session: str) -> Heard:
    """What comes of an event: the refusal, or what the queue tells."""
    joined = join(address, rank, names, event, session)
    return joined if joined.status != 200 else results(address, rank, session)


@dataclass(frozen=True, slots=True)
class _Part:
    """A component of the page: its type, the name it has in the page ("page" for none) and its first value."""

    kind: str
    name: str
    value: object


def _part(kind: str, props: Mapping[str, object]) -> _Part:
    return _Part(kind, str(props.get("elem_id") or "page"), props.get("value"))


def _value(part: _Part) -> object:
    if part.kind == "file":
        return [{"path": "<file>", "meta": {"_type": "gradio.FileData"}}]
    return None if part.kind == "state" else _TYPED.get(part.name, part.value)
