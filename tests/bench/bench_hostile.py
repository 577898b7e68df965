"""Clients who mean no good: the memory of one worker, and how long it keeps the others waiting."""

import asyncio
import gc
import json
import logging
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise
from typing import NamedTuple

import uvloop
from starlette.types import Message

from functions.app import LARGEST_OF_BIGQUERY, MANY_CUSTOMERS, Function
from functions.server.reply import NDJSON
from tests.bench.figures import Goal, at_most, not_measured
from tests.raw import HOST, request
from tests.serving import peak_memory, serve

SECONDS = 3
MOST_MEMORY, LONGEST_TURN = 250, 100


class Load(NamedTuple):
    """What each of some clients sends, who then read next to nothing."""

    clients: int
    path: str
    body: bytes
    media: str = "application/json"

    def whole(self) -> bytes:
        headers = f"Content-Type: {self.media}\r\n".encode()
        return request(self.body, target=self.path.encode(), headers=headers)


def figures() -> Iterator[Goal]:
    logging.disable()  # each request that is cancelled would be a line
    gc.set_threshold(20_000, 20, 20)  # as main.py does
    for name, load in loads().items():
        yield memory(name, load.whole(), load.clients)
        longest = min(uvloop.run(longest_turn(load)) for _ in range(2))
        yield at_most(f"longest turn of the loop in ms, {name}", longest, LONGEST_TURN)
    for path, size in (("/predict/batch", MANY_CUSTOMERS), ("/bigquery", LARGEST_OF_BIGQUERY)):
        stalled = Load(80, path, b" " * size).whole()[:-1]
        yield memory(f"80 stalled uploads to {path}", stalled, 80)
    headers = b"GET / HTTP/1.1\r\n" + HOST + b"X: a\r\n" * 5_000_000
    yield memory("30 MB of headers", headers, 2)


def loads() -> dict[str, Load]:
    batch, bigquery = "/predict/batch", "/bigquery"
    keys = as_json({f"k{number}": 1 for number in range(240_000)})
    text = as_json({f"k{number}": 1 for number in range(95_000)}).decode()
    rows = b"[" + b'{"x":1},' * 4999 + keys + b"]"
    columns = {"notes": "x" * 2000, "nested": [{"a": 1}] * 34}
    wide = as_json({"calls": [[columns]] * 4000})
    small = as_json({"calls": [[{"x": 1}]] * 5000})
    numbers = as_json({"calls": [[{"x": [10**19] * 10 + [1] * 39}]] * 4900})
    long = as_json([10**19] * 49_000 + [1] * 200_000)
    longest = b",".join([b"9" * 4000] * 2500)
    return {
        "240,000 keys in an array, 32 times": Load(32, batch, rows),
        "240,000 keys in a line": Load(2, batch, keys, NDJSON),
        "240,000 keys in a call": Load(2, bigquery, b'{"calls":[[' + keys + b"]]}"),
        "95,000 keys in the text of a call": Load(2, bigquery, as_json({"calls": [[text]]})),
        "240,000 keys, one twice": Load(2, batch, b'[{"k1":1,' + keys[1:] + b"]"),
        "350,000 keys": Load(2, batch, b"{" + b'"a":1,' * 350_000 + b'"b":1}'),
        "3,000,000 arrays": Load(2, bigquery, b"[" + b"[]," * 3_000_000 + b"0]"),
        "5,000 faulty lines, 200 times": Load(200, batch, b"{}\n" * 5000, NDJSON),
        "5,000 faulty calls, 200 times": Load(200, bigquery, small),
        "4,900 calls of long numbers": Load(2, bigquery, numbers),
        "49,000 long numbers in a call": Load(2, bigquery, b'{"calls":[[' + long + b"]]}"),
        "2,500 numbers of 4,000 digits": Load(2, bigquery, b'{"calls":[[' + longest + b"]]}"),
        "4,000 wide calls, 32 times": Load(32, bigquery, wide),
    }


def as_json(content: object) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode()


def memory(name: str, sent: bytes, clients: int) -> Goal:
    """The most that a new worker ever held."""
    what = f"peak memory of a worker in MB, {name}"
    if not sys.platform.startswith("linux"):
        return not_measured(what, "is read from /proc, which only Linux has")
    with serve() as server:
        asyncio.run(together(server.port, sent, clients))
        (worker,) = server.workers()
        return at_most(what, peak_memory(worker) / 1e6, MOST_MEMORY)


async def together(port: int, sent: bytes, clients: int) -> None:
    await asyncio.gather(*(unread(port, sent) for _ in range(clients)))


async def unread(port: int, sent: bytes) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    with suppress(ConnectionError, TimeoutError):
        async with asyncio.timeout(SECONDS):
            writer.write(sent)
            await writer.drain()
    await asyncio.sleep(SECONDS)
    writer.transport.abort()


async def longest_turn(load: Load) -> float:
    """Milliseconds between two turns of somebody else, who wants every turn there is, in processor
    time: whatever else the machine does is not in it.
    """
    function = Function()
    await ask(function, load._replace(body=b"[]"))  # loads what it needs
    calls = [asyncio.create_task(ask(function, load)) for _ in range(load.clients)]
    turns, ends = [time.process_time()], time.perf_counter() + SECONDS
    while not all(call.done() for call in calls) and time.perf_counter() < ends:
        await asyncio.sleep(0)
        turns.append(time.process_time())
    for call in calls:
        call.cancel()
    await asyncio.gather(*calls, return_exceptions=True)
    return 1000 * max(after - before for before, after in pairwise(turns))


async def ask(function: Function, load: Load) -> None:
    """One request to the function in this process."""
    coming = [{"type": "http.request", "body": load.body}]

    async def receive() -> Message:
        if not coming:
            await asyncio.Event().wait()
        return coming.pop()

    async def send(_message: Message) -> None:
        return None

    headers = [(b"content-type", load.media.encode())]
    about = {"method": "POST", "path": load.path, "query_string": b"", "headers": headers}
    await function({"type": "http", **about}, receive, send)
