"""Every rank knocks at every door; what came back is searched for what is not for them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from evals.serving.doors.door import Door
from evals.serving.doors.events import Event, events, join, results, sent
from evals.serving.doors.knock import Heard, Request, knock
from evals.serving.doors.listed import doors
from evals.serving.doors.scene import Mark, Rank, Scene, key_ids
from evals.serving.doors.texts import BOARD

ELSEWHERE = (
    ("another site", {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}),
    ("another site, old browser", {"Origin": "https://evil.example"}),
    ("a host beside it", {"Sec-Fetch-Site": "same-site"}),
    ("a page without origin", {"Origin": "null"}),
)
"""What a browser tells of a page that is not the server's own."""
_REFUSED = frozenset({400, 401, 403, 404, 405, 422})


@dataclass(frozen=True, slots=True)
class Cell:
    """What one rank got at one door. ``own`` are marks of documents that are theirs to see, ``seen`` of those that are
    not; ``told`` says that the answer was another than that to a name which is nobody's."""

    status: int
    own: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    told: bool = False

    @property
    def leaks(self) -> bool:
        """Whether anything was learnt that may not be."""
        return bool(self.seen) or self.told

    def __str__(self) -> str:
        what = "SEEN" if self.seen else "TOLD" if self.told else "own" if self.own else "–" if self.status < 300 else ""
        return f"{self.status or 'none'} {what}".strip()


@dataclass(frozen=True, slots=True)
class Row:
    """A door and what each rank got there, in the order of the ranks."""

    door: str
    cells: tuple[Cell, ...]
    shows: bool = False


@dataclass(frozen=True, slots=True)
class Trial:
    """All that was tried. ``foreign`` are the doors that change something, tried with a member's session by pages that
    are not the server's (a cell each of ``ELSEWHERE``). ``harmed`` says what of the member's was changed by others."""

    ranks: tuple[str, ...]
    rows: tuple[Row, ...]
    foreign: tuple[Row, ...]
    harmed: str

    def faults(self) -> list[str]:
        """What is wrong, a line each; none when every door holds and the members do see what is theirs."""
        found = []
        for row in self.rows:
            for rank, cell in zip(self.ranks, row.cells, strict=True):
                if cell.seen:
                    found.append(f"{rank} learns {', '.join(cell.seen)} at {row.door}")
                elif cell.told:
                    found.append(f"{rank} is answered otherwise than for a made-up name at {row.door}")
                elif cell.status >= 500:
                    found.append(f"{rank} gets {cell} at {row.door}")
            if row.shows and not row.cells[-1].own:
                found.append(f"{self.ranks[-1]} does not see what is theirs at {row.door}")
        for row in self.foreign:
            found += [
                f"{elsewhere} gets {cell} with a member's session at {row.door}"
                for (elsewhere, _), cell in zip(ELSEWHERE, row.cells, strict=True)
                if cell.status not in _REFUSED or cell.own or cell.seen
            ]
        return [*found, self.harmed] if self.harmed else found


def tried(scene: Scene) -> Trial:
    """Tries everything; at the end all are signed out and their conversations are gone."""
    listed = doors()
    member = scene.member
    acts = events(scene.address, member)
    before = _kept(scene)
    foreign = tuple(_foreign(scene, door) for door in listed if door.changes)
    columns: list[list[Cell]] = []
    harmed = ""
    for rank in scene.ranks:
        if rank is member and _kept(scene) != before:
            harmed = "what is the member's was changed by others"
        columns.append(_column(scene, rank, listed, acts))
    names = [(door.name, door.shows) for door in listed if not door.last]
    names += [(f"event {act.number}: {act.name}", act.name == "cd-clicked change") for act in acts]
    names += [("event of another's page", False), ("results of another's page", False)]
    names += [(door.name, door.shows) for door in listed if door.last]
    rows = [Row(name, tuple(column[at] for column in columns), shows) for at, (name, shows) in enumerate(names)]
    return Trial(tuple(rank.name for rank in scene.ranks), tuple(rows), foreign, harmed)


