"""Offers written by Gemini, over HTTP: from memory, with Gemini down, 200 in flight, and arrivals
at random.
"""

import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from itertools import cycle, product
from pathlib import Path
from random import Random
from statistics import median
from typing import get_args

import aiohttp
import numpy as np
import uvloop

from churn_lib.customer.contact import CHANNELS, LANGUAGES, Context, Tone
from churn_lib.customer.model import Customer
from churn_lib.offers.decide import decider
from churn_lib.score.scorecard import scorecard
from churn_lib.words.compose import brief
from churn_lib.words.template import Proposal
from churn_lib.words.wanted import key_of
from tests.bench.bench_http import NO_WRK, latency, post, rate
from tests.bench.bench_start import JSON
from tests.bench.figures import Goal, at_least, at_most, not_measured
from tests.churn_lib.gemini.writing import KEY
from tests.conftest import EXAMPLE
from tests.customers import random_customer
from tests.fakes.gemini import unused_port
from tests.serving import ROOT, serve, wait_for

ROUNDS = 7
IN_FLIGHT = 200
ARRIVALS, ARRIVING_SECONDS = 100, 15
RAISED = {"GEMINI_SLOTS": "1000", "GEMINI_CALLS_PER_MINUTE": "100000", "TEXT_CACHE_SIZE": "0"}
BENCH = Path(__file__).parent


def figures() -> Iterator[Goal]:
    bodies = different(400)
    yield from loaded(bodies)
    yield from at_random(bodies)


def loaded(bodies: Sequence[str]) -> Iterator[Goal]:
    """The goals under the load of wrk."""
    if shutil.which("wrk") is None:
        yield not_measured("texts from memory, with Gemini down, and 200 in flight", NO_WRK)
        return
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "post.lua"
        script.write_text(post(EXAMPLE.read_text()))
        yield from remembered(script)
        yield from down(script)
        script.write_text(post(*bodies))
        yield from in_flight(script)


def different(count: int) -> list[str]:
    """Requests whose texts have nothing in common, so that no call to Gemini serves two of them."""
    rng, card, today = np.random.default_rng(1), scorecard(), datetime.now(UTC).date()
    forms = [
        Context(channel=channel, language=language, tone=tone)
        for channel, language, tone in product(CHANNELS, LANGUAGES, get_args(Tone))
    ]
    found = {}
    for context in cycle(forms):
        customer = Customer.model_validate(random_customer(rng))
        score = card.score(customer)
        reasons = card.reasons(customer, score)
        chosen = (
            decider()
            .decide(
                customer,
                probability=score.probability,
                reasons=reasons,
                context=context,
                today=today,
            )
            .chosen
        )
        if chosen is not None:
            asked = {**customer.values(), "context": context.model_dump(exclude_none=True)}
            until = chosen.accept_until
            proposal = Proposal(chosen.offer, until, customer, context, decider().catalogue)
            found[brief(proposal, key_of(proposal, reasons))] = json.dumps(asked)
        if len(found) == count:
            return [*found.values()]
    raise AssertionError("the cycle does not end")


def remembered(script: Path) -> Iterator[Goal]:
    """One caller, one request after the other: a text from memory beside the score alone."""
    with gemini() as url, serve(pointing(url)) as server:
        asked = (f"{server.url}/predict", f"{server.url}/predict?offer=none")
        rate(asked[0], script, connections=1, seconds=5)
        rates = [
            [rate(address, script, connections=1, seconds=2) for address in asked]
            for _ in range(ROUNDS)
        ]
    ratio = median(score / text for text, score in rates)
    text, score = (1000 / median(column) for column in zip(*rates, strict=True))
    yield at_most(
        "time of a remembered text / of the score alone",
        ratio,
        1.5,
        f"{text:.2f} ms / {score:.2f} ms",
    )


def down(script: Path) -> Iterator[Goal]:
    """Nothing listens where Gemini should be, and the breaker is open."""
    with serve(pointing(f"http://127.0.0.1:{unused_port()}")) as server:
        asked = (f"{server.url}/predict", f"{server.url}/predict?offer=none")
        rate(asked[0], script, seconds=2)
        tails = [[latency(address, script) for address in asked] for _ in range(ROUNDS)]
    offer, score = (median(column) for column in zip(*tails, strict=True))
    yield at_most(
        "p99 with Gemini down / of the score alone",
        offer / score,
        3,
        f"{offer:.1f} ms / {score:.1f} ms",
    )


def in_flight(script: Path) -> Iterator[Goal]:
    """200 callers, each asking again as soon as it is answered, and a Gemini that takes a
    second.
    """
    found = {}
    with gemini(delay=1.0) as url, ExitStack() as stack:
        for name, folder in (
            ("ours", ROOT),
            ("tutorial", BENCH / "tutorial"),
            ("synchronous", BENCH / "sync"),
        ):
            variables = {**pointing(url), **RAISED, "PYTHONPATH": str(ROOT)}
            server = stack.enter_context(serve(variables, folder))
            rate(f"{server.url}/predict", script, connections=2, seconds=4)
            found[name] = rate(f"{server.url}/predict", script, connections=IN_FLIGHT, seconds=12)
    others = (
        f"client as in its tutorials {found['tutorial']:.0f}/s, synchronous "
        f"function {found['synchronous']:.0f}/s"
    )
    yield at_least(
        f"answers a second, {IN_FLIGHT} in flight",
        found["ours"],
        140,
        f"limit {IN_FLIGHT}/s; {others}",
    )


def at_random(bodies: Sequence[str]) -> Iterator[Goal]:
    """Callers who arrive as a Poisson process."""
    with gemini(delay=1.0) as url, serve({**pointing(url), **RAISED}) as server:
        delays = sorted(uvloop.run(arrivals(f"{server.url}/predict", bodies)))
    p50, p99 = delays[len(delays) // 2], delays[int(len(delays) * 0.99)]
    detail = f"p50 {p50:.3f} s, Gemini itself 1 s"
    yield at_most(f"p99 of {ARRIVALS} arrivals a second, in seconds", p99, 1.10, detail)


async def arrivals(url: str, bodies: Sequence[str]) -> list[float]:
    """Seconds from each arrival to its answer."""
    rng, turn, delays = Random(1), cycle(bodies), list[float]()

    async def call(session: aiohttp.ClientSession) -> None:
        started = time.perf_counter()
        async with session.post(url, data=next(turn), headers=JSON) as response:
            await response.read()
            response.raise_for_status()
        delays.append(time.perf_counter() - started)

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        await asyncio.gather(*[call(session) for _ in range(20)])
        delays.clear()
        async with asyncio.TaskGroup() as callers:
            due = time.perf_counter()
            for _ in range(ARRIVALS * ARRIVING_SECONDS):
                due += rng.expovariate(ARRIVALS)
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                callers.create_task(call(session))
    return delays


def pointing(url: str) -> Mapping[str, str]:
    return {"GEMINI_API_KEY": KEY, "GEMINI_BASE_URL": url}


@contextmanager
def gemini(delay: float = 0.0) -> Iterator[str]:
    """The address of a fake Gemini in its own process."""
    port = unused_port()
    command = [
        sys.executable,
        "-m",
        "tests.fakes.gemini",
        "--port",
        str(port),
        "--delay",
        str(delay),
    ]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        wait_for(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)
