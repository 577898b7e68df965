"""How long a scoring request could have to wait while the client for Gemini is imported and
made.
"""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from statistics import median

import uvloop

from churn_lib.gemini.writer import GeminiWriter
from churn_lib.secrets.key import gemini_key
from churn_lib.settings import read_settings
from tests.bench.figures import Goal, at_most
from tests.churn_lib.gemini.writing import variables

ROUNDS = 5


def figures() -> Iterator[Goal]:
    """The stall of a loop while Google's clients are imported and made."""
    thread, inline, idle = (
        median(stall(how) for _ in range(ROUNDS)) for how in ("thread", "inline", "idle")
    )
    detail = (
        f"medians of {ROUNDS} starts; imported without a thread {inline:.0f} "
        f"ms, nothing imported {idle:.0f} ms"
    )
    yield at_most("worst stall while the client is made, in ms", thread, 100, detail)


def stall(how: str) -> float:
    """Milliseconds of the longest gap between two turns of the loop of a new process."""
    command = [sys.executable, "-m", "tests.bench.bench_gemini", how]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


async def longest_gap(how: str) -> float:
    """Ticks every millisecond, as a scoring request would like to, while the client is made."""
    gaps = []
    settings = read_settings(variables("http://127.0.0.1:1"))

    async def tick() -> None:
        last = time.perf_counter()
        while True:
            await asyncio.sleep(0.001)
            now = time.perf_counter()
            gaps.append(now - last)
            last = now

    ticking = asyncio.create_task(tick())
    await asyncio.sleep(0.05)
    if how == "thread":
        await GeminiWriter(settings, gemini_key(settings)).client()
        await asyncio.to_thread(__import__, "google.cloud.secretmanager_v1")
    elif how == "inline":
        __import__("google.genai")
    else:
        await asyncio.sleep(0.5)
    await asyncio.sleep(0.01)
    ticking.cancel()
    return 1000 * max(gaps)


if __name__ == "__main__":
    print(uvloop.run(longest_gap(sys.argv[1])))
