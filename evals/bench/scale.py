"""How time and memory grow with the library: made libraries, the real index."""

from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np

from evals.bench.texts import NOISE, SEED, Material, articles, as_document, noisy
from evals.bench.tools import Memory, Plan, Spread, apart, both, command, defaults, disk, memory, spread, table
from evals.cases import Case
from index.library import Model
from index.split import chunks
from index.tables import Embedded
from rag.answer import answer
from rag.desk import Desk, open_desk
from rag.types import Filters

OPENING = "What did the two leaders agree on?"  # the first question of a fresh process; it is none of the cases
_BUNDLE = 100  # made documents that share one file, and so one transaction


@dataclass(frozen=True, slots=True)
class Filled:
    """A made library: how many chunks and documents, seconds to store them and to build the index, megabytes on disk
    and of the process that did it."""

    chunks: int
    documents: int
    stored: float
    built: float
    disk: float
    memory: Memory


@dataclass(frozen=True, slots=True)
class Limit:
    """A filter, and the share of the documents that it leaves."""

    name: str
    filters: Filters
    share: float


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds of retrieval and of whole answers under one limit, asked for the first time and again."""

    limit: Limit
    retrieval: Spread
    answers: Spread
    retrieval_again: Spread
    answers_again: Spread


@dataclass(frozen=True, slots=True)
class Asked:
    """A fresh process that asked a library: seconds to open it and answer one question (imports not counted), the
    latencies, and its memory after all of it."""

    opened: float
    latencies: tuple[Latency, ...]
    memory: Memory


@dataclass(frozen=True, slots=True)
class Grown:
    """All about one size; ``whole`` are the seconds of whole ``citedesk ask`` commands."""

    filled: Filled
    whole: tuple[float, ...]
    asked: Asked


def fill(home: Path, given: Material, size: int, seed: int) -> Filled:
    """Makes a library of exactly ``size`` chunks in ``home`` and has the vector index built from it."""
    with closing(open_desk(defaults(home))) as desk:
        start = perf_counter()
        documents = _store(desk, given, size, seed)
        stored = perf_counter()
        desk.index.sync(desk.library)
        built = perf_counter()
        number = desk.library.count_chunks()
    return Filled(number, documents, stored - start, built - stored, disk(home), memory())


def _store(desk: Desk, given: Material, size: int, seed: int) -> int:
    """Stores made documents of ``size`` chunks in all, as ingest would; returns how many documents."""
    made, rng = articles(given, seed), np.random.default_rng(seed)
    model = Model(desk.model.model_name, given.vectors.shape[1])
    documents, left, bundles = 0, size, count()
    while left:
        source, ready = f"/made/{next(bundles):05}.txt", list[Embedded]()
        while left and len(ready) < _BUNDLE:
            document = as_document(next(made), source, len(ready))
            parts = chunks(document, desk.settings.chunk_tokens)[:left]
            ready.append(Embedded(document, parts, noisy(given.vectors, len(parts), rng)))
            left -= len(parts)
        desk.library.replace(source, "made", ready, model)
        documents += len(ready)
    return documents


def ask(home: Path, cases: Sequence[Case], filtered: bool) -> Asked:
    """Opens the library in ``home`` and asks it every case twice: without a limit and, if ``filtered``, with three."""
    start = perf_counter()
    with closing(open_desk(defaults(home))) as desk:
        answer(desk, OPENING, write=False)
        opened = perf_counter() - start
        limits = [Limit("none", Filters(), 1.0), *(_limits(desk) if filtered else ())]
        return Asked(opened, tuple(_latency(desk, cases, limit) for limit in limits), memory())


def _limits(desk: Desk) -> list[Limit]:
    """The commonest outlet, the days from which a tenth of the documents are, and one document."""
    entries = desk.library.entries()
    outlet = Counter(entry.outlet for entry in entries if entry.outlet).most_common(1)[0][0]
    days = sorted(entry.published for entry in entries if entry.published)
    chosen = {
        "one outlet": Filters(outlets=(outlet,)),
        "since a date": Filters(since=days[len(days) * 9 // 10]),
        "one document": Filters(documents=(entries[len(entries) // 2].id,)),
    }
    total = len(entries)
    return [Limit(name, some, desk.library.count_documents(some) / total) for name, some in chosen.items()]


def _latency(desk: Desk, cases: Sequence[Case], limit: Limit) -> Latency:
    first, again = (
        [answer(desk, case.question, case.history, limit.filters, write=False).timings for case in cases]
        for _ in range(2)
    )
    return Latency(
        limit,
        spread([each.retrieve for each in first]),
        spread([each.total for each in first]),
        spread([each.retrieve for each in again]),
        spread([each.total for each in again]),
    )


def library(plan: Plan, size: int) -> Path:
    """Where the made library of this size is, or will be."""
    return plan.scratch / f"library-{size}"


def scale(plan: Plan, given: Material) -> None:
    """Measures and prints the part “scale”."""
    found = [_grown(plan, given, size) for size in plan.sizes]
    table(
        "Growing: making the library",
        "Made documents are put into the library, with vectors that were not embedded: those of the folder's chunks, "
        f"drawn at random, with noise added (norm {NOISE} to a vector's 1) and normalised. Then the vector index is "
        "built from it. One run each.",
        ["chunks", "documents", "making and storing s", "building the index s", "disk MB", "memory at most MB"],
        [
            [
                *(f"{made.chunks:,}", f"{made.documents:,}", f"{made.stored:.1f}", f"{made.built:.1f}"),
                *(f"{made.disk:.1f}", f"{made.memory.peak:.0f}"),
            ]
            for made in (each.filled for each in found)
        ],
    )
    table(
        "Growing: start and memory",
        "Opening and answering a first question in a fresh process (files in the page cache; LlamaIndex and Chroma are "
        "imported with it), n = 1; "
        f"`citedesk ask` from start to end, n = {len(found[0].whole)}; memory of the process after all questions of "
        "the next table.",
        ["chunks", "open and first answer s", "`citedesk ask` median s", "memory MB", "at most MB"],
        [
            [
                *(f"{each.filled.chunks:,}", f"{each.asked.opened:.2f}", f"{median(each.whole):.2f}"),
                *(_megabytes(each.asked.memory.now), _megabytes(each.asked.memory.peak)),
            ]
            for each in found
        ],
    )
    table(
        "Growing: retrieval and whole answers",
        "p50 / p95 in ms; n is the number of questions. “First” is a question that was not asked yet under this filter "
        "in this process, “again” the same ones once more. The share is that of the documents a filter leaves.",
        ["chunks", "filter", "n", "retrieval, first", "retrieval, again", "whole answer, first", "whole answer, again"],
        [
            [
                *(f"{each.filled.chunks:,}", _named(one.limit), str(one.answers.number)),
                *map(both, (one.retrieval, one.retrieval_again, one.answers, one.answers_again)),
            ]
            for each in found
            for one in each.asked.latencies
        ],
    )


def _grown(plan: Plan, given: Material, size: int) -> Grown:
    home = library(plan, size)
    with plan.step(f"{size:,} chunks: making the library and its index"):
        filled = apart(fill, home, given, size, SEED)
    with plan.step(f"{size:,} chunks: asking"):
        whole = [command(home, ["ask", plan.cases[0].question]).seconds for _ in range(min(plan.cold, 3))]
        return Grown(filled, tuple(whole), apart(ask, home, plan.cases, True))


def _named(limit: Limit) -> str:
    return limit.name if limit.filters == Filters() else f"{limit.name} ({limit.share * 100:.2g} %)"


def _megabytes(held: float | None) -> str:
    return "–" if held is None else f"{held:.0f}"
