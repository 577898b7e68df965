"""Whoever has many rows lets everybody else have a turn of the event loop between two of them."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from itertools import pairwise

import pytest

from functions.slices import SLICE_SECONDS, in_slices, written_in_slices

BATCHES, ROWS = 20, 3


def scored(taken: Callable[[], None]) -> AsyncIterator[list[None]]:
    return in_slices(range(ROWS), lambda _row: taken())


def written(taken: Callable[[], None]) -> AsyncIterator[list[None]]:
    async def answered(_row: int) -> None:
        taken()

    return written_in_slices(range(ROWS), answered)


@pytest.mark.parametrize("kind", [scored, written])
def test_one_row_of_all_batches_is_answered_between_two_turns_of_others(
    kind: Callable[[Callable[[], None]], AsyncIterator[list[None]]],
) -> None:
    answered = 0

    def taken() -> None:
        nonlocal answered
        time.sleep(SLICE_SECONDS)
        answered += 1

    async def batch() -> int:
        return sum([len(some) async for some in kind(taken)])

    async def others() -> list[int]:
        batches = [asyncio.create_task(batch()) for _ in range(BATCHES)]
        turns = [0]
        while not all(task.done() for task in batches):
            await asyncio.sleep(0)
            turns.append(answered)
        assert [task.result() for task in batches] == [ROWS] * BATCHES
        return [after - before for before, after in pairwise(turns)]

    assert max(asyncio.run(others())) == 1
    assert answered == BATCHES * ROWS
