"""Turns are held by no more than may, go round the persons, and none is ever lost."""

import asyncio
import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ui.operations.admission import Admission, Busy


async def hold(admission: Admission, owner: str, told: list[str], until: asyncio.Event) -> None:
    async with admission.turn(owner):
        told.append(owner)
        await until.wait()


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_turns_go_round_the_persons_and_one_holds_only_its_share() -> None:
    async def story() -> None:
        admission, told, until = Admission(2, 20, 1), list[str](), asyncio.Event()
        greedy = [asyncio.create_task(hold(admission, "greedy", told, until)) for _ in range(6)]
        await settle()
        polite = [asyncio.create_task(hold(admission, name, told, until)) for name in ("ann", "bob")]
        await settle()
        assert told == ["greedy", "ann"], "the greedy one has its share, and ann comes at once"
        assert (admission.running, admission.waiting) == (2, 6)
        until.set()
        await asyncio.gather(*greedy, *polite)
        assert told.index("bob") <= 3, "bob waits for no more than one of the five that came before"
        assert (admission.running, admission.waiting) == (0, 0)

    asyncio.run(story())


def test_too_many_are_sent_away_and_the_one_with_most_goes_first() -> None:
    async def story() -> None:
        admission, told, until = Admission(1, 3, 1), list[str](), asyncio.Event()
        greedy = [asyncio.create_task(hold(admission, "greedy", told, until)) for _ in range(4)]
        await settle()
        with pytest.raises(Busy) as refused:
            await hold(admission, "greedy", told, until)
        assert refused.value.retry_after == 8, "one held and three waiting, at 2 s each until one was timed"
        ann = asyncio.create_task(hold(admission, "ann", told, until))
        await settle()
        assert admission.waiting == 3
        with pytest.raises(Busy):
            await greedy[-1]
        until.set()
        await asyncio.gather(*greedy[:-1], ann)
        assert Counter(told) == {"greedy": 3, "ann": 1}

    asyncio.run(story())


def test_a_stopping_server_finishes_who_is_here_and_takes_nobody_else() -> None:
    async def story() -> None:
        admission, told, until = Admission(1, 3, 1), list[str](), asyncio.Event()
        here = [asyncio.create_task(hold(admission, "ann", told, until)) for _ in range(2)]
        await settle()
        admission.close()
        with pytest.raises(Busy, match="stopping"):
            await hold(admission, "bob", told, until)
        until.set()
        await asyncio.gather(*here)
        assert told == ["ann", "ann"]

    asyncio.run(story())


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    at_once=st.integers(1, 4),
    waiting=st.integers(0, 12),
    each=st.integers(1, 3),
    askers=st.integers(1, 40),
)
def test_no_turn_is_lost_whoever_leaves_when(seed: int, at_once: int, waiting: int, each: int, askers: int) -> None:
    """Askers come, are cancelled while they wait, while they hold, and in the moment they are let in."""
    chance = random.Random(seed)

    async def story() -> None:
        admission, held, most = Admission(at_once, waiting, each), Counter[str](), 0

        async def ask(owner: str, rounds: int) -> None:
            nonlocal most
            async with admission.turn(owner):
                held[owner] += 1
                most = max(most, held.total())
                assert held[owner] <= each
                try:
                    for _ in range(rounds):
                        await asyncio.sleep(0)
                finally:
                    held[owner] -= 1

        tasks = []
        for _ in range(askers):
            tasks.append(asyncio.create_task(ask(chance.choice("abc"), chance.randrange(4))))
            for _ in range(chance.randrange(3)):
                await asyncio.sleep(0)
            if chance.random() < 0.4:
                chance.choice(tasks).cancel()
            assert admission.waiting <= waiting
        done = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 5)
        assert all(each is None or isinstance(each, asyncio.CancelledError | Busy) for each in done)
        assert (admission.running, admission.waiting) == (0, 0)
        assert most <= at_once
        for name in "abc":
            await asyncio.wait_for(ask(name, 1), 1)

    asyncio.run(story())
