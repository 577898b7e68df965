"""Whoever has many rows lets everybody else have a turn of the event loop between two of them."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from itertools import pairwise

import pytest

from functions.slices import SLICE_SECONDS, in_slices, json_parts, written_in_slices

BATCHES, ROWS = 20, 3


Answer = Callable[[int], Awaitable[None]]
Kind = Callable[[Iterable[int], Answer], AsyncIterator[list[None]]]


@pytest.mark.parametrize("kind", [in_slices, written_in_slices])
def test_one_row_of_all_batches_is_answered_between_two_turns_of_others(kind: Kind) -> None:
    answered = 0

    def work() -> None:
        nonlocal answered
        time.sleep(SLICE_SECONDS)
        answered += 1

    async def taken(_row: int) -> None:
        work()

    async def batch() -> int:
        return sum([len(some) async for some in kind(range(ROWS), taken)])

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


@pytest.mark.parametrize(
    ("text", "steps_after"), [(b"[1]", 3), (b'["\\u003a"]', 5), (b"[" + b"1," * 999 + b"1]", 13)]
)
def test_others_get_a_turn_between_two_steps_of_reading_a_body(
    text: bytes, steps_after: int
) -> None:
    turns, at_writing = 0, 0

    def apart(parsed: object) -> Sequence[object]:
        nonlocal at_writing
        at_writing = turns
        return parsed if isinstance(parsed, list) else []

    async def others() -> None:
        nonlocal turns
        reading = asyncio.create_task(json_parts(text, apart))
        while not reading.done():
            await asyncio.sleep(0)
            turns += 1

    asyncio.run(others())
    assert at_writing >= 2
    assert turns - at_writing >= steps_after


def test_what_one_body_holds_is_gone_before_the_next_one_is_parsed() -> None:
    begun, ended = 0, 0

    async def read() -> None:
        nonlocal ended

        def apart(parsed: object) -> Sequence[object]:
            nonlocal begun
            assert begun == ended
            begun += 1
            return [parsed]

        await json_parts(b"{}", apart)
        ended += 1

    async def all_at_once() -> None:
        await asyncio.gather(*[read() for _ in range(BATCHES)])

    asyncio.run(all_at_once())
    assert ended == BATCHES
