"""What bounds a request: how many at once, the size and time of its body, the time for all of it, and for whom."""

import asyncio
import re
from collections.abc import Coroutine
from typing import TypeVar

from starlette.requests import ClientDisconnect, Request

from churn_lib.errors import BusyError, DeadlineError, SizeError, SlowBodyError
from functions.drain import drain

IN_FLIGHT = 200
READ_SECONDS = 5.0
REQUEST_SECONDS = 9.0

MARGIN = 0.25
"""Seconds of a request that Gemini can't have: they are for the template that takes its place."""

WATCH_AFTER = 0.2
"""Seconds before anybody looks whether the client is still there: most answers are out long before."""

WAIT = re.compile(r'(?:^|,)\s*wait\s*=\s*"?(\d{1,6})"?\s*(?:[,;]|$)', re.IGNORECASE)
"""The preference `wait` of RFC 7240, section 4.3, in whole seconds."""

Result = TypeVar("Result")


class Admission:
    """At most `limit` requests at once, each holding its place as a context; one more is refused at once."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._taken = 0

    def __enter__(self) -> None:
        if self._taken >= self._limit:
            raise BusyError(f"{self._limit} requests are in flight")
        self._taken += 1

    def __exit__(self, *_: object) -> None:
        self._taken -= 1


async def read_body(request: Request, largest: int) -> bytes:
    """The whole body, never more than `largest` bytes of it in memory beyond one chunk.

    Raises SizeError, SlowBodyError after READ_SECONDS, and ClientDisconnect.
    """
    if int(request.headers.get("content-length", "0")) > largest:
        raise SizeError(f"the body must not be larger than {largest} bytes")
    try:
        async with asyncio.timeout(READ_SECONDS):
            return await _read(request, largest)
    except TimeoutError:
        raise SlowBodyError(f"the body must arrive within {READ_SECONDS:.0f} seconds") from None


async def _read(request: Request, largest: int) -> bytes:
    body, more = b"", True
    while more:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > largest:
            raise SizeError(f"the body must not be larger than {largest} bytes")
    return body


def set_deadline(request: Request, longest: float) -> None:
    """Starts the time of a request: `longest` seconds, or less when its header `Prefer: wait=SECONDS` says so."""
    asked = WAIT.search(", ".join(request.headers.getlist("prefer")))
    seconds = min(longest - MARGIN, float(asked[1])) if asked else longest - MARGIN
    request.state.deadline = asyncio.get_running_loop().time() + seconds


def remaining(request: Request) -> float:
    """Seconds that are left for this request; none when it is zero or below."""
    ends_at: float = min(request.state.deadline, drain.ends_at)
    return ends_at - asyncio.get_running_loop().time()


async def in_time(request: Request, work: Coroutine[None, None, Result]) -> Result:
    """What the work returns. To be called when the body was read.

    Cancels it and raises DeadlineError when the request's time and the margin are over, ClientDisconnect when the
    client has gone.
    """
    limit = asyncio.timeout_at(request.state.deadline + MARGIN)
    watch = _Watch(request, limit)
    try:
        async with limit:
            return await work
    except TimeoutError:
        if not limit.expired():
            raise
        if watch.gone:
            raise ClientDisconnect from None
        raise DeadlineError("no answer within the time of the request") from None
    finally:
        watch.end()


class _Watch:
    """Ends a timeout early when the client leaves."""

    def __init__(self, request: Request, limit: asyncio.Timeout) -> None:
        self.gone = False
        self._request = request
        self._limit = limit
        self._loop = asyncio.get_running_loop()
        self._task: asyncio.Task[None] | None = None
        self._timer = self._loop.call_later(WATCH_AFTER, self._begin)

    def end(self) -> None:
        self._timer.cancel()
        if self._task is not None:
            self._task.cancel()

    def _begin(self) -> None:
        self._task = self._loop.create_task(self._until_gone())

    async def _until_gone(self) -> None:
        while (await self._request.receive())["type"] != "http.disconnect":
            pass
        if not self._limit.expired():
            self.gone = True
            self._limit.reschedule(self._loop.time())


def draining() -> bool:
    """Whether the instance is being stopped."""
    return drain.begun
