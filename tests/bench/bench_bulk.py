"""Rows a second of BigQuery's calls and of batches, beside calling `POST /predict` row by row;
stalls and memory.
"""

import asyncio
import json
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection
from itertools import pairwise
from pathlib import Path
from statistics import median

import numpy as np
import uvloop
from pydantic_core import from_json
from starlette.requests import Request

from functions.bigquery import bigquery
from tests.bench.bench_http import NO_WRK, post, rate
from tests.bench.figures import Goal, at_least, at_most, not_measured
from tests.customers import random_customer
from tests.serving import Served, serve

ROUNDS, SECONDS = 5, 2
ROWS, MOST, BATCHES = 2000, 5000, 40
JOB = {
    "requestId": "1",
    "caller": "//bigquery.googleapis.com/projects/a/jobs/a:EU.b",
    "sessionUser": "a@b.example",
}


def figures() -> Iterator[Goal]:
    """One caller at a time for many rows; 16 for single ones, which is when they are quickest."""
    if shutil.which("wrk") is None:
        yield not_measured("rows a second", NO_WRK)
        return
    rows = made_up(MOST)
    with serve() as server, tempfile.TemporaryDirectory() as folder:
        scripts = written(Path(folder), rows)
        yield from rows_a_second(server, scripts)
    yield from stall(rows)
    yield from memory(rows)


def made_up(count: int) -> list[dict[str, object]]:
    rng = np.random.default_rng(1)
    return [{"customerID": f"made-up-{number}", **random_customer(rng)} for number in range(count)]


def written(folder: Path, rows: list[dict[str, object]]) -> Mapping[str, Path]:
    """The load of each kind, for wrk."""
    wide = [
        {**row, "seen_at": "2026-11-22T12:00:00Z", "Churn": None, "plan": "b"}
        for row in rows[:ROWS]
    ]
    json_type, ndjson = "application/json", "application/x-ndjson"
    loads = {
        "bigquery": (json_type, [json.dumps({**JOB, "calls": [[row] for row in rows[:ROWS]]})]),
        "wide": (json_type, [json.dumps({**JOB, "calls": [[row] for row in wide]})]),
        "array": (json_type, [json.dumps(rows[:ROWS])]),
        "ndjson": (ndjson, ["\n".join(map(json.dumps, rows[:ROWS]))]),
        "single": (json_type, [json.dumps(row) for row in rows[:200]]),
    }
    for name, (media, bodies) in loads.items():
        (folder / name).write_text(post(*bodies).replace(json_type, media))
    return {name: folder / name for name in loads}


def rows_a_second(server: Served, scripts: Mapping[str, Path]) -> Iterator[Goal]:
    """All kinds in turn, so that each meets the same machine."""
    paths = {
        "bigquery": "/bigquery",
        "wide": "/bigquery",
        "array": "/predict/batch",
        "ndjson": "/predict/batch",
    }
    found: dict[str, list[float]] = {name: [] for name in [*paths, "single"]}
    for _ in range(ROUNDS):
        for name, path in paths.items():
            found[name].append(
                ROWS * rate(server.url + path, scripts[name], connections=1, seconds=SECONDS)
            )
        found["single"].append(
            rate(f"{server.url}/predict?offer=none", scripts["single"], seconds=SECONDS)
        )
    rates = {name: median(column) for name, column in found.items()}
    single = rates.pop("single")
    for name, goal in (("bigquery", 25_000), ("array", 25_000), ("ndjson", 20_000)):
        detail = f"{rates[name] / single:.0f} times row by row at {single:,.0f}/s"
        yield at_least(
            f"rows a second, {name}, {ROWS} a call",
            rates[name],
            goal,
            f"medians of {ROUNDS}; {detail}",
        )
    print(f"rows a second, bigquery, with three more columns: {rates['wide']:,.0f}")


def stall(rows: list[dict[str, object]]) -> Iterator[Goal]:
    """How long the loop is kept from other requests, in processor time: whatever else the machine
    does is not in it.
    """
    body = json.dumps({**JOB, "calls": [[row] for row in rows]}).encode()
    longest = min(uvloop.run(longest_turn(body)) for _ in range(ROUNDS))
    started = time.process_time()
    from_json(body)
    parsing = 1000 * (time.process_time() - started)
    detail = f"nearly all of it parses the JSON: {parsing:.0f} ms"
    yield at_most(
        f"longest turn of the loop while {MOST} rows are scored, in ms", longest, 50, detail
    )


async def longest_turn(body: bytes) -> float:
    """Milliseconds between two turns of somebody else, who wants every turn there is."""
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/bigquery",
        "headers": [],
        "query_string": b"",
        "hold": lambda _size: None,
    }
    turns = [time.process_time()]
    answering = asyncio.create_task(bigquery(Request(scope), body))
    while not answering.done():
        await asyncio.sleep(0)
        turns.append(time.process_time())
    assert answering.result().status_code == 200
    return 1000 * max(after - before for before, after in pairwise(turns))


def memory(rows: list[dict[str, object]]) -> Iterator[Goal]:
    """The most that a new worker ever held: after a few rows, after one full batch, after many."""
    if not sys.platform.startswith("linux"):
        yield not_measured("peak memory", "is read from /proc, which only Linux has")
        return
    with serve() as server:
        peaks = []
        for calls, size in ((1, 50), (1, MOST), (BATCHES - 1, MOST)):
            body = "\n".join(map(json.dumps, rows[:size]))
            for _ in range(calls):
                send(server, "/predict/batch", body, "application/x-ndjson")
            peaks.append(peak(server.process.pid))
    few, one, many = peaks
    detail = (
        f"{few:.0f} MiB after 50 rows, {one:.0f} after {MOST:,}, "
        f"{many:.0f} after {MOST * BATCHES:,}"
    )
    yield at_most("peak memory of many batches / of one", many / one, 1.1, detail)


def peak(master: int) -> float:
    """MiB, of the one worker of a server."""
    (worker,) = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    return (
        int(re.findall(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{worker}/status").read_text())[0]) / 1024
    )


def send(server: Served, path: str, body: str | bytes, media: str) -> None:
    caller = HTTPConnection("127.0.0.1", server.port, timeout=60)
    caller.request("POST", path, body, {"Content-Type": media})
    caller.getresponse().read()
    caller.close()
