"""Faults under load, on real processes: in `make test` for seconds, in `make soak` as long as the
goals say.
"""

import asyncio
import io
import json
from collections.abc import Iterator
from itertools import cycle, islice, product, repeat
from pathlib import Path

import aiohttp
import pytest

from churn_lib.customer.contact import CHANNELS, LANGUAGES
from tests.churn_lib.gemini.writing import TONES, variables
from tests.fakes.gemini import FakeGemini
from tests.functions.server.test_life import back_after_kill
from tests.functions.test_hostile import BODIES, GOOD
from tests.load import Outcome, at_rate, call, session, slowest
from tests.serving import Served, peak_memory, serve

pytestmark = pytest.mark.anyio

DEADLINE = 2.0
RECOVERY = 10
MEMORY, GROWTH = 150_000_000, 10_000_000
SCORE, OFFER = "/predict?offer=none", "/predict"
PHASES = ("ok", "503", "hang", "drip", "429")
BRIEFS = [
    json.dumps(
        {**json.loads(GOOD), "context": {"language": language, "channel": channel, "tone": tone}}
    ).encode()
    for language, channel, tone in product(LANGUAGES, CHANNELS, TONES)
]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def bounds(gemini: FakeGemini, **more: object) -> dict[str, str]:
    """A server that calls this Gemini for every text, as often as it likes."""
    given = {
        "gemini_deadline": DEADLINE,
        "gemini_calls_per_minute": 100_000,
        "text_cache_size": 0,
        **more,
    }
    return dict(variables(gemini.url, **given))


async def browned_out(
    server: Served, gemini: FakeGemini, *, rate: float, seconds: float
) -> list[Outcome]:
    """Scores and offers in turn, while Gemini goes from one fault to the next."""
    outcomes = []
    async with session() as client:
        requests = cycle((target, brief) for brief in BRIEFS for target in (SCORE, OFFER))
        for phase in PHASES:
            gemini.scenario = phase
            due = islice(requests, int(rate * seconds / len(PHASES)))
            outcomes += await at_rate(client, server.url, due, rate)
    return outcomes


async def writes(server: Served, gemini: FakeGemini) -> bool:
    """Whether Gemini's words are there soon after Gemini is; the first ones wait for what is loaded
    when needed.
    """
    gemini.scenario = "ok"
    async with session() as client:
        outcomes = await at_rate(
            client,
            server.url,
            zip(repeat(OFFER), islice(cycle(BRIEFS), 100), strict=False),
            100 / RECOVERY,
        )
    return outcomes[-1].written_by == "gemini"


async def warmed_up(server: Served) -> None:
    """Returns when Gemini writes: what it takes is loaded when first needed."""
    async with session() as client, asyncio.timeout(60):
        while (await call(client, server.url, OFFER, GOOD)).written_by != "gemini":
            pass


async def test_gemini_in_trouble_costs_words_and_no_answer() -> None:
    async with FakeGemini() as gemini:
        with serve(bounds(gemini)) as server:
            await warmed_up(server)
            outcomes = await browned_out(server, gemini, rate=60, seconds=5)
    assert {outcome.status for outcome in outcomes} == {200}
    assert all(outcome.labelled for outcome in outcomes if outcome.target == OFFER)
    assert {"gemini", "template"} <= {outcome.written_by for outcome in outcomes}


async def test_a_thousand_at_once_are_answered_or_refused_in_little_memory() -> None:
    async with FakeGemini("hang") as gemini:
        with serve(bounds(gemini)) as server:
            async with session(keep_alive=False) as client:
                calls = [
                    call(client, server.url, OFFER, brief) for brief in islice(cycle(BRIEFS), 1000)
                ]
                outcomes = await asyncio.gather(*calls)
                again = await call(client, server.url, SCORE, GOOD)
            (worker,) = server.workers()
            assert peak_memory(worker) < MEMORY
            assert "Traceback" not in server.printed()
    assert {outcome.status for outcome in outcomes} <= {200, 503}
    assert all(outcome.labelled for outcome in outcomes if outcome.status == 200)
    assert again.status == 200


