"""From the start of a new process to its first answered `POST /predict?offer=none`, beside an empty
function.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import httpx2

from tests.bench.figures import Goal, at_most
from tests.conftest import EXAMPLE
from tests.serving import ROOT, serve

ROUNDS = 15
JSON = {"Content-Type": "application/json"}
EMPTY = Path(__file__).parent / "empty"


def figures() -> Iterator[Goal]:
    """The two sides alternate start by start; the first start of each only warms the disk."""
    body = EXAMPLE.read_bytes()
    times: dict[Path, list[float]] = {ROOT: [], EMPTY: []}
    for _ in range(ROUNDS + 1):
        for folder, found in times.items():
            found.append(first_answer(folder, body))
    ours, empty = (median(found[1:]) for found in times.values())
    detail = f"medians of {ROUNDS} starts: {ours * 1000:.0f} ms / {empty * 1000:.0f} ms"
    yield at_most("start to first answer / empty function", ours / empty, 1.25, detail)


def first_answer(folder: Path, body: bytes) -> float:
    """Seconds from starting the process to the answer."""
    started = time.perf_counter()
    with serve(folder=folder) as server:
        url = f"{server.url}/predict?offer=none"
        httpx2.post(url, content=body, headers=JSON, trust_env=False, timeout=60).raise_for_status()
        return time.perf_counter() - started
