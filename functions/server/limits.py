"""What bounds a request: how many at once, the size and time of its body, the time for all of it,
and for whom.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from math import inf

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from churn_lib.errors import BusyError, DeadlineError, MediaError, SizeError, SlowBodyError
from functions.server.drain import drain

IN_FLIGHT = 200
READ_SECONDS = 5.0
REQUEST_SECONDS = 9.0
SEND_SECONDS = 20.0

MARGIN = 0.25
"""Seconds at the end of a request that Gemini can't have: they are for the template that takes its
place.
"""

ROUND_SECONDS = 0.1
"""How often somebody looks for requests that take long: most answers are out before anybody
came.
"""

WAIT = re.compile(r'(?:^|,)\s*wait\s*=\s*"?(\d{1,6})"?\s*(?:[,;]|$)', re.IGNORECASE)
"""The preference `wait` of RFC 7240, section 4.3, in whole seconds."""

Endpoint = Callable[[Request, bytes], Awaitable[Response]]
"""Answers a request whose body was read; empty where the route takes none."""


class Admission:
    """At most `limit` requests at once; one more is refused at once."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._requests: set[Request] = set()

    def enter(self, request: Request) -> None:
        """Gives the request a place. Raises BusyError when there is none."""
        if len(self._requests) >= self._limit:
            raise BusyError(f"{self._limit} requests are in flight")
        self._requests.add(request)

    def leave(self, request: Request) -> None:
        """Takes the request's place back, if it has one."""
        self._requests.discard(request)


def header(request: Request, name: bytes) -> str:
    """The values of a header, joined; empty when there is none. Starlette's way takes four times as
    long.
    """
    return ", ".join(
        [value.decode("latin-1") for key, value in request.scope["headers"] if key == name]
    )


def media_type(request: Request) -> str:
    """What the body is, without parameters."""
    return header(request, b"content-type").partition(";")[0].strip().lower()


def check_kind(request: Request, allowed: frozenset[str]) -> None:
    """Raises MediaError unless the body is plain and of an allowed media type."""
    if media_type(request) not in allowed:
        raise MediaError(f"Content-Type must be {' or '.join(sorted(allowed))}")
    if header(request, b"content-encoding") not in {"", "identity"}:
        raise MediaError("Content-Encoding must be left out")


async def read_body(request: Request, largest: int) -> bytes:
    """The whole body, never more than `largest` bytes of it and one chunk in memory.

    Raises SizeError and ClientDisconnect.
    """
    if int(header(request, b"content-length") or 0) > largest:
        raise SizeError(f"the body must not be larger than {largest} bytes")
    body, more = bytearray(), True
    while more:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > largest:
            raise SizeError(f"the body must not be larger than {largest} bytes")
    return bytes(body)


def remaining(request: Request) -> float:
    """Seconds that are left for what may be left out of the answer; none when it is zero or
    below.
    """
    ends_at: float = min(request.scope["deadline"], drain.ends_at)
    return ends_at - asyncio.get_running_loop().time()


async def in_time(
    request: Request, endpoint: Endpoint, *, largest: int, seconds: float
) -> Response:
    """What the endpoint answers to the request and its body, which is read first when it may have
    one.

    Raises SlowBodyError when that takes READ_SECONDS, DeadlineError when all of it takes `seconds`,
    and ClientDisconnect when the client has gone; the work is cancelled then.
    """
    watch = _Watch(request, seconds)
    try:
        async with watch.limit:
            body = await read_body(request, largest) if largest else b""
            watch.body_is_read()
            return await endpoint(request, body)
    except TimeoutError:
        if not watch.limit.expired():
            raise
        raise watch.reason() from None
    finally:
        watch.end()


def _asked(request: Request) -> float:
    """The seconds that the caller would wait, by the header `Prefer: wait=SECONDS`."""
    preferred = header(request, b"prefer")
    found = WAIT.search(preferred) if preferred else None
    return float(found[1]) if found else inf


class _Watch:
    """Bounds the time of a request and sees its client leave. Costs next to nothing until a round
    comes by.
    """

    __slots__ = (
        "_began",
        "_gone",
        "_late",
        "_loop",
        "_read",
        "_request",
        "_seconds",
        "_task",
        "limit",
    )

    def __init__(self, request: Request, seconds: float) -> None:
        self.limit = asyncio.timeout(None)
        self._request = request
        self._seconds = seconds
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()
        request.scope["deadline"] = self._began + min(seconds - MARGIN, _asked(request))
        self._task: asyncio.Task[None] | None = None
        self._late = self._read = self._gone = False
        _rounds.add(self)

    def body_is_read(self) -> None:
        self._read = True
        if self._late:
            self._look()

    def reason(self) -> Exception:
        """Why the limit expired."""
        if self._gone:
            return ClientDisconnect()
        if self._read:
            return DeadlineError("no answer within the time of the request")
        return SlowBodyError(f"the body must arrive within {READ_SECONDS:.0f} seconds")

    def end(self) -> None:
        _rounds.watches.discard(self)
        if self._task is not None:
            self._task.cancel()

    def is_late(self) -> None:
        """Said once to a request that was met by a round."""
        self._late = True
        if self._read:
            self._look()
        else:
            self.limit.reschedule(self._began + READ_SECONDS)

    def _look(self) -> None:
        self.limit.reschedule(self._began + self._seconds)
        self._task = self._loop.create_task(self._until_gone())

    async def _until_gone(self) -> None:
        while (await self._request.receive())["type"] != "http.disconnect":
            pass
        if not self.limit.expired():
            self._gone = True
            self.limit.reschedule(self._loop.time())


class _Rounds:
    """One timer for all requests instead of one for each, which would cost a tenth of the
    throughput.
    """

    def __init__(self) -> None:
        self.watches: set[_Watch] = set()
        self._timer: asyncio.TimerHandle | None = None

    def add(self, watch: _Watch) -> None:
        self.watches.add(watch)
        if self._timer is None:
            self._wait()

    def _wait(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(ROUND_SECONDS, self._go)

    def _go(self) -> None:
        met, self.watches = self.watches, set()
        self._timer = None
        for watch in met:
            watch.is_late()
        if met:
            self._wait()


_rounds = _Rounds()
