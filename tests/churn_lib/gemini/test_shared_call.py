"""One piece of work for many callers, and one thing for each event loop."""

import asyncio

import pytest

from churn_lib.errors import WriterError
from churn_lib.gemini.shared_call import Flight, Flights, PerLoop

pytestmark = pytest.mark.anyio


class Work:
    """Counts how often it is begun, and ends when it is told to."""

    def __init__(self) -> None:
        self.begun = 0
        self.ended: list[str] = []
        self.done = asyncio.Event()

    async def __call__(self, flight: Flight[str]) -> str:
        self.begun += 1
        try:
            async with flight.deadline():
                await self.done.wait()
        except WriterError as error:
            self.ended.append(error.reason)
            raise
        except asyncio.CancelledError:
            self.ended.append("cancelled")
            raise
        return "text"


async def reason(caller: "asyncio.Task[str]") -> str:
    with pytest.raises(WriterError) as caught:
        await caller
    return caught.value.reason


async def test_a_later_caller_with_a_longer_deadline_extends_the_work() -> None:
    flights, work = Flights[str](), Work()
    short = asyncio.create_task(flights.join("key", work, 0.05))
    long = asyncio.create_task(flights.join("key", work, 5))
    assert await reason(short) == "timeout"
    work.done.set()
    assert await long == "text"
    assert work.begun == 1


async def test_a_caller_with_a_shorter_deadline_leaves_the_others_alone() -> None:
    flights, work = Flights[str](), Work()
    long = asyncio.create_task(flights.join("key", work, 5))
    assert await reason(asyncio.create_task(flights.join("key", work, 0.05))) == "timeout"
    work.done.set()
    assert await long == "text"


async def test_the_work_learns_that_its_time_is_up() -> None:
    flights, work = Flights[str](), Work()
    assert await reason(asyncio.create_task(flights.join("key", work, 0.05))) == "timeout"
    await asyncio.sleep(0)
    assert work.ended == ["timeout"]


async def test_work_that_nobody_waits_for_is_cancelled_and_begun_anew_for_the_next() -> None:
    flights, work = Flights[str](), Work()
    first = asyncio.create_task(flights.join("key", work, 5))
    await asyncio.sleep(0.01)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    second = asyncio.create_task(flights.join("key", work, 5))
    work.done.set()
    assert await second == "text"
    assert (work.begun, work.ended) == (2, ["cancelled"])


async def test_an_error_reaches_every_caller() -> None:
    async def fail(_: Flight[str]) -> str:
        raise WriterError("blocked")

    flights = Flights[str]()
    callers = [asyncio.create_task(flights.join("key", fail, 5)) for _ in range(3)]
    assert [await reason(caller) for caller in callers] == ["blocked"] * 3


async def test_a_making_that_fails_is_tried_again() -> None:
    tries: list[int] = []

    async def make() -> int:
        tries.append(len(tries))
        if len(tries) == 1:
            raise OSError("no certificates")
        return len(tries)

    things = PerLoop(make)
    with pytest.raises(OSError, match="no certificates"):
        await things.get()
    assert [await things.get(), await things.get()] == [2, 2]


def test_each_loop_has_a_thing_of_its_own() -> None:
    made: list[asyncio.AbstractEventLoop] = []

    async def make() -> int:
        made.append(asyncio.get_running_loop())
        return len(made)

    things = PerLoop(make)
    assert [asyncio.run(things.get()), asyncio.run(things.get())] == [1, 2]