async def test_sigterm_under_load_loses_no_request_that_was_sent_before() -> None:
    with serve() as server:
        loop = asyncio.get_running_loop()
        async with session(keep_alive=False) as client:
            ended = loop.time() + 1.5
            loop.call_at(ended, server.process.terminate)
            outcomes = await at_rate(client, server.url, repeat((SCORE, GOOD), 300), 100)
        assert server.process.wait(8) == 0
        assert server.complaints() == []
    assert {outcome.status for outcome in outcomes if outcome.begun < ended} == {200}
    assert outcomes[-1].status == 0


@pytest.mark.soak
async def test_at_300_requests_a_second_gemini_in_trouble_slows_nobody_down() -> None:
    async with FakeGemini() as gemini:
        with serve(bounds(gemini)) as server:
            assert await writes(server, gemini)
            outcomes = await browned_out(server, gemini, rate=300, seconds=30)
            assert await writes(server, gemini)
    scores = [outcome for outcome in outcomes if outcome.target == SCORE]
    offers = [outcome for outcome in outcomes if outcome.target == OFFER]
    print(
        f"{len(outcomes)} answers, p99 {slowest(scores):.3f} s without an "
        f"offer and {slowest(offers):.3f} s with one"
    )
    assert {outcome.status for outcome in outcomes} == {200}
    assert all(outcome.labelled for outcome in offers)
    assert slowest(scores) <= 0.25
    assert slowest(offers) <= DEADLINE + 0.25


@pytest.mark.soak
async def test_24_large_batches_at_once_are_finished_or_refused_and_logged_once(
    tmp_path: Path,
) -> None:
    path = tmp_path / "decisions.ndjson"
    rows = json.dumps([json.loads(GOOD)] * 5000).encode()

    async def ends(client: aiohttp.ClientSession, url: str) -> tuple[int, bytes]:
        waiting = aiohttp.ClientTimeout(total=120)
        async with client.post(url, data=io.BytesIO(rows), timeout=waiting) as response:
            return response.status, (await response.read()).splitlines()[-1]

    with serve({"DECISION_LOG": str(path)}) as server:
        url = f"{server.url}/predict/batch?offer=template"
        async with session() as client:
            found = await asyncio.gather(*(ends(client, url) for _ in range(24)))
    finished = [last for status, last in found if status == 200]
    assert {status for status, _ in found} <= {200, 503}
    assert set(finished) == {b'{"done":true,"rows":5000,"rejected":0}'}
    assert len(path.read_bytes().splitlines()) == 5000 * len(finished)


@pytest.mark.soak
def test_a_killed_worker_is_replaced_within_a_second() -> None:
    with serve() as server:
        assert all(back_after_kill(server, 1.0) for _ in range(5))


@pytest.mark.soak
async def test_five_minutes_of_good_and_bad_requests_leave_nothing_behind() -> None:
    async with FakeGemini() as gemini:
        with serve(bounds(gemini, text_cache_size=2000)) as server:
            (worker,) = server.workers()
            async with session(keep_alive=False) as client:
                requests = mixed()
                await at_rate(client, server.url, islice(requests, 100 * 60), 100)
                before = held(worker)
                outcomes = await at_rate(client, server.url, islice(requests, 100 * 240), 100)
            after = held(worker)
            print(f"{len(outcomes)} requests, {before} bytes and open files before, {after} after")
            assert server.workers() == [worker]
            assert {
                line for line in server.complaints() if not line.startswith("Gemini wrote no text")
            } == set()
    assert {outcome.status for outcome in outcomes} == {200, 400, 413, 422}
    assert after[0] - before[0] <= GROWTH
    assert after[1] - before[1] <= 2


def mixed() -> Iterator[tuple[str, bytes]]:
    """Good and hostile requests in turn, for ever."""
    hostile = cycle(body for body, _ in BODIES.values())
    for brief in cycle(BRIEFS):
        yield from (
            (SCORE, GOOD),
            (OFFER, brief),
            (OFFER, next(hostile)),
            ("/predict?explain=true", brief),
        )


def held(process: int) -> tuple[int, int]:
    """Bytes in memory and open files of a process."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) * 1024, len(
        list(Path(f"/proc/{process}/fd").iterdir())
    )
