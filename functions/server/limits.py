"""What bounds a request: how many at once, the size and time of its body, the time for all."""

import asyncio
import re
from codecs import BOM_UTF8
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from math import inf

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from churn_lib.errors import BusyError, DeadlineError, MediaError, SizeError, SlowBodyError
from functions.server.drain import drain

IN_FLIGHT = 200
BODY_SECONDS = 5.0
REQUEST_SECONDS = 9.0
ONE_CUSTOMER = 64 * 1024
MOST_BYTES = 32 * 1024 * 1024
"""Of all bodies at once that are larger than that of one customer, and of answers to them."""

READ_TO_REFUSE = 32 * 1024 * 1024
"""Bytes of a body that is refused; a client that announces more is answered at once."""

MARGIN = 0.25
"""Seconds at the end of a request that Gemini can't have: they are for the template instead."""

WAIT = re.compile(r'(?:^|,)\s*wait\s*=\s*"?(\d{1,6})"?\s*(?:[,;]|$)', re.IGNORECASE)
"""The preference `wait` of RFC 7240, section 4.3, in whole seconds."""

Endpoint = Callable[[Request, bytes], Awaitable[Response]]
"""Answers a request whose body was read; empty where the route takes none."""


class Admission:
    """At most `limit` requests and `most_bytes` of them at once; more is refused at once."""

    def __init__(self, limit: int, most_bytes: int = MOST_BYTES) -> None:
        self._limit, self._most_bytes = limit, most_bytes
        self._held: dict[Request, int] = {}

    def enter(self, request: Request) -> None:
        """Gives the request a place. Raises BusyError when there is none."""
        if len(self._held) >= self._limit:
            raise BusyError(f"{self._limit} requests are in flight")
        self._held[request] = 0
        request.scope["hold"] = partial(self._hold, request)

    def leave(self, request: Request) -> None:
        """Takes the request's place back, if it has one."""
        self._held.pop(request, None)

    def _hold(self, request: Request, size: int) -> None:
        others = sum(self._held.values()) - self._held[request] if size > ONE_CUSTOMER else 0
        if others + size > self._most_bytes:
            raise BusyError(f"{self._most_bytes} bytes are in flight")
        self._held[request] = max(size, self._held[request])


def hold(request: Request, size: int) -> None:
    """Tells that the request keeps so many bytes in memory, of its body or of its answer.

    Raises BusyError when all requests together keep too many; small ones are always taken.
    """
    request.scope["hold"](size)


def header(request: Request, name: bytes) -> str:
    """The values of a header, joined; empty when there is none.

    Starlette's way takes four times as long, which for four headers is a twentieth of a request.
    """
    found = [value for key, value in request.scope["headers"] if key == name]
    return b", ".join(found).decode("latin-1")


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
    """The whole body, never more than `largest` bytes of it and one chunk in memory; without the
    byte order mark that some editors put before a text.

    Raises SizeError, BusyError and ClientDisconnect.
    """
    announced, chunks = int(header(request, b"content-length") or 0), _chunks(request)
    if announced > largest:
        await _skip(request, announced, chunks)
        raise _too_large(largest)
    hold(request, announced)
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > largest:
            body.clear()
            await _skip(request, announced, chunks)
            raise _too_large(largest)
        if len(body) > announced:
            hold(request, len(body))
    return bytes(body.removeprefix(BOM_UTF8) if body.startswith(BOM_UTF8) else body)


async def _chunks(request: Request) -> AsyncIterator[bytes]:
    """The body as it comes. Raises ClientDisconnect."""
    more = True
    while more:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        more = message.get("more_body", False)
        yield message.get("body", b"")


async def _skip(request: Request, announced: int, chunks: AsyncIterator[bytes]) -> None:
    """Reads what is left of a body that is refused: else its sender might not see the answer."""
    if announced > READ_TO_REFUSE or header(request, b"expect"):
        return
    skipped = 0
    async for chunk in chunks:
        skipped += len(chunk)
        if skipped > READ_TO_REFUSE:
            return


def _too_large(largest: int) -> SizeError:
    return SizeError(f"the body must not be larger than {largest} bytes")


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
    watch = _Watch(request, body_seconds, seconds)
    try:
        async with watch.limit:
            body = await read_body(request, largest) if largest else b""
            watch.body_is_read()
            return await endpoint(request, body)
    except TimeoutError:
        if not watch.limit.expired():  # the endpoint's own
            raise
        raise watch.reason() from None
    finally:
        watch.end()


class _Watch:
    """Cancels a request at its deadline, or when its client leaves.

    It begins in the event loop's next turn: that costs a quick answer nothing.
    """

    def __init__(self, request: Request, body_seconds: float, seconds: float) -> None:
        self.limit = asyncio.timeout(None)
        self._request = request
        self._loop = asyncio.get_running_loop()
        began = self._loop.time()
        self._ends_at, self._body_seconds = began + seconds, body_seconds
        request.scope["deadline"] = began + min(seconds - MARGIN, _asked(request))
        self._next = self._loop.call_soon(self.limit.reschedule, began + body_seconds)
        self._read = False
        self._looking: asyncio.Task[None] | None = None

    def body_is_read(self) -> None:
        self._read = True
        self._next.cancel()
        self._next = self._loop.call_soon(self._look)

    def reason(self) -> Exception:
        """Why the limit expired."""
        if not self._read:
            return SlowBodyError(f"the body must arrive within {self._body_seconds:g} seconds")
        if self._looking is not None and self._looking.done():
            return ClientDisconnect()
        return DeadlineError("no answer within the time of the request")

    def end(self) -> None:
        self._next.cancel()
        if self._looking is not None:
            self._looking.cancel()

    def _look(self) -> None:
        self.limit.reschedule(self._ends_at)
        self._looking = self._loop.create_task(self._until_gone())

    async def _until_gone(self) -> None:
        while (await self._request.receive())["type"] != "http.disconnect":
            pass
        if not self.limit.expired():
            self.limit.reschedule(0)  # long ago, by the clock of any event loop


def _asked(request: Request) -> float:
    """The seconds that the caller would wait, by the header `Prefer: wait=SECONDS`."""
    found = WAIT.search(header(request, b"prefer"))
    return float(found[1]) if found else inf
