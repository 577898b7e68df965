"""A function whose endpoints fail in every way, at the same edge as ours. PARSER: `h11` for
the other one that may read the requests.
"""

import asyncio
import os
from collections.abc import AsyncIterator

from functions_framework import aio
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from uvicorn_worker import UvicornWorker

from functions.app import JSON, Function, Route
from functions.server import worker
from functions.server.limits import remaining
from functions.server.protocol import Protocol
from functions.server.reply import json_reply
from tests.canaries import EMAIL

SHORT = 0.5


async def fails(_request: Request, body: bytes) -> Response:
    raise ValueError(f"{EMAIL} {body!r}")


async def is_cancelled(_request: Request, _body: bytes) -> Response:
    raise asyncio.CancelledError(EMAIL)


async def times_out(_request: Request, _body: bytes) -> Response:
    raise TimeoutError(EMAIL)


async def never_ends(_request: Request, _body: bytes) -> Response:
    await asyncio.Event().wait()
    return Response()


async def breaks_off(_request: Request, _body: bytes) -> Response:
    async def lines() -> AsyncIterator[bytes]:
        yield b"first\n"
        raise ValueError(EMAIL)

    return StreamingResponse(lines())


async def unread(_request: Request, _body: bytes) -> Response:
    async def lines() -> AsyncIterator[bytes]:
        while True:
            yield b"more\n" * 100_000
            await asyncio.sleep(0)  # else nobody could tell it that the client has gone

    return StreamingResponse(lines())


async def streams_for_ever(_request: Request, _body: bytes) -> Response:
    async def lines() -> AsyncIterator[bytes]:
        yield b"first\n"
        await asyncio.Event().wait()

    return StreamingResponse(lines())


async def works_slowly(_request: Request, _body: bytes) -> Response:
    async def lines() -> AsyncIterator[bytes]:
        yield b"first\n"
        await asyncio.sleep(3 * SHORT)
        yield b"last\n"

    return StreamingResponse(lines())


async def tells_the_time(request: Request, _body: bytes) -> Response:
    return json_reply({"seconds": remaining(request)})


def post(route: Route) -> dict[str, Route]:
    return {"POST": route}


function = Function(
    {
        "/reads": post(Route(tells_the_time, JSON, 1000, body_seconds=SHORT)),
        "/fails": post(Route(fails, JSON, 1000)),
        "/is_cancelled": post(Route(is_cancelled, JSON, 1000)),
        "/times_out": post(Route(times_out, JSON, 1000)),
        "/never_ends": post(Route(never_ends, JSON, 1000, seconds=SHORT)),
        "/breaks_off": post(Route(breaks_off, JSON, 1000)),
        "/works_slowly": post(Route(works_slowly, JSON, 1000)),
        "/unread": post(Route(unread, JSON, 1000)),
        "/streams_for_ever": post(Route(streams_for_ever, JSON, 1000)),
        "/tells_the_time": post(Route(tells_the_time, JSON, 1000)),
    }
)
worker.set_up()
Protocol.send_seconds = SHORT
if os.environ.get("PARSER") == "h11":
    UvicornWorker.CONFIG_KWARGS = {**UvicornWorker.CONFIG_KWARGS, "http": "h11"}


@aio.http
async def predict(_request: Request) -> Response:
    return function
