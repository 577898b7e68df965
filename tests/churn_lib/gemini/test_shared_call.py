"""One piece of work for many callers."""

import asyncio

import pytest

from churn_lib.errors import WriterError
from churn_lib.gemini.shared_call import SharedCall, SharedCalls, TimeoutLabel

pytestmark = pytest.mark.anyio


class Work:
    """Counts how often it is begun, and ends when it is told to."""

    def __init__(self) -> None:
        self.begun = 0
        self.ended: list[str] = []
        self.done = asyncio.Event()

    async def __call__(self, call: SharedCall[str]) -> str:
        self.begun += 1
        try:
            with call.deadline():
                await self.done.wait()
        except WriterError as error:
            self.ended.append(error.reason)
            raise
        except asyncio.CancelledError:
            self.ended.append("cancelled")
            raise
        return "text"


def asking(calls: SharedCalls[str], work: Work, seconds: float) -> "asyncio.Task[str]":
    return asyncio.create_task(calls.join("key", work, seconds))


async def reason(caller: "asyncio.Task[str]") -> str:
    with pytest.raises(WriterError) as caught:
        await caller
    return caught.value.reason


async def test_each_caller_waits_until_its_own_deadline_and_no_longer() -> None:
    calls, work = SharedCalls[str](), Work()
    short, long, shortest = (asking(calls, work, seconds) for seconds in (0.05, 5, 0.01))
    assert [await reason(caller) for caller in (short, shortest)] == ["timeout"] * 2
    work.done.set()
    assert await long == "text"
    assert (work.begun, work.ended) == (1, [])


async def test_the_work_learns_that_its_time_is_up() -> None:
    calls, work = SharedCalls[str](), Work()
    assert await reason(asking(calls, work, 0.05)) == "timeout"
    await asyncio.sleep(0)
    assert work.ended == ["timeout"]


async def test_the_work_says_what_it_was_waiting_for() -> None:
    async def wait(call: SharedCall[str]) -> str:
        call.label = TimeoutLabel("secret_unavailable", "no key yet")
        await asyncio.Event().wait()
        return "text"

    with pytest.raises(WriterError, match="secret_unavailable: no key yet"):
        await SharedCalls[str]().join("key", wait, 0.01)


async def test_work_that_nobody_waits_for_is_cancelled_and_begun_anew_for_the_next() -> None:
    calls, work = SharedCalls[str](), Work()
    first = asking(calls, work, 5)
    await asyncio.sleep(0.01)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    second = asking(calls, work, 5)
    work.done.set()
    assert await second == "text"
    assert (work.begun, work.ended) == (2, ["cancelled"])


async def test_a_caller_who_hangs_up_after_another_waited_in_vain_is_no_timeout() -> None:
    calls, work = SharedCalls[str](), Work()
    short, long = asking(calls, work, 0.01), asking(calls, work, 5)
    assert await reason(short) == "timeout"
    long.cancel()
    await asyncio.wait({long})
    await asyncio.sleep(0)
    assert work.ended == ["cancelled"]


async def test_an_error_reaches_every_caller() -> None:
    async def fail(_: SharedCall[str]) -> str:
        raise WriterError("blocked")

    calls = SharedCalls[str]()
    callers = [asyncio.create_task(calls.join("key", fail, 5)) for _ in range(3)]
    assert [await reason(caller) for caller in callers] == ["blocked"] * 3


async def test_calls_that_are_ended_are_labelled_so() -> None:
    calls, work = SharedCalls[str](), Work()
    caller = asking(calls, work, 5)
    await asyncio.sleep(0)
    calls.cancel()
    assert await reason(caller) == "shutdown"
