"""One kill, and what it left."""

import random
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from evals.kills.acts import Looked, Notes, look
from evals.kills.held import Held
from evals.kills.process import Failed, fresh, killed
from evals.kills.scenes import Scene, sound

_STEPS = 0.5  # of the kills come just after a step was noted, the others at any time
_AFTER, _POLL = 0.004, 0.0005  # seconds, on average, between the step and the kill; between two looks at the notes


@dataclass(frozen=True, slots=True)
class Outcome:
    """One kill: over how many chunks, in which scene and phase; how many documents were old,
    new, mixed (neither) or lost (missing, or old though the new one had been acknowledged); whether the vector index
    had to be made anew; what else was wrong, "" for nothing; the seconds it took with all that was checked."""

    size: int
    scene: str
    phase: str
    old: int
    new: int
    mixed: int
    lost: int
    rebuilt: bool
    wrong: str
    seconds: float


def kill(scene: Scene, size: int, home: Path, chance: random.Random) -> Outcome:
    """Kills the scene at a random moment, looks at what is left in a fresh process, and has it done once more. ``home``
    is a folder for it that is not there."""
    begin = time.monotonic()
    shutil.copytree(scene.start, home)
    notes = Notes(home.with_name("notes"))
    notes.path.unlink(missing_ok=True)
    wait: Callable[[], None] = partial(time.sleep, chance.random() * scene.seconds)
    if chance.random() < _STEPS:
        wait = _at_a_step(scene, notes, chance)
    try:
        stopped = killed(partial(scene.act, home, notes), wait)
        lines = notes.lines()
        phase = _phase(lines) if stopped else "done"
        found = _looked(home)
        state = found.raw if scene.raw else found.held
        old, new, mixed, lost = _sorted(scene, state, lines)
        wrong = _wrong(scene, found, state, old, new) or _completed(scene, home)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    seconds = time.monotonic() - begin
    return Outcome(size, scene.name, phase, old, new, mixed, lost, found.rebuilt, wrong, seconds)


def _at_a_step(scene: Scene, notes: Notes, chance: random.Random) -> Callable[[], None]:
    """Waits until a line that is chosen at random is noted, and a little longer: short steps, of which there are
    many, are hit as well as long ones."""
    line, after = chance.randrange(scene.notes), chance.expovariate(1 / _AFTER)

    def wait() -> None:
        latest = time.monotonic() + scene.seconds * 2
        while len(notes.lines()) <= line and time.monotonic() < latest:
            time.sleep(_POLL)
        time.sleep(after)

    return wait


def _looked(home: Path) -> Looked:
    """What a fresh process finds; a damaged vector index may crash one, and the next one starts it anew."""
    try:
        return fresh(partial(look, home)).result
    except Failed as failed:
        if failed.code >= 0:
            raise
        return fresh(partial(look, home)).result


def _phase(lines: Sequence[str]) -> str:
    phases = [line.removeprefix("phase ") for line in lines if line.startswith("phase ")]
    return phases[-1] if phases else "open"


def _sorted(scene: Scene, state: Held, lines: Sequence[str]) -> tuple[int, int, int, int]:
    """How many documents are old, new, mixed and lost; one that did not change counts as old until all is new."""
    before, after = scene.before, scene.after
    acknowledged = {line.split(" ", 1)[1] for line in lines if line.startswith(("stored ", "removed "))}
    everything = not {"embedded", "finished", "restored"}.isdisjoint(lines) or (scene.raw and "opened" in lines)
    counts = {"old": 0, "new": 0, "mixed": 0, "lost": 0}
    for id_ in before.digests.keys() | after.digests.keys() | state.digests.keys():
        was, will, now = (each.digests.get(id_) for each in (before, after, state))
        source = before.sources.get(id_) or after.sources.get(id_)
        if now not in (was, will):
            counts["lost" if now is None else "mixed"] += 1
        elif (everything or source in acknowledged) and now != will:
            counts["lost"] += 1
        elif now is not None:
            counts["old" if now == was else "new"] += 1
    changed = sum(before.digests.get(id_) != digest for id_, digest in after.digests.items())
    if scene.at_once and counts["new"] not in (0, changed):
        counts["mixed"] += counts["new"]
    return counts["old"], counts["new"], counts["mixed"], counts["lost"]


def _wrong(scene: Scene, found: Looked, state: Held, old: int, new: int) -> str:
    if found.wrong or state.wrong:
        return found.wrong or state.wrong
    if not state.derived <= scene.before.derived | scene.after.derived:
        return "a signature or link is neither an old nor a new one"
    if scene.name == "restore" and found.accounts != ("before" if state.digests == scene.after.digests else "after"):
        return f"the accounts are not of the same time as the library: {found.accounts}"
    return "" if sound(scene.file) else "the earlier backup is gone"


def _completed(scene: Scene, home: Path) -> str:
    """Has it done once more, as a user would; what is wrong then, "" for nothing."""
    fresh(partial(scene.act, home, Notes(home.with_name("notes"))))
    found = fresh(partial(look, home)).result
    if found.held.digests != scene.after.digests or found.held.derived != scene.after.derived:
        return "done once more, it is not what it is when nothing stops it"
    return found.wrong
