"""The three measurements: a crowd, open streams, memory."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from evals.bench.tools import Spread, spread
from evals.serving.client import Asked, Crowd, crowd
from evals.serving.server import Running

RESIDENT_EVERY = 500
"""Questions between two looks at the memory."""
_AT_ONCE = 4  # who ask while memory is watched


@dataclass(frozen=True, slots=True)
class Crowded:
    """What a crowd got: answers a second, milliseconds an answer, and how many failed."""

    rate: float
    answers: Spread
    worst: float
    errors: int


@dataclass(frozen=True, slots=True)
class Fair:
    """Milliseconds that the polite waited: by themselves, and beside somebody who asks without end; what that one
    waited, and how many of all failed."""

    alone: Spread
    beside: Spread
    greedy: Spread
    errors: int


@dataclass(frozen=True, slots=True)
class Streamed:
    """What open streams took: how many were complete, milliseconds to the first event and to the end, and the server's
    megabytes and threads before them and at most."""

    complete: int
    first: Spread
    whole: Spread
    before: float
    most: float
    threads: int


@dataclass(frozen=True, slots=True)
class Held:
    """Megabytes of the server after each ``RESIDENT_EVERY`` questions, the first before any; ``slope`` is the
    least-squares megabytes a thousand questions, of all but the first half; errors; answers a second."""

    megabytes: tuple[float, ...]
    slope: float
    errors: int
    rate: float


async def crowded(server: Running, questions: Sequence[str], people: int, each: int) -> Crowded:
    """``people`` ask ``each`` questions one after the other, all at the same time; a new one as soon as there is an
    answer. Everybody begins at another question."""
    async with crowd(server.address) as asking:
        begun = perf_counter()
        done = await _all(asking, questions, [f"asker{number}" for number in range(people)], each)
        seconds = perf_counter() - begun
    return Crowded(len(done) / seconds, _spread(done), max(one.whole for one in done), sum(one.failed for one in done))


async def fair(server: Running, questions: Sequence[str], polite: int, outstanding: int, each: int) -> Fair:
    """``polite`` people ask ``each`` questions one after the other: first alone, then while another always has
    ``outstanding`` questions under way."""
    names = [f"polite{number}" for number in range(polite)]
    async with crowd(server.address) as asking:
        alone = await _all(asking, questions, names, each)
        stop, taken = asyncio.Event(), list[Asked]()

        async def grab(number: int) -> None:
            while not stop.is_set():
                taken.append(await asking.ask("greedy", questions[number % len(questions)]))

        greedy = [asyncio.create_task(grab(number)) for number in range(outstanding)]
        await asyncio.sleep(1.0)  # until all of them are there
        beside = await _all(asking, questions, names, each)
        stop.set()
        await asyncio.gather(*greedy)
    failed = sum(one.failed for one in (*alone, *beside, *taken))
    return Fair(_spread(alone), _spread(beside), _spread(taken), failed)


async def streamed(server: Running, questions: Sequence[str], streams: int) -> Streamed:
    """``streams`` people ask one question each at the same time and read the answer as it is written."""
    async with crowd(server.address) as asking:
        before, most, threads = server.megabytes(), 0.0, 0
        waiting = asyncio.gather(
            *(
                asking.ask(f"reader{number}", questions[number % len(questions)], stream=True)
                for number in range(streams)
            )
        )
        while not waiting.done():
            most, threads = max(most, server.megabytes()), max(threads, server.threads())
            await asyncio.sleep(0.25)
        done = await waiting
    complete = sum(not one.failed and one.last == "done" for one in done)
    first = spread([one.first for one in done if not one.failed])
    return Streamed(complete, first, _spread(done), before, most, threads)


async def held(server: Running, questions: Sequence[str], number: int) -> Held:
    """Asks ``number`` questions, a few people at the same time, and looks at the server's memory meanwhile."""
    async with crowd(server.address) as asking:
        await _all(asking, questions, ["first"], len(questions))  # what is read and kept once does not count
        megabytes, errors, begun = [server.megabytes()], 0, perf_counter()
        for _ in range(number // RESIDENT_EVERY):
            names = [f"asker{one}" for one in range(_AT_ONCE)]
            done = await _all(asking, questions, names, RESIDENT_EVERY // _AT_ONCE)
            errors += sum(one.failed for one in done)
            megabytes.append(server.megabytes())
        seconds = perf_counter() - begun
    counted = megabytes[len(megabytes) // 2 :]
    at = np.arange(len(counted)) * RESIDENT_EVERY / 1000
    slope = float(np.polyfit(at, counted, 1)[0]) if len(counted) > 1 else float("nan")
    return Held(tuple(megabytes), slope, errors, number / seconds)


async def _all(asking: Crowd, questions: Sequence[str], names: Sequence[str], each: int) -> list[Asked]:
    async def one(start: int, name: str) -> list[Asked]:
        return [await asking.ask(name, questions[(start + turn) % len(questions)]) for turn in range(each)]

    done = await asyncio.gather(*(one(start * 7, name) for start, name in enumerate(names)))
    return [asked for part in done for asked in part]


def _spread(done: Sequence[Asked]) -> Spread:
    return spread([one.whole for one in done if not one.failed])
