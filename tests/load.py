"""Many requests at once, sent when they are due and not when the last one was answered, and what
became of each.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import NamedTuple

import aiohttp

from tests.canaries import HEADERS

JSON = {"Content-Type": "application/json", **HEADERS}


class Outcome(NamedTuple):
    """What became of a request.

    begun: time of the event loop. status: 0 when the connection broke.
    """

    target: str
    begun: float
    seconds: float
    status: int
    written_by: str | None = None
    fallback_reason: str | None = None

    @property
    def labelled(self) -> bool:
        """Whether the answer says who wrote the text, and why it is a template when it is one."""
        return self.written_by == "gemini" or (
            self.written_by == "template" and self.fallback_reason is not None
        )


@asynccontextmanager
async def session(*, keep_alive: bool = True) -> AsyncIterator[aiohttp.ClientSession]:
    connector = aiohttp.TCPConnector(limit=0, force_close=not keep_alive)
    timeout = aiohttp.ClientTimeout(total=30)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout, headers=JSON) as opened:
        yield opened


async def call(client: aiohttp.ClientSession, url: str, target: str, body: bytes) -> Outcome:
    """One request and its answer."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    try:
        async with client.post(url + target, data=body) as response:
            content, status = await response.read(), response.status
    except aiohttp.ClientError:
        return Outcome(target, begun, loop.time() - begun, 0)
    offer = json.loads(content).get("offer", {}) if status == 200 else {}
    seconds = loop.time() - begun
    return Outcome(
        target, begun, seconds, status, offer.get("written_by"), offer.get("fallback_reason")
    )


async def at_rate(
    client: aiohttp.ClientSession, url: str, requests: Iterable[tuple[str, bytes]], rate: float
) -> list[Outcome]:
    """All of these requests, so many a second."""
    loop = asyncio.get_running_loop()
    due, calls = loop.time(), list[asyncio.Task[Outcome]]()
    for target, body in requests:
        await asyncio.sleep(max(0.0, due - loop.time()))
        calls.append(loop.create_task(call(client, url, target, body)))
        due += 1 / rate
    return await asyncio.gather(*calls)


def slowest(outcomes: Iterable[Outcome], percent: float = 99) -> float:
    """The seconds that this share of the requests did not exceed."""
    seconds = sorted(outcome.seconds for outcome in outcomes)
    return seconds[min(len(seconds) - 1, int(len(seconds) * percent / 100))]
