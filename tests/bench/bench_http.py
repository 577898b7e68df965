"""Requests a second of `POST /predict`, with and without an offer, beside an empty function: one
worker, 16 connections, wrk.
"""

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
from tests.bench.figures import Goal, at_least, not_measured
from tests.conftest import EXAMPLE
from tests.serving import ROOT, serve

NO_WRK = "needs wrk (apt-get install wrk)"
ROUNDS, SECONDS, CONNECTIONS = 5, 4, 16
GOALS = {"none": 0.55, "template": 0.25}
"""Of the empty function's requests a second, by `?offer=`."""


def figures() -> Iterator[Goal]:
    """Both servers run all the time; the load goes to each way of asking in turn."""
    if shutil.which("wrk") is None:
        for offer in GOALS:
            yield not_measured(_named(offer), NO_WRK)
        return
    with ExitStack() as stack:
        ours, empty = [stack.enter_context(serve(folder=folder)) for folder in (ROOT, EMPTY)]
        script = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "post.lua"
        script.write_text(post(EXAMPLE.read_text()))
        urls = [f"{ours.url}/predict?offer={offer}" for offer in GOALS]
        rates = [[rate(url, script) for url in (*urls, empty.url)] for _ in range(ROUNDS)]
    *reached, most = map(median, zip(*rates, strict=True))
    for (offer, goal), found in zip(GOALS.items(), reached, strict=True):
        detail = f"medians of {ROUNDS}: {found:,.0f}/s / {most:,.0f}/s"
        yield at_least(_named(offer), found / most, goal, detail)


def _named(offer: str) -> str:
    return f"requests a second, ?offer={offer} / empty function"


def post(*bodies: str) -> str:
    """The wrk script that sends one body after the other, again and again."""
    return f"""
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
bodies = {{{", ".join(map(json.dumps, bodies))}}}
turn = 0
request = function()
  turn = turn % #bodies + 1
  return wrk.format(nil, nil, nil, bodies[turn])
end
"""


def rate(
    url: str, script: Path, *, connections: int = CONNECTIONS, seconds: int = SECONDS
) -> float:
    """Requests a second that wrk counts."""
    return float(_found(r"Requests/sec: +([\d.]+)", wrk(url, script, connections, seconds))[1])


def latency(url: str, script: Path) -> float:
    """The 99th percentile of the latency, in milliseconds."""
    found = _found(r"99% +([\d.]+)(us|ms|s)", wrk(url, script, CONNECTIONS, SECONDS))
    return float(found[1]) * {"us": 0.001, "ms": 1, "s": 1000}[found[2]]


def wrk(url: str, script: Path, connections: int, seconds: int) -> str:
    """What wrk prints. Raises RuntimeError when a request was not answered with 2xx."""
    load = ["-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "--latency"]
    printed = subprocess.run(
        [shutil.which("wrk") or "wrk", *load, "-s", script, url],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    if "Non-2xx" in printed or "Socket errors" in printed:
        raise RuntimeError(printed)
    return printed


def _found(pattern: str, printed: str) -> re.Match[str]:
    found = re.search(pattern, printed)
    if found is None:
        raise RuntimeError(printed)
    return found
