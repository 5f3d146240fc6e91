"""Rows as a run leaves them, made up and always the same, for the tests of the reports."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from evals.metrics import RANKINGS
from evals.report.sheets import Against, Findings, findings
from evals.results import OURS, Excerpt, Row
from evals.runs import Run

HOSTILE = (
    '<script>window.pwned=1</script></details> {{ 7 * 7 }} ${window.pwned=2} "q" \' <img src=x onerror=pwned=3> '
    "http://outside.example/i.png שלום"
)
_TEXT = "the ferry was built by a shipyard in town and carries four hundred people across the bay since"
_WORDS = tuple(_TEXT.split(" "))
_TYPES = ("fact", "list", "date", "conflict", "unanswerable_near", "unanswerable_far")


def run(suites: Sequence[str] = ("own",), **settings: str | int | float | None) -> Run:
    """A finished run of ``suites``."""
    return Run(
        suites=tuple(suites),
        data=("/somewhere/squad-new_wiki.json",),
        documents="/somewhere/papers",
        content="89abcdef01234567",
        limit=None,
        judge=None,
        settings={"top_k": 10, "refuse_below": 0.64, "embed_model": None, **settings},
        commit="abc1234+",
        code="0123456789abcdef",
        machine="x86_64, 2 cores, Python 3.11.7",
        versions={"numpy": "2.0.0"},
        started="2026-01-02T03:04:05+00:00",
        finished=True,
        seconds=43.4,
    )


def row(
    id_: str = "c1", scores: Mapping[str, float | None] | None = None, suite: str = "own", type_: str = "fact"
) -> Row:
    """One answered case with our own ``scores``."""
    return Row(suite, id_, type_, "Who built the Aurora?", ("Halden",), "The Halden shipyard.", {OURS: scores or {}})


def excerpt(text: str, supports: bool | None, first: int = 3) -> Excerpt:
    """A piece of a document."""
    return Excerpt(
        "d1", "The Aurora goes into dock", "Coast Courier", "2022-05-03", first, first, 0, len(text), text, supports
    )


def questions(n: int, seed: int = 0, suite: str = "own") -> tuple[Row, ...]:
    """Answered and refused questions, with three baselines of retrieval and one of reading."""
    chance = random.Random(f"{seed} {suite}")
    return tuple(_question(f"{suite}-{place:04}", suite, _TYPES[place % len(_TYPES)], chance) for place in range(n))


def parts(n: int = 30) -> tuple[Row, ...]:
    """Rows of the suites that grade single parts: claims, rewrites, sentences and pages."""
    chance, found = random.Random(5), []
    for place in range(n):
        yes = float(place % 2)
        claim = {"support": min(1.0, max(0.0, chance.gauss(0.4 + 0.3 * yes, 0.2))), "attributable": yes}
        claim["verdict"] = float(claim["support"] > 0.5)
        plain = {**claim, "support": chance.random(), "verdict": float(chance.random() > 0.5)}
        some = {"matched": float(chance.randint(5, 9)), "given": 9.0, "marked": 10.0}
        page = {"shingle precision": chance.uniform(0.8, 1), "shingle recall": chance.uniform(0.6, 1)}
        for suite, type_, scores in (
            ("claims", ("wiki", "news")[place % 2], {OURS: claim, "cosine": plain}),
            ("rewrites", "rewrite", {OURS: {"rewrite F1": chance.random()}, "question as asked": {"rewrite F1": 0.4}}),
            (
                "sentences",
                ("blog", "legal", "poem")[place % 3],
                {OURS: some, "split at full stops": {**some, "matched": 4.0}},
            ),
            ("pages", "page", {OURS: page}),
        ):
            texts = _sentence(chance), _sentence(chance)
            found.append(Row(suite, f"{suite}-{place}", type_, texts[0], (texts[1],), _sentence(chance), scores))
    return tuple(sorted(found, key=lambda each: each.suite))


def later(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The same cases in a later run: every fourth question of "own" came out worse, with another answer."""
    changed = []
    for place, each in enumerate(rows):
        if each.suite != "own" or place % 4 or each.refused:
            changed.append(each)
            continue
        ours = {name: 0.0 if name in _GRADES else value for name, value in each.scores[OURS].items()}
        given = each.given.replace(" was ", " had been ").replace(" the ", " that ")
        changed.append(replace(each, scores={**each.scores, OURS: ours}, given=f"{given} And more."))
    return tuple(changed)


