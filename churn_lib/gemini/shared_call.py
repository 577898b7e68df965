"""One call for all who ask for the same thing at the same time."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable, Iterator
from contextlib import contextmanager
from typing import Generic, NamedTuple, TypeVar

from churn_lib.errors import FallbackReason, WriterError

Result = TypeVar("Result")


class TimeoutLabel(NamedTuple):
    """What is said to whoever waited in vain."""

    reason: FallbackReason
    detail: str


NO_TEXT = TimeoutLabel("timeout", "no text within the deadline")


class SharedCall(Generic[Result]):
    """Work that several callers wait for, each as long as it can; the last to leave ends it.

    label: set by the work, to say what it is waiting for.
    """

    def __init__(self, work: "Work[Result]") -> None:
        self.label = NO_TEXT
        self.callers = 0
        self.task = asyncio.create_task(work(self))
        # Retrieved here, because whoever has left does not look at its error any more.
        self.task.add_done_callback(lambda task: task.cancelled() or task.exception())
        self._ends_at = 0.0
        self._timed_out = False

    def left(self) -> float:
        """Seconds until the last caller's deadline."""
        return self._ends_at - asyncio.get_running_loop().time()

    async def result(self, seconds: float) -> Result:
        """What the work gives within `seconds`, else a WriterError as `label` says."""
        self._ends_at = max(self._ends_at, asyncio.get_running_loop().time() + seconds)
        self.callers += 1
        timed_out = False
        try:
            await asyncio.wait({self.task}, timeout=seconds)
            timed_out = not self.task.done()
        finally:
            self._leave(timed_out=timed_out)
        if timed_out:
            raise WriterError(*self.label)
        if self.task.cancelled():
            raise WriterError("shutdown", "the writer was closed")
        return self.task.result()

    @contextmanager
    def deadline(self) -> Iterator[None]:
        """For the work: when its last caller's time is up, it ends with a WriterError too.

        A caller who is cancelled says nothing of Gemini, one who waited in vain does.
        """
        try:
            yield
        except asyncio.CancelledError:
            if not self._timed_out:
                raise
            raise WriterError(*self.label) from None

    def _leave(self, *, timed_out: bool) -> None:
        self.callers -= 1
        if not self.callers:
            self._timed_out = timed_out
            self.task.cancel()


Work = Callable[[SharedCall[Result]], Coroutine[None, None, Result]]


class SharedCalls(Generic[Result]):
    """The calls that are under way, by what was asked for."""

    def __init__(self) -> None:
        self._calls: dict[Hashable, SharedCall[Result]] = {}

    async def join(self, key: Hashable, work: Work[Result], seconds: float) -> Result:
        """The result of the call with this key, begun if there is none."""
        call = self._calls.get(key)
        if call is None:
            call = self._calls[key] = SharedCall(work)
        try:
            return await call.result(seconds)
        finally:
            if not call.callers:
                del self._calls[key]

    def cancel(self) -> None:
        """Ends all calls; their callers get the reason `shutdown`."""
        for call in self._calls.values():
            call.task.cancel()
