"""What bounds a request: how many at once, the size and time of its body, the time for all."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from math import inf

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from churn_lib.errors import BusyError, DeadlineError, MediaError, SizeError, SlowBodyError
from functions.server.drain import drain

IN_FLIGHT = 200
BODY_SECONDS = 5.0
REQUEST_SECONDS = 9.0
SEND_SECONDS = 20.0

MARGIN = 0.25
"""Seconds at the end of a request that Gemini can't have: they are for the template instead."""

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


def header(request: Request, name: str) -> str:
    """The values of a header, joined; empty when there is none."""
    return ", ".join(request.headers.getlist(name))


def media_type(request: Request) -> str:
    """What the body is, without parameters."""
    return header(request, "content-type").partition(";")[0].strip().lower()


def check_kind(request: Request, allowed: frozenset[str]) -> None:
    """Raises MediaError unless the body is plain and of an allowed media type."""
    if media_type(request) not in allowed:
        raise MediaError(f"Content-Type must be {' or '.join(sorted(allowed))}")
    if header(request, "content-encoding") not in {"", "identity"}:
        raise MediaError("Content-Encoding must be left out")


async def read_body(request: Request, largest: int) -> bytes:
    """The whole body, never more than `largest` bytes of it and one chunk in memory.

    Raises SizeError and ClientDisconnect.
    """
    if int(header(request, "content-length") or 0) > largest:
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
    """Seconds left for what may be left out of the answer; none at zero or below."""
    ends_at: float = min(request.scope["deadline"], drain.ends_at)
    return ends_at - asyncio.get_running_loop().time()


async def in_time(
    request: Request, endpoint: Endpoint, *, largest: int, body_seconds: float, seconds: float
) -> Response:
    """What the endpoint answers to the request and its body, which is read first.

    Raises SlowBodyError when that takes `body_seconds`, DeadlineError when all of it takes
    `seconds`, and ClientDisconnect when the client has gone; the work is cancelled then.
    """
    loop = asyncio.get_running_loop()
    began = loop.time()
    request.scope["deadline"] = began + min(seconds - MARGIN, _asked(request))
    limit = asyncio.timeout_at(began + body_seconds)
    watch: asyncio.Task[None] | None = None
    try:
        async with limit:
            body = await read_body(request, largest) if largest else b""
            limit.reschedule(began + seconds)
            watch = loop.create_task(_end_when_gone(request, limit))
            return await endpoint(request, body)
    except TimeoutError:
        if not limit.expired():  # the endpoint's own
            raise
        if watch is None:
            raise SlowBodyError(f"the body must arrive within {body_seconds:g} seconds") from None
        if watch.done():
            raise ClientDisconnect from None
        raise DeadlineError("no answer within the time of the request") from None
    finally:
        if watch is not None:
            watch.cancel()


async def _end_when_gone(request: Request, limit: asyncio.Timeout) -> None:
    """Lets the time of the request end when its client leaves."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
    if not limit.expired():
        limit.reschedule(0)  # long ago, by the clock of any event loop


def _asked(request: Request) -> float:
    """The seconds that the caller would wait, by the header `Prefer: wait=SECONDS`."""
    found = WAIT.search(header(request, "prefer"))
    return float(found[1]) if found else inf