def _column(scene: Scene, rank: Rank, listed: Sequence[Door], acts: Sequence[Event]) -> list[Cell]:
    """What one rank gets everywhere: at doors, by events, by somebody else's events, at doors that take away."""
    assert rank.names is not None
    found = [_cell(scene, rank, door) for door in listed if not door.last]
    for act in acts:
        page = f"{rank.name.replace(' ', '')}{act.number}"
        found.append(
            _judged(scene, rank, sent(scene.address, rank, rank.names, act, page), rank.names.filled(act.data))
        )
    found += _another(scene, rank, next(act for act in acts if act.name == "cd-clicked change"), acts)
    return [*found, *(_cell(scene, rank, door) for door in listed if door.last)]


def _cell(scene: Scene, rank: Rank, door: Door) -> Cell:
    assert rank.names is not None
    heard = knock(scene.address, door.request(rank, rank.names))
    cell = _judged(scene, rank, heard, _said(door.request(rank, rank.names)))
    if not door.names_something or rank.groups & BOARD or heard.status == 401:
        return cell
    invented = rank.names.made_up()
    other = knock(scene.address, door.request(rank, invented))
    return replace(cell, told=_plain(heard, rank) != _plain(other, replace(rank, names=invented)))


def _plain(heard: Heard, rank: Rank) -> str:
    names = rank.names
    assert names is not None
    return heard.without(names.document, names.late, names.title, names.outlet, names.conversation, names.exchange)


def _said(asked: Request) -> str:
    return f"{asked.path} {asked.body.decode()}"


def _judged(scene: Scene, rank: Rank, heard: Heard, asked: str = "") -> Cell:
    """The cell of an answer. What was ``asked`` is no news: whoever asks has it from elsewhere."""
    said, known = f"{heard.head}\n{heard.body}".lower(), asked.lower()
    marks = [one for one in scene.marks if one.word in said and one.word not in known]
    own = [one.word for one in marks if _may(rank, one)]
    return Cell(heard.status, tuple(own), tuple(one.word for one in marks if not _may(rank, one)))


def _may(rank: Rank, mark: Mark) -> bool:
    return bool(rank.groups & mark.groups)


def _another(scene: Scene, rank: Rank, follow: Event, acts: Sequence[Event]) -> list[Cell]:
    """With the number of a member's open page, known somehow: an event in it, and the results that wait there."""
    member, page = scene.member, f"page{rank.name.replace(' ', '')}"
    assert member.names is not None and rank.names is not None
    opening = next(act for act in acts if act.name == "page load")
    sent(scene.address, member, member.names, opening, page)  # the page holds the member's conversation now
    cite = replace(follow, data=follow.data.replace("doc-<document> 1", "cite-1-1 2"))
    inside = _judged(scene, rank, sent(scene.address, rank, rank.names, cite, page))
    join(scene.address, member, member.names, follow, page)
    waiting = knock(
        scene.address,
        Request("GET", f"/gradio_api/queue/data?session_hash={page}", headers=rank.headers),
    )
    stolen = _judged(scene, rank, waiting)
    if waiting.status != 200:
        results(scene.address, member, page)
    return [inside, stolen]


def _foreign(scene: Scene, door: Door) -> Row:
    """A door that changes something, with a member's session, as pages elsewhere would have a browser send it."""
    assert scene.member.names is not None
    cells = []
    for _, headers in ELSEWHERE:
        rank = replace(scene.member, headers={"Cookie": scene.member.headers["Cookie"]})
        asked = door.request(rank, scene.member.names)
        heard = knock(scene.address, replace(asked, headers={**asked.headers, **headers}))
        cells.append(_judged(scene, scene.member, heard, _said(asked)))
    return Row(door.name, tuple(cells))


def _kept(scene: Scene) -> list[str]:
    """What the member has: the conversation, the opinion, the account."""
    names = scene.member.names
    assert names is not None
    paths = (f"/api/conversations/{names.conversation}", f"/api/conversations/{names.own_conversation}", "/api/me")
    told = [knock(scene.address, Request("GET", path, headers=scene.member.headers)).body for path in paths]
    return [*told, *key_ids(scene.address, scene.member)]
