"""Requests a second of `POST /predict?offer=none` beside an empty function: one worker, 16 connections, wrk."""

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from tests.bench.bench_start import EMPTY
from tests.bench.figures import Goal, at_least
from tests.conftest import EXAMPLE
from tests.serving import ROOT, serve

ROUNDS, SECONDS, CONNECTIONS = 5, 4, 16


def figures() -> Iterator[Goal]:
    """Both servers run all the time; the load goes to one and the other in turn."""
    if shutil.which("wrk") is None:
        print("not measured: requests a second need wrk (apt-get install wrk)")
        return
    with ExitStack() as stack:
        servers = [stack.enter_context(serve(folder=folder)) for folder in (ROOT, EMPTY)]
        script = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "post.lua"
        script.write_text(post(EXAMPLE.read_text()))
        rates = [[rate(f"{server.url}/predict?offer=none", script) for server in servers] for _ in range(ROUNDS)]
    ours, empty = (median(column) for column in zip(*rates, strict=True))
    detail = f"medians of {ROUNDS}: {ours:,.0f}/s / {empty:,.0f}/s"
    yield at_least("requests a second / empty function", ours / empty, 0.45, detail)


def post(body: str) -> str:
    """The wrk script that sends a body again and again."""
    return f'wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\nwrk.body = {json.dumps(body)}\n'


def rate(url: str, script: Path) -> float:
    """Requests a second that wrk counts. Raises RuntimeError when one was not answered with 2xx."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "-s", str(script), url]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in printed or "Socket errors" in printed:
        raise RuntimeError(printed)
    found = re.search(r"Requests/sec: +([\d.]+)", printed)
    if found is None:
        raise RuntimeError(printed)
    return float(found[1])
