"""Work that many callers share: one call for all who ask for the same, and one client for each
event loop.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Hashable
from contextlib import asynccontextmanager
from typing import Generic, NamedTuple, TypeVar

from churn_lib.errors import FallbackReason, WriterError

Result = TypeVar("Result")


class Late(NamedTuple):
    """What a deadline that passes is reported as."""

    reason: FallbackReason
    detail: str


NO_RESULT = Late("timeout", "no text within the deadline")


class Flight(Generic[Result]):
    """One piece of work that any number of callers await, each with a deadline of their own.

    late: set by the work, to say what it is waiting for.
    """

    def __init__(self, work: "Work[Result]", ends_at: float) -> None:
        self.ends_at = ends_at
        self.late = NO_RESULT
        self._waiting = 0
        self._abandoned = False
        self._timeout: asyncio.Timeout | None = None
        self.task = asyncio.create_task(work(self))

    def left(self) -> float:
        """Seconds until the last caller's deadline."""
        return self.ends_at - asyncio.get_running_loop().time()

    def may_be_joined(self) -> bool:
        """Whether one more caller can still get a result."""
        return not (self.task.done() or self._abandoned) and self.left() > 0

    @asynccontextmanager
    async def deadline(self) -> AsyncIterator[None]:
        """For the work: ends it with a WriterError labelled as `late` says at the last caller's
        deadline.
        """
        try:
            async with asyncio.timeout_at(self.ends_at) as self._timeout:
                yield
        except TimeoutError:
            raise WriterError(*self.late) from None

    async def wait(self, ends_at: float) -> Result:
        """The result, or a WriterError labelled as `late` says at `ends_at`. The last caller to
        leave ends the work.
        """
        self._extend(ends_at)
        self._waiting += 1
        try:
            async with asyncio.timeout_at(ends_at):
                return await asyncio.shield(self.task)
        except TimeoutError:
            # At the last deadline the work ends itself, and its end is counted as a failure of
            # Gemini.
            self._leave(abandon=ends_at < self.ends_at)
            raise WriterError(*self.late) from None
        except asyncio.CancelledError:
            caller = asyncio.current_task()
            if self.task.cancelled() and not (caller and caller.cancelling()):
                raise WriterError("shutdown", "the writer was closed") from None
            self._leave(abandon=True)
            raise

    def _extend(self, ends_at: float) -> None:
        if ends_at > self.ends_at:
            self.ends_at = ends_at
            if self._timeout is not None:
                self._timeout.reschedule(ends_at)

    def _leave(self, *, abandon: bool) -> None:
        self._waiting -= 1
        if abandon and not self._waiting:
            self._abandoned = True
            self.task.cancel()


Work = Callable[[Flight[Result]], Coroutine[None, None, Result]]


class Flights(Generic[Result]):
    """Callers who ask for the same thing at the same time share one flight."""

    def __init__(self) -> None:
        self._flights: dict[tuple[asyncio.AbstractEventLoop, Hashable], Flight[Result]] = {}

    async def join(self, key: Hashable, work: Work[Result], deadline: float) -> Result:
        """The result of the flight with this key, begun if there is none. `deadline`: seconds from
        now.
        """
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + deadline
        place = (loop, key)
        flight = self._flights.get(place)
        if flight is None or not flight.may_be_joined():
            flight = self._flights[place] = Flight(work, ends_at)
            flight.task.add_done_callback(lambda task: self._forget(place, task))
        return await flight.wait(ends_at)

    def cancel(self) -> None:
        """Ends all flights of the running loop."""
        loop = asyncio.get_running_loop()
        for (owner, _), flight in list(self._flights.items()):
            if owner is loop:
                flight.task.cancel()

    def _forget(
        self, place: tuple[asyncio.AbstractEventLoop, Hashable], task: asyncio.Task[Result]
    ) -> None:
        if not task.cancelled():
            task.exception()  # seen here, for a caller who has left does not look at it any more
        flight = self._flights.get(place)
        if flight is not None and flight.task is task:
            del self._flights[place]


class PerLoop(Generic[Result]):
    """One thing for each event loop, made by whoever asks first; a making that failed is tried
    again.
    """

    def __init__(self, make: Callable[[], Coroutine[None, None, Result]]) -> None:
        self._make = make
        self._made: dict[asyncio.AbstractEventLoop, asyncio.Task[Result]] = {}

    async def get(self) -> Result:
        """The running loop's. A caller who is cancelled does not cancel the making."""
        loop = asyncio.get_running_loop()
        task = self._made.get(loop)
        if task is None or _failed(task):
            self._made = {
                other: made for other, made in self._made.items() if not other.is_closed()
            }
            task = self._made[loop] = loop.create_task(self._make())
        return await asyncio.shield(task)

    async def pop(self) -> Result | None:
        """The running loop's, which is then forgotten; None when there is none."""
        task = self._made.pop(asyncio.get_running_loop(), None)
        return None if task is None or _failed(task) else await task


def _failed(task: asyncio.Task[Result]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)