_GRADES = ("best sentence right", "right when answered", "right", "citation recall", "citation precision")


def _question(id_: str, suite: str, type_: str, chance: random.Random) -> Row:
    answerable = not type_.startswith("unanswerable")
    confidence = min(1.0, max(0.0, chance.gauss(0.7 if answerable else 0.5, 0.15)))
    refused = confidence < 0.6
    right = answerable and chance.random() < confidence
    ours: dict[str, float | None] = {"answerable": float(answerable), "confidence": confidence, "right": float(right)}
    cosine: dict[str, float | None] = {**ours, "confidence": chance.random(), "right": float(chance.random() < 0.5)}
    scores: dict[str, dict[str, float | None]] = {OURS: ours, "cosine": cosine}
    if answerable:
        ours["best sentence right"] = float(right)
        cosine["best sentence right"] = cosine["right"]
        ours["citation recall"] = float(right and chance.random() < 0.8) if not refused else 0.0
        ours["answered"] = float(not refused)
        for system, base in ((OURS, 0.9), ("BM25", 0.7), ("dense", 0.75), ("RRF", 0.8)):
            grades = scores.setdefault(system, {})
            for name in RANKINGS:
                grades[f"document {name}"] = float(chance.random() < base)
                grades[f"paragraph {name}"] = float(chance.random() < base - 0.1)
        if not refused:
            ours["right when answered"] = float(right)
            ours["citation precision"] = None if chance.random() < 0.1 else float(right)
    else:
        ours["refusal recall"] = float(refused)
    if type_ == "conflict":
        ours["says what it must not"] = float(chance.random() < 0.1)
        ours["conflict recall"] = chance.choice([0.5, 1.0]) if not refused else 0.0
    for stage, most in (("rewrite", 0.3), ("retrieve", 9.0), ("read", 70.0), ("total", 90.0)):
        ours[f"{stage} ms"] = chance.uniform(0.1, most)
    texts = [_sentence(chance) for _ in range(12)]
    return Row(
        *(suite, id_, type_, f"{_sentence(chance)[:-1]}?", tuple(texts[:2]) if answerable else ()),
        given="The documents do not say." if refused else f"{texts[0]} [1] {texts[1]} [2]",
        scores=scores,
        understood=f"{_sentence(chance)[:-1]}?" if chance.random() < 0.3 else "",
        refused=refused,
        citations=() if refused else tuple(excerpt(text, chance.choice([True, False, None])) for text in texts[:2]),
        passages=tuple(excerpt(text, chance.random() < 0.2, place) for place, text in enumerate(texts, 1)),
        timings={"rewrite": 0.12, "retrieve": 7.3, "read": 60.0, "total": 67.5},
    )


def _sentence(chance: random.Random) -> str:
    return " ".join(chance.sample(_WORDS, 12)).capitalize() + "."


HOSTILE_ROW = Row(
    *("own", HOSTILE, HOSTILE, HOSTILE, (HOSTILE, HOSTILE), HOSTILE),
    scores={
        OURS: {"says what it must not": 1.0, "confidence": 0.5, "right": 0.0, HOSTILE: 1.0},
        HOSTILE: {HOSTILE: None},
    },
    understood=f"{HOSTILE} understood",
    citations=(excerpt(HOSTILE, None),),
    passages=(replace(excerpt(HOSTILE, False), title=HOSTILE, outlet=HOSTILE, published=HOSTILE),),
    timings={HOSTILE: 1.0},
)
ROWS = (*questions(93), *questions(24, suite="squad"), *parts(12))
NOW = (*later(ROWS), HOSTILE_ROW)
BASELINE = Against("baseline", tuple(replace(each, citations=(), passages=()) for each in ROWS))


@cache
def found() -> Findings:
    """The findings of ROWS."""
    return findings(ROWS, None)


@cache
def since() -> Findings:
    """The findings of NOW against BASELINE."""
    return findings(NOW, BASELINE)
