"""Clients who mean no good: the memory of one worker, and how long the others wait."""

import asyncio
import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPConnection
from typing import NamedTuple

from functions.app import LARGEST_OF_BIGQUERY, MANY_CUSTOMERS
from functions.batch import NDJSON
from tests.bench.figures import Goal, at_most, not_measured
from tests.raw import HOST, request
from tests.serving import Served, peak_memory, serve

SECONDS = 3
MOST_MEMORY, LONGEST_WAIT = 250, 100


class Load(NamedTuple):
    """What each of some clients sends at once; none of them reads an answer."""

    clients: int
    sent: bytes


def figures() -> Iterator[Goal]:
    if not sys.platform.startswith("linux"):
        yield not_measured("peak memory", "is read from /proc, which only Linux has")
        return
    for name, load in loads().items():
        with serve() as server:
            longest = waited(server, load)
            (worker,) = server.workers()
            memory = peak_memory(worker) / 1e6
        yield at_most(f"peak memory in MB, {name}", memory, MOST_MEMORY)
        yield at_most(f"longest wait of somebody else in ms, {name}", 1000 * longest, LONGEST_WAIT)


def loads() -> dict[str, Load]:
    keys = {f"k{number}": 1 for number in range(280_000)}
    faulty = [{"x": 1}] * 4999
    calls = as_json({"calls": [[row] for row in faulty]})
    columns = {"notes": "x" * 2000, "nested": [{"a": 1}] * 40}
    wide = as_json({"calls": [[columns]] * 4000})
    whole, lines = as_json([*faulty, keys]), as_json(keys)
    repeated = b'[{"a":1,' + lines[1:-1] + b',"\\u0061":1}]'
    arrays = b"[" + b"[]," * 3_000_000 + b"0]"
    return {
        "32 read no answer to a batch": Load(32, batch(whole)),
        "200 read no answer to a small batch": Load(200, batch(b"{}\n" * 5000, NDJSON)),
        "32 read no answer to BigQuery": Load(32, bigquery(wide)),
        "200 read no answer to a small call": Load(200, bigquery(calls)),
        "80 stalled uploads": Load(80, batch(b" " * MANY_CUSTOMERS)[:-1]),
        "80 stalled uploads to BigQuery": Load(80, bigquery(b" " * LARGEST_OF_BIGQUERY)[:-1]),
        "280,000 keys in a row of an array": Load(2, batch(whole)),
        "280,000 keys in a line": Load(2, batch(lines, NDJSON)),
        "280,000 keys in a call": Load(2, bigquery(b'{"calls":[[' + lines + b"]]}")),
        "280,000 keys, one twice": Load(2, batch(repeated)),
        "3,000,000 arrays": Load(2, bigquery(arrays)),
        "30 MB of headers": Load(2, b"GET / HTTP/1.1\r\n" + HOST + b"X: a\r\n" * 5_000_000),
    }


def as_json(content: object) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode()


def batch(body: bytes, media: str = "application/json") -> bytes:
    headers = f"Content-Type: {media}\r\n".encode()
    return request(body, target=b"/predict/batch", headers=headers)


def bigquery(body: bytes) -> bytes:
    return request(body, target=b"/bigquery")


def waited(server: Served, load: Load) -> float:
    """The most seconds that `GET /health` took while the load was there."""
    ended = threading.Event()
    found = list[float]()
    watch = threading.Thread(target=ask_again_and_again, args=(server, ended, found))
    watch.start()
    asyncio.run(together(server.port, load))
    ended.set()
    watch.join()
    return max(found)


def ask_again_and_again(server: Served, ended: threading.Event, found: list[float]) -> None:
    caller = HTTPConnection("127.0.0.1", server.port, timeout=60)
    while not ended.is_set():
        started = time.perf_counter()
        caller.request("GET", "/health")
        caller.getresponse().read()
        found.append(time.perf_counter() - started)
        time.sleep(0.002)
    caller.close()


async def together(port: int, load: Load) -> None:
    await asyncio.gather(*(unread(port, load.sent) for _ in range(load.clients)))


async def unread(port: int, sent: bytes) -> None:
    """Sends, and takes next to nothing for some seconds."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    with suppress(ConnectionError, TimeoutError):
        async with asyncio.timeout(SECONDS):
            writer.write(sent)
            await writer.drain()
    await asyncio.sleep(SECONDS)
    writer.transport.abort()
