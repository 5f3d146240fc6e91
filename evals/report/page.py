"""The report of a run as one HTML file that needs nothing else: no network, no server, and no script to be read."""

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import jinja2

from evals.judge import agreement
from evals.outcome import GOOD, Outcome, outcome, worst_first
from evals.report import plots
from evals.report.layout import NONE, duration, interval, milliseconds, number, settings
from evals.report.sheets import Against, Findings, Sheet, by_type, findings, got_worse, systems
from evals.results import OURS, Row, Scores
from evals.runs import Run

PASSAGES = 10  # shown of a case
FLIPS = 50  # shown of a suite
_MOST_WORDS = 3000  # of two texts that are compared word by word: the time grows with the square
_BAD = (Outcome.SAID_FORBIDDEN, Outcome.GUESSED, Outcome.WRONG)
_SIGNS = {"good": "✓", "bad": "✗", "mixed": "◐", "unknown": "?"}


@dataclass(frozen=True, slots=True)
class Badge:
    """An outcome as it is shown: ``tone`` is its colour, ``sign`` says the same without one."""

    name: str
    tone: str
    sign: str


@dataclass(frozen=True, slots=True)
class Word:
    """A run of words in a comparison of texts: ``kind`` is "same", "old" or "new"."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Since:
    """What changed in a case. ``words`` compares the answers; it is empty where they are the same or unknown."""

    was: Badge
    mark: str
    scores: Mapping[str, tuple[float | None, float | None]]
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A case, ready to be shown; ``scores`` are the systems' values by name of the score."""

    anchor: str
    row: Row
    badge: Badge
    systems: tuple[str, ...]
    scores: Mapping[str, tuple[float | None, ...]]
    since: Since | None

    @property
    def changed(self) -> bool:
        """Whether anything differs from the run it is compared with."""
        return self.since is not None and bool(self.since.mark or self.since.scores or self.since.words)


def html(run: Run, rows: Sequence[Row], against: Against | None, worst: int = 50, found: Findings | None = None) -> str:
    """The report of a run, with the ``worst`` cases of each suite; with ``against``, what changed since. ``found`` are
    the findings, where already computed."""
    found = found or findings(rows, against)
    environment = _environment()
    script = environment.get_template("script.html").render()
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    before = {(row.suite, row.id): row for row in against.rows} if against else {}
    chosen = {sheet.suite: _cases(place, sheet, before, worst) for place, sheet in enumerate(found.sheets, 1)}
    return environment.get_template("report.html").render(
        run=run,
        facts=_facts(run, rows),
        n=len(rows),
        sheets=found.sheets,
        comparison=found.comparison,
        cases=chosen,
        anchors={(each.row.suite, each.row.id): each.anchor for some in chosen.values() for each in some},
        script=script,
        digest=digest,
    )


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("evals.report", "."),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": number, "interval": interval, "ms": milliseconds, "badge": _badge}
    environment.tests["got_worse"] = got_worse
    environment.globals |= {
        **{"OURS": OURS, "NONE": NONE, "PASSAGES": PASSAGES, "FLIPS": FLIPS, "plots": plots},
        **{"systems": systems, "by_type": by_type},
    }
    return environment


def _facts(run: Run, rows: Sequence[Row]) -> Iterator[tuple[str, str]]:
    """What was run, by name; what is empty is left out."""
    told = (
        ("Cases", f"{len(rows):,}"),
        ("Took", duration(run.seconds)),
        ("Started", run.started),
        ("Commit", run.commit),
        ("Code", run.code),
        ("Machine", run.machine),
        ("Versions", " · ".join(f"{name} {version}" for name, version in run.versions.items())),
        ("Settings", settings(run)),
        ("Limit", "" if run.limit is None else f"at most {run.limit} cases a suite"),
        ("Judge", run.judge or ""),
        ("Agreement", agreement(rows) or ""),
        ("Data", " · ".join(run.data)),
    )
    yield from ((name, value) for name, value in told if value)


def _cases(place: int, sheet: Sheet, before: Mapping[tuple[str, str], Row], worst: int) -> tuple[Shown, ...]:
    chosen = sorted(sheet.rows, key=worst_first)[:worst]
    return tuple(_case(f"s{place}c{at}", row, before.get((row.suite, row.id))) for at, row in enumerate(chosen, 1))


def _case(anchor: str, row: Row, old: Row | None) -> Shown:
    names = tuple(sorted(row.scores, key=lambda system: system != OURS))
    since = None if old is None else _since(old, row)
    return Shown(anchor, row, _badge(outcome(row)), names, _by_score(row.scores, names), since)


def _by_score(scores: Scores, names: Sequence[str]) -> Mapping[str, tuple[float | None, ...]]:
    known = dict.fromkeys(score for name in names for score in scores[name] if not score.endswith(" ms"))
    nan = float("nan")  # does not apply; None is unscored
    return {score: tuple(scores[name].get(score, nan) for name in names) for score in known}


def _since(old: Row, new: Row) -> Since:
    was, now = old.scores.get(OURS, {}), new.scores.get(OURS, {})
    names = [name for name in dict.fromkeys((*was, *now)) if not name.endswith(" ms")]
    scores = {name: (was.get(name), now.get(name)) for name in names if was.get(name) != now.get(name)}
    order = tuple(Outcome)
    by = order.index(outcome(new)) - order.index(outcome(old))
    mark = "" if not by else "better" if by > 0 else "worse"
    words = word_changes(old.given, new.given) if old.given and old.given != new.given else ()
    return Since(_badge(outcome(old)), mark, scores, words)


def word_changes(before: str, after: str) -> tuple[Word, ...]:
    """Two texts compared word by word; long ones as a whole."""
    old, new = re.findall(r"\S+\s*", before), re.findall(r"\S+\s*", after)
    if len(old) + len(new) > _MOST_WORDS:
        return Word("old", before), Word("new", after)
    found = []
    matcher = SequenceMatcher(None, [each.strip() for each in old], [each.strip() for each in new], autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            found.append(Word("same", "".join(new[c:d])))
            continue
        found += [Word(name, "".join(some)) for name, some in (("old", old[a:b]), ("new", new[c:d])) if some]
    return tuple(found)


def _badge(each: Outcome) -> Badge:
    tone = "good" if each in GOOD else "bad" if each in _BAD else "unknown" if each is Outcome.UNSCORED else "mixed"
    return Badge(each.value, tone, _SIGNS[tone])
